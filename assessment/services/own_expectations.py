"""Agreeing on steps a year for one pupil with SEN, and letting such steps count at all."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.expectations import FIRST_YEAR_GROUP, LAST_YEAR_GROUP
from assessment.models import OwnExpectation
from assessment.queries.measuring import Measuring
from assessment.queries.own_expectations import WITH_SEN
from schools.models import Partnership, PupilYear, User
from schools.services.changes import acting
from schools.services.turns import take_turn_alone


def why_not(pupil_year: PupilYear, *, today: dt.date, measuring: Measuring | None = None) -> str:
    """Why no steps of the own can be set or taken away for the record's year, in words; empty where they can."""
    school, group = pupil_year.school, pupil_year.year_group
    if not school.partnership.allows_own_steps:
        return "The partnership does not allow a pupil steps of their own. Whoever leads it can change that under Expectations."
    if not FIRST_YEAR_GROUP <= group <= LAST_YEAR_GROUP:
        return f"Steps are expected in Years 1 to 9, not in {group.label}."
    if pupil_year.sen_status not in WITH_SEN:
        return "The pupil’s record of the year says neither SEN support nor an EHC plan."
    state = (measuring or Measuring(school)).entry_state(
        pupil_year.academic_year, AssessmentTerm.SUMMER, group, today
    )
    if state.has_ended:
        return "The year is closed for entry, so its progress is no longer measured otherwise. An assessment leader or the head can reopen Summer."
    return ""


def agree(*, pupil_year: PupilYear, steps_a_year: int, reason: str, by: User) -> OwnExpectation:
    """Expect so many steps of the pupil in the record's year, instead of what was agreed before. Needs the school open.

    Raises ValueError, in words for who asked, where `why_not` says something or the reason has no words. `steps_a_year`: 0 to 14.
    """
    reason = reason.strip()
    if not reason:
        raise ValueError("Say why, in a sentence or two.")
    with acting(by):
        _refuse(pupil_year)
        agreed: OwnExpectation = OwnExpectation.objects.in_school(pupil_year.school).update_or_create(
            school=pupil_year.school,
            pupil=pupil_year.pupil,
            academic_year=pupil_year.academic_year,
            defaults={
                "steps_a_year": steps_a_year,
                "reason": reason,
                "agreed_by": by,
                "agreed_at": timezone.now(),
            },
        )[0]
    return agreed


def take_back(*, pupil_year: PupilYear, by: User) -> bool:
    """Measure the pupil by everybody's steps again in the record's year; False where nothing was agreed. Needs the school open; raises as `agree`."""
    with acting(by):
        _refuse(pupil_year)
        held = OwnExpectation.objects.in_school(pupil_year.school)
        deleted, _ = held.filter(pupil=pupil_year.pupil, academic_year=pupil_year.academic_year).delete()
    return bool(deleted)


def _refuse(pupil_year: PupilYear) -> None:
    # In turn with snapshots and with whoever changes the record.
    take_turn_alone(pupil_year.school)
    now = (
        PupilYear.objects.in_school(pupil_year.school)
        .select_related("school__partnership")
        .get(pk=pupil_year.pk)
    )
    if why := why_not(now, today=timezone.localdate()):
        raise ValueError(why)


def allow_own_steps(*, partnership: Partnership, allows: bool, by: User) -> None:
    """Let steps of a pupil's own count at the partnership's schools, or no longer; what was agreed stays."""
    with acting(by):
        partnership.allows_own_steps = allows
        partnership.save(update_fields=["allows_own_steps"])
