"""What may be told of pupils who changed school, beside what is told of the schools they left and came to. Plain Python.

A year group's attainment stands on the partnership's page and in the schools' packs. Of those who went from it to one other school, often all but one or
two, an exact share would count the one or two by subtraction. So their number is told to the nearest ten, their shares to the nearest tenth, and each answer
is tried before it is given: every small number that it bears on has to have another that would print the same and is not small.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TypeAlias

from reports.measures import is_small

Parts: TypeAlias = tuple[int, int, int]
"""Pupils below, at and above the expected range."""


def nearest_ten(count: int) -> int:
    """Halves up, and never none of somebody: 34 is 30, 35 is 40, 3 is 10."""
    return max(10, (count + 5) // 10 * 10) if count else 0


def told_tenths(parts: Parts, others: Parts, limit: int) -> tuple[int, int, int] | None:
    """The shares of the parts in per cent to the nearest ten, or None where they may not be told.

    `others` are the pupils of the same year group who are in none of the parts: with them they are what is told elsewhere. Those who went to
    further schools do not count as others, as if their numbers were known. Nothing is told of a small number of pupils.
    """
    counted = sum(parts)
    if not counted or is_small(counted, limit):
        return None
    small = [some for some, value in _told(parts, others).items() if is_small(value, limit)]
    whole: Parts = _added(parts, others)
    for world in _printed_alike(parts, whole):
        if not small:
            break
        other = _told(world, _taken(whole, world))
        small = [some for some in small if is_small(other[some], limit)]
    return None if small else _tenths(parts)


def _added(one: Parts, two: Parts) -> Parts:
    return (one[0] + two[0], one[1] + two[1], one[2] + two[2])


def _taken(whole: Parts, part: Parts) -> Parts:
    return (whole[0] - part[0], whole[1] - part[1], whole[2] - part[2])


def _tenths(parts: Parts) -> tuple[int, int, int]:
    counted = sum(parts)
    below, at, above = ((20 * part + counted) // (2 * counted) * 10 for part in parts)
    return below, at, above


def _told(parts: Parts, others: Parts) -> dict[tuple[str, tuple[int, ...]], int]:
    """Everything that counts pupils here: the parts and any of them together, of those who moved and of the others."""
    return {
        (who, some): sum(counts[place] for place in some)
        for who, counts in (("moved", parts), ("others", others))
        for size in (1, 2, 3)
        for some in combinations(range(3), size)
    }


def _printed_alike(parts: Parts, whole: Parts) -> Iterator[Parts]:
    """All numbers, none more than the whole's, that would be printed as these are."""
    printed, about = _tenths(parts), nearest_ten(sum(parts))
    for below in range(whole[0] + 1):
        for at in range(whole[1] + 1):
            for above in range(max(0, about - 5 - below - at), min(whole[2], about + 4 - below - at) + 1):
                world = (below, at, above)
                if sum(world) and nearest_ten(sum(world)) == about and _tenths(world) == printed:
                    yield world
