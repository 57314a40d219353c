"""A Reception whose Good Level of Development was worked out by hand: Summer 2025/26 and the Summer before, by the framework of 2021.

Points are 21 in all seventeen goals (E01 to E17; seven are prime, twelve count) unless said otherwise. PP: pupil premium.

Ann  girl, PP, class Oak   reached it
Bob  boy, not PP           20 in the five goals that do not count: reached it
Cat  girl, PP              20 in Writing (E10): one goal away
Dev  boy, not PP           19 in E01, 18 in Number (E11): two away; joined on 5 January
Eve  girl, PP not known    absent in E12: not included, A
Fin  boy, not PP           new in E09, and nothing entered in E08: not included, not yet judged
Gus  boy, PP               left the day before the end of Summer: never counted
Hal  boy, PP not known     20 in E01, E02 and E03, else 23: three away; Reception by the record though old enough for Year 1
Ivy  girl                  Year 1 by the record though young enough for Reception: never counted

The year before: Kit reached it, Lou has 20 in E01.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pytest

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import EYFS_AREAS
from assessment.models import Reason
from assessment.services.judgements import Entry, Provenance, Source, record_many
from schools.calendar import AcademicYear, EyfsFramework, TermName, YearGroup, default_term_dates
from schools.models import Pupil, School, Sex
from schools.row_security import visible_to
from schools.services import years
from tests.factories import ClassGroupFactory, on_roll

YEAR, LAST_YEAR = AcademicYear(2025), AcademicYear(2024)
GOALS = EYFS_AREAS[EyfsFramework.OF_2021]
Points = int | Reason | None


@pytest.fixture
def reception(school: School):  # type: ignore[no-untyped-def]
    with visible_to(school):
        for year in (LAST_YEAR, YEAR):
            years.open_year(school=school, academic_year=year, by=None)
        _fill(school)
        yield school


def _fill(school: School) -> None:
    oak = ClassGroupFactory.create(school=school, academic_year=YEAR, name="Oak")
    end = default_term_dates(YEAR)[TermName.SUMMER][1]
    profile(child(school, "Ann", Sex.FEMALE, is_pupil_premium=True, class_group=oak))
    others = {goal.code: 20 for goal in GOALS if not goal.counts_for_gld}
    profile(child(school, "Bob", Sex.MALE, is_pupil_premium=False), **others)
    profile(child(school, "Cat", Sex.FEMALE, is_pupil_premium=True), E10=20)
    joined = dt.date(2026, 1, 5)
    profile(child(school, "Dev", Sex.MALE, is_pupil_premium=False, starts_on=joined), E01=19, E11=18)
    profile(child(school, "Eve", Sex.FEMALE), E12=Reason.ABSENT)
    profile(child(school, "Fin", Sex.MALE, is_pupil_premium=False), E08=None, E09=Reason.NEW)
    left = end - dt.timedelta(days=1)
    profile(child(school, "Gus", Sex.MALE, is_pupil_premium=True, ends_on=left))
    hal = child(school, "Hal", Sex.MALE, born=dt.date(2019, 11, 1))
    profile(hal, **{goal.code: 23 for goal in GOALS} | {"E01": 20, "E02": 20, "E03": 20})
    child(school, "Ivy", Sex.FEMALE, year_group=YearGroup.Y1)
    profile(child(school, "Kit", Sex.MALE, year=LAST_YEAR), LAST_YEAR)
    profile(child(school, "Lou", Sex.FEMALE, year=LAST_YEAR), LAST_YEAR, E01=20)


def child(
    school: School,
    forename: str,
    sex: Sex,
    *,
    year: AcademicYear = YEAR,
    born: dt.date = dt.date(2020, 11, 1),
    year_group: YearGroup = YearGroup.R,
    **fields: object,
) -> Pupil:
    """A child of Reception, on roll from the year's first day unless told otherwise."""
    row = on_roll(
        school,
        year,
        year_group=year_group,
        pupil__forename=forename,
        pupil__sex=sex,
        pupil__date_of_birth=born,
        **fields,
    )
    return row.pupil


def profile(
    pupil: Pupil,
    year: AcademicYear = YEAR,
    framework: EyfsFramework = EyfsFramework.OF_2021,
    **otherwise: Points,
) -> None:
    """21 points in every goal at the end of Reception, but for those that are named by their code."""
    said: Mapping[str, Points] = {goal.code: 21 for goal in EYFS_AREAS[framework]} | otherwise
    entries = [
        Entry(pupil.pk, goal.number, year, AssessmentTerm.SUMMER, None, reason=points.value)
        if isinstance(points, Reason)
        else Entry(pupil.pk, goal.number, year, AssessmentTerm.SUMMER, points)
        for goal in EYFS_AREAS[framework]
        if (points := said[goal.code]) is not None
    ]
    record_many(school=pupil.school, entries=entries, provenance=Provenance(source=Source.TYPED, by=None))
