"""Tables are found in files as they really are; what is no table is refused in a sentence."""

from __future__ import annotations

import datetime as dt
import os
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schools.imports import tables, text_tables, workbooks
from schools.imports.report import FileRefused
from tests.schools.files import as_csv, part_of, rewrite, write_as_excel, write_csv, write_workbook
from tests.schools.reading import ROWS, SHEET, file, read, refusal, rows_of


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("cp1252", b""),
    ],
)
def test_text_is_read_in_whatever_it_is_written(
    tmp_path: Path, separator: str, line_end: str, encoding: str, mark: bytes
) -> None:
    path = file(tmp_path, mark + as_csv(ROWS, separator, line_end).encode(encoding))
    assert rows_of(path) == [(2, "O’Brien", "Zoë", "15/01/2018"), (3, "Müller", "Jörg", "")]


WORDS = st.text(st.characters(codec="cp1252", exclude_categories=["C"]), max_size=12)


@given(
    body=st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=8),
    encoding=st.sampled_from(["utf-8-sig", "utf-16", "utf-8"]),
    separator=st.sampled_from(",;\t"),
)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_what_is_read(
    tmp_path: Path, body: list[tuple[str, str, str]], encoding: str, separator: str
) -> None:
    path = file(tmp_path, as_csv([ROWS[0], *body], separator).encode(encoding))
    written = [(number, *row) for number, row in enumerate(body, start=2) if "".join(row).strip(" \xa0")]
    assert rows_of(path) == written


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    text = (
        'Roll of the school,,\n\nSurname,Forename,DOB\n"two\nlines",Ann,\n,,\n  ,\xa0,\nLast,Bob,,,,\n\n,,\n'
    )
    path = file(tmp_path, text.encode())
    assert read(path).heading_row == 3
    assert rows_of(path) == [(4, "two\nlines", "Ann", ""), (7, "Last", "Bob", "")]


def test_headings_repeated_on_each_page_are_no_rows(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "pages.csv", [*ROWS, ["SURNAME", "Forename ", "D.O.B."], ["Cox", "Di", ""]])
    assert [row[:2] for row in rows_of(path)] == [(2, "O’Brien"), (3, "Müller"), (5, "Cox")]


def test_a_short_row_has_blanks_at_its_end(tmp_path: Path) -> None:
    assert rows_of(file(tmp_path, b"Surname,Forename,DOB\nCox\n")) == [(2, "Cox", None, None)]


def test_a_row_that_runs_on_beyond_its_headings_is_refused_as_slipped(tmp_path: Path) -> None:
    slipped = file(tmp_path, b"Surname,Forename,DOB\nCox,Di,2017-01-02\nFry,Lou, the second,2017-05-06\n")
    assert refusal(slipped).startswith("Row 3 has more cells than there are headings.")
    blank_beyond = file(tmp_path, b"Surname,Forename\nCox,Di,,\n")
    assert rows_of(blank_beyond) == [(2, "Cox", "Di")]


def test_a_file_for_old_systems_may_end_in_their_mark(tmp_path: Path) -> None:
    assert rows_of(file(tmp_path, b"Surname,Forename\r\nCox,Di\r\n\x1a")) == [(2, "Cox", "Di")]


def test_headings_without_rows_are_a_table_of_nobody(tmp_path: Path) -> None:
    assert rows_of(file(tmp_path, b"Surname,Forename")) == []


def test_a_workbook_gives_numbers_dates_and_cached_values_as_they_are(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "roll.xlsx",
        [
            ["The school", None, None],
            [],
            ["Surname", "Forename", "DOB"],
            ["Cox", 4.0, dt.date(2018, 1, 15)],
            [True, 12, 43115],
        ],
    )
    # As Excel leaves it: a formula with the value it last had.
    sheet = part_of(path, SHEET).replace(b"<v>12</v>", b"<f>6*2</f><v>12</v>")
    assert sheet != part_of(path, SHEET)
    rewrite(path, SHEET, sheet)
    assert rows_of(path) == [
        (4, "Cox", 4, dt.datetime(2018, 1, 15)),
        (5, True, 12, 43115),
    ]


