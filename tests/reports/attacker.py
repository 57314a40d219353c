"""A reader who works out hidden counts by trying all numbers, knowing nothing of how they were hidden."""

from __future__ import annotations

import random
from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import combinations

Name = Hashable
ENDLESS = 8


def worked_out(
    true: Mapping[Name, int], sums: Mapping[Name, Sequence[Name]], hidden: frozenset[Name], limit: int
) -> list[tuple[Name, ...]]:
    """Hidden counts that can be only one number, and sets of them whose sum is known and from 1 to the limit.

    `true` are the parts, `sums` the parts of each total. The reader knows which totals belong to which parts,
    every count that is not hidden, and that counts are whole numbers from nought up. Every way to fill in the
    hidden ones is tried until nothing is left that would be the same in all.
    """
    everything = {**true, **{name: sum(true[part] for part in parts) for name, parts in sums.items()}}
    suspects = [
        names
        for size in range(1, len(hidden) + 1)
        for names in combinations(sorted(hidden, key=repr), size)
        if size == 1 or 1 <= sum(everything[name] for name in names) <= limit
    ]
    for filled in _fillings(everything, true, sums, hidden):
        if not suspects:
            break
        suspects = [
            names for names in suspects if sum(filled[n] for n in names) == sum(everything[n] for n in names)
        ]
    return suspects


def _fillings(
    everything: Mapping[Name, int],
    true: Mapping[Name, int],
    sums: Mapping[Name, Sequence[Name]],
    hidden: frozenset[Name],
) -> Iterator[dict[Name, int]]:
    rest = {
        name: everything[name] - sum(true[part] for part in parts if part not in hidden)
        for name, parts in sums.items()
        if name not in hidden
    }
    open_parts = [part for part in true if part in hidden]
    last_of = {name: [part for part in open_parts if part in sums[name]] for name in rest}
    shuffled = random.Random(1)
    filled: dict[Name, int] = dict(true)

    def fill(at: int) -> Iterator[dict[Name, int]]:
        if at == len(open_parts):
            yield {**filled, **{name: sum(filled[part] for part in parts) for name, parts in sums.items()}}
            return
        part = open_parts[at]
        bounds = [name for name in rest if part in sums[name]]
        # Without any total to go by a count has no bound: a few numbers stand for all.
        top = min((rest[name] for name in bounds), default=everything[part] + ENDLESS)
        numbers = list(range(top + 1))
        shuffled.shuffle(numbers)
        for number in numbers:
            if any(last_of[name][-1] == part and rest[name] != number for name in bounds):
                continue
            filled[part] = number
            for name in bounds:
                rest[name] -= number
            yield from fill(at + 1)
            for name in bounds:
                rest[name] += number

    return fill(0)
