"""A child's profile, against outcomes and totals written out by hand."""

from __future__ import annotations

import pytest

from assessment.engine.eyfs import GoalOutcome
from assessment.engine.profile import (
    Profile,
    points_that_stand_for,
    profile_note,
    read_outcome,
    without_profile_note,
)
from schools.calendar import EyfsFramework

OF_2012, OF_2021 = EyfsFramework
A = None

# The points of G01 to G17, eight prime ones, two of literacy, two of mathematics, five others; then what follows from them: Good Level, the goals
# missing, all prime areas, total points.
OF_2012_BY_HAND = [
    ([21] * 17, True, [], True, 34),
    ([20] * 17, False, [f"G{n:02}" for n in range(1, 13)], False, 17),
    ([23] * 17, True, [], True, 51),
    # Twelve expected, the five others emerging: 24 + 5.
    ([21] * 12 + [20] * 5, True, [], True, 29),
    # One of the twelve emerging, in writing: 16 of two and a one.
    ([22] * 9 + [20] + [22] * 7, False, ["G10"], True, 33),
    # Two away, one of them prime: 2 ones, 3 threes, 12 twos.
    ([21, 21, 19] + [23] * 3 + [21] * 5 + [15] + [21] * 5, False, ["G03", "G12"], False, 35),
    # One of the twelve not assessed: in no measure, though another is emerging.
    ([20] * 8 + [21, A, 21, 21] + [21] * 5, None, [], False, None),
    # One of the five others not assessed: the Good Level is told, the total is not.
    ([21] * 12 + [21, A, 21, 21, 21], True, [], True, None),
    ([A] + [21] * 16, None, [], None, None),
    ([A] * 17, None, [], None, None),
]
# E01 to E17: seven prime ones, three of literacy, two of mathematics, five others. There is no total.
OF_2021_BY_HAND = [
    ([21] * 17, True, [], True),
    ([40] * 17, True, [], True),
    ([21] * 12 + [20] * 5, True, [], True),
    # The eighth is Comprehension, which is not prime.
    ([21] * 7 + [20] + [21] * 9, False, ["E08"], True),
    ([21] * 6 + [20, 20] + [21] * 9, False, ["E07", "E08"], False),
    ([21] * 7 + [A] + [21] * 9, None, [], True),
    ([21] * 6 + [A] + [20] * 10, None, [], None),
    ([21] * 12 + [A] * 5, True, [], True),
    ([A] * 17, None, [], None),
]


@pytest.mark.parametrize(("points", "good_level", "missing", "prime", "total"), OF_2012_BY_HAND)
def test_a_profile_of_2012(points, good_level, missing, prime, total):
    profile = Profile(OF_2012, tuple(points))
    assert profile.good_level is good_level
    assert [goal.code for goal in profile.goals_missing] == missing
    assert profile.all_prime is prime
    assert profile.total_points == total


@pytest.mark.parametrize(("points", "good_level", "missing", "prime"), OF_2021_BY_HAND)
def test_a_profile_of_2021_has_no_total(points, good_level, missing, prime):
    profile = Profile(OF_2021, tuple(points))
    assert profile.good_level is good_level
    assert [goal.code for goal in profile.goals_missing] == missing
    assert profile.all_prime is prime
    assert profile.total_points is None


def test_outcomes_bear_the_profiles_codes_and_2021_has_no_exceeding():
    points = (20, 21, 22, 23, A, *[1] * 12)
    assert Profile(OF_2012, points).outcomes == (1, 2, 2, 3, None, *[1] * 12)
    assert Profile(OF_2021, points).outcomes == (1, 2, 2, 2, None, *[1] * 12)


@pytest.mark.parametrize("number", [0, 12, 16, 18])
def test_another_number_of_goals_is_a_mistake(number):
    with pytest.raises(ValueError, match=f"has 17 goals, not {number}"):
        Profile(OF_2021, (21,) * number)


def test_the_points_that_stand_for_an_outcome_mean_that_outcome():
    assert [points_that_stand_for(each) for each in GoalOutcome] == [20, 21, 23]
    of_2012 = Profile(OF_2012, (20, 21, 23, *[21] * 14))
    assert of_2012.outcomes[:3] == tuple(GoalOutcome)


def test_what_a_cell_of_a_profile_says():
    said = {text: read_outcome(text, OF_2012) for text in ("1", " 2 ", "3", "a", "A")}
    assert said == {"1": 1, " 2 ": 2, "3": 3, "a": None, "A": None}
    assert [read_outcome(text, OF_2021) for text in ("1", "2", "A")] == [1, 2, None]


@pytest.mark.parametrize(
    ("text", "framework"), [("3", OF_2021), ("0", OF_2012), ("4", OF_2012), ("21", OF_2012), ("", OF_2021)]
)
def test_anything_else_is_no_outcome(text, framework):
    with pytest.raises(ValueError, match=f"not an outcome of the profile of {framework.value}: write 1"):
        read_outcome(text, framework)


def test_what_is_refused_is_said_with_the_frameworks_own_outcomes():
    with pytest.raises(ValueError, match=r"write 1 \(emerging\), 2 \(expected\) or A \(not assessed\)\.$"):
        read_outcome("3", OF_2021)
    with pytest.raises(ValueError, match=r"2 \(expected\), 3 \(exceeding\) or A \(not assessed\)\.$"):
        read_outcome("x", OF_2012)


def test_the_note_of_a_profile_goes_and_other_words_stay():
    assert profile_note(None) == "EYFS profile: A (not assessed)"
    noted = profile_note(GoalOutcome.EXPECTED)
    assert noted == "EYFS profile: 2 (expected). 21 points stand for it: nobody judged in points."
    assert without_profile_note(noted) == ""
    assert without_profile_note(f"{noted}\nShy at first.") == "Shy at first."
    assert without_profile_note("As it was,\r\nto the word.\n") == "As it was,\r\nto the word.\n"
