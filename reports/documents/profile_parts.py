"""Which children of Reception: the parts of the figures of the Good Level of Development, as they stand in addresses and in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

from assessment.engine.eyfs import GoalOutcome
from assessment.engine.subjects import Subject
from reports.queries.profiles import ChildProfile


class Show(StrEnum):
    """A part of the children, by their profiles."""

    EVERYBODY = "everybody"
    JUDGED = "judged"
    REACHED = "reached"
    NOT_REACHED = "not_reached"
    ONE_AWAY = "one_away"
    TWO_AWAY = "two_away"
    FURTHER = "further"
    NOT_INCLUDED = "not_included"
    NOT_ASSESSED = "not_assessed"
    NOT_YET = "not_yet"
    PRIME = "prime"
    PRIME_JUDGED = "prime_judged"
    TOTALLED = "totalled"

    @property
    def label(self) -> str:
        """As a list of choices has it."""
        return LABELS[self]


LABELS = {
    Show.EVERYBODY: "Every child",
    Show.JUDGED: "Judged in all twelve goals",
    Show.REACHED: "Good Level of Development: yes",
    Show.NOT_REACHED: "Good Level of Development: no",
    Show.ONE_AWAY: "One goal away",
    Show.TWO_AWAY: "Two goals away",
    Show.FURTHER: "Three goals away or more",
    Show.NOT_INCLUDED: "Not included",
    Show.NOT_ASSESSED: "Not included: a goal not assessed (A)",
    Show.NOT_YET: "Not included: a goal not yet judged",
    Show.PRIME: "Expected or above in all prime areas",
    Show.PRIME_JUDGED: "Judged in all prime areas",
    Show.TOTALLED: "Judged in all seventeen goals",
}

_IS_IN: Mapping[Show, Callable[[ChildProfile], bool]] = {
    Show.EVERYBODY: lambda _: True,
    Show.JUDGED: lambda child: child.profile.good_level is not None,
    Show.REACHED: lambda child: child.profile.good_level is True,
    Show.NOT_REACHED: lambda child: child.profile.good_level is False,
    Show.ONE_AWAY: lambda child: len(child.profile.goals_missing) == 1,
    Show.TWO_AWAY: lambda child: len(child.profile.goals_missing) == 2,
    Show.FURTHER: lambda child: len(child.profile.goals_missing) > 2,
    Show.NOT_INCLUDED: lambda child: child.profile.good_level is None,
    # What is still blank may yet be judged: whoever has one such goal waits for that, whatever the others are.
    Show.NOT_ASSESSED: lambda child: child.profile.good_level is None and not child.is_not_yet_judged,
    Show.NOT_YET: lambda child: child.profile.good_level is None and child.is_not_yet_judged,
    Show.PRIME: lambda child: child.profile.all_prime is True,
    Show.PRIME_JUDGED: lambda child: child.profile.all_prime is not None,
    Show.TOTALLED: lambda child: child.profile.total_points is not None,
}


class GoalPart(StrEnum):
    """A part of the children, by the outcome of one goal."""

    JUDGED = "judged"
    EMERGING = "emerging"
    EXPECTED = "expected"
    EXCEEDING = "exceeding"
    EXPECTED_OR_ABOVE = "expected_or_above"
    NOT_ASSESSED = "not_assessed"
    NOT_YET = "not_yet"

    @property
    def label(self) -> str:
        """As a list of choices has it."""
        return GOAL_LABELS[self]


GOAL_LABELS = {
    GoalPart.JUDGED: "judged",
    GoalPart.EMERGING: "emerging (1)",
    GoalPart.EXPECTED: "expected (2)",
    GoalPart.EXCEEDING: "exceeding (3)",
    GoalPart.EXPECTED_OR_ABOVE: "expected or above",
    GoalPart.NOT_ASSESSED: "not assessed (A)",
    GoalPart.NOT_YET: "not yet judged",
}
_OUTCOMES = {
    GoalPart.EMERGING: (GoalOutcome.EMERGING,),
    GoalPart.EXPECTED: (GoalOutcome.EXPECTED,),
    GoalPart.EXCEEDING: (GoalOutcome.EXCEEDING,),
    GoalPart.EXPECTED_OR_ABOVE: (GoalOutcome.EXPECTED, GoalOutcome.EXCEEDING),
    GoalPart.JUDGED: tuple(GoalOutcome),
}


def is_shown(child: ChildProfile, show: Show) -> bool:
    """Whether the part has the child."""
    return _IS_IN[show](child)


def is_in_goal(child: ChildProfile, goal: Subject, part: GoalPart) -> bool:
    """Whether the part of the goal has the child."""
    outcome = child.profile.outcomes[child.profile.goals.index(goal)]
    if part is GoalPart.NOT_ASSESSED:
        return child.reason(goal) is not None
    if part is GoalPart.NOT_YET:
        return outcome is None and child.reason(goal) is None
    return outcome in _OUTCOMES[part]


def count(children: Iterable[ChildProfile], show: Show) -> int:
    """How many of the children the part has."""
    return sum(is_shown(child, show) for child in children)
