"""What holds of progress whatever the history."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm, Phase
from assessment.engine.progress import Judged, Progress, Yardstick, phase_to_date, this_term, this_year
from schools.calendar import YearGroup
from tests.assessment.engine.histories import histories, moments
from tests.assessment.engine.tables import MASTERY, YEAR_GROUPS
from tests.unhurried import unhurried

year_groups = st.sampled_from(YEAR_GROUPS)
measured = st.sampled_from(list(MASTERY))
yardsticks = st.builds(
    Yardstick, own_steps=st.dictionaries(st.integers(2021, 2026), st.integers(0, 14), max_size=3)
)
GROUPS = {2022: YearGroup.Y3, 2023: YearGroup.Y4, 2024: YearGroup.Y5}


def all_measures(held, at, year_group, yardstick):
    yield this_term(held, at, year_group, yardstick)
    yield this_year(held, at, year_group, yardstick)
    for phase in Phase:
        if phase.first <= GROUPS[at.academic_year] <= phase.last:
            yield phase_to_date(held, at, GROUPS, phase, yardstick)


@unhurried
@given(histories, moments, year_groups, yardsticks, st.randoms())
def test_the_order_of_the_history_changes_nothing(held, at, year_group, yardstick, random):
    shuffled = list(held)
    random.shuffle(shuffled)
    assert list(all_measures(held, at, year_group, yardstick)) == list(
        all_measures(tuple(shuffled), at, year_group, yardstick)
    )


@unhurried
@given(histories, moments, year_groups, yardsticks)
def test_what_comes_after_and_what_has_no_points_changes_nothing(held, at, year_group, yardstick):
    before = [each for each in held if each.at <= at and each.points is not None]
    assert list(all_measures(held, at, year_group, yardstick)) == list(
        all_measures(before, at, year_group, yardstick)
    )


@unhurried
@given(histories, moments, year_groups, yardsticks)
def test_a_measure_is_from_an_earlier_judgement_to_the_one_asked_for(held, at, year_group, yardstick):
    for measure in all_measures(held, at, year_group, yardstick):
        if measure:
            assert measure.start in held
            assert measure.end in held
            assert measure.start.at < measure.end.at == at
            assert measure.steps == measure.end.points - measure.start.points


@unhurried
@given(histories, moments, measured, yardsticks)
def test_the_word_is_exactly_one_of_three_and_follows_from_steps_or_mastery(held, at, year_group, yardstick):
    for measure in all_measures(held, at, year_group, yardstick):
        if measure:
            compared = [
                measure.steps < measure.expected,
                measure.steps == measure.expected,
                measure.steps > measure.expected,
            ]
            by_steps = list(Progress)[compared.index(True)]
            assert measure.outcome is (Progress.MORE if measure.is_by_mastery else by_steps)
            assert not (measure.is_by_mastery and by_steps is Progress.MORE)
            assert measure.is_individual is yardstick.is_individual(measure.start.at, measure.end.at)


@unhurried
@given(histories, moments, measured, yardsticks)
def test_mastery_decides_in_summer_in_the_own_years_mastery_alone(held, at, year_group, yardstick):
    measure = this_year(held, at, year_group, yardstick)
    assume(measure is not None)
    mastered = at.term is AssessmentTerm.SUMMER and measure.end.points >= MASTERY[year_group]
    assert not measure.is_by_mastery or mastered
    assert not mastered or measure.outcome is Progress.MORE


@unhurried
@given(histories, moments, measured, yardsticks)
def test_seven_a_year_are_expected_or_those_of_the_pupils_own(held, at, year_group, yardstick):
    whole = {"Baseline": 0, "Autumn": 3, "Spring": 5, "Summer": 7}
    for measure in all_measures(held, at, year_group, yardstick):
        if measure:
            start, end = measure.start.at, measure.end.at
            # Sevenths, summed year by year.
            sevenths = sum(
                yardstick.own_steps.get(year, 7)
                * (
                    (whole[end.term.label] if year == end.academic_year else 7)
                    - (whole[start.term.label] if year == start.academic_year else 0)
                )
                for year in range(start.academic_year, end.academic_year + 1)
            )
            assert measure.expected == Fraction(sevenths, 7)


@unhurried
@given(
    histories,
    st.sampled_from(list(GROUPS)),
    st.sampled_from(["Spring", "Summer"]),
    measured,
    yardsticks,
    st.data(),
)
def test_a_missing_middle_term_never_changes_the_measure_of_the_year(
    held, year, term, year_group, yardstick, data
):
    at = AssessmentPoint(year, AssessmentTerm[term.upper()])
    measure = this_year(held, at, year_group, yardstick)
    assume(measure is not None)
    others = [each for each in held if each not in (measure.start, measure.end)]
    middle = [each for each in others if each.at.academic_year == year and measure.start.at < each.at < at]
    dropped = data.draw(st.lists(st.sampled_from(middle), unique_by=id)) if middle else []
    assert this_year([each for each in held if each not in dropped], at, year_group, yardstick) == measure


@unhurried
@given(histories, moments, measured, yardsticks, st.integers(1, 101))
def test_more_points_at_the_end_are_never_less_progress(held, at, year_group, yardstick, points):
    for one, other in zip(
        all_measures(held, at, year_group, yardstick),
        all_measures(
            [with_points(each, points) if each.at == at else each for each in held], at, year_group, yardstick
        ),
        strict=True,
    ):
        if one and other:
            low, high = sorted([one, other], key=lambda measure: measure.end.points)
            assert low.outcome <= high.outcome


@unhurried
@given(histories, moments, measured, yardsticks, st.integers(1, 101))
def test_a_higher_start_is_never_more_progress(held, at, year_group, yardstick, points):
    measure = this_year(held, at, year_group, yardstick)
    assume(measure is not None)
    moved = [with_points(each, points) if each is measure.start else each for each in held]
    other = this_year(moved, at, year_group, yardstick)
    low, high = sorted([measure, other], key=lambda each: each.start.points)
    assert low.outcome >= high.outcome


@unhurried
@given(histories, moments, year_groups, yardsticks)
def test_the_term_measures_from_no_earlier_than_the_year_does_where_that_has_its_opening(
    held, at, year_group, yardstick
):
    term, year = this_term(held, at, year_group, yardstick), this_year(held, at, year_group, yardstick)
    if year:
        assert term is not None
        assert term.start.at >= year.start.at


@unhurried
@given(histories, moments, st.sampled_from([YearGroup.N1, YearGroup.N2, YearGroup.R]), yardsticks)
def test_the_early_years_have_steps_and_no_word(held, at, year_group, yardstick):
    for measure in (this_term(held, at, year_group, yardstick), this_year(held, at, year_group, yardstick)):
        assert measure is None or (measure.expected, measure.outcome, measure.is_by_mastery) == (
            None,
            None,
            False,
        )


@unhurried
@given(histories, moments, st.sampled_from(YEAR_GROUPS[-4:]), yardsticks)
def test_from_year_10_nothing_is_measured(held, at, year_group, yardstick):
    assert this_term(held, at, year_group, yardstick) is None
    assert this_year(held, at, year_group, yardstick) is None


@unhurried
@given(histories, moments, year_groups)
def test_the_year_starts_by_the_first_rule_that_finds_something(held, at, year_group):
    measure = this_year(held, at, year_group)
    assume(measure is not None)
    points = {(each.at.academic_year, each.at.term.label): each for each in held if each.points is not None}
    year = at.academic_year
    rules = [points.get((year, "Baseline")), points.get((year - 1, "Summer"))]
    rules += [points.get((year, term)) for term in ("Autumn", "Spring", "Summer")]
    marked = [each for each in rules[2:] if each and each.is_on_entry]
    assert measure.start == next(each for each in [*rules[:2], *marked] if each)


def with_points(judged, points):
    return Judged(judged.at, None if judged.points is None else points, judged.is_on_entry)
