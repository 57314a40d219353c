"""The areas of learning of a sheet, folded away and unfolded: by the address, which a script keeps in step."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.text import slugify

from assessment.queries.layouts import ALL_AREAS, Layout

FOLD = "fold"


@dataclass(frozen=True)
class AreaOfLearning:
    """A heading over `width` areas; `columns` are their places on the page, counted from 1, where the name is the first.

    `toggled` and `alone` are the queries of the addresses that fold or unfold it, and that fold all others.
    """

    key: str
    name: str
    columns: tuple[int, ...]
    is_folded: bool
    toggled: str
    alone: str

    @property
    def width(self) -> int:
        """How many columns it stands over."""
        return len(self.columns)


@dataclass(frozen=True)
class Folding:
    """How a sheet is folded; `unfolded` is the query of the address that shows all of it."""

    areas: tuple[AreaOfLearning, ...] = ()
    unfolded: str = ""

    @property
    def is_any_folded(self) -> bool:
        """Whether something is folded away."""
        return any(area.is_folded for area in self.areas)

    @property
    def classes(self) -> str:
        """The table's, which hide the columns: `no-3 no-4`."""
        return " ".join(f"no-{column}" for area in self.areas if area.is_folded for column in area.columns)


def folding(layout: Layout, asked: QueryDict, refused: Collection[tuple[uuid.UUID, str]] = ()) -> Folding:
    """Of the sheet of all areas of learning; of other sheets nothing, for they have few columns.

    Where something `refused` waits in an area, by pupil and column, its area of learning is never folded away; and one always stays open.
    """
    if layout.code != ALL_AREAS:
        return Folding()
    headings: dict[str, list[int]] = {}
    waits = {key for _, key in refused}
    kept_open = {slugify(column.heading) for column in layout.columns if column.key in waits}
    for number, column in enumerate(layout.columns, start=2):
        headings.setdefault(column.heading, []).append(number)
    keys = [slugify(heading) for heading in headings]
    folded = [key for key in keys if key in asked.getlist(FOLD) and key not in kept_open]
    if len(folded) == len(keys):
        folded.remove(keys[0])
    areas = tuple(
        AreaOfLearning(
            key=key,
            name=heading,
            columns=tuple(columns),
            is_folded=key in folded,
            toggled=_query(asked, [each for each in keys if (each in folded) is not (each == key)]),
            alone=_query(asked, [each for each in keys if each != key]),
        )
        for key, (heading, columns) in zip(keys, headings.items(), strict=True)
    )
    return Folding(areas, _query(asked, []))


def _query(asked: QueryDict, folded: list[str]) -> str:
    changed = asked.copy()
    changed.setlist(FOLD, folded)
    return f"?{changed.urlencode()}"
