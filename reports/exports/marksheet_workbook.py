"""A marksheet as an Excel workbook to fill in: keys where nobody sees them, cells that may be typed into, colours that follow.

The hidden first row names the columns, the hidden first column the pupils. A hidden worksheet keeps what stood in the cells, and the
codes of the scale, with which formulas turn a code into points. `assessment/imports/marksheet_workbook.py` reads it back.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from assessment.engine.expected_range import Attainment
from assessment.engine.point_scale import EYFS_STAGES, FIRST_POINT, LAST_POINT, STAGES_BY_YEAR, Stage
from assessment.imports.marksheet_identity import HIDDEN_SHEET, KEY, PROPERTY, PUPIL, PUPIL_HEADING
from reports.documents.marksheet_workbook import FileCell, FileColumn, FileRow, MarksheetWorkbook
from reports.documents.tables import Value
from reports.exports.formulas import defused

_KEY_ROW, _TITLE_ROW, _TOLD_ROW, _HEADING_ROW, _FIRST_ROW = 1, 2, 3, 4, 5
_NOT_IN_A_SHEET_TITLE = re.compile(r"[\\*?:/\[\]']")
_MARKS = {Attainment.BELOW: "▼", Attainment.AT: "●", Attainment.ABOVE: "▲"}
# Soft ground, and the colour of the text, as on the page.
_COLOURS = {
    Attainment.BELOW: ("FDECEA", "A8231C"),
    Attainment.AT: ("E8F5EC", "1D6B3C"),
    Attainment.ABOVE: ("E7F0FD", "174F9E"),
}
_INK, _QUIET, _LINE, _ACCENT, _GROUND = "1C2430", "5A6675", "C3CAD4", "2F4B8F", "F5F6F8"
_TOLD = (
    "Type into the white cells: 1 to 101 or a code such as 4D2; a full stop for absent, x for not required, new for not yet assessed. "
    "Then on the marksheet choose “Bring a filled file back”. To sort, unprotect the sheet first: there is no password."
)
_REASONS = (".", "absent", "x", "not required", "new")
_CODES, _WORDS = "lep_codes", "lep_words"
_FONT = "Calibri"
_SIDE = Side(style="thin", color=_LINE)
_FRAME = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)


def marksheet_xlsx(book: MarksheetWorkbook) -> bytes:
    """The workbook's bytes. Text is written as text, never as a formula."""
    workbook: Any = Workbook()
    sheet: Any = workbook.active
    sheet.title = _NOT_IN_A_SHEET_TITLE.sub("-", book.title)[:31]
    hidden: Any = workbook.create_sheet(HIDDEN_SHEET)
    hidden.sheet_state = "veryHidden"
    _write_hidden(workbook, hidden, book)
    places = list(_places(book))
    last = _FIRST_ROW + len(book.rows) - 1
    _write_head(sheet, book, places)
    for number, row in enumerate(book.rows, start=_FIRST_ROW):
        _write_row(sheet, book, places, row, number)
    if book.rows:
        _lay_rules(sheet, places, last)
        # With the keys in it, so that they are sorted with their rows.
        sheet.auto_filter.ref = f"A{_HEADING_ROW}:{places[-1].letter}{last}"
    _set_up_page(sheet, book, places)
    workbook.properties.creator = "LEP Tracker"
    workbook.properties.title = book.title
    workbook.custom_doc_props.append(StringProperty(name=PROPERTY, value=book.identity.to_text()))
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


@dataclass(frozen=True)
class _Place:
    """A column of the worksheet. `number`: of which of the sheet's own columns it is; `is_word`: the word beside a judgement."""

    letter: str
    key: str
    heading: str
    width: float
    number: int | None = None
    column: FileColumn | None = None
    is_word: bool = False


def _places(book: MarksheetWorkbook) -> Iterator[_Place]:
    letters = (get_column_letter(number) for number in range(1, 1_000))
    yield _Place(next(letters), "", KEY, 4)
    longest = max((len(row.name) for row in book.rows), default=0)
    yield _Place(next(letters), PUPIL, PUPIL_HEADING, min(max(18, longest * 1.15 + 3), 52))
    if book.with_class:
        yield _Place(next(letters), "class", "Class", 11)
    if book.with_year_group:
        yield _Place(next(letters), "year_group", "Year group", 10)
    if book.with_age:
        yield _Place(next(letters), "age", "Age in months", 10)
    for number, column in enumerate(book.columns):
        width = 28 if column.is_text else 12 if column.is_judgement or len(column.heading) > 12 else 10
        yield _Place(next(letters), column.key, column.heading, width, number, column)
        if column.has_colours:
            yield _Place(
                next(letters),
                f"{column.key}/range",
                "Against the range" if book.with_words else "",
                9.5 if book.with_words else 3,
                number,
                column,
                is_word=True,
            )


