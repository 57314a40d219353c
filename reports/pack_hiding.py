"""What a pack that leaves the school may show of figures that stand on one page. Plain Python; see docs/governors-pack.md.

`reports.measures` protects a group beside its comparator; this protects year groups beside their sum, and percentages
whose number is not told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import combinations, product

from reports.hiding import Count, hide
from reports.measures import Line, ShownLine, gap, is_small, percentage, share

_PARTS = ("below", "at", "above")
_ALL = -1
# In this order counts are hidden beside small ones: the share at or above, which is read most, needs `below` and stays longest.
_RANKS = {"at": 0, "above": 1, "below": 2, "counted": 3}
_NOTHING = ShownLine(None, None, None, None, None, {}, None)


def hide_year_groups(lines: Sequence[Line], limit: int) -> tuple[tuple[ShownLine, ...], ShownLine]:
    """What may be shown of year groups beside one another, and of all of them together.

    How many pupils are on roll, and why some are not counted, is not part of it and must not be shown with it where it would tell of a few.
    """
    rows_of_counts = tuple((line.below, line.at, line.above) for line in lines)
    counts = _counts_of(rows_of_counts)
    hidden = _hidden_in(rows_of_counts, limit)

    def shown(row: int) -> ShownLine:
        below, at, above, counted = (
            None if (row, name) in hidden else counts[row, name].value for name in (*_PARTS, "counted")
        )
        return ShownLine(below, at, above, counted, None, {}, None)

    rows = tuple(shown(row) for row in range(len(lines)))
    return rows, shown(_ALL) if len(lines) > 1 else (rows or (_NOTHING,))[0]


@lru_cache(maxsize=4096)
def _hidden_in(rows: tuple[tuple[int, int, int], ...], limit: int) -> frozenset[tuple[int, str]]:
    """Which of these to hide. What was given out is shown again and again, and the same counts always hide the same."""
    counts = _counts_of(rows)
    return hide(counts, [place for place in counts if _is_within_small(counts, *place, limit)], limit)


def _counts_of(rows: Sequence[tuple[int, int, int]]) -> dict[tuple[int, str], Count]:
    return _network([dict(zip(_PARTS, row, strict=True)) for row in rows])


def _network(rows: Sequence[dict[str, int]]) -> dict[tuple[int, str], Count]:
    """The counts as pipes: everybody into the rows, rows into parts, parts into the sums of their column, and round again."""
    counts = {}
    only = len(rows) == 1
    for row, parts in enumerate(rows):
        counts[row, "counted"] = Count(sum(parts.values()), "everybody", row, 2 * _RANKS["counted"])
        for part, value in parts.items():
            into = "everybody" if only else part
            counts[row, part] = Count(value, row, into, 2 * _RANKS[part])
    if not only:
        for part in _PARTS:
            total = sum(parts[part] for parts in rows)
            counts[_ALL, part] = Count(total, part, "all", 2 * _RANKS[part] + 1)
        total = sum(sum(parts.values()) for parts in rows)
        counts[_ALL, "counted"] = Count(total, "all", "everybody", 2 * _RANKS["counted"] + 1)
    return counts


def _is_within_small(counts: dict[tuple[int, str], Count], row: int, part: str, limit: int) -> bool:
    """Small itself, or part of a sum that is: there a nought tells too, unless everybody's nought already tells it."""

    def small(row: int) -> bool:
        return any(is_small(counts[row, name].value, limit) for name in (part, "counted"))

    last = _ALL if (_ALL, part) in counts else row
    return small(last) or (counts[last, part].value > 0 and small(row))


@dataclass(frozen=True)
class ShownShares:
    """Whole percentages of pupils who made less than, as much as and more than expected progress; None is hidden.

    `expected_or_more` and `expected_or_less` are shown where their two parts are not, or stand beside them.
    """

    less: Decimal | None = None
    expected: Decimal | None = None
    more: Decimal | None = None
    expected_or_more: Decimal | None = None
    expected_or_less: Decimal | None = None

    @property
    def is_hidden(self) -> bool:
        return self.less is None and self.more is None


def show_shares(parts: tuple[int, int, int], out_of: int, limit: int) -> ShownShares:
    """The most that may be told in whole percentages of parts whose number is not told, but is at most `out_of`, which is.

    No share of a small count is told. And so that pupils without a starting point, often one or two, are not counted by subtraction, each
    answer is tried before it is given: where those who are in none of the parts are few, there has to be another number of them that is
    not, and would print the same.
    """
    less, expected, more = parts
    counted = sum(parts)
    if not counted:
        return ShownShares()
    told = (percentage(less, counted), percentage(expected, counted), percentage(more, counted))
    upper, lower = percentage(expected + more, counted), percentage(less + expected, counted)
    if _hides(parts, out_of, limit, [(0,), (1,), (2,), (1, 2)]):
        return ShownShares(*told, upper)
    if _hides((less, expected + more), out_of, limit, [(0,), (1,)]):
        return ShownShares(less=told[0], expected_or_more=upper)
    if _hides((less + expected, more), out_of, limit, [(0,), (1,)]):
        return ShownShares(more=told[2], expected_or_less=lower)
    return ShownShares()


