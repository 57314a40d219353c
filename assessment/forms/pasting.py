"""What is sent when a block is pasted: its text, where it goes, what the page showed there; and what of it was confirmed."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from django import forms

from assessment.forms.marksheets import MOST_CELLS, SentField, Sight, TypedCell, read_sight

LONGEST_TEXT = 200


@dataclass(frozen=True)
class Seen:
    """What a page showed when a block was pasted into it: its pupils in their order, and what stood in each cell that can be entered."""

    pupils: Sequence[uuid.UUID] = ()
    sights: Mapping[tuple[uuid.UUID, str], Sight] = field(default_factory=dict)


# A sheet says the same few things in cell after cell.
_read_sight = lru_cache(maxsize=1_000)(read_sight)


def read_seen(sent: Any) -> Seen:
    """`{"columns": ["reading.autumn"], "rows": [["<pupil>", "3:47"]]}`: null for a cell that cannot be entered; ValueError for anything else."""
    columns, rows = _table(sent)
    pupils: dict[uuid.UUID, None] = {}
    sights = {}
    for row in rows:
        pupil = _pupil(row[0])
        pupils[pupil] = None
        for column, sight in zip(columns, row[1:], strict=False):
            if sight is not None:
                sights[pupil, column] = _read_sight(_text(sight))
    return Seen(tuple(pupils), sights)


def written_seen(columns: Sequence[str], rows: Iterable[tuple[uuid.UUID, Iterable[str | None]]]) -> str:
    """The same, as a page without a script sends it along."""
    return json.dumps(
        {"columns": list(columns), "rows": [[str(pupil), *sights] for pupil, sights in rows]},
        separators=(",", ":"),
    )


class Corner(NamedTuple):
    """A cell of the sheet: whose, and the key of its column; "" are the names."""

    pupil: uuid.UUID
    column: str


@dataclass(frozen=True)
class Anchor:
    """Where the block goes: its first cell at `pupil` and `column`. Without a pupil its first column has to name them.

    `until`: the last cell of what is selected, which a single value fills.
    """

    pupil: uuid.UUID | None
    column: str
    until: Corner | None = None


class PasteForm(forms.Form):
    """A block to be looked at before anything is written."""

    text = forms.CharField(strip=False, required=False)
    pupil = forms.UUIDField(required=False)
    of = forms.CharField(required=False, max_length=60)
    until_pupil = forms.UUIDField(required=False)
    until_of = forms.CharField(required=False, max_length=60)
    saw = SentField()
    because = forms.CharField(required=False, max_length=500)

    def clean_saw(self) -> Seen:
        try:
            return read_seen(self.cleaned_data["saw"])
        except ValueError as error:
            raise forms.ValidationError("Not what a sheet holds.") from error

    @property
    def anchor(self) -> Anchor:
        """Where it goes; the form has to be valid."""
        data = self.cleaned_data
        until = Corner(data["until_pupil"], data["until_of"]) if data["until_pupil"] else None
        return Anchor(data["pupil"], data["of"], until)


def written_cells(cells: Iterable[TypedCell]) -> str:
    """What is to be written when it is confirmed, a row a pupil: `{"columns": ["reading.autumn"], "rows": [["<pupil>", [0, "47", "3:44"]]]}`."""
    places: dict[str, int] = {}
    rows: dict[str, list[Any]] = {}
    for cell in cells:
        place = places.setdefault(cell.column, len(places))
        row = rows.setdefault(str(cell.pupil), [str(cell.pupil)])
        row.append([place, cell.text, written_sight(cell.saw)])
    return json.dumps({"columns": list(places), "rows": list(rows.values())}, separators=(",", ":"))


def written_sight(sight: Sight) -> str:
    """As `read_sight` reads it."""
    value = sight.value
    content = str(value.points) if value.points is not None else value.reason.replace("_", " ")
    return f"{sight.version}:{content}"


def written_over(cell: TypedCell) -> str:
    """The value of the box that is ticked to write over a later edit: one cell of `written_cells`."""
    return json.dumps(
        [str(cell.pupil), cell.column, cell.text, written_sight(cell.saw)], separators=(",", ":")
    )


def confirmed_cells(cells: str, over: Iterable[str]) -> list[TypedCell]:
    """What was confirmed: the cells of the preview, and those later edits that were ticked. ValueError for what no preview sends."""
    columns, rows = _table(_json(cells))
    found: dict[tuple[uuid.UUID, str], TypedCell] = {}
    for row in rows:
        pupil = _pupil(row[0])
        for cell in row[1:]:
            place, text, saw = _parts(cell, 3)
            if type(place) is not int or not 0 <= place < len(columns):
                raise ValueError("Not a column.")
            found[pupil, columns[place]] = TypedCell(
                pupil, columns[place], _text(text), _read_sight(_text(saw))
            )
    for ticked in over:
        key, column, text, saw = (_text(part) for part in _parts(_json(ticked), 4))
        found[_pupil(key), column] = TypedCell(_pupil(key), column, text, _read_sight(saw))
    if len(found) > MOST_CELLS:
        raise ValueError("Too many cells.")
    return list(found.values())


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError("Not JSON.") from error


def _table(sent: Any) -> tuple[list[str], list[list[Any]]]:
    found = sent if isinstance(sent, dict) else {}
    columns, rows = _list(found.get("columns")), [_list(row) for row in _list(found.get("rows"))]
    if not all(rows):
        raise ValueError("Not a table.")
    return [_text(column) for column in columns], rows


def _list(value: Any) -> list[Any]:
    found: list[Any] | None = value if isinstance(value, list) else None
    if found is None:
        raise ValueError("Not a list.")
    return found


def _parts(cell: Any, number: int) -> list[Any]:
    parts = _list(cell)
    if len(parts) != number:
        raise ValueError("Not a cell.")
    return parts


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or "\0" in value:
        raise ValueError("Not a text.")
    return value


def _pupil(value: Any) -> uuid.UUID:
    return uuid.UUID(_text(value))
