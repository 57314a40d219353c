"""Tables in Excel workbooks: looked over before they are opened, for a small file can unpack to a very large one."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import IO, Any, TypeVar
from xml.parsers import expat
from zipfile import ZipFile, ZipInfo

import openpyxl
from openpyxl.xml.constants import SHEET_MAIN_NS

from schools.imports.headings import ROWS_SEARCHED, HeadingSet
from schools.imports.report import FileRefused, listed, quoted
from schools.imports.values import Cell, is_blank

MEGABYTE = 1024 * 1024
LARGEST = 50 * MEGABYTE
LARGEST_UNPACKED = 200 * MEGABYTE
LARGEST_STRINGS = 64 * MEGABYTE
MOST_PARTS = 5_000
# Tables shrink by ten to fifty times.
MOST_SHRUNK = 200
MOST_COLUMNS = 500
# As many as a sheet can have; text has no more either.
MOST_ROWS = 1_048_576
# The reader frees each row and each shared string when it ends, and holds everything else.
MOST_HELD = 500_000
LARGE_PART = 4 * MEGABYTE

_DAMAGED = (
    "The workbook is damaged and cannot be read. Open it in Excel and save it again as .xlsx, or as CSV."
)
_TOO_LARGE = "The workbook unpacks to more than can be read. Save the one sheet that is needed as CSV."
_NO_WORKBOOK = "This is an archive without an Excel workbook in it. Export the table as an Excel workbook (.xlsx) or as CSV."
_CHUNK = 256 * 1024
_OTHER_DOCUMENTS = (
    ("xl/workbook.bin", "This is a binary Excel workbook (.xlsb). Save it as .xlsx or as CSV."),
    ("content.xml", "This is an OpenDocument file (.ods). Save it as an Excel workbook (.xlsx) or as CSV."),
    (
        "word/document.xml",
        "This is a Word document. Export the table as an Excel workbook (.xlsx) or as CSV.",
    ),
)

T = TypeVar("T")


@dataclass(frozen=True)
class Sheet:
    """A worksheet whose rows can be walked, more than once."""

    name: str
    _worksheet: Any
    # The other visible sheets that hold such a table, or much of one.
    others: tuple[str, ...] = ()

    def rows(self, columns: int = MOST_COLUMNS) -> Iterator[tuple[Cell, ...]]:
        """Every row from the first, blank ones included, as wide as asked."""
        cells = _reading(
            # What a sheet says of its size is not believed.
            lambda: self._worksheet.iter_rows(max_row=MOST_ROWS, max_col=columns)
        )
        while piece := _reading(lambda: [tuple(map(_said_by, row)) for row in islice(cells, 500)]):
            yield from piece


_LETTERS = re.compile(r'"[^"]*"|\\.')


def _said_by(cell: Any) -> Cell:
    """The cell's value; of a number in scientific notation, and of a percentage, what is seen there.

    A spreadsheet makes the number 40 of a code such as 4E1 that is typed into it, and shows 4.00E+01: as a number it would
    be taken for what nobody meant. Of 94.5% it holds 0.945.
    """
    value: Cell = cell.value
    if not isinstance(value, int | float) or isinstance(value, bool):
        return value
    shown_as = cell.number_format.upper()
    if "E+" in shown_as:
        return f"{value:.2E}"
    # A sign in quotation marks, or after a backslash, is a letter like any other.
    if "%" in _LETTERS.sub("", shown_as):
        return f"{(Decimal(repr(value)) * 100).normalize():f}%"
    return value


def open_sheet(path: Path, *, headings: HeadingSet) -> Sheet:
    """The visible worksheet that matches the headings best.

    Two that match equally well are refused, where there are rows below both: a class a sheet, a term a sheet.
    """
    if path.stat().st_size > LARGEST:
        raise FileRefused(f"The workbook is larger than {LARGEST // MEGABYTE} MB. Save the one sheet as CSV.")
    # In memory, so that no file stays open behind rows that are never walked to their end.
    content = io.BytesIO(path.read_bytes())
    _reading(lambda: _look_over(content, LARGEST_UNPACKED))
    workbook = _reading(
        lambda: openpyxl.load_workbook(content, read_only=True, data_only=True, keep_links=False)
    )
    sheets = [
        Sheet(str(worksheet.title), worksheet)
        for worksheet in workbook.worksheets
        if worksheet.sheet_state == "visible"
    ]
    if not sheets:
        raise FileRefused("The workbook has no worksheet that can be seen.")
    return _best(sheets, headings)


def open_all(
    content: bytes, *, largest_unpacked: int, formulas: bool = False
) -> tuple[list[Sheet], dict[str, str]]:
    """Every worksheet of a workbook, hidden ones too, and what the workbook says of itself under names of its own.

    `formulas`: the rows say the formulas, else what they came to. Raises FileRefused for what is no workbook, or unpacks to more bytes.
    """
    file = io.BytesIO(content)
    _reading(lambda: _look_over(file, largest_unpacked))
    workbook: Any = _reading(
        lambda: openpyxl.load_workbook(file, read_only=True, data_only=not formulas, keep_links=False)
    )
    # Beside worksheets a workbook may have charts that fill a sheet.
    sheets = [Sheet(str(worksheet.title), worksheet) for worksheet in workbook.worksheets]
    return sheets, {str(each.name): str(each.value) for each in workbook.custom_doc_props.props}


def _best(sheets: Sequence[Sheet], headings: HeadingSet) -> Sheet:
    fitness = [_fitness(sheet, headings) for sheet in sheets]
    most = max(fitness)
    score, has_rows = most
    equals = [sheet.name for sheet, each in zip(sheets, fitness, strict=True) if each == most]
    if score and has_rows and len(equals) > 1:
        raise FileRefused(
            f"The sheets {listed(map(quoted, equals))} hold such a table each. Put all rows into one sheet, or hide the sheets that"
            " are not meant."
        )
    best = sheets[fitness.index(most)]
    others = tuple(
        sheet.name
        for sheet, (known, rows) in zip(sheets, fitness, strict=True)
        if sheet is not best and rows and known * 2 > score
    )
    return replace(best, others=others)


def _fitness(sheet: Sheet, headings: HeadingSet) -> tuple[int, bool]:
    """How many headings there are; of equals, whether anything stands below them."""
    rows = list(islice(sheet.rows(), ROWS_SEARCHED * 2))
    index, found = headings.best_row(rows)
    return found.score, any(not is_blank(cell) for row in rows[index + 1 :] for cell in row)


def _reading(read: Callable[[], T]) -> T:
    """Do it; whatever a damaged workbook makes the reader stumble on becomes a refusal, its warnings nothing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return read()
    except FileRefused:
        raise
    except Exception as error:  # the reader checks nothing itself, and stumbles in many ways
        raise FileRefused(_DAMAGED) from error


