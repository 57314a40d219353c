"""A school in 2026/27 whose colours are to be explained, and short ways to ask."""

from __future__ import annotations

import pytest

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import EYFS_AREAS, MATHEMATICS, Subject
from assessment.queries.explanations import Explanation, Part, explain
from schools.access import Access
from schools.calendar import AcademicYear, EyfsFramework, TermName, YearGroup
from schools.models import Pupil, Role, School
from schools.row_security import visible_to
from schools.services import years
from tests.conftest import member
from tests.factories import PupilYearFactory, on_roll

YEAR = AcademicYear(2026)
BASELINE, AUTUMN, SPRING, SUMMER = AssessmentTerm
COMPREHENSION = EYFS_AREAS[EyfsFramework.OF_2021][7]


@pytest.fixture
def access(school: School):  # type: ignore[no-untyped-def]
    """A head in 2026/27, its Autumn ending on Friday 18 December 2026; the school is open."""
    head = member(school, Role.HEAD)
    with visible_to(school):
        for year in (AcademicYear(YEAR - 1), YEAR):
            years.open_year(school=school, academic_year=year, by=None)
        yield Access(head, school, (Role.HEAD,), YEAR, (YEAR,), (school,))


def pupil_of(access: Access, year_group: YearGroup = YearGroup.Y4, **fields: object) -> Pupil:
    """In the year group now, and in the one below last year."""
    row = on_roll(access.school, YEAR, year_group=year_group, **fields)
    PupilYearFactory.create(
        school=access.school,
        academic_year=AcademicYear(YEAR - 1),
        pupil=row.pupil,
        year_group=YearGroup(max(year_group - 1, YearGroup.N1)),
    )
    return row.pupil


def why(
    access: Access,
    pupil: Pupil,
    term: TermName = TermName.AUTUMN,
    subject: Subject = MATHEMATICS,
    of: str = "",
) -> Explanation:
    found = explain(access, pupil.public_id, subject, term=term, of=of)
    assert found is not None
    return found


def facts(part: Part) -> dict[str, str]:
    return {fact.label: fact.value for fact in part.facts}


def shown(part: Part) -> tuple[str, str, str]:
    return part.figure, part.word, part.mark
