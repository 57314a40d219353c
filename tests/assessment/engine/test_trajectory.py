"""Catching up, steady, falling back; on track: scenarios worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.engine.expected_range import Attainment, ExpectedRange
from assessment.engine.trajectory import Direction, Standing, direction, outlook
from schools.calendar import YearGroup
from tests.assessment.engine.histories import when
from tests.assessment.engine.tables import RANGES, YEAR_GROUPS
from tests.unhurried import unhurried

# What a Summer expects of Year 3 and Year 4.
YEAR_3, YEAR_4 = ExpectedRange(40, 42), ExpectedRange(47, 49)


@pytest.mark.parametrize(
    ("last_year", "now", "found"),
    [
        (35, 43, Direction.CATCHING_UP),  # 5 short, then 4
        (35, 42, Direction.STEADY),  # exactly the seven steps: red for ever
        (35, 41, Direction.FALLING_BACK),
        (39, 46, Direction.STEADY),
        (39, 45, Direction.FALLING_BACK),
        (40, 46, Direction.FALLING_BACK),  # in the range last year
        (50, 46, Direction.FALLING_BACK),  # above it last year: further from the edge, yet no catching up
        (35, 47, None),  # not below
        (35, 60, None),
    ],
)
def test_a_pupil_below_is_told_by_the_distance_to_the_range_a_year_ago(last_year, now, found):
    assert direction(Standing(now, YEAR_4), Standing(last_year, YEAR_3)) is found


def test_without_the_same_term_last_year_there_is_no_word():
    assert direction(Standing(30, YEAR_4), None) is None


def test_directions_are_read_as_words():
    assert [each.value for each in Direction] == ["Catching up", "Steady", "Falling back"]


def test_the_shortfall_is_what_is_missing_to_the_range():
    assert [Standing(points, YEAR_4).shortfall for points in (1, 46, 47, 49, 50, 101)] == [46, 1, 0, 0, 0, 0]


@unhurried
@given(st.integers(1, 40), st.integers(1, 46))
def test_who_gains_what_is_expected_is_steady_more_catches_up_and_less_falls_back(last_year, now):
    gained = now - last_year
    expected = (
        Direction.STEADY if gained == 7 else Direction.CATCHING_UP if gained > 7 else Direction.FALLING_BACK
    )
    assert direction(Standing(now, YEAR_4), Standing(last_year, YEAR_3)) is expected


# The last year group of each key stage, and what its Summer expects.
ENDS = {"1": "2", "2": "2", "3": "6", "4": "6", "5": "6", "6": "6", "7": "9", "8": "9", "9": "9"}
# Steps still to come, from the Baseline (or the Summer before), and from each term's end, to the Summer of
# the key stage.
TO_COME = {
    "1": (14, 11, 9, 7), "2": (7, 4, 2, 0),
    "3": (28, 25, 23, 21), "4": (21, 18, 16, 14), "5": (14, 11, 9, 7), "6": (7, 4, 2, 0),
    "7": (21, 18, 16, 14), "8": (14, 11, 9, 7), "9": (7, 4, 2, 0),
}  # fmt: skip


@pytest.mark.parametrize("year_group", YEAR_GROUPS)
def test_on_track_is_the_points_and_the_steps_to_come_against_the_last_summer_of_the_key_stage(year_group):
    for place, term in enumerate(["Baseline", "Autumn", "Spring", "Summer"]):
        for points in range(1, 102):
            found = outlook(points, when(f"2025 {term}"), year_group)
            if year_group.code not in ENDS:
                assert found is None
                continue
            low, high = RANGES[YearGroup.from_code(ENDS[year_group.code])]["Summer"]
            projected = points + TO_COME[year_group.code][place]
            assert (found.projected, found.expected) == (projected, ExpectedRange(low, high))
            assert found.is_on_track is (projected >= low)
            assert found.attainment.label == (
                "Below" if projected < low else "At" if projected <= high else "Above"
            )


@pytest.mark.parametrize(
    ("points", "at", "year_group", "projected", "attainment"),
    [
        # 40 in Spring of Year 4 and 16 to come make 56, and Year 6 expects 61 to 63.
        (40, "2025 Spring", YearGroup.Y4, 56, Attainment.BELOW),
        (45, "2025 Spring", YearGroup.Y4, 61, Attainment.AT),
        (48, "2025 Spring", YearGroup.Y4, 64, Attainment.ABOVE),
        (33, "2025 Summer", YearGroup.Y2, 33, Attainment.AT),
        (20, "2025 Baseline", YearGroup.Y1, 34, Attainment.AT),
        (18, "2025 Baseline", YearGroup.Y1, 32, Attainment.BELOW),
        (101, "2025 Autumn", YearGroup.Y7, 119, Attainment.ABOVE),
    ],
)
def test_the_outlook_of_some_pupils(points, at, year_group, projected, attainment):
    found = outlook(points, when(at), year_group)
    assert (found.projected, found.attainment) == (projected, attainment)
    assert found.is_on_track is (attainment is not Attainment.BELOW)
