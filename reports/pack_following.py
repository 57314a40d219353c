"""Whether a later pack of a term may be given out beside earlier ones, or would tell of a few pupils by what has changed. Plain Python.

The rule: of everything that is printed, each row is either the same, or of so many pupils more or fewer that nobody can tell which few moved
it. One row that is neither, and the earlier figures stand. So what becomes known of as many pupils as the limit, or fewer, whoever they
are, changes nothing of what is told later (docs/governors-pack.md says what it does not prevent).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest


@dataclass(frozen=True)
class Printed:
    """A row as it is printed: out of how many, where that is told; other numbers of pupils; and whatever else it says.

    `of` are the numbers of pupils that decide it, told or not: one of them has to have changed by many. Without them it is `counted`. What is hidden
    with others comes to light with them: where not even the `whole` that it is a part of was told on one of the two days, the whole may have changed instead.
    """

    counted: int | None
    numbers: tuple[int | None, ...] = ()
    others: tuple[object, ...] = ()
    of: tuple[int, ...] = field(default=(), compare=False)
    whole: int = field(default=0, compare=False)
    is_whole_told: bool = field(default=True, compare=False)


Rows = Mapping[Hashable, Printed]
_NOT_THERE = Printed(0)


def may_follow(earlier: Rows, later: Rows, limit: int) -> bool:
    """Whether every row is the same in both, or of more than `limit` pupils more or fewer."""
    return all(
        _is_of_many(earlier.get(name, _NOT_THERE), later.get(name, _NOT_THERE), limit)
        for name in {*earlier, *later}
    )


def _is_of_many(one: Printed, other: Printed, limit: int) -> bool:
    if one == other:
        return True
    is_of_many = any(change > limit for change in _changes(_of(one), _of(other), 0))
    is_whole_told = one.is_whole_told and other.is_whole_told
    if not is_of_many and (is_whole_told or abs(one.whole - other.whole) <= limit):
        return False
    return all(change == 0 or change > limit for change in _changes(one.numbers, other.numbers, None))


def _of(row: Printed) -> tuple[int | None, ...]:
    return row.of or (row.counted,)


def _changes(before: Iterable[int | None], after: Iterable[int | None], missing: int | None) -> Iterator[int]:
    """How far apart the numbers are that both have."""
    for one, other in zip_longest(before, after, fillvalue=missing):
        if one is not None and other is not None:
            yield abs(one - other)
