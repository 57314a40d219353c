"""What every export takes: a table of plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

Value = str | int | Decimal | None


@dataclass(frozen=True)
class Table:
    """Headings, and lines of as many values; None is an empty cell. `pupils` is how many pupils the lines name."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Value]]
    pupils: int = 0


def instead(table: Table, words: str) -> Table:
    """The table, or where there are words why it is not told yet, these alone."""
    return replace(table, headings=("Not given out yet",), rows=[[words]], pupils=0) if words else table


def narrowed(table: Table, to: Sequence[str]) -> Table:
    """The table with what its figures are narrowed to before its title: a sheet's name is cut off at its end."""
    title = ", ".join([*to, table.title])
    return replace(table, title=title[:1].upper() + title[1:])
