"""Taking in pupils whom another school of the partnership offers: the record is copied, and belongs to the receiving school from then on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.db.models import Q

from schools.calendar import AcademicYear, YearGroup
from schools.models import (
    ChangeKind,
    ClassGroup,
    Enrolment,
    OfferedPupil,
    OfferState,
    Pupil,
    PupilYear,
    School,
    TransferOffer,
    User,
)
from schools.row_security import visible_to
from schools.services.changes import change_set
from schools.services.handing_over import Copied, Hands, copy_of, copy_rows, open_years
from schools.services.offers import OfferRefusedError, close, counted, held
from schools.services.turns import take_turn_alone
from schools.services.years import open_year
from schools.signals import records_corrected


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a pupil of the offer comes to stand. `same_as` is the pupil here who is this child; None: nobody here is.

    `takes_theirs`: where both schools have judged the same, the offering school's judgement takes the place of the one here.
    """

    pupil_key: UUID
    year_group: YearGroup
    class_id: UUID | None
    first_day: dt.date
    same_as: UUID | None = None
    takes_theirs: bool = False


@dataclass(frozen=True)
class TakenIn:
    """How many pupils came, how many of them were here already, and what was copied."""

    pupils: int = 0
    were_here: int = 0
    copied: Copied = field(default_factory=Copied)


@dataclass(frozen=True)
class _Coming:
    """One pupil on the way: the row there, the place here, and the row here, which may be new."""

    there: Pupil
    place: Place
    here: Pupil
    was_here: bool


def take_in(*, offer: TransferOffer, places: Sequence[Place], by: User) -> TakenIn:
    """Take these pupils of the offer in, all or none. Opens both schools; whoever was taken in already is left as they are, so that twice does nothing twice.

    The receiving school gets copies of what goes along (schools/services/handing_over.py); the offering school keeps its own, and each stay there that goes on ends
    on the offer's last day. Raises OfferRefusedError for an offer that is over, a day that is no first day, a year group, class or pupil that is not there, and
    for a child who is somebody else here by number.
    """
    with visible_to(offer.from_school, offer.to_school):
        now = held(offer)
        sender, receiver = now.from_school, now.to_school
        for school in sorted((sender, receiver), key=lambda each: each.pk):
            take_turn_alone(school)
        waiting = OfferedPupil.objects.in_school(sender).filter(
            offer=now, pupil_key__in=[place.pupil_key for place in places]
        )
        keys = set(waiting.values_list("pupil_key", flat=True))
        places = [place for place in places if place.pupil_key in keys]
        if not places:
            return TakenIn()
        _open_years(now, places, by)
        with change_set(
            school=receiver,
            kind=ChangeKind.TAKE_IN,
            by=by,
            reason=f"From {sender.name}: {counted(len(places))}",
        ) as taken:
            coming = _come(now, places)
            copied = copy_rows(
                Hands(
                    sender=sender,
                    receiver=receiver,
                    pupils={each.there.pk: each.here.pk for each in coming},
                    last_year=now.academic_year,
                    replacing={each.there.pk for each in coming if each.place.takes_theirs},
                )
            )
            merged = [each.here.pk for each in coming if each.was_here]
            if merged:
                # The record here may say another date of birth or year group than the one it was measured by there.
                records_corrected.send(sender=None, school=receiver, pupil_ids=merged, academic_year=None)
        now.taken_in_by = taken.public_id
        _let_go(now, [each.there for each in coming], by)
    return TakenIn(len(coming), len(merged), copied)


def _open_years(offer: TransferOffer, places: Sequence[Place], by: User) -> None:
    """The year in which they begin is one of the school's own; those before may be there for the copies alone."""
    pupils = Pupil.objects.in_school(offer.from_school).filter(
        public_id__in=[place.pupil_key for place in places]
    )
    open_year(school=offer.to_school, academic_year=AcademicYear(offer.academic_year), by=by)
    open_years(
        sender=offer.from_school,
        receiver=offer.to_school,
        pupils=list(pupils.values_list("pk", flat=True)),
        last_year=offer.academic_year,
    )


