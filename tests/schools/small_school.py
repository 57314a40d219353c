"""A school small enough to count by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from schools.access import Access
from schools.calendar import AcademicYear, YearGroup
from schools.models import ClassGroup, Role, School, SenStatus, Sex, User
from schools.row_security import visible_to
from schools.services import classes, years
from tests.conftest import member
from tests.factories import ClassGroupFactory, EnrolmentFactory, UserFactory, on_roll

YEAR = AcademicYear(2025)
# In the Autumn term of 2025/26.
TODAY = dt.date(2025, 11, 20)


@pytest.fixture
def small_school(school: School):  # type: ignore[no-untyped-def]
    """2025/26: class 4A of Year 4, class 3/4 of both, and one pupil in no class.

    Ada, Bea and Cal are in 4A; Dan (3) and Eve (4) in 3/4; Fay (R) in none. Cal joined on 3 November; Gil left 4A on 20 October;
    Hal comes on 5 January; Ivy left on this very day and still counts; Jan left and came back.
    """
    with visible_to(school):
        years.open_year(school=school, academic_year=YEAR, by=None)
        four = ClassGroupFactory.create(school=school, academic_year=YEAR, name="4A")
        mixed = ClassGroupFactory.create(school=school, academic_year=YEAR, name="3/4")

        def child(name: str, class_group: ClassGroup | None, **fields: object) -> None:
            on_roll(
                school, YEAR, class_group=class_group, pupil__surname=name, pupil__forename="Child", **fields
            )

        child("Ada", four, pupil__sex=Sex.FEMALE, is_pupil_premium=True, sen_status=SenStatus.SUPPORT)
        child("Bea", four, pupil__sex=Sex.FEMALE, is_pupil_premium=False, is_eal=True)
        child("Cal", four, pupil__sex=Sex.MALE, starts_on=dt.date(2025, 11, 3))
        child("Dan", mixed, pupil__sex=Sex.MALE, year_group=YearGroup.Y3, sen_status=SenStatus.PLAN)
        child("Eve", mixed, pupil__sex=Sex.FEMALE, sen_status=SenStatus.NONE)
        child("Fay", None, year_group=YearGroup.R)
        child("Gil", four, ends_on=dt.date(2025, 10, 20))
        child("Hal", four, starts_on=dt.date(2026, 1, 5))
        child("Ivy", four, ends_on=TODAY)
        child("Jan", four, ends_on=dt.date(2025, 9, 30))
        jan = school_pupil(school, "Jan")
        EnrolmentFactory.create(school=school, pupil=jan, starts_on=dt.date(2025, 11, 10))
        yield school


def school_pupil(school: School, surname: str):  # type: ignore[no-untyped-def]
    from schools.models import Pupil

    return Pupil.objects.in_school(school).get(surname=surname)


def access_of(school: School, *roles: Role, user: User | None = None) -> Access:
    return Access(user or UserFactory.create(), school, roles, YEAR, (YEAR,), (school,))


def teacher_of(school: School, *class_names: str) -> Access:
    user = member(school, Role.TEACHER)
    membership = user.memberships.get()
    for group in ClassGroup.objects.filter(name__in=class_names):
        classes.assign_teacher(class_group=group, membership=membership, by=None)
    return access_of(school, Role.TEACHER, user=user)
