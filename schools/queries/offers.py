"""Offers of pupils between schools of a partnership, as their pages show them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q, Sum

from schools.access import Access
from schools.calendar import AcademicYear, YearGroup
from schools.models import (
    ClassGroup,
    OfferedPupil,
    OfferState,
    Pupil,
    PupilYear,
    School,
    TransferOffer,
)
from schools.permissions import Permission
from schools.queries.handed import judged_rows, rows_that_may_be_replaced
from schools.queries.rolls import pupils_for
from schools.row_security import visible_to


@dataclass(frozen=True)
class OfferLine:
    """An offer in a list: the other school, how many pupils, and how it stands."""

    offer: TransferOffer
    other: School
    is_ours: bool
    stands: bool
    state: str

    @property
    def pupils(self) -> str:
        """`12 pupils`, `3 of 12 pupils taken in`."""
        number, taken = self.offer.pupils, self.offer.accepted
        counted = f"{number} pupil{'' if number == 1 else 's'}"
        return f"{taken} of {counted} taken in" if taken else counted


@dataclass(frozen=True)
class Offerable:
    """A pupil who can be offered."""

    public_id: UUID
    name: str
    year_group: str
    class_name: str


@dataclass(frozen=True)
class Known:
    """What one school says of a child, for two of them to be laid side by side."""

    public_id: UUID
    name: str
    date_of_birth: dt.date
    upn: str
    sex: str
    year_group: str
    class_name: str
    judged: int


@dataclass(frozen=True)
class Match:
    """Somebody here who may be the child. `is_certain`: by the number, or because the child came here before. `both_judged`: of how many cells."""

    here: Known
    is_certain: bool
    both_judged: int


@dataclass(frozen=True)
class Offered:
    """A pupil of an offer that stands, and who here may be the same child."""

    there: Known
    year_group_then: YearGroup
    matches: tuple[Match, ...]


def offers_of(access: Access, today: dt.date) -> list[OfferLine]:
    """All offers to the school and by it, those that stand first, then the latest; one query."""
    school = access.school
    found = (
        TransferOffer.objects.filter(Q(from_school=school) | Q(to_school=school))
        .select_related("from_school", "to_school", "offered_by", "closed_by")
        .order_by("-pk")
    )
    lines = [offer_line(offer, school, today) for offer in found]
    return sorted(lines, key=lambda line: not line.stands)


def pupils_waiting(access: Access, today: dt.date) -> int:
    """How many pupils are offered to the school and wait for an answer, for who may take pupils in; one query, and none for everybody else."""
    if not access.may(Permission.MOVE_PUPILS):
        return 0
    waiting = TransferOffer.objects.filter(
        to_school=access.school, state=OfferState.OFFERED, stands_until__gte=today
    )
    counted = waiting.aggregate(left=Sum(F("pupils") - F("accepted")))
    return int(counted["left"] or 0)


def offer_line(offer: TransferOffer, school: School, today: dt.date) -> OfferLine:
    """The offer as this school sees it."""
    is_ours = offer.from_school_id == school.pk
    other = offer.to_school if is_ours else offer.from_school
    state = "Not answered in time" if offer.has_expired_by(today) else str(OfferState(offer.state).label)
    return OfferLine(offer, other, is_ours, offer.stands_on(today), state)


def offer_seen_by(access: Access, offer_id: UUID) -> TransferOffer | None:
    """The offer, for one of its two schools; None for everybody else."""
    school = access.school
    found: TransferOffer | None = (
        TransferOffer.objects.filter(Q(from_school=school) | Q(to_school=school), public_id=offer_id)
        .select_related("from_school", "to_school", "offered_by", "closed_by")
        .first()
    )
    return found


def schools_to_offer_to(access: Access) -> list[School]:
    """The others of the partnership, by name."""
    others = School.objects.filter(partnership=access.school.partnership_id).exclude(pk=access.school.pk)
    return list(others.order_by("name", "pk"))


def offerable(
    access: Access, year_group: YearGroup | None = None, only: UUID | None = None
) -> list[Offerable]:
    """The pupils of the year whom this person may offer, by name: those of a year group, or one. Who was anonymised has nothing to take along."""
    rows = pupils_for(access).filter(pupil__anonymised_at=None).select_related("pupil", "class_group")
    if year_group is not None:
        rows = rows.filter(year_group=year_group)
    if only is not None:
        rows = rows.filter(pupil__public_id=only)
    return [
        Offerable(
            row.pupil.public_id,
            row.pupil.name,
            row.year_group.label,
            row.class_group.name if row.class_group else "",
        )
        for row in rows.order_by("pupil__surname", "pupil__forename", "pk")
    ]


def offered_names(offer: TransferOffer) -> list[str]:
    """Whom the offer is of, for the offering school, by name; nobody once it is over."""
    keys = OfferedPupil.objects.in_school(offer.from_school).filter(offer=offer).values("pupil_key")
    pupils = Pupil.objects.in_school(offer.from_school).filter(public_id__in=keys)
    return [pupil.name for pupil in pupils.order_by("surname", "forename", "pk")]


def offered_pupils(offer: TransferOffer) -> list[Offered]:
    """Whom a standing offer is of, for the receiving school; opens both. Only by this are names of another school read."""
    sender, receiver = offer.from_school, offer.to_school
    with visible_to(sender, receiver):
        keys = OfferedPupil.objects.in_school(sender).filter(offer=offer).values("pupil_key")
        there = list(
            Pupil.objects.in_school(sender)
            .filter(public_id__in=keys, anonymised_at=None)
            .order_by("surname", "forename", "pk")
        )
        matches = _matches(there, receiver)
        pairs = [(pupil.pk, here.pk) for pupil in there for here, _ in matches[pupil.pk]]
        both = rows_that_may_be_replaced(sender, receiver, pairs)
        of_there = _known(sender, there, offer.academic_year)
        of_here = _known(
            receiver, [here for found in matches.values() for here, _ in found], offer.academic_year
        )
        then = year_groups_then(sender, there, AcademicYear(offer.academic_year))
    return [
        Offered(
            of_there[pupil.pk],
            then[pupil.pk],
            tuple(
                Match(of_here[here.pk], is_certain, both[pupil.pk, here.pk])
                for here, is_certain in matches[pupil.pk]
            ),
        )
        for pupil in there
        if pupil.pk in then
    ]


def _matches(there: Sequence[Pupil], receiver: School) -> dict[int, list[tuple[Pupil, bool]]]:
    """By the pupil's key there: who here is the child by number or by an earlier copy, else who was born that day and shares a name."""
    held = Pupil.objects.in_school(receiver).filter(
        Q(upn__in=[pupil.upn for pupil in there if pupil.upn])
        | Q(person_key__in=[pupil.person_key for pupil in there])
        | Q(date_of_birth__in=[pupil.date_of_birth for pupil in there]),
        anonymised_at=None,
    )
    here = list(held.select_related("merged_into").order_by("surname", "forename", "pk"))
    found: dict[int, list[tuple[Pupil, bool]]] = defaultdict(list)
    for pupil in there:
        certain = [
            each
            for each in here
            if each.person_key == pupil.person_key
            or (pupil.upn and each.upn == pupil.upn and each.merged_into_id is None)
        ]
        # A number that the child had before does not make them one by itself.
        perhaps = [
            each
            for each in here
            if (pupil.upn and each.upn == pupil.upn)
            or (each.date_of_birth == pupil.date_of_birth and _names(each) & _names(pupil))
        ]
        found[pupil.pk] = [(each, True) for each in _meant(certain)] or [
            (each, False) for each in _meant(perhaps)
        ]
    return found


