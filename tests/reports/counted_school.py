"""A school whose figures were worked out by hand, in 2025/26 and the year before.

Year 4, Mathematics, points at (last Summer | Baseline, Autumn, Spring, Summer) unless said otherwise; the range in Autumn is
43-44, in Spring 45-46, in Summer 47-49, and 51 is Mastery. PP: pupil premium; K and E: SEN support and EHC plan.

Ann  girl, PP, K        40 |  -, 43, 45, 47   steps of the year 3, 5, 7
Bob  boy, not PP        44 |  -, 44, 48, 51   0, 4, 7: and Mastery
Cat  girl, PP           40 | 38, 42, -,  44   Baseline wins: 4, -, 6; nothing in Spring
Dev  boy, not PP        -  |  -, -, 46e, 49   joined on 5 January, on entry in Spring: -, -, 3
Eve  girl, PP not known 39 |  -, 40, absent, 45   1, -, 6
Fin  boy, not PP, E     41 |  -, 45, -, -     left on the last day of Autumn: on roll then, not afterwards
Gus  boy, PP            42 |  -, 44, 46, 48   left the day before the end of Autumn: never counted
Hal  boy, not PP        -  |  -, 41, 44, 46   no start in the whole year
Ida  girl, PP in 2024/25 and not in 2025/26   41 | -, 44, 46, 48

Jon  boy, Year 3 by his record though old enough for Year 4 (out of year): 36 | -, 36, 39, 41; the ranges are 36-37, 38-39, 40-42.
"""

from __future__ import annotations

import datetime as dt

import pytest

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import READING, WRITING
from assessment.models import Reason
from schools.calendar import AcademicYear, YearGroup, default_term_dates
from schools.models import ClassGroup, Pupil, School, SenStatus, Sex
from schools.row_security import visible_to
from schools.services import years
from tests.factories import ClassGroupFactory, EnrolmentFactory, PupilFactory, PupilYearFactory, judged

YEAR = AcademicYear(2025)
LAST_YEAR = AcademicYear(2024)
BASELINE, AUTUMN, SPRING, SUMMER = AssessmentTerm
END_OF_AUTUMN = default_term_dates(YEAR)[AUTUMN.term][1]  # type: ignore[index]
Points = int | Reason | None


@pytest.fixture
def counted(school: School):  # type: ignore[no-untyped-def]
    with visible_to(school):
        yield filled(school)


@pytest.fixture
def counted_here(school: School) -> School:
    """The same, closed again: for what opens it by itself."""
    return filled(school)


def filled(school: School) -> School:
    """The school with all of them, as it is left when nobody has it open."""
    with visible_to(school):
        for year in (LAST_YEAR, YEAR):
            years.open_year(school=school, academic_year=year, by=None)
        oak = ClassGroupFactory.create(school=school, academic_year=YEAR, name="Oak")
        _fill(school, oak)
    return school


def _fill(school: School, oak: ClassGroup) -> None:
    ann = _pupil(school, "Ann", Sex.FEMALE, premium=True, sen=SenStatus.SUPPORT, class_group=oak)
    bob = _pupil(school, "Bob", Sex.MALE, premium=False)
    cat = _pupil(school, "Cat", Sex.FEMALE, premium=True)
    dev = _pupil(school, "Dev", Sex.MALE, premium=False, starts_on=dt.date(2026, 1, 5))
    eve = _pupil(school, "Eve", Sex.FEMALE, premium=None)
    fin = _pupil(school, "Fin", Sex.MALE, premium=False, sen=SenStatus.PLAN, ends_on=END_OF_AUTUMN)
    gus = _pupil(school, "Gus", Sex.MALE, premium=True, ends_on=END_OF_AUTUMN - dt.timedelta(days=1))
    hal = _pupil(school, "Hal", Sex.MALE, premium=False)
    ida = _pupil(school, "Ida", Sex.FEMALE, premium=False, premium_last_year=True)
    jon = _pupil(school, "Jon", Sex.MALE, premium=False, year_group=YearGroup.Y3)
    _in_mathematics(ann, 40, None, 43, 45, 47)
    _in_mathematics(bob, 44, None, 44, 48, 51)
    _in_mathematics(cat, 40, 38, 42, None, 44)
    judged(dev, YEAR, SPRING, 46, is_on_entry=True)
    judged(dev, YEAR, SUMMER, 49)
    _in_mathematics(eve, 39, None, 40, Reason.ABSENT, 45)
    _in_mathematics(fin, 41, None, 45, None, None)
    _in_mathematics(gus, 42, None, 44, 46, 48)
    _in_mathematics(hal, None, None, 41, 44, 46)
    _in_mathematics(ida, 41, None, 44, 46, 48)
    _in_mathematics(jon, 36, None, 36, 39, 41)
    # In Summer: Ann at, at, at; Bob above in all three; Cat below in Mathematics; Ida has no Writing.
    for pupil, reading, writing in ((ann, 49, 47), (bob, 50, 60), (cat, 48, 47)):
        judged(pupil, YEAR, SUMMER, reading, subject=READING)
        judged(pupil, YEAR, SUMMER, writing, subject=WRITING)
    judged(ida, YEAR, SUMMER, 48, subject=READING)


def _pupil(
    school: School,
    forename: str,
    sex: Sex,
    *,
    premium: bool | None,
    premium_last_year: bool | None = None,
    sen: str = "",
    class_group: ClassGroup | None = None,
    year_group: YearGroup = YearGroup.Y4,
    starts_on: dt.date = LAST_YEAR.starts_on,
    ends_on: dt.date | None = None,
) -> Pupil:
    pupil = PupilFactory.create(school=school, forename=forename, sex=sex, date_of_birth=dt.date(2016, 11, 1))
    EnrolmentFactory.create(school=school, pupil=pupil, starts_on=starts_on, ends_on=ends_on)
    for year, of_year in ((LAST_YEAR, premium_last_year), (YEAR, premium)):
        PupilYearFactory.create(
            school=school,
            pupil=pupil,
            academic_year=year,
            year_group=year_group - (year == LAST_YEAR),
            is_pupil_premium=of_year,
            sen_status=sen,
            class_group=class_group if year == YEAR else None,
        )
    return pupil


def _in_mathematics(pupil: Pupil, last_summer: Points, *this_year: Points) -> None:
    cells = [(LAST_YEAR, SUMMER, last_summer)]
    cells += [(YEAR, term, points) for term, points in zip(AssessmentTerm, this_year, strict=True)]
    for year, term, points in cells:
        if isinstance(points, Reason):
            judged(pupil, year, term, None, reason=points)
        elif points is not None:
            judged(pupil, year, term, points)
