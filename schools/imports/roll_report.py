"""What an import of pupils did, or would do, in lines for the office that ran it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from schools.attendance import in_words
from schools.calendar import AcademicYear, YearGroup
from schools.imports.pupils import DAY_TO_DAY, LABELS, PupilsFile
from schools.imports.report import PROBLEMS_SHOWN, counted, listed, sheet_lines
from schools.models import School, SenStatus, Sex
from schools.services.roll_plan import Change
from schools.services.rolls import PupilChange, RollChanges

CHANGES_SHOWN = 20
_WORDS: dict[Any, str] = {None: "not known", "": "blank", True: "yes", False: "no"}
_CODES = {"sex": Sex, "sen_status": SenStatus}


def roll_report(
    file: PupilsFile, changes: RollChanges, *, school: School, academic_year: AcademicYear, dry_run: bool
) -> Iterator[str]:
    """The lines: first what matters most."""
    if dry_run:
        yield "A dry run: nothing has been written. This is what would be done."
    yield _first_line(file, changes, school, academic_year)
    yield from sheet_lines(file.table.sheet, file.table.other_sheets)
    yield from _warnings(changes, school, academic_year)
    yield from _other_counts(changes, academic_year)
    yield from _details(changes)
    yield from _left_out(file, changes, academic_year)


def warnings_of(
    file: PupilsFile, changes: RollChanges, *, school: School, academic_year: AcademicYear
) -> list[str]:
    """What to look at before anything else, without the notes on single rows."""
    lines = [*sheet_lines(file.table.sheet, file.table.other_sheets), *_loud(changes, school, academic_year)]
    return [line.removeprefix("WARNING: ") for line in lines]


def told_of(file: PupilsFile, changes: RollChanges, *, academic_year: AcademicYear) -> list[str]:
    """What else is to be said of the whole file."""
    return [
        *_other_counts(changes, academic_year),
        *_left_out(file, replace(changes, not_in_roll=0), academic_year),
    ]


def changes_in_words(pupil: PupilChange) -> tuple[str, ...]:
    """`class 3A → 3B`, for each value that becomes another."""
    return tuple(_change(change) for change in pupil.changes)


def _first_line(file: PupilsFile, changes: RollChanges, school: School, year: AcademicYear) -> str:
    place = f"{school.name} (URN {school.urn}), {year}"
    if not file.rows:
        return f"{place}: the file holds nobody. It has headings and no pupils."
    placed = f", {changes.placed:,} known before and added to this year" if changes.placed else ""
    return (
        f"{place}: {counted(len(file.rows), 'pupil')}; {changes.new:,} new{placed},"
        f" {changes.changed:,} changed, {changes.unchanged:,} unchanged."
    )


def _loud(changes: RollChanges, school: School, year: AcademicYear) -> Iterator[str]:
    if changes.foreign_year_groups:
        groups = [f"{group.label} ({count:,})" for group, count in changes.foreign_year_groups.items()]
        number = sum(changes.foreign_year_groups.values())
        yield (
            f"WARNING: {counted(number, 'pupil is', 'pupils are')} in year groups that the school does not have:"
            f" {listed(groups)}. It has {school.year_groups_label}. Is this the right school and year?"
        )
    if changes.years_ahead:
        distance = counted(abs(changes.years_ahead), "year group")
        side = "above" if changes.years_ahead > 0 else "below"
        yield f"WARNING: most pupils are {distance} {side} the one of their age. Is this the roll of {year}?"
    if changes.meals_of_unknown_kind:
        yield (
            f"WARNING: of {counted(changes.meals_of_unknown_kind, 'pupil')} the file says free school meals and not whether they are"
            " Targeted or Expanded. From September 2026 these count neither for FSM6 nor for pupil premium until somebody says which:"
            " give the columns Targeted FSM and Expanded FSM."
        )


def _warnings(changes: RollChanges, school: School, year: AcademicYear) -> Iterator[str]:
    yield from _loud(changes, school, year)
    if changes.notes:
        yield "To look at:"
    for note in changes.notes[:PROBLEMS_SHOWN]:
        yield f"  Row {note.row}, {note.name} {note.text}"
    if len(changes.notes) > PROBLEMS_SHOWN:
        yield f"  … and {len(changes.notes) - PROBLEMS_SHOWN:,} more."


def _other_counts(changes: RollChanges, year: AcademicYear) -> Iterator[str]:
    if changes.opens_year:
        yield f"The year {year} was not open at the school: opened."
    if changes.classes_made:
        yield f"Classes made: {listed(changes.classes_made, most=40)}."
    if changes.came_back:
        yield f"Another stay on the roll: {counted(changes.came_back, 'pupil')} known before."
    if changes.left:
        yield f"Left: {counted(changes.left, 'pupil')}."
    if changes.over_time:
        yield f"Free school meals, types of need or claimed values over time: of {counted(changes.over_time, 'pupil')}."
    if changes.temporary_upns:
        yield f"With a temporary UPN: {counted(changes.temporary_upns, 'pupil')}."


def _details(changes: RollChanges) -> Iterator[str]:
    if changes.details:
        yield "Changed:"
    for pupil in changes.details[:CHANGES_SHOWN]:
        yield f"  {_change_of(pupil)}"
    if len(changes.details) > CHANGES_SHOWN:
        yield f"  … and {len(changes.details) - CHANGES_SHOWN:,} more."


def _change_of(pupil: PupilChange) -> str:
    every = "; ".join(_change(change) for change in pupil.changes)
    return f"Row {pupil.row}, {pupil.name}: {every}."


def _change(change: Change) -> str:
    return (
        f"{LABELS[change.field]} {_shown(change.field, change.before)} → {_shown(change.field, change.after)}"
    )


def _shown(field: str, value: Any) -> str:
    if field == "stays":
        return listed(str(stay).removeprefix("the stay ") for stay in value) or "never"
    if isinstance(value, YearGroup):
        return value.label
    if isinstance(value, Decimal):
        return in_words(value)
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    if value and field in _CODES:
        return str(_CODES[field](value).label)
    return _WORDS.get(value, str(value))


def _left_out(file: PupilsFile, changes: RollChanges, year: AcademicYear) -> Iterator[str]:
    if changes.not_in_roll:
        yield (
            f"On the roll of {year} but not in the file: {counted(changes.not_in_roll, 'pupil')},"
            " left as they are."
        )
    if file.guests:
        yield f"Left out, as guests on another school’s roll: {counted(file.guests, 'row')}."
    if file.totals:
        yield f"Left out, as totals: {counted(file.totals, 'row')}."
    unused = [column.heading for name, column in file.table.columns.items() if name in DAY_TO_DAY]
    if unused and not changes.is_running_year:
        yield f"From the roll of the running year alone, so not used: {listed(unused)}."
    if file.table.unknown_headings:
        yield f"Columns that are not known, and were not used: {listed(file.table.unknown_headings)}."
    if file.not_kept:
        yield f"Columns that are known, but nothing of them is kept: {listed(file.not_kept)}."
    if file.table.repeated_headings:
        pairs = [f"{heading} ({counts} was used)" for heading, counts in file.table.repeated_headings]
        yield f"Columns that say again what another says: {listed(pairs)}."


@dataclass(frozen=True)
class RollWords:
    """What a roll changed in words, in its parts, for a report of another file that brings a roll."""

    warnings: tuple[str, ...]
    counts: tuple[str, ...]
    # Of each changed pupil the row, the name and what became otherwise.
    details: tuple[tuple[int, str, str], ...]


def roll_words(changes: RollChanges, *, school: School, academic_year: AcademicYear) -> RollWords:
    """The words, without the notes on single rows."""
    return RollWords(
        warnings=tuple(_warnings(replace(changes, notes=()), school, academic_year)),
        counts=tuple(_other_counts(changes, academic_year)),
        details=tuple(
            (each.row, each.name, "; ".join(_change(change) for change in each.changes))
            for each in changes.details
        ),
    )
