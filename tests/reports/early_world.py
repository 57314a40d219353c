"""A school whose nursery and Reception were worked out by hand, in 2025/26 (framework of 2021) and the year before (that of 2012).

Speaking (E02) of Reception in 2025/26, points at (Baseline | Autumn, Spring, Summer); e: marked on entry. Typical for the age in Autumn and in Spring
are 18-20 points for all of them; in Summer the goal begins at 21.

Ann  girl, PP        15 | 16, 18, 21   in Spring also 18 in every other prime area
Bob  boy, not PP      - | 18e, 20, -   in Spring also 18 in every other prime area, but 17 in Gross motor skills
Cat  girl             - | -, absent, - a missing value
Dev  boy              - | -, 17e, -    joined on 5 January
Eve  girl             - | 21, -, -     left on the last day of Autumn
Fin  boy              - | -, 19, -     out of year: in Reception though old enough for Year 1

Nia (N2, 50 months in Spring, typical 15-20)   - | 12e, 14, -;  Noa (N2, 53 months, typical 18-20)   - | -, 18, -
Ned (N1, 38 months in Spring, typical 15-17)   - | -, 18, -
Yan  Year 1: in no figure of these.

2024/25: Ann and Bob in N2; in Summer Ann 15 in every prime area of 2012 (at 54 months below 18-20), Bob 16 in Speaking (G03) alone. Gus, in
Reception then and gone since, 23 in Speaking: exceeding.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import BY_NUMBER, EYFS_AREAS, Subject
from assessment.models import Reason
from schools.calendar import AcademicYear, EyfsFramework, YearGroup, default_term_dates
from schools.models import ClassGroup, Pupil, School, SchoolYear, Sex
from schools.row_security import visible_to
from schools.services import years
from tests.factories import ClassGroupFactory, EnrolmentFactory, PupilFactory, PupilYearFactory, judged

YEAR, LAST_YEAR = AcademicYear(2025), AcademicYear(2024)
BASELINE, AUTUMN, SPRING, SUMMER = AssessmentTerm
END_OF_AUTUMN = default_term_dates(YEAR)[AUTUMN.term][1]  # type: ignore[index]
END_OF_LAST_YEAR = default_term_dates(LAST_YEAR)[SUMMER.term][1]  # type: ignore[index]
AREAS = {area.code: area for areas in EYFS_AREAS.values() for area in areas}
SPEAKING, GROSS_MOTOR, SPEAKING_OF_2012 = AREAS["E02"], AREAS["E06"], AREAS["G03"]
RECEPTION_BIRTHDAY = dt.date(2021, 1, 10)


@dataclass(frozen=True)
class EarlyWorld:
    school: School
    pupils: dict[str, Pupil]
    larch: ClassGroup

    def names(self, pupils: frozenset[int]) -> str:
        """`Ann Bob`, by name."""
        return " ".join(sorted(name for name, pupil in self.pupils.items() if pupil.pk in pupils))


@pytest.fixture
def early(school: School):  # type: ignore[no-untyped-def]
    school.lowest_year_group, school.highest_year_group = YearGroup.N1, YearGroup.Y4
    school.save()
    with visible_to(school):
        for year in (LAST_YEAR, YEAR):
            years.open_year(school=school, academic_year=year, by=None)
        rows = SchoolYear.objects.in_school(school)
        rows.filter(academic_year=LAST_YEAR).update(eyfs_framework=EyfsFramework.OF_2012)
        rows.filter(academic_year=YEAR).update(eyfs_framework=EyfsFramework.OF_2021)
        larch = ClassGroupFactory.create(school=school, academic_year=YEAR, name="Larch")
        world = EarlyWorld(school, _pupils(school, larch), larch)
        _judge(world.pupils)
        yield world


def _pupils(school: School, larch: ClassGroup) -> dict[str, Pupil]:
    def pupil(
        name: str,
        sex: Sex,
        year_group: YearGroup = YearGroup.R,
        *,
        born: dt.date = RECEPTION_BIRTHDAY,
        starts_on: dt.date = LAST_YEAR.starts_on,
        ends_on: dt.date | None = None,
        years_here: tuple[AcademicYear, ...] = (YEAR,),
        premium: bool | None = False,
    ) -> Pupil:
        child = PupilFactory.create(school=school, forename=name, sex=sex, date_of_birth=born)
        EnrolmentFactory.create(school=school, pupil=child, starts_on=starts_on, ends_on=ends_on)
        for year in years_here:
            PupilYearFactory.create(
                school=school,
                pupil=child,
                academic_year=year,
                year_group=year_group - (year != years_here[-1]),
                is_pupil_premium=premium,
                class_group=larch if name in {"Ann", "Cat"} and year == YEAR else None,
            )
        return child

    girl, boy, both = Sex.FEMALE, Sex.MALE, (LAST_YEAR, YEAR)
    return {
        "Ann": pupil("Ann", girl, years_here=both, premium=True),
        "Bob": pupil("Bob", boy, years_here=both),
        "Cat": pupil("Cat", girl),
        "Dev": pupil("Dev", boy, starts_on=dt.date(2026, 1, 5)),
        "Eve": pupil("Eve", girl, ends_on=END_OF_AUTUMN),
        "Fin": pupil("Fin", boy, born=dt.date(2019, 11, 1)),
        "Nia": pupil("Nia", girl, YearGroup.N2, born=dt.date(2022, 1, 10)),
        "Noa": pupil("Noa", boy, YearGroup.N2, born=dt.date(2021, 10, 1)),
        "Ned": pupil("Ned", boy, YearGroup.N1, born=dt.date(2023, 1, 10)),
        "Yan": pupil("Yan", boy, YearGroup.Y1, born=dt.date(2020, 1, 10)),
        "Gus": pupil("Gus", boy, ends_on=END_OF_LAST_YEAR, years_here=(LAST_YEAR,)),
    }


def _judge(pupils: dict[str, Pupil]) -> None:
    def said(
        name: str, term: AssessmentTerm, points: int, *, area: Subject = SPEAKING, on_entry: bool = False
    ) -> None:
        year = YEAR if area.code.startswith("E") else LAST_YEAR
        judged(pupils[name], year, term, points, subject=area, is_on_entry=on_entry)

    said("Ann", BASELINE, 15)
    said("Ann", AUTUMN, 16)
    said("Ann", SPRING, 18)
    said("Ann", SUMMER, 21)
    said("Bob", AUTUMN, 18, on_entry=True)
    said("Bob", SPRING, 20)
    judged(pupils["Cat"], YEAR, SPRING, None, subject=SPEAKING, reason=Reason.ABSENT)
    said("Dev", SPRING, 17, on_entry=True)
    said("Eve", AUTUMN, 21)
    said("Fin", SPRING, 19)
    said("Nia", AUTUMN, 12, on_entry=True)
    said("Nia", SPRING, 14)
    said("Noa", SPRING, 18)
    said("Ned", SPRING, 18)
    for area in BY_NUMBER.values():
        if not area.is_prime:
            continue
        if area.framework is EyfsFramework.OF_2012:
            said("Ann", SUMMER, 15, area=area)
        elif area is not SPEAKING:
            said("Ann", SPRING, 18, area=area)
            said("Bob", SPRING, 17 if area is GROSS_MOTOR else 18, area=area)
    said("Bob", SUMMER, 16, area=SPEAKING_OF_2012)
    said("Gus", SUMMER, 23, area=SPEAKING_OF_2012)
