from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessment.queries.consistency import check
from assessment.services.restating import restate_as_one
from schools.models import School
from schools.row_security import visible_to


class Command(BaseCommand):
    help = "Measure judgements again by the expectations that hold; may be run at any time, and twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--school", metavar="URN", help="one school alone; without it all")
        parser.add_argument("--dry-run", action="store_true", help="say how many would change, change none")

    def handle(self, **options: Any) -> None:
        schools = School.objects.order_by("name", "pk")
        if options["school"]:
            schools = schools.filter(urn=options["school"])
            if not schools:
                raise CommandError(f"There is no school with the URN {options['school']!r}.")
        for school in schools:
            with visible_to(school):
                if options["dry_run"]:
                    stale = len(check(school).disagreements)
                else:
                    stale = restate_as_one(school=school, by=None)
            done = "would be measured again" if options["dry_run"] else "measured again"
            self.stdout.write(f"{school.name}: {stale:,} judgements {done}.")
