"""Tables in text: which encoding, which separator, which rows."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from schools.imports.headings import ROWS_SEARCHED, HeadingSet
from schools.imports.report import FileRefused
from schools.imports.values import Cell

LARGEST = 100 * 1024 * 1024
LONGEST_LINE = 1024 * 1024
SEPARATORS = (",", ";", "\t")

_CHUNK = 1024 * 1024
# A text may hold tabs and breaks of lines and pages, and the mark by which DOS ended files.
_UNPRINTABLE = frozenset(map(chr, [*range(32), *range(0x7F, 0xA0)])) - set("\t\n\v\f\r\x85\x1a")
_NOT_TEXT = "This is not text, and not an Excel workbook either. Export the table as an Excel workbook (.xlsx) or as CSV."


@dataclass(frozen=True)
class Text:
    """A file of text, by what it was found to be written in."""

    path: Path
    encoding: str
    separator: str
    # Of a sheet of a workbook; text is none.
    name: str = ""
    others: tuple[str, ...] = ()

    def rows(self, columns: int | None = None) -> Iterator[tuple[Cell, ...]]:
        """Every row from the first, blank ones as (), no wider than asked."""
        with self.path.open("rb") as raw, io.TextIOWrapper(raw, encoding=self.encoding, newline="") as text:
            reader = csv.reader(_lines(text), delimiter=self.separator, strict=True)
            read = 0
            try:
                for cells in reader:
                    read += 1
                    yield tuple(cells[:columns])
            except csv.Error as error:
                raise FileRefused(
                    f"Row {read + 1} cannot be read: its quotation marks do not pair, or a cell has more than"
                    f" {csv.field_size_limit():,} characters."
                ) from error
            except (UnicodeError, OSError) as error:
                raise FileRefused("The file changed while it was read.") from error


def open_text(path: Path, *, headings: HeadingSet) -> Text:
    """The text in the encoding it is written in, with the separator that makes most of its headings."""
    if path.stat().st_size > LARGEST:
        raise FileRefused(f"The file is larger than {LARGEST // 2**20} MB.")
    encoding = _encoding(path)
    found = [Text(path, encoding, separator) for separator in SEPARATORS]
    return max(found, key=lambda text: _fitness(text, headings))


def _fitness(text: Text, headings: HeadingSet) -> tuple[int, bool, int]:
    """How many headings there are with this separator; of equals, whether it reads on, and how wide the rows are."""
    rows: list[tuple[Cell, ...]] = []
    reads_on = True
    try:
        # Appended one by one: what comes before a fault tells which separator it is, and the fault comes up again.
        for row in islice(text.rows(), ROWS_SEARCHED):
            rows.append(row)  # noqa: PERF402
    except FileRefused:
        reads_on = False
    return headings.best_row(rows)[1].score, reads_on, max(map(len, rows), default=0)


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    number = 0
    while line := text.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise FileRefused(
                f"Line {number} has more than {LONGEST_LINE:,} characters: this is not a table."
            )
        # The mark by which DOS ended files.
        yield line.replace("\x1a", "") if "\x1a" in line else line


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        beginning = file.read(_CHUNK)
    candidates = _candidates(beginning)
    for encoding in candidates:
        if _is_text_in(path, encoding):
            return encoding
    raise FileRefused(_NOT_TEXT)


def _candidates(beginning: bytes) -> list[str]:
    if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    # Latin letters in UTF-16 without its mark: every other byte is nought.
    even, odd = beginning[0::2].count(0), beginning[1::2].count(0)
    half = len(beginning) // 2
    if even or odd:
        if odd > half * 0.6 and even < half * 0.1:
            return ["utf-16-le"]
        if even > half * 0.6 and odd < half * 0.1:
            return ["utf-16-be"]
        return []
    return ["utf-8-sig", "cp1252"]


def _is_text_in(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeError:
                return False
            if not _UNPRINTABLE.isdisjoint(text):
                return False
            if not chunk:
                return True
