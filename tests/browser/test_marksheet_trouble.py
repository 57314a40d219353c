"""The marksheet when two things happen at once, or one that should not: nothing is written over unseen, nothing is stuck, nothing is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from assessment.models import Judgement
from schools.calendar import TermName
from schools.models import ChangeKind, ChangeSet, PupilYear, Term
from schools.row_security import visible_to
from schools.services.terms import close_term
from tests.browser.conftest import Visitor, World
from tests.browser.sheets import Sheet, begin, cell, enter, expect_saved, import_class, lose_the_first_answer
from tests.browser.test_marksheet import stored

pytestmark = pytest.mark.django_db(transaction=True)

Visit = Callable[..., Visitor]


@pytest.fixture
def sheet(world: World, tmp_path: Path) -> Sheet:
    return import_class(world, tmp_path)


def hold_saves(page: Page) -> Callable[[], None]:
    """Saves do not get through until the answer of this is called."""
    held: list[Route] = []
    page.route(
        "**/marksheets/**",
        lambda route: held.append(route) if route.request.method == "POST" else route.continue_(),
    )

    def release() -> None:
        while not held:
            page.wait_for_timeout(20)
        while held:
            held.pop(0).continue_()
        page.unroute("**/marksheets/**")

    return release


def test_a_cell_typed_again_while_its_save_is_refused_is_asked_about_and_not_written_over(
    visit: Visit, sheet: Sheet
) -> None:
    head = visit("head").page
    teacher = visit("teacher", service_workers="block").page
    begin(teacher, sheet.address())
    begin(head, sheet.address())
    enter(head, "50")
    expect_saved(head)
    release = hold_saves(teacher)
    enter(teacher, "44")
    teacher.keyboard.press("ArrowUp")
    enter(teacher, "45")
    release()
    expect(cell(teacher, 0).locator(".said")).to_contain_text("A. Head teacher entered 50")
    expect(cell(teacher, 0).get_by_role("button", name="Save 45")).to_be_visible()
    expect(teacher.locator("#sheet-state")).to_have_text("1 not saved")
    assert stored(sheet) == [(50, "")]


def test_a_cell_refused_for_its_text_is_not_saved_over_what_was_never_shown(
    visit: Visit, sheet: Sheet
) -> None:
    head, teacher = visit("head").page, visit("teacher").page
    begin(teacher, sheet.address())
    begin(head, sheet.address())
    enter(head, "50")
    expect_saved(head)
    enter(teacher, "4x")
    expect(cell(teacher, 0).locator(".said")).to_have_count(1)
    teacher.keyboard.press("ArrowUp")
    enter(teacher, "44")
    expect(cell(teacher, 0).locator(".said")).to_contain_text("A. Head teacher entered 50")
    assert stored(sheet) == [(50, "")]


def test_what_is_shown_when_a_refused_text_is_taken_back_counts_as_seen(visit: Visit, sheet: Sheet) -> None:
    head, teacher = visit("head").page, visit("teacher").page
    begin(teacher, sheet.address())
    begin(head, sheet.address())
    enter(head, "50")
    expect_saved(head)
    enter(teacher, "4x")
    expect(cell(teacher, 0).locator(".said")).to_have_count(1)
    teacher.keyboard.press("ArrowUp")
    teacher.keyboard.press("Escape")
    expect(cell(teacher, 0)).to_have_text("50 above")
    enter(teacher, "44")
    expect_saved(teacher)
    assert stored(sheet) == [(44, "")]


def test_a_pupil_who_has_left_the_class_does_not_keep_the_others_from_being_saved(
    visit: Visit, sheet: Sheet
) -> None:
    page = visit("teacher").page
    begin(page, sheet.address())
    with visible_to(sheet.world.school):
        PupilYear.objects.filter(pupil__surname="Pupil00", academic_year=sheet.world.year).update(
            class_group=None
        )
    enter(page, "44", "45", "46")
    expect(cell(page, 2)).to_have_text("46 above")
    expect(page.locator("#sheet-state")).to_have_text("1 not saved")
    expect(cell(page, 0).locator(".said")).to_contain_text("is no longer here for you")
    assert stored(sheet) == [(45, ""), (46, "")]
    cell(page, 0).get_by_role("button", name="Take it back").click()
    expect(page.locator("#sheet-state")).not_to_contain_text("not saved")
    # The same of many cells that are sent as one: Pupil00 to Pupil03 in Spring.
    cell(page, 0, "Spring").click()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowDown")
    page.keyboard.type("47")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#sheet-state")).to_have_text("1 not saved")
    expect(page.locator("#announcement")).to_have_text("3 cells saved, 1 not: the reason stands at each.")
    expect(cell(page, 0, "Spring").locator(".said")).to_contain_text("is no longer here for you")
    expect(cell(page, 0, "Spring").locator(".typed")).to_have_text("47")
    expect(cell(page, 3, "Spring")).to_contain_text("47 above")
    with visible_to(sheet.world.school):
        spring = Judgement.objects.filter(academic_year=sheet.world.year, term=2)
        assert list(spring.order_by("pupil__surname").values_list("pupil__surname", "points")) == [
            (f"Pupil0{number}", 47) for number in (1, 2, 3)
        ]
    cell(page, 0, "Spring").get_by_role("button", name="Take it back").click()
    expect(page.locator("#sheet-state")).not_to_contain_text("not saved")


def test_a_leader_changes_a_closed_term_by_saying_why(visit: Visit, sheet: Sheet) -> None:
    school = sheet.world.school
    with visible_to(school):
        close_term(
            school=school,
            academic_year=sheet.world.year,
            term=TermName.AUTUMN,
            by=sheet.world.people["head"],
        )
    page = visit("assessment_leader").page
    # Also from the sheet of another term, where the closed one's cells stand too.
    begin(page, sheet.address(term="spring"))
    cell(page, 0, "Autumn").click()
    enter(page, "44")
    expect(cell(page, 0, "Autumn").locator(".said")).to_contain_text("Say above the sheet why you change it")
    assert stored(sheet) == []
    page.get_by_label("To change a judgement there all the same, say why").fill("Moderated")
    page.keyboard.press("Tab")
    expect_saved(page)
    expect(cell(page, 0, "Autumn")).to_have_text("44 at")
    with visible_to(school):
        assert ChangeSet.objects.get(kind=ChangeKind.AFTER_CLOSING).reason == "Moderated"


def test_a_teacher_cannot_edit_a_closed_term_and_keeps_what_was_typed_before_it_closed(
    visit: Visit, sheet: Sheet
) -> None:
    visitor = visit("teacher")
    page = visitor.page
    begin(page, sheet.address())
    with visible_to(sheet.world.school):
        Term.objects.filter(academic_year=sheet.world.year, term=TermName.AUTUMN).update(
            closed_at=timezone.now(), entry_ends_on=timezone.localdate() - dt.timedelta(days=1)
        )
    enter(page, "44")
    expect(cell(page, 0).locator(".said")).to_contain_text("Autumn is closed for entry.")
    expect(cell(page, 0).locator(".typed")).to_have_text("44")
    visitor.check()
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_text("Autumn is closed for entry.")).to_be_visible()
    cell(page, 0).click()
    page.keyboard.type("4")
    expect(page.locator(".editor")).to_have_count(0)
    assert stored(sheet) == []


def test_the_focus_stays_where_the_steps_are_replaced(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher", service_workers="block").page
    begin(page, sheet.address(term="summer"))
    release = hold_saves(page)
    page.keyboard.type("48")
    page.keyboard.press("Tab")
    expect(cell(page, 0, "This term")).to_be_focused()
    release()
    expect_saved(page)
    expect(cell(page, 0, "This term")).to_be_focused()
    expect(cell(page, 0, "This year")).to_contain_text("+9")
    page.keyboard.press("ArrowDown")
    expect(cell(page, 1, "This term")).to_be_focused()
    assert page.locator("#grid [tabindex='0']").count() == 1


def test_a_box_that_is_left_empty_by_a_click_elsewhere_empties_nothing(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher").page
    begin(page, sheet.address())
    enter(page, "44")
    expect_saved(page)
    page.keyboard.press("ArrowUp")
    page.keyboard.press(" ")
    expect(page.locator(".editor")).to_have_count(0)
    page.keyboard.press("F2")
    page.keyboard.press("Delete")
    page.get_by_role("heading", level=1).click()
    expect(cell(page, 0)).to_have_text("44 at")
    assert stored(sheet) == [(44, "")]


def test_what_may_have_been_saved_is_not_taken_back_on_the_page_alone(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher", service_workers="block").page
    begin(page, sheet.address())
    losing = lose_the_first_answer(page)
    enter(page, "44")
    expect(page.locator("#sheet-state")).to_have_text("1 not saved")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    losing.ends()
    expect(cell(page, 0).locator(".said")).to_contain_text("A. Teacher entered 44")
    cell(page, 0).get_by_role("button", name="Empty it").click()
    expect_saved(page)
    with visible_to(sheet.world.school):
        assert not Judgement.objects.filter(academic_year=sheet.world.year).exists()
