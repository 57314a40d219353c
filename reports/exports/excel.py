"""Tables as an Excel workbook: a sheet each, bold headings that stay in sight, numbers as numbers."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from itertools import count, islice
from textwrap import wrap
from typing import IO, Any, Protocol

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from reports.documents.tables import Table, Value
from reports.exports.formulas import defused

_SHEET_TITLE_LENGTH = 31
# In characters: names are not cut off, and a sentence does not push the figures out of sight.
_WIDEST_TEXT = 40
# Of sheets with a column or two, which are mostly sentences.
_WIDEST_PROSE, _COLUMNS_OF_PROSE = 80, 2
# In points: a line of text, and the tallest row that Excel has.
_LINE, _TALLEST_ROW = 15, 409
_A_NAME = 24
# A sheet of Excel has 1,048,576 rows, one of them the headings.
_MOST_LINES = 1_000_000
# What XML cannot hold: openpyxl refuses the first, and Excel a workbook with the others.
_NOT_IN_A_WORKBOOK = re.compile(f"{ILLEGAL_CHARACTERS_RE.pattern}|[\ud800-\udfff\ufffe\uffff]")
_NOT_IN_A_SHEET_TITLE = re.compile(r"[\\*?:/\[\]]")


def to_xlsx(table: Table) -> bytes:
    """The workbook's bytes. Text is written as text, never as a formula."""
    return to_xlsx_sheets([table])


def to_xlsx_sheets(tables: Sequence[Table]) -> bytes:
    """The bytes of a workbook with a sheet for each table, which bears its title."""
    workbook = Workbook(write_only=True)
    for table in tables:
        _write(workbook, table)
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


class Lines(Protocol):
    """A sheet whose lines are written as they come, and never all held."""

    @property
    def title(self) -> str: ...
    @property
    def headings(self) -> Sequence[str]: ...
    @property
    def rows(self) -> Iterable[Sequence[Value]]: ...


def write_sheets(into: IO[bytes], sheets: Iterable[Lines]) -> None:
    """Write a workbook with a sheet for each, and a further one where a sheet of Excel is full. Columns are as wide as a name needs."""
    workbook = Workbook(write_only=True)
    for each in sheets:
        lines = iter(each.rows)
        for number in count(1):
            sheet = _begun(workbook, each.title if number == 1 else f"{each.title} {number}")
            for place, _ in enumerate(each.headings, start=1):
                sheet.column_dimensions[get_column_letter(place)].width = _A_NAME
            sheet.append([_heading(sheet, text) for text in each.headings])
            if _appended(sheet, islice(lines, _MOST_LINES)) < _MOST_LINES:
                break
    workbook.save(into)


def _appended(sheet: Any, lines: Iterable[Sequence[Value]]) -> int:
    written = 0
    for row in lines:
        sheet.append([defused(_written(one)) if isinstance(one, str) else one for one in row])
        written += 1
    return written


def _begun(workbook: Workbook, title: str) -> Any:
    named = _NOT_IN_A_SHEET_TITLE.sub("-", _written(title))
    sheet: Any = workbook.create_sheet(named[:_SHEET_TITLE_LENGTH])
    sheet.freeze_panes = "A2"
    # Printed: as wide as a page, with its headings on each.
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    return sheet


def _write(workbook: Workbook, table: Table) -> None:
    sheet = _begun(workbook, table.title)
    limit = _WIDEST_PROSE if len(table.headings) <= _COLUMNS_OF_PROSE else _WIDEST_TEXT
    for number, heading in enumerate(table.headings, start=1):
        texts = (len(text) for row in table.rows if isinstance(text := row[number - 1], str))
        widest = max(len(heading), min(max(texts, default=0), limit))
        sheet.column_dimensions[get_column_letter(number)].width = max(10, widest + 2)
    sheet.append([_heading(sheet, text) for text in table.headings])
    for number, row in enumerate(table.rows, start=2):
        lines = max((len(wrap(value, limit)) for value in row if isinstance(value, str)), default=1)
        if lines > 1:
            # A program that opens it need not measure them.
            sheet.row_dimensions[number].height = min(lines * _LINE, _TALLEST_ROW)
        sheet.append([_cell(sheet, value, is_tall=lines > 1) for value in row])


def _heading(sheet: Any, text: str) -> Cell:
    cell: Cell = WriteOnlyCell(sheet, defused(_written(text)))
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Any, value: Value, *, is_tall: bool) -> Any:
    """In a row in which a text is longer than its column is wide, all begin at the top."""
    written: Any = defused(_written(value)) if isinstance(value, str) else value
    if not is_tall:
        return written
    cell: Cell = WriteOnlyCell(sheet, written)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _written(text: str) -> str:
    """With a space for each character that a workbook cannot hold."""
    return _NOT_IN_A_WORKBOOK.sub(" ", text)
