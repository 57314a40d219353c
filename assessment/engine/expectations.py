"""What is expected of a pupil: the range of points at the end of each term, and the steps between terms.

Source: LEP expectations, attainment and progress. A partnership may keep its own from a date on; `LEP` is what is shipped.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.expected_range import Attainment, ExpectedRange
from assessment.engine.eyfs import goal_range, range_for_age
from assessment.engine.point_scale import first_point_of
from assessment.engine.subjects import Kind, is_early_years
from schools.calendar import EyfsFramework, TermName, YearGroup

# From these, and in between, pupils have an expected range and an expected number of steps; elsewhere there is none.
FIRST_YEAR_GROUP, LAST_YEAR_GROUP = YearGroup.Y1, YearGroup.Y9


@dataclass(frozen=True)
class Expectations:
    """One version of the expectations.

    `ranges`: for each term the first and the last expected point, counted from the first Entering point of the pupil's own year
    (7Y+16), which is 0. `steps`: the points expected to be gained in each term.
    """

    ranges: tuple[tuple[int, int], tuple[int, int], tuple[int, int]]
    steps: tuple[int, int, int]
    # Steps up to each part of the year; kept, for it is asked for in every measure.
    steps_before: tuple[int, int, int, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if any(low > high for low, high in self.ranges) or min(self.steps) < 0 or not any(self.steps):
            raise ValueError(
                "A range runs from its lower to its higher end; no steps are negative, and some are expected."
            )
        autumn, spring, summer = self.steps
        object.__setattr__(self, "steps_before", (0, autumn, autumn + spring, autumn + spring + summer))

    @property
    def steps_a_year(self) -> int:
        """The steps expected from one Summer to the next."""
        return sum(self.steps)

    def subject_range(self, year_group: YearGroup, term: TermName) -> ExpectedRange:
        """The range at the end of a term for a pupil of Year 1 to 9."""
        low, high = self.ranges[term - 1]
        return ExpectedRange(first_point_of(year_group) + low, first_point_of(year_group) + high)

    def steps_between(self, start: AssessmentPoint, end: AssessmentPoint) -> int:
        """The steps expected over the terms from one assessment point to a later one, whatever was judged in between.

        A Baseline stands where the Summer before it stood: nothing is expected between the two.
        """
        return (
            (end.academic_year - start.academic_year) * self.steps_a_year
            + self.steps_before[end.term]
            - self.steps_before[start.term]
        )


LEP = Expectations(ranges=((-1, 0), (1, 2), (3, 5)), steps=(3, 2, 2))


@dataclass(frozen=True)
class Circumstances:
    """What, beside the points, decides the range of a judgement.

    `age_in_months` is in completed months at the end of the term, and counts in nursery and Reception alone.
    """

    kind: Kind
    year_group: YearGroup
    term: AssessmentTerm
    framework: EyfsFramework
    age_in_months: int


def expected_range(of: Circumstances, expectations: Expectations = LEP) -> ExpectedRange | None:
    """The range that the judgement is measured by; None where nothing is expected, and so no colour.

    Subjects have one in Years 1 to 9, areas of learning in nursery and Reception; a Baseline has none.
    """
    term = of.term.term
    if term is None:
        return None
    if of.kind is Kind.EYFS_AREA:
        return _area_range(of, term) if is_early_years(of.year_group) else None
    if not FIRST_YEAR_GROUP <= of.year_group <= LAST_YEAR_GROUP:
        return None
    return expectations.subject_range(of.year_group, term)


def _area_range(of: Circumstances, term: TermName) -> ExpectedRange:
    """At the end of Reception the Early Learning Goal decides, before that the age."""
    if of.year_group is YearGroup.R and term is TermName.SUMMER:
        return goal_range(of.framework)
    return range_for_age(of.age_in_months)


def combined(attainments: Iterable[Attainment | None]) -> Attainment | None:
    """Several subjects as one: above where all are, at where all are at least that, else below; None where one is missing."""
    held = list(attainments)
    judged = [each for each in held if each is not None]
    if not held or len(judged) < len(held):
        return None
    return min(judged)
