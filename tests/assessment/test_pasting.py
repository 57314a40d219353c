"""A block pasted into a marksheet: what would become of each cell, and what is written when it is confirmed."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessment.engine.assessment_points import AssessmentTerm
from assessment.models import Judgement, Source
from schools.calendar import YearGroup
from schools.models import ChangeKind, ChangeSet, EntryWindow, Pupil, Role
from schools.row_security import visible_to
from tests.assessment.classroom import BOTH_KINDS, HTMX, YEAR, Classroom, subjects_only
from tests.assessment.sheet_page import Page
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory, SchoolFactory, on_roll

ROOMS = BOTH_KINDS

OF = "mathematics.autumn"


def door(room: Classroom, sheet: str = "mathematics", asked: str = "?term=autumn") -> str:
    place = [room.school.urn, YEAR, room.group.public_id, room.named(sheet)]
    return reverse("class_marksheet_paste", args=place) + asked


def seen(room: Classroom, sheet: str = "mathematics") -> str:
    """What a page that is loaded now shows."""
    page = room.client.get(door(room, sheet)).content.decode()
    found = re.search(r'name="saw" value="([^"]*)"', page)
    assert found
    return html.unescape(found[1])


class Preview:
    """An answer to a paste, as a person reads it."""

    def __init__(self, answer: Any) -> None:
        self.status = answer.status_code
        self.html = answer.content.decode()
        self.summary = self._text(r'id="paste-summary"[^>]*>(.*?)</p>')
        self.left = self._text(r'<ul class="paste-left">(.*?)</ul>')
        self.refused = self._text(r'id="paste-refused"[^>]*>(.*?)</div>')
        self.headings = [
            self.said(each) for each in re.findall(r'<th scope="col">(.*?)</th>', self.html, re.DOTALL)
        ][1:]
        self.cells = html.unescape("".join(re.findall(r'name="cells" value="([^"]*)"', self.html)))
        self.over = [html.unescape(each) for each in re.findall(r'name="over" value="([^"]*)"', self.html)]

    def _text(self, pattern: str) -> str:
        found = re.search(pattern, self.html, re.DOTALL)
        return self.said(found[1]) if found else ""

    @staticmethod
    def said(markup: str) -> str:
        return " ".join(html.unescape(re.sub(r"<[^>]*>", "", markup)).split())

    @property
    def rows(self) -> dict[str, list[str]]:
        """What each cell says, by the pupil's name."""
        body = self.html.partition("<tbody>")[2].partition("</tbody>")[0]
        return {
            self.said(name): [
                self.said(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", cells, re.DOTALL)
            ]
            for name, cells in re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', body, re.DOTALL)
        }


def preview(
    room: Classroom,
    text: str,
    *,
    pupil: Pupil | None = None,
    of: str = OF,
    saw: str = "",
    client: Client | None = None,
    sheet: str = "mathematics",
    asked: str = "?term=autumn",
    headers: Any = HTMX,
    **more: str,
) -> Preview:
    sent = {"text": text, "of": room.named(of), "saw": saw or seen(room, sheet)} | more
    if pupil:
        sent["pupil"] = str(pupil.public_id)
    return Preview((client or room.client).post(door(room, sheet, asked), sent, headers=headers))


def confirm(
    room: Classroom,
    shown: Preview,
    over: list[str] | None = None,
    *,
    sheet: str = "mathematics",
    client: Client | None = None,
    **more: str,
) -> Any:
    sent = {"cells": shown.cells, "over": over or [], "confirm": "1"} | more
    return (client or room.client).post(door(room, sheet), sent, headers=HTMX)


# What becomes of each cell


def test_a_column_goes_down_from_the_cell_where_it_is_pasted(room: Classroom) -> None:
    shown = preview(room, "44\r\n4d2\r\n", pupil=room.elsie)
    assert (shown.status, shown.headings) == (200, ["Autumn"])
    assert shown.summary == "2 understood. 2 new."
    assert shown.rows == {"Brough, Elsie": ["44 new"], "Cox, Noah": ["47 new"]}


def test_each_cell_says_what_would_become_of_it(room: Classroom) -> None:
    ash, bay, dee = (room.joined(name, name) for name in ("Ash", "Bay", "Dee"))
    room.judged(room.elsie, 40)
    room.judged(room.noah, 41)
    room.judged(ash, 42)
    saw = seen(room)
    room.save("45", "1:41", pupil=room.noah)
    room.save("45", "0:", pupil=dee)
    shown = preview(room, "42\nabsent\n\n4z\n47", pupil=ash, saw=saw)
    # By name: Ash, Bay, Brough, Cox, Dee.
    assert shown.rows["Ash, Ash"] == ["42 the same"]
    assert shown.rows["Bay, Bay"] == ["absent new"]
    assert shown.rows["Brough, Elsie"] == ["40"]
    assert shown.rows["Cox, Noah"][0].startswith("4z not understood “4z” is not on the scale. Type 1 to 101")
    assert shown.rows["Dee, Dee"] == ["45 →becomes 47 later edit"]
    assert (
        shown.summary
        == "3 understood, 1 not, 1 would overwrite a later edit. 1 new, 1 says the same already."
    )
    changes = preview(room, "43", pupil=room.elsie)
    assert changes.rows == {"Brough, Elsie": ["40 →becomes 43 changes"]}
    assert changes.summary == "1 understood. 1 changes what stands there."
    assert bay


def test_a_later_edit_says_who_made_it_and_is_written_only_when_it_is_ticked(room: Classroom) -> None:
    room.judged(room.elsie, 40)
    saw = seen(room)
    room.save("45", "1:40")
    shown = preview(room, "47\n48", pupil=room.elsie, saw=saw)
    assert f"{room.teacher.name} entered 45 on " in shown.html
    assert len(shown.over) == 1
    assert 'name="over"' in shown.html
    assert "checked" not in shown.html
    confirm(room, shown)
    assert room.stands() == {("Elsie", 1): (45, ""), ("Noah", 1): (48, "")}
    confirm(room, shown, shown.over)
    assert room.stands() == {("Elsie", 1): (47, ""), ("Noah", 1): (48, "")}


def test_a_later_edit_to_the_same_value_is_no_conflict(room: Classroom) -> None:
    saw = seen(room)
    room.save("45")
    shown = preview(room, "45", pupil=room.elsie, saw=saw)
    assert shown.rows == {"Brough, Elsie": ["45 the same"]}
    assert shown.over == []


def test_a_cell_that_the_page_did_not_show_is_treated_as_a_later_edit(room: Classroom) -> None:
    room.judged(room.elsie, 40)
    shown_alone = json.dumps({"columns": [OF], "rows": [[str(room.noah.public_id), "0:"]]})
    shown = preview(room, "Brough, Elsie\t44\nCox, Noah\t45", saw=shown_alone)
    assert shown.rows == {"Brough, Elsie": ["40 →becomes 44 later edit"], "Cox, Noah": ["45 new"]}


def test_rows_follow_the_order_that_the_page_showed(room: Classroom) -> None:
    turned = json.dumps(
        {"columns": [OF], "rows": [[str(room.noah.public_id), "0:"], [str(room.elsie.public_id), "0:"]]}
    )
    shown = preview(room, "44\n45", pupil=room.noah, saw=turned)
    assert shown.rows == {"Cox, Noah": ["44 new"], "Brough, Elsie": ["45 new"]}


def test_blank_cells_leave_what_stands_there(room: Classroom) -> None:
    room.judged(room.elsie, 40)
    shown = preview(room, "\n45\n", pupil=room.elsie)
    assert shown.rows == {"Brough, Elsie": ["40"], "Cox, Noah": ["45 new"]}
    confirm(room, shown)
    assert room.stands() == {("Elsie", 1): (40, ""), ("Noah", 1): (45, "")}


def test_a_single_value_fills_what_is_selected(room: Classroom) -> None:
    corner = {"until_pupil": str(room.elsie.public_id), "until_of": room.named(OF)}
    shown = preview(room, "x\r\n", pupil=room.noah, of="mathematics.baseline", **corner)
    assert shown.headings == ["Baseline", "Autumn"]
    assert shown.rows == {
        "Brough, Elsie": ["not required new", "not required new"],
        "Cox, Noah": ["not required new", "not required new"],
    }


def test_a_block_larger_than_the_sheet_says_what_is_left_out(room: Classroom) -> None:
    shown = preview(room, "44\t45\n46\t47\n48\t49\n\n50\t51", pupil=room.noah, of="mathematics.summer")
    assert shown.rows == {"Cox, Noah": ["44 new"]}
    assert shown.left == "Left out: 3 rows below the last pupilLeft out: 1 column to the right of the sheet"


@subjects_only
def test_columns_that_are_worked_out_are_passed_over_unless_they_are_brought_along(room: Classroom) -> None:
    across = preview(room, "44\t45\t46\t47", pupil=room.elsie, of="reading.autumn", sheet="all")
    assert across.headings == [f"{name} Autumn" for name in ("Reading", "Writing", "Mathematics", "Science")]
    assert across.rows == {"Brough, Elsie": ["44 new", "45 new", "46 new", "47 new"]}
    copied = preview(room, "44\t+3\t46\tno start", pupil=room.elsie, of="reading.autumn", sheet="all")
    assert copied.headings == ["Reading Autumn", "Reading Steps", "Writing Autumn", "Writing Steps"]


def test_copied_out_and_pasted_in_again_nothing_changes(room: Classroom) -> None:
    room.judged(room.elsie, 40, term=0)
    room.judged(room.elsie, 44)
    line = "Brough, Elsie\t\t40\t44\t\t\t4\t4"
    shown = preview(room, line, pupil=room.elsie, of="")
    assert shown.headings[:3] == ["Summer 2024", "Baseline", "Autumn"]
    assert shown.summary == "4 understood. 4 say the same already."
    assert json.loads(shown.cells)["rows"] == []


def test_steps_that_are_brought_along_and_differ_are_not_entered(room: Classroom) -> None:
    shown = preview(room, "44\t\t\t+4\t+4", pupil=room.elsie)
    assert shown.rows["Brough, Elsie"][3].startswith("+4 not entered here This column follows from others")
    assert shown.summary == "1 understood, 2 where nothing can be entered. 1 new."


# Pupils


@pytest.mark.parametrize(
    "block",
    [
        "Cox, Noah\t44\nBrough, Elsie\t45",
        "Noah Cox\t44\nElsie Brough\t45",
        "NOAH  COX \t44\n elsie\u00a0brough\t45",
        "Cox,Noah\t44\nBrough , Elsie\t45",
        "Cox\tNoah\t44\nBrough\tElsie\t45",
        "Noah\tCox\t44\nElsie\tBrough\t45",
        "Surname\tForename\tAutumn\nCox\tNoah\t44\nBrough\tElsie\t45",
        "Name\tAutumn term\nCox, Noah\t44\nBrough, Elsie\t45",
    ],
)
@subjects_only
def test_rows_find_their_pupils_by_name(room: Classroom, block: str) -> None:
    shown = preview(room, block)
    assert shown.rows == {"Cox, Noah": ["44 new"], "Brough, Elsie": ["45 new"]}
    assert shown.left == ""


@subjects_only
def test_rows_find_their_pupils_by_upn_and_no_upn_is_shown(room: Classroom) -> None:
    with visible_to(room.school):
        Pupil.objects.filter(pk=room.noah.pk).update(upn="A123456789012")
    shown = preview(room, "a123456789012\tSomebody\t44\n", of=OF)
    # The name beside the number is another's column: the first value of the block.
    assert shown.rows["Cox, Noah"][0].startswith("Somebody not understood")
    shown = preview(room, "UPN\tName\tAutumn\nA123456789012\tCox, Noah\t44\n")
    assert shown.rows == {"Cox, Noah": ["44 new"]}
    assert "A123456789012" not in shown.html


@subjects_only
def test_a_pupil_is_found_as_the_child_is_called_and_as_the_register_has_it(room: Classroom) -> None:
    with visible_to(room.school):
        Pupil.objects.filter(pk=room.noah.pk).update(preferred_forename="Nate")
    for name in ("Cox, Nate", "Noah Cox"):
        assert preview(room, f"{name}\t44").rows == {"Cox, Nate": ["44 new"]}


@subjects_only
def test_names_that_nobody_has_are_told_and_nothing_is_done_for_them(room: Classroom) -> None:
    shown = preview(room, "Brough, Elsie\t45\nSmith, Jo\t46\nJones, Al\t47\n\t48")
    assert shown.rows == {"Brough, Elsie": ["45 new"]}
    assert shown.summary == "1 understood, 3 pupils unknown. 1 new."
    assert shown.left == "Not on this sheet: Smith, Jo; Jones, Al; a row without a name"


@subjects_only
def test_two_pupils_with_one_name_are_not_clear_until_a_upn_tells_them_apart(room: Classroom) -> None:
    other = room.joined("Noah", "Cox")
    shown = preview(room, "Noah Cox\t44\nElsie Brough\t45")
    assert shown.rows == {"Brough, Elsie": ["45 new"]}
    assert shown.summary == "1 understood, 1 pupil not clear. 1 new."
    assert "Not clear who is meant: Noah Cox." in shown.left
    with visible_to(room.school):
        Pupil.objects.filter(pk=other.pk).update(upn="A123456789012")
    shown = preview(room, "Noah Cox\tA123456789012\t44")
    assert (shown.rows, shown.left) == ({"Cox, Noah": ["44 new"]}, "")
    assert json.loads(shown.cells)["rows"][0][0] == str(other.public_id)


@subjects_only
def test_a_pupil_who_stands_in_the_block_twice_is_not_clear(room: Classroom) -> None:
    shown = preview(room, "Cox, Noah\t44\nElsie Brough\t45\nNoah Cox\t46")
    assert shown.rows == {"Brough, Elsie": ["45 new"]}
    assert "Cox, Noah; Noah Cox" in shown.left


# Columns


def test_headings_find_the_columns_in_any_order(room: Classroom) -> None:
    block = "Pupil\tSpring\tBaseline\tAttendance\tThis year\nCox, Noah\t44\t40\t97%\t+9"
    shown = preview(room, block)
    assert shown.headings == ["Spring", "Baseline", "This year steps"]
    assert shown.rows["Cox, Noah"][:2] == ["44 new", "40 new"]
    assert shown.left == "Left out: 1 column that this sheet does not have: “Attendance”"


@pytest.mark.parametrize("writing", ["Writing", "Writing (Autumn)", "Autumn Writing", "WRITING AUT"])
@subjects_only
def test_subjects_head_the_columns_of_a_sheet_of_all(room: Classroom, writing: str) -> None:
    shown = preview(room, f"Maths\t{writing}\n44\t45", pupil=room.noah, of="reading.autumn", sheet="all")
    assert shown.headings == ["Mathematics Autumn", "Writing Autumn"]
    assert shown.rows == {"Cox, Noah": ["44 new", "45 new"]}


@subjects_only
def test_the_subject_heads_the_term_that_the_sheet_is_seen_from(room: Classroom) -> None:
    shown = preview(room, "Mathematics\n44", pupil=room.elsie, of="mathematics.spring")
    assert (shown.headings, shown.rows) == (["Autumn"], {"Brough, Elsie": ["44 new"]})


def test_an_earlier_year_can_be_looked_at_only(room: Classroom) -> None:
    shown = preview(room, "Summer 2024\tSummer\n44\t45", pupil=room.elsie)
    assert shown.headings == ["Summer 2024", "Summer"]
    assert shown.rows["Brough, Elsie"] == [
        "44 not entered here This column is of an earlier year; here it is looked at only.",
        "45 new",
    ]


# Terms that are closed


def test_a_closed_term_says_so_and_what_is_open_is_pasted(room: Classroom) -> None:
    saw = seen(room)
    room.close()
    shown = preview(room, "44\t45", pupil=room.elsie, saw=saw)
    assert shown.rows == {"Brough, Elsie": ["44 not entered here Autumn is closed for entry.", "45 new"]}
    confirm(room, shown)
    assert room.stands() == {("Elsie", 2): (45, "")}


def test_a_year_groups_own_window_decides(room: Classroom) -> None:
    with visible_to(room.school):
        EntryWindow.objects.create(
            school=room.school,
            academic_year=YEAR,
            term=AssessmentTerm.AUTUMN,
            year_group=room.year_group,
            closes_on=YEAR.starts_on,
        )
    shown = preview(room, "44", pupil=room.elsie)
    assert shown.rows == {"Brough, Elsie": ["44 not entered here Autumn is closed for entry."]}


@subjects_only
def test_a_leader_pastes_into_a_closed_term_with_a_reason(room: Classroom) -> None:
    room.close()
    leader = signed_in(member(room.school, Role.ASSESSMENT_LEADER))
    shown = preview(room, "44", pupil=room.elsie, client=leader)
    assert shown.rows == {"Brough, Elsie": ["44 new"]}
    assert "Autumn is closed for entry. To change a judgement there all the same, say why" in shown.html
    assert confirm(room, shown, client=leader).status_code == 423
    assert room.stands() == {}
    assert confirm(room, shown, client=leader, because="Moderated").status_code == 200
    assert room.stands() == {("Elsie", 1): (44, "")}
    with visible_to(room.school):
        act = ChangeSet.objects.get(kind=ChangeKind.PASTE)
    assert act.reason == "Moderated"


# Confirming


def test_nothing_is_written_before_it_is_confirmed(room: Classroom) -> None:
    preview(room, "44\n45", pupil=room.elsie)
    assert room.stands() == {}


def test_what_is_confirmed_is_one_act_and_says_it_was_pasted(room: Classroom) -> None:
    room.judged(room.elsie, 40)
    shown = preview(room, "44\t.\n4d2\tnew", pupil=room.elsie)
    answer = confirm(room, shown)
    assert answer.status_code == 200
    assert room.stands() == {
        ("Elsie", 1): (44, ""),
        ("Elsie", 2): (None, "absent"),
        ("Noah", 1): (47, ""),
        ("Noah", 2): (None, "new"),
    }
    with visible_to(room.school):
        act = ChangeSet.objects.get(kind=ChangeKind.PASTE)
        events: Any = Judgement.pgh_event_model
        of_act = events.objects.filter(pgh_context__change_set=str(act.public_id))
        assert of_act.count() == 4
        assert act.by == room.teacher
        assert set(Judgement.objects.values_list("source", flat=True)) == {Source.PASTED}
    page = Page(answer.content.decode())
    assert {cell.text for cell in page.loose} >= {f"44 {room.stands_at}", "absent", "47 above", "new"}
    assert page.said("notice") == "4 saved. Close"
    assert page.said("sheet-summary").startswith("2 of 2 entered")


def test_who_is_faster_than_the_confirmation_is_not_overwritten(room: Classroom) -> None:
    shown = preview(room, "44\n45", pupil=room.elsie)
    room.save("50")
    answer = confirm(room, shown)
    assert answer.status_code == 409
    assert room.stands() == {("Elsie", 1): (50, ""), ("Noah", 1): (45, "")}
    page = Page(answer.content.decode())
    refused = next(cell for cell in page.loose if "is-refused" in cell.classes)
    assert (refused.typed, refused.version) == ("44", "1")
    assert page.said("notice") == (
        "1 saved, 1 not: Brough, Elsie, Autumn. The reason stands in the cell. Close"
    )


@subjects_only
def test_a_later_edit_that_is_ticked_is_refused_when_it_was_edited_once_more(room: Classroom) -> None:
    saw = seen(room)
    room.save("50")
    shown = preview(room, "44", pupil=room.elsie, saw=saw)
    room.save("51", "1:50")
    assert confirm(room, shown, shown.over).status_code == 409
    assert room.stands() == {("Elsie", 1): (51, "")}


@subjects_only
def test_a_pupil_who_has_left_the_class_meanwhile_is_named_and_the_others_are_saved(room: Classroom) -> None:
    shown = preview(room, "44\n45", pupil=room.elsie)
    with visible_to(room.school):
        room.noah.years.update(class_group=None)
    answer = confirm(room, shown)
    assert room.stands() == {("Elsie", 1): (44, "")}
    assert Page(answer.content.decode()).said("notice") == (
        "1 saved, 1 not: the pupil is no longer on this sheet. Close"
    )


# Who may


@subjects_only
def test_another_classs_pupil_cannot_be_pasted_over(room: Classroom) -> None:
    with visible_to(room.school):
        other = ClassGroupFactory.create(school=room.school, academic_year=YEAR, name="4B")
        stranger = on_roll(room.school, YEAR, class_group=other, year_group=YearGroup.Y4).pupil
    assert preview(room, "44", pupil=stranger).status == 404
    saw = json.dumps({"columns": [OF], "rows": [[str(stranger.public_id), "0:"]]})
    shown = preview(room, "44", pupil=stranger, saw=saw)
    assert shown.rows == {}
    forged = json.dumps({"columns": [OF], "rows": [[str(stranger.public_id), [0, "44", "0:"]]]})
    sent = {"cells": forged, "confirm": "1"}
    assert room.client.post(door(room), sent, headers=HTMX).status_code == 404
    assert room.stands() == {}


@subjects_only
def test_a_teacher_of_another_class_finds_nothing(room: Classroom) -> None:
    shown = preview(room, "44", pupil=room.elsie)
    client = signed_in(member(room.school, Role.TEACHER))
    saw = seen(room)
    assert client.get(door(room)).status_code == 404
    assert preview(room, "44", pupil=room.elsie, saw=saw, client=client).status == 404
    assert confirm(room, shown, client=client).status_code == 404
    assert room.stands() == {}


@subjects_only
def test_another_school_finds_nothing(room: Classroom) -> None:
    elsewhere = SchoolFactory.create()
    saw = seen(room)
    client = signed_in(member(elsewhere, Role.HEAD))
    assert client.get(door(room)).status_code == 404
    assert preview(room, "44", pupil=room.elsie, saw=saw, client=client).status == 404


@subjects_only
def test_who_sees_everybody_and_enters_for_nobody_is_led_back_to_the_sheet(room: Classroom) -> None:
    saw = seen(room)
    client = signed_in(member(room.school, Role.SENCO))
    answer: Any = client.get(door(room))
    assert (answer.status_code, answer["Location"]) == (302, room.address())
    assert preview(room, "44", pupil=room.elsie, saw=saw, client=client).status == 403


@subjects_only
def test_a_governor_meets_no_name(room: Classroom) -> None:
    saw = seen(room)
    client = signed_in(member(room.school, Role.GOVERNOR))
    assert client.get(door(room)).status_code == 403
    shown = preview(room, "44", pupil=room.elsie, saw=saw, client=client)
    assert shown.status == 403
    assert "Brough" not in shown.html


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"saw": "not json"},
        {"saw": "[]"},
        {"saw": '{"columns": [], "rows": [[]]}'},
        {"saw": '{"columns": ["mathematics.autumn"], "rows": [["nobody", "0:"]]}'},
        {"saw": '{"columns": [], "rows": []}', "pupil": "nobody"},
        {"confirm": "1"},
        {"confirm": "1", "cells": "[]"},
        {"confirm": "1", "cells": '{"columns": [], "rows": [["x", [0, "1", "0:"]]]}'},
        {"confirm": "1", "cells": '{"columns": [], "rows": []}', "over": "{}"},
        {"confirm": "1", "cells": '{"columns": [], "rows": []}', "because": "b" * 501},
    ],
)
@subjects_only
def test_what_no_page_sends_is_a_bad_request(room: Classroom, sent: dict[str, str]) -> None:
    assert room.client.post(door(room), sent, headers=HTMX).status_code == 400


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "There is nothing to paste. Copy cells in the spreadsheet first."),
        ("47\n" * 4_001, "That is more than 4,000 cells."),
        ("Brough, Elsie\nCox, Noah", "There are names or headings here, and nothing to enter"),
        ("47", "No pupil of this sheet is named in the first column. Choose the first pupil instead."),
    ],
)
def test_a_block_that_has_no_place_is_refused_in_words_and_kept(room: Classroom, text: str, why: str) -> None:
    shown = preview(room, text)
    assert shown.status == 422
    assert shown.refused.startswith(why)
    assert html.escape(text[:50]) in shown.html


