"""Rolls and common transfer files out of a drop folder: taken as the commands take them, except that nobody is there to be asked.

Whoever may be somebody held is joined to nobody and made no second record: the file is refused until somebody has said on a page who it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from schools.imports.ctf import is_xml, read_ctf
from schools.imports.ctf_report import ctf_report
from schools.imports.pupils import HEADINGS, read_pupils
from schools.imports.report import FileRefused, Problem, counted
from schools.imports.roll_importer import question_of
from schools.imports.roll_loading import load_table, load_transfer
from schools.imports.roll_report import roll_report
from schools.services.rolls import RollChanges, RollQuestion
from schools.sync_kinds import Drop, DropKind, Taken


def take_roll(drop: Drop) -> Taken:
    """The roll of the year."""
    file = read_pupils(drop.path, school=drop.school, headings=HEADINGS.with_chosen(drop.columns))
    changes = load_table(
        file,
        school=drop.school,
        academic_year=drop.academic_year,
        update=drop.update,
        dry_run=drop.dry_run,
        reason=drop.reason,
        same={},
    )
    _refuse_questions(changes.questions)
    lines = roll_report(
        file, changes, school=drop.school, academic_year=drop.academic_year, dry_run=drop.dry_run
    )
    return Taken(_counts(changes), tuple(lines))


def take_ctf(drop: Drop) -> Taken:
    """A common transfer file for the roll of the year."""
    file = read_ctf(drop.path)
    changes = load_transfer(
        file,
        school=drop.school,
        academic_year=drop.academic_year,
        update=drop.update,
        dry_run=drop.dry_run,
        reason=drop.reason,
        same={},
    )
    _refuse_questions(changes.questions)
    lines = ctf_report(
        file, changes, school=drop.school, academic_year=drop.academic_year, dry_run=drop.dry_run
    )
    beside = sum(changes.added.values()) + sum(changes.changed.values())
    return Taken({**_counts(changes.roll), "beside the roll": beside}, tuple(lines))


def _counts(changes: RollChanges) -> Mapping[str, int]:
    return {
        "new": changes.new,
        "added to the year": changes.placed,
        "changed": changes.changed,
        "unchanged": changes.unchanged,
        "left": changes.left,
    }


def _refuse_questions(questions: Sequence[RollQuestion]) -> None:
    if not questions:
        return
    number = counted(len(questions), "row may", "rows may")
    raise FileRefused(
        f"{number} be of children whom the school has already, and nobody is here to say. Take the file in on the page Take in a file,"
        " where that is asked; or give the UPN, or the name as it is held.",
        list(_in_words(questions)),
    )


def _in_words(questions: Iterable[RollQuestion]) -> Iterable[Problem]:
    for each in questions:
        asked = question_of(each)
        yield Problem(row=asked.row, what=f"{asked.said}. Held: {asked.held}. {asked.why}")


ROLL = DropKind(
    code="roll",
    title="Roll",
    rank=20,
    is_one=lambda path, columns: False,
    take=take_roll,
    columns_as="roll",
    tells_all=True,
)


def _is_transfer(path: Path, columns: Mapping[str, str]) -> bool:
    return is_xml(path)


CTF = DropKind(code="ctf", title="Common transfer file", rank=10, is_one=_is_transfer, take=take_ctf)
