"""The profiles of the children whom a scope counts in Reception: by the roll and the rows of every other figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessment.engine.profile import Profile
from assessment.engine.subjects import EYFS_AREAS, SHIPPED, Subject
from assessment.models import Reason
from reports.queries.figure_pupils import standings
from reports.queries.scope import Scope
from schools.models import School

_AREAS = [each.number for each in SHIPPED if each.framework]


@dataclass(frozen=True)
class ChildProfile:
    """One child on roll on the last day of the term, by key: the profile, and the reasons of goals that were not assessed, by number."""

    pupil_id: int
    profile: Profile
    reasons: Mapping[int, Reason]

    def reason(self, goal: Subject) -> Reason | None:
        """Why the goal was not assessed; None where it was, or where nothing is entered yet."""
        return self.reasons.get(goal.number)

    @property
    def unjudged(self) -> tuple[Subject, ...]:
        """Those of the twelve goals of the Good Level of Development that have no points."""
        goals = zip(self.profile.goals, self.profile.points, strict=True)
        return tuple(goal for goal, points in goals if goal.counts_for_gld and points is None)

    @property
    def is_not_yet_judged(self) -> bool:
        """Whether one of the twelve goals is still blank, without a reason."""
        return any(goal.number not in self.reasons for goal in self.unjudged)


def profiles(scope: Scope, school: School) -> list[ChildProfile]:
    """Those whom the scope counts, by key, in the framework that the school judged by in that year; the school has to be open.

    The scope is narrowed to Reception by who asks. One query, however many children.
    """
    by_pupil: dict[int, dict[int, tuple[int | None, Reason | None]]] = {}
    for each in standings(scope, school, _AREAS):
        by_pupil.setdefault(each.pupil_id, {})[each.subject] = each.points, each.reason
    return [_child(pupil, held) for pupil, held in by_pupil.items()]


def _child(pupil_id: int, held: Mapping[int, tuple[int | None, Reason | None]]) -> ChildProfile:
    # Areas of one framework alone are asked of a year, and they are all there, judged or not.
    framework = next(each for each, goals in EYFS_AREAS.items() if goals[0].number in held)
    points = tuple(held[goal.number][0] for goal in EYFS_AREAS[framework])
    reasons = {number: reason for number, (points, reason) in held.items() if points is None and reason}
    return ChildProfile(pupil_id, Profile(framework, points), reasons)
