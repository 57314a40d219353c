"""What the benchmark says of a limit."""

from __future__ import annotations

import pytest

from assessment.models import Judgement
from bench.large_world import make_schools
from bench.measure import Measure, allowed
from lep_tracker.database_roles import as_owner
from schools.models import Pupil
from schools.row_security import every_school


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


@pytest.mark.django_db(transaction=True)
def test_the_schools_that_the_bench_writes_by_hand_fit_the_tables_as_they_are() -> None:
    with as_owner():
        make_schools("Bench", first=1, last=1, pupils=6)
    with every_school():
        assert (Pupil.objects.count(), Judgement.objects.exists()) == (6, True)
