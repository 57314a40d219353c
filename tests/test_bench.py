"""What the benchmark says of a limit."""

from __future__ import annotations

import pytest

from bench.measure import Measure, allowed


@pytest.mark.parametrize(
    ("unit", "ratio", "is_within"),
    [("ms", 4.0, True), ("ms", 4.01, False), ("saves/s", 4.0, True), ("saves/s", 3.99, False)],
)
def test_a_time_stays_below_its_limit_and_a_rate_reaches_it(
    unit: str, ratio: float, *, is_within: bool
) -> None:
    assert Measure("it", ratio, unit, 1.0, ratio, 4.0).is_within is is_within


def test_a_size_is_within_up_to_what_is_allowed() -> None:
    assert [allowed("it", kilobytes, "KB", 3.0).is_within for kilobytes in (3.0, 3.01)] == [True, False]
