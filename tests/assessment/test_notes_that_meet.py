"""Two notes that a move brings together stand together where they are short enough; else nothing is moved for the pupil, and it says so."""

from __future__ import annotations

import re

import pytest

from tests.assessment.classroom import Classroom
from tests.assessment.test_repairs import ASKED, SPRING, confirm, look, offered, plain, rows, take

pytestmark = pytest.mark.django_db
WHY = "The notes of both terms are together longer than a note may be. Shorten one of them first."
LEFT = "Left as they are, for the notes of both terms are together longer than a note may be. Shorten one of them first:"


@pytest.mark.parametrize("how", ["move", "copy"])
def test_two_long_notes_are_left_where_they_are_and_the_page_says_why(room: Classroom, how: str) -> None:
    room.judged(room.elsie, 44, note="a" * 500)
    room.judged(room.elsie, 46, term=SPRING, note="s" * 500)
    room.judged(room.noah, 43, note="n" * 500)
    room.judged(room.noah, 45, term=SPRING)
    before = {key: (row.points, row.note) for key, row in rows(room).items()}
    html = look(room, how=how)
    assert WHY in plain(html)
    assert len(re.findall(f'name="take-{room.elsie.public_id}"', html)) == 1
    assert len(re.findall(f'name="take-{room.noah.public_id}"', html)) == 2
    assert plain(html).count("keep 4") == 2
    sent = offered(html) | take(room.elsie) | take(room.noah)
    told = plain(confirm(room, sent).content.decode())
    assert f"{LEFT} Brough, Elsie" in told
    assert "1 judgement" in told
    after = {key: (row.points, row.note) for key, row in rows(room).items()}
    assert {key: held for key, held in after.items() if key[0] == "Elsie"} == {
        key: held for key, held in before.items() if key[0] == "Elsie"
    }
    # A note that is alone goes along whole.
    assert after["Noah", SPRING] == (43, "n" * 500)


def test_notes_that_fill_what_a_note_may_hold_still_stand_together(room: Classroom) -> None:
    room.judged(room.elsie, 44, note="a" * 249)
    room.judged(room.elsie, 46, term=SPRING, note="s" * 250)
    sent = offered(look(room)) | ASKED | take(room.elsie)
    assert "1 judgement moved" in plain(confirm(room, sent).content.decode())
    assert rows(room)["Elsie", SPRING].note == "s" * 250 + "\n" + "a" * 249


def test_a_note_that_came_in_longer_than_one_may_be_is_moved_whole(room: Classroom) -> None:
    room.judged(room.elsie, 44, note="a" * 900)
    room.judged(room.elsie, 46, term=SPRING)
    sent = offered(look(room)) | take(room.elsie)
    assert "1 judgement moved" in plain(confirm(room, sent).content.decode())
    assert rows(room)["Elsie", SPRING].note == "a" * 900
