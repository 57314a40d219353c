"""How a marksheet that was filled in elsewhere differs from the one here: cell by cell, before anything is written."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from assessment.engine.assessment_points import AssessmentTerm
from assessment.models import Reason
from assessment.queries.columns import Column
from assessment.queries.entered import stands_in
from assessment.queries.marksheets import Sheet
from assessment.queries.sheet_rows import Cell, Held, Row
from schools.models import School

_START_OR_NOTE = "The cell says where the pupil started, or holds a note: it can be changed, not emptied."
_NOT_TOLD = "The file no longer says what stood here when it was downloaded."


@dataclass(frozen=True)
class Sight:
    """What stood in the cell when the file went out."""

    version: int
    points: int | None
    reason: str


@dataclass(frozen=True)
class Brought:
    """One cell of the file: its text, and what that means, or why it means nothing. `saw`: None where the file no longer says."""

    text: str
    points: int | None = None
    reason: str = ""
    problem: str = ""
    saw: Sight | None = None

    @property
    def value(self) -> tuple[int | None, str]:
        """What is to stand in the cell."""
        return self.points, self.reason


class Kind(Enum):
    """What is different about a cell."""

    NEW = "new"
    CHANGED = "changed"
    EMPTIED = "emptied"
    CONFLICT = "conflict"
    UNREADABLE = "unreadable"
    NOT_FOR_ENTRY = "not_for_entry"


@dataclass(frozen=True)
class Difference:
    """One cell that is different; `stands` and `brought` as they are shown, "" for nothing. `why`: what is to be said of it.

    `held` is what stood there when this was found out: what a person who confirms it has seen.
    """

    kind: Kind
    pupil: uuid.UUID
    name: str
    column: Column
    stands: str
    brought: str
    held: Held
    why: str = ""


@dataclass(frozen=True)
class Differences:
    """All of them in the order of the sheet; how many cells are the same, and how many were changed here since and not in the file."""

    cells: tuple[Difference, ...]
    same: int
    changed_here: int

    def of(self, kind: Kind) -> list[Difference]:
        """Those of a kind."""
        return [each for each in self.cells if each.kind is kind]

    @property
    def can_be_written(self) -> bool:
        """Whether there is anything to confirm."""
        return any(each.kind in {Kind.NEW, Kind.CHANGED, Kind.EMPTIED, Kind.CONFLICT} for each in self.cells)


def shown_value(points: int | None, reason: str) -> str:
    """As a cell shows it, and as it can be typed: points, or the reason in a word or two; "" for nothing."""
    return str(points) if points is not None else Reason(reason).label.split(",")[0].lower() if reason else ""


def differences(
    school: School, sheet: Sheet, brought: Mapping[tuple[uuid.UUID, str], Brought]
) -> Differences:
    """What of the file is different from the sheet as it stands; needs the school open. One query, for conflicts alone."""
    found: list[Difference] = []
    same = changed_here = 0
    for row in sheet.rows:
        for column in sheet.columns:
            cell = brought.get((row.public_id, column.key))
            if cell is None or column.place is None:
                continue
            held = row.held_at(column.place)
            if cell.problem:
                found.append(_difference(Kind.UNREADABLE, row, column, cell, held, cell.problem))
            elif cell.value == (held.points, held.reason):
                same += 1
            elif _is_untouched(cell):
                changed_here += 1
            else:
                found.append(_touched(row, column, cell, held))
    return Differences(_with_who(school, sheet, found), same, changed_here)


def _is_untouched(cell: Brought) -> bool:
    """Whether the file says what it said when it went out; of an empty cell that is taken for granted where it is not known."""
    if cell.saw is None:
        return cell.value == (None, "")
    return cell.value == (cell.saw.points, cell.saw.reason)


def _touched(row: Row, column: Column, cell: Brought, held: Held) -> Difference:
    empties = cell.value == (None, "")
    if not column.is_open_for(row):
        return _difference(Kind.NOT_FOR_ENTRY, row, column, cell, held, _closed(row, column))
    if empties and (held.is_on_entry or held.has_note):
        return _difference(Kind.NOT_FOR_ENTRY, row, column, cell, held, _START_OR_NOTE)
    if cell.saw is None and held.version:
        return _difference(Kind.CONFLICT, row, column, cell, held, _NOT_TOLD)
    if cell.saw and cell.saw != Sight(held.version, held.points, held.reason):
        return _difference(Kind.CONFLICT, row, column, cell, held)
    if empties:
        return _difference(Kind.EMPTIED, row, column, cell, held)
    return _difference(Kind.CHANGED if held.version else Kind.NEW, row, column, cell, held)


def _closed(row: Row, column: Column) -> str:
    if column.is_of_an_earlier_year:
        return "Judgements of earlier years are not entered here."
    if column.place and column.is_open and column.place.at.term not in row.open_terms:
        return f"{column.place.at.term.label} is closed for entry. An assessment leader or the head can reopen it."
    return "You may look at this cell and not enter in it."


def _difference(kind: Kind, row: Row, column: Column, cell: Brought, held: Held, why: str = "") -> Difference:
    brought = cell.text if cell.problem else shown_value(cell.points, cell.reason)
    stands = shown_value(held.points, held.reason)
    return Difference(kind, row.public_id, row.name, column, stands, brought, held, why)


def _with_who(school: School, sheet: Sheet, found: list[Difference]) -> tuple[Difference, ...]:
    """Conflicts say who put there what stands, and when."""
    pupils = {row.public_id: row.pupil_id for row in sheet.rows}
    cells = {
        each: Cell(pupils[each.pupil], each.column.place.subject, AssessmentTerm(each.column.place.at.term))
        for each in found
        if each.kind is Kind.CONFLICT and each.column.place
    }
    told = stands_in(school, sheet.at.academic_year, cells.values())
    return tuple(
        Difference(
            each.kind,
            each.pupil,
            each.name,
            each.column,
            each.stands,
            each.brought,
            each.held,
            " ".join(part for part in (told[cells[each]][1], each.why) if part),
        )
        if each in cells
        else each
        for each in found
    )
