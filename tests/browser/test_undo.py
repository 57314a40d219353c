"""Undo and redo on a marksheet, by key, by button, and without script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from assessment.engine.assessment_points import AssessmentTerm
from assessment.models import Judgement
from schools.calendar import TermName
from schools.row_security import visible_to
from schools.services.terms import close_term
from tests.browser.conftest import PHONE_AND_DESK, Visitor, World
from tests.browser.sheets import Sheet, begin, cell, enter, expect_saved, import_class

pytestmark = pytest.mark.django_db(transaction=True)

Visit = Callable[..., Visitor]


@pytest.fixture
def sheet(world: World, tmp_path: Path) -> Sheet:
    return import_class(world, tmp_path)


def stored(sheet: Sheet) -> dict[int, int]:
    """What stands in the Autumn column, by the pupil's place on the sheet."""
    with visible_to(sheet.world.school):
        rows = Judgement.objects.in_school(sheet.world.school).filter(
            academic_year=sheet.world.year, term=AssessmentTerm.AUTUMN, subject=1
        )
        return {
            int(name.removeprefix("Pupil")): points
            for name, points in rows.values_list("pupil__surname", "points")
        }


def tool(page: Page, name: str):  # type: ignore[no-untyped-def]
    return page.get_by_role("group", name="Undo and redo").get_by_role("button", name=name)


def said(page: Page):  # type: ignore[no-untyped-def]
    return page.locator("#sheet-said")


