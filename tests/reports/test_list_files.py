"""The roll, the classes and the people as files: what the pages list."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from schools.calendar import AcademicYear, YearGroup
from schools.models import ClassGroup, ClassTeacher, Membership, Role, School
from schools.row_security import visible_to
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory, on_roll

pytestmark = pytest.mark.django_db


@pytest.fixture
def ash(school: School, year: AcademicYear) -> ClassGroup:
    """A class of two, one whose name looks like a formula, and a pupil of another year group in no class."""
    with visible_to(school):
        class_group = ClassGroupFactory.create(school=school, academic_year=year, name="3/4 Ash")
        on_roll(
            school, year, class_group=class_group, year_group=YearGroup.Y4, pupil__surname="Ash",
            pupil__forename="Ada", is_pupil_premium=True, is_eal=True,
        )  # fmt: skip
        on_roll(
            school, year, class_group=class_group, year_group=YearGroup.Y3, pupil__surname="=Cmd",
            pupil__forename="Eve",
        )  # fmt: skip
        on_roll(school, year, year_group=YearGroup.Y2, pupil__surname="Birch", pupil__forename="Ben")
    return class_group


def rows_of(client: Client, address: str) -> list[dict[str, str]]:
    response = client.get(address)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_a_roll_goes_out_with_characteristics_in_words(
    school: School, year: AcademicYear, ash: ClassGroup
) -> None:
    rows = rows_of(signed_in(member(school, Role.HEAD)), reverse("roll_file", args=[school.urn, year, "csv"]))
    assert [(row["Pupil"], row["Year"], row["Class"]) for row in rows] == [
        ("'=Cmd, Eve", "Year 3", "3/4 Ash"),
        ("Ash, Ada", "Year 4", "3/4 Ash"),
        ("Birch, Ben", "Year 2", ""),
    ]
    assert rows[1]["Characteristics"] == "Pupil premium, English as an additional language"
    assert rows[2]["Characteristics"] == ""


def test_a_roll_is_narrowed_as_its_address_says_and_its_name_says_so(
    school: School, year: AcademicYear, ash: ClassGroup
) -> None:
    client = signed_in(member(school, Role.HEAD))
    address = reverse("roll_file", args=[school.urn, year, "csv"])
    assert [row["Pupil"] for row in rows_of(client, f"{address}?year_group=4")] == ["Ash, Ada"]
    assert [row["Pupil"] for row in rows_of(client, f"{address}?group=eal")] == ["Ash, Ada"]
    assert [row["Pupil"] for row in rows_of(client, f"{address}?class_group=none")] == ["Birch, Ben"]
    named = client.get(f"{address}?year_group=4&group=eal").headers["Content-Disposition"]
    assert "year-4-eal-pupils-on-roll-on" in named


def test_a_roll_longer_than_a_page_goes_out_whole(
    school: School, year: AcademicYear, monkeypatch: pytest.MonkeyPatch, ash: ClassGroup
) -> None:
    monkeypatch.setattr("schools.queries.rolls.PAGE_LENGTH", 1)
    client = signed_in(member(school, Role.HEAD))
    assert len(rows_of(client, reverse("roll_file", args=[school.urn, year, "csv"]))) == 3


def test_a_teachers_roll_has_the_pupils_of_their_classes_alone(
    school: School, year: AcademicYear, ash: ClassGroup
) -> None:
    teacher = member(school, Role.TEACHER)
    with visible_to(school):
        membership = Membership.objects.in_school(school).get(user=teacher)
        ClassTeacher.objects.create(school=school, class_group=ash, membership=membership)
    client = signed_in(teacher)
    rows = rows_of(client, reverse("roll_file", args=[school.urn, year, "csv"]))
    assert [row["Pupil"] for row in rows] == ["'=Cmd, Eve", "Ash, Ada"]
    of_class = reverse("class_roll_file", args=[school.urn, year, ash.public_id, "csv"])
    assert rows_of(client, of_class) == rows


def test_classes_go_out_with_their_pupils_and_teachers(
    school: School, year: AcademicYear, ash: ClassGroup
) -> None:
    teacher = member(school, Role.TEACHER)
    with visible_to(school):
        membership = Membership.objects.in_school(school).get(user=teacher)
        ClassTeacher.objects.create(school=school, class_group=ash, membership=membership)
    client = signed_in(member(school, Role.HEAD))
    rows = rows_of(client, reverse("class_list_file", args=[school.urn, year, "csv"]))
    assert rows == [
        {"Class": "3/4 Ash", "Pupils": "2", "Year groups": "Year 3, Year 4", "Teachers": teacher.name}
    ]
    people = rows_of(client, reverse("people_file", args=[school.urn, year, "csv"]))
    assert {row["Name"]: row["Classes"] for row in people}[teacher.name] == "3/4 Ash"
    assert {row["Email address"]: row["Roles"] for row in people}[teacher.email] == "Teacher"


def test_the_pages_link_to_their_files_and_a_searched_roll_does_not(
    school: School, year: AcademicYear, ash: ClassGroup
) -> None:
    client = signed_in(member(school, Role.HEAD))
    page = client.get(reverse("roll", args=[school.urn, year]), {"group": "eal"}).content.decode()
    assert f"{reverse('roll_file', args=[school.urn, year, 'xlsx'])}?group=eal" in page
    searched = client.post(reverse("roll", args=[school.urn, year]), {"name": "Ash"}).content.decode()
    assert "Ash, Ada" in searched
    assert "pupils.xlsx" not in searched
    of_class = client.get(reverse("class_roll", args=[school.urn, year, ash.public_id])).content.decode()
    assert reverse("class_roll_file", args=[school.urn, year, ash.public_id, "csv"]) in of_class
    for page_name, file_name in (("class_list", "class_list_file"), ("people", "people_file")):
        page = client.get(reverse(page_name, args=[school.urn, year])).content.decode()
        assert reverse(file_name, args=[school.urn, year, "xlsx"]) in page
