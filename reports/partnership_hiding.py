"""What may be told of pupils who changed school, beside what is told of the schools they left and came to. Plain Python.

A year group's attainment stands on the partnership's page and in the schools' packs. Of those who went from it to one other school, often all but one or
two, an exact share would count the one or two by subtraction. So their number is told to the nearest ten, their shares to the nearest tenth, and each answer
is tried before it is given: every small number that it bears on has to have another that would print the same and is not small.

The same children moved in every subject, and stand in both ends of a table: so the tables of one pair are also tried together (`told_together`).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TypeAlias, TypeVar

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


K = TypeVar("K", bound=Hashable)
Told = tuple[Parts, Sequence[Parts]]
"""The parts of a table, and the others beside each way in which its year group is told elsewhere."""


def told_together(tables: Mapping[K, Told], limit: int) -> dict[K, tuple[int, int, int]]:
    """Of several tables of the same children, subjects and ends of one pair of schools, those whose shares may be told, as `told_tenths` gives them.

    Where all were judged in all of them, each table is of the same number of children, and only such numbers are left as every one of them could be of. So each small
    number has to have another among the worlds of these numbers alone. Tables are left out from the last on until that is so.
    """
    left = {key: told for key, told in tables.items() if _is_told_alone(told, limit)}
    for count in {sum(parts) for parts, _ in left.values()}:
        of_count = [key for key, (parts, _) in left.items() if sum(parts) == count]
        while (wrong := _first_wrong([left[key] for key in of_count], limit)) is not None:
            del left[of_count.pop(wrong)]
    return {key: _tenths(parts) for key, (parts, _) in left.items()}


def _is_told_alone(told: Told, limit: int) -> bool:
    parts, beside = told
    return all(told_tenths(parts, others, limit) is not None for others in beside) and bool(beside)


def _first_wrong(tables: Sequence[Told], limit: int) -> int | None:
    """The place of the last table with a small number that all of them together would give away; None where there is none."""
    pairs = [(place, parts, others) for place, (parts, beside) in enumerate(tables) for others in beside]
    smalls = {
        (place, others): small
        for place, parts, others in pairs
        if (small := [some for some, value in _told(parts, others).items() if is_small(value, limit)])
    }
    if not smalls or len(pairs) < 2:
        return None
    counts = set.intersection(
        *(
            {sum(world) for world in _printed_alike(parts, _added(parts, others))}
            for _, parts, others in pairs
        )
    )
    for place, parts, others in reversed(pairs):
        small = smalls.get((place, others), [])
        whole = _added(parts, others)
        for world in _printed_alike(parts, whole):
            if small and sum(world) in counts:
                other = _told(world, _taken(whole, world))
                small = [some for some in small if is_small(other[some], limit)]
        if small:
            return place
    return None


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
    for count in range(max(1, about - 9), min(sum(whole), about + 4) + 1):
        if nearest_ten(count) != about:
            continue
        for below in _of_tenths(printed[0], count, whole[0]):
            for at in _of_tenths(printed[1], count, whole[1]):
                world = (below, at, count - below - at)
                if 0 <= world[2] <= whole[2] and _tenths(world) == printed:
                    yield world


def _of_tenths(told: int, count: int, most: int) -> range:
    """The numbers out of `count` that are told as so many per cent to the nearest ten, half up."""
    tenths = told // 10
    first = -(-(2 * tenths - 1) * count // 20)
    end = -(-(2 * tenths + 1) * count // 20)
    return range(max(0, first), min(most, end - 1) + 1)
