"""Taking turns: a thing and its floor, measured alternately, so that a slow moment of the machine hits both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Run = Callable[[], object]


@dataclass(frozen=True)
class Measure:
    """A median beside its floor. `ratio` is what counts: it should not exceed `limit`; of a rate (`unit` a second) it should reach it."""

    name: str
    value: float
    unit: str
    floor: float
    ratio: float
    limit: float

    @property
    def is_rate(self) -> bool:
        """Whether more is better."""
        return self.unit.endswith("/s")

    @property
    def is_within(self) -> bool:
        """Whether the limit is kept."""
        return self.ratio >= self.limit if self.is_rate else self.ratio <= self.limit


def milliseconds(run: Run) -> float:
    started = time.perf_counter_ns()
    run()
    return (time.perf_counter_ns() - started) / 1e6


def medians(*runs: Run, turns: int, warm_up: int) -> list[float]:
    """Milliseconds of each, from interleaved runs."""
    for _ in range(warm_up):
        for run in runs:
            run()
    times = [[milliseconds(run) for run in runs] for _ in range(turns)]
    return [statistics.median(column) for column in zip(*times, strict=True)]


def against(name: str, run: Run, floor: Run, *, limit: float, turns: int = 400, warm_up: int = 40) -> Measure:
    """Medians of interleaved runs; the ratio is of the medians."""
    value, bare = medians(run, floor, turns=turns, warm_up=warm_up)
    return Measure(name, round(value, 3), "ms", round(bare, 3), round(value / bare, 2), limit)


# A page's request may take so many times the bare query for what it shows, and for all that a page needs beside it so many times an empty one.
TIMES_THE_QUERY, TIMES_AN_EMPTY_PAGE = 1.5, 5.0


def page_beside_query(
    name: str, page: Run, *, query: Run, empty: Run, turns: int = 40, warm_up: int = 5
) -> Measure:
    """The floor is what the request may take, of the query and of an empty page behind the door; the limit is 1."""
    value, bare, nothing = medians(page, query, empty, turns=turns, warm_up=warm_up)
    floor = TIMES_THE_QUERY * bare + TIMES_AN_EMPTY_PAGE * nothing
    return Measure(name, round(value, 3), "ms", round(floor, 3), round(value / floor, 2), 1.0)


def allowed(name: str, value: float, unit: str, most: float) -> Measure:
    """A size or a number that may not exceed `most`, which stands as the floor: the limit is 1."""
    return Measure(name, round(value, 3), unit, most, round(value / most, 3), 1.0)
