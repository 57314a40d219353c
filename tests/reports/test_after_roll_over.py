"""After a roll-over the year that ended says what it said, to the byte; and what is judged late of its Summer lands there."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import MATHEMATICS
from assessment.models import Judgement
from schools.calendar import AcademicYear, YearGroup
from schools.models import Enrolment, Goes, Pupil, PupilYear, School
from schools.queries.roll_over import plan_row, read_plan
from schools.queries.roll_over_effect import effect_of
from schools.services.roll_over import roll_over
from schools.services.roll_over_draft import PlannedPupil, begin_plan, plan_pupils
from tests.factories import judged
from tests.reports.counted_school import LAST_YEAR, YEAR, counted

__all__ = ["counted"]
pytestmark = pytest.mark.django_db
NEXT = AcademicYear(YEAR + 1)


def figures(school: School) -> list[str]:
    """All that `analyse` says of both years."""
    told = []
    for year in (LAST_YEAR, YEAR):
        for term in ("autumn", "spring", "summer"):
            for more in ((), ("--measure", "key-stage")):
                output = io.StringIO()
                asked = ("--school", school.urn, "--year", year.label, "--term", term, *more)
                call_command("analyse", *asked, stdout=output)
                told.append(output.getvalue())
    return told


def pupil(school: School, name: str) -> Pupil:
    found: Pupil = Pupil.objects.in_school(school).get(forename=name)
    return found


@pytest.fixture
def before(counted: School) -> list[str]:
    """The figures, and then the roll-over: Bob is held back, the rest of Year 4 leaves, Jon, out of year, moves into Year 4."""
    told = figures(counted)
    row = begin_plan(school=counted, academic_year=YEAR, by=None)
    held = PlannedPupil(pupil(counted, "Bob").pk, Goes.HELD, None, None)
    plan_pupils(row=row, pupils=[held], by=None)
    again = plan_row(counted, YEAR)
    assert again
    plan = read_plan(again)
    roll_over(plan=plan, effect=effect_of(plan), by=None)
    return told


def test_who_is_where_in_the_new_year(counted: School, before: list[str]) -> None:
    rows = PupilYear.objects.filter(academic_year=NEXT).values_list("pupil__forename", "year_group")
    assert dict(rows) == {"Bob": YearGroup.Y4, "Jon": YearGroup.Y4}
    going_on = Enrolment.objects.filter(ends_on=None).values_list("pupil__forename", flat=True)
    assert sorted(going_on) == ["Bob", "Jon"]


def test_the_figures_of_the_year_are_what_they_were_to_the_byte(counted: School, before: list[str]) -> None:
    assert figures(counted) == before


@pytest.mark.parametrize("name", ["Cat", "Bob"])
def test_a_late_judgement_of_summer_is_of_last_years_record(
    name: str, counted: School, before: list[str]
) -> None:
    judgement = judged(pupil(counted, name), YEAR, AssessmentTerm.SUMMER, 48)
    assert (judgement.academic_year, judgement.expected_low, judgement.expected_high) == (YEAR, 47, 49)
    assert not Judgement.objects.filter(academic_year=NEXT)


def test_a_late_judgement_of_a_pupil_who_left_counts_in_that_summer_and_nowhere_else(
    counted: School, before: list[str]
) -> None:
    """Cat had 44, below 47 to 49, and left with the year. With 48 she is at: of seven 2 below, 4 at, 1 above; 334 points are 47.71 each."""
    maths = f"{counted.urn},2025/26,summer,year,4,Mathematics,All,"
    judged(pupil(counted, "Cat"), YEAR, AssessmentTerm.SUMMER, 48, subject=MATHEMATICS)
    now = figures(counted)
    was, line = (
        next(row for told in each for row in told.splitlines() if row.startswith(maths))
        for each in (before, now)
    )
    assert was.removeprefix(maths).startswith("7,7,3,3,1,47.14,6,")
    assert line.removeprefix(maths).startswith("7,7,2,4,1,47.71,6,")
    changed = [told.splitlines()[1][:40] for told, then in zip(now, before, strict=True) if told != then]
    assert changed == [told.splitlines()[1][:40] for told in now[-2:]]
