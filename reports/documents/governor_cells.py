"""The figures of the governors' pack as they are printed: numbers, or the sign of what is held back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from reports.measures import Line, ShownLine
from reports.queries.figures import Figure

HELD_BACK, NOBODY = "c", "\N{EN DASH}"
"""The signs for a figure that is held back, and for a share of nobody."""


@dataclass(frozen=True)
class Cell:
    """A figure as it is printed: the value with its unit, or the sign that stands in its place."""

    value: int | Decimal | None
    unit: str = ""
    sign: str = HELD_BACK
    is_difference: bool = False

    def __str__(self) -> str:
        if self.value is None:
            return self.sign
        number = f"{self.value:+}" if self.is_difference and self.value else f"{self.value}"
        return f"{number}{self.unit}".replace("-", "\N{MINUS SIGN}")

    @property
    def is_held_back(self) -> bool:
        return self.value is None and self.sign == HELD_BACK


@dataclass(frozen=True)
class Share:
    """How many were judged, and how many per cent of them are at or above."""

    name: str
    judged: Cell
    at_or_above: Cell


def listed(words: Sequence[str]) -> str:
    """Reading; reading and writing; reading, writing and science."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def two_parts(figure: Figure) -> Line:
    """Below, and everybody else."""
    return Line(figure.below, figure.at + figure.above)


def hidden(line: ShownLine) -> ShownLine:
    return replace(line, below=None, at=None, above=None, counted=None, pupils=None, total=None)


def percentage_of(line: ShownLine) -> Cell:
    sign = NOBODY if line.counted == 0 else HELD_BACK
    return Cell(line.percentage(line.at_or_above), "%", sign)


def share_of(name: str, line: ShownLine) -> Share:
    return Share(name, Cell(line.counted), percentage_of(line))
