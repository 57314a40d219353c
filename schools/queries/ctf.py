"""Who may go into a common transfer file, and what we hold of them that has a place there."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from schools.access import Access
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.ctf_values import (
    CtfHeader,
    CtfMeals,
    CtfNeed,
    CtfPupil,
    CtfResult,
    CtfSchool,
    CtfSen,
    CtfStay,
)
from schools.models import (
    CtfResultRaw,
    Enrolment,
    FsmPeriod,
    PupilYear,
    School,
    SchoolAttended,
    SenNeed,
    SenPeriod,
    Term,
)
from schools.queries.rolls import pupils_for
from schools.sen_codes import NONE

SUPPLIER = "LEPTRACKER"
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Chosen:
    """A choice of pupils: its key in a form, what it says, and how many it holds."""

    key: str
    label: str
    count: int


def choices(access: Access) -> list[Chosen]:
    """Who left in the year or in a term of it, and each year group whole."""
    offered = [("left", f"Everybody who left in {access.academic_year}")]
    offered += [(f"left-{term.name.lower()}", f"Who left in {term.label}") for term in TermName]
    groups = sorted(set(_named(access).values_list("year_group", flat=True)))
    offered += [(f"year-{group.code}", f"All of {group.label}, on roll or not") for group in groups]
    return [Chosen(key, label, chosen(access, key).count()) for key, label in offered]


def chosen(access: Access, key: str) -> Any:
    """The records of the year in view that a choice means; of none for a key that is not offered."""
    named = _named(access)
    what, _, which = key.partition("-")
    if what == "year" and which in {group.code for group in YearGroup}:
        return named.filter(year_group=YearGroup.from_code(which))
    first, last = access.academic_year.starts_on, access.academic_year.ends_on
    if what == "left" and which:
        if which.upper() not in TermName.__members__:
            return named.none()
        first, last = _days_of(access, TermName[which.upper()])
    elif what != "left":
        return named.none()
    stays = Enrolment.objects.in_school(access.school).filter(pupil=OuterRef("pupil"))
    return named.filter(
        Exists(stays.filter(ends_on__gte=first, ends_on__lte=last)),
        ~Exists(stays.filter(ends_on=None)),
        ~Exists(stays.filter(ends_on__gt=last)),
    )


def _named(access: Access) -> Any:
    return pupils_for(access).filter(pupil__anonymised_at=None)


def of_pupil(access: Access, public_id: str) -> Any:
    """The record of the year in view of one pupil, or none."""
    return _named(access).filter(pupil__public_id=public_id)


def _days_of(access: Access, term: TermName) -> tuple[dt.date, dt.date]:
    """A term with the holidays after it: whoever leaves in these left with the term."""
    year = access.academic_year
    terms = Term.objects.in_school(access.school).filter(academic_year=year)
    starts = dict(terms.values_list("term", "starts_on"))
    first = year.starts_on if term is TermName.AUTUMN else starts.get(term, year.starts_on)
    following = starts.get(term + 1)
    return first, following - _DAY if following else year.ends_on


def header_for(
    school: School, academic_year: AcademicYear, *, destination: CtfSchool, version: int, made_at: dt.datetime
) -> CtfHeader:
    """The head of a partial file of this school."""
    return CtfHeader(
        version=version,
        made_at=f"{made_at:%Y-%m-%dT%H:%M:%S}",
        is_partial=True,
        supplier=SUPPLIER,
        source=_as_written(school),
        destination=destination,
        academic_year=int(academic_year),
    )


def _as_written(school: School) -> CtfSchool:
    number = school.dfe_number
    return CtfSchool(authority=number[:3], establishment=number[3:], urn=school.urn, name=school.name)


def pupils_of(school: School, records: Sequence[PupilYear]) -> tuple[CtfPupil, ...]:
    """What we hold of these pupils, whose records of one year these are, that has a place in a file. Six queries, however many they are.

    Left out is what we do not hold as a file needs it: sessions of attendance, languages, days in care.
    """
    held = _Held(school, [record.pupil_id for record in records])
    return tuple(
        CtfPupil(
            number=number,
            upn=record.pupil.upn,
            surname=record.pupil.surname,
            forename=record.pupil.forename,
            date_of_birth=record.pupil.date_of_birth,
            sex=record.pupil.sex or None,
            preferred_surname=record.pupil.preferred_surname or None,
            preferred_forename=record.pupil.preferred_forename or None,
            year_group=record.year_group,
            ethnicity=record.ethnicity or None,
            service_child=None if record.is_service_child is None else "NY"[record.is_service_child],
            in_care=record.is_looked_after,
            meals=tuple(_meals(held.of(FsmPeriod, record))),
            sen=tuple(_sen(held.of(SenPeriod, record))),
            needs=tuple(
                CtfNeed(code=row.need, rank=row.rank, starts_on=row.starts_on, ends_on=row.ends_on)
                for row in held.of(SenNeed, record)
            ),
            results=_results(held.of(CtfResultRaw, record)),
            stays=_stays(held.of(SchoolAttended, record), held.of(Enrolment, record), school),
        )
        for number, record in enumerate(records, start=1)
    )


class _Held:
    """The rows of these pupils, by table and pupil."""

    def __init__(self, school: School, pupils: Sequence[int]) -> None:
        self.rows: dict[tuple[type[Any], int], list[Any]] = defaultdict(list)
        tables: tuple[tuple[Any, str], ...] = (
            (FsmPeriod, "starts_on"),
            (SenPeriod, "starts_on"),
            (SenNeed, "rank"),
            (CtfResultRaw, "stage"),
            (SchoolAttended, "starts_on"),
            (Enrolment, "starts_on"),
        )
        for model, order in tables:
            for row in model.objects.in_school(school).filter(pupil__in=pupils).order_by(order, "pk"):
                self.rows[model, row.pupil_id].append(row)

    def of(self, model: type[Any], record: PupilYear) -> list[Any]:
        return self.rows[model, record.pupil_id]


def _meals(rows: Iterable[FsmPeriod]) -> Iterable[CtfMeals]:
    """The file knows no kinds: two periods that follow one another without a day between are one."""
    before: CtfMeals | None = None
    for row in rows:
        said = CtfMeals(starts_on=row.starts_on, ends_on=row.ends_on, country=row.country)
        if before and before.ends_on == said.starts_on - _DAY and before.country == said.country:
            before = CtfMeals(starts_on=before.starts_on, ends_on=said.ends_on, country=said.country)
            continue
        if before:
            yield before
        before = said
    if before:
        yield before


def _sen(rows: Sequence[SenPeriod]) -> Iterable[CtfSen]:
    """Each holds until the next begins; where one ended and none follows the next day, no provision began."""
    starts = {row.starts_on for row in rows}
    for row in rows:
        yield CtfSen(starts_on=row.starts_on, code=row.code)
        if row.ends_on and row.code != NONE and row.ends_on + _DAY not in starts:
            yield CtfSen(starts_on=row.ends_on + _DAY, code=NONE)


_RESULT = ("stage", "locale", "year", "subject", "method", "component", "status", "qualifier")


def _results(rows: Iterable[CtfResultRaw]) -> tuple[CtfResult, ...]:
    """To the letter; of several results of one thing in one year the last one that came."""
    last = {tuple(getattr(row, name) for name in _RESULT): row for row in rows}
    return tuple(
        CtfResult(
            **{name: getattr(row, name) for name in _RESULT}, result=row.result, result_date=row.result_date
        )
        for row in last.values()
    )


def _stays(
    attended: Iterable[SchoolAttended], enrolments: Sequence[Enrolment], school: School
) -> tuple[CtfStay, ...]:
    """The schools before, as they were told, then this one, by the dates of the roll; a start that was only assumed is not said."""
    before = [
        CtfStay(
            school=CtfSchool(
                authority=row.dfe_number[:3], establishment=row.dfe_number[3:], urn=row.urn, name=row.name
            ),
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            leaving_reason=row.leaving_reason,
        )
        for row in attended
        if row.dfe_number != school.dfe_number
    ]
    here = [
        CtfStay(
            school=_as_written(school),
            starts_on=None if stay.is_start_assumed else stay.starts_on,
            ends_on=stay.ends_on,
            is_last=stay is enrolments[-1],
        )
        for stay in enrolments
    ]
    return (*before, *here)
