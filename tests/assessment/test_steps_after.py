"""Where a judgement is changed, what is asked of the steps that begin at it follows in the same answer."""

from __future__ import annotations

import json
import re

import pytest

from tests.assessment.classroom import HTMX, Classroom

pytestmark = pytest.mark.django_db


def odds(html: str) -> list[str]:
    return re.findall(r' data-odds="([^"]*)"', html)


def test_the_answer_to_a_save_says_what_is_asked_of_the_later_terms(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    room.judged(room.elsie, 46, term=2)
    room.judged(room.elsie, 48, term=3)
    # From 50 in Autumn to 46 in Spring is four down; Summer begins at Spring, as before.
    changed = room.save("50", "1:44").content.decode()
    assert odds(changed) == ["mathematics.spring=\N{MINUS SIGN}4 since Autumn;mathematics.summer="]
    # And it is over when that is put right: 44 to 46 is two.
    mended = room.save("44", "2:50").content.decode()
    assert odds(mended) == ["mathematics.spring=;mathematics.summer="]


def test_cells_written_as_one_say_so_too_and_where_nothing_comes_later_nothing_is_said(
    room: Classroom,
) -> None:
    room.judged(room.elsie, 46, term=2)
    cells = [
        {"pupil": str(pupil.public_id), "of": "mathematics.autumn", "value": value, "saw": "0:"}
        for pupil, value in ((room.elsie, "38"), (room.noah, "44"))
    ]
    address = room.address("mathematics", "") + "cells/?term=autumn"
    answer = room.client.post(address, {"cells": json.dumps(cells)}, headers=HTMX)
    # 38 to 46 is eight. Noah has nothing later.
    assert odds(answer.content.decode()) == ["mathematics.spring=+8 since Autumn"]
    assert odds(room.save("47", "1:46", of="mathematics.spring").content.decode()) == []
