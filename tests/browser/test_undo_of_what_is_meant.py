"""Undo takes back what is meant: one act for a double click, no other one from a second tab, and text by text of what was not sent yet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from schools.models import Pupil
from schools.row_security import visible_to
from tests.browser.conftest import Visitor, World
from tests.browser.sheets import (
    Sheet,
    begin,
    cell,
    enter,
    expect_saved,
    import_class,
    lose_the_first_answer,
)
from tests.browser.test_undo import said, stored, tool

pytestmark = pytest.mark.django_db(transaction=True)

Visit = Callable[..., Visitor]


@pytest.fixture
def sheet(world: World, tmp_path: Path) -> Sheet:
    return import_class(world, tmp_path)


def test_a_double_click_takes_back_one_and_a_second_tab_nothing_else(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher")
    page = visitor.page
    begin(page, sheet.address())
    empty = page.context.new_page()
    begin(empty, sheet.address())
    enter(page, "44", "45", "46", "47")
    expect_saved(page)
    expect(page.locator("#sheet-summary")).to_contain_text("4 of 30 entered")
    second = page.context.new_page()
    begin(second, sheet.address())
    # One that was opened before any of it has nothing to take back, and shows nothing of it.
    expect(tool(empty, "Undo")).to_be_disabled()
    empty.keyboard.press("Control+z")
    expect(empty.locator("#announcement")).to_have_text("There is nothing to undo.")
    assert stored(sheet) == {0: 44, 1: 45, 2: 46, 3: 47}
    tool(page, "Undo").dblclick()
    expect(said(page)).to_contain_text("Undone. Pupil03, Sam, Autumn: empty.")
    assert stored(sheet) == {0: 44, 1: 45, 2: 46}
    # The other tab means what it shows, and is shown how it stands.
    expect(cell(second, 3)).to_contain_text("47 above")
    second.keyboard.press("Control+z")
    expect(said(second)).to_contain_text("That was taken back already.")
    expect(cell(second, 3)).to_have_text("")
    assert stored(sheet) == {0: 44, 1: 45, 2: 46}
    cell(second, 2).click()
    second.keyboard.press("Control+z")
    expect(said(second)).to_contain_text("Undone. Pupil02, Sam, Autumn: empty.")
    # What is saved here is what undo means next, without a reload.
    cell(page, 5).click()
    enter(page, "42")
    expect(said(page)).to_be_empty()
    page.keyboard.press("Control+z")
    expect(said(page)).to_contain_text("Undone. Pupil05, Sam, Autumn: empty.")
    assert stored(sheet) == {0: 44, 1: 45}
    page.keyboard.press("Control+z")
    expect(said(page)).to_contain_text("Undone. Pupil01, Sam, Autumn: empty.")
    page.keyboard.press("Control+y")
    expect(said(page)).to_contain_text("Redone. Pupil01, Sam, Autumn: 45.")
    assert stored(sheet) == {0: 44, 1: 45}
    visitor.check()


def test_what_was_typed_before_and_not_sent_comes_back_text_by_text(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher").page
    begin(page, sheet.address())
    enter(page, "44")
    expect_saved(page)
    page.context.set_offline(True)
    enter(page, "14")
    expect(page.locator("#sheet-state")).to_have_text("1 not saved")
    # Both wait behind the one that was tried: nothing of them has left the page.
    enter(page, "15")
    page.keyboard.press("ArrowUp")
    enter(page, "16")
    expect(cell(page, 2).locator(".typed")).to_have_text("16")
    page.keyboard.press("Control+z")
    expect(cell(page, 2).locator(".typed")).to_have_text("15")
    expect(cell(page, 2)).to_be_focused()
    enter(page, "17")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    expect(cell(page, 2).locator(".typed")).to_have_text("15")
    page.keyboard.press("Escape")
    expect(cell(page, 2)).to_have_text("")
    expect(page.locator("#sheet-state")).to_have_text("1 not saved")
    enter(page, "18")
    page.keyboard.press("ArrowUp")
    enter(page, "19")
    page.keyboard.press("Control+z")
    # Also where a block was put over it: each in its turn, back to what was typed first.
    cell(page, 3).click()
    enter(page, "20", "15")
    cell(page, 3).click()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Control+d")
    expect(cell(page, 4).locator(".typed")).to_have_text("20")
    cell(page, 4).click()
    enter(page, "16")
    page.keyboard.press("Control+z")
    expect(cell(page, 4).locator(".typed")).to_have_text("20")
    page.keyboard.press("Control+z")
    expect(cell(page, 4).locator(".typed")).to_have_text("15")
    page.context.set_offline(False)
    expect_saved(page)
    expect(cell(page, 2)).to_contain_text("18")
    assert stored(sheet) == {0: 44, 1: 14, 2: 18, 3: 20, 4: 15}


def test_what_arrived_without_an_answer_is_not_forgotten_under_a_block(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher", service_workers="block").page
    begin(page, sheet.address())
    enter(page, "20")
    expect_saved(page)
    losing = lose_the_first_answer(page)
    enter(page, "44")
    expect(page.locator("#sheet-state")).to_have_text("1 not saved")
    assert losing.statuses == [200]
    page.context.set_offline(True)
    losing.ends()
    cell(page, 0).click()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Control+d")
    expect(cell(page, 1).locator(".typed")).to_have_text("20")
    cell(page, 1).click()
    enter(page, "16")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    # What may have arrived goes on being sent, and says so.
    expect(cell(page, 1).locator(".typed")).to_have_text("44")
    expect(page.locator("#sheet-state")).to_contain_text("not saved")
    page.context.set_offline(False)
    expect_saved(page)
    # The block was taken back as a whole.
    assert stored(sheet) == {0: 20, 1: 44}


def test_what_is_asked_twice_at_once_is_answered_twice_and_a_paste_ends_what_was_refused(
    visit: Visit, sheet: Sheet
) -> None:
    visitor = visit("teacher")
    page = visitor.page
    begin(page, sheet.address())
    # Refused, and kept as such.
    enter(page, "1000")
    expect(page.locator("#sheet-state")).to_have_text("1 not saved")
    expect(cell(page, 0)).to_have_class("j e is-focus is-refused")
    enter(page, "44")
    expect(page.locator("#sheet-summary")).to_contain_text("1 of 30 entered")
    expect(page.locator("#sheet-state")).to_have_text("1 not saved")
    # Two things asked from one place at once: htmx alone answers only one of them.
    page.evaluate(
        """async () => {
            const { ask } = await import(document.querySelector('script[src*="grid"]').src.replace(/grid[^/]*$/, "asking.js"));
            const source = document.getElementById("cell"), schools = location.pathname.replace(/marksheets.*/, "");
            const asked = [1, 2].map((row) => {
                const pupil = document.querySelectorAll("#grid tbody tr th")[row].id.slice(2);
                const address = `${schools}judgements/${pupil}/reading/autumn/history/`;
                return ask("GET", address, { source, target: "#cell-history", swap: "outerHTML" });
            });
            window.answers = await Promise.all(asked);
        }"""
    )
    assert page.evaluate("window.answers") == [200, 200]
    # Something pasted over the cell that was refused: nothing of that is left, also after a reload.
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData("text/plain", "41\\n42\\n");
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    page.get_by_role("dialog").get_by_role("button", name="Paste 2 cells").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(cell(page, 0)).to_contain_text("41")
    expect(cell(page, 0)).to_have_attribute("aria-readonly", "false")
    expect(page.locator("#sheet-state")).not_to_contain_text("not saved")
    page.reload()
    expect(page.locator("#grid[role=grid]")).to_be_visible()
    expect(cell(page, 0)).to_contain_text("41")
    expect(page.locator("#sheet-state")).to_be_empty()
    visitor.check()


def test_what_can_never_be_saved_is_still_there_after_a_reload(visit: Visit, sheet: Sheet) -> None:
    page: Page = visit("teacher", service_workers="block").page
    begin(page, sheet.address())
    refused: list[str] = []

    def refuse_the_first(route: Route) -> None:
        if route.request.method == "POST" and not refused:
            refused.append(route.request.url)
            route.fulfill(status=404, body="")
        else:
            route.continue_()

    page.route("**/marksheets/**", refuse_the_first)
    enter(page, "44")
    expect(cell(page, 0)).to_contain_text("This pupil, or the class, is no longer here for you.")
    enter(page, "45")
    expect(page.locator("#sheet-summary")).to_contain_text("1 of 30 entered")
    page.on("dialog", lambda dialog: dialog.accept())
    page.unroute("**/marksheets/**")
    page.reload()
    # It is tried again, for what was in its way may be mended by now.
    expect_saved(page)
    assert stored(sheet) == {0: 44, 1: 45}
    with visible_to(sheet.world.school):
        assert Pupil.objects.in_school(sheet.world.school).filter(surname="Pupil00").count() == 1


def test_what_is_asked_of_later_steps_follows_a_change_and_its_undoing(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher")
    page = visitor.page
    begin(page, sheet.address())
    enter(page, "41")
    cell(page, 0, "Spring").click()
    enter(page, "43")
    expect(page.locator("#sheet-state")).to_contain_text("Spring, 43")
    expect(cell(page, 0, "Spring")).not_to_contain_text("to check")
    cell(page, 0).click()
    enter(page, "45")
    # Two down from Autumn now: asked about, and read out.
    expect(cell(page, 0, "Spring")).to_have_attribute("data-odd", "\N{MINUS SIGN}2 since Autumn")
    expect(cell(page, 0, "Spring")).to_contain_text("\N{MINUS SIGN}2 since Autumn, to check")
    visitor.check()
    page.keyboard.press("Control+z")
    expect(cell(page, 0)).to_contain_text("41")
    expect(cell(page, 0, "Spring")).not_to_contain_text("to check")
