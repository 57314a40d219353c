"""One child's EYFS profile at the end of Reception: the outcome of each goal, the Good Level of Development, the total points.

Source: the statutory profiles of 2012 (2013 to 2020: emerging, expected, exceeding) and of 2021 (emerging, expected).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from assessment.engine.eyfs import GoalOutcome, goal_outcome, good_level_of_development
from assessment.engine.point_scale import EARLY_LEARNING_GOAL
from assessment.engine.subjects import EYFS_AREAS, Subject
from schools.calendar import EyfsFramework

NOT_ASSESSED = "A"
"""The profile's code of a goal that was not assessed: long absence, recent arrival, exemption. It is not emerging."""

# How the note begins of what was taken from a profile: points that nobody said, or A.
_NOTE = "EYFS profile: "
# An outcome is no point of the scale: of the points that mean it, the one that is nearest to the goal (derived).
_STANDS_FOR = {GoalOutcome.EMERGING: 20, GoalOutcome.EXPECTED: 21, GoalOutcome.EXCEEDING: 23}


@dataclass(frozen=True)
class Profile:
    """The points of the seventeen goals at the end of Reception, in the profile's order; None where one is not judged.

    ValueError for another number of goals.
    """

    framework: EyfsFramework
    points: tuple[int | None, ...]

    def __post_init__(self) -> None:
        if len(self.points) != len(self.goals):
            raise ValueError(f"The profile has {len(self.goals)} goals, not {len(self.points)}.")

    @property
    def goals(self) -> tuple[Subject, ...]:
        """The framework's seventeen."""
        return EYFS_AREAS[self.framework]

    @cached_property
    def outcomes(self) -> tuple[GoalOutcome | None, ...]:
        """What the profile says of each goal; None where it is not judged."""
        return tuple(
            None if points is None else goal_outcome(points, self.framework) for points in self.points
        )

    @cached_property
    def good_level(self) -> bool | None:
        """Whether the child reached the Good Level of Development; None where one of its twelve goals is not judged."""
        judged = zip(self.goals, self.points, strict=True)
        return good_level_of_development([points for goal, points in judged if goal.counts_for_gld])

    @cached_property
    def goals_missing(self) -> tuple[Subject, ...]:
        """Those of the twelve that keep a child who is judged in all of them from the Good Level: as many as the child is away from it.

        Empty for who reached it, and for who is not judged in all twelve, of whom nothing is said.
        """
        if self.good_level is None:
            return ()
        judged = zip(self.goals, self.outcomes, strict=True)
        return tuple(
            goal for goal, outcome in judged if goal.counts_for_gld and outcome is GoalOutcome.EMERGING
        )

    @cached_property
    def all_prime(self) -> bool | None:
        """Whether the child is at the expected level or above in every goal of the three prime areas; None where one is not judged."""
        prime = [points for goal, points in zip(self.goals, self.points, strict=True) if goal.is_prime]
        judged = [points for points in prime if points is not None]
        if len(judged) < len(prime):
            return None
        return min(judged) >= EARLY_LEARNING_GOAL

    @cached_property
    def total_points(self) -> int | None:
        """1, 2 or 3 for each goal together: 17 to 51, under the framework of 2012 alone.

        None under that of 2021, which has no such measure, and where one of the seventeen is not judged: a part of a total is no total.
        """
        judged = [int(outcome) for outcome in self.outcomes if outcome is not None]
        if self.framework is not EyfsFramework.OF_2012 or len(judged) < len(self.goals):
            return None
        return sum(judged)


def points_that_stand_for(outcome: GoalOutcome) -> int:
    """The points that are kept where a profile says the outcome and nobody said points (derived): 20 emerging, 21 expected, 23 exceeding.

    Of the points that mean the outcome they are the nearest to the goal. They say no more than the outcome does.
    """
    return _STANDS_FOR[outcome]


def profile_note(outcome: GoalOutcome | None) -> str:
    """The note of what is kept where a profile says the outcome; None is A."""
    if outcome is None:
        return f"{_NOTE}{NOT_ASSESSED} (not assessed)"
    points = points_that_stand_for(outcome)
    return f"{_NOTE}{outcome.value} ({outcome.name.lower()}). {points} points stand for it: nobody judged in points."


def without_profile_note(note: str) -> str:
    """The note without what it says of a profile, which holds no more once somebody judges."""
    if _NOTE not in note:
        return note
    return "\n".join(line for line in note.splitlines() if not line.startswith(_NOTE))


def read_outcome(text: str, framework: EyfsFramework) -> GoalOutcome | None:
    """What a profile's cell says: 1, 2, under 2012 alone 3; None is A, not assessed. ValueError, saying what there is, for anything else."""
    wanted = text.strip().upper()
    if wanted == NOT_ASSESSED:
        return None
    has_exceeding = framework is EyfsFramework.OF_2012
    known = {str(each.value): each for each in GoalOutcome if has_exceeding or each < GoalOutcome.EXCEEDING}
    if wanted not in known:
        raise ValueError(
            f"{text!r} is not an outcome of the profile of {framework.value}: write 1 (emerging), 2 (expected)"
            f"{', 3 (exceeding)' if has_exceeding else ''} or A (not assessed)."
        )
    return known[wanted]
