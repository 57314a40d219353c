"""Put right what a pupil's record says, with a reason; the history keeps what it said before."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from schools.identifiers import read_upn
from schools.models import ChangeKind, Pupil, PupilYear, User, YearlyFlag
from schools.services.changes import change_set
from schools.services.enrolments import Characteristics, PupilDetails
from schools.services.turns import take_turn_alone
from schools.services.yearly_values import correct_by_hand
from schools.signals import records_corrected


class NameRefusedError(Exception):
    """The record cannot say that; the message is for whoever asked."""


def checked_identity(pupil: Pupil, details: PupilDetails) -> dict[str, Any]:
    """The columns that the details give the pupil. NameRefusedError for a UPN that another pupil of the school has, ValueError for a malformed one."""
    values = {**asdict(details), "upn": read_upn(details.upn) if details.upn else ""}
    others = Pupil.objects.filter(school_id=pupil.school_id, upn=values["upn"]).exclude(pk=pupil.pk)
    if values["upn"] and (other := others.first()):
        if other.merged_into_id:
            raise NameRefusedError(
                "A record that was merged into another has that UPN. To use it, take the merge back and choose this UPN when you merge again."
            )
        raise NameRefusedError("Another pupil of this school has that UPN.")
    return values


def correct_pupil(
    *,
    pupil: Pupil,
    details: PupilDetails,
    year: PupilYear | None,
    characteristics: Characteristics | None,
    reason: str,
    by: User | None,
) -> bool:
    """Correct who the pupil is, and what is held of the pupil for one year; False where the record said so already.

    Judgements follow a date of birth within the same transaction. What periods or files may tell counts as set by hand from then on
    (schools/services/yearly_values.py). A record that was disputed is disputed no more. Raises as `checked_identity`.
    """
    values = {**checked_identity(pupil, details), "disputed": ""}
    said = asdict(characteristics) if characteristics else {}
    changed = _differences(pupil, values)
    changed_year = _differences(year, said) if year else {}
    if not changed and not changed_year:
        return False
    with change_set(school=pupil.school, kind=ChangeKind.CORRECT, by=by, reason=reason):
        take_turn_alone(pupil.school)
        if changed:
            Pupil.objects.filter(school_id=pupil.school_id, pk=pupil.pk).update(**changed)
        if year and changed_year:
            by_hand = {flag: changed_year.pop(flag) for flag in YearlyFlag if flag in changed_year}
            if changed_year:
                PupilYear.objects.filter(school_id=pupil.school_id, pk=year.pk).update(**changed_year)
            # What is worked out from other values follows.
            correct_by_hand(pupil=pupil, year=year.academic_year, said=by_hand, reason=reason, by=by)
        if "date_of_birth" in changed:
            records_corrected.send(sender=None, school=pupil.school, pupil_ids=[pupil.pk], academic_year=None)
    return True


def dispute(*, pupil: Pupil, what: str, by: User | None) -> None:
    """Note that somebody says the record is wrong, until it is corrected or `what` is empty: then it is settled."""
    with change_set(
        school=pupil.school, kind=ChangeKind.CORRECT, by=by, reason="Disputed" if what else "Dispute settled"
    ):
        Pupil.objects.filter(school_id=pupil.school_id, pk=pupil.pk).update(disputed=what)


def _differences(row: Pupil | PupilYear | None, said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if getattr(row, name) != value}