@subjects_only
def test_names_and_texts_are_text_and_never_markup(room: Classroom) -> None:
    shown = preview(room, "Brough, Elsie\t<b>4</b>\n<script>alert(1)</script>\t5")
    assert "<script>alert(1)" not in shown.html
    assert "<b>4</b>" not in shown.html


# Without a script


def test_without_a_script_a_page_asks_shows_and_writes(room: Classroom) -> None:
    page = room.client.get(door(room)).content.decode()
    assert "Paste from a spreadsheet" in page
    assert f'<option value="{room.named(OF)}" selected>Autumn</option>' in page
    shown = preview(room, "44\n4z", pupil=room.elsie, headers={})
    assert "<h1>Paste from a spreadsheet</h1>" in shown.html
    assert shown.summary == "1 understood, 1 not. 1 new."
    sent = {"cells": shown.cells, "confirm": "1"}
    answer: Any = room.client.post(door(room), sent)
    assert (answer.status_code, answer["Location"]) == (302, room.address())
    assert room.stands() == {("Elsie", 1): (44, "")}
    assert "1 cell pasted." in room.client.get(room.address()).content.decode()


def test_without_a_script_what_is_refused_stands_in_its_cell(room: Classroom) -> None:
    shown = preview(room, "44\n45", pupil=room.elsie, headers={})
    room.save("50")
    answer = room.client.post(door(room), {"cells": shown.cells, "confirm": "1"})
    assert answer.status_code == 409
    assert "1 saved, 1 not saved" in answer.content.decode()


