"""A marksheet to fill in, as a workbook and on paper: what is in it, and who gets it."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessment.engine.point_scale import read_points
from assessment.imports.marksheet_identity import Identity
from reports.exports.marksheet_workbook import _codes
from schools.calendar import YearGroup
from schools.models import Role
from tests.assessment.classroom import Classroom, room
from tests.assessment.filled_files import HEADINGS, Book, address, download
from tests.conftest import member, signed_in

__all__ = ["room"]

pytestmark = pytest.mark.django_db

ELSIE, NOAH = "Brough, Elsie", "Cox, Noah"


def test_the_workbook_has_a_row_a_pupil_and_what_stands_in_the_cells(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    room.judged(room.noah, None, reason="absent")
    room.judged(room.elsie, 41, term=0)
    book = Book.of(download(room))
    assert [cell.value for cell in book.sheet[HEADINGS]] == [
        "Key",
        "Pupil",
        "Summer 2024",
        "Baseline",
        "Autumn",
        "Against the range",
        "Spring",
        "Against the range",
        "Summer",
        "Against the range",
        "This term steps",
        "This year steps",
    ]
    assert [book[ELSIE, of].value for of in ("Baseline", "Autumn", "Spring")] == [41, 44, None]
    assert book[NOAH, "Autumn"].value == "absent"
    # From 41 to 44.
    assert book[ELSIE, "This year steps"].value == 3


def test_keys_are_hidden_and_say_which_sheet_it_is_and_what_stood_in_it(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    book = Book.of(download(room))
    sheet, hidden = book.sheet, book.workbook["LEP Tracker"]
    assert sheet.row_dimensions[1].hidden
    assert sheet.column_dimensions["A"].hidden
    assert hidden.sheet_state == "veryHidden"
    said = sheet["A1"].value
    assert said == hidden["A1"].value == book.workbook.custom_doc_props["LEP Tracker marksheet"].value
    identity = Identity.from_text(said)
    assert identity
    assert identity.keys == (
        room.school.urn,
        2024,
        "class",
        str(room.group.public_id),
        "mathematics",
        "autumn",
    )
    assert [cell.value for cell in sheet[1]][1:6] == [
        "pupil",
        "mathematics.last-summer",
        "mathematics.baseline",
        "mathematics.autumn",
        "mathematics.autumn/range",
    ]
    assert sheet.cell(book.row(ELSIE), 1).value == str(room.elsie.public_id)
    saws = {tuple(row[:2]): row[2] for row in hidden.iter_rows(min_row=2, max_col=3, values_only=True)}
    assert saws[str(room.elsie.public_id), "mathematics.autumn"] == "1:44"
    assert saws[str(room.noah.public_id), "mathematics.autumn"] == "0:"


def test_only_what_may_be_entered_is_unlocked_and_validated_with_a_warning(room: Classroom) -> None:
    room.close()
    book = Book.of(download(room))
    locked = {of: book[ELSIE, of].protection.locked for of in ("Pupil", "Summer 2024", "Autumn", "Spring")}
    assert locked == {"Pupil": True, "Summer 2024": True, "Autumn": True, "Spring": False}
    protection = book.sheet.protection
    assert protection.sheet
    assert not protection.password
    assert not any((protection.sort, protection.autoFilter, protection.formatColumns))
    rules = book.sheet.data_validations.dataValidation
    assert [str(rule.sqref) for rule in rules] == ["F5:F6", "H5:H6"]
    assert {rule.errorStyle for rule in rules} == {"warning"}
    assert all("1 to 101" in rule.prompt for rule in rules)


def test_colours_come_with_a_mark_and_a_word_by_the_year_group_of_the_row(room: Classroom) -> None:
    # Expected in Autumn: 43 to 44 in Year 4, 36 to 37 in Year 3.
    room.joined("Una", "Dale", year_group=YearGroup.Y3)
    book = Book.of(download(room))
    autumn = book.column("Autumn")

    def word(name: str) -> str:
        return str(book.sheet.cell(book.row(name), autumn + 1).value)

    ranges = {name: tuple(map(int, re.findall(r"[<>](\d+)", word(name)))) for name in (ELSIE, "Dale, Una")}
    assert ranges == {ELSIE: (43, 44), "Dale, Una": (36, 37)}
    assert all(f'"{said}"' in word(ELSIE) for said in ("▼ below", "● at", "▲ above"))
    rules = [rule for each in book.sheet.conditional_formatting for rule in each.rules]
    assert len(rules) == 9


def test_the_page_is_landscape_as_wide_as_the_paper_with_headings_on_each(room: Classroom) -> None:
    sheet = Book.of(download(room)).sheet
    assert sheet.freeze_panes == "C5"
    assert sheet.page_setup.orientation == "landscape"
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$4:$4"
    assert sheet["B5"].font.bold
    # With the keys, so that whoever sorts takes them along.
    assert sheet.auto_filter.ref == "A4:L6"


def test_names_that_look_like_formulas_are_text(room: Classroom) -> None:
    for surname in ("=Cmd", "+Cmd", "-Cmd", "@Cmd"):
        room.joined("Eve", surname)
    sheet = Book.of(download(room)).sheet
    names = [sheet.cell(row, 2) for row in range(5, 11)]
    assert {cell.value for cell in names} >= {"'=Cmd, Eve", "'+Cmd, Eve", "'-Cmd, Eve", "'@Cmd, Eve"}
    assert {cell.data_type for cell in names} == {"s"}


@pytest.mark.parametrize("sheet", ["all", "mathematics"])
def test_every_sheet_can_be_filled_in(room: Classroom, sheet: str) -> None:
    book = Book.of(download(room, sheet=sheet))
    heading = "Mathematics: Autumn" if sheet == "all" else "Autumn"
    assert not book[ELSIE, heading].protection.locked


def test_the_codes_of_the_workbook_are_those_of_the_scale() -> None:
    codes = _codes()
    assert len(codes) > 140
    assert {code: read_points(code) for code in codes} == codes


def test_the_name_of_a_file_says_what_is_in_it(room: Classroom) -> None:
    for door, words in (("workbook", "to-fill-in"), ("blank", "blank")):
        answer: Any = room.client.get(address(room, door))
        said = answer.headers["Content-Disposition"]
        pattern = rf"school-\d+-4a-mathematics-autumn-2024-25-{words}-\d{{4}}-\d\d-\d\d\.(xlsx|pdf)"
        assert re.search(pattern, said), said


def test_a_governor_and_a_teacher_of_another_class_get_neither(room: Classroom) -> None:
    for role, status in ((Role.GOVERNOR, 403), (Role.TEACHER, 404)):
        client = signed_in(member(room.school, role))
        for door in ("workbook", "blank"):
            answer: Any = client.get(address(room, door))
            assert answer.status_code == status


def test_three_pupils_cost_as_many_queries_as_two(room: Classroom) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            download(room)
        return len(queries)

    before = cost()
    room.joined("Una", "Dale", year_group=YearGroup.Y3)
    assert cost() == before


# On paper.

LONG_NAME = ("Bartholomew-Featherstonehaugh", "Maximiliana Alexandrina")


def blank(room: Classroom, folder: Path, **of: str) -> dict[str, str]:
    """What pdfinfo and pdftotext say of the PDF: its pages, whether it is tagged, its text."""
    answer: Any = room.client.get(address(room, "blank", **of))
    assert answer.headers["Content-Type"] == "application/pdf"
    path = folder / "blank.pdf"
    path.write_bytes(answer.content)

    def said_by(program: str, *given: str) -> str:
        found = shutil.which(program)
        assert found, f"{program} is missing: script/setup --tests installs poppler-utils."
        return subprocess.run([found, *given], capture_output=True, text=True, check=True, timeout=60).stdout

    info = dict(line.split(":", 1) for line in said_by("pdfinfo", str(path)).splitlines() if ":" in line)
    text = " ".join(said_by("pdftotext", "-layout", str(path), "-").split())
    return {key: value.strip() for key, value in info.items()} | {"text": text}


def thirty(room: Classroom, more: int = 28) -> None:
    for number in range(more):
        surname, forename = LONG_NAME if number % 4 == 0 else ("Pupil", "Sam")
        pupil = room.joined(f"{forename}{number:02}", surname)
        room.judged(pupil, 41, term=0)


def test_thirty_pupils_with_long_names_stand_on_one_landscape_page(room: Classroom, tmp_path: Path) -> None:
    thirty(room)
    # Eight columns of judgements with three earlier Summers.
    for sheet, term in (("mathematics", "autumn"), ("mathematics", "autumn&earlier=3"), ("all", "autumn")):
        said = blank(room, tmp_path, sheet=sheet, term=term)
        assert said["Pages"] == "1"
        assert said["Tagged"] == "yes"
        assert said["Page size"].startswith("841.89 x 595.276")
        assert "4A · " in said["text"]
        assert room.teacher.name in said["text"]
        assert "Autumn 2024/25" in said["text"]
        assert "30 Pupil, Sam" in said["text"]
        assert "Year 4 expected 43 to 44" in said["text"]
        assert "Page 1" not in said["text"]


def test_seventeen_areas_stand_on_one_page_under_the_names_of_their_areas_of_learning(
    room: Classroom, tmp_path: Path
) -> None:
    for number in range(30):
        surname, forename = LONG_NAME if number % 4 == 0 else ("Pupil", "Sam")
        born = dt.date(2020, 9, 1)
        room.joined(f"{forename}{number:02}", surname, year_group=YearGroup.R, pupil__date_of_birth=born)
    said = blank(room, tmp_path, sheet="areas", term="autumn")
    assert said["Pages"] == "1"
    assert "30 Pupil, Sam" in said["text"]
    # Each with the age on the last day of the term, also where the name is long.
    assert len(re.findall(r"\b51\b", said["text"])) == 30
    # Once over its areas, and not again in the heading of each.
    assert said["text"].count("Physical development") == 1
    assert "Physical development:" not in said["text"]


def test_more_pupils_are_on_numbered_pages_with_the_headings_on_each(room: Classroom, tmp_path: Path) -> None:
    thirty(room, more=40)
    said = blank(room, tmp_path)
    assert said["Pages"] == "2"
    assert "Page 1 of 2" in said["text"]
    assert said["text"].count("Summer 2024") == 2


def test_the_judgement_before_is_printed_small_and_nobody_without_one_has_a_nought(
    room: Classroom, tmp_path: Path
) -> None:
    room.judged(room.elsie, 41, term=0)
    text = blank(room, tmp_path)["text"]
    assert re.search(r"Brough, Elsie 41 41 ", text + " ")
    assert re.search(r"Cox, Noah\s*$", text)


def test_the_workbook_opens_for_people_who_only_look(room: Classroom) -> None:
    answer: Any = signed_in(member(room.school, Role.SENCO)).get(address(room, "workbook"))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert all(cell.protection.locked for row in sheet.iter_rows(min_row=5) for cell in row)
