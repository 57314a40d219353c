"""What every export takes: a table of plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

Value = str | int | Decimal | None


@dataclass(frozen=True)
class Table:
    """Headings, and lines of as many values; None is an empty cell."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Value]]
