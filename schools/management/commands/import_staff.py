from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from schools.access import current_academic_year
from schools.imports.report import FileRefused, Problem, counted
from schools.imports.staff import StaffFile, read_staff
from schools.imports.staff_report import staff_report
from schools.management.shell import academic_year, say, school_with
from schools.models import School, SchoolYear
from schools.row_security import visible_to
from schools.services.invitation_letters import LetterNotSentError, send_letter
from schools.services.staff_list import StaffChanges, StaffRefused, invite_staff


class Command(BaseCommand):
    help = "Invite everybody of a list of staff, an Excel workbook or CSV: the whole file, or nothing of it."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="CSV or Excel workbook (.xlsx)")
        parser.add_argument("--school", required=True, metavar="URN")
        parser.add_argument("--year", type=academic_year, help="of the classes; the running one if left out")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
        parser.add_argument(
            "--no-letters", action="store_true", help="invite, and leave the letters to the page People"
        )

    def handle(self, **options: Any) -> None:
        school = school_with(options["school"])
        path: Path = options["file"]
        # A name need not be text; the history keeps text.
        name = path.name.encode("utf-8", "replace").decode()
        letters = not (options["no_letters"] or options["dry_run"])
        try:
            file = read_staff(path)
            changes = self._invite(file, school, options, reason=f"Staff from {name}")
        except FileRefused as refused:
            raise CommandError(f"{name}: {refused}") from refused
        # After what was written is there for good: a letter cannot be taken back.
        unsent = self._send(changes, school) if letters else []
        report = staff_report(
            file, changes, school=school, dry_run=options["dry_run"], letters=letters, unsent=unsent
        )
        for line in report:
            say(self.stdout, line)

    def _invite(
        self, file: StaffFile, school: School, options: dict[str, Any], *, reason: str
    ) -> StaffChanges:
        """Take the rows in; FileRefused with every problem, those of cells and those of classes."""
        problems: list[Problem] = list(file.problems)
        changes = StaffChanges()
        try:
            with visible_to(school):
                changes = invite_staff(
                    school=school,
                    academic_year=options["year"] or self._running(school),
                    rows=file.rows,
                    by=None,
                    # The rows that can be read are looked at all the same: one report tells everything.
                    dry_run=options["dry_run"] or bool(problems),
                    reason=reason,
                )
        except StaffRefused as refused:
            problems += [file.in_words_of_the_file(problem) for problem in refused.problems]
        if problems:
            raise FileRefused(f"nobody was invited. {counted(len(problems), 'problem')}:", problems)
        return changes

    def _running(self, school: School) -> int:
        opened = (
            SchoolYear.objects.in_school(school)
            .filter(is_for_copies=False)
            .values_list("academic_year", flat=True)
        )
        return current_academic_year(tuple(opened), timezone.localdate())

    def _send(self, changes: StaffChanges, school: School) -> list[str]:
        """The addresses to which no letter could be sent."""
        unsent = []
        for sent in changes.sent:
            try:
                send_letter(sent, school=school)
            except LetterNotSentError:
                unsent.append(sent.invitation.email)
        return unsent
