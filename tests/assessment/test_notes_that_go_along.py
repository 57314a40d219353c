"""The mark on a note that lets it go along when the pupil changes school: only by a person, for the words that stand there."""

from __future__ import annotations

import pytest

from tests.assessment.classroom import Classroom
from tests.assessment.test_notes import address, held, write

pytestmark = pytest.mark.django_db


def test_a_note_stays_unless_somebody_says_otherwise(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    write(room, "Discussed")
    assert not held(room).is_note_shareable
    write(room, "Discussed", "2:44", share="yes")
    assert held(room).is_note_shareable
    page = room.client.get(address(room, "history")).content.decode()
    assert 'name="share" value="yes" checked' in page


def test_the_mark_goes_with_the_words_that_it_was_given_to(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    write(room, "Discussed", share="yes")
    room.save("46", saw="2:44")
    assert (held(room).points, held(room).note, held(room).is_note_shareable) == (46, "Discussed", True)
    room.judged(room.elsie, 46, note="Something else")
    assert not held(room).is_note_shareable


def test_a_note_that_is_taken_away_leaves_no_mark(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    write(room, "Discussed", share="yes")
    write(room, "", "2:44", share="yes")
    assert (held(room).note, held(room).is_note_shareable) == ("", False)
