"""Ranges and expected steps: every year group, term and point against the tables written out."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm, Phase, key_stage_of, phase_of
from assessment.engine.expectations import LEP, Circumstances, Expectations, combined, expected_range
from assessment.engine.expected_range import Attainment, ExpectedRange
from assessment.engine.subjects import Kind
from schools.calendar import EyfsFramework, TermName, YearGroup
from tests.assessment.engine.tables import RANGES, TYPICAL_FOR_AGE, YEAR_GROUPS
from tests.unhurried import unhurried

BELOW, AT, ABOVE = Attainment.BELOW, Attainment.AT, Attainment.ABOVE
BASELINE, AUTUMN, SPRING, SUMMER = AssessmentTerm


def word(points: int, low: int, high: int) -> str:
    """By listing, not by comparing: the points of the range are at, those before it below, others above."""
    before, within = list(range(1, low)), list(range(low, high + 1))
    if points in within:
        return "At"
    return "Below" if points in before else "Above"


def judged(kind, year_group, term, points, framework=EyfsFramework.OF_2012, months=60):
    range_ = expected_range(Circumstances(kind, year_group, term, framework, months))
    return range_.judge(points).label if range_ else None


@pytest.mark.parametrize("framework", EyfsFramework)
@pytest.mark.parametrize("term", AssessmentTerm)
@pytest.mark.parametrize("year_group", YEAR_GROUPS)
def test_a_subject_is_measured_by_the_written_range_and_by_nothing_where_there_is_none(
    year_group, term, framework
):
    written = RANGES.get(year_group, {}).get(term.label)
    for points in range(1, 102):
        expected = word(points, *written) if written else None
        assert judged(Kind.SUBJECT, year_group, term, points, framework) == expected


def test_the_written_ranges_are_those_of_years_1_to_9_in_three_terms():
    assert [int(year_group) for year_group in RANGES] == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert sum(len(terms) for terms in RANGES.values()) == 27


@pytest.mark.parametrize(
    ("year_group", "term", "points", "attainment"),
    [
        (YearGroup.Y1, AUTUMN, 21, "Below"),
        (YearGroup.Y1, AUTUMN, 22, "At"),  # begins before the Year 1 chart does
        (YearGroup.Y1, AUTUMN, 24, "Above"),
        (YearGroup.Y1, SUMMER, 28, "At"),
        (YearGroup.Y1, SUMMER, 29, "Above"),  # the third Securing point
        (YearGroup.Y4, SUMMER, 49, "At"),
        (YearGroup.Y4, SUMMER, 50, "Above"),
        (YearGroup.Y5, AUTUMN, 20, "Below"),
        (YearGroup.Y9, SPRING, 101, "Above"),
        (YearGroup.Y9, BASELINE, 79, None),
        (YearGroup.Y10, SUMMER, 90, None),
        (YearGroup.Y13, AUTUMN, 50, None),
        (YearGroup.R, SUMMER, 21, None),  # a subject has no range before Year 1
    ],
)
def test_attainment_in_a_subject_of_some_pupils(year_group, term, points, attainment):
    assert judged(Kind.SUBJECT, year_group, term, points) == attainment


@pytest.mark.parametrize("framework", EyfsFramework)
@pytest.mark.parametrize("year_group", YEAR_GROUPS)
def test_an_area_has_a_range_in_the_early_years_alone_and_none_in_a_baseline(year_group, framework):
    for term in AssessmentTerm:
        for first, _, (low, high) in TYPICAL_FOR_AGE:
            expected = ExpectedRange(low, high)
            if year_group is YearGroup.R and term is SUMMER:
                expected = ExpectedRange(21, 22 if framework is EyfsFramework.OF_2012 else 101)
            if term is BASELINE or year_group >= 1:
                expected = None
            assert (
                expected_range(Circumstances(Kind.EYFS_AREA, year_group, term, framework, first)) == expected
            )


@pytest.mark.parametrize(
    ("year_group", "term"),
    [(YearGroup.N1, SUMMER), (YearGroup.N2, AUTUMN), (YearGroup.N2, SUMMER), (YearGroup.R, AUTUMN), (YearGroup.R, SPRING)],
)  # fmt: skip
def test_before_the_end_of_reception_the_age_decides_for_every_month_and_point(year_group, term):
    for first, last, (low, high) in TYPICAL_FOR_AGE:
        for months in range(first, last + 1):
            for points in range(1, 102):
                found = judged(Kind.EYFS_AREA, year_group, term, points, EyfsFramework.OF_2021, months)
                assert found == word(points, low, high), (months, points)


def test_the_end_of_reception_is_judged_by_the_goal_at_any_age():
    for months in (40, 59, 60, 71, 80):
        for points in range(1, 102):
            for framework, high in ((EyfsFramework.OF_2012, 22), (EyfsFramework.OF_2021, 101)):
                found = judged(Kind.EYFS_AREA, YearGroup.R, SUMMER, points, framework, months)
                assert found == word(points, 21, high)


@unhurried
@given(
    st.sampled_from(list(RANGES)),
    st.sampled_from([AUTUMN, SPRING, SUMMER]),
    st.integers(1, 101),
    st.integers(1, 101),
)
def test_more_points_are_never_a_lower_attainment(year_group, term, one, other):
    range_ = expected_range(Circumstances(Kind.SUBJECT, year_group, term, EyfsFramework.OF_2021, 0))
    low, high = sorted([one, other])
    assert range_.judge(low) <= range_.judge(high)


@unhurried
@given(st.integers(1, 101), st.integers(1, 101), st.integers(1, 101))
def test_points_are_exactly_one_of_below_at_and_above(points, one, other):
    low, high = sorted([one, other])
    found = ExpectedRange(low, high).judge(points)
    assert [points < low, low <= points <= high, points > high].index(True) == [BELOW, AT, ABOVE].index(found)


def test_attainments_and_ranges_are_read_as_words():
    assert [each.label for each in Attainment] == ["Below", "At", "Above"]
    assert ExpectedRange(43, 44).label == "43 to 44"
    assert ExpectedRange(21, 101).label == "21 or more"


@pytest.mark.parametrize(
    ("attainments", "together"),
    [
        ((ABOVE, ABOVE, ABOVE), ABOVE),
        ((ABOVE, AT, ABOVE), AT),
        ((AT, AT, AT), AT),
        ((ABOVE, BELOW, ABOVE), BELOW),
        ((AT, None, AT), None),
        ((None, BELOW, BELOW), None),
        ((), None),
    ],
)
def test_subjects_together_are_as_good_as_the_weakest_and_nothing_while_one_is_missing(attainments, together):
    assert combined(attainments) is together
    assert combined(iter(attainments)) is together


# Expected between two points: from the row's to the column's, in the years 2025 and 2026 (a Baseline is a
# Summer's moment).
MOMENTS = [
    AssessmentPoint(2024, SUMMER),
    AssessmentPoint(2025, BASELINE),
    AssessmentPoint(2025, AUTUMN),
    AssessmentPoint(2025, SPRING),
    AssessmentPoint(2025, SUMMER),
    AssessmentPoint(2026, BASELINE),
    AssessmentPoint(2026, AUTUMN),
    AssessmentPoint(2026, SPRING),
    AssessmentPoint(2026, SUMMER),
]
STEPS = [
    [0, 0, 3, 5, 7, 7, 10, 12, 14],
    [0, 0, 3, 5, 7, 7, 10, 12, 14],
    [None, None, 0, 2, 4, 4, 7, 9, 11],
    [None, None, None, 0, 2, 2, 5, 7, 9],
    [None, None, None, None, 0, 0, 3, 5, 7],
    [None, None, None, None, 0, 0, 3, 5, 7],
    [None, None, None, None, None, None, 0, 2, 4],
    [None, None, None, None, None, None, None, 0, 2],
    [None, None, None, None, None, None, None, None, 0],
]  # fmt: skip


def test_expected_steps_are_the_sum_over_the_terms_in_between():
    for start, row in zip(MOMENTS, STEPS, strict=True):
        for end, steps in zip(MOMENTS, row, strict=True):
            if steps is not None:
                assert LEP.steps_between(start, end) == steps, (start, end)


def test_seven_steps_a_year_are_expected():
    assert LEP.steps == (3, 2, 2)
    assert LEP.steps_a_year == 7
    assert LEP.steps_between(AssessmentPoint(2016, SUMMER), AssessmentPoint(2025, SUMMER)) == 63


moments = st.builds(AssessmentPoint, st.integers(2015, 2030), st.sampled_from(AssessmentTerm))
versions = st.builds(
    lambda edges, steps: Expectations(tuple(tuple(sorted(edge)) for edge in edges), steps),
    st.tuples(*[st.tuples(st.integers(-9, 9), st.integers(-9, 9))] * 3),
    st.tuples(*[st.integers(0, 9)] * 3).filter(any),
)


@unhurried
@given(versions, moments, moments, moments)
def test_expected_steps_add_up_over_any_split(expectations, one, two, three):
    start, middle, end = sorted([one, two, three])
    assert expectations.steps_between(start, end) == expectations.steps_between(
        start, middle
    ) + expectations.steps_between(middle, end)
    assert expectations.steps_between(start, end) >= 0


@unhurried
@given(versions, moments)
def test_a_baseline_stands_where_the_summer_before_stood(expectations, moment):
    assert expectations.steps_between(moment.summer_before, moment.baseline) == 0


def test_a_partnership_may_keep_its_own_expectations():
    own = Expectations(ranges=((0, 1), (2, 3), (4, 8)), steps=(2, 2, 3))
    year_4 = Circumstances(Kind.SUBJECT, YearGroup.Y4, SUMMER, EyfsFramework.OF_2021, 0)
    assert expected_range(year_4, own) == ExpectedRange(48, 52)
    assert own.subject_range(YearGroup.Y1, TermName.AUTUMN) == ExpectedRange(23, 24)
    assert own.steps_between(AssessmentPoint(2024, SUMMER), AssessmentPoint(2025, SPRING)) == 4
    assert Fraction(own.steps_a_year) == 7


@pytest.mark.parametrize(
    ("ranges", "steps"),
    [
        (((1, 0), (1, 2), (3, 5)), (3, 2, 2)),
        (((-1, 0), (1, 2), (3, 5)), (3, -1, 2)),
        (((-1, 0), (1, 2), (3, 5)), (0, 0, 0)),
    ],
)
def test_expectations_that_cannot_be_are_refused(ranges, steps):
    with pytest.raises(ValueError, match="lower to its higher end"):
        Expectations(ranges, steps)


def test_a_year_runs_from_its_baseline_to_summer():
    assert [term.label for term in AssessmentTerm] == ["Baseline", "Autumn", "Spring", "Summer"]
    assert [term.term for term in AssessmentTerm] == [None, TermName.AUTUMN, TermName.SPRING, TermName.SUMMER]
    backwards = MOMENTS[::-1]
    assert sorted(backwards) == MOMENTS
    assert AssessmentPoint(2025, SPRING).baseline == AssessmentPoint(2025, BASELINE)
    assert AssessmentPoint(2025, SPRING).summer_before == AssessmentPoint(2024, SUMMER)


def test_phases_and_key_stages_are_those_of_the_partnership():
    phases = {
        "N1": "EYFS", "N2": "EYFS", "R": "EYFS", "1": "KS1", "2": "KS1", "3": "LKS2", "4": "LKS2", "5": "UKS2",
        "6": "UKS2", "7": "KS3", "8": "KS3", "9": "KS3", "10": "KS4", "11": "KS4", "12": None, "13": None,
    }  # fmt: skip
    key_stages = phases | dict.fromkeys("3456", "KS2")
    for year_group in YEAR_GROUPS:
        phase, key_stage = phase_of(year_group), key_stage_of(year_group)
        assert (phase and phase.label) == phases[year_group.code]
        assert (key_stage and key_stage.label) == key_stages[year_group.code]
    assert [phase.label for phase in Phase] == ["EYFS", "KS1", "LKS2", "UKS2", "KS2", "KS3", "KS4"]
