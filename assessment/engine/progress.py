"""Progress: how many points since the start, against how many expected.

Source: LEP expectations, progress. A history is one pupil's judgements in one subject or area, in any order; entries without
points (absent, new, not required) count for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from fractions import Fraction

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm, Stretch
from assessment.engine.expectations import FIRST_YEAR_GROUP, LAST_YEAR_GROUP, LEP, Expectations
from assessment.engine.point_scale import mastery_begins
from assessment.engine.subjects import is_early_years
from schools.calendar import YearGroup


class Progress(IntEnum):
    """How the steps made compare with those expected."""

    LESS = 1
    EXPECTED = 2
    MORE = 3

    @property
    def label(self) -> str:
        """As people read it."""
        return {
            Progress.LESS: "Less than expected",
            Progress.EXPECTED: "Expected",
            Progress.MORE: "More than expected",
        }[self]


@dataclass(frozen=True)
class Judged:
    """One entry of a history: when, how many points (None: a reason stands there), and whether it was marked *on entry*."""

    at: AssessmentPoint
    points: int | None
    is_on_entry: bool = False


@dataclass(frozen=True)
class ProgressMeasure:
    """From where to where, how many steps, against how many.

    `expected` and `outcome` are None in nursery and Reception, where only the number of steps is shown. `is_by_mastery` says that
    the outcome is due to finishing the year in Mastery, not to the steps. `is_individual`: measured by the pupil's own
    expected number of steps, which has to be said wherever the outcome is shown.
    """

    start: Judged
    end: Judged
    steps: int
    expected: Fraction | None
    outcome: Progress | None
    is_by_mastery: bool = False
    is_individual: bool = False


@dataclass(frozen=True)
class Yardstick:
    """By what a pupil's progress is measured.

    `own_steps`: the steps a year expected of this pupil, by academic year, where the partnership allows a pupil with SEN a number of the
    own. Such a year's are shared over its terms as the partnership's are (3/7, 2/7, 2/7) and compared exactly; every other year
    counts as everybody's.
    """

    expectations: Expectations = LEP
    own_steps: Mapping[int, int] = field(default_factory=dict)

    def steps_between(self, start: AssessmentPoint, end: AssessmentPoint) -> Fraction:
        """The steps expected from one assessment point to a later one: the sum over the years in between."""
        shared = Fraction(self.expectations.steps_between(start, end))
        a_year = self.expectations.steps_a_year
        return shared + sum(
            Fraction(share * (self.own_steps[year] - a_year), a_year)
            for year, share in self._own_shares(start, end)
        )

    def is_individual(self, start: AssessmentPoint, end: AssessmentPoint) -> bool:
        """Whether steps of the pupil's own are among those expected in between."""
        return any(share for _, share in self._own_shares(start, end))

    def _own_shares(self, start: AssessmentPoint, end: AssessmentPoint) -> Iterator[tuple[int, int]]:
        """Of each year with steps of its own: how many of everybody's steps would fall in between."""
        for year in self.own_steps:
            if start.academic_year <= year <= end.academic_year:
                first = max(start, AssessmentPoint(year, AssessmentTerm.BASELINE))
                last = min(end, AssessmentPoint(year, AssessmentTerm.SUMMER))
                yield year, self.expectations.steps_between(first, last)


SHIPPED_YARDSTICK = Yardstick()

Start = Callable[[Sequence[Judged], AssessmentPoint], Judged | None]


def this_term(
    history: Iterable[Judged],
    at: AssessmentPoint,
    year_group: YearGroup,
    yardstick: Yardstick = SHIPPED_YARDSTICK,
) -> ProgressMeasure | None:
    """From the latest judgement before this term's, but no earlier than the start of the year; None without one, or without an end.

    The start of the year is its Baseline, else the Summer before.
    """
    return _measure(history, at, year_group, yardstick, _start_of_term)


def this_year(
    history: Iterable[Judged],
    at: AssessmentPoint,
    year_group: YearGroup,
    yardstick: Yardstick = SHIPPED_YARDSTICK,
) -> ProgressMeasure | None:
    """From the year's Baseline, else the Summer before, else the year's first judgement marked on entry; None without any.

    In Summer whoever has a start and ends in the Mastery of the own year, or beyond, has made more than expected progress.
    """
    measure = _measure(history, at, year_group, yardstick, _start_of_year)
    return _with_mastery(measure, year_group) if measure else None


def between(
    history: Iterable[Judged],
    start: AssessmentPoint,
    at: AssessmentPoint,
    year_group: YearGroup,
    yardstick: Yardstick = SHIPPED_YARDSTICK,
) -> ProgressMeasure | None:
    """From one assessment point to a later one, whatever was judged in between; None without either."""
    return _measure(history, at, year_group, yardstick, lambda held, _: _at(held, start))


