"""The marksheet's page, and its answers to a grid that saves one cell at a time."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessment.engine.assessment_points import AssessmentTerm
from assessment.models import Judgement
from schools.calendar import YearGroup
from schools.models import ChangeKind, ChangeSet, Role
from schools.row_security import visible_to
from schools.services import memberships
from tests.assessment.classroom import AREA, BOTH_KINDS, SUBJECT, YEAR, Classroom, subjects_only
from tests.assessment.sheet_page import Cell, Page
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory, judged, on_roll

ROOMS = BOTH_KINDS
TERMS, VALUES = ["baseline", "autumn", "spring", "summer"], ["44", "52", ".", "x", "new"]

COLUMNS = ["last-summer", "baseline", "autumn", "spring", "summer", "this-term", "this-year"]


def keys(page: Page) -> list[str]:
    return list(page.rows)


def cells(page: Page, key: object) -> dict[str, Cell]:
    assert [given["data-of"].partition(".")[2] for given in page.headed[1:]] == COLUMNS
    return dict(zip(COLUMNS, page.rows[str(key)], strict=True))


# The page


@subjects_only
def test_the_page_shows_each_pupil_with_what_is_entered_and_the_steps(room: Classroom) -> None:
    room.judged(room.elsie, 40, term=0)
    room.judged(room.elsie, 42)
    room.judged(room.noah, None, reason="absent")
    page = room.page()
    assert page.headings[1:] == [
        "Summer 2024",
        "Baseline",
        "Autumn",
        "Spring",
        "Summer",
        "This term steps",
        "This year steps",
    ]
    assert page.names == {str(room.elsie.public_id): "Brough, Elsie", str(room.noah.public_id): "Cox, Noah"}
    elsie, noah = cells(page, room.elsie.public_id), cells(page, room.noah.public_id)
    assert [cell.text for cell in elsie.values()] == [
        "",
        "40",
        "42 below",
        "",
        "",
        "+2 less than expected",
        "+2 less than expected",
    ]
    assert [cell.text for cell in noah.values()] == ["", "", "absent", "", "", "", ""]
    assert (elsie["autumn"].classes, noah["autumn"].classes) == (
        {"j", "e", "is-below", "is-focus"},
        {"j", "e", "is-reason", "is-focus"},
    )
    assert elsie["autumn"].boxes == {
        f"v-{room.box(room.elsie)}": "42",
        f"s-{room.box(room.elsie)}": "1:42",
    }
    assert noah["autumn"].boxes[f"s-{room.box(room.noah)}"] == "1:absent"
    assert page.said("sheet-summary") == (
        "1 of 2 entered, 1 absent 1 below 0 at 0 above average 42.0 +2.0 steps this year"
    )


@subjects_only
def test_a_pupils_name_leads_to_the_pupil_and_a_row_can_be_linked_to(room: Classroom) -> None:
    page = room.page()
    pupil = reverse("pupil", args=[room.school.urn, YEAR, room.elsie.public_id])
    assert pupil in page.addresses
    assert page.said(f"p-{room.elsie.public_id}") == "Brough, Elsie"


def test_points_without_a_start_say_so_and_are_never_nought(room: Classroom) -> None:
    room.judged(room.elsie, 42)
    elsie = cells(room.page(), room.elsie.public_id)
    assert (elsie["this-term"].text, elsie["this-year"].text) == ("no start", "no baseline")


@subjects_only
def test_a_fall_is_shown_with_a_real_minus(room: Classroom) -> None:
    room.judged(room.elsie, 45, term=0)
    room.judged(room.elsie, 42)
    elsie = cells(room.page(), room.elsie.public_id)
    assert elsie["this-year"].text == "\N{MINUS SIGN}3 less than expected"


def test_who_does_not_count_is_marked_so(room: Classroom) -> None:
    leaver = room.joined("Leo", "Last", ends_on=YEAR.starts_on.replace(month=10))
    page = room.page()
    assert [page.row_classes[key] for key in keys(page)] == ["", "", "is-out"]
    assert page.names[str(leaver.public_id)] == "Last, Leo"


@subjects_only
def test_names_are_text_and_never_markup(room: Classroom) -> None:
    evil = room.joined("<script>alert(1)</script>", 'O\'Brien & "Sons"')
    page = room.page()
    assert page.names[str(evil.public_id)] == 'O\'Brien & "Sons", <script>alert(1)</script>'
    assert "<script>alert(1)" not in room.client.get(room.address()).content.decode()


def test_no_address_of_the_page_holds_a_name_or_a_result(room: Classroom) -> None:
    room.judged(room.elsie, 42)
    page = room.page()
    ours = [address for address in page.addresses if "/marksheets/" in address or "/pupils/" in address]
    assert ours
    for address in page.addresses:
        assert not re.search(
            r"brough|elsie|cox|noah|42", re.sub(r"[0-9a-f-]{36}|/20\d+/", "", address.lower())
        )


@pytest.mark.parametrize(
    ("asked", "focus", "columns"),
    [
        ("?term=spring", "spring", 8),
        ("?term=spring&earlier=2", "spring", 10),
        ("?term=spring&earlier=99", "spring", 8),
        ("?term=winter&earlier=2", "summer", 10),
        ("?term=<script>", "summer", 8),
        ("", "summer", 8),
    ],
)
@subjects_only
def test_of_a_wrong_address_the_right_part_is_shown(
    room: Classroom, asked: str, focus: str, columns: int
) -> None:
    page = room.page(asked=asked)
    assert [given["data-of"] for given in page.headed if "is-focus" in given.get("class", "")] == [
        f"mathematics.{focus}"
    ]
    assert len(page.headings) == columns
    shown = room.client.get(room.address(asked=asked)).content.decode()
    assert ("asks for something that is not on a marksheet" in shown) is (
        asked in {"?term=spring&earlier=99", "?term=winter&earlier=2", "?term=<script>"}
    )
    # What is sent names the term, whatever day it is by then.
    assert any(f"term={focus}" in address for address in page.addresses if address.startswith("/schools/"))


@pytest.mark.parametrize("subject", ["g09", "nothing", "Mathematics", "e18"])
@subjects_only
def test_a_subject_that_is_not_judged_here_is_not_found(room: Classroom, subject: str) -> None:
    assert room.client.get(room.address(subject)).status_code == 404
    assert room.client.post(room.address(subject)).status_code == 404


@subjects_only
def test_an_area_of_the_years_own_framework_is_found(room: Classroom) -> None:
    child = room.joined("Rosa", "Small", year_group=YearGroup.R)
    assert keys(room.page(sheet="e08")) == [str(child.public_id)]


@subjects_only
def test_a_year_group_of_240_takes_as_many_questions_as_one_of_two(room: Classroom) -> None:
    head = signed_in(member(room.school, Role.HEAD))
    with visible_to(room.school):
        many = [on_roll(room.school, YEAR, year_group=YearGroup.Y3).pupil for _ in range(240)]
        judged(many[0], YEAR, AssessmentTerm.AUTUMN, 36)
    asked = []
    for year_group in (YearGroup.Y4, YearGroup.Y3):
        place = [room.school.urn, YEAR, year_group, "mathematics"]
        address = reverse("year_group_marksheet", args=place)
        head.get(address)
        with CaptureQueriesContext(connection) as queries:
            page = Page(head.get(f"{address}?term=autumn").content.decode())
        asked.append((len(page.rows), len(queries)))
    assert [rows for rows, _ in asked] == [2, 240]
    assert asked[0][1] == asked[1][1]


# Saving one cell


@subjects_only
def test_a_save_answers_with_the_cell_the_steps_and_the_summary(room: Classroom) -> None:
    room.judged(room.elsie, 41, term=0)
    answer = room.save("4e1")
    assert (answer.status_code, room.stands()[("Elsie", 1)]) == (200, (44, ""))
    said = Page(answer.content.decode())
    assert [cell.text for cell in said.loose] == ["44 at", "+3 expected", "+3 expected"]
    assert said.said("sheet-summary") == (
        "1 of 2 entered 0 below 1 at 0 above average 44.0 +3.0 steps this year"
    )
    places = [cell.attributes.get("hx-swap-oob") for cell in said.loose]
    key = room.elsie.public_id
    assert places == [None, f"outerHTML:#p-{key} ~ .d5", f"outerHTML:#p-{key} ~ .d6"]
    assert len(answer.content) <= 3072


# Of a subject each kind of value in each term; of an area each kind and each term.
SAVES = [(SUBJECT, of, value) for of in TERMS for value in VALUES]
SAVES += [(AREA, of, value) for of, value in zip([*TERMS, "autumn"], VALUES, strict=True)]


@pytest.mark.parametrize(("room", "of", "value"), SAVES, indirect=["room"])
def test_what_a_save_answers_is_to_the_byte_what_the_page_shows_next(
    room: Classroom, of: str, value: str
) -> None:
    room.judged(room.elsie, 45, term=0)
    saw = "1:45" if of == "baseline" else "0:"
    said = Page(room.save(value, saw, of=f"mathematics.{of}").content.decode()).loose
    shown = cells(room.page(), room.elsie.public_id)
    without_place = [re.sub(r' hx-swap-oob="[^"]*"', "", cell.html) for cell in said]
    assert without_place == [shown[column].html for column in (of, "this-term", "this-year")]


def test_an_emptied_cell_is_answered_empty(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    answer = room.save("", "1:44")
    assert (answer.status_code, room.stands()) == (200, {})
    cell = Page(answer.content.decode()).loose[0]
    assert (cell.text, cell.version, cell.boxes[f"s-{room.box(room.elsie)}"]) == ("", "", "0:")


@subjects_only
def test_the_judgement_of_one_who_left_before_the_term_can_be_emptied(room: Classroom) -> None:
    leaver = room.joined("Leo", "Last", ends_on=YEAR.starts_on.replace(month=10))
    room.judged(leaver, 44, term=2)
    spring = room.address(asked="?term=spring")
    answer = room.save("", "1:44", pupil=leaver, of="mathematics.spring", address=spring)
    assert (answer.status_code, room.stands()) == (200, {})
    assert str(leaver.public_id) not in keys(room.page(asked="?term=spring"))


@subjects_only
def test_a_save_that_was_sent_twice_is_saved_once(room: Classroom) -> None:
    first, second = room.save("44"), room.save("44")
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.content == second.content
    assert cells(room.page(), room.elsie.public_id)["autumn"].version == "1"


@subjects_only
def test_who_was_not_first_is_shown_both_values_and_who_entered_the_other(room: Classroom) -> None:
    room.save("43")
    head = member(room.school, Role.HEAD)
    answer = room.save("45", client=signed_in(head))
    assert (answer.status_code, room.stands()) == (409, {("Elsie", 1): (43, "")})
    cell = Page(answer.content.decode()).loose[0]
    key = room.box(room.elsie)
    assert cell.text.startswith(f"43 {room.stands_at}{room.teacher.name} entered 43 on ")
    assert cell.buttons == ["Keep 43", "Save 45"]
    assert cell.boxes == {f"v-{key}": "45", f"s-{key}": "1:43"}
    assert (cell.attributes["data-typed"], cell.version) == ("45", "1")
    # The choice to save one's own, with what is now seen.
    assert room.save("45", "1:43", client=signed_in(head)).status_code == 200
    assert room.stands() == {("Elsie", 1): (45, "")}


@subjects_only
def test_who_finds_a_cell_emptied_may_keep_it_so(room: Classroom) -> None:
    answer = room.save("45", "1:44")
    cell = Page(answer.content.decode()).loose[0]
    assert (answer.status_code, room.stands()) == (409, {})
    assert cell.buttons == ["Leave it empty", "Save 45"]
    assert "Somebody emptied this cell after you opened the sheet." in cell.text


def test_what_is_not_on_the_scale_is_refused_and_stays_as_typed(room: Classroom) -> None:
    room.judged(room.elsie, 43)
    answer = room.save('<script>alert("1")</script>', "1:43")
    assert (answer.status_code, room.stands()) == (422, {("Elsie", 1): (43, "")})
    assert "<script>" not in answer.content.decode()
    cell = Page(answer.content.decode()).loose[0]
    key = room.box(room.elsie)
    assert cell.boxes[f"v-{key}"] == cell.attributes["data-typed"] == '<script>alert("1")</script>'
    assert cell.boxes[f"s-{key}"] == "1:43"
    assert cell.text.startswith(f'43 {room.stands_at}“<script>alert("1")</script>” is not on the scale.')
    assert "is-refused" in cell.classes
    assert (cell.box_attributes["aria-invalid"], cell.box_attributes["aria-describedby"]) == (
        "true",
        f"m-{key}",
    )
    assert len(answer.content) <= 3072


def test_a_closed_term_says_so_in_place_and_saves_nothing(room: Classroom) -> None:
    room.close()
    answer = room.save("44")
    assert (answer.status_code, room.stands()) == (423, {})
    cell = Page(answer.content.decode()).loose[0]
    assert cell.text == "Autumn is closed for entry. An assessment leader or the head can reopen it."
    assert (cell.typed, cell.buttons) == ("44", ["Leave it empty"])
    assert cell.boxes[f"v-{room.box(room.elsie)}"] == "44"
    baseline = Page(room.save("44", of="mathematics.baseline").content.decode()).loose[0]
    assert baseline.text.startswith("Autumn is closed for entry.")


@subjects_only
def test_a_leader_saves_in_a_closed_term_with_a_reason_only(room: Classroom) -> None:
    room.close()
    leader = signed_in(member(room.school, Role.ASSESSMENT_LEADER))
    refused = room.save("44", client=leader)
    assert refused.status_code == 423
    assert "Say above the sheet why you change it" in refused.content.decode()
    assert room.save("44", client=leader, because="Moderated").status_code == 200
    assert room.stands() == {("Elsie", 1): (44, "")}
    with visible_to(room.school):
        assert ChangeSet.objects.get(kind=ChangeKind.AFTER_CLOSING).reason == "Moderated"


@subjects_only
def test_a_senco_who_teaches_enters_for_the_own_class_alone(room: Classroom) -> None:
    """Roles add up, but seeing everybody as the one does not let enter for everybody as the other."""
    with visible_to(room.school):
        memberships.grant(school=room.school, user=room.teacher, role=Role.SENCO, by=None)
        other = ClassGroupFactory.create(school=room.school, academic_year=YEAR, name="4B")
        theirs = on_roll(room.school, YEAR, year_group=YearGroup.Y4, class_group=other).pupil
    there = reverse("class_marksheet", args=[room.school.urn, YEAR, other.public_id, room.sheet])
    page = room.client.get(f"{there}?term=autumn")
    assert page.status_code == 200
    assert Page(page.content.decode()).rows[str(theirs.public_id)][2].classes == {"j", "is-focus"}
    assert room.save("44", pupil=theirs, address=f"{there}?term=autumn").status_code == 403
    whole = reverse("year_group_marksheet", args=[room.school.urn, YEAR, room.year_group, room.sheet])
    assert room.save("44", address=f"{whole}?term=autumn").status_code == 403
    assert room.save("44").status_code == 200


def test_a_cell_that_says_where_the_pupil_started_is_changed_and_not_emptied(room: Classroom) -> None:
    room.judged(room.elsie, 44, is_on_entry=True, note="From Derby")
    answer = room.save("", "1:44")
    cell = Page(answer.content.decode()).loose[0]
    assert (answer.status_code, room.stands()[("Elsie", 1)]) == (422, (44, ""))
    assert "is not emptied" in cell.text
    assert room.save("45", "1:44").status_code == 200
    with visible_to(room.school):
        held = Judgement.objects.get(pupil=room.elsie)
    assert (held.points, held.is_on_entry, held.note) == (45, True, "From Derby")
