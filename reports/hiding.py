"""Which counts to hide beside the small ones, so that no hidden count can be worked out: plain Python.

Published figures add up: parts to a line's total, lines to a grand total. Written as a network, each count is
a pipe between two sums, and at each sum what flows in flows out. A reader who knows the shown counts and that
no count is negative knows exactly this about the hidden ones: wherever hidden counts cross a cut through the
network in one direction only, their sum. So a hidden count is safe when

* it could be another number (it lies on a ring along which the hidden counts can be shifted), and
* every sum of hidden counts that can be worked out and has it as a part is over the limit.

Both follow from the smallest such cut, which is the largest flow around the count (Ford and Fulkerson).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

Key = TypeVar("Key", bound=Hashable)
Way: TypeAlias = tuple[Key, bool, Hashable, Hashable]
"""A count, whether along or against it, from which sum, to which."""


@dataclass(frozen=True)
class Count:
    """A count on its way from one sum into another; of the lowest rank are those that are hidden first."""

    value: int
    out_of: Hashable
    into: Hashable
    rank: int = 0


def hide(counts: Mapping[Key, Count], first: Iterable[Key], limit: int) -> frozenset[Key]:
    """The counts to hide: the `first` ones, and those without which one of the hidden could be worked out.

    What comes in must come out at each sum: the values are a circulation. Hiding more never makes a hidden
    count less safe, so each is looked at until it is safe, and then not again. At the end those that turn out
    not to be needed are shown again, the most missed before the others. The same counts in the same order
    always hide the same: two prints of one report that hid differently would fill each other in.
    """
    small = dict.fromkeys(first)
    hidden = dict(small)
    waiting = deque(hidden)
    while waiting:
        sides = _sides_of_cuts(counts, hidden, waiting[0], limit)
        if sides:
            another = _cheapest_across(counts, hidden, sides)
            hidden[another] = None
            waiting.append(another)
        else:
            waiting.popleft()
    added = [key for key in hidden if key not in small]
    for key in sorted(added, key=lambda key: _loss(counts[key]), reverse=True):
        without = {other: None for other in hidden if other != key}
        if not any(_sides_of_cuts(counts, without, other, limit) for other in without):
            hidden = without
    return frozenset(hidden)


def _sides_of_cuts(
    counts: Mapping[Key, Count], hidden: Iterable[Key], key: Key, limit: int
) -> list[frozenset[Hashable]]:
    """Nothing for a safe count; else, for two cuts that give it or a small sum away, the sums on one side."""
    this = counts[key]
    others = {other: counts[other] for other in hidden if other != key}
    left = {other: count.value for other, count in others.items()}
    needed = max(1, limit + 1 - this.value)
    while needed:
        ways = _ways(others, lambda other: left[other] > 0, lambda _: True)
        path = _reached(ways, this.out_of, until=this.into).get(this.into)
        if path is None:
            return [] if this.value > limit and _could_be_less(this, others) else _two_cuts(ways, this)
        step = min([needed, *(left[other] for other, forward in path if forward)])
        for other, forward in path:
            left[other] += -step if forward else step
        needed -= step
    return []


def _could_be_less(this: Count, others: Mapping[Key, Count]) -> bool:
    ways = _ways(others, lambda _: True, lambda other: others[other].value > 0)
    return this.into in _reached(ways, this.out_of, until=this.into)


def _two_cuts(ways: Iterable[Way[Key]], this: Count) -> list[frozenset[Hashable]]:
    """The cut nearest to where the count comes from, and the one nearest to where it goes."""
    back = [(key, forward, end, start) for key, forward, start, end in ways]
    return [frozenset(_reached(ways, this.out_of)), frozenset(_reached(back, this.into))]


def _ways(
    others: Mapping[Key, Count], along: Callable[[Key], bool], against: Callable[[Key], bool]
) -> list[Way[Key]]:
    forward = [(key, True, count.out_of, count.into) for key, count in others.items() if along(key)]
    return forward + [(key, False, count.into, count.out_of) for key, count in others.items() if against(key)]


def _reached(
    ways: Iterable[Way[Key]], start: Hashable, until: Hashable = None
) -> dict[Hashable, list[tuple[Key, bool]]]:
    """The sums that can be reached, each with a shortest path to it: counts, whether along or against. No further than `until`, where that one is wanted."""
    from_place: dict[Hashable, list[Way[Key]]] = {}
    for way in ways:
        from_place.setdefault(way[2], []).append(way)
    paths: dict[Hashable, list[tuple[Key, bool]]] = {start: []}
    queue = deque([start])
    while queue:
        place = queue.popleft()
        for key, forward, _, end in from_place.get(place, []):
            if end not in paths:
                paths[end] = [*paths[place], (key, forward)]
                if end == until:
                    return paths
                queue.append(end)
    return paths


def _cheapest_across(
    counts: Mapping[Key, Count], hidden: Container[Key], sides: Iterable[frozenset[Hashable]]
) -> Key:
    """Of the shown counts across the narrower cut, the one that is least missed."""
    shown = [key for key in counts if key not in hidden]
    crossings = [[key for key in shown if _crosses(counts[key], side)] for side in sides]
    narrower = min(crossings, key=len)
    return min(narrower, key=lambda key: _loss(counts[key]))


def _loss(count: Count) -> tuple[int, bool, int]:
    """How much a count is missed: by rank; a nought most, as hiding it adds nothing; then by size."""
    return count.rank, count.value == 0, count.value


def _crosses(count: Count, side: frozenset[Hashable]) -> bool:
    return (count.out_of in side) != (count.into in side)
