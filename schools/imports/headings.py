"""Which column is what: headings as each system writes them, matched to the fields we know."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

ROWS_SEARCHED = 10


def normalised(heading: object) -> str:
    """A heading without what people write differently: `D.O.B.` and `dob` are one, `SEN & need` and `SEN and Need`. Present is not `% Present`."""
    text = "" if heading is None else str(heading)
    return re.sub(r"[^a-z0-9]", "", text.lstrip("\ufeff").lower().replace("&", "and").replace("%", "percent"))


@dataclass(frozen=True)
class Column:
    """A column of a file: the field it holds, where (from 0), and its heading as it stands there."""

    field: str
    index: int
    heading: str


@dataclass(frozen=True)
class Headings:
    """What a row of headings says."""

    columns: Mapping[str, Column] = field(default_factory=dict)
    # Headings that mean nothing to us.
    unknown: tuple[str, ...] = ()
    # Headings that say again what the second of the pair says.
    repeated: tuple[tuple[str, str], ...] = ()
    # Of these the columns, by field, whose heading is as explicit as the one that counts.
    fellows: Mapping[str, Sequence[Column]] = field(default_factory=dict)

    @property
    def score(self) -> int:
        """How many fields were found."""
        return len(self.columns)


@dataclass(frozen=True)
class HeadingSet:
    """The headings of one kind of file.

    `fields` holds each field's headings. Of two columns of one field the one with the more explicit heading counts,
    else the first, or where its cell is blank the other; `general` holds the headings that are less explicit than their fellows. `beside` says what a general
    heading means when an explicit one is there: beside `Legal Surname`, `Surname` is the preferred one.
    """

    fields: Mapping[str, Sequence[str]]
    general: Sequence[str] = ()
    beside: Mapping[str, str] = field(default_factory=dict)
    # What somebody has said that headings mean, by heading (`normalised`): a field, or "" for nothing. It goes before all else.
    chosen: Mapping[str, str] = field(default_factory=dict)
    _by_heading: dict[str, str] = field(init=False, repr=False, compare=False)
    _general: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        known = {normalised(each): name for name, headings in self.fields.items() for each in headings}
        object.__setattr__(self, "_by_heading", known)
        object.__setattr__(self, "_general", frozenset(normalised(each) for each in self.general))

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read `fields`, `general` and `beside` from JSON."""
        said = json.loads(path.read_text(encoding="utf-8"))
        return cls(fields=said["fields"], general=said.get("general", ()), beside=said.get("beside", {}))

    def with_chosen(self, chosen: Mapping[str, str]) -> HeadingSet:
        """The same, with what somebody has said that headings mean; a field that this kind of file does not have counts as nothing."""
        return replace(
            self, chosen={key: name if name in self.fields else "" for key, name in chosen.items()}
        )

    def field_of(self, heading: str) -> str:
        """The field that a column of this heading holds by itself; "" for none."""
        key = normalised(heading)
        return self.chosen[key] if key in self.chosen else self._by_heading.get(key, "")

    def read(self, row: Sequence[object]) -> Headings:
        """What this row would say, were it the row of headings."""
        found: dict[str, list[Column]] = {}
        unknown: list[str] = []
        for index, cell in enumerate(row):
            heading = "" if cell is None else " ".join(str(cell).lstrip("\ufeff").split())
            if name := self.field_of(heading):
                found.setdefault(name, []).append(Column(name, index, heading))
            elif heading:
                unknown.append(heading)
        return self._settle(found, tuple(unknown))

    def best_row(self, rows: Iterable[Sequence[object]]) -> tuple[int, Headings]:
        """The row (from 0) that matches best among the first ten, the first of equals, and what it says.

        Where nothing matches at all, the score of what is given back is 0.
        """
        best_index, best = 0, Headings()
        for index, row in enumerate(rows):
            if index == ROWS_SEARCHED:
                break
            headings = self.read(row)
            if headings.score > best.score:
                best_index, best = index, headings
        return best_index, best

    def _settle(self, found: dict[str, list[Column]], unknown: tuple[str, ...]) -> Headings:
        columns: dict[str, Column] = {}
        spare: list[tuple[Column, Column]] = []
        for name, candidates in found.items():
            # False sorts first: what was chosen, an explicit heading before a general one; otherwise they stay in the file's order.
            first, *others = sorted(
                candidates, key=lambda each: (not self._is_chosen(each), self._is_general(each))
            )
            columns[name] = first
            spare.extend((other, first) for other in others)
        repeated = []
        fellows: dict[str, list[Column]] = {}
        for column, counts in spare:
            other_field = self.beside.get(column.field)
            is_second_name = self._is_general(column) and not self._is_general(counts)
            if other_field and is_second_name and other_field not in columns:
                columns[other_field] = Column(other_field, column.index, column.heading)
            else:
                repeated.append((column.heading, counts.heading))
                if self._is_general(column) == self._is_general(counts):
                    fellows.setdefault(column.field, []).append(column)
        return Headings(columns, unknown, tuple(repeated), fellows)

    def _is_general(self, column: Column) -> bool:
        key = normalised(column.heading)
        return key in self._general and key not in self.chosen

    def _is_chosen(self, column: Column) -> bool:
        return normalised(column.heading) in self.chosen
