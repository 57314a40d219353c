"""A year group whose signs were worked out by hand: Year 3 in Mathematics, from last Summer (2024/25) to Summer 2025/26.

P01 to P12 are the cohort of tests/assessment/engine/test_progress_signs.py, from the start of the year to now. A year before the start P04 had 27, P12 24 and P01 28;
nothing is known of the others then. P12 has SEN support, of P04 nothing was supplied. P02's Baseline of 34 stands beside a last Summer of 20.

Others who must not change a figure, each with points at both ends unless said otherwise:
Gone   left on the day before the last day of Summer
Late   joined in Spring with 30 on entry, 30 in Summer: no start
Mia    35 at the start, absent in Summer
Odd    Year 4 by the record though as old as Year 3: 34 and 34, the only one there
Ria    in Reception
"""

from __future__ import annotations

import datetime as dt

import pytest

from assessment.engine.assessment_points import AssessmentTerm
from assessment.models import Reason
from schools.access import Access
from schools.calendar import AcademicYear, YearGroup, default_term_dates
from schools.models import ClassGroup, Pupil, Role, School, SenStatus
from schools.row_security import visible_to
from schools.services import years
from tests.conftest import member
from tests.factories import ClassGroupFactory, EnrolmentFactory, PupilFactory, PupilYearFactory, judged

YEAR, LAST_YEAR, BEFORE = AcademicYear(2025), AcademicYear(2024), AcademicYear(2023)
BASELINE, AUTUMN, SPRING, SUMMER = AssessmentTerm
LAST_DAY = default_term_dates(YEAR)[SUMMER.term][1]  # type: ignore[index]
STARTS = (35, 34, 35, 34, 33, 35, 34, 35, 33, 34, 36, 30)
NOW = (42, 41, 42, 38, 40, 42, 41, 42, 40, 41, 43, 35)
EARLIER = {1: 28, 4: 27, 12: 24}


@pytest.fixture
def cohort(school: School):  # type: ignore[no-untyped-def]
    """The school, open, in 2025/26."""
    with visible_to(school):
        for year in (BEFORE, LAST_YEAR, YEAR):
            years.open_year(school=school, academic_year=year, by=None)
        fill(school, ClassGroupFactory.create(school=school, academic_year=YEAR, name="Elm"))
        yield school


@pytest.fixture
def senco(cohort: School) -> Access:
    return seen_by(cohort, Role.SENCO)


def seen_by(school: School, role: Role) -> Access:
    return Access(member(school, role), school, (role,), YEAR, (YEAR, LAST_YEAR, BEFORE), (school,))


def fill(school: School, elm: ClassGroup) -> None:
    for number, (start, now) in enumerate(zip(STARTS, NOW, strict=True), start=1):
        sen = {4: "", 12: SenStatus.SUPPORT}.get(number, SenStatus.NONE)
        pupil = pupil_of(school, f"P{number:02}", sen=sen, class_group=elm)
        if number == 2:
            judged(pupil, LAST_YEAR, SUMMER, 20)
            judged(pupil, YEAR, BASELINE, start)
        else:
            judged(pupil, LAST_YEAR, SUMMER, start)
        if number in EARLIER:
            judged(pupil, BEFORE, SUMMER, EARLIER[number])
        judged(pupil, YEAR, SUMMER, now)
    gone = pupil_of(school, "Gone", ends_on=LAST_DAY - dt.timedelta(days=1))
    judged(gone, LAST_YEAR, SUMMER, 34)
    judged(gone, YEAR, SUMMER, 60)
    late = pupil_of(school, "Late", starts_on=dt.date(2026, 1, 5))
    judged(late, YEAR, SPRING, 30, is_on_entry=True)
    judged(late, YEAR, SUMMER, 30)
    mia = pupil_of(school, "Mia")
    judged(mia, LAST_YEAR, SUMMER, 35)
    judged(mia, YEAR, SUMMER, None, reason=Reason.ABSENT)
    odd = pupil_of(school, "Odd", year_group=YearGroup.Y4)
    judged(odd, LAST_YEAR, SUMMER, 34)
    judged(odd, YEAR, SUMMER, 34)
    pupil_of(school, "Ria", year_group=YearGroup.R)


def pupil_of(
    school: School,
    surname: str,
    *,
    sen: str = SenStatus.NONE,
    class_group: ClassGroup | None = None,
    year_group: YearGroup = YearGroup.Y3,
    starts_on: dt.date = BEFORE.starts_on,
    ends_on: dt.date | None = None,
) -> Pupil:
    pupil = PupilFactory.create(
        school=school, surname=surname, forename="A", date_of_birth=dt.date(2017, 11, 1)
    )
    EnrolmentFactory.create(school=school, pupil=pupil, starts_on=starts_on, ends_on=ends_on)
    for year in (BEFORE, LAST_YEAR, YEAR):
        PupilYearFactory.create(
            school=school,
            pupil=pupil,
            academic_year=year,
            year_group=max(YearGroup.N1, year_group - (YEAR - year)),
            sen_status=sen if year == YEAR else "",
            class_group=class_group if year == YEAR else None,
        )
    return pupil
