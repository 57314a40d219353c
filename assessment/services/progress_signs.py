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

    `signs` are those that there are as it is taken, worked out anew from the points then held. Posted twice it is one: where the latest says the same,
    of the same signs and by the same person, that one is given back. Needs the school open. Raises ValueError for a reason without words.
    """
    reason = reason.strip()
    if not reason:
        raise ValueError("A decision needs its reason.")
    codes = [sign.code for sign in signs]
    with acting(by):
        # In turn: of two at once the second sees the first.
        PupilYear.objects.in_school(pupil_year.school).select_for_update(no_key=True).get(pk=pupil_year.pk)
        latest: SignDecision | None = (
            SignDecision.objects.in_school(pupil_year.school)
            .filter(
                pupil=pupil_year.pupil,
                academic_year=pupil_year.academic_year,
                term=term,
                subject=subject.number,
            )
            .order_by("-decided_at", "-pk")
            .first()
        )
        if latest and (latest.decided_by_id, latest.decided, latest.reason, latest.signs) == (
            by.pk,
            decided,
            reason,
            codes,
        ):
            return latest
        return SignDecision.objects.create(
            school=pupil_year.school,
            pupil=pupil_year.pupil,
            academic_year=pupil_year.academic_year,
            term=term,
            subject_id=subject.number,
            decided=decided,
            reason=reason,
            signs=codes,
            decided_by=by,
        )
