from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessment.imports.profiles import profiles_report, read_profiles, refusal
from assessment.services.profiles import ProfileContradictedError, load_profiles
from schools.calendar import AcademicYear
from schools.imports.report import FileRefused
from schools.management.shell import academic_year, say, school_with
from schools.models import School
from schools.row_security import visible_to


class Command(BaseCommand):
    help = (
        "Take in EYFS profiles from an Excel workbook or CSV: the whole file, or nothing of it. "
        "Columns: UPN and a column for each goal (E01 to E17, or G01 to G17), as the page Profile gives them out; or UPN, Subject, Outcome."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="CSV or Excel workbook (.xlsx)")
        parser.add_argument("--school", required=True, metavar="URN")
        parser.add_argument(
            "--year",
            required=True,
            type=academic_year,
            metavar="2025/26",
            help="the academic year that the children finished Reception in",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and write nothing")

    def handle(self, **options: Any) -> None:
        school = school_with(options["school"])
        path: Path = options["file"]
        try:
            lines = self._import(path, school, options["year"], dry_run=options["dry_run"])
        except FileRefused as refused:
            raise CommandError(f"{path.name}: {refused}") from refused
        for line in lines:
            say(self.stdout, line)

    def _import(self, path: Path, school: School, year: AcademicYear, *, dry_run: bool) -> list[str]:
        with visible_to(school):
            file = read_profiles(path, school=school, academic_year=year)
            try:
                changes = load_profiles(
                    school=school,
                    academic_year=year,
                    framework=file.framework,
                    results=file.results,
                    by=None,
                    dry_run=dry_run,
                    # A file's name may hold bytes that are no text.
                    reason=f"EYFS profiles from {path.name}".encode("utf-8", "replace").decode(),
                )
            except ProfileContradictedError as error:
                raise refusal(file, error.contradictions) from error
        return list(profiles_report(file, changes, school=school, dry_run=dry_run))
