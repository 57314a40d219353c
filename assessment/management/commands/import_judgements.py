from __future__ import annotations

from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from assessment.imports.judgement_report import judgement_report
from assessment.imports.judgements import read_judgements
from assessment.services.loading import load_judgements
from schools.imports.report import FileRefused
from schools.management.shell import say, school_with
from schools.models import School
from schools.row_security import visible_to

_bar = partial(tqdm, unit=" rows", disable=None, leave=False)


class Command(BaseCommand):
    help = (
        "Take in judgements from an Excel workbook or CSV, one row a judgement: the whole file, or nothing of it. "
        "Columns: UPN, Subject, Academic Year, Term, Points, and where wanted Reason, Note, On Entry."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="CSV or Excel workbook (.xlsx)")
        parser.add_argument("--school", required=True, metavar="URN")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and write nothing")

    def handle(self, **options: Any) -> None:
        school = school_with(options["school"])
        path: Path = options["file"]
        try:
            lines = self._import(path, school, dry_run=options["dry_run"])
        except FileRefused as refused:
            raise CommandError(f"{path.name}: {refused}") from refused
        for line in lines:
            say(self.stdout, line)

    def _import(self, path: Path, school: School, *, dry_run: bool) -> list[str]:
        with visible_to(school):
            file = read_judgements(path, school=school, progress=partial(_bar, desc="Reading"))
            with _bar(desc="Writing", total=len(file.said)) as bar:
                changes = load_judgements(
                    school=school,
                    said=file.said,
                    by=None,
                    dry_run=dry_run,
                    # A file's name may hold bytes that are no text.
                    reason=f"Judgements from {path.name}".encode("utf-8", "replace").decode(),
                    progress=bar.update,
                )
        return list(judgement_report(file, changes, school=school, dry_run=dry_run))
