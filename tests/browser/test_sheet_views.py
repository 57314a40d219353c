"""The views of a marksheet: all subjects, a group, sorted and narrowed, one pupil at a time; by keyboard, in the browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROWEST_AND_DESK, PHONE_AND_DESK, Visitor, World
from tests.browser.sheets import Sheet, begin, enter, expect_saved, import_class

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


@pytest.fixture
def sheet(world: World, tmp_path: Path) -> Sheet:
    return import_class(world, tmp_path)


def test_all_subjects_of_a_term_are_accessible(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher", views=NARROWEST_AND_DESK)
    begin(visitor.page, sheet.address("all"))
    enter(visitor.page, "44")
    expect_saved(visitor.page)
    visitor.check()


def test_a_choice_of_order_stands_in_the_address_and_the_grid_follows(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher")
    page = visitor.page
    begin(page, sheet.address())
    enter(page, "50", "44", "40")
    expect_saved(page)
    page.get_by_text("Sort and filter").click()
    order = page.get_by_label("In order of")
    # Whoever goes through the choices by keyboard stays on the page until they say so.
    order.press("ArrowDown")
    order.press("ArrowDown")
    expect(order).to_have_value("points")
    expect(order).to_be_focused()
    assert "sort=" not in page.url
    page.get_by_role("button", name="Show").press("Enter")
    expect(page.locator("#grid tbody th a").first).to_have_text("Pupil02, Sam")
    assert "sort=points" in page.url
    page.get_by_text("Sort and filter").click()
    page.get_by_label("Entered", exact=True).select_option("Not entered")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#grid tbody tr")).to_have_count(27)
    expect(page.get_by_text("27 of 30 shown")).to_be_visible()
    # The first one to enter is where the keyboard begins.
    page.locator("#grid [tabindex='0']").focus()
    enter(page, "41")
    expect_saved(page)
    expect(page.locator("#grid tbody tr")).to_have_count(27)
    visitor.check()


def test_the_focused_cell_is_never_under_what_stays_in_sight(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher", width=375).page
    begin(page, sheet.address("all"))
    for key in ("Control+End", "PageUp", "PageUp", "Home", "ArrowRight", "Control+Home", "ArrowRight", "End"):
        page.keyboard.press(key)
        hidden = page.evaluate(
            """() => {
                const cell = document.activeElement, box = cell.getBoundingClientRect();
                const found = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
                return !(found === cell || cell.contains(found));
            }"""
        )
        assert not hidden, key


def test_one_pupil_at_a_time_is_typed_without_a_grid(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher", views=PHONE_AND_DESK)
    page = visitor.page
    page.goto(sheet.address("all"))
    page.locator(".sheet-tools").get_by_text("More", exact=True).click()
    page.get_by_role("link", name="One pupil at a time").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pupil00, Sam")
    visitor.check()
    for label, value in (("Reading", "44"), ("Writing", "43"), ("Mathematics", ".")):
        page.get_by_label(label, exact=True).fill(value)
    sizes = page.locator(".one-choices .button").evaluate_all("all => all.map(each => each.offsetHeight)")
    assert min(sizes) >= 44
    page.get_by_role("button", name="Save, next pupil").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pupil01, Sam")
    page.get_by_role("link", name="Previous").click()
    expect(page.get_by_label("Writing", exact=True)).to_have_value("43")
    expect(page.get_by_label("Mathematics", exact=True)).to_have_value("absent")


def test_a_leader_makes_a_group_and_its_sheet_is_there(visit: Visit, sheet: Sheet, world: World) -> None:
    visitor = visit("head")
    page = visitor.page
    page.goto(world.at("groups/"))
    page.get_by_label("Name of the group").fill("Boosters")
    page.get_by_role("button", name="Make a group").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Boosters")
    visitor.check()
    page.get_by_label("Pupil03, Sam").check()
    page.get_by_label("Clowes").check()
    page.get_by_role("button", name="Save the group").click()
    expect(page.get_by_text("Boosters has 2 pupils: 2 came, 0 went.")).to_be_visible()
    page.get_by_role("link", name="Marksheets").last.click()
    expect(page.locator("#grid tbody tr")).to_have_count(2)
    page.goto(world.at("marksheets/"))
    expect(page.get_by_role("heading", name="Groups", exact=True)).to_be_visible()
    visitor.check()
