"""What the pupils of a common transfer file are to a year's roll: rows, where the file or the school says in which year group; else nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from schools.attendance import as_held
from schools.calendar import AcademicYear, YearGroup, year_group_by_age
from schools.ctf_values import CtfAttendance, CtfPupil, CtfStay
from schools.models import Pupil, PupilYear, School
from schools.sen_codes import counts_as
from schools.services.enrolments import UNCHANGED, Unchanged
from schools.services.roll_rows import RollProblem, RollRow

# First languages that are English, or believed to be; and codes that name none.
_ENGLISH, _NOT_SAID = frozenset({"ENG", "ENB"}), frozenset({"NOT", "REF", "CLA"})


@dataclass
class Sorted:
    """The pupils of a file, by what the school does with them."""

    rows: list[RollRow] = field(default_factory=list)
    problems: list[RollProblem] = field(default_factory=list)
    # Of pupils whose year group follows from their age.
    by_age: dict[int, YearGroup] = field(default_factory=dict)
    # Known, but with no record of the year, and the file gives no year group: only what does not hang on a year is kept.
    without_record: list[CtfPupil] = field(default_factory=list)
    # Not known, in a file that is no roll: nothing of them is kept.
    unknown: list[CtfPupil] = field(default_factory=list)


def placeholder(pupil: CtfPupil) -> RollRow:
    """A row by which the pupil can be found; its year group says nothing."""
    return RollRow(
        number=pupil.number,
        upn=pupil.upn,
        surname=pupil.surname,
        forename=pupil.forename,
        date_of_birth=pupil.date_of_birth,
        year_group=pupil.year_group or YearGroup.R,
    )


def sort_pupils(
    pupils: Iterable[CtfPupil],
    found: Mapping[int, Pupil],
    *,
    school: School,
    academic_year: AcademicYear,
    is_partial: bool,
    is_open: bool,
) -> Sorted:
    """Rows for those who belong on the roll of the year; `found` are the pupils of the school, by number.

    The file's year group counts; a pupil who stands on the roll already keeps the year group held. Of a new pupil it follows from age, in a file that is
    meant to bring pupils; a partial one brings results, and makes nobody a pupil. `is_open`: whether the year's flags still follow from periods.
    """
    records = {
        record.pupil_id: record
        for record in PupilYear.objects.in_school(school).filter(
            academic_year=academic_year, pupil__in=[pupil.pk for pupil in found.values()]
        )
    }
    sorted_ = Sorted()
    for pupil in pupils:
        held = found.get(pupil.number)
        record = records.get(held.pk) if held else None
        group = pupil.year_group if pupil.year_group is not None else record.year_group if record else None
        if group is None:
            group = _without_year_group(sorted_, pupil, held, academic_year, is_partial=is_partial)
        if group is not None:
            of_year = _of_year(pupil, record, academic_year, is_open=is_open)
            sorted_.rows.append(_row(pupil, held, group, school, academic_year, of_year))
    return sorted_


def _without_year_group(
    sorted_: Sorted, pupil: CtfPupil, held: Pupil | None, year: AcademicYear, *, is_partial: bool
) -> YearGroup | None:
    if held is not None:
        sorted_.without_record.append(pupil)
        return None
    if is_partial:
        sorted_.unknown.append(pupil)
        return None
    group = year_group_by_age(pupil.date_of_birth, year)
    if group is None:
        what = (
            "is missing, and by age the child belongs in none. Have the file made again with the year group,"
            " or add the pupil by a list of pupils first."
        )
        sorted_.problems.append(RollProblem(row=pupil.number, field="year_group", what=what))
    else:
        sorted_.by_age[pupil.number] = group
    return group


@dataclass(frozen=True)
class _OfYear:
    sen_status: str | Unchanged = UNCHANGED
    attendance: Decimal | Unchanged = UNCHANGED


def _of_year(pupil: CtfPupil, record: PupilYear | None, year: AcademicYear, *, is_open: bool) -> _OfYear:
    percentage = attendance_of(pupil.attendance, year)
    return _OfYear(
        sen_status=_sen_status(pupil, record, year, is_open=is_open),
        attendance=UNCHANGED if percentage is None else percentage,
    )


def _sen_status(
    pupil: CtfPupil, record: PupilYear | None, year: AcademicYear, *, is_open: bool
) -> str | Unchanged:
    """While a year is open its status follows from the periods, unless the record says another by itself; then, and of a closed year, the file's is taken."""
    begun = [each for each in pupil.sen if each.starts_on <= year.ends_on]
    status = counts_as(max(begun, key=lambda each: each.starts_on).code) if begun else ""
    held = record.sen_status if record else ""
    if not status or (is_open and held in {"", status}):
        return UNCHANGED
    return status


def attendance_of(years: Iterable[CtfAttendance], year: int) -> Decimal | None:
    """Per cent of the sessions of a year at all schools together; None where none were possible."""
    found = [each for each in years if each.year == year]
    possible = sum(each.possible for each in found)
    if not possible:
        return None
    return as_held(Decimal(100 * sum(each.attended for each in found)) / possible)


def _row(
    pupil: CtfPupil,
    held: Pupil | None,
    group: YearGroup,
    school: School,
    year: AcademicYear,
    of_year: _OfYear,
) -> RollRow:
    surname = as_cased(pupil.surname, held.surname if held else "")
    forename = as_cased(pupil.forename, held.forename if held else "")
    stay = _stay_here(pupil.stays, school, year)
    return RollRow(
        number=pupil.number,
        upn=pupil.upn,
        surname=surname,
        forename=forename,
        date_of_birth=pupil.date_of_birth,
        year_group=group,
        preferred_surname=_preferred(
            pupil.preferred_surname, surname, held.preferred_surname if held else ""
        ),
        preferred_forename=_preferred(
            pupil.preferred_forename, forename, held.preferred_forename if held else ""
        ),
        sex=pupil.sex or UNCHANGED,
        ethnicity=pupil.ethnicity or UNCHANGED,
        is_eal=_is_eal(pupil.first_language),
        is_service_child=_is_service_child(pupil.service_child),
        is_looked_after=UNCHANGED if pupil.in_care is None else pupil.in_care,
        sen_status=of_year.sen_status,
        attendance=of_year.attendance,
        entry=stay.starts_on if stay else None,
        leaving=stay.ends_on if stay else None,
    )


def as_cased(said: str, held: str) -> str:
    """The name as held where the file says the same all in capitals, as many systems do; else as the file says it."""
    return held if said.isupper() and said.casefold() == held.casefold() else said


def _preferred(said: str | None, legal: str, held: str) -> str | Unchanged:
    """A preferred name that is the legal one is none."""
    if said is None:
        return UNCHANGED
    return "" if said.casefold() == legal.casefold() else as_cased(said, held)


def _is_eal(language: str | None) -> bool | Unchanged:
    code = (language or "").upper()
    return UNCHANGED if not code or code in _NOT_SAID else code not in _ENGLISH


def _is_service_child(said: str | None) -> bool | Unchanged | None:
    return UNCHANGED if said is None else {"Y": True, "N": False}.get(said)


def _stay_here(stays: Sequence[CtfStay], school: School, year: AcademicYear) -> CtfStay | None:
    """The last stay at this school that touches the year; days that the year's roll could not hold are not said."""
    here = [
        stay
        for stay in stays
        if stay.school.dfe_number == school.dfe_number
        and (stay.starts_on or dt.date.min) <= year.ends_on
        and (stay.ends_on or dt.date.max) >= year.starts_on
    ]
    return max(here, key=lambda stay: stay.starts_on or dt.date.min) if here else None
