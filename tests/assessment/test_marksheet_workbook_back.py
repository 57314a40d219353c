"""A filled file comes back: what it changes is shown cell by cell, and nothing else than what is confirmed is written."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessment.models import Judgement
from schools.models import ChangeKind, ChangeSet, ClassGroup, Membership, Role, School
from schools.row_security import visible_to
from schools.services import classes
from tests.assessment.classroom import ALL_AREAS, AREA, BOTH_KINDS, YEAR, Classroom, subjects_only
from tests.assessment.filled_files import HEADINGS, Book, Told, address, bring, confirm, download
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory

ROOMS = BOTH_KINDS

pytestmark = pytest.mark.django_db

ELSIE, NOAH = "Brough, Elsie", "Cox, Noah"


def filled(room: Classroom, **cells: Any) -> bytes:
    """The file with Autumn filled in: `elsie=45`."""
    book = Book.of(download(room))
    for name, value in cells.items():
        book[{"elsie": ELSIE, "noah": NOAH}[name], "Autumn"] = value
    return book.content()


def test_a_filled_file_is_shown_cell_by_cell_and_saved_when_that_is_confirmed(room: Classroom) -> None:
    room.judged(room.noah, 44)
    told = bring(room, filled(room, elsie=45, noah="4D2"))
    assert told.status == 200
    assert told.rows("new") == [[ELSIE, "Autumn", "empty", "45", ""]]
    # 4D2 is 47 points.
    assert told.rows("changed") == [[NOAH, "Autumn", "44", "47", ""]]
    # Two pupils in four columns of the year; the Summer before is there to compare with, and has nothing in it.
    assert "8 the same" in told.main
    assert room.stands() == {("Noah", 1): (44, "")}
    done = confirm(room, told)
    assert (done.status, done.answer.headers["Location"]) == (302, room.address())
    assert room.stands() == {("Elsie", 1): (45, ""), ("Noah", 1): (47, "")}


@subjects_only
def test_it_is_one_act_with_its_name_and_says_that_the_values_were_imported(room: Classroom) -> None:
    confirm(room, bring(room, filled(room, elsie=45, noah=".")))
    with visible_to(room.school):
        act = ChangeSet.objects.get(kind=ChangeKind.SHEET_FILE)
        assert act.by == room.teacher
        assert {row.source for row in Judgement.objects.all()} == {"imported"}
        events: Any = Judgement.pgh_event_model  # type: ignore[attr-defined]
        assert {event.pgh_context["change_set"] for event in events.objects.all()} == {str(act.public_id)}
    assert room.stands()["Noah", 1] == (None, "absent")


def test_an_untouched_file_changes_nothing(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    told = bring(room, download(room))
    assert "The file changes nothing" in told.main
    assert told.tickable == []


@pytest.mark.parametrize("room", [AREA, ALL_AREAS], indirect=True)
def test_ages_beside_the_names_go_out_and_are_not_read_back(room: Classroom) -> None:
    # 51 completed months on the last day of Autumn, in December.
    room.joined("Ada", "Dale", pupil__date_of_birth=dt.date(2020, 9, 1))
    ada, heading = "Dale, Ada", "Autumn" if room.sheet == AREA else "Mathematics: Number"
    book = Book.of(download(room))
    assert [cell.value for cell in book.sheet[HEADINGS]][:3] == ["Key", "Pupil", "Age in months"]
    age = book[ada, "Age in months"]
    assert (age.value, age.protection.locked) == (51, True)
    # Whoever writes into it all the same says nothing of the child.
    age.value = 20
    book[ada, heading] = 17
    told = bring(room, book.content())
    assert [row[:4] for row in told.rows("new")] == [[ada, heading, "empty", "17"]]
    assert told.rows("changed") == []
    confirm(room, told)
    assert room.stands() == {("Ada", 1): (17, "")}
    # Out again with the same age, and back without a change.
    again = download(room)
    book = Book.of(again)
    assert (book[ada, heading].value, book[ada, "Age in months"].value) == (17, 51)
    assert "The file changes nothing" in bring(room, again).main


@subjects_only
def test_only_what_is_ticked_is_saved(room: Classroom) -> None:
    told = bring(room, filled(room, elsie=45, noah=46))
    confirm(room, told, write=[told.ticked[1]])
    assert room.stands() == {("Noah", 1): (46, "")}


def test_a_cell_emptied_in_the_file_is_emptied_here_only_if_it_is_ticked(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    told = bring(room, filled(room, elsie=None))
    assert told.rows("emptied") == [[ELSIE, "Autumn", "44", "empty", ""]]
    assert told.ticked == []
    confirm(room, told)
    assert room.stands() == {("Elsie", 1): (44, "")}
    confirm(room, told, write=told.tickable)
    assert room.stands() == {}


def test_a_cell_changed_here_since_is_a_conflict_with_both_values_and_who_and_when(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    content = filled(room, elsie=45)
    room.save("47", "1:44")
    told = bring(room, content)
    ((name, column, stands, brought, _),) = told.rows("conflict")
    assert (name, column, brought) == (ELSIE, "Autumn", "45")
    assert stands.startswith(f"47 {room.teacher.name} entered 47 on ")
    assert told.ticked == []
    # Nothing chosen: what stands here stays.
    confirm(room, told)
    assert room.stands() == {("Elsie", 1): (47, "")}
    confirm(room, told, **{told.takes[0]: "file"})
    assert room.stands() == {("Elsie", 1): (45, "")}


@subjects_only
def test_what_changed_here_and_not_in_the_file_stays_without_a_question(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    content = filled(room, noah=45)
    room.save("47", "1:44")
    told = bring(room, content)
    assert told.rows("conflict") == []
    assert "1 changed here since, and not in the file" in told.main
    confirm(room, told)
    assert room.stands() == {("Elsie", 1): (47, ""), ("Noah", 1): (45, "")}


@subjects_only
def test_a_cell_changed_between_preview_and_confirmation_is_not_written_over(room: Classroom) -> None:
    told = bring(room, filled(room, elsie=45, noah=46))
    room.save("50")
    done = confirm(room, told)
    assert done.status == 409
    assert "1 saved, 1 not saved" in done.main
    assert f"{room.teacher.name} entered 50" in done.main
    assert room.stands() == {("Elsie", 1): (50, ""), ("Noah", 1): (46, "")}


def test_what_is_not_on_the_scale_is_said_and_the_rest_can_be_saved(room: Classroom) -> None:
    told = bring(room, filled(room, elsie=102, noah=46))
    ((name, _, _, brought, why),) = told.rows("unreadable")
    assert (name, brought) == (ELSIE, "102")
    assert why.startswith("“102” is not on the scale")
    confirm(room, told)
    assert room.stands() == {("Noah", 1): (46, "")}


@pytest.mark.parametrize(
    ("value", "number_format", "points"),
    [(40, "0.00E+00", 44), (400, "0.00E+00", 45), (47.0, "General", 47), ("47 ", "@", 47)],
)
@subjects_only
def test_numbers_are_read_as_they_were_typed(
    room: Classroom, value: Any, number_format: str, points: int
) -> None:
    # A spreadsheet makes 4.00E+01 of the code 4E1, which is 44 points, and 4.00E+02 of 4E2.
    book = Book.of(download(room))
    book[ELSIE, "Autumn"] = value
    book[ELSIE, "Autumn"].number_format = number_format
    assert bring(room, book.content()).rows("new")[0][3] == str(points)


def test_a_number_that_could_be_two_codes_is_asked_about(room: Classroom) -> None:
    # 1.00E+02 is what becomes of 1E2 and of 10E1.
    book = Book.of(download(room))
    book[ELSIE, "Autumn"] = 100
    book[ELSIE, "Autumn"].number_format = "0.00E+00"
    assert "is what the spreadsheet made of a code" in bring(room, book.content()).rows("unreadable")[0][4]


@subjects_only
def test_a_formula_that_nothing_has_worked_out_empties_no_cell(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    told = bring(room, filled(room, elsie="=40+5"))
    assert "has not been worked out" in told.rows("unreadable")[0][4]
    assert told.tickable == []


def test_a_closed_term_is_not_for_entry(room: Classroom) -> None:
    content = filled(room, elsie=45)
    room.close()
    told = bring(room, content)
    assert told.rows("new") == []
    assert told.rows("not_for_entry")[0][4].startswith("Autumn is closed for entry.")


@subjects_only
def test_a_leader_saves_into_a_closed_term_with_a_reason(room: Classroom) -> None:
    head = signed_in(member(room.school, Role.HEAD))
    content = filled(room, elsie=45)
    room.close()
    told = bring(room, content, head)
    assert "Autumn is closed for entry. To change it all the same, say why" in told.main
    assert confirm(room, told, head).status == 423
    assert confirm(room, told, head, because="Moderated").status == 302
    assert room.stands() == {("Elsie", 1): (45, "")}


@subjects_only
def test_a_judgement_with_a_note_is_not_emptied(room: Classroom) -> None:
    room.judged(room.elsie, 44, note="Moderated")
    told = bring(room, filled(room, elsie=None))
    assert "holds a note" in told.rows("not_for_entry")[0][4]


# Whatever has been done to the file.


def rows_of(book: Book) -> list[list[Any]]:
    sheet = book.sheet
    return [
        [sheet.cell(number, column).value for column in range(1, sheet.max_column + 1)]
        for number in range(HEADINGS + 1, sheet.max_row + 1)
    ]


def put(book: Book, rows: list[list[Any]], first_column: int = 1) -> None:
    for number, row in enumerate(rows, start=HEADINGS + 1):
        for column, value in enumerate(row, start=first_column):
            book.sheet.cell(number, column).value = value


@subjects_only
def test_sorted_rows_find_their_pupils(room: Classroom) -> None:
    book = Book.of(filled(room, elsie=45, noah=46))
    put(book, rows_of(book)[::-1])
    told = bring(room, book.content())
    assert [row[:4] for row in told.rows("new")] == [
        [ELSIE, "Autumn", "empty", "45"],
        [NOAH, "Autumn", "empty", "46"],
    ]


@subjects_only
def test_where_a_sort_left_the_hidden_keys_behind_the_names_are_believed(room: Classroom) -> None:
    book = Book.of(filled(room, elsie=45, noah=46))
    put(book, [row[1:] for row in rows_of(book)[::-1]], first_column=2)
    told = bring(room, book.content())
    assert [row[0:4:3] for row in told.rows("new")] == [[ELSIE, "45"], [NOAH, "46"]]
    assert "2 rows were known by the pupil’s name" in told.main


@subjects_only
def test_a_retyped_name_is_known_by_its_hidden_key(room: Classroom) -> None:
    book = Book.of(filled(room, elsie=45))
    book[ELSIE, "Pupil"] = "Elsie B."
    told = bring(room, book.content())
    assert told.rows("new")[0][0] == ELSIE
    assert "says 'Elsie B.': it was known as Brough, Elsie by its hidden key" in told.main


@subjects_only
def test_a_deleted_row_changes_nothing_and_an_added_one_is_told(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    book = Book.of(filled(room, noah=46))
    book.sheet.delete_rows(book.row(ELSIE))
    last = book.sheet.max_row + 1
    book.sheet.cell(last, book.column("Pupil")).value = "=Nobody, Here"
    book.sheet.cell(last, book.column("Autumn")).value = 50
    told = bring(room, book.content())
    assert "1 pupil not in the file: nothing happens to this one" in told.main
    assert told.rows("emptied") == []
    assert told.rows("new") == [[NOAH, "Autumn", "empty", "46", ""]]


@subjects_only
def test_a_row_of_nobody_on_the_sheet_is_named_with_its_number(room: Classroom) -> None:
    book = Book.of(download(room))
    book.sheet.cell(9, book.column("Pupil")).value = "Nobody, Here"
    book.sheet.cell(9, book.column("Autumn")).value = 50
    assert "Row 9: Nobody, Here is not on this sheet." in bring(room, book.content()).main


@subjects_only
def test_a_pupil_who_stands_twice_with_two_values_is_not_understood(room: Classroom) -> None:
    book = Book.of(filled(room, elsie=45))
    twice = rows_of(book)[0]
    twice[book.column("Autumn") - 1] = 46
    for column, value in enumerate(twice, start=1):
        book.sheet.cell(9, column).value = value
    told = bring(room, book.content())
    assert told.rows("new") == []
    assert "stands twice in the file" in told.rows("unreadable")[0][4]


@subjects_only
@pytest.mark.parametrize("third", [45, 46, 47])
def test_a_pupil_who_stands_three_times_is_not_understood_whatever_the_third_says(
    room: Classroom, third: int
) -> None:
    book = Book.of(filled(room, elsie=45))
    row = rows_of(book)[0]
    for number, points in ((9, 46), (10, third)):
        row[book.column("Autumn") - 1] = points
        for column, value in enumerate(row, start=1):
            book.sheet.cell(number, column).value = value
    told = bring(room, book.content())
    assert (told.rows("new"), told.tickable) == ([], [])
    assert "stands twice in the file" in told.rows("unreadable")[0][4]


def test_moved_columns_are_known(room: Classroom) -> None:
    book = Book.of(filled(room, elsie=45))
    autumn = book.column("Autumn")
    column = [book.sheet.cell(number, autumn).value for number in range(1, 7)]
    book.sheet.delete_cols(autumn)
    book.sheet.insert_cols(2)
    for number, value in enumerate(column, start=1):
        book.sheet.cell(number, 2).value = value
    assert bring(room, book.content()).rows("new") == [[ELSIE, "Autumn", "empty", "45", ""]]


def test_retyped_headings_are_known_by_their_hidden_keys(room: Classroom) -> None:
    book = Book.of(filled(room, elsie=45))
    book.sheet.cell(HEADINGS, book.column("Autumn")).value = "Aut 1"
    told = bring(room, book.content())
    assert told.rows("new") == [[ELSIE, "Autumn", "empty", "45", ""]]
    assert "The column 'Autumn', headed 'Aut 1' now, was known by its hidden key." in told.main


def test_without_the_hidden_row_the_headings_are_believed(room: Classroom) -> None:
    book = Book.of(filled(room, elsie=45))
    book.sheet.delete_rows(1)
    told = bring(room, book.content())
    assert told.rows("new") == [[ELSIE, "Autumn", "empty", "45", ""]]
    assert "its hidden key is gone" in told.main


def test_two_columns_of_one_heading_are_refused(room: Classroom) -> None:
    book = Book.of(filled(room, elsie=45))
    book.sheet.cell(HEADINGS, book.column("Autumn")).value = "Spring"
    told = bring(room, book.content())
    assert told.status == 422
    assert "Two columns of the file are 'Spring'" in told.main


def test_without_the_hidden_worksheet_what_stands_here_is_asked_about(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    book = Book.of(filled(room, elsie=45, noah=46))
    del book.workbook["LEP Tracker"]
    told = bring(room, book.content())
    assert told.rows("new") == [[NOAH, "Autumn", "empty", "46", ""]]
    assert "no longer says what stood here" in told.rows("conflict")[0][2]


def test_only_the_properties_still_say_which_sheet_it_is(room: Classroom) -> None:
    book = Book.of(filled(room, elsie=45))
    del book.workbook["LEP Tracker"]
    book.sheet.delete_rows(1)
    book.sheet.delete_cols(1)
    assert bring(room, book.content()).rows("new") == [[ELSIE, "Autumn", "empty", "45", ""]]


# Whose it is.


def another_class(room: Classroom, name: str = "4B") -> ClassGroup:
    with visible_to(room.school):
        group = ClassGroupFactory.create(school=room.school, academic_year=YEAR, name=name)
        membership = Membership.objects.get(user=room.teacher)
        classes.assign_teacher(class_group=group, membership=membership, by=None)
    return group


def refusal(told: Told) -> str:
    assert told.status == 422
    return told.main.split("Choose the file", 1)[1]


@subjects_only
def test_a_file_of_another_class_is_refused_by_name_with_the_way_there(room: Classroom) -> None:
    own = room.group
    content = filled(room, elsie=45)
    room.group = another_class(room)
    told = bring(room, content)
    school = room.school.name
    assert (
        f"This file is 4A’s Mathematics of Autumn 2024/25 at {school}, not 4B’s Mathematics of Autumn 2024/25 at {school}."
        in refusal(told)
    )
    there = reverse("class_marksheet_bring-back", args=[room.school.urn, YEAR, own.public_id, room.sheet])
    assert f'href="{there}?term=autumn"' in told.text


@pytest.mark.parametrize(
    ("of", "named"),
    [
        ({"sheet": "writing"}, "not 4A’s Writing of Autumn"),
        ({"sheet": "all"}, "not 4A’s all subjects of Autumn"),
        ({"term": "spring"}, "not 4A’s Mathematics of Spring"),
    ],
)
@subjects_only
def test_a_file_of_another_sheet_or_term_is_refused_by_name(
    room: Classroom, of: dict[str, str], named: str
) -> None:
    told = bring(room, filled(room, elsie=45), **of)
    assert "This file is 4A’s Mathematics of Autumn 2024/25" in refusal(told)
    assert named in told.main
    assert room.stands() == {}


@subjects_only
def test_a_file_of_another_school_or_year_is_refused_by_name_and_leads_nowhere(
    room: Classroom, other_school: School
) -> None:
    content = filled(room, elsie=45)
    book = Book.of(content)
    for text, told_as in (
        (room.school.urn, other_school.urn),
        ('"academic_year":2024', '"academic_year":2023'),
    ):
        mark = book.sheet["A1"].value
        changed = (
            mark.replace(text, told_as).replace(room.school.name, "Ball Haye").replace("2024/25", "2023/24")
        )
        other = Book.of(content)
        other.sheet["A1"].value = changed
        told = bring(room, other.content())
        assert "This file is 4A’s Mathematics of Autumn 2023/24 at Ball Haye, not" in refusal(told)
        assert "Bring the file back where it belongs" not in told.main


@subjects_only
def test_who_may_not_enter_can_bring_nothing_back(room: Classroom) -> None:
    content = filled(room, elsie=45)
    senco = signed_in(member(room.school, Role.SENCO))
    page: Any = senco.get(address(room, "bring-back"))
    assert "You may look at this sheet and not enter in it" in page.content.decode()
    assert bring(room, content, senco).status == 403
    other = signed_in(member(room.school, Role.TEACHER))
    assert bring(room, content, other).status == 404
    assert bring(room, content, signed_in(member(room.school, Role.GOVERNOR))).status == 403


@subjects_only
def test_what_was_shown_to_one_person_is_not_saved_by_another_or_on_another_sheet(room: Classroom) -> None:
    told = bring(room, filled(room, elsie=45))
    head = signed_in(member(room.school, Role.HEAD))
    assert confirm(room, told, head).status == 400
    assert confirm(room, told, sheet="writing").status == 400
    told.text = told.text.replace('name="content" value="', 'name="content" value="x')
    assert confirm(room, told).status == 400
    assert room.stands() == {}


# What is no such file.


def zipped(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return file.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, part)
    return file.getvalue()


def a_workbook_of_another_kind() -> bytes:
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = "Pupil"
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"Pupil,Autumn\nBrough,45\n", "This is not an Excel workbook (.xlsx)."),
        (b"%PDF-1.7", "This is a PDF."),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "This is an old Excel file (.xls)"),
        (b"PK\x03\x04" + bytes(100), "This workbook cannot be read"),
        (zipped(word__document_DOT_xml=b"<x/>"), "This workbook cannot be read"),
        (
            zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content_DOT_xml=b"<x/>"),
            "This workbook cannot be read",
        ),
        (a_workbook_of_another_kind(), "does not say which marksheet it is of"),
        (b"PK\x03\x04" + bytes(3 * 1024 * 1024), "The file is larger than 2 MB"),
    ],
    ids=["empty", "csv", "pdf", "xls", "broken", "docx", "ods", "another", "huge"],
)
@subjects_only
def test_what_is_no_such_workbook_is_refused_with_a_sentence(
    room: Classroom, content: bytes, sentence: str
) -> None:
    told = bring(room, content)
    assert told.status == 422
    assert sentence in told.main


@subjects_only
def test_a_workbook_with_macros_is_refused(room: Classroom) -> None:
    told = bring(room, with_part(download(room), "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0"))
    assert "This workbook has macros in it (.xlsm)" in refusal(told)


@subjects_only
def test_a_workbook_that_unpacks_to_very_much_is_refused_unread(room: Classroom) -> None:
    bomb = with_part(download(room), "xl/worksheets/sheet9.xml", b"<x>" * 10 * 1024 * 1024)
    assert len(bomb) < 2 * 1024 * 1024
    assert "unpacks to more than a marksheet can hold" in refusal(bring(room, bomb))


@subjects_only
def test_entities_that_grow_are_refused(room: Classroom) -> None:
    entities = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 10))
    hostile = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">' + entities + b"]>"
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        b'<c r="A1" t="inlineStr"><is><t>&e9;</t></is></c></row></sheetData></worksheet>'
    )
    source = zipfile.ZipFile(io.BytesIO(download(room)))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in source.infolist():
            is_sheet = part.filename == "xl/worksheets/sheet1.xml"
            archive.writestr(part, hostile if is_sheet else source.read(part))
    assert "This workbook cannot be read" in refusal(bring(room, file.getvalue()))


@subjects_only
def test_a_preview_costs_the_same_for_three_pupils_as_for_two(room: Classroom) -> None:
    def cost() -> int:
        content = filled(room, elsie=45, noah=46)
        with CaptureQueriesContext(connection) as queries:
            assert bring(room, content).status == 200
        return len(queries)

    before = cost()
    room.joined("Una", "Dale")
    assert cost() == before


@subjects_only
def test_a_visitor_without_a_sign_in_is_sent_there(room: Classroom) -> None:
    answer: Any = Client().get(address(room, "bring-back"))
    assert answer.status_code == 302