def phase_to_date(
    history: Iterable[Judged],
    at: AssessmentPoint,
    year_groups: Mapping[int, YearGroup],
    phase: Stretch,
    yardstick: Yardstick = SHIPPED_YARDSTICK,
) -> ProgressMeasure | None:
    """From the start of the phase's first year; None without a start.

    `year_groups` is the pupil's year group in each academic year of the record, that of `at`, which is in the phase, among them. The first year is the latest
    in which the pupil was in the phase's first year group; a Baseline of it starts the phase, else the Summer before it.
    Else, and where there is no such year, the first Baseline or judgement marked on entry within the phase does.
    """

    def start(held: Sequence[Judged], _: AssessmentPoint) -> Judged | None:
        return start_of_phase(held, at, year_groups, phase)

    return _measure(history, at, year_groups[at.academic_year], yardstick, start)


def first_year_of_phase(
    at: AssessmentPoint, year_groups: Mapping[int, YearGroup], phase: Stretch
) -> int | None:
    """The latest academic year up to `at` in which the pupil was in the phase's first year group."""
    return max(
        (year for year, group in year_groups.items() if group is phase.first and year <= at.academic_year),
        default=None,
    )


def start_of_phase(
    held: Sequence[Judged], at: AssessmentPoint, year_groups: Mapping[int, YearGroup], phase: Stretch
) -> Judged | None:
    """Where progress over the phase starts, among judgements with points before `at` in the order of time; by the rule of `phase_to_date`."""
    within = {year for year, group in year_groups.items() if group in phase and year <= at.academic_year}
    first = first_year_of_phase(at, year_groups, phase)
    opening = _opening(held, first) if first is not None else None
    return opening or next(
        (
            each
            for each in held
            if each.at.academic_year in within
            and (first is None or each.at.academic_year >= first)
            and (each.at.term is AssessmentTerm.BASELINE or each.is_on_entry)
        ),
        None,
    )


def _measure(
    history: Iterable[Judged],
    at: AssessmentPoint,
    year_group: YearGroup,
    yardstick: Yardstick,
    find_start: Start,
) -> ProgressMeasure | None:
    """The start is looked for among what came before: a judgement is never its own start.

    A Baseline is where progress starts and ends none.
    """
    held = sorted((each for each in history if each.points is not None), key=lambda each: each.at)
    end = _at(held, at)
    if end is None or at.term is AssessmentTerm.BASELINE or year_group > LAST_YEAR_GROUP:
        return None
    start = find_start([each for each in held if each.at < at], at)
    if start is None or start.points is None or end.points is None:
        return None
    steps = end.points - start.points
    if is_early_years(year_group):
        return ProgressMeasure(start, end, steps, None, None)
    expected = yardstick.steps_between(start.at, end.at)
    return ProgressMeasure(
        start,
        end,
        steps,
        expected,
        _compare(steps, expected),
        is_individual=yardstick.is_individual(start.at, end.at),
    )


def _compare(steps: int, expected: Fraction) -> Progress:
    if steps < expected:
        return Progress.LESS
    return Progress.EXPECTED if steps == expected else Progress.MORE


def _with_mastery(measure: ProgressMeasure, year_group: YearGroup) -> ProgressMeasure:
    if (
        measure.outcome in {None, Progress.MORE}
        or measure.end.at.term is not AssessmentTerm.SUMMER
        or year_group < FIRST_YEAR_GROUP
        or (measure.end.points or 0) < mastery_begins(year_group)
    ):
        return measure
    return ProgressMeasure(
        measure.start,
        measure.end,
        measure.steps,
        measure.expected,
        Progress.MORE,
        is_by_mastery=True,
        is_individual=measure.is_individual,
    )


def _at(held: Sequence[Judged], at: AssessmentPoint) -> Judged | None:
    return next((each for each in held if each.at == at), None)


def _opening(held: Sequence[Judged], year: int) -> Judged | None:
    """Where a year starts: its Baseline, even when that is lower, else the Summer before."""
    baseline = AssessmentPoint(year, AssessmentTerm.BASELINE)
    return _at(held, baseline) or _at(held, baseline.summer_before)


def _start_of_term(held: Sequence[Judged], at: AssessmentPoint) -> Judged | None:
    latest = held[-1] if held else None
    return latest if latest and latest.at >= at.summer_before else None


def _start_of_year(held: Sequence[Judged], at: AssessmentPoint) -> Judged | None:
    return _opening(held, at.academic_year) or next(
        (each for each in held if each.at.academic_year == at.academic_year and each.is_on_entry), None
    )
