"""Notes beside judgements: written, changed and taken away, by whoever may enter there, over what was seen."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from assessment.models import Judgement, Source
from schools.models import Membership, Pupil, Role
from schools.row_security import visible_to
from schools.services import classes
from tests.assessment.classroom import BOTH_KINDS, HTMX, YEAR, Classroom, room, subjects_only
from tests.conftest import member, signed_in

ROOMS = BOTH_KINDS

__all__ = ["room"]
pytestmark = pytest.mark.django_db
JudgementEvent = Judgement.pgh_event_model  # type: ignore[attr-defined]


def address(room: Classroom, door: str = "note", *, pupil: Pupil | None = None, point: str = "autumn") -> str:
    place = [room.school.urn, YEAR, (pupil or room.elsie).public_id, room.sheet, point]
    return reverse(f"cell_{door.replace('-', '_')}", args=place)


def write(
    room: Classroom, text: str, saw: str = "1:44", *, client: Client | None = None, **more: str
) -> HttpResponse:
    """A note on Elsie's judgement of Autumn, as the dialog sends it."""
    answer: Any = (client or room.client).post(address(room), {"note": text, "saw": saw} | more, headers=HTMX)
    return answer


def held(room: Classroom) -> Judgement:
    with visible_to(room.school):
        found: Judgement = Judgement.objects.select_related("entered_by").get(pupil=room.elsie)
        return found