def _text(value: Value) -> Value:
    return defused(value) if isinstance(value, str) else value


def _write_head(sheet: Any, book: MarksheetWorkbook, places: list[_Place]) -> None:
    sheet.row_dimensions[_KEY_ROW].hidden = True
    for place in places:
        sheet.column_dimensions[place.letter].width = place.width
        sheet[f"{place.letter}{_KEY_ROW}"] = place.key or None
        cell = sheet[f"{place.letter}{_HEADING_ROW}"]
        cell.value = _text(place.heading) or None
        is_open = bool(place.column and place.column.is_open) and not place.is_word
        cell.font = Font(name=_FONT, bold=True, size=10, color="FFFFFF" if is_open else _INK)
        cell.fill = PatternFill("solid", fgColor=_ACCENT if is_open else "EAEFFB")
        cell.alignment = Alignment(
            horizontal="left" if place.number is None else "center", vertical="center", wrap_text=True
        )
        cell.border = _FRAME
    sheet[f"A{_KEY_ROW}"] = book.identity.to_text()
    sheet.column_dimensions["A"].hidden = True
    sheet.row_dimensions[_HEADING_ROW].height = 32
    title, told = sheet[f"B{_TITLE_ROW}"], sheet[f"B{_TOLD_ROW}"]
    title.value = _text(f"{book.title} · {book.subtitle}")
    title.font = Font(name=_FONT, bold=True, size=14, color=_INK)
    sheet.row_dimensions[_TITLE_ROW].height = 22
    told.value = f"{_TOLD}{f' {book.expected}.' if book.expected else ''}"
    told.font = Font(name=_FONT, size=9, color=_QUIET)


def _write_row(sheet: Any, book: MarksheetWorkbook, places: list[_Place], row: FileRow, number: int) -> None:
    sheet.row_dimensions[number].height = 18
    own: dict[str, Value] = {
        "": str(row.key),
        PUPIL: row.name,
        "class": row.class_name,
        "year_group": row.year_group,
        "age": row.age,
    }
    typed = ""
    for place in places:
        cell = sheet[f"{place.letter}{number}"]
        cell.border = _FRAME
        if place.number is None:
            cell.value = _text(own[place.key]) or None
            cell.font = Font(name=_FONT, bold=place.key == PUPIL, size=11, color=_INK)
            continue
        shown = row.cells[place.number]
        cell.alignment = Alignment(horizontal="left" if place.column and place.column.is_text else "center")
        cell.fill = PatternFill("solid", fgColor="FFFFFF" if shown.is_open and not place.is_word else _GROUND)
        if place.is_word:
            cell.value = _word(shown, typed, with_words=book.with_words)
            cell.font = Font(name=_FONT, size=9, color=_QUIET)
            continue
        typed = f"{place.letter}{number}"
        cell.value = _text(shown.value)
        cell.protection = Protection(locked=not shown.is_open)
        if place.column and not place.column.is_judgement and isinstance(shown.value, int):
            cell.number_format = "+0;\u22120;0" if "steps" in place.heading.lower() else "General"


def _word(cell: FileCell, typed: str, *, with_words: bool) -> str | None:
    """The mark and the word; of an open cell a formula, which follows what is typed, points or a code."""

    def says(attainment: Attainment) -> str:
        mark = _MARKS[attainment]
        return f"{mark} {attainment.label.lower()}" if with_words else mark

    if cell.attainment:
        return says(cell.attainment)
    if cell.low is None or cell.high is None:
        return None
    points = f"IF(ISNUMBER({typed}),{typed},VLOOKUP({typed},{_CODES},2,FALSE))"
    below, at, above = (f'"{says(each)}"' for each in (Attainment.BELOW, Attainment.AT, Attainment.ABOVE))
    return f'=IF({typed}="","",IFERROR(IF({points}<{cell.low},{below},IF({points}>{cell.high},{above},{at})),""))'