def _look_over(content: io.BytesIO, largest_unpacked: int) -> None:
    """Refuse what is no workbook, or one that would fill the memory. Sizes are as declared: no part unpacks to more."""
    with ZipFile(content) as archive:
        parts = archive.infolist()
        names = {part.filename for part in parts}
        for name, sentence in _OTHER_DOCUMENTS:
            if name in names:
                raise FileRefused(sentence)
        if "[Content_Types].xml" not in names:
            raise FileRefused(_NO_WORKBOOK)
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > largest_unpacked:
            raise FileRefused(_TOO_LARGE)
        for part in parts:
            _look_at(archive, part)


def _look_at(archive: ZipFile, part: ZipInfo) -> None:
    if part.file_size > MEGABYTE and part.file_size > MOST_SHRUNK * max(part.compress_size, 1):
        raise FileRefused(_TOO_LARGE)
    if "sharedstrings" in part.filename.lower() and part.file_size > LARGEST_STRINGS:
        raise FileRefused(_TOO_LARGE)
    if part.file_size > LARGE_PART:
        with archive.open(part) as file:
            piece = file.read(_CHUNK)
            # Pictures and the like are never opened.
            if piece.lstrip(b"\xef\xbb\xbf\xff\xfe\x00\t\r\n ").startswith(b"<"):
                _Weighing().weigh(piece, file)


class _Weighing:
    """Counts what the reader would hold in memory of a part: a quick walk that holds nothing itself."""

    FREED = frozenset(f"{SHEET_MAIN_NS}}}{name}" for name in ("row", "si"))

    def __init__(self) -> None:
        self.held = self.freed = 0
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.StartDoctypeDeclHandler = self.doctype

    def weigh(self, piece: bytes, file: IO[bytes]) -> None:
        while piece:
            self.parser.Parse(piece)
            piece = file.read(_CHUNK)

    def start(self, _name: str, _attributes: dict[str, str]) -> None:
        self.held += 1
        if self.held > MOST_HELD:
            raise FileRefused(_TOO_LARGE)

    def end(self, name: str) -> None:
        if name in self.FREED:
            self.held = 0
            self.freed += 1
            if self.freed > MOST_ROWS:
                raise FileRefused(_TOO_LARGE)

    def doctype(self, *_: object) -> None:
        raise FileRefused(_DAMAGED)
