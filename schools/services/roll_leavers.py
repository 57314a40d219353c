"""Who stands on a year's roll and not in a file of the whole of it: proposed as leavers, never removed, and only those leave whom somebody names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet

from schools.calendar import AcademicYear
from schools.models import Enrolment, Pupil, PupilYear, School
from schools.services.roll_rows import RollProblem, RollRefused


@dataclass(frozen=True)
class Leavers:
    """Pupils, by their keys, and the last day on which they were on roll."""

    pupil_ids: tuple[int, ...] = ()
    on: dt.date | None = None


NOBODY = Leavers()


def absent(school: School, academic_year: AcademicYear, known: Collection[int]) -> tuple[int, ...]:
    """Pupils with a record of the year and a stay that goes on, who are not among the known; by name."""
    staying = Enrolment.objects.in_school(school).filter(ends_on=None, starts_on__lte=academic_year.ends_on)
    of_year = PupilYear.objects.in_school(school).filter(
        academic_year=academic_year, pupil__in=staying.values("pupil")
    )
    ordered = of_year.order_by("pupil__surname", "pupil__forename", "pupil_id")
    return tuple(key for key in ordered.values_list("pupil_id", flat=True) if key not in known)


def refuse_wrong(leavers: Leavers, school: School, absent: Collection[int]) -> None:
    """RollRefused for somebody who stands in the file or is not on roll, and for a day before they came."""
    if not leavers.pupil_ids:
        return
    problems = []
    if leavers.on is None:
        problems.append(RollProblem(row=None, field="", what="Say the last day on roll of those who leave."))
    if not set(leavers.pupil_ids) <= set(absent):
        what = "Somebody who was ticked to leave stands in the file, or is not on roll any more."
        problems.append(RollProblem(row=None, field="", what=what))
    elif leavers.on is not None:
        later = _stays(leavers, school).filter(starts_on__gt=leavers.on)
        names = Pupil.objects.in_school(school).filter(pk__in=later.values("pupil"))
        problems += [
            RollProblem(
                row=None,
                field="",
                what=f"{pupil.name} came after {leavers.on:%d/%m/%Y}, the last day that was given.",
            )
            for pupil in names.order_by("surname", "pk")
        ]
    if problems:
        raise RollRefused(problems)


def end_stays(leavers: Leavers, school: School) -> None:
    """Their stays end. Within the act of the roll."""
    if leavers.pupil_ids:
        _stays(leavers, school).update(ends_on=leavers.on)


def _stays(leavers: Leavers, school: School) -> QuerySet[Enrolment]:
    stays: QuerySet[Enrolment] = Enrolment.objects.in_school(school).filter(
        pupil__in=leavers.pupil_ids, ends_on=None
    )
    return stays
