"""Undo and redo say which act they mean: pressed twice, or in a second tab, they do not take back another one in its place."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from schools.models import Role
from tests.assessment.classroom import BOTH_KINDS, Classroom, subjects_only
from tests.assessment.test_undo import door, plain, press, said
from tests.conftest import member, signed_in

ROOMS = BOTH_KINDS

pytestmark = pytest.mark.django_db
AUTUMN = 1


def entered(room: Classroom, value: str, saw: str = "0:", **more: Any) -> str:
    """Saves a cell as the grid does; the key that the page is told for it."""
    answer = room.save(value, saw, **more)
    assert answer.status_code == 200
    return str(answer.headers["LEP-Act"])


def sent_by(html: str, button: str) -> str:
    """The key that a button of the page sends."""
    found = re.search(rf'<button[^>]*name="act" value="([^"]*)"[^>]*>{button}', html)
    assert found, html
    return found[1]


def pressed_without_script(
    room: Classroom, name: str, act: str, client: Client | None = None, **sent: str
) -> Any:
    return (client or room.client).post(door(room, name), {"act": act} | sent, follow=True)


@subjects_only
def test_a_double_click_takes_back_one(room: Classroom) -> None:
    entered(room, "44")
    entered(room, "45", pupil=room.noah)
    act = sent_by(room.client.get(room.address()).content.decode(), "Undo")
    pressed_without_script(room, "undo", act)
    again = pressed_without_script(room, "undo", act)
    assert "That was taken back already." in plain(again.content.decode())
    assert room.stands() == {("Elsie", AUTUMN): (44, "")}


@subjects_only
def test_redo_pressed_twice_does_one_again(room: Classroom) -> None:
    entered(room, "44")
    entered(room, "45", pupil=room.noah)
    press(room)
    press(room)
    act = sent_by(room.client.get(room.address()).content.decode(), "Redo")
    pressed_without_script(room, "redo", act)
    again = pressed_without_script(room, "redo", act)
    assert "That was redone already." in plain(again.content.decode())
    assert room.stands() == {("Elsie", AUTUMN): (44, "")}


def test_the_answer_to_a_save_says_what_undo_will_mean(room: Classroom) -> None:
    first = entered(room, "44")
    second = entered(room, "45", pupil=room.noah)
    assert first != second
    assert sent_by(room.client.get(room.address()).content.decode(), "Undo") == second
    answer = press(room, act=second)
    assert said(answer) == "Undone. Cox, Noah, Autumn: empty."
    told = answer.content.decode()
    assert f'data-undo-act="{first}"' in told
    [redo] = re.findall(r'data-redo-act="([^"]+)"', told)
    assert said(press(room, "redo", act=redo)) == "Redone. Cox, Noah, Autumn: 45."


@subjects_only
def test_what_wrote_nothing_names_nothing(room: Classroom) -> None:
    entered(room, "44")
    same = room.save("44", "1:44")
    assert same.status_code == 200
    assert "LEP-Act" not in same.headers
    refused = room.save("1000", "1:44")
    assert "LEP-Act" not in refused.headers


@subjects_only
def test_a_second_tab_takes_back_nothing_else_and_is_shown_how_it_stands(room: Classroom) -> None:
    entered(room, "44")
    act = entered(room, "45", pupil=room.noah)
    press(room, act=act)
    answer = press(room, act=act)
    assert answer.status_code == 409
    assert "That was taken back already." in plain(answer.content.decode())
    # Noah's cell, which that tab still shows as 45.
    assert f"#p-{room.noah.public_id} " in answer.content.decode()
    assert room.stands() == {("Elsie", AUTUMN): (44, "")}


@subjects_only
def test_where_something_was_changed_since_nothing_is_taken_back_and_the_next_press_means_that(
    room: Classroom,
) -> None:
    older = entered(room, "44")
    entered(room, "45", pupil=room.noah)
    answer = press(room, act=older)
    assert answer.status_code == 409
    told = answer.content.decode()
    assert "Nothing was undone: something else was changed since. Undo now means: 1 cell changed." in plain(
        told
    )
    assert room.stands() == {("Elsie", AUTUMN): (44, ""), ("Noah", AUTUMN): (45, "")}
    [newer] = re.findall(r'data-undo-act="([^"]+)"', told)
    press(room, act=newer)
    assert room.stands() == {("Elsie", AUTUMN): (44, "")}


@pytest.mark.parametrize("act", ["nothing of ours", "x" * 5_000, "nothing\0of ours"])
@subjects_only
def test_what_names_no_act_takes_back_nothing(room: Classroom, act: str) -> None:
    entered(room, "44")
    answer = press(room, act=act)
    assert answer.status_code == 409
    assert room.stands() == {("Elsie", AUTUMN): (44, "")}


@subjects_only
def test_a_key_of_somebody_else_takes_back_nothing(room: Classroom) -> None:
    head = signed_in(member(room.school, Role.HEAD))
    theirs = entered(room, "44", client=head)
    assert "There is nothing to undo." in plain(press(room, act=theirs).content.decode())
    entered(room, "45", pupil=room.noah)
    answer = press(room, act=theirs)
    assert answer.status_code == 409
    assert room.stands() == {("Elsie", AUTUMN): (44, ""), ("Noah", AUTUMN): (45, "")}


@subjects_only
def test_in_a_closed_term_a_leader_without_script_is_asked_why_and_then_it_is_done(room: Classroom) -> None:
    leader = signed_in(member(room.school, Role.ASSESSMENT_LEADER))
    act = entered(room, "44", client=leader)
    room.close()
    asked = pressed_without_script(room, "undo", act, leader)
    assert asked.status_code == 423
    html = asked.content.decode()
    assert "Nothing was undone." in plain(html)
    assert '<input id="because" name="because"' in html
    assert sent_by(html, "Undo all the same") == act
    done = pressed_without_script(room, "undo", act, leader, because="Typed by mistake")
    assert "Undone: 1 cell changed." in plain(done.content.decode())
    assert room.stands() == {}


@subjects_only
def test_a_teacher_is_not_asked_for_a_reason_that_would_not_help(room: Classroom) -> None:
    act = entered(room, "44")
    room.close()
    asked = pressed_without_script(room, "undo", act)
    assert asked.status_code == 423
    assert 'name="because"' not in asked.content.decode()
    assert "An assessment leader or the head can reopen it." in plain(asked.content.decode())


def test_the_page_of_a_move_takes_back_the_move_and_nothing_else(room: Classroom) -> None:
    room.judged(room.elsie, 44, term=2)
    sent = {
        "source": "spring",
        "target": "autumn",
        "how": "move",
        f"take-{room.elsie.public_id}": "take",
        f"source-{room.elsie.public_id}": "1:44",
        f"target-{room.elsie.public_id}": "0:",
    }
    page = room.client.post(door(room, "move", asked="?term=spring"), sent)
    assert page.status_code == 200, plain(page.content.decode())
    act = sent_by(page.content.decode(), "Undo: take all of it back")
    # In the meantime, in another tab.
    entered(room, "45", pupil=room.noah)
    answer = pressed_without_script(room, "undo", act)
    assert "Nothing was undone: something else was changed since." in plain(answer.content.decode())
    assert room.stands() == {("Elsie", AUTUMN): (44, ""), ("Noah", AUTUMN): (45, "")}
    press(room)
    assert "Undone: 2 cells moved or copied" in plain(
        pressed_without_script(room, "undo", act).content.decode()
    )
    assert room.stands() == {("Elsie", 2): (44, "")}
