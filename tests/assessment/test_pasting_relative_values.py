"""`=`, `+2` and `-` in a pasted block mean what they mean where they are typed; the preview shows the points, and these are written."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.assessment.classroom import BOTH_KINDS, Classroom
from tests.assessment.test_pasting import confirm, preview, seen
from tests.assessment.test_relative_values import last_summer

ROOMS = BOTH_KINDS

pytestmark = pytest.mark.django_db


def test_a_column_of_steps_is_shown_in_points_and_written_so(room: Classroom) -> None:
    ann, bea = room.joined("Ann", "Dale"), room.joined("Bea", "Eden")
    room.joined("Cid", "Fox")
    last_summer(room, room.elsie, 41)
    last_summer(room, room.noah, 39)
    last_summer(room, ann, 40)
    # A Baseline is later than last Summer.
    last_summer(room, bea, 30)
    room.judged(bea, 38, term=0)
    # In order: Brough, Cox, Dale, Eden, Fox, who has nothing before.
    shown = preview(room, "=\n+2\n \N{EN DASH} \n+\n=", pupil=room.elsie)
    assert shown.summary == "4 understood, 1 not. 4 new."
    assert shown.rows == {
        "Brough, Elsie": ["41 new"],
        "Cox, Noah": ["41 new"],
        "Dale, Ann": ["39 new"],
        "Eden, Bea": ["39 new"],
        "Fox, Cid": [
            "= not understood There is no point before this one, since last Summer, to take or to step from. Type the points."
        ],
    }
    confirm(room, shown)
    stands = room.stands()
    assert [stands[name, 1] for name in ("Elsie", "Noah", "Ann", "Bea")] == [
        (41, ""),
        (41, ""),
        (39, ""),
        (39, ""),
    ]
    assert ("Cid", 1) not in stands


def test_what_was_shown_is_written_though_the_judgement_before_has_changed(room: Classroom) -> None:
    room.judged(room.elsie, 40, term=0)
    shown = preview(room, "+2", pupil=room.elsie)
    assert shown.rows["Brough, Elsie"] == ["42 new"]
    room.save("50", "1:40", of="mathematics.baseline")
    confirm(room, shown)
    assert room.stands()["Elsie", 1] == (42, "")


def test_steps_go_from_what_the_same_block_brings_for_the_term_before(room: Classroom) -> None:
    last_summer(room, room.elsie, 41)
    last_summer(room, room.noah, 39)
    room.judged(room.noah, 45)
    # Noah's Autumn stays as it is; of Elsie's, which is new, Spring goes on, and Summer of Spring.
    shown = preview(room, "=\t+1\t+1\n\t+1\t+1", pupil=room.elsie)
    assert [each.partition(" ")[0] for each in shown.rows["Brough, Elsie"]] == ["41", "42", "43"]
    assert [each.partition(" ")[0] for each in shown.rows["Cox, Noah"]] == ["45", "46", "47"]
    confirm(room, shown)
    assert room.stands() == {
        ("Elsie", 1): (41, ""),
        ("Elsie", 2): (42, ""),
        ("Elsie", 3): (43, ""),
        ("Noah", 1): (45, ""),
        ("Noah", 2): (46, ""),
        ("Noah", 3): (47, ""),
    }


def test_an_absence_that_the_block_brings_is_no_judgement_before(room: Classroom) -> None:
    last_summer(room, room.elsie, 41)
    room.judged(room.elsie, 43)
    saw = seen(room)
    shown = preview(room, "absent\t+1", pupil=room.elsie, saw=saw)
    assert [each.split()[-2] for each in shown.rows["Brough, Elsie"]] == ["absent", "42"]


def test_off_the_scale_and_the_same_are_said(room: Classroom) -> None:
    room.judged(room.elsie, 101, term=0)
    room.judged(room.elsie, 101)
    room.judged(room.noah, 3, term=0)
    shown = preview(room, "=\n-3", pupil=room.elsie)
    assert shown.rows["Brough, Elsie"] == ["101 the same"]
    assert "3 steps below 3 is off the scale" in shown.rows["Cox, Noah"][0]


def test_the_preview_asks_once_for_all_that_is_relative(room: Classroom) -> None:
    def questions(text: str) -> int:
        saw = seen(room)
        with CaptureQueriesContext(connection) as queries:
            assert preview(room, text, pupil=room.elsie, saw=saw).status == 200
        return len(queries)

    for number in range(3):
        room.joined(f"P{number}", f"Dunn{number}")
    points, one, three = questions("44\n44\n44"), questions("="), questions("=\n+2\n-")
    assert (one, three) == (points + 1, points + 1)
