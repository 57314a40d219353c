"""Where a pupil is heading: catching up or falling back, and on track for the end of the key stage.

Source: LEP expectations, reading the numbers fairly.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm, key_stage_of
from assessment.engine.expectations import FIRST_YEAR_GROUP, LAST_YEAR_GROUP, LEP, Expectations
from assessment.engine.expected_range import Attainment, ExpectedRange
from schools.calendar import TermName, YearGroup


class Direction(Enum):
    """What a pupil below the range is doing against it."""

    CATCHING_UP = "Catching up"
    STEADY = "Steady"
    FALLING_BACK = "Falling back"


@dataclass(frozen=True)
class Standing:
    """Points, and the range that they were measured by."""

    points: int
    expected: ExpectedRange

    @property
    def shortfall(self) -> int:
        """Points missing to the nearer edge of the range; 0 within and above it."""
        return max(0, self.expected.low - self.points)


def direction(now: Standing, a_year_ago: Standing | None) -> Direction | None:
    """How a pupil who is below moved against the range since the same term last year; None without that, or when not below."""
    if a_year_ago is None or now.shortfall == 0:
        return None
    if now.shortfall < a_year_ago.shortfall:
        return Direction.CATCHING_UP
    return Direction.STEADY if now.shortfall == a_year_ago.shortfall else Direction.FALLING_BACK


@dataclass(frozen=True)
class Outlook:
    """Where expected steps from now on would lead by the Summer that ends the key stage."""

    projected: int
    expected: ExpectedRange
    attainment: Attainment

    @property
    def is_on_track(self) -> bool:
        """At or above that Summer's range."""
        return self.attainment is not Attainment.BELOW


def outlook(
    points: int, at: AssessmentPoint, year_group: YearGroup, expectations: Expectations = LEP
) -> Outlook | None:
    """The latest points plus the steps expected until the key stage ends; None outside Years 1 to 9.

    `at` is when the points were judged and `year_group` the pupil's then; a year group a year is taken for granted.
    """
    key_stage = key_stage_of(year_group)
    if key_stage is None or not FIRST_YEAR_GROUP <= year_group <= LAST_YEAR_GROUP:
        return None
    ends = AssessmentPoint(at.academic_year + key_stage.last - year_group, AssessmentTerm.SUMMER)
    projected = points + expectations.steps_between(at, ends)
    expected = expectations.subject_range(key_stage.last, TermName.SUMMER)
    return Outlook(projected, expected, expected.judge(projected))
