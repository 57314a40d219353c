"""Judgements entered in the wrong term: moved or copied to another, as one act that one undo takes back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessment.engine.assessment_points import AssessmentTerm
from assessment.models import Judgement, Source
from schools.calendar import TermName, YearGroup
from schools.models import ChangeKind, ChangeSet, Pupil, Role
from schools.row_security import visible_to
from schools.services.terms import close_term
from tests.assessment.classroom import YEAR, Classroom
from tests.conftest import member, signed_in

pytestmark = pytest.mark.django_db
BASELINE, AUTUMN, SPRING, SUMMER = 0, 1, 2, 3
ASKED = {"source": "autumn", "target": "spring", "how": "move"}


def there(room: Classroom, door: str = "move", sheet: str = "mathematics") -> str:
    return room.address(sheet, "") + f"{door}/?term=autumn"


def plain(html: str) -> str:
    """The text of the page's content."""
    return " ".join(re.sub(r"<[^>]+>", " ", html[html.index("<main") :]).split())


def look(room: Classroom, client: Client | None = None, **asked: str) -> str:
    answer = (client or room.client).get(there(room), {"term": "autumn", **ASKED, **asked})
    assert answer.status_code == 200
    return answer.content.decode()


def offered(html: str, name: str = "take") -> dict[str, str]:
    """What the preview's form would send as it stands."""
    form = html[html.index('class="repair"') :]
    sent = {}
    for tag in re.findall(r"<input [^>]*>", form):
        given = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        is_chosen = given.get("type") not in {"radio", "checkbox"} or " checked" in tag
        if is_chosen and given["name"] != "csrfmiddlewaretoken":
            sent[given["name"]] = given.get("value", "")
    return sent


def confirm(room: Classroom, sent: dict[str, str], client: Client | None = None, **more: str) -> Any:
    return (client or room.client).post(there(room), sent | more)


def take(pupil: Pupil) -> dict[str, str]:
    return {f"take-{pupil.public_id}": "take"}


def rows(room: Classroom) -> dict[tuple[str, int], Judgement]:
    with visible_to(room.school):
        found = Judgement.objects.in_school(room.school).select_related("pupil", "entered_by")
        return {(row.pupil.forename, row.term): row for row in found}


# The preview


def test_the_page_asks_from_which_term_to_which(room: Classroom) -> None:
    answer = room.client.get(there(room))
    assert answer.status_code == 200
    html = re.sub(r"\s+>", ">", answer.content.decode())
    assert '<option value="autumn" selected>' in html
    assert '<option value="baseline" selected>' in html
    assert 'class="repair"' not in html
    assert f"{room.address(asked='')}move/?term=autumn" in room.client.get(room.address()).content.decode()


def test_the_preview_says_of_each_pupil_what_will_be_and_writes_nothing(room: Classroom) -> None:
    ivy = room.joined("Ivy", "Dale", year_group=YearGroup.Y4)
    room.joined("Amy", "Empty", year_group=YearGroup.Y4)
    room.judged(room.elsie, 44)
    room.judged(room.noah, 45)
    room.judged(room.noah, 46, term=SPRING)
    room.judged(ivy, None, reason="absent", note="Was ill")
    before = room.stands()
    said = plain(look(room))
    assert "2 clear 1 with something in both 1 with nothing in Autumn" in said
    # In Year 4 the range is 43 to 44 in Autumn and 45 to 46 in Spring.
    assert "Cox, Noah 45 above 46 at Cox, Noah, Spring keep 46 take 45 at" in said
    assert "Brough, Elsie 44 at 44 below" in said
    assert "Dale, Ivy absent Note: Was ill absent Note: Was ill" in said
    assert "Empty, Amy" not in said
    assert room.stands() == before


@pytest.mark.parametrize(
    "asked", [{"target": "autumn"}, {"target": "winter"}, {"how": "swap"}, {"source": ""}]
)
def test_what_cannot_be_is_said_at_its_field(room: Classroom, asked: dict[str, str]) -> None:
    room.judged(room.elsie, 44)
    html = look(room, **asked)
    assert 'class="errorlist"' in html
    assert 'class="repair"' not in html
    assert confirm(room, ASKED | asked | take(room.elsie)).status_code == 422
    assert room.stands() == {("Elsie", AUTUMN): (44, "")}


def test_nobody_with_anything_there_leaves_nothing_to_confirm(room: Classroom) -> None:
    html = look(room)
    assert "Nobody has anything in Autumn." in html
    assert "Move to Spring" not in html


def test_a_sheet_of_all_subjects_has_no_such_page(room: Classroom) -> None:
    assert room.client.get(there(room, sheet="all")).status_code == 404
    assert "Entered in the wrong term?" not in room.client.get(room.address("all")).content.decode()


# Moving and copying


