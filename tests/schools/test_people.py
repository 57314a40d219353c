"""Who works at a school."""

from __future__ import annotations

from schools.models import Role, School
from schools.queries.people import people_of
from schools.services import memberships
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
    assert person.last_signed_in is None
