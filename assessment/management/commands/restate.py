from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from assessment.queries.consistency import check
from assessment.services.restating import restate_as_one
from schools.management.shell import schools_with
from schools.row_security import visible_to


class Command(BaseCommand):
    help = "Measure judgements again by the expectations that hold; may be run at any time, and twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--school", metavar="URN", help="one school alone; without it all")
        parser.add_argument("--dry-run", action="store_true", help="say how many would change, change none")

    def handle(self, **options: Any) -> None:
        for school in schools_with(options["school"]):
            with visible_to(school):
                if options["dry_run"]:
                    stale = len(check(school).disagreements)
                else:
                    stale = restate_as_one(school=school, by=None)
            done = "would be measured again" if options["dry_run"] else "measured again"
            self.stdout.write(f"{school.name}: {stale:,} judgements {done}.")