def test_what_is_confirmed_is_moved_and_measured_at_its_new_term(room: Classroom) -> None:
    room.judged(room.elsie, 44, note="Sure of this", is_on_entry=True)
    room.judged(room.noah, None, reason="absent")
    answer = confirm(room, offered(look(room)))
    assert "2 judgements moved" in plain(answer.content.decode())
    assert room.stands() == {("Elsie", SPRING): (44, ""), ("Noah", SPRING): (None, "absent")}
    row = rows(room)["Elsie", SPRING]
    assert (row.expected_low, row.expected_high) == (45, 46)
    assert (row.note, row.is_on_entry) == ("Sure of this", True)
    assert (row.source, row.entered_by) == (Source.TYPED, room.teacher)
    with visible_to(room.school):
        change = ChangeSet.objects.in_school(room.school).get()
    assert (change.kind, change.by) == (ChangeKind.REPAIR, room.teacher)


def test_a_copy_leaves_the_old_cell_and_a_pupil_starts_once(room: Classroom) -> None:
    room.judged(room.elsie, 44, note="Sure of this", is_on_entry=True)
    answer = confirm(room, offered(look(room, how="copy")))
    assert "1 judgement copied" in plain(answer.content.decode())
    assert room.stands() == {("Elsie", AUTUMN): (44, ""), ("Elsie", SPRING): (44, "")}
    found = rows(room)
    assert (found["Elsie", AUTUMN].version, found["Elsie", AUTUMN].is_on_entry) == (1, True)
    assert (found["Elsie", SPRING].note, found["Elsie", SPRING].is_on_entry) == ("Sure of this", False)


