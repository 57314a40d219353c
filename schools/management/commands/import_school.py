"""`manage.py import_school FILE.zip`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from schools.imports.whole_school import opened
from schools.interchange import WholeSchoolRefused
from schools.management.shell import say
from schools.queries.whole_school import tables
from schools.services.taking_in import TakenIn, take_in


class Command(BaseCommand):
    help = (
        "Take in a whole school that manage.py export_school, or School settings, wrote: with its history, notes and snapshots, beside the schools that"
        " are here. All of it or nothing; refused where the school is here already."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            with (
                opened(file) as given,
                tqdm(total=len(tables()), unit=" files", disable=None, leave=False) as bar,
            ):
                taken = take_in(given=given, by=None, told=lambda _: _step(bar))
        except WholeSchoolRefused as error:
            raise CommandError(str(error)) from error
        self._say(taken)

    def _say(self, taken: TakenIn) -> None:
        school = taken.school
        say(self.stdout, f"{school.name} (URN {school.urn}) is there, with {taken.rows:,} rows.")
        for line in taken.said:
            say(self.stdout, line)
        say(
            self.stdout,
            "Every role is suspended. Let the head in with manage.py add_person; the head takes the others back on the page People.",
        )


def _step(bar: Any) -> None:
    bar.update()
