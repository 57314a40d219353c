"""What a pupil's page says of the four signs of the Code, and its table to keep: numbers worked out by hand."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import READING
from schools.calendar import AcademicYear, YearGroup
from schools.models import Pupil, Role, School, User
from schools.row_security import visible_to
from schools.services import classes, memberships, years
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory, PupilYearFactory, UserFactory, judged, on_roll

pytestmark = pytest.mark.django_db
AUTUMN, SUMMER = AssessmentTerm.AUTUMN, AssessmentTerm.SUMMER


@pytest.fixture
def ava(school: School, year: AcademicYear) -> Pupil:
    """In Year 4 with nine others, all from 40 points in Mathematics last Summer: the others gained 3 this Autumn, she none; the year before she gained 7 of 7.

    In Reading she has no start; a pupil of Year 5 who gained most is nobody's peer.
    """
    with visible_to(school):
        for earlier in (1, 2):
            years.open_year(school=school, academic_year=AcademicYear(year - earlier), by=None)
        pupils = [on_roll(school, year, pupil__surname=f"Clowes{number}").pupil for number in range(10)]
        older = on_roll(school, year, year_group=YearGroup.Y5).pupil
        for pupil, group in [*((each, YearGroup.Y3) for each in pupils), (older, YearGroup.Y4)]:
            PupilYearFactory.create(
                school=school, pupil=pupil, academic_year=AcademicYear(year - 1), year_group=group
            )
            judged(pupil, year - 1, SUMMER, 40)
            judged(pupil, year, AUTUMN, 43)
        judged(older, year, AUTUMN, 60)
        ava = pupils[0]
        PupilYearFactory.create(
            school=school, pupil=ava, academic_year=AcademicYear(year - 2), year_group=YearGroup.Y2
        )
        judged(ava, year - 2, SUMMER, 33)
        judged(ava, year, AUTUMN, 40)
        judged(ava, year, AUTUMN, 45, subject=READING)
    return ava


def page(user: User, school: School, year: AcademicYear, pupil: Pupil) -> str:
    address = reverse("pupil_progress", args=[school.urn, year, pupil.public_id])
    return " ".join(signed_in(user).get(address, {"term": "autumn"}).content.decode().split())


def test_the_signs_of_a_pupil_stand_with_their_numbers(
    school: School, year: AcademicYear, ava: Pupil
) -> None:
    found = page(member(school, Role.SENCO), school, year, ava)
    assert "Gained 0 points; the middle one of 9 peers from the same start gained 3." in found
    assert "In the year before 1 point for each one expected, since the start 0: 3 points short" in found
    assert "Beside the mean of 9 peers at the start level, now 3 points behind." in found
    assert "Slower than peers from the same start; Slower than the pupil’s own rate before" in found
    # Reading: points now and no start, which is not "none found".
    assert "No sign can be told: nothing at the start of the year." in found
    assert "Decide what follows" in found


def test_a_teacher_of_one_pupil_reads_the_same_numbers_and_decides_nothing(
    school: School, year: AcademicYear, ava: Pupil
) -> None:
    teacher = UserFactory.create()
    with visible_to(school):
        held = memberships.grant(school=school, user=teacher, role=Role.TEACHER, by=None)
        own = ClassGroupFactory.create(school=school, academic_year=year)
        classes.assign_teacher(class_group=own, membership=held, by=None)
        of_year = ava.years.get(academic_year=year)
        of_year.class_group = own
        of_year.save()
    found = page(teacher, school, year, ava)
    assert "the middle one of 9 peers from the same start gained 3." in found
    assert "Decide what follows" not in found


def test_the_table_says_what_the_page_says(school: School, year: AcademicYear, ava: Pupil) -> None:
    address = reverse("pupil_progress_file", args=[school.urn, year, ava.public_id, "csv"])
    answer = signed_in(member(school, Role.HEAD)).get(address, {"term": "autumn"})
    assert ava.surname.lower() not in answer["Content-Disposition"].lower()
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    maths = {row[1]: row[2:] for row in rows if row[0] == "Mathematics"}
    assert maths[f"Summer {AcademicYear(year - 1)}"][:5] == ["Year 3", "40", "3D2", "40 to 42", "At"]
    assert maths[f"Autumn {year}"][1:4] == ["40", "3D2", "43 to 44"]
    # Judged in neither: an empty figure, no nought.
    assert maths[f"Spring {year}"][1] == ""
    assert maths["Signs"][1] == "3 of 4"
    assert maths["Sign: The gap to peers is not closing"][4] == "Does not apply"
    assert [row for row in rows if row[0] == "Science"]