def test_a_baseline_has_no_range(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    confirm(room, offered(look(room, target="baseline")))
    assert room.stands() == {("Elsie", BASELINE): (44, "")}
    assert rows(room)["Elsie", BASELINE].expected_low is None


def test_where_both_exist_what_is_there_stays_unless_the_person_says_otherwise(room: Classroom) -> None:
    for pupil in (room.elsie, room.noah):
        room.judged(pupil, 44)
        room.judged(pupil, 46, term=SPRING)
    sent = offered(look(room))
    assert [sent[f"take-{pupil.public_id}"] for pupil in (room.elsie, room.noah)] == ["keep", "keep"]
    confirm(room, sent | take(room.noah))
    assert room.stands() == {
        ("Elsie", AUTUMN): (44, ""),
        ("Elsie", SPRING): (46, ""),
        ("Noah", SPRING): (44, ""),
    }
    assert rows(room)["Noah", SPRING].version == 2


def test_where_both_have_a_note_both_stand_there(room: Classroom) -> None:
    room.judged(room.elsie, 44, note="From Autumn")
    room.judged(room.elsie, 46, term=SPRING, note="From Spring")
    confirm(room, offered(look(room)) | take(room.elsie))
    assert rows(room)["Elsie", SPRING].note == "From Spring\nFrom Autumn"


def test_who_is_not_ticked_stays(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    room.judged(room.noah, 45)
    sent = offered(look(room))
    del sent[f"take-{room.noah.public_id}"]
    confirm(room, sent)
    assert room.stands() == {("Elsie", SPRING): (44, ""), ("Noah", AUTUMN): (45, "")}


def test_nothing_ticked_says_so(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    answer = confirm(room, ASKED)
    assert answer.status_code == 422
    assert "Nothing was ticked" in answer.content.decode()


# What others do


@pytest.mark.parametrize("term", [AUTUMN, SPRING])
def test_what_somebody_changed_since_the_preview_is_left_and_named(room: Classroom, term: int) -> None:
    room.judged(room.elsie, 44)
    room.judged(room.noah, 45)
    sent = offered(look(room))
    room.judged(room.elsie, 50, term=term)
    answer = confirm(room, sent)
    said = plain(answer.content.decode())
    assert "1 judgement moved" in said
    assert "Changed by somebody while you looked, and left as they are: Brough, Elsie" in said
    stands = room.stands()
    assert stands["Elsie", term] == (50, "")
    assert stands["Noah", SPRING] == (45, "")


def test_confirming_twice_moves_once(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    sent = offered(look(room))
    confirm(room, sent)
    assert "0 judgements moved" in plain(confirm(room, sent).content.decode())
    assert room.stands() == {("Elsie", SPRING): (44, "")}


# Undo


def test_one_undo_takes_all_of_it_back(room: Classroom) -> None:
    room.judged(room.elsie, 44, note="Sure of this", is_on_entry=True)
    room.judged(room.noah, 45)
    room.judged(room.noah, 46, term=SPRING)
    before = room.stands()
    answer = confirm(room, offered(look(room)) | take(room.noah))
    assert f'action="{there(room, "undo")}"' in answer.content.decode()
    undone = room.client.post(there(room, "undo"), follow=True)
    assert "Undone: 4 cells moved or copied to another term." in undone.content.decode()
    assert room.stands() == before
    row = rows(room)["Elsie", AUTUMN]
    assert (row.note, row.is_on_entry, row.expected_low) == ("Sure of this", True, 43)
    room.client.post(there(room, "redo"))
    assert room.stands() == {("Elsie", SPRING): (44, ""), ("Noah", SPRING): (45, "")}


# Who may, and when


def close(room: Classroom, term: TermName) -> None:
    with visible_to(room.school):
        close_term(school=room.school, academic_year=YEAR, term=term, by=None)


@pytest.mark.parametrize("term", [TermName.AUTUMN, TermName.SPRING])
def test_a_teacher_moves_nothing_out_of_a_closed_term_or_into_one(room: Classroom, term: TermName) -> None:
    room.judged(room.elsie, 44)
    sent = offered(look(room))
    close(room, term)
    html = look(room)
    assert "1 closed for entry" in plain(html)
    assert "Move to Spring" not in html
    answer = confirm(room, sent, because="Because")
    assert "Closed for entry, and left as they are: Brough, Elsie" in plain(answer.content.decode())
    assert room.stands() == {("Elsie", AUTUMN): (44, "")}


def test_a_copy_out_of_a_closed_term_changes_nothing_there(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    close(room, TermName.AUTUMN)
    confirm(room, offered(look(room, how="copy")))
    assert room.stands() == {("Elsie", AUTUMN): (44, ""), ("Elsie", SPRING): (44, "")}


def test_a_leader_says_why_and_the_reason_is_kept(room: Classroom) -> None:
    leader = signed_in(member(room.school, Role.ASSESSMENT_LEADER))
    room.judged(room.elsie, 44)
    close(room, TermName.AUTUMN)
    html = look(room, client=leader)
    assert "Autumn is closed for entry. To change it all the same, say why:" in plain(html)
    refused = confirm(room, offered(html), client=leader, because=" ")
    assert refused.status_code == 423
    assert "Say why you change it" in refused.content.decode()
    assert room.stands() == {("Elsie", AUTUMN): (44, "")}
    confirm(room, offered(html), client=leader, because="Typed a term early")
    assert room.stands() == {("Elsie", SPRING): (44, "")}
    with visible_to(room.school):
        change = ChangeSet.objects.in_school(room.school).latest("pk")
    assert (change.kind, change.reason) == (ChangeKind.REPAIR, "Typed a term early")


def test_others_look_at_most(room: Classroom, other_school: Any) -> None:
    room.judged(room.elsie, 44)
    senco = signed_in(member(room.school, Role.SENCO))
    assert "You may look at this sheet" in look(room, client=senco)
    assert confirm(room, ASKED | take(room.elsie), client=senco).status_code == 403
    for client, status in (
        (signed_in(member(room.school, Role.TEACHER)), 404),
        (signed_in(member(room.school, Role.GOVERNOR)), 403),
        (signed_in(member(other_school, Role.HEAD)), 404),
    ):
        assert client.get(there(room), ASKED).status_code == status
        assert confirm(room, ASKED | take(room.elsie), client=client).status_code == status
    assert room.stands() == {("Elsie", AUTUMN): (44, "")}


def test_a_pupil_of_another_class_is_left_out(room: Classroom) -> None:
    other = room.joined("Olive", "Other", class_group=None)
    room.judged(other, 44)
    sight = {f"source-{other.public_id}": "1:44", f"target-{other.public_id}": "0:"}
    assert confirm(room, ASKED | take(other) | sight).status_code == 422
    assert room.stands() == {("Olive", AUTUMN): (44, "")}


@pytest.mark.parametrize("pupils", [1, 3])
def test_the_queries_do_not_grow_with_the_pupils(room: Classroom, pupils: int) -> None:
    for number in range(pupils):
        room.judged(room.joined(f"Pupil{number}", f"Zed{number}", year_group=YearGroup.Y4), 44)
    with CaptureQueriesContext(connection) as asked:
        html = look(room)
    assert len(asked) == PREVIEW
    with CaptureQueriesContext(connection) as asked:
        confirm(room, offered(html))
    assert len(asked) == CONFIRMED
    assert AssessmentTerm.SPRING in {term for _, term in room.stands()}


PREVIEW, CONFIRMED = 17, 25


def test_a_move_is_taken_back_at_both_ends_or_at_neither(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    room.judged(room.noah, 45)
    confirm(room, offered(look(room)))
    # A colleague enters Elsie's Autumn anew: her 44 would stand nowhere if Spring were emptied.
    room.judged(room.elsie, 50)
    room.client.post(there(room, "undo"), follow=True)
    assert room.stands() == {
        ("Elsie", AUTUMN): (50, ""),
        ("Elsie", SPRING): (44, ""),
        ("Noah", AUTUMN): (45, ""),
    }


def test_a_move_out_of_a_term_that_closed_since_waits_to_be_taken_back(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    confirm(room, offered(look(room)))
    close(room, TermName.AUTUMN)
    answer = room.client.post(there(room, "undo"), headers={"HX-Request": "true"})
    assert answer.status_code == 423
    assert room.stands() == {("Elsie", SPRING): (44, "")}
