"""The early years, against the ages and goals written out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.engine.expected_range import Attainment, ExpectedRange
from assessment.engine.eyfs import (
    GoalOutcome,
    goal_outcome,
    goal_range,
    good_level_of_development,
    range_for_age,
)
from schools.calendar import EyfsFramework
from tests.assessment.engine.tables import TYPICAL_FOR_AGE
from tests.unhurried import unhurried

OF_2012, OF_2021 = EyfsFramework

# Stage by stage: first month, last month (None: 40 and over), its three points.
STAGES = [
    (0, 11, (3, 4, 5)),
    (8, 20, (6, 7, 8)),
    (16, 26, (9, 10, 11)),
    (22, 36, (12, 13, 14)),
    (30, 50, (15, 16, 17)),
    (40, None, (18, 19, 20)),
]


@pytest.mark.parametrize(("first", "last", "points"), TYPICAL_FOR_AGE)
def test_the_range_for_an_age_is_of_the_stages_that_it_falls_in(first, last, points):
    for months in range(first, last + 1):
        assert range_for_age(months) == ExpectedRange(*points), months


@unhurried
@given(st.integers(0, 120))
def test_a_stage_that_has_ended_is_below_one_not_begun_above_and_another_at(months):
    range_ = range_for_age(months)
    for begins, ends, steps in STAGES:
        expected = Attainment.AT
        if ends is not None and ends < months:
            expected = Attainment.BELOW
        elif begins > months:
            expected = Attainment.ABOVE
        assert [range_.judge(points) for points in steps] == [expected] * 3


@unhurried
@given(st.integers(0, 120))
def test_1_and_2_points_are_below_and_the_goal_before_its_time_above(months):
    range_ = range_for_age(months)
    assert [range_.judge(points) for points in (1, 2)] == [Attainment.BELOW] * 2
    assert {range_.judge(points) for points in range(21, 102)} == {Attainment.ABOVE}


def test_40_to_60_months_counts_as_40_and_over():
    assert range_for_age(61) == range_for_age(75) == range_for_age(60)


def test_a_child_that_is_not_born_has_no_range():
    with pytest.raises(ValueError, match="not born yet"):
        range_for_age(-1)


def test_the_goal_of_2012_has_an_upper_end_and_that_of_2021_none():
    assert goal_range(OF_2012) == ExpectedRange(21, 22)
    assert goal_range(OF_2021) == ExpectedRange(21, 101)


def test_the_outcome_of_a_goal_for_every_point():
    of_2012 = [1] * 20 + [2] * 2 + [3] * 79
    of_2021 = [1] * 20 + [2] * 81
    assert [int(goal_outcome(points, OF_2012)) for points in range(1, 102)] == of_2012
    assert [int(goal_outcome(points, OF_2021)) for points in range(1, 102)] == of_2021


def test_outcomes_bear_the_profiles_numbers():
    assert {each.name: each.value for each in GoalOutcome} == {"EMERGING": 1, "EXPECTED": 2, "EXCEEDING": 3}


@pytest.mark.parametrize(
    ("points", "reached"),
    [
        ([21] * 12, True),
        ([22] * 11 + [40], True),
        ([21] * 11 + [20], False),
        ([1] * 12, False),
        # A goal not assessed leaves the child out, even where another is emerging.
        ([21] * 11 + [None], None),
        ([20] * 11 + [None], None),
        ([None] * 12, None),
    ],
)
def test_a_good_level_of_development_takes_all_twelve_goals(points, reached):
    assert good_level_of_development(points) is reached
    assert good_level_of_development(points[::-1]) is reached


@pytest.mark.parametrize("number", [0, 11, 13, 17])
def test_another_number_of_goals_is_a_mistake(number):
    with pytest.raises(ValueError, match=f"has 12 goals, not {number}"):
        good_level_of_development([21] * number)
