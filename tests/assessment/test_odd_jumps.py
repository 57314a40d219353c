"""Odd steps are asked about where they were entered, answered once, and never forbidden."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessment.models import Judgement
from schools.models import Pupil, Role
from schools.row_security import visible_to
from tests.assessment.classroom import HTMX, YEAR, Classroom, room
from tests.assessment.sheet_page import Cell, Page
from tests.conftest import member, signed_in

__all__ = ["room"]
pytestmark = pytest.mark.django_db
OF = "mathematics.autumn"


@pytest.fixture
def asked(room: Classroom) -> Classroom:
    """Elsie's Baseline is 40, and her Autumn 48."""
    room.judged(room.elsie, 40, term=0)
    room.judged(room.elsie, 48)
    return room


def confirm(
    room: Classroom,
    steps: int | str = 8,
    *,
    client: Client | None = None,
    pupil: Pupil | None = None,
    of: str = OF,
) -> HttpResponse:
    """As the grid's key sends it."""
    place = [room.school.urn, YEAR, room.group.public_id, "mathematics"]
    there = reverse("class_marksheet_confirm", args=place) + "?term=autumn"
    sent = {"pupil": str((pupil or room.elsie).public_id), "of": of, "steps": str(steps)}
    answer: Any = (client or room.client).post(there, sent, headers=HTMX)
    return answer


def shown(room: Classroom, client: Client | None = None, of: str = OF) -> Cell:
    """Elsie's cell on the sheet."""
    page = room.page(client)
    return page.rows[str(room.elsie.public_id)][page.column(of)]


def odd(room: Classroom, of: str = OF) -> str:
    return shown(room, of=of).attributes.get("data-odd", "")


def held(room: Classroom) -> Judgement:
    with visible_to(room.school):
        found: Judgement = Judgement.objects.get(pupil=room.elsie, term=1)
        return found


@pytest.mark.parametrize(
    ("value", "told"),
    [("46", ""), ("47", "+7 since Baseline"), ("40", ""), ("39", "\N{MINUS SIGN}1 since Baseline")],
)
def test_a_save_is_answered_with_the_question_and_is_saved_all_the_same(
    room: Classroom, value: str, told: str
) -> None:
    room.judged(room.elsie, 40, term=0)
    answer = room.save(value)
    cell = Page(answer.content.decode()).loose[0]
    assert (answer.status_code, cell.attributes.get("data-odd", "")) == (200, told)
    assert room.stands()[room.elsie.forename, 1] == (int(value), "")
    assert odd(room) == told
    assert ("to check" in cell.text) is bool(told)


def test_without_a_start_nothing_is_asked(room: Classroom) -> None:
    room.judged(room.elsie, 90)
    assert odd(room) == ""
    assert "to check" not in room.page().said("sheet-summary")


def test_the_summary_says_how_many_are_to_check(asked: Classroom) -> None:
    asked.judged(asked.noah, 40, term=0)
    asked.judged(asked.noah, 38)
    assert "2 to check" in asked.page().said("sheet-summary")
    confirm(asked)
    assert "1 to check" in asked.page().said("sheet-summary")


def test_what_was_confirmed_is_remembered_and_asked_of_nobody_again(asked: Classroom) -> None:
    assert odd(asked) == "+8 since Baseline"
    answer = confirm(asked)
    assert answer.status_code == 200
    cell = Page(answer.content.decode()).loose[0]
    assert "data-odd" not in cell.attributes
    assert held(asked).confirmed_steps == 8
    head = signed_in(member(asked.school, Role.HEAD))
    assert "data-odd" not in shown(asked, head).attributes


def test_other_odd_steps_are_asked_about_again_and_the_same_ones_are_not(asked: Classroom) -> None:
    confirm(asked)
    asked.save("49", "1:48")
    assert odd(asked) == "+9 since Baseline"
    asked.save("45", "2:49")
    assert odd(asked) == ""
    asked.save("48", "3:45")
    assert odd(asked) == ""


def test_another_start_makes_other_steps(asked: Classroom) -> None:
    confirm(asked)
    asked.save("38", "1:40", of="mathematics.baseline")
    assert odd(asked) == "+10 since Baseline"


def test_a_confirmation_refuses_no_other_tab(asked: Classroom) -> None:
    before = held(asked)
    confirm(asked)
    row = held(asked)
    assert (row.version, row.entered_at, row.entered_by) == (1, before.entered_at, before.entered_by)
    # Opened before the confirmation, typed after it.
    assert asked.save("47", "1:48").status_code == 200
    assert held(asked).points == 47


