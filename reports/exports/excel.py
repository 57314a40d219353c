"""Tables as an Excel workbook: a sheet each, bold headings that stay in sight, numbers as numbers."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from reports.documents.tables import Table, Value
from reports.exports.formulas import defused

_SHEET_TITLE_LENGTH = 31
# In characters: names are not cut off, and a sentence does not push the figures out of sight.
_WIDEST_TEXT = 40
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


def _write(workbook: Workbook, table: Table) -> None:
    title = _NOT_IN_A_SHEET_TITLE.sub("-", _written(table.title))
    sheet: Any = workbook.create_sheet(title[:_SHEET_TITLE_LENGTH])
    sheet.freeze_panes = "A2"
    for number, heading in enumerate(table.headings, start=1):
        texts = (len(text) for row in table.rows if isinstance(text := row[number - 1], str))
        widest = max(len(heading), min(max(texts, default=0), _WIDEST_TEXT))
        sheet.column_dimensions[get_column_letter(number)].width = max(10, widest + 2)
    sheet.append([_heading(sheet, text) for text in table.headings])
    for row in table.rows:
        sheet.append([_cell(value) for value in row])


def _heading(sheet: Any, text: str) -> Cell:
    cell: Cell = WriteOnlyCell(sheet, defused(_written(text)))
    cell.font = Font(bold=True)
    return cell


def _cell(value: Value) -> Value:
    return defused(_written(value)) if isinstance(value, str) else value


def _written(text: str) -> str:
    """With a space for each character that a workbook cannot hold."""
    return _NOT_IN_A_WORKBOOK.sub(" ", text)
