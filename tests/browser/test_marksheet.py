"""The marksheet in a real browser: by keyboard, without a connection, by two people at once, and without script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from assessment.models import Judgement
from schools.row_security import visible_to
from tests.browser.conftest import PASSWORD, Visitor, World
from tests.browser.sheets import (
    LAST_SUMMER,
    Sheet,
    begin,
    cell,
    enter,
    expect_saved,
    import_class,
    lose_the_first_answer,
    try_again,
)

pytestmark = pytest.mark.django_db(transaction=True)

Visit = Callable[..., Visitor]


@pytest.fixture
def sheet(world: World, tmp_path: Path) -> Sheet:
    return import_class(world, tmp_path)


def stored(sheet: Sheet) -> list[tuple[int | None, str]]:
    """What stands in the Autumn column, by name."""
    with visible_to(sheet.world.school):
        rows = Judgement.objects.in_school(sheet.world.school).filter(
            academic_year=sheet.world.year, term=1, subject=1
        )
        return list(rows.order_by("pupil__surname").values_list("points", "reason"))


def test_a_teacher_enters_a_class_of_thirty_by_keyboard_alone(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher")
    page = visitor.page
    page.goto(sheet.world.at("marksheets/?term=autumn"))
    page.get_by_role("row", name="4B").get_by_role("link", name="Reading").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("4B · Reading")
    # From the top of the page to the grid by Tab alone, where the first empty cell waits.
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('#grid') !== null"):
            break
    expect(cell(page, 0)).to_be_focused()
    for number, before in enumerate(LAST_SUMMER):
        enter(page, {39: "4e1", 41: "44", 43: "."}[before] if number != 29 else "x")
    expect_saved(page)
    expect(page.locator("#sheet-summary")).to_contain_text("20 of 30 entered, 9 absent, 1 not required")
    expect(page.locator("#sheet-summary")).to_contain_text("20 at")
    assert stored(sheet) == [(44, ""), (44, ""), (None, "absent")] * 9 + [
        (44, ""),
        (44, ""),
        (None, "not_required"),
    ]
    expect(cell(page, 0)).to_have_text("44 at")
    expect(cell(page, 0, "This term")).to_have_text("+5 more than expected")
    expect(cell(page, 1, "This year")).to_have_text("+3 expected")
    expect(cell(page, 2)).to_have_text("absent")
    expect(cell(page, 2, "This year")).to_have_text("")
    visitor.check()


def test_the_grid_keeps_the_keys_of_the_aria_pattern(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher").page
    begin(page, sheet.address())
    assert page.locator("#grid [tabindex='0']").count() == 1
    for key, row, column in (
        ("ArrowUp", 0, "Autumn"),
        ("ArrowDown", 1, "Autumn"),
        ("ArrowRight", 1, "Spring"),
        ("End", 1, "This year"),
        ("ArrowRight", 1, "This year"),
        ("Home", 1, "Pupil"),
        ("ArrowLeft", 1, "Pupil"),
        ("PageDown", 11, "Pupil"),
        ("Control+End", 29, "This year"),
        ("PageUp", 19, "This year"),
        ("Control+Home", 0, "Pupil"),
    ):
        page.keyboard.press(key)
        expect(cell(page, row, column)).to_be_focused()
    assert page.locator("#grid [tabindex='0']").count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#grid')") is None, "Tab leaves the grid"
    page.keyboard.press("Shift+Tab")
    expect(cell(page, 0, "Pupil")).to_be_focused()


def test_enter_f2_tab_and_escape_do_what_they_do_in_a_spreadsheet(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher").page
    begin(page, sheet.address())
    page.keyboard.type("44")
    page.keyboard.press("Escape")
    expect(cell(page, 0)).to_be_focused()
    expect(cell(page, 0)).to_have_text("")
    page.keyboard.press("F2")
    page.keyboard.type("45")
    page.keyboard.press("F2")
    expect(cell(page, 0)).to_be_focused()
    expect(cell(page, 0)).to_have_text("45 above")
    # Enter opens with what stands there, all of it selected: typing replaces it.
    page.keyboard.press("Enter")
    page.keyboard.type("43")
    page.keyboard.press("Tab")
    expect(cell(page, 0, "Spring")).to_be_focused()
    expect(cell(page, 0)).to_have_text("43 at")
    page.keyboard.type("46")
    page.keyboard.press("Shift+Tab")
    expect(cell(page, 0)).to_be_focused()
    expect(cell(page, 0, "Spring")).to_have_text("46 at")
    page.keyboard.press("Delete")
    expect(cell(page, 0)).to_have_text("")
    expect_saved(page)
    assert stored(sheet) == []
    # What cannot be changed here is not edited.
    page.keyboard.press("End")
    page.keyboard.type("9")
    expect(page.locator(".editor")).to_have_count(0)


def test_a_bad_value_says_what_is_allowed_and_keeps_the_text(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher")
    page = visitor.page
    begin(page, sheet.address())
    enter(page, "4x9", "44")
    expect(page.locator("#sheet-state")).to_have_text("1 not saved")
    expect(page.locator("#announcement")).to_contain_text(
        "Pupil00, Sam, Autumn: not saved. “4x9” is not on the scale."
    )
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(cell(page, 0)).to_be_focused()
    expect(cell(page, 0).locator(".said")).to_contain_text("Type 1 to 101 or a code such as 4D2")
    expect(cell(page, 0).locator(".typed")).to_have_text("4x9")
    expect(cell(page, 0)).to_have_attribute("aria-invalid", "true")
    visitor.check()
    page.keyboard.press("Enter")
    expect(page.locator(".editor")).to_have_value("4x9")
    page.keyboard.type("43")
    page.keyboard.press("Enter")
    expect_saved(page)
    assert stored(sheet) == [(43, ""), (44, "")]


def test_escape_takes_a_refused_text_back(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher").page
    begin(page, sheet.address())
    enter(page, "44")
    expect_saved(page)
    page.keyboard.press("ArrowUp")
    enter(page, "444")
    expect(page.locator("#sheet-state")).to_have_text("1 not saved")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    expect(cell(page, 0)).to_have_text("44 at")
    expect(page.locator("#sheet-state")).not_to_contain_text("not saved")


def test_two_tabs_at_one_cell_are_both_told_and_one_chooses(visit: Visit, sheet: Sheet) -> None:
    first, second = visit("teacher"), visit("head")
    begin(first.page, sheet.address())
    begin(second.page, sheet.address())
    enter(first.page, "44")
    expect_saved(first.page)
    enter(second.page, "47", "45")
    said = cell(second.page, 0).locator(".said")
    expect(said).to_contain_text("A. Teacher entered 44 on")
    expect(second.page.locator("#sheet-state")).to_have_text("1 not saved")
    expect(cell(second.page, 1)).to_have_text("45 above")
    assert stored(sheet) == [(44, ""), (45, "")]
    second.check()
    said.get_by_role("button", name="Save 47").click()
    expect(cell(second.page, 0)).to_contain_text("47 above")
    expect_saved(second.page)
    # Now the first tab is the one that is behind, and keeps what the other said.
    first.page.keyboard.press("ArrowUp")
    enter(first.page, "43")
    cell(first.page, 0).get_by_role("button", name="Keep 47").click()
    expect(cell(first.page, 0)).to_contain_text("47 above")
    assert stored(sheet) == [(47, ""), (45, "")]


def test_what_is_typed_without_a_connection_is_sent_when_it_is_back(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher")
    page = visitor.page
    begin(page, sheet.address())
    enter(page, "43")
    expect_saved(page)
    page.context.set_offline(True)
    enter(page, "44", "45", "46")
    # Typed twice while nothing gets through: the last word counts.
    page.keyboard.press("ArrowUp")
    enter(page, "47")
    expect(page.locator("#sheet-state")).to_have_text("3 not saved")
    expect(cell(page, 3)).to_have_class("j e is-focus is-unsaved")
    assert stored(sheet) == [(43, "")]
    page.context.set_offline(False)
    expect_saved(page)
    expect(cell(page, 3)).to_contain_text("47 above")
    assert stored(sheet) == [(43, ""), (44, ""), (45, ""), (47, "")]


def test_a_save_whose_answer_is_lost_is_sent_again_and_meets_itself(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher", service_workers="block").page
    begin(page, sheet.address())
    losing = lose_the_first_answer(page)
    enter(page, "44")
    expect(page.locator("#sheet-state")).to_have_text("1 not saved")
    losing.ends()
    expect_saved(page)
    expect(cell(page, 0)).to_have_text("44 at")
    assert losing.statuses == [200]
    assert stored(sheet) == [(44, "")]


def sign_in_elsewhere(page: Page, world: World) -> None:
    other = page.context.new_page()
    other.goto(f"{world.address}/account/sign-in/")
    other.get_by_label("Email address").fill("teacher@school.test")
    other.get_by_label("Password", exact=True).fill(PASSWORD)
    other.get_by_role("button", name="Sign in", exact=True).click()
    expect(other.get_by_role("heading", level=1)).not_to_have_text("Sign in to LEP Tracker")
    other.close()


def test_an_ended_sign_in_keeps_the_text_until_somebody_signs_in_again(
    visit: Visit, sheet: Sheet, world: World
) -> None:
    page = visit("teacher").page
    begin(page, sheet.address())
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    enter(page, "44")
    expect(page.locator("#notice")).to_contain_text("You are no longer signed in")
    expect(page.locator("#sheet-state")).to_have_text("1 not saved")
    assert stored(sheet) == []
    sign_in_elsewhere(page, world)
    page.get_by_role("button", name="Later").click()
    try_again(page)
    expect_saved(page)
    assert stored(sheet) == [(44, "")]


def test_leaving_with_something_unsaved_is_asked_about(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher").page
    begin(page, sheet.address())
    page.context.set_offline(True)
    enter(page, "44")
    expect(page.locator("#sheet-state")).to_have_text("1 not saved")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.close(run_before_unload=True)
    expect(page.locator("#sheet-state")).to_have_text("1 not saved")
    assert asked == ["beforeunload"]


def test_without_script_the_sheet_is_a_form(visit: Visit, sheet: Sheet) -> None:
    page = visit(java_script_enabled=False).page
    page.goto(f"{sheet.world.address}/account/sign-in/")
    page.get_by_label("Email address").fill("teacher@school.test")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in to LEP Tracker")
    page.goto(sheet.address())
    page.get_by_role("textbox", name="Pupil00, Sam Autumn").fill("4s1")
    page.get_by_role("textbox", name="Pupil01, Sam Autumn").fill("999")
    page.get_by_role("textbox", name="Pupil02, Sam Autumn").fill(".")
    page.get_by_role("button", name="Save Autumn").click()
    expect(page.get_by_role("alert")).to_have_text(
        "2 saved, 1 not saved: what you typed is still there, with the reason beside it."
    )
    box = page.get_by_role("textbox", name="Pupil01, Sam Autumn")
    expect(box).to_have_value("999")
    expect(page.get_by_text("“999” is not on the scale.")).to_be_visible()
    assert stored(sheet) == [(48, ""), (None, "absent")]
    box.fill("44")
    page.get_by_role("button", name="Save Autumn").click()
    expect(page.get_by_text("1 judgement saved.")).to_be_visible()
    expect(page.locator("#sheet-summary")).to_contain_text("2 of 30 entered, 1 absent")
    assert stored(sheet) == [(48, ""), (44, ""), (None, "absent")]


def test_a_cell_says_why_it_has_its_colour_and_gives_the_focus_back(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher")
    page = visitor.page
    begin(page, sheet.address())
    enter(page, "45")
    expect_saved(page)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("45 is above the range expected of Year 4 at the end of Autumn, 43 to 44.")
    expect(dialog).to_contain_text("A. Teacher")
    visitor.check()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(cell(page, 0)).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("?")
    expect(dialog).to_contain_text("6 steps since last Summer, more than the 3 expected.")


def test_a_link_to_a_pupils_cell_leads_into_it(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher").page
    page.goto(sheet.address())
    key = page.locator("#grid tbody th").nth(20).get_attribute("id")
    page.goto("about:blank")
    page.goto(f"{sheet.address()}#{key}")
    expect(cell(page, 20)).to_be_focused()
    expect(cell(page, 20)).to_be_in_viewport()
    top = page.locator("#grid thead th").first.bounding_box()
    box = cell(page, 20).bounding_box()
    assert top
    assert box
    assert box["y"] >= top["y"] + top["height"], "the focused cell is not under the sticky headings"


def test_the_marksheet_is_accessible_at_every_width(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher", views=((320, "dark"), (375, "light"), (1280, "dark"), (1280, "light")))
    begin(visitor.page, sheet.address())
    enter(visitor.page, "43", "4x", "47", "40", ".")
    expect(visitor.page.locator("#sheet-state")).to_have_text("1 not saved")
    visitor.check()
    visitor.page.goto(sheet.world.at("marksheets/?term=autumn"))
    visitor.check()
