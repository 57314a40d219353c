"""The early years: stages typical for an age, the Early Learning Goal, the Good Level of Development.

Source: LEP expectations, EYFS; the statutory profiles of 2012 and 2021.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from assessment.engine.expected_range import ExpectedRange
from assessment.engine.point_scale import EARLY_LEARNING_GOAL, EYFS_BANDS, LAST_POINT
from schools.calendar import EyfsFramework

_POINTS_IN_BAND = 3
GOALS_OF_GLD = 12


class GoalOutcome(IntEnum):
    """What the profile at the end of Reception says of a goal, with the profile's own numbers."""

    EMERGING = 1
    EXPECTED = 2
    EXCEEDING = 3


def range_for_age(months: int) -> ExpectedRange:
    """The points typical for a child of so many completed months (derived).

    From the first step of the youngest stage that has not ended to the last step of the oldest that has begun; 40-60 months counts as
    40 and over. Whoever is judged in an earlier stage is below, in a later one above. ValueError before birth.
    """
    if months < 0:
        raise ValueError(f"A child of {months} months is not born yet.")
    *earlier, (last_begins, _, last_points) = EYFS_BANDS
    open_ended = (*earlier, (last_begins, months, last_points))
    typical = [points for begins, ends, points in open_ended if begins <= months <= ends]
    return ExpectedRange(typical[0], typical[-1] + _POINTS_IN_BAND - 1)


def goal_range(framework: EyfsFramework) -> ExpectedRange:
    """The Early Learning Goal at the end of Reception: 21 to 22, and under 2021, which has no exceeding, 21 or more."""
    if framework is EyfsFramework.OF_2021:
        return ExpectedRange(EARLY_LEARNING_GOAL, LAST_POINT)
    return ExpectedRange(EARLY_LEARNING_GOAL, EARLY_LEARNING_GOAL + 1)


def goal_outcome(points: int, framework: EyfsFramework) -> GoalOutcome:
    """Emerging (1), expected (2) or, under 2012 alone, exceeding (3)."""
    return GoalOutcome(int(goal_range(framework).judge(points)))


def good_level_of_development(points: Sequence[int | None]) -> bool | None:
    """Whether a child reached at least the expected level in the twelve goals that count, given their points.

    None where one was not assessed: the child is left out of the measure and counted apart. ValueError for another number of goals.
    """
    if len(points) != GOALS_OF_GLD:
        raise ValueError(f"The Good Level of Development has {GOALS_OF_GLD} goals, not {len(points)}.")
    judged = [each for each in points if each is not None]
    if len(judged) < GOALS_OF_GLD:
        return None
    return min(judged) >= EARLY_LEARNING_GOAL