def _meant(found: Sequence[Pupil]) -> list[Pupil]:
    """Each once; of a record that was merged into another, the other."""
    return list(dict.fromkeys(each.merged_into or each for each in found))


def _names(pupil: Pupil) -> set[tuple[str, str]]:
    return {
        ("surname", pupil.surname.casefold()),
        ("surname", (pupil.preferred_surname or pupil.surname).casefold()),
        ("forename", pupil.forename.casefold()),
        ("forename", (pupil.preferred_forename or pupil.forename).casefold()),
    }


def _known(school: School, pupils: Iterable[Pupil], academic_year: int) -> dict[int, Known]:
    of_school = {pupil.pk: pupil for pupil in pupils}
    latest = {
        row.pupil_id: row
        for row in PupilYear.objects.in_school(school)
        .filter(pupil__in=of_school, academic_year__lte=academic_year)
        .select_related("class_group")
        .order_by("academic_year")
    }
    judged = judged_rows(school, of_school.keys())
    return {
        pk: Known(
            pupil.public_id,
            pupil.name,
            pupil.date_of_birth,
            pupil.upn,
            pupil.get_sex_display(),
            latest[pk].year_group.label if pk in latest else "",
            latest[pk].class_group.name if pk in latest and latest[pk].class_group else "",
            judged[pk],
        )
        for pk, pupil in of_school.items()
    }


def year_groups_then(
    school: School, pupils: Sequence[Pupil], academic_year: AcademicYear
) -> dict[int, YearGroup]:
    """By the pupil's key, the year group of that year: as recorded, or as many on from the latest record before as years have passed."""
    rows = (
        PupilYear.objects.in_school(school)
        .filter(pupil__in=pupils, academic_year__lte=academic_year)
        .order_by("academic_year")
        .values_list("pupil_id", "academic_year", "year_group")
    )
    return {pupil: YearGroup(min(group + academic_year - year, YearGroup.Y13)) for pupil, year, group in rows}


def classes_of_year(school: School, academic_year: int) -> list[ClassGroup]:
    """The classes of the year in which the pupils would begin, by name."""
    found = ClassGroup.objects.in_school(school).filter(academic_year=academic_year)
    return list(found.order_by("name", "pk"))
