from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessment.imports.histories import read_judged_at, read_years
from assessment.imports.judgements import read_judgements
from assessment.services.bringing import bring_history
from schools.imports.report import FileRefused, counted
from schools.management.shell import say, school_with
from schools.row_security import visible_to


class Command(BaseCommand):
    help = (
        "Take in the history of a pupil who is on the roll already, as “History as a file” wrote it at another school: "
        "the years and the judgements of which there is nothing here yet; all of the file, or nothing of it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="Excel workbook (.xlsx)")
        parser.add_argument("--school", required=True, metavar="URN")

    def handle(self, **options: Any) -> None:
        school, path = school_with(options["school"]), options["file"]
        try:
            with visible_to(school):
                brought = bring_history(
                    school=school,
                    years=read_years(path, school=school),
                    judgements=lambda: (
                        read_judgements(path, school=school).said,
                        read_judged_at(path, school=school),
                    ),
                    by=None,
                )
        except FileRefused as refused:
            raise CommandError(f"{path.name}: {refused}") from refused
        years = counted(brought.years, "year")
        say(
            self.stdout,
            f"{school.name}: {years} and {counted(brought.judgements.new, 'judgement')} taken in.",
        )