def _lay_rules(sheet: Any, places: list[_Place], last: int) -> None:
    """What may be typed is watched, not enforced: a code with a space in it is a code too. Colours follow the word beside the cell."""
    for place in places:
        cells = f"{place.letter}{_FIRST_ROW}:{place.letter}{last}"
        first = f"{place.letter}{_FIRST_ROW}"
        if place.column and place.column.is_open and not place.is_word:
            sheet.add_data_validation(_validation(first, cells))
        if place.is_word:
            judged = get_column_letter(sheet[first].column - 1)
            for attainment, (ground, ink) in _COLOURS.items():
                look = DifferentialStyle(
                    font=Font(color=ink), fill=PatternFill("solid", fgColor=ground, bgColor=ground)
                )
                formula = f'LEFT(${place.letter}{_FIRST_ROW},1)="{_MARKS[attainment]}"'
                both = f"{judged}{_FIRST_ROW}:{place.letter}{last}"
                sheet.conditional_formatting.add(both, Rule(type="expression", dxf=look, formula=[formula]))


def _validation(first: str, cells: str) -> DataValidation:
    is_points = f"AND({first}>={FIRST_POINT},{first}<={LAST_POINT},{first}=INT({first}))"
    return DataValidation(
        type="custom",
        formula1=f"IF(ISNUMBER({first}),{is_points},ISNUMBER(MATCH({first},{_WORDS},0)))",
        sqref=cells,
        allow_blank=True,
        showErrorMessage=True,
        errorStyle="warning",
        errorTitle="Not on the scale",
        error="Type 1 to 101 or a code such as 4D2; a full stop for absent, x for not required, new for not yet assessed.",
        showInputMessage=True,
        promptTitle="Judgement",
        prompt="1 to 101, or a code such as 4D2.  . absent  x not required",
    )


def _write_hidden(workbook: Any, hidden: Any, book: MarksheetWorkbook) -> None:
    hidden["A1"] = book.identity.to_text()
    saws = [(str(row.key), key, saw) for row in book.rows for key, saw in row.saws]
    for number, values in enumerate(saws, start=2):
        for column, value in enumerate(values, start=1):
            hidden.cell(number, column, value)
    codes = _codes()
    words = [*codes, *_REASONS]
    for number, word in enumerate(words, start=2):
        hidden.cell(number, 6, word)
        hidden.cell(number, 7, codes.get(word))
    name = quote_sheetname(HIDDEN_SHEET)
    for defined, reference in (
        (_CODES, f"{name}!$F$2:$G${len(codes) + 1}"),
        (_WORDS, f"{name}!$F$2:$F${len(words) + 1}"),
    ):
        workbook.defined_names[defined] = DefinedName(defined, attr_text=reference)
    hidden.protection.sheet = True


@cache
def _codes() -> dict[str, int]:
    """The codes that can be typed, and the points each spells."""
    found = {"ELG": EYFS_STAGES[-1].first, "ELG+": EYFS_STAGES[-1].first + 1}
    for stage in EYFS_STAGES[:-1]:
        found[stage.code] = found[re.sub(r"\b0(?=\d)", "", stage.code)] = stage.first
    for stages in STAGES_BY_YEAR.values():
        for stage in stages:
            found |= _codes_of(stage)
    return found


def _codes_of(stage: Stage) -> dict[str, int]:
    steps = range(stage.first, stage.last + 1)
    return {stage.code: stage.first} | {f"{stage.code}{n}": points for n, points in enumerate(steps, start=1)}


def _set_up_page(sheet: Any, book: MarksheetWorkbook, places: list[_Place]) -> None:
    first = next((place for place in places if place.number is not None), places[-1])
    sheet.freeze_panes = f"{first.letter}{_FIRST_ROW}"
    sheet.sheet_view.showGridLines = False
    sheet.sheet_view.zoomScale = 110
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{_HEADING_ROW}:{_HEADING_ROW}"
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.oddFooter.left.text = f"{book.title} · {book.subtitle}".replace("&", "&&")
    sheet.oddFooter.right.text = "Page &P of &N"
    # No password: it keeps from slips, not from people. What is not named may be done.
    sheet.protection.sheet = True
    for allowed in ("sort", "autoFilter", "formatCells", "formatColumns", "formatRows"):
        setattr(sheet.protection, allowed, False)