def _hides(parts: Sequence[int], out_of: int, limit: int, printed: Sequence[tuple[int, ...]]) -> bool:
    """Whether the printed percentages, each of some parts together and of no few, leave every small number open."""
    if any(is_small(count, limit) for count in (*parts, sum(parts))):
        return False
    small = [value for value in _told(parts, out_of).items() if is_small(value[1], limit)]
    for world in _worlds(parts, out_of, printed):
        if not small:
            break
        other = _told(world, out_of)
        small = [(name, value) for name, value in small if is_small(other[name], limit)]
    return not small


def _told(parts: Sequence[int], out_of: int) -> dict[tuple[int, ...], int]:
    """Everything that counts pupils here: the parts, any of them together, and who is in none (named by no part)."""
    places = range(len(parts))
    sums = {
        some: sum(parts[place] for place in some)
        for size in range(1, len(parts) + 1)
        for some in combinations(places, size)
    }
    return sums | {(): out_of - sum(parts)}


def _worlds(
    parts: Sequence[int], out_of: int, printed: Sequence[tuple[int, ...]]
) -> Iterator[tuple[int, ...]]:
    """All numbers that would be printed as these are."""
    counted = sum(parts)
    wanted = {some: percentage(sum(parts[place] for place in some), counted) for some in printed}
    for whole in range(1, out_of + 1):
        for world in _split_rest(whole, whole, [wanted[place,] for place in range(len(parts))]):
            if all(
                percentage(sum(world[place] for place in some), whole) == told
                for some, told in wanted.items()
            ):
                yield world


def _split_rest(whole: int, rest: int, shares: Sequence[Decimal | None]) -> Iterator[tuple[int, ...]]:
    """Ways to split the rest of which all but the last part round to their shares of the whole."""
    if len(shares) == 1:
        yield (rest,)
        return
    about = int((shares[0] or 0) * whole / 100)
    for part in range(max(0, about - whole // 100 - 1), min(rest, about + whole // 100 + 2) + 1):
        if percentage(part, whole) == shares[0]:
            for others in _split_rest(whole, rest - part, shares[1:]):
                yield (part, *others)


Pair = tuple[int, int]
Beside = tuple[Pair, Pair, Pair]
"""A group, its comparator and everybody, each as (below, at or above)."""
_NEAR = range(-7, 8)


def may_tell_gap(beside: Beside, limit: int) -> bool:
    """Whether a group's share, its comparator's and the gap may be told where their numbers may not; everybody's are told.

    So a characteristic that is not known of two or three pupils, whom the three would give away by subtraction, does not hide a
    group and a comparator that are not small. As in `show_shares` there has to be another number, not small, for each that is; it
    is looked for near the true ones.
    """
    group, other, _ = beside
    if any(is_small(count, limit) for count in (*group, *other)) or 0 in (sum(group), sum(other)):
        return False
    small = [item for item in _by_rows(*beside).items() if is_small(item[1], limit)]
    for first, second in _printed_alike(beside):
        rows = _by_rows(first, second, beside[2])
        small = [(name, value) for name, value in small if is_small(rows[name], limit)]
        if not small:
            return True
    return not small


def may_tell_gaps(subjects: Sequence[Beside], limit: int) -> bool:
    """Whether that holds of several subjects at once, in which the same pupils may have been judged: one other size of group and
    comparator has to do for all."""
    sizes: set[Pair] | None = None
    for beside in subjects:
        here = {
            (sum(first) - sum(beside[0]), sum(second) - sum(beside[1]))
            for first, second in _printed_alike(beside)
            if not is_small(sum(beside[2]) - sum(first) - sum(second), limit)
        }
        sizes = here if sizes is None else sizes & here
    return sizes is None or bool(sizes)


def _printed_alike(beside: Beside) -> Iterator[tuple[Pair, Pair]]:
    """Numbers of group and comparator near the true ones that would print the same two shares and the same gap."""
    group, other, everybody = beside
    wanted = _gap_of(group, other)
    for first, second in product(_like(group), _like(other)):
        fits = all(one + two <= whole for one, two, whole in zip(first, second, everybody, strict=True))
        if fits and _gap_of(first, second) == wanted:
            yield first, second


def _gap_of(group: Pair, other: Pair) -> Decimal | None:
    return gap(share(group[1], sum(group)), share(other[1], sum(other)))


def _like(pair: Pair) -> list[Pair]:
    """Numbers near these of which the same share is at or above."""
    told = percentage(pair[1], sum(pair))
    near = ((pair[0] + more, pair[1] + upper) for more, upper in product(_NEAR, _NEAR))
    return [each for each in near if min(each) >= 0 < max(each) and percentage(each[1], sum(each)) == told]


def _by_rows(group: Pair, other: Pair, everybody: Pair) -> dict[tuple[tuple[int, ...], tuple[int, ...]], int]:
    """Everything that counts pupils here: below, at or above and both; of the group, the other, those in neither, and any two of them."""
    neither = [whole - one - two for whole, one, two in zip(everybody, group, other, strict=True)]
    rows = (group, other, neither)
    return {
        (some, parts): sum(rows[row][part] for row in some for part in parts)
        for size in (1, 2)
        for some in combinations(range(3), size)
        for parts in ((0,), (1,), (0, 1))
    }
