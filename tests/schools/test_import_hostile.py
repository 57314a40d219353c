"""Files made to do harm, and damaged ones, are refused quickly and in a sentence; nothing else ever happens."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schools.imports import workbooks
from schools.imports.report import FileRefused
from tests.schools.files import part_of, rewrite, write_as_excel
from tests.schools.reading import ROWS, SHEET, STRINGS, file, read, refusal, rows_of

BILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]>"
)


OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY j SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("part", [SHEET, STRINGS, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
@pytest.mark.parametrize("prologue", [BILLION_LAUGHS, OUTSIDE], ids=["laughs", "outside"])
def test_entities_are_refused_in_every_part_of_a_workbook(tmp_path: Path, part: str, prologue: bytes) -> None:
    path = write_as_excel(tmp_path / "roll.xlsx", ROWS)
    content = part_of(path, part)
    body = content[content.index(b"?>") + 2 :] if content.startswith(b"<?xml") else content
    rewrite(path, part, prologue + body.replace(b"Surname", b"&j;"))
    started = time.process_time()
    assert refusal(path) == workbooks._DAMAGED
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("limit", "at", "part"),
    [
        ("LARGEST_UNPACKED", 2_000_000, SHEET),
        ("LARGEST_UNPACKED", 2_000_000, "xl/media/picture.bin"),
        ("LARGEST_STRINGS", 2_000_000, STRINGS),
        ("MOST_SHRUNK", 200, SHEET),
        ("MOST_PARTS", 5, SHEET),
    ],
)
def test_a_workbook_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, at: int, part: str
) -> None:
    for other in ("LARGEST_UNPACKED", "LARGEST_STRINGS", "MOST_SHRUNK", "MOST_PARTS"):
        monkeypatch.setattr(workbooks, other, at if other == limit else 10**9)
    path = write_as_excel(tmp_path / "roll.xlsx", ROWS)
    rewrite(path, part, b"<row/>" * 500_000)
    assert refusal(path) == workbooks._TOO_LARGE


NAMESPACE = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.mark.parametrize(
    ("part", "head", "piece"),
    [
        (SHEET, b'<worksheet xmlns="%s"><sheetData><row>', b'<c r="%d"/>'),
        (SHEET, b'<worksheet xmlns="%s"><sheetData>', b'<row xmlns="not-a-row" r="%d"/>'),
        (SHEET, b'<worksheet xmlns="%s"><sheetData>', b'<row r="%d"/>'),
        (STRINGS, b'<sst xmlns="%s">', b"<si/><si/>%d"),
        ("xl/styles.xml", b'<styleSheet xmlns="%s"><cellXfs>', b'<xf id="%d"/>'),
    ],
    ids=["one row", "rows of something else", "rows", "strings", "styles"],
)
def test_a_part_that_would_fill_the_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str, head: bytes, piece: bytes
) -> None:
    monkeypatch.setattr(workbooks, "LARGE_PART", 100_000)
    monkeypatch.setattr(workbooks, "MOST_HELD", 5_000)
    monkeypatch.setattr(workbooks, "MOST_ROWS", 10_000)
    path = write_as_excel(tmp_path / "roll.xlsx", ROWS)
    # Numbers without order, so that it does not shrink as bombs do.
    numbers = (number * 7919 % 1_000_003 for number in range(12_000))
    rewrite(path, part, head % NAMESPACE + b"".join(piece % number for number in numbers))
    assert refusal(path) == workbooks._TOO_LARGE


def test_a_large_sheet_and_a_large_picture_are_no_reason_to_refuse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "LARGE_PART", 100_000)
    monkeypatch.setattr(workbooks, "MOST_HELD", 5_000)
    path = write_as_excel(tmp_path / "roll.xlsx", ROWS)
    sheet = part_of(path, SHEET)
    blank = b"".join(b'<row r="%d"><c r="A%d"/></row>' % (n, n) for n in range(4, 8_000))
    rewrite(path, SHEET, sheet.replace(b"</sheetData>", blank + b"</sheetData>"))
    rewrite(path, "xl/media/picture.png", os.urandom(workbooks.LARGE_PART + 1))
    assert len(part_of(path, SHEET)) > workbooks.LARGE_PART
    assert [row[1] for row in rows_of(path)] == ["O’Brien", "Müller"]


def test_a_large_part_with_entities_is_refused_before_it_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "LARGE_PART", 100_000)
    path = write_as_excel(tmp_path / "roll.xlsx", ROWS)
    noise = b"<!--" + os.urandom(workbooks.LARGE_PART).hex().encode() + b"-->"
    rewrite(path, SHEET, BILLION_LAUGHS + noise + b"<worksheet/>")
    assert refusal(path) == workbooks._DAMAGED


def test_300_megabytes_in_300_kilobytes_are_refused_at_once_and_take_little_memory(tmp_path: Path) -> None:
    path = write_as_excel(tmp_path / "roll.xlsx", ROWS)
    rewrite(path, SHEET, bytes(300 * 1024 * 1024))
    assert path.stat().st_size < 310 * 1024
    program = r"""
        import re, sys, time
        from pathlib import Path
        from schools.imports.headings import HeadingSet
        from schools.imports.report import FileRefused
        from schools.imports.tables import read_table
        started = time.process_time()
        try:
            read_table(Path(sys.argv[1]), headings=HeadingSet(fields={"surname": ["Surname"]}))
        except FileRefused:
            # Of this program alone; what the system counts by itself includes the one that started it.
            memory = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]
            print(memory, time.process_time() - started)
    """
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), path],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    kilobytes, seconds = map(float, ran.stdout.split())
    assert kilobytes < 200 * 1024
    assert seconds < 2


@pytest.fixture(scope="module")
def valid_workbook(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("valid") / "roll.xlsx"
    return write_as_excel(path, [ROWS[0], *([f"Cox{n}", "Di", 43115] for n in range(30))]).read_bytes()


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bytes_changed_at_random_are_read_or_refused_and_nothing_else(
    tmp_path: Path, valid_workbook: bytes, data: st.DataObject
) -> None:
    content = bytearray(valid_workbook)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=6))
    del content[data.draw(st.integers(1, len(content))) :]
    path = file(tmp_path, bytes(content), "roll.xlsx")
    with suppress(FileRefused):
        list(read(path).rows)


PARTS = [
    SHEET,
    STRINGS,
    "xl/workbook.xml",
    "xl/styles.xml",
    "[Content_Types].xml",
    "xl/_rels/workbook.xml.rels",
]


@given(data=st.data())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_workbook_damaged_inside_is_read_or_refused_and_nothing_else(
    tmp_path: Path, valid_workbook: bytes, data: st.DataObject
) -> None:
    path = file(tmp_path, valid_workbook, "roll.xlsx")
    part = data.draw(st.sampled_from(PARTS))
    content = part_of(path, part)
    words = st.sampled_from(
        [b'"', b"<", b">", b"-1", b"99999999999", b"", b"s", b"t=", b"</row>", b"1e999", b"nan", b"A0"]
    )
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content)))
        length = data.draw(st.integers(0, 4))
        content = content[:at] + data.draw(words) + content[at + length :]
    rewrite(path, part, content)
    with suppress(FileRefused):
        list(read(path).rows)


@given(content=st.binary(max_size=400))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_raise_anything_but_a_refusal(tmp_path: Path, content: bytes) -> None:
    for beginning in (b"", b"Surname,Forename\n", b"PK\x03\x04", b"\xff\xfe"):
        with suppress(FileRefused):
            list(read(file(tmp_path, beginning + content)).rows)
