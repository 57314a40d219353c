"""A file of pupils that was read, taken in by a command: with every problem told at once, those of cells and those of pupils."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from schools.calendar import AcademicYear
from schools.imports.ctf import CtfFile
from schools.imports.ctf_report import problems_in_words
from schools.imports.pupils import PupilsFile
from schools.imports.report import FileRefused, Problem, counted
from schools.models import School
from schools.row_security import visible_to
from schools.services.ctf import CtfChanges, load_ctf
from schools.services.roll_plan import Update
from schools.services.roll_rows import RollRefused
from schools.services.rolls import RollChanges, load_roll

Same = Mapping[int, int | None]


def load_table(
    file: PupilsFile,
    *,
    school: School,
    academic_year: AcademicYear,
    update: Update,
    dry_run: bool,
    reason: str,
    progress: Callable[[int], object] | None = None,
    same: Same | None = None,
) -> RollChanges:
    """Take the rows in, as the operator; FileRefused with every problem. The others are as in `load_roll`."""
    problems: list[Problem] = list(file.problems)
    try:
        with visible_to(school):
            changes = load_roll(
                school=school,
                academic_year=academic_year,
                rows=file.rows,
                update=update,
                by=None,
                # The rows that can be read are looked at all the same: one report tells everything.
                dry_run=dry_run or bool(problems),
                reason=reason,
                progress=progress,
                same=same,
            )
    except RollRefused as refused:
        problems += [file.in_words_of_the_file(problem) for problem in refused.problems]
    _refuse(problems)
    return changes


def load_transfer(
    file: CtfFile,
    *,
    school: School,
    academic_year: AcademicYear,
    update: Update,
    dry_run: bool,
    reason: str,
    progress: Callable[[int], object] | None = None,
    same: Same | None = None,
) -> CtfChanges:
    """Take the pupils of a common transfer file in, likewise; the others are as in `load_ctf`."""
    problems: list[Problem] = list(file.problems)
    try:
        with visible_to(school):
            changes = load_ctf(
                school=school,
                academic_year=academic_year,
                header=file.header,
                pupils=file.pupils,
                update=update,
                by=None,
                dry_run=dry_run or bool(problems),
                reason=reason,
                progress=progress,
                same=same,
            )
    except RollRefused as refused:
        problems += problems_in_words(file, refused.problems)
    _refuse(problems)
    return changes


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise FileRefused(f"nothing was imported. {counted(len(problems), 'problem')}:", problems)
