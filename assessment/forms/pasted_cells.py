"""What would become of each cell of a pasted block: a preview, before anything is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from assessment.engine.assessment_points import AssessmentPoint
from assessment.engine.relative import points_from, read_steps
from assessment.forms.block_places import Placed, is_shown, shown_in
from assessment.forms.marksheets import NOTHING, Sight, TypedCell, Value, read_value
from assessment.forms.pasting import LONGEST_TEXT, Seen, written_over
from assessment.queries.columns import Column
from assessment.queries.sheet_rows import EMPTY, Cell, Held, Place, Row


class Fate(Enum):
    """What would become of a cell; the value is what the preview says of it."""

    NEW = "new"
    CHANGES = "changes"
    SAME = "the same"
    # Somebody has entered there since the page was loaded, or the page did not show it: only if it is said of the cell.
    LATER = "later edit"
    UNREAD = "not understood"
    CLOSED = "not entered here"
    # Nothing was pasted: what stands there stays.
    LEFT = ""


UNSEEN = Sight(0, NOTHING)


@dataclass(frozen=True)
class PastedCell:
    """One cell: the text that was pasted, or the points that `=` and the like come to, what stands there, and why if it is not simply written."""

    row: Row
    column: Column
    text: str
    old: str
    fate: Fate
    why: str = ""
    now: Sight = UNSEEN
    new: str = ""
    # What the text says, where it is understood.
    value: Value | None = None

    @property
    def mark(self) -> str:
        """Its class in the stylesheet."""
        return f"is-{self.fate.name.lower()}"

    @property
    def typed(self) -> TypedCell:
        """As it is to be written over what stands there now."""
        return TypedCell(self.row.public_id, self.column.key, self.text, self.now)

    @property
    def over(self) -> str:
        """What its box sends when it is ticked."""
        return written_over(self.typed)


@dataclass(frozen=True)
class PastedLine:
    """A pupil's row of the preview."""

    row: Row
    cells: tuple[PastedCell, ...]


@dataclass(frozen=True)
class Pasted:
    """A block as it would be written."""

    columns: tuple[Column, ...]
    lines: tuple[PastedLine, ...]
    unknown: tuple[str, ...]
    unclear: tuple[str, ...]
    outside: tuple[str, ...]

    @cached_property
    def cells(self) -> list[PastedCell]:
        """All, row by row."""
        return [cell for line in self.lines for cell in line.cells]

    def of(self, *fates: Fate) -> list[PastedCell]:
        """Those of one fate, or of several."""
        return [cell for cell in self.cells if cell.fate in fates]

    @property
    def to_write(self) -> list[PastedCell]:
        """What is written when it is confirmed as it is."""
        return self.of(Fate.NEW, Fate.CHANGES)

    @property
    def later(self) -> list[PastedCell]:
        """What is written only if it is ticked."""
        return self.of(Fate.LATER)

    @property
    def summary(self) -> list[str]:
        """`28 understood`, `1 not`, `1 pupil unknown: Smith, Jo`, `2 would overwrite a later edit`."""
        return list(self._summary())

    def _summary(self) -> Iterator[str]:
        yield f"{len(self.of(Fate.NEW, Fate.CHANGES, Fate.SAME, Fate.LATER))} understood"
        if unread := len(self.of(Fate.UNREAD)):
            yield f"{unread} not"
        if closed := len(self.of(Fate.CLOSED)):
            yield f"{closed} where nothing can be entered"
        if self.unknown:
            yield f"{_pupils(len(self.unknown))} unknown"
        if self.unclear:
            yield f"{_pupils(len(self.unclear))} not clear"
        if later := len(self.later):
            yield f"{later} would overwrite a later edit"

    @property
    def detail(self) -> list[str]:
        """Of what is understood: how much is new, and how much changes what stands there."""
        said = (
            (len(self.of(Fate.NEW)), "new"),
            (
                number := len(self.of(Fate.CHANGES)),
                f"change{'s' if number == 1 else ''} what stands there",
            ),
            (number := len(self.of(Fate.SAME)), f"{'says' if number == 1 else 'say'} the same already"),
        )
        return [f"{number} {words}" for number, words in said if number]


def _pupils(number: int) -> str:
    return f"{number} pupil{'' if number == 1 else 's'}"


def relative_cells(placed: Placed) -> list[Cell]:
    """Which judgements are pasted by the one before them: as `=`, `+2`."""
    return [
        Cell(row.pupil_id, column.place.subject, column.place.at.term)
        for row, texts in placed.lines
        for column, text in zip(placed.columns, texts, strict=True)
        if column and column.place and column.is_open and read_steps(_as_meant(text)) is not None
    ]