def test_a_note_stands_beside_points_and_is_read_on_the_cells_page(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    answer = write(room, "Secure in fractions,\r\nnot yet in time")
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (200, "cell-changed")
    row = held(room)
    assert (row.points, row.note, row.version) == (44, "Secure in fractions,\nnot yet in time", 2)
    page = room.client.get(address(room, "history")).content.decode()
    assert "Secure in fractions,\nnot yet in time</textarea>" in page


@pytest.mark.parametrize("reason", ["absent", "new", "not_required"])
def test_a_note_stands_beside_a_reason_too(room: Classroom, reason: str) -> None:
    room.judged(room.elsie, None, reason=reason)
    assert write(room, "In hospital", f"1:{reason.replace('_', ' ')}").status_code == 200
    assert held(room).note == "In hospital"


def test_whoever_notes_does_not_take_the_judgement_over(room: Classroom) -> None:
    room.save("44")
    before = held(room)
    head = member(room.school, Role.HEAD)
    assert write(room, "Discussed", client=signed_in(head)).status_code == 200
    row = held(room)
    assert (row.entered_by, row.entered_at, row.source) == (room.teacher, before.entered_at, Source.TYPED)
    with visible_to(room.school):
        event = JudgementEvent.objects.latest("pgh_id")
    assert (event.note, event.pgh_context["user"]) == ("Discussed", head.pk)


def test_an_emptied_note_is_gone_and_the_cell_can_be_emptied_again(room: Classroom) -> None:
    room.judged(room.elsie, 44, note="Discussed")
    assert room.save("", "1:44").status_code == 422
    assert write(room, "  ").status_code == 200
    assert (held(room).note, held(room).version) == ("", 2)
    assert room.save("", "2:44").status_code == 200
    assert room.stands() == {}


def test_an_empty_cell_has_nothing_to_note_beside(room: Classroom) -> None:
    page = room.client.get(address(room, "history")).content.decode()
    assert "A note stands beside points or a reason" in page
    assert "<textarea" not in page
    answer = write(room, "Discussed", "0:")
    assert (answer.status_code, "Enter points or a reason first" in answer.content.decode()) == (409, True)
    assert room.stands() == {}


def test_a_value_that_is_changed_keeps_its_note(room: Classroom) -> None:
    room.judged(room.elsie, 44, note="Discussed")
    assert room.save("45", "1:44").status_code == 200
    assert (held(room).points, held(room).note) == (45, "Discussed")


@subjects_only
def test_the_second_of_two_people_is_shown_both_notes(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    head = signed_in(member(room.school, Role.HEAD))
    assert write(room, "From the head", client=head).status_code == 200
    answer = write(room, "From the teacher")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody changed this judgement after you opened it" in page
    assert '<p class="noted">From the head</p>' in page
    assert "From the teacher</textarea>" in page
    assert held(room).note == "From the head"
    # Now the newer one was seen, and theirs can be written over it.
    assert 'name="saw" value="2:44"' in page
    assert write(room, "From the teacher", "2:44").status_code == 200
    assert held(room).note == "From the teacher"


def test_a_value_that_somebody_changed_meanwhile_refuses_the_note(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    room.save("45", "1:44")
    answer = write(room, "Discussed", "1:44")
    assert (answer.status_code, held(room).note) == (409, "")


@subjects_only
def test_the_same_note_sent_twice_is_saved_once(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    assert [write(room, "Discussed").status_code for _ in range(2)] == [200, 200]
    assert held(room).version == 2


@subjects_only
def test_a_closed_term_is_closed_for_notes_but_to_a_leader_who_says_why(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    room.close()
    assert write(room, "Discussed").status_code == 423
    leader = signed_in(member(room.school, Role.ASSESSMENT_LEADER))
    without = write(room, "Discussed", client=leader)
    assert (without.status_code, "Say why you change it" in without.content.decode()) == (423, True)
    assert held(room).note == ""
    assert write(room, "Discussed", client=leader, because="Moderated late").status_code == 200
    assert held(room).note == "Discussed"
    page = room.client.get(address(room, "history")).content.decode()
    assert "Moderated late" in page
    assert "<textarea" not in page


@subjects_only
def test_a_note_has_at_most_five_hundred_characters(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    answer = write(room, "x" * 501)
    assert (answer.status_code, "this one has 501" in answer.content.decode()) == (422, True)
    assert write(room, "x" * 500).status_code == 200
    assert len(held(room).note) == 500


def test_without_script_the_page_saves_and_comes_back(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    answer: Any = room.client.post(address(room), {"note": "Discussed", "saw": "1:44"}, follow=True)
    assert answer.redirect_chain == [(address(room, "history"), 302)]
    assert "Note saved." in answer.content.decode()


@subjects_only
def test_a_note_is_text_and_never_markup(room: Classroom) -> None:
    room.judged(room.elsie, 44, note="<script>alert(1)</script>")
    page = room.client.get(address(room, "history")).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_sheet_marks_a_noted_cell_and_says_so_in_words(room: Classroom) -> None:
    room.judged(room.elsie, 44, note="Discussed")
    room.judged(room.noah, 44)
    page = room.page()
    autumn = page.column(room.named("mathematics.autumn"))
    noted, plain = (page.rows[str(pupil.public_id)][autumn] for pupil in (room.elsie, room.noah))
    assert ("has-note" in noted.classes, noted.text) == (True, f"44 {room.stands_at}, with a note")
    assert ("has-note" in plain.classes, plain.text) == (False, f"44 {room.stands_at}")
    assert "Discussed" not in room.client.get(room.address()).content.decode()


@subjects_only
@pytest.mark.parametrize(
    ("role", "sees", "notes"),
    [
        # A teacher of another class finds nothing; a SENCO sees, and enters nothing; a governor meets no names.
        (Role.TEACHER, 404, 404),
        (Role.SENCO, 200, 403),
        (Role.GOVERNOR, 403, 403),
        (Role.SUBJECT_LEADER, 200, 200),
        (Role.HEAD, 200, 200),
    ],
)
def test_who_sees_the_pupil_reads_and_who_enters_there_writes(
    room: Classroom, role: Role, sees: int, notes: int
) -> None:
    room.judged(room.elsie, 44, note="Discussed")
    client = signed_in(member(room.school, role))
    page = client.get(address(room, "history"))
    assert (page.status_code, "Discussed" in page.content.decode()) == (sees, sees == 200)
    assert write(room, "Other", client=client).status_code == notes
    assert held(room).note == ("Other" if notes == 200 else "Discussed")


@subjects_only
def test_a_senco_who_teaches_another_class_writes_for_that_class_alone(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    both = member(room.school, Role.SENCO, Role.TEACHER)
    client = signed_in(both)
    assert write(room, "Discussed", client=client).status_code == 403
    with visible_to(room.school):
        teaching = Membership.objects.get(user=both, role=Role.TEACHER)
        classes.assign_teacher(class_group=room.group, membership=teaching, by=None)
    assert write(room, "Discussed", client=client).status_code == 200


@subjects_only
def test_what_no_form_sends_is_a_bad_request(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    assert write(room, "Discussed", "44").status_code == 400
