"""The text of a clipboard: what Excel, Google Sheets and LibreOffice write is read back cell by cell."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.imports.clipboard import MOST_CELLS, MOST_CHARACTERS, UnreadableBlock, read_block
from tests.unhurried import unhurried

Rows = list[list[str]]


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def by_excel(rows: Rows) -> str:
    """CRLF after every row, the last one too; a cell with a tab or a line break in quotes, other cells as they stand."""
    return "".join(
        "\t".join(quoted(cell) if {"\t", "\n"} & set(cell) else cell for cell in row) + "\r\n" for row in rows
    )


def by_sheets(rows: Rows) -> str:
    """LF between rows and none at the end; a cell with a line break, a tab or a quote in quotes."""
    return "\n".join(
        "\t".join(quoted(cell) if {"\t", "\n", '"'} & set(cell) else cell for cell in row) for row in rows
    )


def by_libreoffice(rows: Rows) -> str:
    """LF after every row; a cell with a tab in quotes, a line break made a space."""
    return "".join(
        "\t".join(
            quoted(cell.replace("\n", " ")) if "\t" in cell else cell.replace("\n", " ") for cell in row
        )
        + "\n"
        for row in rows
    )


def by_an_old_mac(rows: Rows) -> str:
    """CR after every row, as Excel for the Mac wrote it."""
    return by_excel(rows).replace("\r\n", "\r")


# A cell that begins with a quote and is not put into quotes cannot be told from one that was: spreadsheets cannot read such a one back either.
inner = st.text(st.sampled_from("47dDé’,;=-+ \"\t\nS'"), max_size=8).filter(
    lambda cell: not cell.startswith('"') and cell == cell.strip()
)
tables = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(inner, min_size=width, max_size=width), min_size=1, max_size=6)
)


def trimmed(rows: Rows) -> Rows:
    """Without what is empty at the end, of the block and of its last row."""
    rows = [list(row) for row in rows]
    while rows and not any(rows[-1]):
        rows.pop()
    while rows and not rows[-1][-1]:
        rows[-1].pop()
    return rows


@unhurried
@given(tables, st.sampled_from([by_excel, by_sheets, by_an_old_mac]))
def test_whatever_a_spreadsheet_writes_is_read_back_cell_by_cell(
    rows: Rows, write: Callable[[Rows], str]
) -> None:
    if not trimmed(rows):
        return
    assert read_block(write(rows)) == trimmed(rows)


@unhurried
@given(tables)
def test_what_libreoffice_writes_is_read_back_with_spaces_for_line_breaks(rows: Rows) -> None:
    expected = trimmed([[cell.replace("\n", " ") for cell in row] for row in rows])
    if not expected:
        return
    assert read_block(by_libreoffice(rows)) == expected


@unhurried
@given(st.text(max_size=300))
def test_whatever_the_text_it_is_read_or_refused_in_words(text: str) -> None:
    try:
        rows = read_block(text)
    except UnreadableBlock:
        return
    assert any(cell.strip() for cell in rows[-1])
    assert all(row for row in rows)


@unhurried
@given(st.text(st.sampled_from('"\t\r\n4 \x00'), max_size=60))
def test_quotes_that_do_not_match_never_stop_it(text: str) -> None:
    try:
        rows = read_block(text)
    except UnreadableBlock:
        return
    assert sum(len(row) for row in rows) <= len(text) + 1


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("47", [["47"]]),
        ("47\r\n", [["47"]]),
        ("47\n48\n\n", [["47"], ["48"]]),
        ("47\r48\r", [["47"], ["48"]]),
        ("47\n\n48\n", [["47"], [""], ["48"]]),
        ("Smith, Jo\t47\t\t4d2\r\n", [["Smith, Jo", "47", "", "4d2"]]),
        ("\t47\n45\n", [["", "47"], ["45"]]),
        ('"two\r\nlines"\t47\r\n', [["two\nlines", "47"]]),
        ('"a ""quoted"" word\n"\t47', [['a "quoted" word\n', "47"]]),
        ('"Bob" Smith\t47', [['"Bob" Smith', "47"]]),
        ('6"\t47', [['6"', "47"]]),
        ('"never closed\t47\n48', [['"never closed', "47"], ["48"]]),
        ("4\u00a07\u202f\t\ufeff48\u200b\n", [["4 7 ", "48"]]),
        ("4\x007\x07\t48", [["47", "48"]]),
        ("47\tabsent\t\t\n\t\t\t\n", [["47", "absent"]]),
    ],
)
def test_a_clipboard_is_read_as_a_teacher_sees_it(text: str, rows: Rows) -> None:
    assert read_block(text) == rows


@pytest.mark.parametrize("text", ["", "\r\n", " \t \n\t\n", "\x00", "\u00a0\n"])
def test_a_clipboard_with_nothing_in_it_is_refused(text: str) -> None:
    with pytest.raises(UnreadableBlock, match="nothing to paste"):
        read_block(text)


def test_as_many_cells_as_it_says_are_taken_and_one_more_is_refused() -> None:
    row = "\t".join(["47"] * 100) + "\r\n"
    assert sum(len(cells) for cells in read_block(row * 40)) == MOST_CELLS == 4_000
    with pytest.raises(UnreadableBlock, match="more than 4,000 cells"):
        read_block(row * 40 + "47")


def test_a_text_that_is_far_too_long_is_refused_before_it_is_read() -> None:
    with pytest.raises(UnreadableBlock, match="more than 4,000 cells"):
        read_block("4" * (MOST_CHARACTERS + 1))


def test_a_whole_column_with_its_empty_end_is_the_cells_that_hold_something() -> None:
    assert read_block("47\r\n48\r\n" + "\r\n" * 400_000) == [["47"], ["48"]]


def test_quotes_that_are_never_closed_are_read_in_no_time() -> None:
    rows = read_block('"a\t' * 3_999 + '"a')
    assert len(rows[0]) == 4_000
