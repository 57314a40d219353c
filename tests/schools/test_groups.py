"""Groups that a school makes itself: made, named, filled and deleted by who sees the whole school."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from schools.calendar import AcademicYear
from schools.models import ChangeSet, ClassGroup, CustomGroup, Pupil, Role, School
from schools.row_security import visible_to
from schools.services import classes, memberships
from schools.services.groups import GroupNameTakenError, make_group, set_pupils
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory, UserFactory, on_roll

pytestmark = pytest.mark.django_db


@pytest.fixture
def ash(school: School, year: AcademicYear) -> ClassGroup:
    with visible_to(school):
        return ClassGroupFactory.create(school=school, academic_year=year, name="3/4 Ash")


@pytest.fixture
def pupils(school: School, year: AcademicYear, ash: ClassGroup) -> list[Pupil]:
    """Two of the class and one of no class."""
    with visible_to(school):
        return [
            on_roll(school, year, class_group=ash, pupil__surname="Ash").pupil,
            on_roll(school, year, class_group=ash, pupil__surname="Birch").pupil,
            on_roll(school, year, pupil__surname="Cedar").pupil,
        ]


def at(name: str, school: School, year: AcademicYear, *more: object) -> str:
    return reverse(name, args=[school.urn, year, *more])


def in_group(school: School, group: CustomGroup) -> set[int]:
    with visible_to(school):
        return set(group.pupils.in_school(school).values_list("pupil_id", flat=True))


def the_group(school: School) -> CustomGroup:
    with visible_to(school):
        found: CustomGroup = CustomGroup.objects.in_school(school).get()
        return found


def test_a_group_is_made_filled_renamed_and_deleted_by_forms_alone(
    school: School, year: AcademicYear, pupils: list[Pupil]
) -> None:
    head = signed_in(member(school, Role.HEAD))
    answer = head.post(at("new_group", school, year), {"name": "Boosters"})
    group = the_group(school)
    there = at("group", school, year, group.public_id)
    assert (answer.status_code, answer.headers["Location"]) == (302, there)
    head.post(there, {"act": "pupils", "pupils": [str(pupils[0].public_id), str(pupils[2].public_id)]})
    assert in_group(school, group) == {pupils[0].pk, pupils[2].pk}
    fields = {
        "act": "pupils",
        "saw": [str(pupils[0].public_id), str(pupils[2].public_id)],
        "pupils": [str(pupils[1].public_id)],
    }
    answer = head.post(there, fields, follow=True)
    assert "Boosters has 1 pupil: 1 came, 2 went." in answer.content.decode()
    assert in_group(school, group) == {pupils[1].pk}
    head.post(there, {"act": "name", "name": "Maths set 1"})
    assert the_group(school).name == "Maths set 1"
    head.post(there, {"act": "delete"})
    with visible_to(school):
        assert not CustomGroup.objects.in_school(school).exists()
        assert set(ChangeSet.objects.in_school(school).values_list("kind", flat=True)) >= {"group"}
    assert head.get(there).status_code == 404


def test_a_name_is_taken_once_a_year_in_any_case(school: School, year: AcademicYear) -> None:
    head = signed_in(member(school, Role.HEAD))
    head.post(at("new_group", school, year), {"name": "Boosters"})
    answer = head.post(at("new_group", school, year), {"name": "BOOSTERS"})
    assert answer.status_code == 422
    assert "There is a group called BOOSTERS this year already." in answer.content.decode()
    with visible_to(school), pytest.raises(GroupNameTakenError):
        make_group(school=school, academic_year=year, name="boosters", by=None)


def test_a_pupil_of_another_school_does_not_come_into_a_group(
    school: School, other_school: School, year: AcademicYear, pupils: list[Pupil]
) -> None:
    with visible_to(other_school):
        stranger = on_roll(other_school, year).pupil
    with visible_to(school):
        group = make_group(school=school, academic_year=year, name="Boosters", by=None)
        with pytest.raises(ValueError, match="its own year"):
            set_pupils(group=group, pupil_ids=[stranger.pk], by=None)
    head = signed_in(member(school, Role.HEAD))
    there = at("group", school, year, group.public_id)
    answer = head.post(there, {"act": "pupils", "pupils": [str(stranger.public_id)]}, follow=True)
    assert "Nothing was changed" in answer.content.decode()
    assert in_group(school, group) == set()


def test_a_teacher_sees_the_groups_of_own_pupils_and_changes_none(
    school: School, year: AcademicYear, ash: ClassGroup, pupils: list[Pupil]
) -> None:
    teacher = UserFactory.create()
    with visible_to(school):
        membership = memberships.grant(school=school, user=teacher, role=Role.TEACHER, by=None)
        classes.assign_teacher(class_group=ash, membership=membership, by=None)
        for name, members in (("Boosters", pupils), ("Choir", pupils[2:])):
            group = make_group(school=school, academic_year=year, name=name, by=None)
            set_pupils(group=group, pupil_ids=[pupil.pk for pupil in members], by=None)
    client: Client = signed_in(teacher)
    page = client.get(at("group_list", school, year)).content.decode()
    assert "Boosters" in page
    # Two of its three are the teacher's.
    assert '<td class="number">2</td>' in page
    assert "Choir" not in page
    assert "Make a group" not in page
    assert client.get(at("group", school, year, group.public_id)).status_code == 403
    assert client.post(at("new_group", school, year), {"name": "Mine"}).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_often_for_three_groups_as_for_one(
    school: School, year: AcademicYear, pupils: list[Pupil], count: int, django_assert_num_queries: object
) -> None:
    with visible_to(school):
        for number in range(count):
            group = make_group(school=school, academic_year=year, name=f"Group {number}", by=None)
            set_pupils(group=group, pupil_ids=[pupil.pk for pupil in pupils], by=None)
    client = signed_in(member(school, Role.HEAD))
    client.get(at("group_list", school, year))
    with django_assert_num_queries(13):  # type: ignore[operator]
        client.get(at("group_list", school, year))


# Two at once


def opened(client: Client, there: str) -> dict[str, list[str]]:
    """The form of pupils as a browser would send it back untouched."""
    page = client.get(there).content.decode()
    fields = {"act": ["pupils"], "saw": [], "pupils": []}
    for tag in re.findall(r"<input[^>]+>", page):
        given = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if given.get("name") == "saw" or (given.get("name") == "pupils" and " checked" in tag):
            fields[given["name"]].append(given["value"])
    return fields


def test_two_forms_opened_at_once_keep_what_each_chose(
    school: School, year: AcademicYear, pupils: list[Pupil]
) -> None:
    ash, birch, cedar = pupils
    with visible_to(school):
        group = make_group(school=school, academic_year=year, name="Boosters", by=None)
        set_pupils(group=group, pupil_ids=[ash.pk], by=None)
    there = at("group", school, year, group.public_id)
    head, leader = (signed_in(member(school, role)) for role in (Role.HEAD, Role.ASSESSMENT_LEADER))
    of_head, of_leader = opened(head, there), opened(leader, there)
    assert of_head["saw"] == of_head["pupils"] == [str(ash.public_id)]
    # The leader takes out Ash and puts in Birch; the head, whose page still shows Ash alone, puts in Cedar.
    assert leader.post(there, of_leader | {"pupils": [str(birch.public_id)]}).status_code == 302
    answer = head.post(there, of_head | {"pupils": [str(ash.public_id), str(cedar.public_id)]})
    assert in_group(school, group) == {birch.pk, cedar.pk}
    page = answer.content.decode()
    assert "Boosters has 2 pupils: 1 came, 0 went." in page
    assert f"somebody else put in: {birch.name}. That stays." in page
    assert f"somebody else took out: {ash.name}. That stays." in page
    # What the answer shows can be gone on with, and nothing is left to say of others.
    answer = head.post(there, opened(head, there), follow=True)
    assert "Boosters has 2 pupils: 0 came, 0 went." in answer.content.decode()
    assert "somebody else" not in answer.content.decode()


def test_both_choosing_the_same_is_one_choice(
    school: School, year: AcademicYear, pupils: list[Pupil]
) -> None:
    ash, birch, _ = pupils
    with visible_to(school):
        group = make_group(school=school, academic_year=year, name="Boosters", by=None)
        set_pupils(group=group, pupil_ids=[ash.pk], by=None)
        for changed in (1, 0):
            done = set_pupils(group=group, pupil_ids=[birch.pk], saw=[ash.pk], by=None)
            assert (len(done.came), len(done.went), done.pupils) == (changed, changed, 1)
            assert not done.meanwhile_in | done.meanwhile_out
    assert in_group(school, group) == {birch.pk}


def test_saying_what_stayed_names_nobody_in_a_cookie(
    school: School, year: AcademicYear, pupils: list[Pupil]
) -> None:
    with visible_to(school):
        group = make_group(school=school, academic_year=year, name="Boosters", by=None)
    there = at("group", school, year, group.public_id)
    head = signed_in(member(school, Role.HEAD))
    before = opened(head, there)
    with visible_to(school):
        set_pupils(group=group, pupil_ids=[pupils[0].pk], by=None)
    answer = head.post(there, before)
    assert pupils[0].name in answer.content.decode()
    assert all(pupils[0].surname not in cookie.value for cookie in answer.cookies.values())
