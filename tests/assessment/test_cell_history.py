"""The history of one judgement: every value, who entered it, how and when; and putting one back."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import MATHEMATICS
from assessment.models import Judgement, Source
from assessment.queries.cell_histories import Change, cell_history
from assessment.queries.sheet_rows import Cell
from assessment.services.judgements import Entry, Provenance, record_many
from assessment.services.recording import Entering, Stored, Wish, record
from schools.access import Access
from schools.calendar import AcademicYear, YearGroup
from schools.models import ChangeKind, Pupil, Role, School, User
from schools.row_security import visible_to
from schools.services import years
from tests.assessment.classroom import HTMX, YEAR, Classroom, room
from tests.conftest import member, signed_in
from tests.factories import PupilYearFactory, judged

__all__ = ["room"]
pytestmark = pytest.mark.django_db
AUTUMN = AssessmentTerm.AUTUMN


def address(
    room: Classroom, door: str = "history", *, pupil: uuid.UUID | None = None, point: str = "autumn"
) -> str:
    place = [room.school.urn, YEAR, pupil or room.elsie.public_id, "mathematics", point]
    return reverse(f"cell_{door}", args=place)


def put_back(
    room: Classroom, value: str, saw: str, *, client: Client | None = None, **more: str
) -> HttpResponse:
    sent = {"value": value, "saw": saw, "note": ""} | more
    answer: Any = (client or room.client).post(address(room, "put_back"), sent, headers=HTMX)
    return answer


def told(room: Classroom, key: str = "autumn", *, school: School | None = None) -> tuple[Change, ...]:
    """From the latest to the first, as a head reads it."""
    head = User.objects.filter(email="reader@school.test").first() or member(room.school, Role.HEAD)
    with visible_to(school or room.school):
        access = Access(head, room.school, (Role.HEAD,), YEAR, (YEAR,), (room.school,))
        found = cell_history(access, room.elsie.public_id, MATHEMATICS, key, today=timezone.localdate())
    assert found is not None
    return found.changes


def lines(room: Classroom) -> list[tuple[str, str, str]]:
    """The value, or what was done; how; by whom."""
    return [(change.value or change.said, change.how, change.who) for change in told(room)]


def written(room: Classroom, points: int, source: Source, **provenance: Any) -> None:
    with visible_to(room.school):
        entry = Entry(room.elsie.pk, MATHEMATICS.number, YEAR, AUTUMN, points)
        given = {"by": room.teacher} | provenance
        record_many(
            school=room.school,
            entries=[entry],
            provenance=Provenance(source=source, **given),
            origin_ids=[uuid.uuid4()] if "origin_school" in provenance else None,
        )


def enter(room: Classroom, points: int | None, act: ChangeKind, *, saw: Stored) -> None:
    """As one of many cells."""
    with visible_to(room.school):
        entering = Entering(
            school=room.school, by=room.teacher, academic_year=YEAR, today=timezone.localdate(), act=act
        )
        cell = Cell(room.elsie.pk, MATHEMATICS.number, AUTUMN)
        record(entering=entering, wishes=[Wish(cell, points, "", saw)])


def test_every_value_is_told_with_who_and_how_the_latest_first(room: Classroom) -> None:
    head = member(room.school, Role.HEAD)
    room.save("44")
    room.save("45", "1:44", client=signed_in(head))
    room.save(".", "2:45")
    teacher = room.teacher.name
    assert lines(room) == [("absent", "Typed", teacher), ("45", "Typed", head.name), ("44", "Typed", teacher)]
    assert [change.code for change in told(room)] == ["", "4E2", "4E1"]
    assert [(change.is_current, change.put_back) for change in told(room)] == [
        (True, ""),
        (False, "45"),
        (False, "44"),
    ]


def test_how_a_value_came_is_said_in_words(room: Classroom, other_school: School) -> None:
    written(room, 40, Source.IMPORTED, by=None)
    written(room, 41, Source.PASTED)
    written(room, 42, Source.OFFERED)
    written(room, 43, Source.COPIED, by=None, made_by_school=other_school)
    teacher = room.teacher.name
    assert lines(room) == [
        ("43", f"Copied from {other_school.name}", "the operator"),
        ("42", "Offered and confirmed", teacher),
        ("41", "Pasted", teacher),
        ("40", "Imported from a file", "the operator"),
    ]


@pytest.mark.parametrize(
    ("act", "how"),
    [
        (ChangeKind.FILL, "Filled in with other cells"),
        (ChangeKind.UNDO, "Taken back"),
        (ChangeKind.REDO, "Done again"),
        (ChangeKind.REPAIR, "Moved or copied between terms"),
        (ChangeKind.SHEET_FILE, "Brought back from Excel"),
        (ChangeKind.AFTER_CLOSING, "Typed"),
    ],
)
def test_an_act_of_many_cells_is_told_by_its_name(room: Classroom, act: ChangeKind, how: str) -> None:
    enter(room, 44, act, saw=Stored())
    assert lines(room) == [("44", how, room.teacher.name)]


def test_a_cell_that_was_emptied_tells_who_and_what_stood_there(room: Classroom) -> None:
    room.save("44")
    room.save("", "1:44")
    assert lines(room) == [("Emptied", "", room.teacher.name), ("44", "Typed", room.teacher.name)]
    assert [change.put_back for change in told(room)] == ["", "44"]
    page = room.client.get(address(room)).content.decode()
    assert "Nothing is entered." in page
    assert 'name="value" value="44"' in page
    assert put_back(room, "44", "0:").status_code == 200
    assert room.stands() == {(room.elsie.forename, 1): (44, "")}


def test_notes_and_confirmed_steps_are_part_of_the_history(room: Classroom) -> None:
    room.judged(room.elsie, 40, term=0)
    room.save("48")
    room.client.post(address(room, "note"), {"note": "Moved up a group", "saw": "1:48"})
    room.client.post(address(room, "confirm"), {"steps": "8"})
    room.client.post(address(room, "note"), {"note": "", "saw": "2:48"})
    assert [(change.value, change.said, change.note) for change in told(room)] == [
        ("", "Note removed", ""),
        ("", "+8 steps confirmed", ""),
        ("", "Note", "Moved up a group"),
        ("48", "", ""),
    ]


def test_a_judgement_that_was_only_measured_again_did_not_change(room: Classroom) -> None:
    room.save("44")
    with visible_to(room.school):
        Judgement.objects.filter(pupil=room.elsie).update(expected_low=40, expected_high=41)
    assert lines(room) == [("44", "Typed", room.teacher.name)]


def test_an_earlier_value_is_put_back_as_an_act_of_its_own(room: Classroom) -> None:
    room.save("44")
    room.save("45", "1:44")
    head = member(room.school, Role.HEAD)
    answer = put_back(room, "44", "2:45", client=signed_in(head))
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (200, "cell-changed")
    assert "44 is put back." in answer.content.decode()
    with visible_to(room.school):
        row = Judgement.objects.get(pupil=room.elsie)
    assert (row.points, row.version, row.entered_by, row.source) == (44, 3, head, Source.TYPED)
    assert lines(room)[0] == ("44", "Put back", head.name)
    # What is typed afterwards was typed.
    room.save("46", "3:44")
    assert lines(room)[0] == ("46", "Typed", room.teacher.name)


def test_a_reason_is_put_back_too_and_the_note_stays(room: Classroom) -> None:
    room.judged(room.elsie, None, reason="not_required", note="In hospital")
    room.save("45", "1:not required")
    assert put_back(room, "not required", "2:45").status_code == 200
    with visible_to(room.school):
        row = Judgement.objects.get(pupil=room.elsie)
    assert (row.points, row.reason, row.note) == (None, "not_required", "In hospital")


def test_nothing_is_put_back_over_what_a_colleague_entered_meanwhile(room: Classroom) -> None:
    room.save("44")
    room.save("45", "1:44")
    room.save("47", "2:45", client=signed_in(member(room.school, Role.HEAD)))
    answer = put_back(room, "44", "2:45")
    page = answer.content.decode()
    assert (answer.status_code, "after you opened it" in page) == (409, True)
    assert room.stands() == {(room.elsie.forename, 1): (47, "")}
    assert 'name="saw" value="3:47"' in page


def test_only_what_stood_there_can_be_put_back(room: Classroom) -> None:
    room.save("44")
    assert put_back(room, "60", "1:44").status_code == 400
    assert put_back(room, "much", "1:44").status_code == 400
    assert room.stands() == {(room.elsie.forename, 1): (44, "")}


def test_in_a_closed_term_a_leader_alone_puts_back_and_says_why(room: Classroom) -> None:
    room.save("44")
    room.save("45", "1:44")
    room.close()
    assert "Put back" not in room.client.get(address(room)).content.decode()
    assert put_back(room, "44", "2:45").status_code == 423
    leader = signed_in(member(room.school, Role.ASSESSMENT_LEADER))
    assert put_back(room, "44", "2:45", client=leader).status_code == 423
    assert put_back(room, "44", "2:45", client=leader, because="Moderated").status_code == 200
    assert room.stands() == {(room.elsie.forename, 1): (44, "")}
    assert told(room)[0].because == "Moderated"


@pytest.mark.parametrize(
    ("role", "sees", "puts_back"),
    [(Role.TEACHER, 404, 404), (Role.SENCO, 200, 403), (Role.GOVERNOR, 403, 403), (Role.HEAD, 200, 200)],
)
def test_who_may_not_enter_there_puts_nothing_back(
    room: Classroom, role: Role, sees: int, puts_back: int
) -> None:
    room.save("44")
    room.save("45", "1:44")
    client = signed_in(member(room.school, role))
    page = client.get(address(room))
    assert page.status_code == sees
    assert ("Put back" in page.content.decode()) is (puts_back == 200)
    assert put_back(room, "44", "2:45", client=client).status_code == puts_back


def test_the_same_cell_of_another_school_is_not_found(room: Classroom, other_school: School) -> None:
    room.save("44")
    head = signed_in(member(other_school, Role.HEAD))
    assert head.get(address(room)).status_code == 404
    theirs = address(room).replace(room.school.urn, other_school.urn)
    assert head.get(theirs).status_code == 404


@pytest.mark.parametrize("point", ["winter", "summer-2024", "summer-1900", "this-term", "autumn-20"])
def test_a_point_that_is_none_is_not_found(room: Classroom, point: str) -> None:
    assert room.client.get(address(room, point=point)).status_code == 404


def test_an_earlier_years_judgement_can_be_read_and_not_changed(room: Classroom) -> None:
    before = AcademicYear(YEAR - 1)
    with visible_to(room.school):
        years.open_year(school=room.school, academic_year=before, by=None)
        pupil = Pupil.objects.get(pk=room.elsie.pk)
        PupilYearFactory.create(
            school=room.school, academic_year=before, pupil=pupil, year_group=YearGroup.Y3
        )
        judged(pupil, before, AssessmentTerm.SUMMER, 44, note="Ready")
    for point in ("last-summer", "summer-2023"):
        page = room.client.get(address(room, point=point)).content.decode()
        # Of a child in Year 3 the overlap is that year's Mastery.
        assert ("3M1" in page, "Ready" in page, "<textarea" in page) == (True, True, False)
        sent = {"note": "Other", "saw": "1:44"}
        assert room.client.post(address(room, "note", point=point), sent).status_code == 403


def test_the_number_of_queries_does_not_grow_with_what_happened(room: Classroom) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert room.client.get(address(room)).status_code == 200
        return len(queries)

    room.save("44")
    once = asked()
    for number, points in enumerate((45, 46, 47), start=1):
        client = signed_in(member(room.school, Role.HEAD))
        room.save(str(points), f"{number}:{points - 1}", client=client)
    assert asked() == once


def test_why_a_colour_leads_to_the_history_of_each_judgement(room: Classroom) -> None:
    room.save("44")
    why = reverse("why_colour", args=[room.school.urn, YEAR, room.elsie.public_id, "mathematics"])
    page = room.client.get(f"{why}?of=autumn&term=autumn").content.decode()
    assert f'href="{address(room)}"' in page