def test_the_history_says_who_confirmed(asked: Classroom) -> None:
    head = member(asked.school, Role.HEAD)
    confirm(asked, client=signed_in(head))
    with visible_to(asked.school):
        event = Judgement.pgh_event_model.objects.latest("pgh_id")  # type: ignore[attr-defined]
    assert (event.confirmed_steps, event.pgh_context["user"]) == (8, head.pk)


def test_a_confirmation_sent_twice_is_made_once(asked: Classroom) -> None:
    events = Judgement.pgh_event_model.objects  # type: ignore[attr-defined]
    assert [confirm(asked).status_code for _ in range(2)] == [200, 200]
    with visible_to(asked.school):
        assert events.filter(confirmed_steps=8).count() == 1


@pytest.mark.parametrize("steps", [7, 9, -8])
def test_steps_that_are_others_by_now_are_not_confirmed(asked: Classroom, steps: int) -> None:
    answer = confirm(asked, steps)
    assert answer.status_code == 409
    assert held(asked).confirmed_steps is None
    # The cell comes back as it stands, with the question.
    assert Page(answer.content.decode()).loose[0].attributes["data-odd"] == "+8 since Baseline"


def test_usual_steps_and_empty_cells_have_nothing_to_confirm(asked: Classroom) -> None:
    asked.save("44", "1:48")
    assert confirm(asked, 4).status_code == 409
    assert confirm(asked, 8, pupil=asked.noah).status_code == 409


def test_in_a_closed_term_teachers_are_not_asked_and_a_leader_needs_no_reason(asked: Classroom) -> None:
    asked.close()
    assert odd(asked) == ""
    leader = signed_in(member(asked.school, Role.ASSESSMENT_LEADER))
    assert shown(asked, leader).attributes["data-odd"] == "+8 since Baseline"
    assert confirm(asked).status_code == 423
    assert confirm(asked, client=leader).status_code == 200
    assert held(asked).confirmed_steps == 8


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.TEACHER, 404), (Role.SENCO, 403), (Role.GOVERNOR, 403), (Role.SUBJECT_LEADER, 200)],
)
def test_who_enters_there_confirms_there(asked: Classroom, role: Role, status: int) -> None:
    client = signed_in(member(asked.school, role))
    page = reverse(
        "cell_confirm", args=[asked.school.urn, YEAR, asked.elsie.public_id, "mathematics", "autumn"]
    )
    assert client.post(page, {"steps": "8"}, headers=HTMX).status_code == status
    assert (held(asked).confirmed_steps == 8) is (status == 200)
    # Of the sheet, a teacher of another class finds no pupil.
    assert confirm(asked, client=client).status_code == status


def test_what_no_grid_sends_is_refused(asked: Classroom) -> None:
    assert confirm(asked, "many").status_code == 400
    assert confirm(asked, of="mathematics.this-term").status_code == 400
    assert confirm(asked, of="reading.autumn").status_code == 400
    stranger = Pupil(public_id=uuid.uuid4())
    assert confirm(asked, pupil=stranger).status_code == 404


def test_without_script_the_page_of_the_cell_asks_and_takes_the_answer(asked: Classroom) -> None:
    place = [asked.school.urn, YEAR, asked.elsie.public_id, "mathematics", "autumn"]
    page = asked.client.get(reverse("cell_history", args=place)).content.decode()
    assert "+8 since Baseline?" in page
    assert 'name="steps" value="8"' in page
    answer: Any = asked.client.post(reverse("cell_confirm", args=place), {"steps": "8"}, follow=True)
    assert "+8 since Baseline: confirmed." in answer.content.decode()
    assert held(asked).confirmed_steps == 8


def test_a_save_asks_the_database_no_more_than_before(asked: Classroom) -> None:
    def asked_for(value: str, saw: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert asked.save(value, saw).status_code == 200
        return len(queries)

    asked_for("44", "1:48")
    assert asked_for("45", "2:44") == asked_for("52", "3:45")


def test_one_cell_of_the_sheet_can_be_asked_for(asked: Classroom) -> None:
    place = [asked.school.urn, YEAR, asked.group.public_id, "mathematics"]
    there = reverse("class_marksheet_cell", args=place)
    asked_for = {"term": "autumn", "pupil": str(asked.elsie.public_id), "of": OF}
    answer = asked.client.get(there, asked_for)
    page = Page(answer.content.decode())
    assert page.loose[0].text.startswith("48 above")
    assert "1 of 2 entered" in page.said("sheet-summary")
    assert asked.client.get(there, asked_for | {"of": "nothing"}).status_code == 400
    assert asked.client.get(there, asked_for | {"pupil": str(uuid.uuid4())}).status_code == 404
