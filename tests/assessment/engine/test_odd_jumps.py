"""Which steps a teacher is asked about."""

from __future__ import annotations

import pytest

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.odd_jumps import odd_jump
from assessment.engine.progress import Judged, this_term
from schools.calendar import YearGroup

BASELINE, AUTUMN, SPRING, SUMMER = (AssessmentPoint(2026, term) for term in AssessmentTerm)
LAST_SUMMER = AssessmentPoint(2025, AssessmentTerm.SUMMER)


def asked(
    before: int | None, now: int | None, *, year_group: YearGroup = YearGroup.Y4
) -> tuple[int, AssessmentPoint] | None:
    history = [Judged(LAST_SUMMER, before), Judged(AUTUMN, now)]
    return odd_jump(this_term(history, AUTUMN, year_group))


@pytest.mark.parametrize(
    ("now", "steps"),
    [(46, None), (47, 7), (48, 8), (40, None), (39, -1), (41, None), (101, 61), (1, -39)],
)
def test_more_than_six_steps_in_a_term_and_any_way_down_are_odd(now: int, steps: int | None) -> None:
    assert asked(40, now) == (None if steps is None else (steps, LAST_SUMMER))


def test_without_a_start_or_an_end_nothing_is_asked() -> None:
    assert asked(None, 90) is None
    assert asked(40, None) is None


@pytest.mark.parametrize(
    ("year_group", "is_asked"),
    [(YearGroup.N1, True), (YearGroup.R, True), (YearGroup.Y9, True), (YearGroup.Y10, False)],
)
def test_it_is_asked_where_steps_are_measured(year_group: YearGroup, is_asked: bool) -> None:
    assert (asked(40, 48, year_group=year_group) is not None) is is_asked


def test_the_judgement_before_is_the_latest_one_of_the_year_or_the_summer_before() -> None:
    history = [Judged(LAST_SUMMER, 40), Judged(BASELINE, 44), Judged(AUTUMN, None), Judged(SPRING, 50)]
    assert odd_jump(this_term(history, SPRING, YearGroup.Y4)) is None
    # 51 - 44 = 7 since the Baseline: Autumn, where the pupil was absent, is no start.
    jump = odd_jump(this_term([*history[:3], Judged(SPRING, 51)], SPRING, YearGroup.Y4))
    assert jump == (7, BASELINE)
    assert jump is not None
    assert jump.label == "+7 since Baseline"


def test_a_baseline_ends_no_steps() -> None:
    assert (
        odd_jump(this_term([Judged(LAST_SUMMER, 40), Judged(BASELINE, 60)], BASELINE, YearGroup.Y4)) is None
    )


def test_a_way_down_is_said_with_a_real_minus() -> None:
    jump = odd_jump(this_term([Judged(LAST_SUMMER, 40), Judged(AUTUMN, 38)], AUTUMN, YearGroup.Y4))
    assert jump is not None
    assert jump.label == "\N{MINUS SIGN}2 since Summer"
