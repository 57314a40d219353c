"""A block of cells sent together, of which some pupils have left the sheet meanwhile: the others are saved, and nothing is said of who left."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from assessment.models import Judgement
from schools.calendar import YearGroup
from schools.models import ChangeKind, ChangeSet, ClassGroup, Pupil, PupilYear, Role, School
from schools.row_security import visible_to
from schools.services import years
from tests.assessment.classroom import HTMX, YEAR, Classroom
from tests.assessment.sheet_page import Page
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory, on_roll

pytestmark = pytest.mark.django_db


def send(
    room: Classroom,
    *cells: tuple[uuid.UUID, str],
    client: Client | None = None,
    of: str = "mathematics.autumn",
) -> HttpResponse:
    """The block, each cell seen empty."""
    sent = [{"pupil": str(pupil), "of": of, "value": value, "saw": "0:"} for pupil, value in cells]
    address = room.address(asked="") + "cells/?term=autumn"
    answer: Any = (client or room.client).post(address, {"cells": json.dumps(sent)}, headers=HTMX)
    return answer


def leaves(room: Classroom, pupil: Pupil) -> None:
    """For another class of the same school."""
    with visible_to(room.school):
        other = ClassGroupFactory.create(school=room.school, academic_year=YEAR, name="4B")
        PupilYear.objects.filter(pupil=pupil, academic_year=YEAR).update(class_group=other)


def values(answer: HttpResponse) -> list[str]:
    """The judgements that are answered."""
    page = Page(answer.content.decode().replace("<template>", "").replace("</template>", ""))
    return [cell.text for cell in page.loose if "j" in cell.classes]


def test_who_left_the_class_does_not_keep_the_others_of_a_block_from_being_saved(room: Classroom) -> None:
    yara = room.joined("Yara", "Young")
    leaves(room, room.noah)
    answer = send(room, (room.elsie.public_id, "44"), (room.noah.public_id, "44"), (yara.public_id, "44"))
    assert answer.status_code == 409
    assert room.stands() == {("Elsie", 1): (44, ""), ("Yara", 1): (44, "")}
    assert values(answer) == ["44 at", "44 at"]
    assert str(room.noah.public_id) not in answer.content.decode()
    with visible_to(room.school):
        assert ChangeSet.objects.filter(kind=ChangeKind.FILL).count() == 1


def test_of_a_block_with_somebody_who_left_the_worst_is_still_said_and_refusals_stand_in_their_cells(
    room: Classroom,
) -> None:
    leaves(room, room.noah)
    answer = send(room, (room.elsie.public_id, "4x"), (room.noah.public_id, "44"))
    assert (answer.status_code, room.stands()) == (409, {})
    assert "is-refused" in answer.content.decode()
    room.close()
    assert send(room, (room.elsie.public_id, "44"), (room.noah.public_id, "44")).status_code == 423


def test_where_everybody_has_left_there_is_nothing(room: Classroom) -> None:
    leaves(room, room.noah)
    assert send(room, (room.noah.public_id, "44")).status_code == 404
    assert send(room, (uuid.uuid4(), "44")).status_code == 404
    assert room.stands() == {}


def test_a_column_that_is_not_of_the_sheet_writes_nothing(room: Classroom) -> None:
    assert send(room, (room.elsie.public_id, "44"), of="reading.autumn").status_code == 404
    assert room.stands() == {}


def test_pupils_of_another_class_or_school_are_neither_written_nor_told_from_who_is_nowhere(
    room: Classroom, other_school: School
) -> None:
    with visible_to(room.school):
        group: ClassGroup = ClassGroupFactory.create(school=room.school, academic_year=YEAR, name="5A")
        of_another_class = on_roll(room.school, YEAR, class_group=group, year_group=YearGroup.Y5).pupil
    with visible_to(other_school):
        years.open_year(school=other_school, academic_year=YEAR, by=None)
        of_another_school = on_roll(other_school, YEAR, year_group=YearGroup.Y4).pupil
    # The same value again and again: each time Elsie's cell holds it already.
    answers = [
        send(room, (room.elsie.public_id, "44"), (key, "44"))
        for key in (of_another_class.public_id, of_another_school.public_id, uuid.uuid4())
    ]
    assert [answer.status_code for answer in answers] == [409] * 3
    assert len({answer.content for answer in answers}) == 1
    assert room.stands() == {("Elsie", 1): (44, "")}
    with visible_to(other_school):
        assert not Judgement.objects.filter(pupil=of_another_school).exists()


def test_nobody_else_writes_such_a_block(room: Classroom, other_school: School) -> None:
    block = ((room.elsie.public_id, "44"), (uuid.uuid4(), "44"))
    colleague = signed_in(member(room.school, Role.TEACHER))
    governor = signed_in(member(room.school, Role.GOVERNOR))
    stranger = signed_in(member(other_school, Role.HEAD))
    statuses = [send(room, *block, client=client).status_code for client in (colleague, governor, stranger)]
    assert statuses == [404, 403, 404]
    assert room.stands() == {}
