"""Who works at a school."""

from __future__ import annotations

import pytest

from schools.models import ClassGroup, Role, School
from schools.queries.people import people_of
from schools.services import classes, memberships
from tests.conftest import member
from tests.schools.small_school import teacher_of


def test_people_stand_once_with_every_role_and_class(small_school: School) -> None:
    access = teacher_of(small_school, "3/4", "4A")
    memberships.grant(school=small_school, user=access.user, role=Role.SENCO, by=None)
    ended = member(small_school, Role.GOVERNOR)
    memberships.end(membership=ended.memberships.get(), by=None)
    (person,) = people_of(access)
    assert (person.name, person.roles, person.classes) == (
        access.user.name,
        ("Teacher", "SENCO"),
        ("3/4", "4A"),
    )


def test_a_role_that_ended_takes_its_classes_along_for_good(small_school: School) -> None:
    access = teacher_of(small_school, "4A")
    senco = memberships.grant(school=small_school, user=access.user, role=Role.SENCO, by=None)
    memberships.end(membership=access.user.memberships.get(role=Role.TEACHER), by=None)
    assert [(person.roles, person.classes) for person in people_of(access)] == [(("SENCO",), ())]
    memberships.grant(school=small_school, user=access.user, role=Role.TEACHER, by=None)
    assert people_of(access)[0].classes == ()
    assert senco.is_active


def test_a_closed_account_is_nobody_here(small_school: School) -> None:
    access = teacher_of(small_school, "4A")
    access.user.is_active = False
    access.user.save()
    assert people_of(access) == []


def test_a_governor_teaches_no_class(small_school: School) -> None:
    governor = member(small_school, Role.GOVERNOR).memberships.get()
    with pytest.raises(ValueError, match="Nobody teaches a class as Governor"):
        classes.assign_teacher(class_group=ClassGroup.objects.get(name="4A"), membership=governor, by=None)
