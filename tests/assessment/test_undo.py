"""Undo and redo on a marksheet: of one's own acts, from the history, and only where nobody changed the cell since."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessment.engine.assessment_points import AssessmentTerm
from assessment.models import Judgement, Source
from assessment.queries.acts import HELD_FOR, acts_on
from assessment.queries.sheet_rows import Cell
from assessment.services.confirming import confirm
from assessment.services.judgements import Entry, Provenance, record_many
from assessment.services.noting import note
from assessment.services.recording import Entering, Stored
from schools.calendar import TermName
from schools.history import recorded
from schools.models import ChangeKind, ChangeSet, Pupil, PupilYear, Role, User
from schools.row_security import visible_to
from schools.services import memberships
from schools.services.terms import reopen_term
from tests.assessment.classroom import BOTH_KINDS, HTMX, YEAR, Classroom, subjects_only
from tests.assessment.sheet_page import Page
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory

ROOMS = BOTH_KINDS

pytestmark = pytest.mark.django_db
AUTUMN, SPRING = 1, 2
READING = 1


def door(room: Classroom, name: str, sheet: str = "mathematics", asked: str = "?term=autumn") -> str:
    return room.address(sheet, "") + f"{name}/" + asked


def press(
    room: Classroom, name: str = "undo", client: Client | None = None, sheet: str = "mathematics", **sent: str
) -> Any:
    """The key, as the grid sends it; a new client is another browser, or the page loaded again."""
    browser = client or signed_in(room.teacher)
    return browser.post(door(room, name, sheet), sent, headers=HTMX)


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def said(answer: Any) -> str:
    """What is told of it, beside the cells."""
    assert answer.status_code in {200, 423}, answer.status_code
    told = re.search(r'<div id="sheet-said".*?</template>', answer.content.decode(), re.DOTALL)
    assert told
    return plain(told[0]).removesuffix(" Close")


def fill(
    room: Classroom, client: Client | None = None, sheet: str = "mathematics", **cells: tuple[str, str]
) -> None:
    """Many as one act: `elsie=("44", "0:")`."""
    sent = [
        {"pupil": str(pupil.public_id), "of": room.named(f"{sheet}.autumn"), "value": value, "saw": saw}
        for name, (value, saw) in cells.items()
        for pupil in [pupil_called(room, name)]
    ]
    answer = (client or room.client).post(
        door(room, "cells", sheet), {"cells": json.dumps(sent)}, headers=HTMX
    )
    assert answer.status_code == 200


def pupil_called(room: Classroom, forename: str) -> Pupil:
    with visible_to(room.school):
        pupil: Pupil = Pupil.objects.in_school(room.school).get(forename__iexact=forename)
    return pupil


def rows(room: Classroom) -> dict[tuple[str, int], Judgement]:
    with visible_to(room.school):
        found = Judgement.objects.in_school(room.school).select_related("pupil", "entered_by")
        return {(row.pupil.forename, row.term): row for row in found}


def saved(answer: Any) -> None:
    assert answer.status_code == 200, answer.content.decode()


# Each rule


def test_a_typed_cell_says_again_what_it_said_before(room: Classroom) -> None:
    saved(room.save("44"))
    saved(room.save("46", "1:44"))
    assert said(press(room)) == "Undone. Brough, Elsie, Autumn: 44."
    assert room.stands() == {("Elsie", AUTUMN): (44, "")}


def test_a_judgement_that_the_act_made_is_gone_again(room: Classroom) -> None:
    saved(room.save("44"))
    assert said(press(room)) == "Undone. Brough, Elsie, Autumn: empty."
    assert room.stands() == {}


def test_a_judgement_that_the_act_emptied_is_there_again(room: Classroom) -> None:
    room.judged(room.elsie, None, reason="absent")
    saved(room.save("", "1:absent"))
    assert room.stands() == {}
    press(room)
    assert room.stands() == {("Elsie", AUTUMN): (None, "absent")}


@subjects_only
def test_cells_that_were_typed_go_back_one_by_one(room: Classroom) -> None:
    saved(room.save("44"))
    saved(room.save("45", pupil=room.noah))
    saved(room.save("46", "1:44"))
    press(room)
    assert room.stands() == {("Elsie", AUTUMN): (44, ""), ("Noah", AUTUMN): (45, "")}
    press(room)
    assert room.stands() == {("Elsie", AUTUMN): (44, "")}
    press(room)
    assert room.stands() == {}
    assert said(press(room)) == "There is nothing to undo."


def test_a_block_goes_back_as_one(room: Classroom) -> None:
    room.joined("Ivy", "Dale")
    room.judged(room.noah, 40)
    fill(room, elsie=("44", "0:"), noah=("45", "1:40"), ivy=("46", "0:"))
    assert said(press(room)) == "Undone: 3 cells filled."
    assert room.stands() == {("Noah", AUTUMN): (40, "")}


def test_redo_does_it_again_and_undo_takes_that_back(room: Classroom) -> None:
    room.judged(room.noah, 40)
    fill(room, elsie=("44", "0:"), noah=("45", "1:40"))
    after = {("Elsie", AUTUMN): (44, ""), ("Noah", AUTUMN): (45, "")}
    for _ in range(2):
        press(room)
        assert room.stands() == {("Noah", AUTUMN): (40, "")}
        assert said(press(room, "redo")) == "Redone: 2 cells filled."
        assert room.stands() == after
    assert said(press(room, "redo")) == "There is nothing to redo."
    assert room.stands() == after


@subjects_only
def test_several_acts_are_redone_in_their_order(room: Classroom) -> None:
    saved(room.save("44"))
    saved(room.save("45", "1:44"))
    saved(room.save("46", pupil=room.noah))
    for _ in range(3):
        press(room)
    assert room.stands() == {}
    press(room, "redo")
    assert room.stands() == {("Elsie", AUTUMN): (44, "")}
    press(room, "redo")
    assert room.stands() == {("Elsie", AUTUMN): (45, "")}
    # Undo goes back from where one stands.
    press(room)
    assert room.stands() == {("Elsie", AUTUMN): (44, "")}
    press(room, "redo")
    press(room, "redo")
    assert room.stands() == {("Elsie", AUTUMN): (45, ""), ("Noah", AUTUMN): (46, "")}


@subjects_only
def test_after_a_new_act_there_is_nothing_to_redo(room: Classroom) -> None:
    saved(room.save("44"))
    press(room)
    saved(room.save("45", pupil=room.noah))
    assert said(press(room, "redo")) == "There is nothing to redo."
    assert room.stands() == {("Noah", AUTUMN): (45, "")}


@subjects_only
def test_what_was_taken_back_before_a_new_act_is_not_redone_after_that_one_is_taken_back(
    room: Classroom,
) -> None:
    saved(room.save("44"))
    press(room)
    saved(room.save("45", pupil=room.noah))
    press(room)
    press(room, "redo")
    assert room.stands() == {("Noah", AUTUMN): (45, "")}
    assert said(press(room, "redo")) == "There is nothing to redo."


# What others did since


def colleague(room: Classroom) -> User:
    head = member(room.school, Role.HEAD)
    head.name = "Jo Smith"
    head.save()
    return head


@subjects_only
def test_a_cell_that_a_colleague_changed_since_stays_and_is_named(room: Classroom) -> None:
    fill(room, elsie=("44", "0:"), noah=("45", "0:"))
    saved(room.save("50", "1:45", pupil=room.noah, client=signed_in(colleague(room))))
    assert said(press(room)) == (
        "Undone: 1 cell filled. 1 was changed since and stays: Cox, Noah, Autumn: Jo Smith changed it to 50"
    )
    assert room.stands() == {("Noah", AUTUMN): (50, "")}
    # That act is done with: what comes next is the one before, and redo brings back what was taken back, nothing more.
    assert said(press(room)) == "There is nothing to undo."
    press(room, "redo")
    assert room.stands() == {("Elsie", AUTUMN): (44, ""), ("Noah", AUTUMN): (50, "")}


@subjects_only
def test_a_cell_that_a_colleague_emptied_since_stays_empty(room: Classroom) -> None:
    room.judged(room.elsie, 40)
    saved(room.save("44", "1:40"))
    saved(room.save("", "2:44", client=signed_in(colleague(room))))
    assert said(press(room)) == (
        "Undone: 0 cells changed. 1 was changed since and stays: Brough, Elsie, Autumn: Jo Smith emptied it"
    )
    assert room.stands() == {}


@subjects_only
def test_the_same_value_typed_anew_by_a_colleague_is_theirs(room: Classroom) -> None:
    saved(room.save("44"))
    client = signed_in(colleague(room))
    saved(room.save("", "1:44", client=client))
    saved(room.save("44", client=client))
    # Version and content are those that the act left; the judgement is not.
    assert "Jo Smith changed it to 44" in said(press(room))
    assert room.stands() == {("Elsie", AUTUMN): (44, "")}


@subjects_only
def test_a_note_that_a_colleague_wrote_since_keeps_the_judgement(room: Classroom) -> None:
    saved(room.save("44"))
    head = colleague(room)
    with visible_to(room.school):
        write_note(room, head, "Seen by me", version=1)
    assert "Jo Smith changed it to 44" in said(press(room))
    assert rows(room)["Elsie", AUTUMN].note == "Seen by me"


@subjects_only
def test_nobody_takes_back_what_another_did(room: Classroom) -> None:
    saved(room.save("44"))
    head = signed_in(colleague(room))
    assert said(press(room, client=head)) == "There is nothing to undo."
    assert room.stands() == {("Elsie", AUTUMN): (44, "")}
    page = head.get(room.address()).content.decode()
    assert 'data-undo aria-keyshortcuts="Control+Z" disabled' in page


def test_a_judgement_measured_anew_is_still_as_it_was_left(room: Classroom) -> None:
    saved(room.save("44"))
    with visible_to(room.school), recorded(user=colleague(room).pk, request="another"):
        Judgement.objects.in_school(room.school).update(expected_low=1, expected_high=2)
    press(room)
    assert room.stands() == {}


def test_measuring_anew_is_no_act(room: Classroom) -> None:
    saved(room.save("44"))
    with visible_to(room.school), recorded(user=room.teacher.pk, request="measured"):
        Judgement.objects.in_school(room.school).update(expected_low=1, expected_high=2)
    assert said(press(room)) == "Undone. Brough, Elsie, Autumn: empty."


# What is kept


def write_note(room: Classroom, by: User, text: str, version: int, points: int = 44) -> None:
    entering = entering_by(room, by)
    with recorded(request=f"note {text}"):
        note(entering=entering, cell=cell(room), text=text, saw=Stored(points, "", version))


def entering_by(room: Classroom, by: User) -> Entering:
    return Entering(school=room.school, by=by, academic_year=YEAR, today=timezone.localdate())


def cell(room: Classroom) -> Cell:
    return Cell(room.elsie.pk, room.subject.number, AssessmentTerm.AUTUMN)


def test_notes_and_the_mark_on_entry_come_back_with_the_judgement(room: Classroom) -> None:
    room.judged(room.elsie, 44, is_on_entry=True, note="Started here")
    with visible_to(room.school), recorded(user=room.teacher.pk, request="emptied"):
        Judgement.objects.in_school(room.school).all().delete()
    press(room)
    row = rows(room)["Elsie", AUTUMN]
    assert (row.points, row.note, row.is_on_entry) == (44, "Started here", True)


@subjects_only
def test_a_note_is_taken_back_without_the_points(room: Classroom) -> None:
    saved(room.save("44"))
    with visible_to(room.school):
        write_note(room, room.teacher, "First", version=1)
        write_note(room, room.teacher, "Second", version=2)
    press(room)
    assert (rows(room)["Elsie", AUTUMN].points, rows(room)["Elsie", AUTUMN].note) == (44, "First")
    press(room)
    assert (rows(room)["Elsie", AUTUMN].points, rows(room)["Elsie", AUTUMN].note) == (44, "")
    press(room, "redo")
    assert rows(room)["Elsie", AUTUMN].note == "First"


@subjects_only
def test_what_was_confirmed_comes_back(room: Classroom) -> None:
    room.judged(room.elsie, 40, term=0)
    room.judged(room.elsie, 50)
    with visible_to(room.school):
        Judgement.objects.in_school(room.school).filter(term=1).update(confirmed_steps=10)
    saved(room.save("51", "1:50"))
    with visible_to(room.school), recorded(request="confirmed"):
        confirm(entering=entering_by(room, room.teacher), cell=cell(room), steps=11)
    assert rows(room)["Elsie", AUTUMN].confirmed_steps == 11
    press(room)
    press(room)
    assert (rows(room)["Elsie", AUTUMN].points, rows(room)["Elsie", AUTUMN].confirmed_steps) == (50, 10)
    press(room, "redo")
    press(room, "redo")
    assert (rows(room)["Elsie", AUTUMN].points, rows(room)["Elsie", AUTUMN].confirmed_steps) == (51, 11)


@subjects_only
def test_the_saves_of_a_cell_never_count_back(room: Classroom) -> None:
    saved(room.save("44"))
    saved(room.save("45", "1:44"))
    press(room)
    assert rows(room)["Elsie", AUTUMN].version == 3
    saved(room.save("", "3:44"))
    press(room)
    assert rows(room)["Elsie", AUTUMN].version == 4
    # A tab that saw the cell before notices.
    assert room.save("46", "1:44").status_code == 409
    saved(room.save("46", "4:44"))


@subjects_only
def test_what_is_put_back_is_measured_as_it_is_today_and_says_who_and_how(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    saved(room.save("45", "1:44"))
    with visible_to(room.school):
        Judgement.objects.in_school(room.school).update(expected_low=1, expected_high=2)
    press(room)
    row = rows(room)["Elsie", AUTUMN]
    assert (row.expected_low, row.expected_high, row.attainment) == (43, 44, 2)
    assert (row.source, row.entered_by) == (Source.TYPED, room.teacher)


@pytest.mark.parametrize(
    ("source", "again"),
    [
        (Source.IMPORTED, Source.IMPORTED),
        (Source.PASTED, Source.PASTED),
        # Of a copy the school that judged is not put back.
        (Source.COPIED, Source.TYPED),
    ],
)
@subjects_only
def test_what_is_put_back_came_from_where_it_came_from_before(
    room: Classroom, source: Source, again: Source
) -> None:
    entry = Entry(room.elsie.pk, room.subject.number, YEAR, AssessmentTerm.AUTUMN, 44)
    with visible_to(room.school):
        record_many(school=room.school, entries=[entry], provenance=Provenance(source=source, by=None))
    saved(room.save("45", "1:44"))
    assert rows(room)["Elsie", AUTUMN].source == Source.TYPED
    press(room)
    assert rows(room)["Elsie", AUTUMN].source == again
    # So also where the cell was emptied, and where it is done again.
    saved(room.save("", "3:44"))
    press(room)
    assert rows(room)["Elsie", AUTUMN].source == again
    press(room, "redo")
    assert room.stands() == {}


@subjects_only
def test_each_is_a_change_set_whose_history_says_what_it_took_back(room: Classroom) -> None:
    fill(room, elsie=("44", "0:"), noah=("45", "0:"))
    press(room)
    press(room, "redo")
    with visible_to(room.school):
        filled, undone, redone = ChangeSet.objects.in_school(room.school).order_by("pk")
        events = Judgement.pgh_event_model.objects.order_by("pgh_id")  # type: ignore[attr-defined]
        context = [(event.pgh_label, event.pgh_context.get("undoes")) for event in events]
        assert {event.pgh_context["user"] for event in events} == {room.teacher.pk}
    assert [each.kind for each in (filled, undone, redone)] == [
        ChangeKind.FILL,
        ChangeKind.UNDO,
        ChangeKind.REDO,
    ]
    assert {each.by for each in (filled, undone, redone)} == {room.teacher}
    # What is there anew goes on counting its saves, which is an event of its own.
    assert context == [
        *[("insert", None)] * 2,
        *[("delete", str(filled.public_id))] * 2,
        *[("insert", str(undone.public_id))] * 2,
        *[("update", str(undone.public_id))] * 2,
    ]


# Where and how long


@subjects_only
def test_it_goes_on_in_another_browser(room: Classroom) -> None:
    saved(room.save("44"))
    another = signed_in(room.teacher)
    page = another.get(room.address()).content.decode()
    assert 'title="Undo: 1 cell changed">Undo' in page
    assert re.search(r"data-redo [^>]*disabled>Redo", page)
    press(room, client=another)
    page = room.client.get(room.address()).content.decode()
    assert re.search(r"data-undo [^>]*disabled>Undo", page)
    assert 'title="Redo: 1 cell changed">Redo' in page


@subjects_only
def test_after_a_day_there_is_nothing_to_undo(room: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(room.save("44"))
    monkeypatch.setattr("assessment.queries.acts.HELD_FOR", dt.timedelta(0))
    assert dt.timedelta(hours=24) == HELD_FOR
    assert said(press(room)) == "There is nothing to undo."


@subjects_only
def test_each_sheet_has_acts_of_its_own(room: Classroom) -> None:
    saved(room.save("44"))
    saved(room.save("45", of="reading.autumn", address=room.address("reading")))
    press(room)
    with visible_to(room.school):
        assert [row.subject_id for row in Judgement.objects.in_school(room.school)] == [READING]
    assert said(press(room)) == "There is nothing to undo."
    assert said(press(room, sheet="all")) == "Undone. Brough, Elsie, Reading, Autumn: empty."


@subjects_only
def test_an_act_over_several_subjects_is_taken_back_whole_from_one_of_them(room: Classroom) -> None:
    sent = [
        {"pupil": str(room.elsie.public_id), "of": f"{subject}.autumn", "value": "44", "saw": "0:"}
        for subject in ("reading", "writing", "mathematics")
    ]
    room.client.post(door(room, "cells", "all"), {"cells": json.dumps(sent)}, headers=HTMX)
    assert said(press(room)) == "Undone: 3 cells filled. 2 of them are on another sheet."
    assert room.stands() == {}


@subjects_only
def test_an_act_in_a_class_one_no_longer_teaches_stays(room: Classroom) -> None:
    fill(room, elsie=("44", "0:"), noah=("45", "0:"))
    with visible_to(room.school):
        other = ClassGroupFactory.create(school=room.school, academic_year=YEAR, name="4B")
        PupilYear.objects.in_school(room.school).filter(pupil=room.noah).update(class_group=other)
    assert (
        said(press(room))
        == "Undone: 1 cell filled. 1 of a pupil for whom you do not enter now stays as it is."
    )
    assert room.stands() == {("Noah", AUTUMN): (45, "")}


@subjects_only
def test_another_classs_sheet_and_another_school_are_not_found(room: Classroom, other_school: Any) -> None:
    saved(room.save("44"))
    assert press(room, client=signed_in(member(other_school, Role.HEAD))).status_code == 404
    other = signed_in(member(room.school, Role.TEACHER))
    assert said(press(room, client=other)) == "There is nothing to undo."
    assert other.post(door(room, "undo")).status_code == 404
    assert press(room, client=signed_in(member(room.school, Role.GOVERNOR))).status_code == 403
    assert room.stands() == {("Elsie", AUTUMN): (44, "")}


@subjects_only
def test_who_does_not_enter_has_nothing_to_undo(room: Classroom) -> None:
    saved(room.save("44"))
    senco = signed_in(member(room.school, Role.SENCO))
    assert said(press(room, client=senco)) == "There is nothing to undo."
    assert "data-undo" not in senco.get(room.address()).content.decode()


@subjects_only
def test_an_act_of_the_same_person_at_another_school_is_not_read(room: Classroom, other_school: Any) -> None:
    """A request, and so a key of an act, is of one school."""
    saved(room.save("44"))
    with visible_to(other_school):
        memberships.grant(school=other_school, user=room.teacher, role=Role.HEAD, by=None)
        stack = acts_on(
            school=other_school,
            by=room.teacher,
            academic_year=YEAR,
            pupil_ids=[room.elsie.pk],
            places={(room.subject.number, AssessmentTerm.AUTUMN)},
        )
    assert (stack.undo, stack.redo) == ((), ())


# Closed terms


def test_in_a_closed_term_nothing_is_undone_and_the_act_waits(room: Classroom) -> None:
    saved(room.save("44"))
    room.close()
    answer = press(room)
    assert answer.status_code == 423
    assert said(answer) == (
        "Nothing was undone. 1 is closed for entry and stays. An assessment leader or the head can reopen it. Brough, Elsie, Autumn"
    )
    assert room.stands() == {("Elsie", AUTUMN): (44, "")}
    with visible_to(room.school):
        reopen_term(school=room.school, academic_year=YEAR, term=TermName.AUTUMN, reason="Ill", by=None)
    press(room)
    assert room.stands() == {}


@subjects_only
def test_a_leader_undoes_in_a_closed_term_with_a_reason_that_is_kept(room: Classroom) -> None:
    leader = signed_in(member(room.school, Role.ASSESSMENT_LEADER))
    saved(room.save("44", client=leader))
    room.close()
    assert press(room, client=leader).status_code == 423
    assert press(room, client=leader, because="Typed in the wrong class").status_code == 200
    assert room.stands() == {}
    with visible_to(room.school):
        change = ChangeSet.objects.in_school(room.school).latest("pk")
    assert (change.kind, change.reason) == (ChangeKind.UNDO, "Typed in the wrong class")


# The answers


def test_the_answer_holds_the_cells_and_what_the_buttons_are_to_say(room: Classroom) -> None:
    saved(room.save("44"))
    saved(room.save("46", "1:44"))
    html = press(room).content.decode()
    there = f'hx-swap-oob="outerHTML:#p-{room.elsie.public_id} ~ :nth-child(4)"'
    assert there in html
    assert 'data-undo="1 cell changed" data-redo="1 cell changed"' in html
    assert f'data-key="{room.elsie.public_id}" data-of="{room.named("mathematics.autumn")}"' in html
    assert 'id="sheet-summary"' in html
    [cell_there] = [each for each in Page(html).loose if "j" in each.classes]
    assert (cell_there.text, cell_there.version) == (f"44 {room.stands_at}", "3")


def test_without_script_it_leads_back_to_the_sheet_and_says_so(room: Classroom) -> None:
    saved(room.save("44"))
    answer = room.client.post(door(room, "undo"), follow=True)
    assert answer.redirect_chain == [(room.address(), 302)]
    assert "Undone: 1 cell changed." in answer.content.decode()
    assert room.stands() == {}


@subjects_only
def test_without_script_cells_that_stay_are_named_on_a_page_and_in_no_cookie(room: Classroom) -> None:
    saved(room.save("44"))
    saved(room.save("50", "1:44", client=signed_in(colleague(room))))
    answer = room.client.post(door(room, "undo"))
    assert answer.status_code == 200
    assert "Brough, Elsie, Autumn: Jo Smith changed it to 50" in plain(answer.content.decode())
    assert "__Host-notices" not in answer.cookies


@subjects_only
@pytest.mark.parametrize("pupils", [1, 3])
def test_the_page_asks_once_more_for_what_can_be_undone(room: Classroom, pupils: int) -> None:
    for number in range(pupils):
        joined = room.joined(f"Pupil{number}", f"Zed{number}")
        saved(room.save("44", pupil=joined))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        room.page()
    histories = [each for each in asked.captured_queries if "judgementevent" in each["sql"]]
    assert len(histories) == 1


@subjects_only
@pytest.mark.parametrize("pupils", [1, 3])
def test_undo_asks_the_same_however_many_cells(room: Classroom, pupils: int) -> None:
    names = [f"pupil{number}" for number in range(pupils)]
    for name in names:
        room.joined(name, name)
    fill(room, **dict.fromkeys(names, ("44", "0:")))
    with CaptureQueriesContext(connection) as asked:
        press(room, client=room.client)
    # Of an area it is asked too which framework the year has.
    assert len(asked) == 30 + (room.subject.framework is not None)
