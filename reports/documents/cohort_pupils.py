"""The pupils behind a number of a cohort over time: the set that the number counts, with what they were judged then and are now."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from reports.documents.cohorts import CohortOverTime, CohortPart, CohortPoint
from reports.documents.marks import ATTAINMENT_MARKS, Mark
from reports.documents.tables import Table, Value
from reports.queries.cohorts import JudgedThen
from reports.queries.figure_pupils import named
from schools.access import Access
from schools.calendar import AcademicYear


@dataclass(frozen=True)
class CohortPupil:
    """A pupil of a list, with what was judged then and what is now; the address is of the year in which the name is found."""

    public_id: uuid.UUID
    name: str
    class_name: str
    year: AcademicYear
    then: JudgedThen | None
    now: JudgedThen | None

    @property
    def then_mark(self) -> Mark | None:
        return ATTAINMENT_MARKS[self.then.attainment] if self.then else None

    @property
    def now_mark(self) -> Mark | None:
        return ATTAINMENT_MARKS[self.now.attainment] if self.now else None


def cohort_pupils(
    access: Access, shown: CohortOverTime, point: CohortPoint, part: CohortPart
) -> list[CohortPupil]:
    """Those whom the point counts in the part, by name; who left since as of that year."""
    of_year = replace(access, academic_year=point.academic_year) if part is CohortPart.LEFT else access
    now = shown.points[-1].then
    return [
        CohortPupil(
            public_id=row.pupil.public_id,
            name=row.pupil.name,
            class_name=row.class_group.name if row.class_group else "",
            year=of_year.academic_year,
            then=point.then.get(row.pupil_id),
            now=now.get(row.pupil_id),
        )
        for row in named(of_year, sorted(point.parts[part]))
    ]


def cohort_pupils_table(found: list[CohortPupil], point: CohortPoint, title: str) -> Table:
    """The list as it is shown."""
    headings = (
        "Pupil",
        "Class",
        f"Points, {point.label}",
        f"Attainment, {point.label}",
        "Points now",
        "Attainment now",
    )
    rows: list[list[Value]] = [
        [
            each.name,
            each.class_name,
            each.then.points if each.then else None,
            each.then_mark.word if each.then_mark else None,
            each.now.points if each.now else None,
            each.now_mark.word if each.now_mark else None,
        ]
        for each in found
    ]
    return Table(title, headings, rows, len(found))
