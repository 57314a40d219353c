"""`manage.py export_school --school URN FILE.zip`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from reports.exports.whole_school import write_whole_school
from reports.management.output import written_whole
from schools.audit import record_operators_file
from schools.management.shell import say, school_with
from schools.queries.whole_school import one_picture, tables
from schools.row_security import visible_to


class Command(BaseCommand):
    help = (
        "Everything of a school in one file: a CSV for each table and its history, a workbook for people, a dictionary of every column, and"
        " checksums. manage.py import_school takes it into another installation. The file is the school's own: pupils are named in it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--school", required=True, metavar="URN")
        parser.add_argument("file", type=Path, metavar="FILE", help="must not be there yet")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        school = school_with(options["school"])
        if file.exists():
            raise CommandError(f"{file} is there already: choose another name, or move it away.")
        try:
            with (
                written_whole(file) as into,
                tqdm(total=len(tables()), unit=" files", disable=None, leave=False) as bar,
            ):
                with one_picture(school):
                    written = write_whole_school(
                        school, into, made_at=timezone.now(), told=lambda _: _step(bar)
                    )
                # A file that nobody was told of is not handed out.
                with visible_to(school):
                    record_operators_file(school, "export_school", "zip", written.pupils)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
        say(self.stdout, f"{file}: {school.name}, {written.described}.")


def _step(bar: Any) -> None:
    bar.update()
