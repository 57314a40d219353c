"""A pupil's plain page, for those who may see the name."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from schools.access import Access
from schools.attendance import in_words
from schools.calendar import AcademicYear, age_in_months, year_group_by_age
from schools.identifiers import is_temporary_upn
from schools.models import Enrolment, Pupil, PupilYear, SenStatus, Sex
from schools.permissions import Permission
from schools.queries.badges import Badge, badges
from schools.queries.rolls import counting_day, note, pupils_for, school_days
from schools.queries.statutory import ResultLine, results_of


@dataclass(frozen=True)
class Fact:
    """Something recorded of a pupil."""

    label: str
    value: str


@dataclass(frozen=True)
class Stay:
    """One stay on the roll; `ends_on` None goes on."""

    starts_on: dt.date
    is_start_assumed: bool
    ends_on: dt.date | None


@dataclass(frozen=True)
class YearLine:
    """What the record says for one academic year."""

    # None where the reader may not open the pupil's page of that year.
    year: AcademicYear | None
    academic_year: str
    year_group: str
    class_name: str
    characteristics: tuple[Fact, ...]


@dataclass(frozen=True)
class PupilPage:
    """A pupil's plain page."""

    public_id: uuid.UUID
    name: str
    full_name: str
    upn: str
    upn_note: str
    date_of_birth: dt.date
    age: str
    sex: str
    year_group: str
    class_name: str
    class_id: uuid.UUID | None
    # Left, still to come, joined late: what the roll says beside the name.
    note: str
    badges: tuple[Badge, ...]
    notices: tuple[str, ...]
    is_anonymised: bool
    stays: tuple[Stay, ...]
    years: tuple[YearLine, ...]
    # Of statutory assessments, as files told them.
    results: tuple[ResultLine, ...]


def pupil_page(access: Access, pupil_id: uuid.UUID, *, today: dt.date) -> PupilPage | None:
    """The pupil's page as of the year in view; None where this person may not see the pupil."""
    row = pupils_for(access).filter(pupil__public_id=pupil_id).select_related("pupil", "class_group").first()
    if row is None:
        return None
    pupil = row.pupil
    first_day, _ = school_days(access)
    day = counting_day(access, today)
    years = PupilYear.objects.in_school(access.school).filter(pupil=pupil).select_related("class_group")
    stays = list(Enrolment.objects.in_school(access.school).filter(pupil=pupil).order_by("-starts_on"))
    return PupilPage(
        public_id=pupil.public_id,
        name=pupil.name,
        full_name=pupil.full_name,
        upn=pupil.upn,
        upn_note="Temporary" if pupil.upn and is_temporary_upn(pupil.upn) else "",
        date_of_birth=pupil.date_of_birth,
        age=_age(age_in_months(pupil.date_of_birth, day)),
        sex=Sex(pupil.sex).label if pupil.sex else "",
        year_group=row.year_group.label,
        class_name=row.class_group.name if row.class_group else "",
        class_id=row.class_group.public_id if row.class_group else None,
        note=note(list(reversed(stays)), first_day, today),
        badges=badges(row),
        notices=_notices(row),
        is_anonymised=pupil.anonymised_at is not None,
        stays=tuple(Stay(stay.starts_on, stay.is_start_assumed, stay.ends_on) for stay in stays),
        years=tuple(_year_line(year, access) for year in years.order_by("-academic_year")),
        results=results_of(pupil, access.school),
    )


def _age(months: int) -> str:
    years, months = divmod(months, 12)
    return f"{_counted(years, 'year')} {_counted(months, 'month')}" if months else _counted(years, "year")


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _notices(row: PupilYear) -> tuple[str, ...]:
    return (*_disputed(row.pupil), *_out_of_year(row))


def _disputed(pupil: Pupil) -> tuple[str, ...]:
    return (f"Disputed, and being checked: {pupil.disputed}",) if pupil.disputed else ()


def _out_of_year(row: PupilYear) -> tuple[str, ...]:
    by_age = year_group_by_age(row.pupil.date_of_birth, row.academic_year)
    if by_age is row.year_group:
        return ()
    usual = by_age.label if by_age is not None else "no year group"
    return (f"Out of year: in {row.year_group.label}; by age it would be {usual}.",)


def _year_line(year: PupilYear, access: Access) -> YearLine:
    flags = (
        ("Pupil premium", year.is_pupil_premium),
        ("FSM6", year.is_fsm6),
        ("Disadvantaged", year.is_disadvantaged),
        ("EAL", year.is_eal),
        ("Looked after", year.is_looked_after),
        ("Previously looked after", year.is_previously_looked_after),
        ("Service child", year.is_service_child),
    )
    # Who sees the classes taught alone may have taught the pupil in this year and in no other.
    may_open = (
        access.may(Permission.SEE_ALL_PUPILS) and year.academic_year in access.opened_years
    ) or year.academic_year == access.academic_year
    facts = [Fact(name, "Yes" if flag else "No") for name, flag in flags if flag is not None]
    if year.sen_status:
        facts.insert(0, Fact("SEN", SenStatus(year.sen_status).label))
    if year.ethnicity:
        facts.append(Fact("Ethnicity", year.ethnicity))
    if year.attendance is not None:
        facts.append(Fact("Attendance", in_words(year.attendance)))
    return YearLine(
        year=year.academic_year if may_open else None,
        academic_year=year.academic_year.label,
        year_group=year.year_group.label,
        class_name=year.class_group.name if year.class_group else "",
        characteristics=tuple(facts),
    )
