"""A file with a table in it, whatever wrote it: a workbook, or text with commas, semicolons or tabs.

What a file is follows from its first bytes, never from its name. Whatever cannot be read is refused with a sentence;
no file, however damaged or hostile, raises anything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from schools.imports import text_tables, workbooks
from schools.imports.headings import ROWS_SEARCHED, Column, Headings, HeadingSet, normalised
from schools.imports.report import FileRefused
from schools.imports.values import Cell, is_blank, text_of
from schools.imports.workbooks import MOST_ROWS

LONGEST_HEADING = 100
LONGEST_SAMPLE = 40
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0"
_OTHERWISE = "Export the report as an Excel workbook (.xlsx) or as CSV."
_KNOWN_BEGINNINGS = {
    _OLE: "This is an old Excel file (.xls), or one locked with a password."
    " Open it in Excel and save it as an Excel workbook (.xlsx) without a password, or as CSV.",
    b"%PDF": f"This is a PDF, not a table. {_OTHERWISE}",
    b"{\\rtf": f"This is a text document, not a table. {_OTHERWISE}",
}


@dataclass(frozen=True)
class Row:
    """A row below the headings: its number as a spreadsheet shows it, and what stands under each field's column."""

    number: int
    cells: Mapping[str, Cell]
    # The row's first cell that is not blank: a row of totals says so there.
    first: Cell = None


@dataclass(frozen=True)
class Table:
    """The table of a file.

    `rows` can be walked once, skips blank rows and repeated headings, and raises FileRefused where the file turns out to be damaged further down.
    """

    # As a spreadsheet numbers it.
    heading_row: int
    columns: Mapping[str, Column]
    unknown_headings: tuple[str, ...]
    # Headings that say again what another says, each with the one that counts.
    repeated_headings: tuple[tuple[str, str], ...]
    rows: Iterator[Row]
    # The worksheet's name; empty for text.
    sheet: str = ""
    # Worksheets that hold much of such a table too, and were not read.
    other_sheets: tuple[str, ...] = ()

    def heading(self, field: str, otherwise: str = "") -> str:
        """The field's heading as it stands in this file."""
        return self.columns[field].heading if field in self.columns else otherwise

    @property
    def all_headings(self) -> tuple[str, ...]:
        """Every heading found, in the order of the fields; then the others."""
        known = (column.heading for column in sorted(self.columns.values(), key=lambda each: each.index))
        return (*known, *(heading for heading, _ in self.repeated_headings), *self.unknown_headings)


@dataclass(frozen=True)
class Heading:
    """A heading of a file, the field that its column is read as ("" where nothing of it is read), and what stands first below it."""

    text: str
    field: str
    sample: str = ""


def headings_of(path: Path, *, headings: HeadingSet) -> tuple[Heading, ...]:
    """The headings of the file, in its order, so that somebody can say what they mean: of the row that matches best, or of the first with two words in it.

    Raises FileRefused for what is no table.
    """
    source = _open(path, headings)
    rows = list(islice(source.rows(), ROWS_SEARCHED))
    index, found = headings.best_row(rows)
    if not found.score:
        index = next((at for at, row in enumerate(rows) if sum(isinstance(cell, str) for cell in row) > 1), 0)
    by_index = {column.index: column.field for column in _all_columns(found)}
    cells = rows[index] if rows else ()
    said = [
        (at, " ".join(str(cell).lstrip("\ufeff").split()))
        for at, cell in enumerate(cells)
        if not is_blank(cell)
    ]
    return tuple(
        Heading(text[:LONGEST_HEADING], by_index.get(at, ""), _sample(rows[index + 1 :], at))
        for at, text in said
    )


def _sample(rows: Iterable[tuple[Cell, ...]], at: int) -> str:
    """The first value below, of the few rows that were read."""
    first = next((row[at] for row in rows if at < len(row) and not is_blank(row[at])), None)
    return text_of(first)[:LONGEST_SAMPLE]


def _open(path: Path, headings: HeadingSet) -> workbooks.Sheet | text_tables.Text:
    beginning = _beginning(path)
    _refuse_other_kinds(beginning)
    if beginning.startswith(_ZIP):
        return workbooks.open_sheet(path, headings=headings)
    return text_tables.open_text(path, headings=headings)


