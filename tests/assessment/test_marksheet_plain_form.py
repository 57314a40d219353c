"""The marksheet as a form without script; and who may save what, in either way."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from schools.calendar import YearGroup
from schools.models import ChangeKind, ChangeSet, Role, School
from schools.row_security import visible_to
from schools.services import years
from tests.assessment.classroom import BOTH_KINDS, HTMX, YEAR, Classroom, subjects_only
from tests.assessment.sheet_page import Cell, Page
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory, PupilFactory, UserFactory, on_roll

ROOMS = BOTH_KINDS


def autumn(page: Page, pupil: Any) -> Cell:
    return page.rows[str(pupil.public_id)][
        next(n for n, given in enumerate(page.headed[1:]) if given["data-of"].endswith(".autumn"))
    ]


def boxes(page: Page) -> dict[str, str]:
    """Everything that the page's form would send again."""
    return {name: value for row in page.rows.values() for cell in row for name, value in cell.boxes.items()}


def told(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_a_column_is_saved_at_once_and_the_address_stays(room: Classroom) -> None:
    answer = room.send(elsie="4e1", noah=".", asked="?term=autumn&earlier=2")
    assert (answer.status_code, told(answer)) == (302, ["2 judgements saved."])
    assert answer.headers["Location"] == room.address(asked="?term=autumn&earlier=2")
    assert room.stands() == {("Elsie", 1): (44, ""), ("Noah", 1): (None, "absent")}


@subjects_only
def test_one_judgement_is_counted_as_one(room: Classroom) -> None:
    room.judged(room.noah, 44)
    assert told(room.send(elsie="44", noah="4E1", noah_saw="1:44")) == ["1 judgement saved."]


def test_what_the_page_holds_sent_back_changes_nothing(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    room.judged(room.noah, None, reason="not_required")
    before = room.page()
    answer: Any = room.client.post(room.address(), boxes(before))
    assert (answer.status_code, told(answer)) == (302, ["Nothing was changed."])
    assert boxes(room.page()) == boxes(before)


def test_the_form_sends_the_column_in_focus_and_nothing_else(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    room.judged(room.elsie, 46, term=2)
    assert boxes(room.page()) == {
        f"v-{room.box(room.elsie)}": "44",
        f"s-{room.box(room.elsie)}": "1:44",
        f"v-{room.box(room.noah)}": "",
        f"s-{room.box(room.noah)}": "0:",
    }


def test_a_page_without_a_term_in_its_address_sends_the_term_that_it_shows(room: Classroom) -> None:
    page = room.page(asked="?earlier=1")
    assert room.address(asked="?earlier=1&term=summer") in page.addresses


def test_bad_values_are_kept_beside_their_reason_while_good_ones_are_saved(room: Classroom) -> None:
    answer = room.send(elsie="<b>4x</b>", noah="45")
    assert (answer.status_code, room.stands()) == (422, {("Noah", 1): (45, "")})
    shown = answer.content.decode()
    assert "1 saved, 1 not saved: what you typed is still there, with the reason beside it." in shown
    assert "<b>4x" not in shown
    page = Page(shown)
    elsie, noah = autumn(page, room.elsie), autumn(page, room.noah)
    assert elsie.boxes == {
        f"v-{room.box(room.elsie)}": "<b>4x</b>",
        f"s-{room.box(room.elsie)}": "0:",
    }
    assert elsie.text.startswith("“<b>4x</b>” is not on the scale.")
    assert noah.boxes[f"s-{room.box(room.noah)}"] == "1:45"
    assert page.said(f"m-{room.box(room.elsie)}").startswith("“<b>4x</b>” is not on the scale.")


@subjects_only
def test_a_conflict_shows_the_others_value_and_the_next_submit_saves_over_it(room: Classroom) -> None:
    head = member(room.school, Role.HEAD)
    room.save("43", client=signed_in(head))
    answer = room.send(elsie="45", noah="46")
    assert (answer.status_code, room.stands()) == (409, {("Elsie", 1): (43, ""), ("Noah", 1): (46, "")})
    page = Page(answer.content.decode())
    elsie = autumn(page, room.elsie)
    assert elsie.text.startswith(f"43 {room.stands_at}{head.name} entered 43 on ")
    assert elsie.boxes == {f"v-{room.box(room.elsie)}": "45", f"s-{room.box(room.elsie)}": "1:43"}
    again: Any = room.client.post(room.address(), boxes(page))
    assert (again.status_code, told(again)) == (302, ["1 judgement saved."])
    assert room.stands() == {("Elsie", 1): (45, ""), ("Noah", 1): (46, "")}


def test_a_column_of_a_term_closed_meanwhile_keeps_what_was_typed(room: Classroom) -> None:
    room.close()
    answer = room.send(elsie="45", noah="nonsense")
    assert (answer.status_code, room.stands()) == (423, {})
    page = Page(answer.content.decode())
    assert autumn(page, room.elsie).boxes[f"v-{room.box(room.elsie)}"] == "45"
    assert autumn(page, room.elsie).text.startswith("Autumn is closed for entry.")
    assert autumn(page, room.noah).text.startswith("“nonsense” is not on the scale.")


def test_a_closed_term_has_no_boxes_for_a_teacher(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    room.close()
    page = room.page()
    assert boxes(page) == {}
    assert autumn(page, room.elsie).text == f"44 {room.stands_at}"
    assert "Autumn 2024/25: closed for entry" in room.client.get(room.address()).content.decode()


@subjects_only
def test_a_leader_gives_a_reason_once_for_the_column_and_keeps_it_when_something_is_wrong(
    room: Classroom,
) -> None:
    room.close()
    leader = signed_in(member(room.school, Role.ASSESSMENT_LEADER))
    answer = room.send(leader, elsie="45", noah="nonsense", because='"Late" marks')
    assert (answer.status_code, room.stands()) == (422, {("Elsie", 1): (45, "")})
    assert 'value="&quot;Late&quot; marks"' in answer.content.decode()
    with visible_to(room.school):
        (change,) = ChangeSet.objects.filter(kind=ChangeKind.AFTER_CLOSING)
        assert change.reason == '"Late" marks'


def test_nothing_changed_in_a_closed_term_needs_no_reason(room: Classroom) -> None:
    room.close()
    leader = signed_in(member(room.school, Role.ASSESSMENT_LEADER))
    answer = room.send(leader)
    assert (answer.status_code, told(answer)) == (302, ["Nothing was changed."])


# Whose cells


@subjects_only
def test_boxes_of_pupils_who_are_not_on_the_sheet_are_left_out(room: Classroom, other_school: School) -> None:
    with visible_to(room.school):
        elsewhere = on_roll(room.school, YEAR, year_group=YearGroup.Y4).pupil
        reception = on_roll(room.school, YEAR, year_group=YearGroup.R, class_group=room.group).pupil
    with visible_to(other_school):
        years.open_year(school=other_school, academic_year=YEAR, by=None)
        theirs = on_roll(other_school, YEAR, year_group=YearGroup.Y4).pupil
    sent = {}
    for pupil in (elsewhere, reception, theirs, room.elsie):
        sent |= {f"v-{room.box(pupil)}": "44", f"s-{room.box(pupil)}": "0:"}
    answer: Any = room.client.post(room.address(), sent)
    assert told(answer) == [
        "3 pupils are no longer on this sheet: nothing was saved for them.",
        "1 judgement saved.",
    ]
    assert room.stands() == {("Elsie", 1): (44, "")}
    with visible_to(other_school):
        assert not theirs.judgements.exists()


@subjects_only
def test_a_pupil_who_is_not_on_the_sheet_is_not_found(room: Classroom, other_school: School) -> None:
    with visible_to(room.school):
        elsewhere = on_roll(room.school, YEAR, year_group=YearGroup.Y4).pupil
        without_record = PupilFactory.create(school=room.school)
        reception = on_roll(room.school, YEAR, year_group=YearGroup.R, class_group=room.group).pupil
    with visible_to(other_school):
        years.open_year(school=other_school, academic_year=YEAR, by=None)
        theirs = on_roll(other_school, YEAR, year_group=YearGroup.Y4).pupil
    for pupil in (elsewhere, without_record, reception, theirs):
        assert room.save("44", pupil=pupil).status_code == 404
    assert room.stands() == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"saw": ""},
        {"saw": "nothing"},
        {"of": "winter"},
        {"of": "mathematics.winter"},
        {"of": "mathematics.last-summer"},
        {"of": "mathematics.this-year"},
        {"of": "reading.autumn"},
        {"pupil": "nobody"},
        {"value": "4" * 201},
    ],
)
@subjects_only
def test_a_cell_sent_in_parts_is_a_bad_request(room: Classroom, wrong: dict[str, str]) -> None:
    sent = {
        "pupil": room.elsie.public_id,
        "of": room.named("mathematics.autumn"),
        "value": "44",
        "saw": "0:",
    } | wrong
    assert room.client.post(room.address(), sent, headers=HTMX).status_code == 400
    assert room.client.post(room.address(), {}, headers=HTMX).status_code == 400
    assert room.stands() == {}


def of_role(room: Classroom, role: Role) -> Client:
    return signed_in(member(room.school, role))


@subjects_only
@pytest.mark.parametrize("role", [Role.SUBJECT_LEADER, Role.ASSESSMENT_LEADER, Role.HEAD])
def test_leaders_save_for_any_class(room: Classroom, role: Role) -> None:
    client = of_role(room, role)
    assert room.save("44", client=client).status_code == 200
    assert room.send(client, elsie="45", elsie_saw="1:44").status_code == 302
    assert room.stands() == {("Elsie", 1): (45, "")}


@subjects_only
def test_a_senco_looks_and_does_not_save(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    client = of_role(room, Role.SENCO)
    page = room.page(client)
    assert (autumn(page, room.elsie).text, boxes(page)) == (f"44 {room.stands_at}", {})
    assert room.save("45", "1:44", client=client).status_code == 403
    assert room.send(client, elsie="45", elsie_saw="1:44").status_code == 403
    assert room.stands() == {("Elsie", 1): (44, "")}


@subjects_only
def test_a_governor_finds_the_sheet_shut(room: Classroom) -> None:
    client = of_role(room, Role.GOVERNOR)
    for answer in (client.get(room.address()), room.save("44", client=client), room.send(client, elsie="44")):
        assert answer.status_code == 403
        assert "Elsie" not in answer.content.decode()
    assert room.stands() == {}


@subjects_only
def test_a_teacher_of_another_class_finds_no_such_sheet(room: Classroom) -> None:
    client = of_role(room, Role.TEACHER)
    for answer in (client.get(room.address()), room.save("44", client=client), room.send(client, elsie="44")):
        assert answer.status_code == 404
    assert room.stands() == {}


@subjects_only
def test_a_teachers_sheet_of_a_year_group_holds_the_pupils_of_the_own_classes(room: Classroom) -> None:
    with visible_to(room.school):
        other = ClassGroupFactory.create(school=room.school, academic_year=YEAR, name="4B")
        theirs = on_roll(room.school, YEAR, year_group=room.year_group, class_group=other).pupil
    address = reverse("year_group_marksheet", args=[room.school.urn, YEAR, room.year_group, room.sheet])
    asked = f"{address}?term=autumn"
    page = Page(room.client.get(asked).content.decode())
    assert list(page.rows) == [str(room.elsie.public_id), str(room.noah.public_id)]
    assert page.said(f"p-{room.elsie.public_id}") == "Brough, Elsie4A"
    assert room.save("44", pupil=theirs, address=asked).status_code == 404
    assert room.save("44", address=asked).status_code == 200
    head = of_role(room, Role.HEAD)
    assert len(Page(head.get(asked).content.decode()).rows) == 3
    assert room.save("45", pupil=theirs, address=asked, client=head).status_code == 200


@subjects_only
def test_nobody_saves_at_another_school_or_signed_out(room: Classroom, other_school: School) -> None:
    stranger = signed_in(member(other_school, Role.HEAD))
    assert room.save("44", client=stranger).status_code == 404
    assert room.save("44", client=signed_in(UserFactory.create())).status_code == 404
    assert room.save("44", client=Client()).status_code in {302, 401}
    assert room.stands() == {}


@subjects_only
def test_a_class_that_does_not_exist_is_not_found(room: Classroom) -> None:
    address = room.address().replace(str(room.group.public_id), str(uuid.uuid4()))
    assert room.save("44", address=address).status_code == 404
