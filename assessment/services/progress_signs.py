"""Deciding what follows from a pupil's signs of less than expected progress."""

from __future__ import annotations

from collections.abc import Iterable

from assessment.engine.progress_signs import Sign
from assessment.engine.subjects import Subject
from assessment.models import Decided, SignDecision
from schools.calendar import TermName
from schools.models import PupilYear, User
from schools.services.changes import acting


def decide(
    *,
    pupil_year: PupilYear,
    term: TermName,
    subject: Subject,
    decided: Decided,
    reason: str,
    signs: Iterable[Sign],
    by: User,
) -> SignDecision:
    """Keep a decision about a pupil in a subject at the end of a term of the record's year; what was decided before stays beside it.

    `signs` are those that the person saw. Needs the school open. Raises ValueError for a reason without words.
    """
    if not reason.strip():
        raise ValueError("A decision needs its reason.")
    with acting(by):
        return SignDecision.objects.create(
            school=pupil_year.school,
            pupil=pupil_year.pupil,
            academic_year=pupil_year.academic_year,
            term=term,
            subject_id=subject.number,
            decided=decided,
            reason=reason.strip(),
            signs=[sign.code for sign in signs],
            decided_by=by,
        )
