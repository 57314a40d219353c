"""A block pasted into the marksheet in a real browser: shown first, written when it is confirmed, kept when the connection is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from assessment.models import Judgement
from schools.models import ChangeKind, ChangeSet
from schools.row_security import visible_to
from tests.browser.conftest import Visitor, World
from tests.browser.sheets import Sheet, begin, cell, enter, expect_saved, import_class

pytestmark = pytest.mark.django_db(transaction=True)

Visit = Callable[..., Visitor]


@pytest.fixture
def sheet(world: World, tmp_path: Path) -> Sheet:
    return import_class(world, tmp_path)


def stored(sheet: Sheet, term: int = 1) -> list[tuple[str, int | None, str]]:
    """What stands in reading at the end of a term of the year, by name."""
    with visible_to(sheet.world.school):
        rows = Judgement.objects.in_school(sheet.world.school).filter(
            academic_year=sheet.world.year, term=term, subject=1
        )
        return list(rows.order_by("pupil__surname").values_list("pupil__surname", "points", "source"))


PASTE = """(text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    document.activeElement.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def paste(page: Page, text: str) -> None:
    """As Ctrl+V does where the keyboard is."""
    page.evaluate(PASTE, text)


def test_a_block_is_shown_first_and_written_when_it_is_confirmed(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher")
    page = visitor.page
    begin(page, sheet.address())
    paste(page, "44\t46\r\n4z\t.\r\n45\t\r\n")
    summary = page.locator("#paste-summary")
    expect(summary).to_contain_text("4 understood, 1 not.")
    expect(summary).to_be_focused()
    table = page.locator(".paste-cells")
    expect(table.get_by_role("row").nth(1)).to_contain_text("Pupil00, Sam")
    expect(table.get_by_role("row").nth(2)).to_contain_text("is not on the scale")
    assert stored(sheet) == []
    visitor.check()
    page.get_by_role("button", name="Paste 4 cells").click()
    expect(page.locator("#pasting")).not_to_be_visible()
    expect(cell(page, 0)).to_be_focused()
    expect(cell(page, 0)).to_contain_text("44")
    expect(cell(page, 1, "Spring")).to_contain_text("absent")
    expect(page.locator("#notice")).to_contain_text("4 saved.")
    expect(page.locator("#sheet-summary")).to_contain_text("2 of 30 entered")
    assert stored(sheet) == [("Pupil00", 44, "pasted"), ("Pupil02", 45, "pasted")]
    assert stored(sheet, 2) == [("Pupil00", 46, "pasted"), ("Pupil01", None, "pasted")]
    with visible_to(sheet.world.school):
        assert ChangeSet.objects.filter(kind=ChangeKind.PASTE).count() == 1
    visitor.check()


def test_escape_writes_nothing_and_leads_back_to_the_cell(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher").page
    begin(page, sheet.address())
    page.keyboard.press("ArrowDown")
    paste(page, "44\n45")
    expect(page.locator("#paste-summary")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#pasting")).not_to_be_visible()
    expect(cell(page, 1)).to_be_focused()
    assert stored(sheet) == []
    # And the grid goes on as before.
    enter(page, "46")
    expect_saved(page)
    assert stored(sheet) == [("Pupil01", 46, "typed")]


def test_one_value_on_one_cell_is_typed_there_and_fills_a_selected_block(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher").page
    begin(page, sheet.address())
    paste(page, "44\r\n")
    expect_saved(page)
    expect(page.locator("#pasting")).not_to_be_visible()
    assert stored(sheet) == [("Pupil00", 44, "typed")]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    paste(page, "x")
    page.get_by_role("button", name="Paste 3 cells").click()
    expect(cell(page, 3)).to_contain_text("not required")
    assert len(stored(sheet)) == 4


def test_a_colleagues_later_edit_is_overwritten_only_when_it_is_ticked(visit: Visit, sheet: Sheet) -> None:
    page, other = visit("teacher").page, visit("head").page
    begin(page, sheet.address())
    begin(other, sheet.address())
    enter(other, "50")
    expect_saved(other)
    paste(page, "44\n45")
    expect(page.locator("#paste-summary")).to_contain_text("2 understood, 1 would overwrite a later edit.")
    box = page.get_by_role("checkbox")
    expect(box).not_to_be_checked()
    expect(page.locator(".paste-later")).to_contain_text("A. Head")
    page.get_by_role("button", name="Paste 1 cell").click()
    expect(cell(page, 1)).to_contain_text("45")
    assert [row[:2] for row in stored(sheet)] == [("Pupil00", 50), ("Pupil01", 45)]
    paste_again = "44\n45"
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    paste(page, paste_again)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Paste what is ticked").click()
    expect(cell(page, 0)).to_contain_text("44")
    assert [row[:2] for row in stored(sheet)] == [("Pupil00", 44), ("Pupil01", 45)]


def test_without_a_connection_what_was_pasted_stays_and_is_tried_again(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher", service_workers="block").page
    begin(page, sheet.address())
    is_cut = [True]

    def cut(route: Route) -> None:
        if is_cut[0]:
            route.abort()
        else:
            route.continue_()

    page.route("**/paste/**", cut)
    paste(page, "44\n45")
    state = page.locator("#pasting-state")
    expect(state).to_contain_text("No connection. Nothing was written")
    is_cut[0] = False
    page.get_by_role("dialog").get_by_role("button", name="Try again").click()
    expect(page.locator("#paste-summary")).to_contain_text("2 understood")
    is_cut[0] = True
    page.get_by_role("button", name="Paste 2 cells").click()
    expect(state).to_contain_text("nothing is written twice")
    assert stored(sheet) == []
    is_cut[0] = False
    page.get_by_role("dialog").get_by_role("button", name="Try again").click()
    expect(cell(page, 1)).to_contain_text("45")
    assert [row[1] for row in stored(sheet)] == [44, 45]


def test_the_button_opens_a_box_to_paste_into(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher", width=375)
    page = visitor.page
    begin(page, sheet.address())
    page.get_by_role("link", name="Paste", exact=True).click()
    box = page.get_by_label("Cells copied in Excel")
    expect(box).to_be_focused()
    expect(page.get_by_label("First column")).to_have_value("reading.autumn")
    visitor.check()
    box.fill("Name\tAutumn\nPupil07, Sam\t47\nSmith, Jo\t48\n")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#paste-summary")).to_contain_text("1 understood, 1 pupil unknown.")
    expect(page.locator(".paste-left")).to_contain_text("Not on this sheet: Smith, Jo")
    visitor.check()
    page.get_by_role("button", name="Paste 1 cell").click()
    expect(cell(page, 7)).to_contain_text("47")


def test_without_a_script_the_same_is_a_page(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher")
    signed_in = visitor.page.context.storage_state()
    plain = visit(java_script_enabled=False, storage_state=signed_in)
    page = plain.page
    page.goto(sheet.address())
    page.get_by_role("link", name="Paste", exact=True).click()
    page.get_by_label("Cells copied in Excel").fill("Pupil03, Sam\t47\nPupil04, Sam\t4z")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#paste-summary")).to_contain_text("1 understood, 1 not.")
    page.get_by_role("button", name="Paste 1 cell").click()
    expect(page.get_by_text("1 cell pasted.")).to_be_visible()
    assert [row[:2] for row in stored(sheet)] == [("Pupil03", 47)]
