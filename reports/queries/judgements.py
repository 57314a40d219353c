"""Every judgement of some pupils, one by one, as files in the long form say them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import QuerySet

from assessment.engine.subjects import Kind
from assessment.models import Judgement
from schools.calendar import AcademicYear
from schools.models import PupilYear, School


class LongRow(NamedTuple):
    """One judgement: points, or the reason for having none. `subject` is the number; `upn` is empty of a pupil who has none yet."""

    surname: str
    forename: str
    upn: str | None
    subject: int
    academic_year: int
    term: int
    points: int | None
    reason: str
    note: str
    is_on_entry: bool


def long_rows(
    school: School,
    *,
    academic_year: AcademicYear | None = None,
    kind: Kind | None = None,
    of: QuerySet[PupilYear] | None = None,
) -> Iterator[LongRow]:
    """By pupil, year, subject and term; those of one year, of subjects or areas alone, and of the pupils `of` alone, where that is said. One query.

    Needs the school open.
    """
    found = Judgement.objects.in_school(school)
    if academic_year is not None:
        found = found.filter(academic_year=academic_year)
    if kind is not None:
        found = found.filter(subject__kind=kind)
    if of is not None:
        found = found.filter(pupil__in=of.values("pupil"))
    rows = found.order_by(
        "pupil__surname", "pupil__forename", "pupil_id", "academic_year", "subject_id", "term"
    ).values_list(
        "pupil__surname",
        "pupil__forename",
        "pupil__upn",
        "subject_id",
        "academic_year",
        "term",
        "points",
        "reason",
        "note",
        "is_on_entry",
    )
    return (LongRow(*row) for row in rows.iterator(chunk_size=5_000))
