from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from schools.calendar import AcademicYear, EyfsFramework, YearGroup
from schools.services.schools import NewSchool, create_school


class Command(BaseCommand):
    help = "Make a school, with this academic year open at the dates most English schools keep."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True)
        parser.add_argument("--urn", required=True, help="six digits")
        parser.add_argument("--dfe-number", required=True, help="such as 8602210 or 860/2210")
        parser.add_argument("--lowest", required=True, metavar="YEAR_GROUP", help="N1, N2, R or 1 to 13")
        parser.add_argument("--highest", required=True, metavar="YEAR_GROUP", help="N1, N2, R or 1 to 13")
        parser.add_argument(
            "--partnership", required=True, help="its name; made where there is none of that name"
        )
        parser.add_argument(
            "--eyfs",
            choices=[str(framework.value) for framework in EyfsFramework],
            help="one early years framework for all years; without it 2012 up to 2020/21 and 2021 after",
        )

    def handle(self, **options: Any) -> None:
        try:
            new = NewSchool(
                name=options["name"],
                urn=options["urn"],
                dfe_number=options["dfe_number"],
                lowest_year_group=YearGroup.from_code(options["lowest"]),
                highest_year_group=YearGroup.from_code(options["highest"]),
                partnership=options["partnership"],
                eyfs_framework=EyfsFramework(int(options["eyfs"])) if options["eyfs"] else None,
            )
            year = AcademicYear.containing(timezone.localdate())
            school = create_school(new=new, academic_year=year, by=None)
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{school.name} (URN {school.urn}) is there, with {year.label} open.")