# How much it asks of the database


def queries(room: Classroom, shown: Preview) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert confirm(room, shown).status_code == 200
    return len(asked)


@subjects_only
def test_the_write_asks_as_often_for_240_cells_as_for_three_and_at_most_twelve_times(
    room: Classroom, settings: Any
) -> None:
    few = preview(room, "44\t45\t46", pupil=room.elsie)
    number = queries(room, few)
    for each in range(78):
        room.joined("Sam", f"Pupil{each:02}")
    many = preview(room, "\n".join(["47\t48\t49"] * 80), pupil=room.elsie)
    assert many.summary.startswith("240 understood")
    assert queries(room, many) == number
    # Behind the door: what any page of the school asks for is not the paste's.
    settings.ROOT_URLCONF = "bench.urls"
    with CaptureQueriesContext(connection) as of_empty_page:
        assert room.client.get(f"/bench/{room.school.urn}/{YEAR.slug}/").status_code == 200
    assert number - len(of_empty_page) <= 12


@subjects_only
def test_the_preview_asks_as_often_for_240_cells_as_for_three(room: Classroom) -> None:
    saw = seen(room)

    def asked(text: str, saw: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            preview(room, text, pupil=room.elsie, saw=saw)
        return len(queries)

    number = asked("44\t45\t46", saw)
    for each in range(78):
        room.joined("Sam", f"Pupil{each:02}")
    assert asked("\n".join(["47\t48\t49"] * 80), seen(room)) == number


def test_a_group_of_the_school_takes_a_paste_too(room: Classroom) -> None:
    leader = signed_in(member(room.school, Role.ASSESSMENT_LEADER))
    there = reverse("year_group_marksheet_paste", args=[room.school.urn, YEAR, room.year_group, room.sheet])
    saw = seen(room)
    sent = {"text": "Cox, Noah\t44", "of": OF, "saw": saw}
    shown = Preview(leader.post(f"{there}?term=autumn", sent, headers=HTMX))
    assert shown.rows == {"Cox, Noah": ["44 new"]}
