"""A class's sheet is marked as complete, asked about while cells are empty, changed after that, and reopened.

The class 4A: Elsie Brough and Noah Cox of Year 4, in Autumn 2024/25.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import EYFS_AREAS, MATHEMATICS, READING, SUBJECTS
from assessment.models import CompletedSheet, Judgement
from assessment.services.completing import complete_sheets, reopen_sheets
from schools.calendar import EyfsFramework, TermName, YearGroup
from schools.models import Role, School
from schools.row_security import visible_to
from tests.assessment.classroom import YEAR, Classroom
from tests.conftest import member, signed_in

AREAS = EYFS_AREAS[EyfsFramework.OF_2021]


def press(
    room: Classroom,
    act: str = "complete",
    sheet: str = "mathematics",
    client: Client | None = None,
    **sent: str,
) -> Any:
    there = room.address(sheet, asked="complete/?term=autumn")
    return (client or room.client).post(there, {"act": act} | sent)


def said(room: Classroom) -> list[tuple[str | None, int, str]]:
    """Of which subjects, in which term, by whom."""
    with visible_to(room.school):
        rows = CompletedSheet.objects.select_related("subject", "completed_by").order_by("subject_id", "term")
        return [(row.subject and row.subject.code.lower(), row.term, row.completed_by.name) for row in rows]


def shown(
    room: Classroom, sheet: str = "mathematics", asked: str = "?term=autumn", client: Client | None = None
) -> str:
    answer = (client or room.client).get(room.address(sheet, asked))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def fill(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    room.judged(room.noah, None, reason="absent")


def earlier(room: Classroom, **ago: int) -> None:
    """As if it had been said some time ago."""
    with visible_to(room.school):
        CompletedSheet.objects.update(completed_at=timezone.now() - dt.timedelta(**ago))


def test_a_full_sheet_is_complete_at_one_press_and_says_who_and_when(room: Classroom) -> None:
    fill(room)
    assert "Mark as complete" in shown(room)
    answer = press(room)
    assert (answer.status_code, answer.headers["Location"]) == (302, room.address())
    assert said(room) == [("mathematics", 1, room.teacher.name)]
    page = shown(room)
    now = timezone.localtime()
    assert f'<strong>Complete</strong> <span class="quiet">{room.teacher.name}, {now.day} {now:%B} at' in page
    assert "Reopen" in page
    assert "Mark as complete" not in page
    assert "<strong>Complete</strong>" not in shown(room, asked="?term=spring")
    assert "<strong>Complete</strong>" not in shown(room, "reading")


def test_while_cells_are_empty_it_is_asked_once_more_and_the_second_press_does_it(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    asked = press(room)
    assert asked.headers["Location"] == f"{room.address()}&complete=ask#completing"
    assert said(room) == []
    page = shown(room, asked="?term=autumn&complete=ask")
    assert (
        "1 cell is still empty. Mark as complete all the same? The blank is then left without a reason."
        in page
    )
    # No link of the page asks again.
    assert page.count("complete=ask") == 0
    press(room, all_the_same="1")
    assert said(room) == [("mathematics", 1, room.teacher.name)]


def test_empty_cells_are_those_of_pupils_on_roll_on_the_last_day_of_the_term(room: Classroom) -> None:
    fill(room)
    # Autumn 2024 ends on 20 December: who leaves on that day counts, who left before and who joins after does not.
    room.joined("Gil", "Left", year_group=YearGroup.Y4, ends_on=dt.date(2024, 12, 19))
    room.joined("Hal", "Later", year_group=YearGroup.Y4, starts_on=dt.date(2025, 1, 6))
    assert "complete=ask" not in press(room).headers["Location"]
    room.joined("Ivy", "Last", year_group=YearGroup.Y4, ends_on=dt.date(2024, 12, 20))
    assert "complete=ask" in press(room, sheet="reading").headers["Location"]
    assert "3 cells are still empty" in shown(room, "reading", "?term=autumn&complete=ask")


def test_a_change_after_it_is_possible_and_the_sheet_says_so(room: Classroom) -> None:
    fill(room)
    press(room)
    assert "changed since" not in shown(room)
    earlier(room, minutes=5)
    with visible_to(room.school):
        Judgement.objects.update(entered_at=timezone.now() - dt.timedelta(hours=1))
    assert "changed since" not in shown(room)
    assert room.save("45", "1:44").status_code == 200
    page = shown(room)
    assert "changed since" in page
    press(room)
    assert "changed since" not in shown(room)


def test_an_emptied_cell_is_a_change_too(room: Classroom) -> None:
    fill(room)
    press(room)
    earlier(room, hours=2)
    with visible_to(room.school):
        Judgement.objects.update(entered_at=timezone.now() - dt.timedelta(days=1))
    assert "changed since" not in shown(room)
    assert room.save("", "1:44").status_code == 200
    assert "changed since" in shown(room)


def test_reopening_takes_it_back_and_the_history_keeps_who_had_said_it(room: Classroom) -> None:
    fill(room)
    press(room)
    press(room, "reopen")
    assert said(room) == []
    assert "Mark as complete" in shown(room)
    with visible_to(room.school):
        events = apps.get_model("assessment", "CompletedSheetEvent").objects.order_by("pgh_id")
        assert [event.pgh_label for event in events] == ["insert", "delete"]
        assert {event.pgh_context["user"] for event in events} == {room.teacher.pk}
    # Again, as when the page is sent twice.
    assert press(room, "reopen").status_code == 302


def test_the_sheet_of_all_subjects_is_complete_for_all_four(room: Classroom) -> None:
    press(room, sheet="all", all_the_same="1")
    assert said(room) == [
        (subject.code.lower(), 1, room.teacher.name)
        for subject in sorted(SUBJECTS, key=lambda one: one.number)
    ]
    assert "<strong>Complete</strong>" in shown(room, "reading")
    press(room, "reopen", sheet="reading")
    page = shown(room, "all")
    assert "not yet: Reading" in page
    assert "Mark as complete" in page


def test_what_a_colleague_said_of_one_subject_stays_theirs(room: Classroom) -> None:
    head = member(room.school, Role.HEAD)
    press(room, sheet="reading", client=signed_in(head), all_the_same="1")
    press(room, sheet="all", all_the_same="1")
    assert {code: name for code, _, name in said(room)} == {
        subject.code.lower(): head.name if subject == READING else room.teacher.name for subject in SUBJECTS
    }


def test_the_areas_are_complete_together_from_the_sheet_of_any(room: Classroom) -> None:
    rosa = room.joined("Rosa", "Small", year_group=YearGroup.R)
    with visible_to(room.school):
        from tests.factories import judged

        for area in AREAS[1:]:
            judged(rosa, YEAR, AssessmentTerm.AUTUMN, 19, subject=area)
    assert "complete=ask" in press(room, sheet="e02").headers["Location"]
    assert "1 cell is still empty" in shown(room, "e02", "?term=autumn&complete=ask")
    press(room, sheet="e02", all_the_same="1")
    assert said(room) == [(None, 1, room.teacher.name)]
    assert "<strong>Complete</strong>" in shown(room, "areas")
    assert "<strong>Complete</strong>" not in shown(room, "all")


@pytest.mark.parametrize("place", ["year_group", "group"])
def test_sheets_across_classes_are_not_marked(room: Classroom, place: str) -> None:
    head = signed_in(member(room.school, Role.HEAD))
    there = room.address("mathematics").split("marksheets/")[0]
    address = f"{there}marksheets/year-groups/4/mathematics/"
    if place == "year_group":
        page = head.get(f"{address}?term=autumn").content.decode()
        assert "Mark as complete" not in page
    assert head.post(f"{address}complete/?term=autumn", {"act": "complete"}).status_code == 404


@pytest.mark.parametrize("sent", [{}, {"act": "burn"}])
def test_what_the_page_does_not_offer_is_refused(room: Classroom, sent: dict[str, str]) -> None:
    assert room.client.post(room.address(asked="complete/?term=autumn"), sent).status_code == 400
    assert room.client.get(room.address(asked="complete/?term=autumn")).status_code == 405


def test_who_only_looks_marks_nothing_and_who_may_not_see_finds_nothing(
    room: Classroom, other_school: School
) -> None:
    senco, governor, colleague = (
        signed_in(member(room.school, role)) for role in (Role.SENCO, Role.GOVERNOR, Role.TEACHER)
    )
    assert press(room, client=senco).status_code == 403
    assert "Mark as complete" not in shown(room, client=senco)
    assert press(room, client=governor).status_code == 403
    assert press(room, client=colleague).status_code == 404
    assert press(room, client=signed_in(member(other_school, Role.HEAD))).status_code == 404
    assert said(room) == []


def test_a_leader_reopens_what_a_teacher_said(room: Classroom) -> None:
    press(room, all_the_same="1")
    leader = signed_in(member(room.school, Role.ASSESSMENT_LEADER))
    assert "Reopen" in shown(room, client=leader)
    press(room, "reopen", client=leader)
    assert said(room) == []


def test_a_complete_sheet_says_so_in_the_list(room: Classroom) -> None:
    fill(room)
    press(room)
    page = " ".join(
        room.client.get(room.address().split("classes/")[0] + "?term=autumn").content.decode().split()
    )
    assert '<b>2</b> of 2<span class="word is-done">complete</span>' in page


def test_saying_it_again_is_one_statement_and_other_terms_stay(room: Classroom) -> None:
    of = {"class_group": room.group, "by": room.teacher}
    with visible_to(room.school):
        complete_sheets(**of, term=TermName.AUTUMN, subjects=[MATHEMATICS, None])
        complete_sheets(**of, term=TermName.AUTUMN, subjects=[MATHEMATICS])
        complete_sheets(**of, term=TermName.SPRING, subjects=[MATHEMATICS])
    assert [(code, term) for code, term, _ in said(room)] == [
        ("mathematics", 1),
        ("mathematics", 2),
        (None, 1),
    ]
    with visible_to(room.school):
        assert reopen_sheets(**of, term=TermName.AUTUMN, subjects=[None])
        assert not reopen_sheets(**of, term=TermName.AUTUMN, subjects=[READING])
    assert [(code, term) for code, term, _ in said(room)] == [("mathematics", 1), ("mathematics", 2)]
