"""Taking in the results of EYFS profiles as one act: what says no more than what is held changes nothing, and what contradicts it is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db import transaction

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.eyfs import GoalOutcome, goal_outcome
from assessment.engine.profile import points_that_stand_for, profile_note
from assessment.engine.subjects import EYFS_AREAS
from assessment.models import Judgement, Reason, Source
from assessment.services.loading import JudgementChanges, Said, load_judgements
from schools.calendar import EyfsFramework
from schools.models import School, User
from schools.services.turns import take_turn_alone


class Result(NamedTuple):
    """What row `number` of a file says of a child's goal; None is A, not assessed."""

    number: int
    pupil_id: int
    goal: int
    outcome: GoalOutcome | None


class HeldGoal(NamedTuple):
    """What is held of a goal at the end of Reception."""

    points: int | None
    reason: str
    note: str
    source: str

    @property
    def is_of_profile(self) -> bool:
        """Whether it still is what was taken from a profile, to the word: another import may have brought points under the same note."""
        taken = [(*_kept(outcome), profile_note(outcome)) for outcome in (*GoalOutcome, None)]
        return self.source == Source.IMPORTED and (self.points, self.reason, self.note) in taken


class Contradiction(NamedTuple):
    """A result that is another than what is held."""

    result: Result
    held: HeldGoal


class ProfileContradictedError(ValueError):
    """Results contradict what teachers judged: nothing was taken."""

    def __init__(self, contradictions: Sequence[Contradiction]) -> None:
        self.contradictions = tuple(contradictions)
        super().__init__(f"{len(self.contradictions)} results contradict what is held.")


@dataclass(frozen=True, kw_only=True)
class ProfileChanges:
    """What the results changed, or would change: `agreed` say what finer points or a reason that are held say already, which stay as they are."""

    judgements: JudgementChanges
    agreed: int


def load_profiles(
    *,
    school: School,
    academic_year: int,
    framework: EyfsFramework,
    results: Sequence[Result],
    by: User | None,
    dry_run: bool = False,
    reason: str = "",
) -> ProfileChanges:
    """Take in the results for Summer of the year, at most one of each child and goal: all of them, or nothing. Needs the school open.

    An outcome is no point: where nothing is held the points that stand for it are kept (derived), with a note that says so, and for A the reason
    *not required*. Points that mean the same outcome stay, and so does any reason where the result is A. What was itself taken from a profile
    gives way to another result. With `dry_run` nothing is written. ProfileContradictedError where a result is another than a teacher's judgement.
    """
    with transaction.atomic():
        if not dry_run:
            # Before comparing, so that nobody judges meanwhile.
            take_turn_alone(school)
        held = _held(school, academic_year, framework)
        said, agreed, contradictions = [], 0, []
        for result in results:
            stands = held.get((result.pupil_id, result.goal))
            if stands and _agrees(stands, result.outcome, framework):
                agreed += 1
            elif stands and not stands.is_of_profile:
                contradictions.append(Contradiction(result, stands))
            else:
                said.append(_said(result, academic_year))
        if contradictions:
            raise ProfileContradictedError(contradictions)
        changes = load_judgements(
            school=school, said=said, by=by, dry_run=dry_run, reason=reason or "EYFS profiles"
        )
    return ProfileChanges(judgements=changes, agreed=agreed)


def _held(school: School, academic_year: int, framework: EyfsFramework) -> dict[tuple[int, int], HeldGoal]:
    rows = Judgement.objects.in_school(school).filter(
        academic_year=academic_year,
        term=AssessmentTerm.SUMMER,
        subject__in=[goal.number for goal in EYFS_AREAS[framework]],
    )
    return {
        (pupil, subject): HeldGoal(*held)
        for pupil, subject, *held in rows.values_list("pupil_id", "subject_id", *HeldGoal._fields)
    }


def _agrees(held: HeldGoal, outcome: GoalOutcome | None, framework: EyfsFramework) -> bool:
    if held.points is None:
        return outcome is None
    return goal_outcome(held.points, framework) is outcome


def _said(result: Result, academic_year: int) -> Said:
    points, why = _kept(result.outcome)
    return Said(
        result.number,
        result.pupil_id,
        result.goal,
        academic_year,
        AssessmentTerm.SUMMER,
        points,
        why,
        note=profile_note(result.outcome),
    )


def _kept(outcome: GoalOutcome | None) -> tuple[int | None, str]:
    """The points, or the reason, that are kept for an outcome."""
    if outcome is None:
        return None, Reason.NOT_REQUIRED.value
    return points_that_stand_for(outcome), ""
