"""Reading tables in tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from schools.imports.headings import HeadingSet
from schools.imports.report import FileRefused
from schools.imports.tables import Table, read_table

HEADINGS = HeadingSet(
    fields={"surname": ["Surname"], "forename": ["Forename"], "dob": ["DOB"], "note": ["Note"]}
)


ROWS = [["Surname", "Forename", "DOB"], ["O’Brien", "Zoë", "15/01/2018"], ["Müller", "Jörg", ""]]


SHEET = "xl/worksheets/sheet1.xml"


STRINGS = "xl/sharedStrings.xml"


def read(path: Path) -> Table:
    return read_table(path, headings=HEADINGS)


def rows_of(path: Path) -> list[tuple[object, ...]]:
    return [(row.number, *row.cells.values()) for row in read(path).rows]


def refusal(path: Path) -> str:
    with pytest.raises(FileRefused) as refused:
        list(read(path).rows)
    return str(refused.value)


def file(tmp_path: Path, content: bytes, name: str = "roll.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path
