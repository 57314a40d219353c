"""`=`, `+` and `-` in a cell: the last points before it, and steps from them; by the grid, the plain form and as one act."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.relative import points_from, read_steps
from assessment.engine.subjects import MATHEMATICS, READING
from assessment.queries.before import points_before
from assessment.queries.sheet_rows import Cell
from schools.calendar import AcademicYear, YearGroup
from schools.models import Pupil, PupilYear, Role
from schools.row_security import visible_to
from schools.services import years
from tests.assessment.classroom import BOTH_KINDS, HTMX, YEAR, Classroom, subjects_only
from tests.assessment.sheet_page import Page
from tests.conftest import member, signed_in
from tests.factories import PupilYearFactory, judged

ROOMS = BOTH_KINDS

BASELINE, AUTUMN, SPRING, SUMMER = AssessmentTerm


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("=", 0),
        (" = ", 0),
        ("+", 1),
        ("-", -1),
        ("+2", 2),
        ("-3", -3),
        ("+ 12", 12),
        ("-0", 0),
        ("\N{MINUS SIGN}2", -2),
        ("\N{EN DASH}", -1),
    ],
)
def test_a_sign_says_steps_from_the_judgement_before(text: str, steps: int) -> None:
    assert read_steps(text) == steps


@pytest.mark.parametrize(
    "text",
    ["", "44", "=1", "==", "+-1", "2+", "+x", "-1000", "30-50d", "4-", ".", "+1.5", "+\N{SUPERSCRIPT TWO}"],
)
def test_whatever_else_is_typed_is_no_steps(text: str) -> None:
    assert read_steps(text) is None


def test_steps_lead_to_the_ends_of_the_scale_and_not_beyond() -> None:
    assert points_from(44, 0) == 44
    assert points_from(44, -3) == 41
    assert (points_from(100, 1), points_from(2, -1)) == (101, 1)
    with pytest.raises(ValueError, match="1 step above 101 is off the scale, which goes from 1 to 101"):
        points_from(101, 1)
    with pytest.raises(ValueError, match="3 steps below 3 is off the scale"):
        points_from(3, -3)


def test_without_a_point_before_it_says_so() -> None:
    with pytest.raises(ValueError, match="There is no point before this one, since last Summer"):
        points_from(None, 0)


def earlier(room: Classroom, pupil: Pupil, years_ago: int, term: AssessmentTerm, points: int) -> None:
    """A judgement of an earlier year, with the record of it where there is none."""
    year = AcademicYear(YEAR - years_ago)
    with visible_to(room.school):
        if not PupilYear.objects.filter(pupil=pupil, academic_year=year).exists():
            years.open_year(school=room.school, academic_year=year, by=None)
            PupilYearFactory.create(
                school=room.school,
                academic_year=year,
                pupil=pupil,
                year_group=YearGroup(room.year_group - years_ago),
            )
        judged(pupil, year, term, points, subject=room.subject)


def last_summer(room: Classroom, pupil: Pupil, points: int) -> None:
    earlier(room, pupil, 1, SUMMER, points)


def test_the_plain_form_takes_them_beside_numbers(room: Classroom) -> None:
    last_summer(room, room.elsie, 41)
    last_summer(room, room.noah, 43)
    answer = room.send(elsie="+2", noah="=")
    assert answer.status_code == 302
    assert {of: what for of, what in room.stands().items() if of[1] == AUTUMN} == {
        ("Elsie", 1): (43, ""),
        ("Noah", 1): (43, ""),
    }


def test_the_plain_form_keeps_what_leads_nowhere_and_saves_the_rest(room: Classroom) -> None:
    last_summer(room, room.noah, 101)
    joiner = room.joined("Zoe", "Dunn")
    answer: Any = room.client.post(
        room.address(),
        {
            f"v-{room.box(room.elsie)}": "44",
            f"s-{room.box(room.elsie)}": "0:",
            f"v-{room.box(room.noah)}": "+",
            f"s-{room.box(room.noah)}": "0:",
            f"v-{room.box(joiner)}": "=",
            f"s-{room.box(joiner)}": "0:",
        },
    )
    page = Page(answer.content.decode())
    assert answer.status_code == 422
    assert page.said(f"m-{room.box(room.noah)}").startswith("1 step above 101 is off the scale")
    assert page.said(f"m-{room.box(joiner)}").startswith("There is no point before this one")
    assert (
        page.rows[str(joiner.public_id)][page.column(room.named("mathematics.autumn"))].boxes[
            f"v-{room.box(joiner)}"
        ]
        == "="
    )
    assert room.stands()["Elsie", 1] == (44, "")


def test_a_cell_typed_by_the_grid_is_the_same_and_the_last_points_stand_in_the_page(room: Classroom) -> None:
    last_summer(room, room.elsie, 41)

    def ghosts() -> list[str]:
        page = room.page()
        at = page.column(room.named("mathematics.autumn"))
        return [cells[at].attributes.get("data-g", "") for cells in page.rows.values()]

    assert ghosts() == ["41", ""]
    # A Baseline comes after last Summer; a reason is no point.
    room.judged(room.elsie, 42, term=BASELINE)
    room.judged(room.noah, None, term=BASELINE, reason="absent")
    assert ghosts() == ["42", ""]
    assert room.save("-").status_code == 200
    assert room.stands()["Elsie", 1] == (41, "")
    refused = room.save("-", pupil=room.noah)
    assert refused.status_code == 422
    assert "There is no point before this one" in refused.content.decode()


def test_where_one_may_not_enter_nothing_stands_faintly(room: Classroom) -> None:
    last_summer(room, room.elsie, 41)
    room.close()
    assert "data-g" not in room.client.get(room.address()).content.decode()
    senco = signed_in(member(room.school, Role.SENCO))
    assert "data-g" not in senco.get(room.address()).content.decode()


def write(room: Classroom, *cells: tuple[Pupil, str, str]) -> HttpResponse:
    """As one act; each pupil, text, and what was seen."""
    sent = [
        {"pupil": str(pupil.public_id), "of": room.named("mathematics.autumn"), "value": value, "saw": saw}
        for pupil, value, saw in cells
    ]
    address = room.address(asked="") + "cells/?term=autumn"
    answer: Any = room.client.post(address, {"cells": json.dumps(sent)}, headers=HTMX)
    return answer


def test_a_block_may_say_each_by_the_judgement_before(room: Classroom) -> None:
    last_summer(room, room.elsie, 41)
    last_summer(room, room.noah, 39)
    answer = write(room, (room.elsie, "+", "0:"), (room.noah, "+", "0:"))
    assert answer.status_code == 200
    assert [room.stands()[name, 1] for name in ("Elsie", "Noah")] == [(42, ""), (40, "")]


@subjects_only
def test_the_judgement_before_is_asked_for_once_however_many_cells(
    room: Classroom, django_assert_num_queries: Callable[..., Any]
) -> None:
    others = [room.joined(f"P{n}", f"Dunn{n}") for n in range(3)]
    for pupil in (room.elsie, *others):
        last_summer(room, pupil, 41)

    with visible_to(room.school):
        one = [Cell(room.elsie.pk, MATHEMATICS.number, AUTUMN)]
        many = [Cell(pupil.pk, MATHEMATICS.number, AUTUMN) for pupil in others]
        with django_assert_num_queries(1):
            points_before(room.school, YEAR, one)
        with django_assert_num_queries(1):
            assert list(points_before(room.school, YEAR, many).values()) == [41, 41, 41]
        with django_assert_num_queries(0):
            assert points_before(room.school, YEAR, []) == {}


@subjects_only
def test_no_point_of_another_subject_term_or_earlier_year_is_taken(room: Classroom) -> None:
    earlier(room, room.elsie, 1, SPRING, 37)
    earlier(room, room.elsie, 2, SUMMER, 34)
    with visible_to(room.school):
        judged(room.elsie, YEAR, SPRING, 48)
        judged(room.elsie, YEAR, AUTUMN, 50, subject=READING)
    assert room.save("=").status_code == 422
    room.judged(room.elsie, 46, term=AUTUMN)
    with visible_to(room.school):
        cells = [Cell(room.elsie.pk, MATHEMATICS.number, term) for term in (BASELINE, AUTUMN, SPRING, SUMMER)]
        assert points_before(room.school, YEAR, cells) == {cells[2]: 46, cells[3]: 48}
