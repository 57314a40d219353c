"""The marksheet goes out as a workbook, is filled in elsewhere and comes back, in a real browser; and it is printed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Download, Page, expect

from assessment.models import Judgement
from schools.row_security import visible_to
from tests.assessment.filled_files import Book
from tests.browser.conftest import Visitor, World
from tests.browser.sheets import Sheet, import_class

pytestmark = pytest.mark.django_db(transaction=True)

Visit = Callable[..., Visitor]


@pytest.fixture
def sheet(world: World, tmp_path: Path) -> Sheet:
    return import_class(world, tmp_path)


def fetch(page: Page, link: str) -> Download:
    page.locator(".sheet-tools").get_by_text("More", exact=True).click()
    # Drawing a PDF takes its time on a busy machine.
    with page.expect_download(timeout=90_000) as found:
        page.get_by_role("link", name=link).click(timeout=90_000)
    return found.value


def fill(download: Download, path: Path, **cells: object) -> Path:
    """The workbook with Autumn filled in, by surname."""
    book = Book.of(Path(download.path()).read_bytes())
    for surname, value in cells.items():
        book[f"{surname}, Sam", "Autumn"] = value
    path.write_bytes(book.content())
    return path


def stored(sheet: Sheet) -> dict[str, int | None]:
    with visible_to(sheet.world.school):
        rows = Judgement.objects.in_school(sheet.world.school).filter(
            academic_year=sheet.world.year, term=1, subject=1
        )
        return dict(rows.values_list("pupil__surname", "points"))


@pytest.mark.parametrize("with_script", [True, False])
def test_a_teacher_fills_the_workbook_in_and_brings_it_back(
    visit: Visit, sheet: Sheet, tmp_path: Path, with_script: bool
) -> None:
    visitor = visit("teacher", java_script_enabled=with_script)
    page = visitor.page
    page.goto(sheet.address())
    download = fetch(page, "Excel to fill in")
    assert download.suggested_filename.startswith("beggars-lane-first-school-4b-reading-autumn-")
    file = fill(download, tmp_path / "filled.xlsx", Pupil00=44, Pupil01="4d2", Pupil02=".", Pupil03=200)
    page.goto(sheet.address())
    page.locator(".sheet-tools").get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Bring a filled file back").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bring a filled file back")
    if with_script:
        visitor.check()
    page.get_by_label("The filled-in workbook").set_input_files(file)
    page.get_by_role("button", name="Show what it changes").click()
    expect(page.get_by_role("heading", name="What the file changes")).to_be_visible()
    new = page.get_by_role("region", name="New 3")
    expect(new.get_by_role("row", name="Pupil01, Sam")).to_contain_text("47")
    expect(page.get_by_role("region", name="Not understood 1").get_by_role("row").nth(1)).to_contain_text(
        "“200” is not on the scale"
    )
    if with_script:
        visitor.check()
    assert stored(sheet) == {}
    new.get_by_role("checkbox", name="Pupil02, Sam").uncheck()
    page.get_by_role("button", name="Save what is ticked").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("4B · Reading")
    expect(page.get_by_text("2 judgements saved from the file.")).to_be_visible()
    assert stored(sheet) == {"Pupil00": 44, "Pupil01": 47}


def test_a_file_of_another_sheet_is_refused_with_the_way_there_on_a_phone(
    visit: Visit, sheet: Sheet, tmp_path: Path
) -> None:
    visitor = visit("teacher", width=375)
    page = visitor.page
    page.goto(sheet.address())
    file = fill(fetch(page, "Excel to fill in"), tmp_path / "filled.xlsx", Pupil00=44)
    page.goto(sheet.address("writing").replace("/?", "/bring-back/?"))
    page.get_by_label("The filled-in workbook").set_input_files(file)
    page.get_by_role("button", name="Show what it changes").click()
    expect(page.get_by_text("This file is 4B’s Reading of Autumn")).to_be_visible()
    visitor.check()
    page.get_by_role("link", name="Bring the file back where it belongs").click()
    page.get_by_label("The filled-in workbook").set_input_files(file)
    page.get_by_role("button", name="Show what it changes").click()
    expect(page.get_by_role("region", name="New 1")).to_be_visible()
    visitor.check()


def test_a_later_edit_is_shown_beside_the_files_value_and_one_is_chosen(
    visit: Visit, sheet: Sheet, tmp_path: Path
) -> None:
    visitor = visit("teacher")
    page = visitor.page
    page.goto(sheet.address())
    download = fetch(page, "Excel to fill in")
    fill(download, tmp_path / "first.xlsx", Pupil00=44)
    fill(download, tmp_path / "second.xlsx", Pupil00=45)
    for file in ("first.xlsx", "second.xlsx"):
        page.goto(sheet.address().replace("/?", "/bring-back/?"))
        page.get_by_label("The filled-in workbook").set_input_files(tmp_path / file)
        page.get_by_role("button", name="Show what it changes").click()
        if file == "second.xlsx":
            row = page.get_by_role("row", name="Pupil00, Sam")
            expect(row).to_contain_text("A. Teacher entered 44 on")
            expect(row.get_by_role("radio", name="keep 44")).to_be_checked()
            row.get_by_role("radio", name="save 45").check()
            visitor.check()
        page.get_by_role("button", name="Save what is ticked").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("4B · Reading")
    assert stored(sheet) == {"Pupil00": 45}


def test_a_blank_is_printed_from_the_sheet(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher").page
    page.goto(sheet.address())
    download = fetch(page, "Print a blank")
    assert download.suggested_filename.endswith(".pdf")
    assert Path(download.path()).read_bytes().startswith(b"%PDF-1.7")
