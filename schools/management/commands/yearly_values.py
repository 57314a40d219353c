from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from schools.management.shell import schools_with
from schools.row_security import visible_to
from schools.services.yearly_values import work_out_school


class Command(BaseCommand):
    help = "Work out again what periods say of the years that are open, as of today; may be run at any time, and twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--school", metavar="URN", help="one school alone; without it all")
        parser.add_argument("--dry-run", action="store_true", help="say how many would change, change none")

    def handle(self, **options: Any) -> None:
        is_dry = options["dry_run"]
        for school in schools_with(options["school"]):
            with visible_to(school):
                changed = work_out_school(school=school, by=None, dry_run=is_dry)
            done = "would become others" if is_dry else "became others"
            self.stdout.write(f"{school.name}: {changed:,} yearly values {done}.")