def read_table(path: Path, *, headings: HeadingSet, such_as: str = "Surname, Forename, UPN") -> Table:
    """The table of the file, its headings those of the best row among the first ten.

    A workbook gives the visible sheet that matches best; two that match equally well are refused. Raises FileRefused where there is no table that can be read,
    or no row with a single heading known; `such_as` then tells which would be.
    """
    source = _open(path, headings)
    index, found = headings.best_row(islice(source.rows(), ROWS_SEARCHED))
    if not found.score:
        raise FileRefused(
            "No row of headings was found in the first ten rows."
            f" The first row should name the columns, such as {such_as}."
        )
    return Table(
        heading_row=index + 1,
        columns=found.columns,
        unknown_headings=found.unknown,
        repeated_headings=found.repeated,
        rows=_rows(_as_wide_as_needed(source, found, index + 1), index + 1, found),
        sheet=source.name,
        other_sheets=source.others,
    )


def _as_wide_as_needed(
    source: workbooks.Sheet | text_tables.Text, found: Headings, heading_row: int
) -> Iterator[tuple[Cell, ...]]:
    """The rows as far as the last column that is known. Text that runs on beyond its headings has slipped: it is refused."""
    if isinstance(source, workbooks.Sheet):
        yield from source.rows(max(column.index for column in _all_columns(found)) + 1)
        return
    headings = 0
    for number, cells in enumerate(source.rows(), start=1):
        if number == heading_row:
            headings = len(cells)
        elif number > heading_row and any(not is_blank(cell) for cell in cells[headings:]):
            raise FileRefused(
                f"Row {number} has more cells than there are headings. Has a cell a comma in it, or whatever stands between"
                " the cells? Put such a cell in quotation marks, or save the file as an Excel workbook."
            )
        yield cells


def _beginning(path: Path) -> bytes:
    """The file's first bytes; FileRefused for what is not a file with something in it."""
    try:
        if not path.exists():
            raise FileRefused(f"There is no file {path}.")
        if not path.is_file():
            raise FileRefused(f"{path} is not a file.")
        with path.open("rb") as file:
            beginning = file.read(1024)
    except (OSError, ValueError) as error:
        if isinstance(error, FileRefused):
            raise
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it has no such name"
        raise FileRefused(f"The file {path} cannot be read: {reason}.") from error
    if not beginning.strip(b"\xef\xbb\xbf\xff\xfe\x00\t\r\n \x1a"):
        raise FileRefused("The file is empty.")
    return beginning


def _refuse_other_kinds(beginning: bytes) -> None:
    for magic, sentence in _KNOWN_BEGINNINGS.items():
        if beginning.startswith(magic):
            raise FileRefused(sentence)
    # Without the noughts of UTF-16, and without its mark or that of UTF-8.
    start = beginning.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<head")):
        raise FileRefused(
            "This is a web page, not a table, even where Excel opens it."
            " In Excel, save it as an Excel workbook (.xlsx) or as CSV."
        )
    if b"<ctfile" in start:
        raise FileRefused(
            "This is a common transfer file (CTF), not a table. It is taken in as a file of pupils."
        )
    if start.startswith(b"<"):
        raise FileRefused("This is XML, not a table. Export the data as CSV or as an Excel workbook (.xlsx).")


def _all_columns(found: Headings) -> Iterator[Column]:
    yield from found.columns.values()
    for fellows in found.fellows.values():
        yield from fellows


def _cell(cells: tuple[Cell, ...], column: Column) -> Cell:
    return cells[column.index] if column.index < len(cells) else None


def _rows(source: Iterable[tuple[Cell, ...]], heading_row: int, found: Headings) -> Iterator[Row]:
    columns = list(found.columns.values())
    for number, cells in enumerate(source, start=1):
        if number > MOST_ROWS:
            raise FileRefused(f"The file has more than {MOST_ROWS:,} rows.")
        if number <= heading_row:
            continue
        first = next((cell for cell in cells if not is_blank(cell)), None)
        if first is None:
            continue
        here = {column.field: _cell(cells, column) for column in columns}
        for name, fellows in found.fellows.items():
            if is_blank(here[name]):
                said = (_cell(cells, column) for column in fellows)
                here[name] = next((cell for cell in said if not is_blank(cell)), here[name])
        if len(columns) == 1 or not _repeats_headings(here, columns):
            yield Row(number, here, first)


def _repeats_headings(cells: Mapping[str, Cell], columns: list[Column]) -> bool:
    """Exports that are broken into pages say the headings again on each."""
    return all(
        isinstance(cells[column.field], str) and normalised(cells[column.field]) == normalised(column.heading)
        for column in columns
    )
