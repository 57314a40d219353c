from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from schools.imports.ctf import CtfFile, is_xml, read_ctf
from schools.imports.ctf_report import ctf_report, problems_in_words
from schools.imports.pupils import PupilsFile, read_pupils
from schools.imports.report import FileRefused, Problem, counted
from schools.imports.roll_report import roll_report
from schools.management.shell import academic_year, say, school_with
from schools.models import School
from schools.row_security import visible_to
from schools.services.ctf import CtfChanges, load_ctf
from schools.services.roll_rows import RollRefused
from schools.services.rolls import RollChanges, load_roll


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
        changes = self._load(file, school, options, reason=reason)
        yield from roll_report(
            file, changes, school=school, academic_year=options["year"], dry_run=options["dry_run"]
        )

    def _ctf(self, path: Path, school: School, options: dict[str, Any], *, reason: str) -> Iterator[str]:
        progress = partial(tqdm, desc="Reading", unit=" pupils", disable=None, leave=False)
        file = read_ctf(path, progress=progress)
        changes = self._load_ctf(file, school, options, reason=reason)
        yield from ctf_report(
            file, changes, school=school, academic_year=options["year"], dry_run=options["dry_run"]
        )

    def _load_ctf(self, file: CtfFile, school: School, options: dict[str, Any], *, reason: str) -> CtfChanges:
        """Take the pupils in; FileRefused with every problem, those of elements and those of pupils."""
        problems: list[Problem] = list(file.problems)
        with tqdm(total=len(file.pupils), desc="Writing", unit=" pupils", disable=None, leave=False) as bar:
            try:
                with visible_to(school):
                    changes = load_ctf(
                        school=school,
                        academic_year=options["year"],
                        header=file.header,
                        pupils=file.pupils,
                        update=options["update"],
                        by=None,
                        dry_run=options["dry_run"] or bool(problems),
                        reason=reason,
                        progress=bar.update,
                    )
            except RollRefused as refused:
                problems += problems_in_words(file, refused.problems)
        if problems:
            raise FileRefused(f"nothing was imported. {counted(len(problems), 'problem')}:", problems)
        return changes

    def _load(self, file: PupilsFile, school: School, options: dict[str, Any], *, reason: str) -> RollChanges:
        """Take the rows in; FileRefused with every problem, those of cells and those of pupils."""
        problems: list[Problem] = list(file.problems)
        with tqdm(total=len(file.rows), desc="Writing", unit=" rows", disable=None, leave=False) as bar:
            try:
                with visible_to(school):
                    changes = load_roll(
                        school=school,
                        academic_year=options["year"],
                        rows=file.rows,
                        update=options["update"],
                        by=None,
                        # The rows that can be read are looked at all the same: one report tells everything.
                        dry_run=options["dry_run"] or bool(problems),
                        reason=reason,
                        progress=bar.update,
                    )
            except RollRefused as refused:
                problems += [file.in_words_of_the_file(problem) for problem in refused.problems]
        if problems:
            raise FileRefused(f"nothing was imported. {counted(len(problems), 'problem')}:", problems)
        return changes
