"""Children come, go, come back, and stand in a year group and a class each year."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from schools.calendar import AcademicYear, YearGroup
from schools.identifiers import read_upn
from schools.models import ClassGroup, Enrolment, Pupil, PupilYear, School, SenStatus, Sex, User
from schools.services.changes import acting
from schools.services.turns import take_turn_alone
from schools.signals import records_corrected


@dataclass(frozen=True, kw_only=True)
class PupilDetails:
    """Who a child is."""

    surname: str
    forename: str
    date_of_birth: dt.date
    sex: Sex | str = ""
    upn: str = ""
    preferred_surname: str = ""
    preferred_forename: str = ""


@dataclass(frozen=True, kw_only=True)
class Characteristics:
    """What is held of a pupil for one academic year; None and "" mean that it was never supplied."""

    sen_status: SenStatus | str = ""
    is_pupil_premium: bool | None = None
    is_fsm6: bool | None = None
    is_disadvantaged: bool | None = None
    is_eal: bool | None = None
    is_looked_after: bool | None = None
    is_previously_looked_after: bool | None = None
    is_service_child: bool | None = None
    ethnicity: str = ""
    # From 0 to 100, with one decimal place (schools.attendance.as_held).
    attendance: Decimal | None = None


class Unchanged(Enum):
    """Not said, which is neither "no" nor "not known"."""

    UNCHANGED = "unchanged"


UNCHANGED = Unchanged.UNCHANGED


@dataclass(frozen=True, kw_only=True)
class YearPlace:
    """Where a pupil stands in one academic year. What is not said stays as it is; in a new year it is not known."""

    academic_year: AcademicYear
    year_group: YearGroup
    class_group: ClassGroup | Unchanged | None = UNCHANGED
    characteristics: Characteristics | Unchanged = UNCHANGED


def admit(
    *, school: School, details: PupilDetails, place: YearPlace, starts_on: dt.date | None, by: User | None
) -> Pupil:
    """Put a new child on the roll, in the place given; the school has opened that year.

    starts_on None is a blank entry date: the first day of that academic year, until an earlier year's roll is loaded
    (`place_in_year`). Raises ValueError for a malformed UPN. Needs the school open.
    """
    values = {**asdict(details), "upn": read_upn(details.upn) if details.upn else ""}
    with acting(by):
        pupil = Pupil.objects.create(school=school, **values)
        Enrolment.objects.create(
            school=school,
            pupil=pupil,
            starts_on=starts_on or place.academic_year.starts_on,
            is_start_assumed=starts_on is None,
        )
        place_in_year(pupil=pupil, place=place, by=by)
    return pupil


def place_in_year(*, pupil: Pupil, place: YearPlace, by: User | None) -> PupilYear:
    """Record, or correct, where the pupil stands in a year; an assumed start moves back to an earlier year.

    What hangs on the year group follows within the same transaction (schools/signals.py).
    """
    said: dict[str, Any] = {"year_group": place.year_group}
    if place.class_group is not UNCHANGED:
        said["class_group"] = place.class_group
    if place.characteristics is not UNCHANGED:
        said |= asdict(place.characteristics)
    with acting(by):
        take_turn_alone(pupil.school)
        year, is_new = PupilYear.objects.update_or_create(
            school_id=pupil.school_id, pupil=pupil, academic_year=place.academic_year, defaults=said
        )
        Enrolment.objects.filter(
            school_id=pupil.school_id,
            pupil=pupil,
            is_start_assumed=True,
            starts_on__gt=place.academic_year.starts_on,
        ).update(starts_on=place.academic_year.starts_on)
        if not is_new:
            records_corrected.send(
                sender=None, school=pupil.school, pupil_ids=[pupil.pk], academic_year=place.academic_year
            )
    return year


def leave(*, pupil: Pupil, on: dt.date, by: User | None) -> None:
    """End the stay that goes on: `on` is the last day on roll. ValueError where there is none."""
    with acting(by):
        ended = Enrolment.objects.filter(
            school_id=pupil.school_id, pupil=pupil, ends_on=None, starts_on__lte=on
        ).update(ends_on=on)
        if not ended:
            raise ValueError(f"{pupil.full_name} has no stay that goes on at {on:%d/%m/%Y}.")


def come_back(*, pupil: Pupil, on: dt.date, by: User | None) -> Enrolment:
    """Begin another stay of a pupil who had left. Raises IntegrityError where a stay covers the day."""
    with acting(by):
        return Enrolment.objects.create(school_id=pupil.school_id, pupil=pupil, starts_on=on)
