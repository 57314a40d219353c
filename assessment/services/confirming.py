"""Odd steps of which somebody says that they are right."""

from __future__ import annotations

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.odd_jumps import OddJump, odd_jump
from assessment.engine.progress import Judged, this_term
from assessment.models import Judgement
from assessment.queries.measuring import Measuring
from assessment.queries.sheet_rows import Cell
from assessment.services.recording import Entering, Outcome, is_late, lock_records
from schools.calendar import AcademicYear, YearGroup
from schools.history import recorded
from schools.services.turns import take_turn_beside_others


def confirm(*, entering: Entering, cell: Cell, steps: int) -> Outcome:
    """Remember that these odd steps this term are right, so that nobody is asked about them again. Needs the school open.

    It changes nothing that a person enters: the version stays, so that no other tab is refused for it; the history says who confirmed. A conflict
    where the steps are others by now. Whoever may change what is closed needs no reason for this, whoever may not is refused there.
    Raises ValueError for a pupil without a record of the year.
    """
    take_turn_beside_others(entering.school)
    records = lock_records(entering, [cell.pupil_id])
    if is_late(entering, cell, records, Measuring(entering.school)) and not entering.may_change_closed:
        return Outcome.CLOSED
    year_group, _ = records[cell.pupil_id, entering.academic_year]
    rows = list(
        Judgement.objects.in_school(entering.school).filter(
            pupil=cell.pupil_id,
            subject=cell.subject,
            academic_year__in=[entering.academic_year - 1, entering.academic_year],
        )
    )
    at = AssessmentPoint(AcademicYear(entering.academic_year), cell.term)
    by_point = {
        AssessmentPoint(AcademicYear(row.academic_year), AssessmentTerm(row.term)): row for row in rows
    }
    jump = _jump(by_point, at, year_group)
    if jump is None or jump.steps != steps:
        return Outcome.CONFLICT
    if by_point[at].confirmed_steps != steps:
        with recorded(user=entering.by.pk):
            Judgement.objects.in_school(entering.school).filter(pk=by_point[at].pk).update(
                confirmed_steps=steps
            )
    return Outcome.SAVED


def _jump(
    rows: dict[AssessmentPoint, Judgement], at: AssessmentPoint, year_group: YearGroup
) -> OddJump | None:
    history = [Judged(each, row.points, row.is_on_entry) for each, row in rows.items()]
    return odd_jump(this_term(history, at, year_group))
