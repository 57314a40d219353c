from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from schools.imports.ctf import is_xml, read_ctf
from schools.imports.ctf_report import ctf_report
from schools.imports.pupils import read_pupils
from schools.imports.report import FileRefused
from schools.imports.roll_loading import load_table, load_transfer
from schools.imports.roll_report import roll_report
from schools.management.shell import academic_year, say, school_with
from schools.models import School


class Command(BaseCommand):
    help = "Take in the roll of a year from an Excel workbook, CSV or a common transfer file (CTF): the whole file, or nothing of it."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, metavar="FILE", help="CSV, Excel workbook (.xlsx) or CTF (.xml)"
        )
        parser.add_argument("--school", required=True, metavar="URN")
        parser.add_argument("--year", required=True, type=academic_year, help="such as 2025/26")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and write nothing")
        parser.add_argument(
            "--update",
            choices=["all", "missing"],
            default="all",
            help="take all that the file says (as without it), or only fill what is empty",
        )

    def handle(self, **options: Any) -> None:
        school = school_with(options["school"])
        path: Path = options["file"]
        # A name need not be text; the history keeps text.
        name = path.name.encode("utf-8", "replace").decode()
        reason = f"Roll of {options['year']} from {name}"
        try:
            lines = list((self._ctf if is_xml(path) else self._table)(path, school, options, reason=reason))
        except FileRefused as refused:
            raise CommandError(f"{name}: {refused}") from refused
        for line in lines:
            say(self.stdout, line)

    def _table(self, path: Path, school: School, options: dict[str, Any], *, reason: str) -> Iterator[str]:
        progress = partial(tqdm, desc="Reading", unit=" rows", disable=None, leave=False)
        file = read_pupils(path, school=school, progress=progress)
        with tqdm(total=len(file.rows), desc="Writing", unit=" rows", disable=None, leave=False) as bar:
            changes = load_table(file, school=school, **_asked(options), reason=reason, progress=bar.update)
        yield from roll_report(
            file, changes, school=school, academic_year=options["year"], dry_run=options["dry_run"]
        )

    def _ctf(self, path: Path, school: School, options: dict[str, Any], *, reason: str) -> Iterator[str]:
        progress = partial(tqdm, desc="Reading", unit=" pupils", disable=None, leave=False)
        file = read_ctf(path, progress=progress)
        with tqdm(total=len(file.pupils), desc="Writing", unit=" pupils", disable=None, leave=False) as bar:
            changes = load_transfer(
                file, school=school, **_asked(options), reason=reason, progress=bar.update
            )
        yield from ctf_report(
            file, changes, school=school, academic_year=options["year"], dry_run=options["dry_run"]
        )


def _asked(options: dict[str, Any]) -> dict[str, Any]:
    return {
        "academic_year": options["year"],
        "update": options["update"],
        "dry_run": options["dry_run"],
    }
