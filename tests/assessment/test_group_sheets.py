"""The marksheet of a group that a school made itself: its members, to whoever may see them."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from assessment.engine.assessment_points import AssessmentTerm
from assessment.models import Judgement
from schools.calendar import AcademicYear, YearGroup
from schools.models import CustomGroup, CustomGroupPupil, Pupil, Role, School
from schools.row_security import visible_to
from schools.services import memberships, years
from tests.assessment.classroom import YEAR, Classroom
from tests.assessment.sheet_page import Page
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory, PupilYearFactory, judged, on_roll


def group_of(school: School, name: str, *pupils: Pupil, year: AcademicYear = YEAR) -> CustomGroup:
    of_year = {"school": school, "academic_year": year}
    made = CustomGroup.objects.create(name=name, **of_year)
    for pupil in pupils:
        CustomGroupPupil.objects.create(group=made, pupil=pupil, **of_year)
    return made


@pytest.fixture
def theirs(room: Classroom) -> Pupil:
    """A pupil of Year 3 in a class that the room's teacher does not have."""
    with visible_to(room.school):
        other = ClassGroupFactory.create(school=room.school, academic_year=YEAR, name="3B")
        return on_roll(
            room.school, YEAR, year_group=YearGroup.Y3, class_group=other, pupil__surname="Yates"
        ).pupil


@pytest.fixture
def boosters(room: Classroom, theirs: Pupil) -> CustomGroup:
    """Elsie of 4A and the pupil of 3B; Noah of 4A is in another group."""
    with visible_to(room.school):
        group_of(room.school, "Nurture", room.noah)
        return group_of(room.school, "Boosters", room.elsie, theirs)


def address(room: Classroom, group: CustomGroup, sheet: str = "mathematics") -> str:
    place = [room.school.urn, YEAR, group.public_id, sheet]
    return reverse("group_marksheet", args=place) + "?term=autumn"


def on_sheet(client: Client, there: str) -> list[str]:
    answer = client.get(there)
    assert answer.status_code == 200
    return list(Page(answer.content.decode()).rows)


def keys(*pupils: Pupil) -> list[str]:
    return [str(pupil.public_id) for pupil in pupils]


def test_a_groups_sheet_holds_its_members_with_their_classes_and_nobody_else(
    room: Classroom, boosters: CustomGroup, theirs: Pupil
) -> None:
    head = signed_in(member(room.school, Role.HEAD))
    for sheet in ("mathematics", "all"):
        assert on_sheet(head, address(room, boosters, sheet)) == keys(room.elsie, theirs)
    page = Page(head.get(address(room, boosters)).content.decode())
    assert page.said(f"p-{room.elsie.public_id}") == "Brough, Elsie4A"
    assert "Boosters · Mathematics" in head.get(address(room, boosters)).content.decode()


def test_a_teacher_sees_and_enters_for_the_members_in_the_own_classes_alone(
    room: Classroom, boosters: CustomGroup, theirs: Pupil
) -> None:
    there = address(room, boosters)
    assert on_sheet(room.client, there) == keys(room.elsie)
    assert "Yates" not in room.client.get(there).content.decode()
    assert room.save("44", address=there).status_code == 200
    assert room.save("37", pupil=theirs, address=there).status_code == 404
    # In a class of one's own, but not in the group.
    assert room.save("44", pupil=room.noah, address=there).status_code == 404
    assert room.stands() == {("Elsie", 1): (44, "")}


def test_a_teacher_of_no_member_finds_nobody_on_a_groups_sheet(
    room: Classroom, boosters: CustomGroup
) -> None:
    stranger = signed_in(member(room.school, Role.TEACHER))
    assert on_sheet(stranger, address(room, boosters)) == []
    assert room.save("44", client=stranger, address=address(room, boosters)).status_code == 404
    assert room.stands() == {}


def test_a_leader_enters_for_every_member(room: Classroom, boosters: CustomGroup, theirs: Pupil) -> None:
    leader = signed_in(member(room.school, Role.SUBJECT_LEADER))
    there = address(room, boosters)
    assert room.save("44", client=leader, address=there).status_code == 200
    assert room.save("37", pupil=theirs, client=leader, address=there).status_code == 200
    with visible_to(room.school):
        assert Judgement.objects.count() == 2


def test_who_sees_everybody_by_another_role_enters_nothing_on_a_groups_sheet(
    room: Classroom, boosters: CustomGroup, theirs: Pupil
) -> None:
    with visible_to(room.school):
        memberships.grant(school=room.school, user=room.teacher, role=Role.SENCO, by=None)
    there = address(room, boosters)
    assert on_sheet(room.client, there) == keys(room.elsie, theirs)
    assert room.save("44", address=there).status_code == 403
    assert room.stands() == {}


def test_a_group_of_another_school_or_year_is_not_found(
    room: Classroom, boosters: CustomGroup, other_school: School
) -> None:
    before = AcademicYear(YEAR - 1)
    with visible_to(other_school):
        years.open_year(school=other_school, academic_year=YEAR, by=None)
        zoe = on_roll(other_school, YEAR, year_group=YearGroup.Y4, pupil__surname="Zoe").pupil
        elsewhere = group_of(other_school, "Boosters", zoe)
    with visible_to(room.school):
        years.open_year(school=room.school, academic_year=before, by=None)
        PupilYearFactory.create(
            school=room.school, academic_year=before, pupil=room.elsie, year_group=YearGroup.Y3
        )
        last_year = group_of(room.school, "Boosters", room.elsie, year=before)
    head = signed_in(member(room.school, Role.HEAD))
    for group in (elsewhere, last_year):
        answer = head.get(address(room, group))
        assert answer.status_code == 404
        assert "Zoe" not in answer.content.decode()
        assert room.save("44", client=head, address=address(room, group)).status_code == 404
        assert room.send(head, address=address(room, group), elsie="44").status_code == 404
        in_a_file = reverse(
            "group_marksheet_file", args=[room.school.urn, YEAR, group.public_id, "mathematics", "csv"]
        )
        assert head.get(in_a_file).status_code == 404
    assert room.stands() == {}


def test_a_groups_sheet_goes_out_as_a_file_with_those_whom_the_viewer_may_see(
    room: Classroom, boosters: CustomGroup, theirs: Pupil
) -> None:
    with visible_to(room.school):
        judged(theirs, YEAR, AssessmentTerm.AUTUMN, 36)
    there = reverse("group_marksheet_file", args=[room.school.urn, YEAR, boosters.public_id, "all", "csv"])
    seen = {}
    for client, who in ((room.client, "teacher"), (signed_in(member(room.school, Role.HEAD)), "head")):
        rows = csv.reader(io.StringIO(client.get(f"{there}?term=autumn").content.decode()))
        seen[who] = [row[:3] for row in rows][1:]
    elsie = ["Brough, Elsie", "4A", "Year 4"]
    assert seen["teacher"] == [elsie]
    assert [row[1:] for row in seen["head"]] == [["4A", "Year 4"], ["3B", "Year 3"]]
