"""Remove a pupil for good: anonymise, erase, or cut from an earlier identity.

History and snapshots are changed too, which the serving role may not do: the owner's functions do it, each for a PupilRemoval that
says who and why (assessment/migrations/0009_characteristics.py). None of it can be taken back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict

from django.db import connection, transaction
from django.utils import timezone

from schools.models import ChangeKind, Pupil, PupilRemoval, RemovalKind, School, User
from schools.services.changes import acting, change_set
from schools.services.correcting import NameRefusedError, checked_identity
from schools.services.enrolments import PupilDetails
from schools.services.import_papers import remove_rows
from schools.services.jobs import remove_finished
from schools.services.turns import take_turn_alone

_FUNCTIONS = {
    RemovalKind.ANONYMISED: "SELECT anonymise_pupil(%s, %s)",
    RemovalKind.ERASED: "SELECT erase_pupil(%s, %s)",
    RemovalKind.SEVERED: "SELECT sever_pupil(%s, %s)",
}


class RemovalRefusedError(Exception):
    """The pupil is not removed; the message is for whoever asked."""


def anonymise(*, school: School, pupils: Iterable[Pupil], reason: str, by: User | None) -> int:
    """Take away for good who these pupils were; their judgements stay, so that every figure stays. How many it were.

    One change-set for each. RemovalRefusedError for somebody who has not left, and for a reason that names the pupil; then none is anonymised.
    """
    done = 0
    with transaction.atomic():
        take_turn_alone(school)
        for pupil in pupils:
            for each in _records_of(pupil):
                _refuse_named(reason, each)
            if pupil.enrolments.filter(school=school, ends_on=None).exists():
                raise RemovalRefusedError(f"{pupil.name} has not left. Only who has left is anonymised.")
            with change_set(school=school, kind=ChangeKind.ANONYMISE, by=by, reason=reason):
                for each in _records_of(pupil):
                    _remove(each, RemovalKind.ANONYMISED, reason, by)
            done += 1
    return done


def erase(*, pupil: Pupil, reason: str, by: User | None) -> None:
    """Take a pupil away altogether, out of history and snapshots too: figures of the past change.

    What is left: that it was done, when, by whom, why, and the id that the pupil had. RemovalRefusedError for a reason that names the pupil.
    """
    for each in _records_of(pupil):
        _refuse_named(reason, each)
    with transaction.atomic():
        take_turn_alone(pupil.school)
        with change_set(school=pupil.school, kind=ChangeKind.ERASE, by=by, reason=reason):
            for each in _records_of(pupil):
                _remove(each, RemovalKind.ERASED, reason, by, key=True)


def sever(*, pupil: Pupil, now: PupilDetails, reason: str, by: User | None) -> Pupil:
    """Give a child a new identity that nothing leads to from the earlier one: after an adoption, or for protection.

    The row's name and number become `now`; ids by which it was known, its history and what was written about it go; stays, the
    records of the years and the points stay, so that progress and figures do. The date of birth is not part of it. Nothing
    says afterwards whose record it was done to. RemovalRefusedError where `now` keeps the earlier UPN, or for a reason that names the
    pupil; ValueError for a malformed UPN.
    """
    records = _records_of(pupil)
    for each in (*records, Pupil(**asdict(now))):
        _refuse_named(reason, each)
    if now.upn and now.upn in {each.upn for each in records}:
        raise RemovalRefusedError(
            "The earlier UPN would lead to the earlier identity. Leave it empty until there is a new one."
        )
    try:
        values = checked_identity(pupil, now)
    except NameRefusedError as error:
        raise RemovalRefusedError(str(error)) from error
    with acting(by):
        take_turn_alone(pupil.school)
        Pupil.objects.filter(school_id=pupil.school_id, merged_into=pupil.pk).update(
            **{**values, "upn": ""}, disputed=""
        )
        Pupil.objects.filter(school_id=pupil.school_id, pk=pupil.pk).update(**values, disputed="")
        for each in records:
            _remove(each, RemovalKind.SEVERED, reason, by)
    severed: Pupil = Pupil.objects.get(school_id=pupil.school_id, pk=pupil.pk)
    return severed


def _records_of(pupil: Pupil) -> list[Pupil]:
    """The child's records: those that were merged into this one, which are kept for their history, and this one."""
    merged = Pupil.objects.filter(school_id=pupil.school_id, merged_into=pupil.pk).order_by("pk")
    return [*merged, pupil]


def _remove(pupil: Pupil, kind: RemovalKind, reason: str, by: User | None, *, key: bool = False) -> None:
    removal = PupilRemoval.objects.create(
        school_id=pupil.school_id,
        kind=kind,
        reason=reason,
        removed_by=by,
        removed_on=timezone.localdate(),
        pupil_key=pupil.public_id if key else None,
    )
    with connection.cursor() as cursor:
        cursor.execute(_FUNCTIONS[kind], [removal.pk, pupil.pk])
    # Pages of many pupils, which are made again for the asking.
    remove_finished(school=pupil.school)
    remove_rows(school=pupil.school)


def _refuse_named(reason: str, pupil: Pupil) -> None:
    """The reason outlives the pupil's name."""
    words = {pupil.surname, pupil.forename, pupil.preferred_surname, pupil.preferred_forename, pupil.upn} - {
        ""
    }
    if not reason.strip():
        raise RemovalRefusedError("Say why.")
    if any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", reason, re.IGNORECASE) for word in words):
        raise RemovalRefusedError("The reason is kept: write it without the pupil’s name and UPN.")
