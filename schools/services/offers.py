"""Offering pupils to another school of the partnership, and ending an offer that stands. Taking them in: receiving.py."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from schools.calendar import AcademicYear, YearGroup
from schools.models import (
    ChangeKind,
    OfferedPupil,
    OfferState,
    Pupil,
    School,
    TransferOffer,
    User,
)
from schools.queries.offers import year_groups_then
from schools.row_security import visible_to
from schools.services.changes import change_set

# Days for which an offer stands after the later of the day of the offer and the last day on the roll.
STANDS_FOR = dt.timedelta(days=60)


class OfferRefusedError(Exception):
    """The offer cannot be made, or is over; the message is for whoever asked."""


def offer_pupils(
    *, school: School, to: School, pupils: Sequence[Pupil], last_day: dt.date, by: User, today: dt.date
) -> TransferOffer:
    """Offer these pupils, who are to leave after `last_day`, to another school of the partnership. Needs the school open.

    Raises OfferRefusedError for a school elsewhere, for year groups that it does not have, for pupils who are on offer already and for nobody.
    """
    _refuse_school(school, to)
    academic_year = AcademicYear.containing(last_day + dt.timedelta(days=1))
    _refuse_pupils(school, to, pupils, academic_year, today)
    with change_set(
        school=school, kind=ChangeKind.OFFER, by=by, reason=f"To {to.name}: {counted(len(pupils))}"
    ):
        offer = TransferOffer.objects.create(
            from_school=school,
            to_school=to,
            last_day=last_day,
            academic_year=academic_year,
            offered_by=by,
            offered_at=timezone.now(),
            stands_until=max(last_day, today) + STANDS_FOR,
            pupils=len(pupils),
        )
        OfferedPupil.objects.bulk_create(
            OfferedPupil(school=school, offer=offer, pupil_key=pupil.public_id) for pupil in pupils
        )
    return offer


def counted(pupils: int) -> str:
    """`1 pupil`, `12 pupils`."""
    return f"{pupils} pupil{'' if pupils == 1 else 's'}"


def _refuse_school(school: School, to: School) -> None:
    if to.partnership_id != school.partnership_id or to == school:
        raise OfferRefusedError("Choose another school of the partnership.")


def _refuse_pupils(
    school: School, to: School, pupils: Sequence[Pupil], academic_year: AcademicYear, today: dt.date
) -> None:
    if not pupils:
        raise OfferRefusedError("Tick at least one pupil.")
    if any(pupil.anonymised_at for pupil in pupils):
        raise OfferRefusedError("Who was anonymised cannot be offered.")
    standing = TransferOffer.objects.filter(
        from_school=school, state=OfferState.OFFERED, stands_until__gte=today
    ).values("pk")
    keys = [pupil.public_id for pupil in pupils]
    on_offer = OfferedPupil.objects.in_school(school).filter(offer__in=standing, pupil_key__in=keys).count()
    if on_offer:
        raise OfferRefusedError(
            f"{counted(on_offer)} of these stand{'s' if on_offer == 1 else ''} in another offer. Withdraw that one first."
        )
    outside = [
        group
        for group in year_groups_then(school, pupils, academic_year).values()
        if not to.lowest_year_group <= group <= to.highest_year_group
    ]
    if outside:
        groups = ", ".join(YearGroup(group).label for group in sorted(set(outside)))
        raise OfferRefusedError(
            f"{to.name} has {to.year_groups_label}. {counted(len(outside))} of these would be in {groups} in {academic_year.label}."
        )


def withdraw(*, offer: TransferOffer, by: User) -> None:
    """The offering school takes the offer back, as far as nobody has been taken in. Needs the school open; OfferRefusedError where it is over."""
    _end(offer, OfferState.WITHDRAWN, f"Withdrawn: {offer.to_school.name}", by)


def refuse(*, offer: TransferOffer, reason: str, by: User) -> None:
    """The receiving school takes in nobody more, and says why. It is told at both schools; OfferRefusedError where the offer is over."""
    with visible_to(offer.from_school, offer.to_school):
        _end(offer, OfferState.REFUSED, f"Refused by {offer.to_school.name}: {reason}", by)
        with change_set(
            school=offer.to_school,
            kind=ChangeKind.OFFER_ENDED,
            by=by,
            reason=f"Refused, from {offer.from_school.name}: {reason}",
        ):
            pass


def held(offer: TransferOffer) -> TransferOffer:
    """The offer as it stands, and nobody else changes it until the transaction ends; OfferRefusedError where it is over."""
    now: TransferOffer = (
        TransferOffer.objects.select_for_update(of=("self",))
        .select_related("from_school", "to_school")
        .get(pk=offer.pk)
    )
    if not now.stands_on(timezone.localdate()):
        raise OfferRefusedError("This offer is over: it was answered, withdrawn, or not answered in time.")
    return now


def _end(offer: TransferOffer, state: OfferState, reason: str, by: User) -> None:
    """Whom it was of is said nowhere but in the history of the offering school."""
    with transaction.atomic():
        now = held(offer)
        with change_set(school=now.from_school, kind=ChangeKind.OFFER_ENDED, by=by, reason=reason):
            OfferedPupil.objects.in_school(now.from_school).filter(offer=now).delete()
            close(now, OfferState.ACCEPTED if now.accepted and state == OfferState.REFUSED else state, by)


def close(offer: TransferOffer, state: OfferState, by: User) -> None:
    """Say that it is over."""
    offer.state, offer.closed_by, offer.closed_at = state, by, timezone.now()
    offer.save(update_fields=["state", "closed_by", "closed_at"])
