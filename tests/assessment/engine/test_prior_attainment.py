"""Prior attainment by a table: where the phase began, in three subjects, against the range of the Summer before it."""

from __future__ import annotations

import pytest

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm, Phase
from assessment.engine.expectations import Expectations
from assessment.engine.prior_attainment import PHASES, PriorAttainment, prior_attainment, range_before
from assessment.engine.progress import Judged
from schools.calendar import YearGroup

BASELINE, AUTUMN, SPRING, SUMMER = AssessmentTerm
LOW, MIDDLE, HIGH = PriorAttainment
AT = AssessmentPoint(2025, SPRING)
# Year 3 in 2024, Year 4 in 2025: the phase began with the Summer of 2023, or the Baseline of 2024.
GROUPS = {2023: YearGroup.Y2, 2024: YearGroup.Y3, 2025: YearGroup.Y4}


def began(*points: int | None, year: int = 2023, term: AssessmentTerm = SUMMER) -> list[list[Judged]]:
    return [[Judged(AssessmentPoint(year, term), each)] for each in points]


def test_the_range_is_that_of_the_summer_before_the_phase():
    told = {phase: (range_before(phase).low, range_before(phase).high) for phase in PHASES}
    assert told == {
        Phase.KS1: (21, 22),
        Phase.LKS2: (33, 35),
        Phase.UKS2: (47, 49),
        Phase.KS3: (61, 63),
        Phase.KS4: (82, 84),
    }


@pytest.mark.parametrize(
    ("points", "level"),
    [
        ((32, 33, 33), LOW),  # 98 of 99
        ((33, 33, 33), MIDDLE),
        ((20, 40, 39), MIDDLE),
        ((35, 35, 35), MIDDLE),
        ((35, 35, 36), HIGH),  # 106 of 105
        ((36, 36, None), None),
    ],
)
def test_the_average_of_the_three_is_held_against_it(points, level):
    assert prior_attainment(began(*points), AT, GROUPS) is level


def test_a_baseline_of_the_first_year_counts_before_the_summer():
    histories = [[*summer, Judged(AssessmentPoint(2024, BASELINE), 40)] for summer in began(30, 30, 30)]
    assert prior_attainment(histories, AT, GROUPS) is HIGH


def test_before_year_1_the_early_learning_goal_decides():
    groups = {2024: YearGroup.R, 2025: YearGroup.Y1}
    for points, level in ((20, LOW), (21, MIDDLE), (22, MIDDLE), (23, HIGH)):
        assert prior_attainment(began(points, points, points, year=2025, term=BASELINE), AT, groups) is level


def test_whoever_joined_later_is_set_back_by_the_steps_expected_since():
    # On entry in Autumn of Year 4: seven of Year 3 and three of Autumn less. 43 to 45 are then 33 to 35.
    groups = {2025: YearGroup.Y4}
    for points, level in ((42, LOW), (43, MIDDLE), (45, MIDDLE), (46, HIGH)):
        histories = [[Judged(AssessmentPoint(2025, AUTUMN), points, is_on_entry=True)]] * 3
        assert prior_attainment(histories, AT, groups) is level
    # What is expected may be another partnership's: 4, 3 and 2 steps.
    more = Expectations(ranges=((-1, 0), (1, 2), (3, 5)), steps=(4, 3, 2))
    histories = [[Judged(AssessmentPoint(2025, AUTUMN), 45, is_on_entry=True)]] * 3
    assert prior_attainment(histories, AT, groups, more) is LOW


def test_what_was_not_marked_or_is_of_now_starts_nothing():
    unmarked = [[Judged(AssessmentPoint(2025, AUTUMN), 45)]] * 3
    assert prior_attainment(unmarked, AT, {2025: YearGroup.Y4}) is None
    now = [[Judged(AT, 45, is_on_entry=True)]] * 3
    assert prior_attainment(now, AT, {2025: YearGroup.Y4}) is None
    assert prior_attainment([], AT, GROUPS) is None


def test_there_is_none_before_year_1_and_above_year_11():
    for group in (YearGroup.R, YearGroup.Y12):
        histories = began(50, 50, 50, year=2025, term=BASELINE)
        assert prior_attainment(histories, AT, {2025: group}) is None