def test_of_several_sheets_the_visible_one_with_most_headings_is_read(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "roll.xlsx",
        [["Surname"], ["of the front page"]],
        [ROWS[0], ["hidden", "x", "y"]],
        [ROWS[0][:2], ["Cox", "Di"]],
        hidden=[1],
    )
    assert read(path).sheet == "Sheet3"
    assert rows_of(path) == [(2, "Cox", "Di")]


def test_sheets_that_match_equally_well_are_refused_rather_than_one_of_them_lost(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "roll.xlsx", [ROWS[0], ["Cox", "Di"]], [ROWS[0], ["Dee", "Bo"]])
    with pytest.raises(FileRefused) as refused:
        read(path)
    assert str(refused.value) == (
        "The sheets 'Sheet1' and 'Sheet2' hold such a table each. Put all rows into one sheet, or hide the sheets that"
        " are not meant."
    )


def test_of_equal_sheets_one_without_rows_does_not_count(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "roll.xlsx", [["a form"], ROWS[0]], [["a list"], ROWS[0], ["Cox", "Di"]])
    assert rows_of(path) == [(3, "Cox", "Di", None)]
    empty = write_workbook(tmp_path / "empty.xlsx", [ROWS[0]], [ROWS[0]])
    assert read(empty).sheet == "Sheet1"


def test_sheets_that_hold_much_of_such_a_table_are_told(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "roll.xlsx",
        [["Surname"], ["a front page"]],
        [ROWS[0], ["Cox", "Di", "15/01/2018"]],
        [ROWS[0][:2], ["Dee", "Bo"]],
        [ROWS[0][:2]],
    )
    table = read(path)
    assert (table.sheet, table.other_sheets) == ("Sheet2", ("Sheet3",))


def test_words_that_cells_share_are_read(tmp_path: Path) -> None:
    path = write_as_excel(tmp_path / "roll.xlsx", [ROWS[0], ["Cox", "Di", 43115]])
    assert rows_of(path) == [(2, "Cox", "Di", 43115)]


def test_what_a_sheet_says_of_its_size_is_not_believed(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "roll.xlsx", ROWS)
    sheet = part_of(path, SHEET)
    started = time.process_time()
    for claim in (b"A1:XFD1048576", b"A1:A1"):
        rewrite(path, SHEET, sheet.replace(b"A1:C3", claim))
        assert [row[:2] for row in rows_of(path)] == [(2, "O’Brien"), (3, "Müller")]
    assert time.process_time() - started < 5


def test_a_workbook_is_known_by_its_content_whatever_its_name(tmp_path: Path) -> None:
    workbook = write_workbook(tmp_path / "roll.xlsx", ROWS).rename(tmp_path / "roll.csv")
    text = write_csv(tmp_path / "roll.xlsx", ROWS)
    assert [row[1] for row in rows_of(workbook)] == [row[1] for row in rows_of(text)] == ["O’Brien", "Müller"]


OTHERWISE = "Export the report as an Excel workbook (.xlsx) or as CSV."


OLD_EXCEL = (
    "This is an old Excel file (.xls), or one locked with a password."
    " Open it in Excel and save it as an Excel workbook (.xlsx) without a password, or as CSV."
)


WEB_PAGE = (
    "This is a web page, not a table, even where Excel opens it."
    " In Excel, save it as an Excel workbook (.xlsx) or as CSV."
)


TRANSFER_FILE = "This is a common transfer file (CTF), not a table. It is taken in as a file of pupils."


OTHER_XML = "This is XML, not a table. Export the data as CSV or as an Excel workbook (.xlsx)."


NO_HEADINGS = (
    "No row of headings was found in the first ten rows."
    " The first row should name the columns, such as Surname, Forename, UPN."
)


