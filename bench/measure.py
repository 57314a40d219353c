"""Taking turns: a thing and its floor, measured alternately, so that a slow moment of the machine hits both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Run = Callable[[], object]


@dataclass(frozen=True)
class Measure:
    """A median beside its floor. `ratio` is what counts; it should not exceed `limit`."""

    name: str
    value: float
    unit: str
    floor: float
    ratio: float
    limit: float


def milliseconds(run: Run) -> float:
    started = time.perf_counter_ns()
    run()
    return (time.perf_counter_ns() - started) / 1e6


def against(name: str, run: Run, floor: Run, *, limit: float, turns: int = 400, warm_up: int = 40) -> Measure:
    """Medians of interleaved runs; the ratio is of the medians."""
    for _ in range(warm_up):
        run()
        floor()
    pairs = [(milliseconds(run), milliseconds(floor)) for _ in range(turns)]
    value, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    return Measure(name, round(value, 3), "ms", round(bare, 3), round(value / bare, 2), limit)