def pasted(placed: Placed, seen: Seen, earlier: Mapping[Cell, Mapping[AssessmentPoint, int]]) -> Pasted:
    """What would become of each cell; `placed` is of the sheet as it stands now, `seen` is what the page showed.

    `earlier`: of the `relative_cells` the points before each of them.
    """
    columns = tuple(column for column in placed.columns if column)
    return Pasted(
        columns=columns,
        lines=tuple(
            PastedLine(row, _cells(row, placed.columns, texts, seen, earlier)) for row, texts in placed.lines
        ),
        unknown=placed.unknown,
        unclear=placed.unclear,
        outside=placed.outside,
    )


def _cells(
    row: Row,
    columns: Sequence[Column | None],
    texts: Sequence[str],
    seen: Seen,
    earlier: Mapping[Cell, Mapping[AssessmentPoint, int]],
) -> tuple[PastedCell, ...]:
    """A pupil's cells, in the order of the columns. By the judgement before is also meant one that the same block brings."""
    brought: dict[Place, int | None] = {}

    def before(place: Place) -> int | None:
        held = earlier.get(Cell(row.pupil_id, place.subject, place.at.term), {})
        here = {at: points for (subject, at), points in brought.items() if subject == place.subject}
        known = {
            at: points for at, points in {**held, **here}.items() if at < place.at and points is not None
        }
        return known[max(known)] if known else None

    found: dict[int, PastedCell] = {}
    for index in sorted(range(len(columns)), key=lambda each: _when(columns[each])):
        column = columns[index]
        if column is None:
            continue
        cell = found[index] = _cell(row, column, texts[index], seen, before)
        if cell.value and column.place and cell.fate in {Fate.NEW, Fate.CHANGES}:
            brought[column.place] = cell.value.points
    return tuple(found[index] for index in sorted(found))


def _when(column: Column | None) -> tuple[int, int]:
    """Columns of judgements in the order of time."""
    return (column.place.at.academic_year, column.place.at.term) if column and column.place else (0, 0)


def _cell(
    row: Row, column: Column, text: str, seen: Seen, before: Callable[[Place], int | None]
) -> PastedCell:
    written = _as_meant(text)
    held = row.held.get(column.place, EMPTY) if column.place else EMPTY
    old = _said(Value(held.points, held.reason)) if column.place else shown_in(column, row)

    def cell(fate: Fate, why: str = "", new: str = "", value: Value | None = None) -> PastedCell:
        now = Sight(held.version, Value(held.points, held.reason))
        return PastedCell(row, column, written[:LONGEST_TEXT], old, fate, why, now, new, value)

    if not written:
        return cell(Fate.LEFT)
    if not column.is_open_for(row) or column.place is None:
        return _not_entered(row, column, written, old, cell)
    steps = read_steps(written)
    try:
        value = read_value(written) if steps is None else Value(points_from(before(column.place), steps), "")
    except ValueError as error:
        return cell(Fate.UNREAD, str(error))
    if steps is not None:
        # Written as the preview shows it, whatever the judgement before has become meanwhile.
        written = _said(value)
    fate = _fate(value, held, seen.sights.get((row.public_id, column.key)))
    return cell(fate, new=_said(value), value=value)


def _fate(value: Value, held: Held, saw: Sight | None) -> Fate:
    stands = Value(held.points, held.reason)
    if value == stands:
        return Fate.SAME
    if saw != Sight(held.version, stands) and (saw or held.version):
        return Fate.LATER
    return Fate.CHANGES if held.version else Fate.NEW


def _not_entered(
    row: Row, column: Column, written: str, old: str, cell: Callable[..., PastedCell]
) -> PastedCell:
    """A cell that cannot be entered; no word of it where it is pasted with what stands in it."""
    if is_shown(written, old):
        return cell(Fate.SAME, new=old)
    if not column.place:
        return cell(Fate.CLOSED, "This column follows from others; it is not entered.")
    if not column.is_open:
        return cell(Fate.CLOSED, "This column is of an earlier year; here it is looked at only.")
    if column.place.at.term not in row.open_terms:
        return cell(Fate.CLOSED, f"{column.place.at.term.label} is closed for entry.")
    return cell(Fate.CLOSED, "This pupil is not judged in this subject.")


def _as_meant(text: str) -> str:
    """A whole number that a spreadsheet shows with decimals is that number."""
    return re.sub(r"\A([0-9]+)\.0+\Z", r"\1", " ".join(text.split()))


def _said(value: Value) -> str:
    return str(value.points) if value.points is not None else value.reason.replace("_", " ")
