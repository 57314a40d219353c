"""Files to import: written as people and systems write them, and as those do who mean harm."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl

from schools.identifiers import UPN_LETTERS


def upn(serial: int, *, letter: str = "") -> str:
    """A UPN of the right form; with a letter at its end a temporary one."""
    number = f"860221025{serial:03}"
    number = number[: 12 - len(letter)] + letter
    worth = [int(each) if each.isdigit() else UPN_LETTERS.index(each) for each in number]
    return UPN_LETTERS[sum(weight * value for weight, value in enumerate(worth, start=2)) % 23] + number


def as_csv(rows: Sequence[Sequence[object]], separator: str = ",", line_end: str = "\r\n") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=line_end).writerows(rows)
    return text.getvalue()


def write_csv(path: Path, rows: Sequence[Sequence[object]], encoding: str = "utf-8") -> Path:
    path.write_bytes(as_csv(rows).encode(encoding))
    return path


def write_workbook(path: Path, *sheets: Sequence[Sequence[object]], hidden: Sequence[int] = ()) -> Path:
    """A workbook with these sheets, Sheet1 first."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet{number + 1}")
        for row in rows:
            sheet.append(row)
        if number in hidden:
            sheet.sheet_state = "hidden"
    book.active = next(number for number in range(len(sheets)) if number not in hidden)
    book.save(path)
    return path


def rewrite(path: Path, part: str, content: bytes) -> Path:
    """The same archive with one part's content replaced, or added."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = content
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, each in parts.items():
            archive.writestr(name, each)
    return path


def part_of(path: Path, part: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(part)


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def write_as_excel(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    """A workbook as Excel leaves it: its words kept apart from the sheet, in a part that all cells share."""
    words: list[str] = []
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = ""
        for letter, value in zip("ABCDEFGHIJ", row, strict=False):
            if isinstance(value, str):
                words.append(value)
                cells += f'<c r="{letter}{number}" t="s"><v>{len(words) - 1}</v></c>'
            else:
                cells += f'<c r="{letter}{number}"><v>{value}</v></c>'
        lines.append(f'<row r="{number}">{cells}</row>')
    shared = "".join(f"<si><t>{word}</t></si>" for word in words)
    types = "".join(
        f'<Override PartName="/xl/{name}.xml"'
        f' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml"/>'
        for name, kind in (
            ("workbook", "sheet.main"),
            ("worksheets/sheet1", "worksheet"),
            ("sharedStrings", "sharedStrings"),
            ("styles", "styles"),
        )
    )
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}.xml"/>'
        for number, kind, target in (
            (1, "worksheet", "worksheets/sheet1"),
            (2, "sharedStrings", "sharedStrings"),
            (3, "styles", "styles"),
        )
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}" count="{len(words)}">{shared}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><cellXfs count="1"><xf/></cellXfs></styleSheet>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, _XML + content)
    return path
