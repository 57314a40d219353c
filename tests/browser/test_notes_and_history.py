"""Notes, histories and odd steps in a real browser: by keyboard, accessible at a desk and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from assessment.models import Judgement
from schools.row_security import visible_to
from tests.browser.conftest import PHONE_AND_DESK, Visitor, World
from tests.browser.sheets import Sheet, begin, cell, enter, expect_saved, import_class

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


@pytest.fixture
def sheet(world: World, tmp_path: Path) -> Sheet:
    return import_class(world, tmp_path)


def first(sheet: Sheet) -> Judgement:
    """The Autumn of the first pupil."""
    with visible_to(sheet.world.school):
        rows = Judgement.objects.in_school(sheet.world.school).filter(
            academic_year=sheet.world.year, term=1, subject=1
        )
        found: Judgement = rows.order_by("pupil__surname").first()
        return found


def test_n_writes_a_note_and_leads_back_to_the_cell(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher")
    page = visitor.page
    begin(page, sheet.address())
    enter(page, "42")
    expect_saved(page)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("n")
    box = page.get_by_label("Note", exact=True)
    expect(box).to_be_focused()
    page.keyboard.type("Reads on, not yet in between")
    visitor.check()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#cell-history .message")).to_have_text("Note saved.")
    expect(cell(page, 0)).to_have_class("j e is-below is-focus has-note")
    page.keyboard.press("Escape")
    expect(cell(page, 0)).to_be_focused()
    assert first(sheet).note == "Reads on, not yet in between"
    # The sheet knows of it: the next save is no conflict.
    enter(page, "43")
    expect_saved(page)
    expect(page.locator(".is-refused")).to_have_count(0)
    assert (first(sheet).points, first(sheet).note) == (43, "Reads on, not yet in between")


def test_in_an_empty_cell_n_says_what_to_do_and_new_can_be_typed_on(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher")
    page = visitor.page
    begin(page, sheet.address())
    page.keyboard.press("n")
    expect(page.get_by_text("Nothing is entered here yet")).to_be_visible()
    visitor.check()
    page.keyboard.press("Escape")
    expect(cell(page, 0)).to_be_focused()
    enter(page, "new")
    expect_saved(page)
    expect(cell(page, 0)).to_have_text("new")
    expect(cell(page, 1)).to_be_focused()
    expect(page.locator("#sheet-summary")).to_contain_text("0 of 30 entered, 1 new, 29 still empty")


def test_odd_steps_are_asked_about_in_the_cell_and_y_answers_once(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher")
    page = visitor.page
    begin(page, sheet.address())
    # 47 after 39 are 8 steps; 44 after 41 are 3; 40 after 43 is a way down.
    enter(page, "47", "44", "40")
    expect_saved(page)
    expect(cell(page, 0).locator(".jump")).to_contain_text("+8 since Summer?")
    expect(cell(page, 1).locator(".jump")).to_have_count(0)
    expect(cell(page, 2).locator(".jump")).to_contain_text("\N{MINUS SIGN}3 since Summer?")
    expect(page.locator("#announcement")).to_contain_text("3 since Summer? Press y if that is right.")
    expect(page.locator("#sheet-summary")).to_contain_text("2 to check")
    visitor.check()
    # Three further down, y answers what was asked last.
    expect(cell(page, 3)).to_be_focused()
    page.keyboard.press("y")
    expect(cell(page, 2).locator(".jump")).to_have_count(0)
    expect(cell(page, 3)).to_be_focused()
    expect(page.locator("#sheet-summary")).to_contain_text("1 to check")
    # The other one stays marked, is told where one goes there, and takes a click.
    page.reload()
    expect(page.locator("#grid[role=grid]")).to_be_visible()
    expect(page.locator("#grid [data-odd]")).to_have_count(1)
    expect(page.locator(".jump")).to_have_count(0)
    cell(page, 0).click()
    cell(page, 0).get_by_role("button", name="Yes").click()
    expect(page.locator("#grid [data-odd]")).to_have_count(0)
    expect(page.locator("#sheet-summary")).not_to_contain_text("to check")
    assert first(sheet).confirmed_steps == 8


def test_typing_another_value_takes_the_question_away(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher").page
    begin(page, sheet.address())
    enter(page, "57")
    expect(cell(page, 0).locator(".jump")).to_contain_text("+18 since Summer?")
    page.keyboard.press("ArrowUp")
    enter(page, "42")
    expect(page.locator(".jump")).to_have_count(0)
    expect(page.locator("#sheet-summary")).not_to_contain_text("to check")


def test_an_earlier_value_is_put_back_from_the_dialog(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher")
    page = visitor.page
    begin(page, sheet.address())
    for value in ("42", "44"):
        enter(page, value)
        expect_saved(page)
        page.keyboard.press("ArrowUp")
    expect(cell(page, 0)).to_have_text("44 at")
    page.keyboard.press("h")
    expect(page.locator("#cell-heading")).to_be_focused()
    page.get_by_role("button", name="Put back 42").press("Enter")
    expect(page.locator("#cell-history .message")).to_have_text("42 is put back.")
    expect(page.locator("#cell-heading")).to_be_focused()
    expect(page.locator(".changes > li").first).to_contain_text("Put back by A. Teacher")
    visitor.check()
    page.keyboard.press("Escape")
    expect(cell(page, 0)).to_have_text("42 below")
    expect(cell(page, 0)).to_be_focused()
    assert (first(sheet).points, first(sheet).version) == (42, 3)


def test_why_leads_to_the_history(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher").page
    begin(page, sheet.address())
    enter(page, "44")
    expect_saved(page)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("?")
    why = page.get_by_role("dialog", name="Why this colour")
    why.get_by_role("link", name=re.compile("^Note and history.*Autumn")).click()
    expect(page.get_by_role("dialog", name="Note and history")).to_contain_text("Typed by A. Teacher")
    expect(why).to_be_hidden()


def test_the_page_of_a_judgement_is_accessible_and_works_without_script(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher").page
    begin(page, sheet.address())
    enter(page, "42", "44")
    page.keyboard.press("Control+Home")
    page.keyboard.press("End")
    expect_saved(page)
    key = (page.locator("#grid tbody tr th").first.get_attribute("id") or "")[2:]
    address = sheet.world.at(f"judgements/{key}/reading/autumn/history/")
    plain = visit("teacher", 375, java_script_enabled=False).page
    plain.goto(address)
    plain.get_by_label("Note", exact=True).fill("Discussed with the class teacher of last year")
    plain.get_by_role("button", name="Save note").click()
    expect(plain.get_by_text("Note saved.")).to_be_visible()
    visitor = visit("teacher", views=PHONE_AND_DESK)
    visitor.page.goto(address)
    expect(visitor.page.get_by_label("Note", exact=True)).to_have_value(
        "Discussed with the class teacher of last year"
    )
    visitor.check()
