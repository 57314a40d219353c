"""A marksheet's workbook that LibreOffice has saved comes back all the same: the real program, without its windows."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.assessment.classroom import Classroom
from tests.assessment.filled_files import Book, bring, download

pytestmark = pytest.mark.django_db

ELSIE, NOAH = "Brough, Elsie", "Cox, Noah"
# Its first start makes a profile, on a busy machine in half a minute.
SECONDS = 240


@pytest.fixture(scope="session")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """LibreOffice's own settings, so that nobody's at this machine are touched."""
    return tmp_path_factory.mktemp("libreoffice")


@pytest.fixture
def saved_by_calc(profile: Path, tmp_path: Path) -> Callable[..., bytes]:
    """Open in Calc and save, as .xlsx or another format."""

    def save(content: bytes, into: str = "xlsx", ending: str = "xlsx") -> bytes:
        program = shutil.which("soffice")
        assert program, (
            "LibreOffice is not on this machine: script/setup --tests installs it (libreoffice-calc)."
        )
        kind, _, _ = into.partition(":")
        source, folder = tmp_path / f"sheet.{ending}", tmp_path / f"as-{kind}"
        source.write_bytes(content)
        command = [
            program,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--convert-to",
            into,
            "--outdir",
            str(folder),
            str(source),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        saved = folder / f"sheet.{kind}"
        assert saved.is_file(), f"LibreOffice saved nothing: {done.stdout} {done.stderr}"
        return saved.read_bytes()

    return save


def test_a_file_that_libreoffice_has_saved_comes_back(
    room: Classroom, saved_by_calc: Callable[..., bytes]
) -> None:
    room.judged(room.noah, 44)
    book = Book.of(download(room))
    book[ELSIE, "Autumn"] = "4d2"
    book[NOAH, "Autumn"] = 45
    # Somebody else enters a cell of the file meanwhile: the versions in it are still there.
    content = saved_by_calc(book.content())
    room.save("50", "1:44", pupil=room.noah)
    told = bring(room, content)
    assert told.rows("new") == [[ELSIE, "Autumn", "empty", "47", ""]]
    assert told.rows("conflict")[0][3] == "45"
    assert told.rows("unreadable") == []


def test_what_follows_from_the_cells_is_worked_out_and_what_may_not_be_typed_stays_locked(
    room: Classroom, saved_by_calc: Callable[..., bytes]
) -> None:
    # In Autumn of Year 4 43 to 44 are expected: 4D2 is 47.
    book = Book.of(download(room))
    book[ELSIE, "Autumn"] = "4d2"
    book[NOAH, "Autumn"] = 42
    saved = Book.of(saved_by_calc(book.content()))
    values: Any = Book.of(saved.content()).sheet
    assert values.protection.sheet
    assert not saved[ELSIE, "Autumn"].protection.locked
    assert saved[ELSIE, "Pupil"].protection.locked
    assert saved.workbook["LEP Tracker"].sheet_state != "visible"
    assert saved.sheet.column_dimensions["A"].hidden
    assert saved.sheet.row_dimensions[1].hidden
    assert len(saved.sheet.conditional_formatting) > 0
    assert {each.type for each in saved.sheet.data_validations.dataValidation} == {"custom"}
    shown = saved_by_calc(book.content(), into="csv:Text - txt - csv (StarCalc):44,34,76").decode()
    rows = [line for line in shown.splitlines() if "Brough" in line or "Cox" in line]
    assert "4d2,▲ above" in rows[0]
    assert "42,▼ below" in rows[1]


def test_sorted_in_libreoffice_s_way_deleted_added_and_retyped_it_still_comes_back(
    room: Classroom, saved_by_calc: Callable[..., bytes]
) -> None:
    una = room.joined("Una", "Dale")
    book = Book.of(saved_by_calc(download(room)))
    book["Dale, Una", "Autumn"] = 45
    # Her row goes first, another is deleted, one is added, a heading retyped, a column put before the others; and it is saved again.
    sheet = book.sheet
    dale = [cell.value for cell in sheet[book.row("Dale, Una")]]
    sheet.delete_rows(book.row("Dale, Una"))
    sheet.insert_rows(5)
    for column, value in enumerate(dale, start=1):
        sheet.cell(5, column).value = value
    sheet.delete_rows(book.row(NOAH))
    added = sheet.max_row + 1
    sheet.cell(added, book.column("Pupil")).value = "Nobody, Here"
    sheet.cell(added, book.column("Autumn")).value = 45
    sheet.cell(4, book.column("Autumn")).value = "Now"
    sheet.insert_cols(2)
    told = bring(room, saved_by_calc(book.content()))
    assert told.rows("new") == [[f"{una.surname}, {una.forename}", "Autumn", "empty", "45", ""]]
    assert "1 pupil not in the file" in told.main
    assert "Nobody, Here is not on this sheet." in told.main


def test_a_formula_that_libreoffice_has_worked_out_counts_with_its_value(
    room: Classroom, saved_by_calc: Callable[..., bytes]
) -> None:
    book = Book.of(download(room))
    book[ELSIE, "Autumn"] = "=40+5"
    assert bring(room, saved_by_calc(book.content())).rows("new")[0][3] == "45"


def test_an_opendocument_file_is_refused_with_what_to_do(
    room: Classroom, saved_by_calc: Callable[..., bytes]
) -> None:
    told = bring(room, saved_by_calc(download(room), into="ods"), name="sheet.ods")
    assert "This is an OpenDocument file (.ods). Save it as an Excel workbook (.xlsx)." in told.main
