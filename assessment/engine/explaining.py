"""Why a judgement has its colour and a measure its outcome, in one plain sentence each: the words of a school, with the numbers filled in.

Nothing is decided here: the sentences say what `expectations`, `eyfs` and `progress` decided.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from fractions import Fraction

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.expectations import LAST_YEAR_GROUP, Circumstances
from assessment.engine.expected_range import Attainment, ExpectedRange
from assessment.engine.eyfs import GoalOutcome, goal_outcome, goal_range
from assessment.engine.progress import Judged, Progress, ProgressMeasure, Yardstick
from assessment.engine.subjects import Kind, is_early_years
from schools.calendar import EyfsFramework, TermName, YearGroup

_WHERE = {Attainment.BELOW: "below", Attainment.AT: "in", Attainment.ABOVE: "above"}
BY_AGE = "By age: this tracker's own rule (derived), as the partnership's expectations leave it open before the end of Reception"
# Said wherever progress is coloured by steps that were agreed for one pupil.
OWN_EXPECTATION = "own expectation"
EARLY_YEARS_STEPS = "In nursery and Reception steps are counted and have no colour."


def is_by_goal(of: Circumstances) -> bool:
    """Whether the Early Learning Goal decides: an area at the end of Reception."""
    at_its_end = of.year_group is YearGroup.R and of.term is AssessmentTerm.SUMMER
    return of.kind is Kind.EYFS_AREA and at_its_end


def is_by_age(of: Circumstances) -> bool:
    """Whether the age decides: an area at the end of any earlier term (derived)."""
    return of.kind is Kind.EYFS_AREA and is_early_years(of.year_group) and not is_by_goal(of)


def say_attainment(points: int, expected: ExpectedRange, of: Circumstances) -> str:
    """`45 is above the range expected of Year 4 at the end of Autumn, 43 to 44.`"""
    if is_by_goal(of):
        return _say_goal(points, expected, of.framework)
    where = _WHERE[expected.judge(points)]
    if is_by_age(of):
        return f"{points} is {where} the range typical of a child of {of.age_in_months} months, {expected.label}."
    whose = f"{of.year_group.label} at the end of {of.term.label}"
    return f"{points} is {where} the range expected of {whose}, {expected.label}."


def _say_goal(points: int, expected: ExpectedRange, framework: EyfsFramework) -> str:
    goal = f"the Early Learning Goal, {expected.label}"
    where = {
        GoalOutcome.EMERGING: f"below {goal}: emerging",
        GoalOutcome.EXPECTED: f"at {goal}: expected",
        GoalOutcome.EXCEEDING: f"above {goal}: exceeding",
    }[goal_outcome(points, framework)]
    return f"{points} is {where}, by the framework of {framework.value}."


def judged_against(
    year_groups: Collection[YearGroup], term: AssessmentTerm, ends_on: dt.date, framework: EyfsFramework
) -> tuple[tuple[str, str], ...]:
    """What the colours of areas of learning compare with at the end of a term: in a few words, and in a sentence; first by age, then by goal.

    `ends_on` is the last day of the term at the school, on which the children are as old as it says beside their names.
    """
    has_goal = term is AssessmentTerm.SUMMER and YearGroup.R in year_groups
    found = []
    if any(each is not YearGroup.R or not has_goal for each in year_groups):
        day = f"{ends_on.day} {ends_on:%B %Y}"
        found.append(
            (
                "what is typical for age (derived)",
                f"Colours compare with what is typical for the age in months on {day}. {BY_AGE}.",
            )
        )
    if has_goal:
        expected = goal_range(framework)
        above = (
            "" if framework is EyfsFramework.OF_2012 else " There is no exceeding in the framework of 2021."
        )
        sentence = (
            f"At the end of Reception the Early Learning Goal decides: {expected.label} is expected.{above}"
        )
        found.append(("the Early Learning Goal", sentence))
    return tuple(found)


def say_no_range(of: Circumstances) -> str:
    """Why nothing is expected, and so nothing coloured; for circumstances without a range."""
    if of.term is AssessmentTerm.BASELINE:
        return "A Baseline has no colour: it says where the year starts from, and nothing is expected of it."
    if of.kind is Kind.EYFS_AREA:
        return f"No colour: areas of learning are measured in nursery and Reception, not in {of.year_group.label}."
    if of.year_group > LAST_YEAR_GROUP:
        return f"No colour: a range is expected in Years 1 to 9, not in {of.year_group.label}."
    return f"No colour: in {of.year_group.label} areas of learning are measured, not subjects."


def say_progress(measure: ProgressMeasure, year_group: YearGroup) -> str:
    """`2 steps since the Baseline, fewer than the 3 expected.` Of who finished in Mastery: that this decided."""
    since = f"since {name_of(measure.start, measure.end.at.academic_year)}"
    if measure.is_by_mastery:
        return (
            f"{measure.end.points} at the end of Summer is {year_group.label} Mastery or beyond: "
            "more than expected for the year, whatever the steps."
        )
    if measure.expected is None:
        return f"{_steps(measure.steps)} {since}. {EARLY_YEARS_STEPS}"
    return f"{_steps(measure.steps)} {since}, {_against(measure)}."


def _steps(steps: int) -> str:
    if steps == 0:
        return "No step"
    return f"{abs(steps)} step{'' if abs(steps) == 1 else 's'}{' back' if steps < 0 else ''}"


def _against(measure: ProgressMeasure) -> str:
    whose = f" of this pupil ({OWN_EXPECTATION})" if measure.is_individual else ""
    if measure.outcome is Progress.EXPECTED:
        return f"as many as expected{whose}"
    fewer_or_more = "fewer" if measure.outcome is Progress.LESS else "more"
    return f"{fewer_or_more} than the {in_parts(measure.expected or Fraction(0))} expected{whose}"


def in_parts(steps: Fraction) -> str:
    """`3`, `1 5/7`, `5/7`: steps expected, which may be parts of one, as people write them."""
    whole, rest = divmod(steps, 1)
    if not rest:
        return str(whole)
    return f"{whole} {rest}" if whole else str(rest)


def name_of(judged: Judged, academic_year: int) -> str:
    """`the Baseline`, `last Summer`, `Autumn`: the start of a measure, seen from the year that it is for."""
    if judged.at.academic_year < academic_year:
        return f"last {judged.at.term.label}"
    return "the Baseline" if judged.at.term is AssessmentTerm.BASELINE else judged.at.term.label


def say_expected_steps(yardstick: Yardstick, start: AssessmentPoint, end: AssessmentPoint) -> str:
    """The expected steps as a sum over the terms in between: `Autumn 3 + Spring 2 = 5`."""
    between = [
        AssessmentPoint(year, AssessmentTerm(term))
        for year in range(start.academic_year, end.academic_year + 1)
        for term in TermName
        if start < (year, term) <= end
    ]
    parts = [
        f"{each.term.label} {in_parts(yardstick.steps_between(_start_of(each), each))}" for each in between
    ]
    total = "" if len(parts) == 1 else f" = {in_parts(yardstick.steps_between(start, end))}"
    return " + ".join(parts) + total


def _start_of(term: AssessmentPoint) -> AssessmentPoint:
    return AssessmentPoint(term.academic_year, AssessmentTerm(term.term - 1))


def say_no_measure(end: Judged | None, at: AssessmentPoint, year_group: YearGroup, *, of_year: bool) -> str:
    """Why there is no measure of progress: beyond Year 9, without points now, or without a start."""
    if year_group > LAST_YEAR_GROUP:
        return f"No measure: steps are expected in Years 1 to 9, not in {year_group.label}."
    if end is None or end.points is None:
        return f"No measure: there are no points at the end of {at.term.label}."
    if of_year:
        return "No measure: no baseline. There are no points of a Baseline or of last Summer, and none earlier this year marked on entry."
    return "No measure: no baseline. There are no earlier points, neither this year nor from last Summer."


def say_start(measure: ProgressMeasure, summer_before: Judged | None, *, of_year: bool) -> str:
    """Why the measure starts where it does; where a Baseline won over last Summer's points, both are named."""
    start, has_summer = measure.start, summer_before is not None and summer_before.points is not None
    if start.at.term is AssessmentTerm.BASELINE and has_summer and summer_before is not None:
        return f"The year starts at its Baseline, {start.points}: it counts before last Summer's {summer_before.points}, higher or lower."
    if start.at.term is AssessmentTerm.BASELINE:
        return "The year starts at its Baseline."
    if start.at.academic_year < measure.end.at.academic_year:
        return "No points of a Baseline this year, so it starts at last Summer."
    if of_year:
        return f"No points of a Baseline or of last Summer. {start.at.term.label} is marked on entry: only the terms since then count."
    return "The latest points before this term."