def test_keys_go_back_cell_by_cell_and_forward_again(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher")
    page = visitor.page
    begin(page, sheet.address())
    expect(tool(page, "Undo")).to_be_disabled()
    enter(page, "44", "45", "46")
    expect_saved(page)
    expect(tool(page, "Undo")).to_be_enabled()
    page.keyboard.press("Control+z")
    expect(said(page)).to_contain_text("Undone. Pupil02, Sam, Autumn: empty.")
    # One goes to what has changed, in the grid.
    expect(cell(page, 2)).to_be_focused()
    expect(cell(page, 2)).to_have_text("")
    expect(tool(page, "Redo")).to_be_enabled()
    page.keyboard.press("Control+z")
    expect(cell(page, 1)).to_be_focused()
    assert stored(sheet) == {0: 44}
    page.keyboard.press("Control+y")
    expect(said(page)).to_contain_text("Redone. Pupil01, Sam, Autumn: 45.")
    page.keyboard.press("Control+Shift+z")
    expect(cell(page, 2)).to_be_focused()
    expect(cell(page, 2)).to_have_text("46 above")
    expect(tool(page, "Redo")).to_be_disabled()
    assert stored(sheet) == {0: 44, 1: 45, 2: 46}
    expect(page.locator("#sheet-summary")).to_contain_text("3 of 30 entered")
    visitor.check()
    # A new act ends what could be done again, and takes away what was said.
    page.keyboard.press("Control+z")
    expect(tool(page, "Redo")).to_be_enabled()
    enter(page, "40")
    expect(tool(page, "Redo")).to_be_disabled()
    expect(said(page)).to_be_empty()
    assert page.locator("#grid [tabindex='0']").count() == 1


def test_keys_pressed_at_once_go_back_one_act_each(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher").page
    begin(page, sheet.address())
    enter(page, "44", "45", "46")
    expect_saved(page)
    for _ in range(3):
        page.keyboard.press("Control+z")
    expect(cell(page, 0)).to_be_focused()
    expect(tool(page, "Undo")).to_be_disabled()
    assert stored(sheet) == {}


def test_a_block_is_one_step_also_after_a_reload(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher").page
    begin(page, sheet.address())
    enter(page, "44")
    expect_saved(page)
    page.keyboard.press("ArrowUp")
    for _ in range(5):
        page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Control+d")
    expect(page.locator("#sheet-summary")).to_contain_text("6 of 30 entered")
    page.reload()
    expect(tool(page, "Undo")).to_have_attribute("title", "Undo: 5 cells filled")
    page.locator("#grid [tabindex='0']").focus()
    page.keyboard.press("Control+z")
    expect(said(page)).to_contain_text("Undone: 5 cells filled.")
    expect(page.locator("#sheet-summary")).to_contain_text("1 of 30 entered")
    assert stored(sheet) == {0: 44}
    page.keyboard.press("Control+y")
    expect(page.locator("#sheet-summary")).to_contain_text("6 of 30 entered")
    assert stored(sheet) == dict.fromkeys(range(6), 44)


def test_what_a_colleague_changed_since_stays_and_is_named(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher", views=PHONE_AND_DESK)
    page = visitor.page
    begin(page, sheet.address())
    enter(page, "44")
    expect_saved(page)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Control+d")
    expect(page.locator("#sheet-summary")).to_contain_text("3 of 30 entered")
    head = visit("head").page
    begin(head, sheet.address())
    cell(head, 1).click()
    enter(head, "43")
    expect_saved(head)
    page.keyboard.press("Control+z")
    expect(said(page)).to_contain_text("Undone: 1 cell filled.")
    expect(said(page)).to_contain_text("1 was changed since and stays:")
    expect(said(page)).to_contain_text("Pupil01, Sam, Autumn: A. Head teacher changed it to 43")
    # What stands there is shown as it is now.
    expect(cell(page, 1)).to_have_text("43 at")
    expect(cell(page, 2)).to_have_text("")
    visitor.check()
    page.get_by_role("button", name="Close").click()
    expect(said(page)).to_be_empty()
    expect(cell(page, 2)).to_be_focused()


def hold_saves(page: Page) -> tuple[list[Route], Callable[[], None]]:
    """Saves do not get through until the second of the answer is called; the first are those on their way."""
    held: list[Route] = []
    page.route(
        "**/marksheets/**",
        lambda route: held.append(route) if route.request.method == "POST" else route.continue_(),
    )

    def release() -> None:
        while held:
            held.pop().continue_()
        page.unroute("**/marksheets/**")

    return held, release


def test_what_waits_to_be_sent_is_taken_back_on_the_page_and_what_is_on_its_way_is_waited_for(
    visit: Visit, sheet: Sheet
) -> None:
    page = visit("teacher", service_workers="block").page
    begin(page, sheet.address())
    held, release = hold_saves(page)
    enter(page, "44", "45")
    expect(page.locator("#sheet-state")).to_have_text("Saving")
    page.keyboard.press("Control+z")
    # The second had not left the page.
    expect(cell(page, 1)).to_be_focused()
    expect(cell(page, 1)).to_have_text("")
    expect(page.locator("#announcement")).to_have_text("Taken back: Pupil01, Sam, Autumn, not saved.")
    # The first has: it is waited for, and then taken back by the server.
    page.keyboard.press("Control+z")
    expect(cell(page, 0).locator(".typed")).to_have_text("44")
    assert len(held) == 1
    release()
    expect(said(page)).to_contain_text("Undone. Pupil00, Sam, Autumn: empty.")
    expect(cell(page, 0)).to_be_focused()
    assert stored(sheet) == {}
    with visible_to(sheet.world.school):
        events = Judgement.pgh_event_model.objects.filter(academic_year=sheet.world.year)  # type: ignore[attr-defined]
        assert [event.pgh_label for event in events.order_by("pgh_id")] == ["insert", "delete"]


def test_without_a_connection_nothing_that_was_saved_is_taken_back(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher").page
    begin(page, sheet.address())
    enter(page, "44")
    expect_saved(page)
    page.context.set_offline(True)
    page.keyboard.press("Control+z")
    expect(page.locator("#notice")).to_contain_text("No connection")
    expect(cell(page, 0)).to_have_text("44 at")
    page.context.set_offline(False)
    page.keyboard.press("Control+z")
    expect(cell(page, 0)).to_have_text("")
    assert stored(sheet) == {}


def test_in_a_closed_term_the_leader_is_asked_why_and_the_act_waits(visit: Visit, sheet: Sheet) -> None:
    page = visit("assessment_leader").page
    begin(page, sheet.address())
    enter(page, "44")
    expect_saved(page)
    with visible_to(sheet.world.school):
        close_term(school=sheet.world.school, academic_year=sheet.world.year, term=TermName.AUTUMN, by=None)
    page.keyboard.press("Control+z")
    expect(said(page)).to_contain_text("Nothing was undone. 1 is closed for entry and stays.")
    assert stored(sheet) == {0: 44}
    page.get_by_label("To change it all the same").fill("Typed by mistake")
    tool(page, "Undo").click()
    expect(said(page)).to_contain_text("Undone. Pupil00, Sam, Autumn: empty.")
    assert stored(sheet) == {}


def test_without_script_the_buttons_do_the_same(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher", java_script_enabled=False).page
    page.goto(sheet.address())
    expect(tool(page, "Undo")).to_be_disabled()
    box = cell(page, 0).get_by_role("textbox")
    box.fill("44")
    # Enter in a box saves, and undoes nothing.
    box.press("Enter")
    expect(page.get_by_text("1 judgement saved.")).to_be_visible()
    tool(page, "Undo").press("Enter")
    expect(page.get_by_text("Undone: 1 cell changed.")).to_be_visible()
    assert stored(sheet) == {}
    tool(page, "Redo").press("Enter")
    expect(page.get_by_text("Redone: 1 cell changed.")).to_be_visible()
    assert stored(sheet) == {0: 44}
