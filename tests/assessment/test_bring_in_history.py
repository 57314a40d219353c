"""The history of a pupil from a school outside the partnership, taken in on a page: shown first, refused whole, written once."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from assessment.forms.histories import LARGEST
from assessment.imports.histories import read_years
from assessment.models import Judgement
from schools.calendar import AcademicYear, YearGroup
from schools.imports.report import FileRefused
from schools.models import ChangeKind, ChangeSet, PupilYear, Role, School, User
from schools.row_security import visible_to
from schools.services import years
from tests.conftest import member, signed_in
from tests.factories import SchoolFactory, on_roll
from tests.moving import Move, a_move

pytestmark = pytest.mark.django_db


@dataclass
class Arrival:
    """A school outside the partnership that has the pupil on its roll, and the file of the pupil's history."""

    move: Move
    school: School
    leader: User
    file: bytes

    @property
    def address(self) -> str:
        return reverse("bring_in_history", args=[self.school.urn, self.move.year])

    def choose(self, client: Client, content: bytes) -> Any:
        return client.post(self.address, {"file": SimpleUploadedFile("history.xlsx", content)})


@pytest.fixture
def arrival(year: AcademicYear) -> Arrival:
    move = a_move(year)
    outside = SchoolFactory.create(
        partnership__name="Another partnership",
        lowest_year_group=YearGroup.Y5,
        highest_year_group=YearGroup.Y8,
    )
    with visible_to(outside):
        years.open_year(school=outside, academic_year=year, by=None)
        on_roll(
            outside,
            year,
            year_group=YearGroup.Y5,
            pupil__upn="H801200001001",
            pupil__surname="Brough",
            pupil__forename="Elsie",
        )
    there = reverse("pupil_history", args=[move.first.urn, year, move.pupil.public_id])
    file = signed_in(move.leader).get(there).content
    return Arrival(move, outside, member(outside, Role.ASSESSMENT_LEADER), file)


def seal_in(page: str) -> str:
    found = re.search(r'name="content" value="([^"]+)"', page)
    assert found
    return found[1]


def plain(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_what_comes_is_shown_and_then_taken_in_once(arrival: Arrival) -> None:
    client = signed_in(arrival.leader)
    shown = plain(arrival.choose(client, arrival.file))
    assert "Brough, Elsie" in shown
    assert "New: 1 year and 3 judgements." in shown
    with visible_to(arrival.school):
        assert not Judgement.objects.in_school(arrival.school).exists()
        assert not ChangeSet.objects.in_school(arrival.school).exists()
    seal = seal_in(shown)
    taken = client.post(arrival.address, {"content": seal}, follow=True)
    assert "Taken in: 1 year and 3 judgements." in plain(taken)
    with visible_to(arrival.school):
        change = ChangeSet.objects.in_school(arrival.school).get(kind=ChangeKind.TAKE_IN)
        assert change.by == arrival.leader
        assert Judgement.objects.in_school(arrival.school).count() == 3
    # Once more, from a page that lay open: nothing is there to come.
    assert "0 years and 0 judgements" in plain(client.post(arrival.address, {"content": seal}, follow=True))
    again = plain(arrival.choose(client, arrival.file))
    assert "nothing in it that is not here already" in again
    assert "3 judgements stand here already, and stay as they are" in again
    assert "Take it in" not in again


def test_a_file_of_somebody_unknown_is_refused_row_by_row(arrival: Arrival) -> None:
    nobody = signed_in(arrival.move.receiver)
    there = reverse("bring_in_history", args=[arrival.move.middle.urn, arrival.move.year])
    answer = nobody.post(there, {"file": SimpleUploadedFile("history.xlsx", arrival.file)})
    assert answer.status_code == 422
    assert "Row 2: The pupil is not on record here." in plain(answer)
    assert "Row 3: The pupil is not on record here." in plain(answer)


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"PK\x03\x04 broken", b"a,b\n1,2\n"])
def test_what_is_no_such_file_is_said(arrival: Arrival, content: bytes) -> None:
    answer = arrival.choose(signed_in(arrival.leader), content)
    assert answer.status_code == 422
    assert "Nothing was taken in" in plain(answer)


def test_no_file_an_empty_and_a_large_one_are_said_beside_the_field(arrival: Arrival) -> None:
    client = signed_in(arrival.leader)
    for content, told in ((b"", "The file is empty."), (b"x" * (LARGEST + 1), "larger than 500 KB")):
        answer = arrival.choose(client, content)
        assert answer.status_code == 422
        assert told in plain(answer)
    assert "Choose the file." in plain(client.post(arrival.address, {}))


def test_what_was_shown_to_somebody_else_or_altered_is_not_taken_in(arrival: Arrival) -> None:
    seal = seal_in(plain(arrival.choose(signed_in(arrival.leader), arrival.file)))
    head = signed_in(member(arrival.school, Role.HEAD))
    assert head.post(arrival.address, {"content": seal}).status_code == 400
    own = signed_in(arrival.leader)
    assert own.post(arrival.address, {"content": f"{seal[:-3]}abc"}).status_code == 400
    with visible_to(arrival.school):
        assert PupilYear.objects.in_school(arrival.school).count() == 1


def test_a_year_that_is_told_twice_is_refused(arrival: Arrival, tmp_path: Path) -> None:
    workbook = load_workbook(io.BytesIO(arrival.file))
    sheet = workbook["Years"]
    sheet.append([cell.value for cell in sheet[2]])
    path = tmp_path / "twice.xlsx"
    workbook.save(path)
    workbook.close()
    with visible_to(arrival.school), pytest.raises(FileRefused, match=r"Row 4: .* twice"):
        read_years(path, school=arrival.school)