def broken_row(number: int) -> str:
    return f"Row {number} cannot be read: its quotation marks do not pair, or a cell has more than 131,072 characters."


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf \r\n\r\n", "The file is empty."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), OLD_EXCEL),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", f"This is a PDF, not a table. {OTHERWISE}"),
        (b"{\\rtf1\\ansi Surname}", f"This is a text document, not a table. {OTHERWISE}"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", text_tables._NOT_TEXT),
        (b"Surname,Forename\nCox,Di\x00\n", text_tables._NOT_TEXT),
        (b"Surname,Forename\nCox,Di\x1b[2J\n", text_tables._NOT_TEXT),
        (b"Surname,Forename\nCox,\x81\n", text_tables._NOT_TEXT),
        ("Surname\n\ud800".encode("utf-16-le", "surrogatepass"), text_tables._NOT_TEXT),
        (b"<html><table><tr><td>Surname</td></tr></table></html>", WEB_PAGE),
        (b'<?xml version="1.0"?>\n<CTfile><Header/></CTfile>', TRANSFER_FILE),
        (b"<pupils><pupil/></pupils>", OTHER_XML),
        (b"PK\x03\x04 and no archive", workbooks._DAMAGED),
        (b"apples,pears\n1,2\n", NO_HEADINGS),
        (b'Surname,Forename\nCox,Di\n"Dee,Ed\nEve,Fay\n', broken_row(3)),
        (b"Surname,Forename\nCox," + b"x" * 200_000, broken_row(2)),
        (
            b"Surname,Forename\n" + b"x," * 5_000_000,
            "Line 2 has more than 1,048,576 characters: this is not a table.",
        ),
    ],
    ids=lambda value: str(value[:20]),
)
def test_what_is_no_table_is_refused_and_says_what_it_is(tmp_path: Path, content: bytes, why: str) -> None:
    assert refusal(file(tmp_path, content)) == why


@pytest.mark.parametrize(
    ("part", "why"),
    [
        (
            "content.xml",
            "This is an OpenDocument file (.ods). Save it as an Excel workbook (.xlsx) or as CSV.",
        ),
        ("xl/workbook.bin", "This is a binary Excel workbook (.xlsb). Save it as .xlsx or as CSV."),
        (
            "word/document.xml",
            "This is a Word document. Export the table as an Excel workbook (.xlsx) or as CSV.",
        ),
        ("holiday.jpg", workbooks._NO_WORKBOOK),
    ],
)
def test_archives_that_hold_something_else_are_told_apart(tmp_path: Path, part: str, why: str) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr(part, "x")
    assert refusal(tmp_path / "other.zip") == why


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.csv") == f"There is no file {tmp_path}/none.csv."
    assert refusal(tmp_path) == f"{tmp_path} is not a file."
    assert refusal(Path("/dev/zero")) == "/dev/zero is not a file."
    assert refusal(tmp_path / ("x" * 300)).startswith("The file ")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = file(tmp_path, b"Surname")
    path.chmod(0)
    assert refusal(path) == f"The file {path} cannot be read: Permission denied."


def test_files_are_read_up_to_a_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_tables, "LARGEST", 20)
    monkeypatch.setattr(workbooks, "LARGEST", 20)
    assert refusal(write_csv(tmp_path / "a.csv", ROWS)) == "The file is larger than 0 MB."
    assert (
        refusal(write_workbook(tmp_path / "a.xlsx", ROWS))
        == "The workbook is larger than 0 MB. Save the one sheet as CSV."
    )


def test_a_file_that_goes_on_for_ever_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 2)
    assert refusal(write_csv(tmp_path / "a.csv", ROWS)) == "The file has more than 2 rows."


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ROWS)
    table = read(path)
    path.write_bytes(b"Surname,Forename,DOB\nCox,\xff\xff\n")
    with pytest.raises(FileRefused, match="The file changed while it was read"):
        list(table.rows)


def test_a_workbook_without_a_sheet_to_see_is_refused(tmp_path: Path) -> None:
    path = write_as_excel(tmp_path / "roll.xlsx", ROWS)
    book = part_of(path, "xl/workbook.xml")
    rewrite(path, "xl/workbook.xml", book.replace(b"<sheet ", b'<sheet state="hidden" '))
    assert refusal(path) == "The workbook has no worksheet that can be seen."
