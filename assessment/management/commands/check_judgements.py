from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessment.queries.consistency import check
from schools.management.shell import schools_with
from schools.row_security import visible_to


class Command(BaseCommand):
    help = (
        "Compare every judgement's expected range, version of the expectations and attainment with the rules. "
        "Exit code 0: all agree; 1: some do not. Changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--school", metavar="URN", help="one school alone; without it all")

    def handle(self, **options: Any) -> None:
        disagreements = 0
        for school in schools_with(options["school"]):
            with visible_to(school):
                checked = check(school)
            disagreements += len(checked.disagreements)
            self.stdout.write(
                f"{school.name}: {checked.judgements:,} judgements, {len(checked.disagreements):,} disagree."
            )
        if disagreements:
            raise CommandError(
                f"{disagreements:,} judgements disagree with the rules: `manage.py restate` puts them right."
            )