def _come(offer: TransferOffer, places: Sequence[Place]) -> list[_Coming]:
    """The pupils with a row, a stay and a record of the year here."""
    sender, receiver = offer.from_school, offer.to_school
    there = {
        pupil.public_id: pupil
        for pupil in Pupil.objects.in_school(sender).filter(
            public_id__in=[place.pupil_key for place in places], anonymised_at=None
        )
    }
    here = _here(receiver, there.values(), places)
    classes = {
        group.public_id: group
        for group in ClassGroup.objects.in_school(receiver).filter(academic_year=offer.academic_year)
    }
    coming = []
    for place in places:
        pupil = there.get(place.pupil_key)
        if pupil is None:
            raise OfferRefusedError("A pupil of this offer is no longer at the other school.")
        _refuse_place(offer, place, classes)
        found = _same_child(pupil, place, here)
        coming.append(_Coming(pupil, place, found or _new_here(pupil, receiver), was_here=found is not None))
    _write_records(offer, coming, classes)
    return coming


def _here(receiver: School, there: Collection[Pupil], places: Sequence[Place]) -> list[Pupil]:
    """Those at the receiving school who could be meant."""
    chosen = [place.same_as for place in places if place.same_as]
    upns = [pupil.upn for pupil in there if pupil.upn]
    return list(
        Pupil.objects.in_school(receiver)
        .filter(
            Q(public_id__in=chosen)
            | Q(upn__in=upns)
            | Q(person_key__in=[pupil.person_key for pupil in there])
        )
        .select_related("merged_into")
    )


def _refuse_place(offer: TransferOffer, place: Place, classes: dict[UUID, ClassGroup]) -> None:
    to = offer.to_school
    if not to.lowest_year_group <= place.year_group <= to.highest_year_group:
        raise OfferRefusedError(f"{place.year_group.label} is none of this school’s year groups.")
    year = AcademicYear(offer.academic_year)
    if not offer.last_day < place.first_day <= year.ends_on:
        raise OfferRefusedError(
            f"The first day here lies after {offer.last_day:%d/%m/%Y}, the last one there, and in {year.label}."
        )
    if place.class_id is not None and place.class_id not in classes:
        raise OfferRefusedError("A class that was chosen is not there any more.")


def _same_child(pupil: Pupil, place: Place, here: Sequence[Pupil]) -> Pupil | None:
    """The row here of the same child: the one that was chosen, or the one that earlier copies made the same person. None: a new one is made."""
    person = next((each for each in here if each.person_key == pupil.person_key), None)
    numbered = next((each for each in here if pupil.upn and each.upn == pupil.upn), None)
    chosen = next((each for each in here if place.same_as and each.public_id == place.same_as), None)
    if place.same_as and (chosen is None or chosen.anonymised_at or chosen.merged_into_id):
        raise OfferRefusedError("The pupil here who was chosen is not there any more.")
    # What was merged into another record is the child whom it leads to.
    person, numbered = (each.merged_into or each if each else None for each in (person, numbered))
    if person is not None and chosen not in {None, person}:
        raise OfferRefusedError(
            f"{pupil.name} came here before, and is another pupil here than the one chosen."
        )
    found = chosen or person
    if numbered is not None and found is None:
        raise OfferRefusedError(
            f"{numbered.name} here has the UPN of {pupil.name}. Say that it is the same child, or correct the UPN here first."
        )
    if numbered is not None and numbered != found:
        raise OfferRefusedError(f"{pupil.name} has the UPN of {numbered.name} here, not of the one chosen.")
    return found


def _new_here(pupil: Pupil, receiver: School) -> Pupil:
    return copy_of(pupil, receiver, pupil.public_id)


