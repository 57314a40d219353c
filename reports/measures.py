"""The figures of a cohort or group, and what of them may be shown to those who may not see names.

Exact arithmetic, rounded once, at the end; no Django, no database, no clock. Sources: the partnership's rules
of measures (denominators, rounding half up, gaps), and the Department for Education's practice of hiding
counts of 1 to 5 and whatever they could be worked out from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from assessment.engine.rounding import round_half_up, rounded_quotient
from reports.hiding import Count, hide

SMALL_COUNT = 5
"""The largest count that is hidden where none is given; 0 hides nothing."""

_PART, _ROLL, _SUBTOTAL, _FIXED = range(4)  # in this order they are hidden to protect others
_ALL = -1  # the row of a sheet that is the sum of its rows


def share(part: int, whole: int) -> Fraction | None:
    """How many per cent the part is of the whole, not rounded; None of nothing."""
    return Fraction(100 * part, whole) if whole else None


def mean(total: int | Fraction, count: int) -> Fraction | None:
    """The total over the count, not rounded; None of nobody."""
    return Fraction(total) / count if count else None


def percentage(part: int, whole: int, places: int = 0) -> Decimal | None:
    """How many per cent the part is of the whole; None of nothing. Shares are never made to add up to 100."""
    return rounded_quotient(100 * part, whole, places) if whole else None


def average(total: int | Fraction, count: int, places: int = 2) -> Decimal | None:
    """The total over the count, rounded; None of nobody."""
    if isinstance(total, int):
        return rounded_quotient(total, count, places) if count else None
    return _rounded(mean(total, count), places)


def median(values: Iterable[int], places: int = 2) -> Decimal | None:
    """The one in the middle, or half way between the two in the middle, rounded; None of nothing."""
    found = sorted(values)
    if not found:
        return None
    middle = (len(found) - 1) // 2
    return round_half_up(Fraction(found[middle] + found[len(found) // 2], 2), places)


def gap(value: Fraction | None, comparator: Fraction | None, places: int = 0) -> Decimal | None:
    """A group's unrounded figure less its comparator's, rounded once: negative is behind."""
    return None if value is None or comparator is None else round_half_up(value - comparator, places)


def pupils_to_close(part: int, whole: int, others: int, of_others: int) -> int:
    """How many more of the group have to be in the part for a share no smaller than that of the others; 0 where it is none already.

    The group and the others have nobody in common: for a gap to all pupils the others are all but the group, as the group's share
    reaches everybody's exactly when it reaches theirs. Of nobody, or beside nobody, there is no gap to close.
    """
    if not whole or not of_others:
        return 0
    return max(0, -(-others * whole // of_others) - part)


class Movement(StrEnum):
    """How a gap moved between two points."""

    NARROWING = "narrowing"
    WIDENING = "widening"
    UNCHANGED = "unchanged"
    REVERSED = "reversed"


@dataclass(frozen=True)
class GapMovement:
    """How far a gap moved, in `points` of a per cent, rounded once and never negative; of REVERSED from the one side to the other."""

    movement: Movement
    points: Decimal


def gap_movement(before: Fraction | None, now: Fraction | None) -> GapMovement | None:
    """How an unrounded gap moved; None where there is none at either end.

    It narrows when it comes nearer to nought from the same side. Less than half a point is no movement that could be told.
    """
    if before is None or now is None:
        return None
    if before * now < 0:
        points = round_half_up(abs(now - before), 0)
        return GapMovement(Movement.REVERSED if points else Movement.UNCHANGED, points)
    points = round_half_up(abs(abs(now) - abs(before)), 0)
    if not points:
        return GapMovement(Movement.UNCHANGED, points)
    return GapMovement(Movement.NARROWING if abs(now) < abs(before) else Movement.WIDENING, points)


def _rounded(value: Fraction | None, places: int) -> Decimal | None:
    return None if value is None else round_half_up(value, places)


@dataclass(frozen=True)
class Line:
    """One line of a report, exactly: a cohort or group at one point or over one stretch.

    Attainment: pupils below, at and above the expected range, and the total of their points. Progress: pupils
    who made fewer, as many and more steps than expected, and the total of their steps. `total` is None where
    no average is wanted. `not_included` counts the pupils on roll that are in none of the three, by reason.
    """

    below: int = 0
    at: int = 0
    above: int = 0
    total: int | Fraction | None = None
    not_included: Mapping[str, int] = field(default_factory=dict)

    @property
    def counted(self) -> int:
        """The pupils that shares and average are of."""
        return self.below + self.at + self.above

    @property
    def pupils(self) -> int:
        """All pupils on roll: those counted and those not included."""
        return self.counted + sum(self.not_included.values())

    def shown(self) -> ShownLine:
        """All of it, for those who may see names."""
        return _shown(self, self.not_included, frozenset())


@dataclass(frozen=True)
class ShownLine:
    """What may be shown of a line; a count that is None is hidden, with each share and average over it.

    So a page that reads its figures here cannot show a share of a hidden count by mistake. Where `counted` is
    0 there are no shares and no average either, though nothing is hidden.
    """

    below: int | None
    at: int | None
    above: int | None
    counted: int | None
    pupils: int | None
    not_included: Mapping[str, int | None]
    # Of points or steps; None where it is hidden or no average is wanted.
    total: int | Fraction | None

    @property
    def mean(self) -> Fraction | None:
        """The unrounded average, for gaps; None where it is hidden or nobody is counted."""
        return None if self.total is None or self.counted is None else mean(self.total, self.counted)

    @property
    def at_or_above(self) -> int | None:
        """Hidden when `below`, which would follow from it, is."""
        return None if self.counted is None or self.below is None else self.counted - self.below

    @property
    def missing(self) -> int | None:
        """Pupils on roll who are not included, for whatever reason."""
        return None if self.pupils is None or self.counted is None else self.pupils - self.counted

    def share(self, part: int | None) -> Fraction | None:
        """The unrounded per cent of those counted, for gaps; None where one is hidden or nobody counted."""
        return None if part is None or self.counted is None else share(part, self.counted)

    def percentage(self, part: int | None, places: int = 0) -> Decimal | None:
        """The same, rounded."""
        return None if part is None or self.counted is None else percentage(part, self.counted, places)

    def average(self, places: int = 2) -> Decimal | None:
        """Average points or steps, rounded."""
        return (
            None if self.total is None or self.counted is None else average(self.total, self.counted, places)
        )


@dataclass(frozen=True)
class ShownTable:
    """What may be shown of a two-way table; None is hidden."""

    cells: tuple[tuple[int | None, ...], ...]
    row_totals: tuple[int | None, ...]
    column_totals: tuple[int | None, ...]
    total: int | None


def is_small(count: int, limit: int = SMALL_COUNT) -> bool:
    """From 1 up to the limit. Nobody is not small: zero is shown unless another would follow from it."""
    return 1 <= count <= limit


def suppress_parts(counts: Sequence[int], limit: int = SMALL_COUNT) -> tuple[int | None, ...]:
    """Parts of a sum that is shown elsewhere, None for those to hide.

    Hidden are small counts, then the smallest other counts above zero, until the hidden ones together are
    over the limit. A sum that is itself small has to be hidden by the caller; all its parts are hidden here.
    """
    _refuse_negative(counts)
    total = sum(counts)
    network = {place: Count(count, "line", "total") for place, count in enumerate(counts)}
    network[-1] = Count(total, "total", "line", _FIXED)
    first = [place for place, count in enumerate(counts) if is_small(total, limit) or is_small(count, limit)]
    hidden = hide(network, first, limit)
    return tuple(None if place in hidden else count for place, count in enumerate(counts))


def suppress_table(rows: Sequence[Sequence[int]], limit: int = SMALL_COUNT) -> ShownTable:
    """A two-way table with its totals, None for what to hide. ValueError for negative counts or uneven rows.

    A small total is hidden with its whole row or column; every other hidden count has company in its row and
    its column, so that neither they nor the table as a whole give it away.
    """
    width = len(rows[0]) if rows else 0
    if any(len(row) != width for row in rows):
        raise ValueError("The rows of a table are of one length.")
    sheet = _Sheet(
        rows=[{**{str(place): count for place, count in enumerate(row)}, "total": sum(row)} for row in rows],
        within={**{str(place): "total" for place in range(width)}, "total": None},
        ranks={"total": _SUBTOTAL},
    )
    hidden = sheet.hidden(limit)

    def show(row: int) -> tuple[int | None, ...]:
        return tuple(None if (row, column) in hidden else sheet.value(row, column) for column in sheet.within)

    shown = [show(row) for row in range(len(rows))]
    totals = show(_ALL)
    return ShownTable(
        cells=tuple(row[:-1] for row in shown),
        row_totals=tuple(row[-1] for row in shown),
        column_totals=totals[:-1],
        total=totals[-1],
    )


def suppress_line(line: Line, limit: int = SMALL_COUNT, *, roll_is_shown: bool = True) -> ShownLine:
    """What may be shown of a line that stands alone.

    How many are not included follows from the number on roll. So where that number stands anywhere the reader
    can see (`roll_is_shown`), a few pupils without a judgement hide the figures of all; where it does not,
    they hide the number on roll instead, and the figures stay.
    """
    return suppress_groups([line], limit, roll_is_shown=roll_is_shown)[1]


def suppress_groups(
    lines: Sequence[Line], limit: int = SMALL_COUNT, *, roll_is_shown: bool = True
) -> tuple[tuple[ShownLine, ...], ShownLine]:
    """What may be shown of groups that together are everybody, and of everybody (all - one = the other).

    Each pupil is in exactly one line. A group beside its comparator is two lines, and where a characteristic
    was never supplied for some pupils, a third, which need not be shown but could be worked out.
    `roll_is_shown` as in `suppress_line`.
    """
    reasons = list(dict.fromkeys(reason for line in lines for reason in line.not_included))
    totals = [line.total for line in lines if line.total is not None]
    everybody = Line(
        below=sum(line.below for line in lines),
        at=sum(line.at for line in lines),
        above=sum(line.above for line in lines),
        total=sum(totals) if len(totals) == len(lines) else None,
        not_included={reason: sum(line.not_included.get(reason, 0) for line in lines) for reason in reasons},
    )
    within: dict[str, str | None] = {"pupils": None, "counted": "pupils"}
    within |= dict.fromkeys(("below", "at", "above"), "counted")
    within |= {_because(reason): "pupils" for reason in reasons}
    sheet = _Sheet(
        rows=[_counts_of(line, reasons) for line in lines],
        within=within,
        ranks={"pupils": _FIXED if roll_is_shown else _ROLL, "counted": _SUBTOTAL},
    )
    hidden = sheet.hidden(limit)
    groups = tuple(
        _shown(line, reasons, frozenset(column for of, column in hidden if of == row))
        for row, line in enumerate(lines)
    )
    return groups, _shown(everybody, reasons, frozenset(column for of, column in hidden if of == _ALL))


def _because(reason: str) -> str:
    return f"not included: {reason}"


def _counts_of(line: Line, reasons: Sequence[str]) -> dict[str, int]:
    counts = {name: getattr(line, name) for name in ("pupils", "counted", "below", "at", "above")}
    return counts | {_because(reason): line.not_included.get(reason, 0) for reason in reasons}


def _shown(line: Line, reasons: Sequence[str] | Mapping[str, int], hidden: frozenset[str]) -> ShownLine:
    return ShownLine(
        below=None if "below" in hidden else line.below,
        at=None if "at" in hidden else line.at,
        above=None if "above" in hidden else line.above,
        counted=None if "counted" in hidden else line.counted,
        pupils=None if "pupils" in hidden else line.pupils,
        not_included={
            reason: None if _because(reason) in hidden else line.not_included.get(reason, 0)
            for reason in reasons
        },
        total=None if "counted" in hidden else line.total,
    )


def _refuse_negative(counts: Sequence[int]) -> None:
    if any(count < 0 for count in counts):
        raise ValueError("A count of pupils is never negative.")


@dataclass(frozen=True)
class _Sheet:
    """Rows that add up to a row of all, in columns of which some are the sum of others.

    `within` names for each column the one it is part of. With sums of columns only, rows in one level, this
    is a network, so `hide` sees everything that could be worked out.
    """

    rows: Sequence[Mapping[str, int]]
    within: Mapping[str, str | None]
    ranks: Mapping[str, int]

    def value(self, row: int, column: str) -> int:
        return sum(each[column] for each in self.rows) if row == _ALL else self.rows[row][column]

    def hidden(self, limit: int) -> frozenset[tuple[int, str]]:
        for row in self.rows:
            _refuse_negative(tuple(row.values()))
        places = range(_ALL, len(self.rows)) if len(self.rows) > 1 else [_ALL]
        network = {(row, column): self._count(row, column) for row in places for column in self.within}
        small = [place for place in network if self._is_within_small(*place, limit)]
        hidden = hide(network, small, limit)
        return hidden if len(self.rows) > 1 else hidden | {(0, column) for _, column in hidden}

    def _is_within_small(self, row: int, column: str, limit: int) -> bool:
        """Small itself, or part of a sum that is: there a nought tells too, as it says who is all of it.

        A nought that everybody's nought already tells stays, unless everybody is few.
        """
        if self._has_small_sum(_ALL, column, limit):
            return True
        return self.value(_ALL, column) > 0 and self._has_small_sum(row, column, limit)

    def _has_small_sum(self, row: int, column: str | None, limit: int) -> bool:
        while column is not None:
            if is_small(self.value(row, column), limit):
                return True
            column = self.within[column]
        return False

    def _count(self, row: int, column: str) -> Count:
        parent = self.within[column]
        above: tuple[object, ...] = ("outside",) if parent is None else (row, parent)
        below: tuple[object, ...] = (row, column)
        if column not in self.within.values():
            below = ("column", column) if len(self.rows) > 1 else ("outside",)
        ends = (below, above) if row == _ALL else (above, below)
        rank = 2 * self.ranks.get(column, _PART) + (row == _ALL)
        return Count(self.value(row, column), *ends, rank=rank)
