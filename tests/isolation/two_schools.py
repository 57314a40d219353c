"""Two schools, each with a row in every school-owned table: what all leak tests look at."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from assessment.models import Judgement
from schools.calendar import AcademicYear
from schools.models import (
    ChangeKind,
    ChangeSet,
    ClassGroup,
    ClassTeacher,
    Membership,
    Pupil,
    PupilYear,
    Role,
    School,
    User,
)
from schools.row_security import visible_to
from schools.services import classes, memberships
from schools.services.changes import change_set
from tests.factories import ClassGroupFactory, UserFactory, judged, on_roll


@dataclass(frozen=True)
class WholeSchool:
    """One school and a row of each kind in it."""

    school: School
    teacher: User
    membership: Membership
    class_group: ClassGroup
    class_teacher: ClassTeacher
    pupil_year: PupilYear
    change: ChangeSet
    judgement: Judgement

    @property
    def pupil(self) -> Pupil:
        return self.pupil_year.pupil


def whole_school(school: School, year: AcademicYear, surname: str) -> WholeSchool:
    """Fill an opened school; its only pupil bears the surname, so that a leak can be seen in a page."""
    teacher = UserFactory.create()
    with visible_to(school):
        membership = memberships.grant(school=school, user=teacher, role=Role.TEACHER, by=None)
        class_group = ClassGroupFactory.create(school=school, academic_year=year)
        class_teacher = classes.assign_teacher(class_group=class_group, membership=membership, by=None)
        pupil_year = on_roll(school, year, class_group=class_group, pupil__surname=surname)
        with change_set(school=school, kind=ChangeKind.DEMO, by=teacher) as change:
            pass
        judgement = judged(pupil_year.pupil, year)
    return WholeSchool(school, teacher, membership, class_group, class_teacher, pupil_year, change, judgement)


@pytest.fixture
def ours(school: School, year: AcademicYear) -> WholeSchool:
    return whole_school(school, year, "Ourchild")


@pytest.fixture
def theirs(other_school: School, year: AcademicYear) -> WholeSchool:
    return whole_school(other_school, year, "Theirchild")