def _write_records(offer: TransferOffer, coming: Sequence[_Coming], classes: dict[UUID, ClassGroup]) -> None:
    receiver = offer.to_school
    Pupil.objects.bulk_create([each.here for each in coming if not each.was_here])
    for each in coming:
        if each.was_here:
            _join(each.there, each.here)
    ids = [each.here.pk for each in coming]
    if len(set(ids)) < len(ids):
        raise OfferRefusedError("Two pupils of the offer cannot be one pupil here.")
    in_year = PupilYear.objects.in_school(receiver).filter(pupil__in=ids, academic_year=offer.academic_year)
    placed = set(in_year.values_list("pupil_id", flat=True))
    latest = _latest(offer, coming)
    PupilYear.objects.bulk_create(
        _record(offer, each, latest[each.there.pk], classes)
        for each in coming
        if each.here.pk not in placed and each.there.pk in latest
    )
    # Whoever is on the roll from the day on, or was before the day, keeps the stay that is there.
    stays = Enrolment.objects.in_school(receiver).filter(pupil__in=ids)
    ends = {(pupil, ends_on or dt.date.max) for pupil, ends_on in stays.values_list("pupil_id", "ends_on")}
    Enrolment.objects.bulk_create(
        Enrolment(school=receiver, pupil=each.here, starts_on=each.place.first_day)
        for each in coming
        if not any(pupil == each.here.pk and last >= each.place.first_day for pupil, last in ends)
    )


def _join(there: Pupil, here: Pupil) -> None:
    """From now on both rows are of one person; what the row here does not say of the child's number comes along."""
    merged = Pupil.objects.filter(school_id=here.school_id, merged_into=here.pk)
    # By what an earlier copy is known that was merged into the row here, that row is known from now on.
    merged.filter(person_key=there.person_key).update(person_key=uuid4())
    here.person_key = there.person_key
    if not here.upn and not merged.filter(upn=there.upn).exists():
        here.upn = there.upn
    if here.origin_id is None:
        here.origin_school_id, here.origin_id = there.school_id, there.public_id
    here.save(update_fields=["person_key", "upn", "origin_school", "origin_id"])


def _latest(offer: TransferOffer, coming: Sequence[_Coming]) -> dict[int, PupilYear]:
    """The latest record there up to the year of the offer, by the key there."""
    rows = PupilYear.objects.in_school(offer.from_school).filter(
        pupil__in=[each.there.pk for each in coming], academic_year__lte=offer.academic_year
    )
    return {row.pupil_id: row for row in rows.order_by("academic_year")}


def _record(
    offer: TransferOffer, coming: _Coming, latest: PupilYear, classes: dict[UUID, ClassGroup]
) -> PupilYear:
    """The record of the first year here: what was true there last, until this school's own roll says otherwise. Attendance is of its year."""
    is_of_year = latest.academic_year == offer.academic_year
    names = [
        each.attname
        for each in PupilYear._meta.concrete_fields
        if each.attname.startswith("is_") or each.attname in {"sen_status", "ethnicity"}
    ]
    place = coming.place
    return PupilYear(
        school=offer.to_school,
        pupil=coming.here,
        academic_year=offer.academic_year,
        year_group=place.year_group,
        class_group=classes[place.class_id] if place.class_id else None,
        **{name: getattr(latest, name) for name in names},
        **({"origin_school": offer.from_school, "origin_id": latest.public_id} if is_of_year else {}),
    )


def _let_go(offer: TransferOffer, pupils: Sequence[Pupil], by: User) -> None:
    """At the offering school: the stays end, and the pupils are on offer no more."""
    sender = offer.from_school
    with change_set(
        school=sender,
        kind=ChangeKind.HAND_OVER,
        by=by,
        reason=f"To {offer.to_school.name}: {counted(len(pupils))}",
    ) as let_go:
        stays = Enrolment.objects.in_school(sender).filter(pupil__in=pupils, starts_on__lte=offer.last_day)
        stays.filter(Q(ends_on=None) | Q(ends_on__gt=offer.last_day)).update(ends_on=offer.last_day)
        left = OfferedPupil.objects.in_school(sender).filter(offer=offer)
        left.filter(pupil_key__in=[pupil.public_id for pupil in pupils]).delete()
        offer.accepted += len(pupils)
        offer.handed_over_by = let_go.public_id
        offer.save(update_fields=["accepted", "taken_in_by", "handed_over_by"])
        if not left.exists():
            close(offer, OfferState.ACCEPTED, by)
