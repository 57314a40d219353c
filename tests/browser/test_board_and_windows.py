"""Done and missing, dates of a year group's own, what a year asks for: at a desk and on a phone, in light and dark, without script."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from assessment.engine.assessment_points import AssessmentTerm
from schools.calendar import TermName, YearGroup
from schools.models import ClassGroup, Pupil
from schools.models.windows import BASELINE
from schools.row_security import visible_to
from schools.services.terms import close_term
from schools.services.windows import Window, close_year_group, set_entry_days
from tests.browser.conftest import PHONE_AND_DESK, Visitor, World
from tests.factories import judged

pytestmark = pytest.mark.django_db(transaction=True)


def window(world: World, term: int, year_group: YearGroup) -> Window:
    return Window(world.school, world.year, term, year_group)


@pytest.fixture
def begun(world: World) -> World:
    """In Autumn mathematics of 4A is all in, reading is begun; Year 3 is closed."""
    with visible_to(world.school):
        fours = Pupil.objects.in_school(world.school).filter(surname__startswith="Alcock").order_by("surname")
        for number, pupil in enumerate(fours):
            judged(
                pupil,
                world.year,
                AssessmentTerm.AUTUMN,
                None if number == 3 else 44,
                reason="absent" if number == 3 else "",
            )
        close_year_group(window=window(world, TermName.AUTUMN, YearGroup.Y3), by=world.people["head"])
    return world


def sheet(world: World, name: str = "4A", subject: str = "mathematics") -> str:
    with visible_to(world.school):
        found = ClassGroup.objects.in_school(world.school).get(name=name)
    return world.at(f"marksheets/classes/{found.public_id}/{subject}/?term=autumn")


# Done


def test_a_teacher_marks_a_sheet_as_complete_and_reopens_it(
    visit: Callable[..., Visitor], begun: World
) -> None:
    visitor = visit("teacher")
    page = visitor.page
    page.goto(sheet(begun))
    page.get_by_role("button", name="Mark as complete").click()
    done = page.locator(".sheet-done")
    expect(done).to_contain_text(re.compile(r"Complete\s+A. Teacher, \d+ \w+ at \d\d:\d\d"))
    expect(page.get_by_role("button", name="Mark as complete")).to_have_count(0)
    visitor.check()
    done.get_by_role("button", name="Reopen").click()
    expect(page.get_by_role("button", name="Mark as complete")).to_be_visible()
    expect(done).to_have_count(0)


def test_while_cells_are_empty_it_is_asked_once_more_without_script_too(
    visit: Callable[..., Visitor], begun: World
) -> None:
    page = visit("teacher", java_script_enabled=False).page
    page.goto(sheet(begun, subject="reading"))
    page.get_by_role("button", name="Mark as complete").press("Enter")
    expect(page.get_by_text("10 cells are still empty. Mark as complete all the same?")).to_be_visible()
    page.get_by_role("link", name="Go on entering").click()
    expect(page.get_by_text("still empty")).to_have_count(0)
    page.get_by_role("button", name="Mark as complete").press("Enter")
    page.get_by_role("button", name="Mark as complete all the same").press("Enter")
    expect(page.locator(".sheet-done")).to_contain_text("Complete")


def test_the_sheet_that_asks_and_the_one_that_is_complete_are_accessible(
    visit: Callable[..., Visitor], begun: World
) -> None:
    visitor = visit("teacher", views=PHONE_AND_DESK)
    page = visitor.page
    page.goto(sheet(begun, subject="reading"))
    page.get_by_role("button", name="Mark as complete").click()
    expect(page.get_by_role("alert")).to_be_visible()
    visitor.check()
    page.get_by_role("button", name="Mark as complete all the same").click()
    expect(page.locator(".sheet-done")).to_be_visible()
    visitor.check()


# Missing


def test_the_board_and_the_lists_of_empty_cells_are_accessible(
    visit: Callable[..., Visitor], begun: World
) -> None:
    visitor = visit("senco", views=PHONE_AND_DESK)
    page = visitor.page
    page.goto(begun.at("marksheets/board/?term=autumn"))
    expect(page.get_by_role("heading", name="What is missing")).to_be_visible()
    visitor.check()
    for summary in page.locator(".reminder > summary").all():
        summary.click()
    visitor.check()
    page.get_by_role("link", name=re.compile("^Reading: 0 of 10")).click()
    expect(page.get_by_text("10 cells of 10 pupils")).to_be_visible()
    visitor.check()


def test_the_board_leads_to_the_very_cell(visit: Callable[..., Visitor], begun: World) -> None:
    page = visit("assessment_leader").page
    page.goto(begun.at("marksheets/?term=autumn"))
    page.get_by_role("link", name="What is missing, and a reminder to copy").click()
    expect(
        page.get_by_role("link", name=re.compile("^Mathematics: 10 of 10 all in 1 absent"))
    ).to_be_visible()
    page.get_by_role("link", name=re.compile("^Writing: 0 of 10")).click()
    page.get_by_role("link", name=re.compile("^Writing of Alcock7")).click()
    expect(page.locator("th:target")).to_contain_text("Alcock7")


def test_the_reminder_is_copied_and_names_no_pupil(visit: Callable[..., Visitor], begun: World) -> None:
    visitor = visit("head", permissions=["clipboard-read", "clipboard-write"])
    page = visitor.page
    page.goto(begun.at("marksheets/board/?term=autumn"))
    page.locator("summary", has_text="Reminder to copy: A. Teacher").click()
    page.get_by_role("button", name="Copy the reminder to A. Teacher").click()
    expect(page.get_by_text("Copied", exact=True)).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Dear A. Teacher,")
    assert "4A: Reading 10 of 10, Writing 10 of 10" in copied
    assert "Mathematics" not in copied
    assert "Alcock" not in copied
    everybody = page.get_by_role("textbox", name="Reminder to all")
    expect(everybody).to_have_value(re.compile("^Dear all,"))


def test_without_script_the_reminder_can_be_selected(visit: Callable[..., Visitor], begun: World) -> None:
    page = visit("head", java_script_enabled=False).page
    page.goto(begun.at("marksheets/board/?term=autumn"))
    expect(page.get_by_role("textbox", name="Reminder to all")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Copy"))).to_have_count(0)


# Windows


def test_the_page_of_terms_with_dates_of_their_own_is_accessible(
    visit: Callable[..., Visitor], begun: World
) -> None:
    today = timezone.localdate()
    with visible_to(begun.school):
        for term, year_group in ((TermName.AUTUMN, YearGroup.Y4), (BASELINE, YearGroup.Y4)):
            set_entry_days(
                window=window(begun, term, year_group),
                opens_on=today,
                closes_on=today + dt.timedelta(days=7),
                by=begun.people["head"],
                reason="Trip",
                knows_workload=True,
            )
    visitor = visit("head", views=PHONE_AND_DESK)
    page = visitor.page
    page.goto(begun.at("terms/"))
    expect(page.locator("#workload table")).to_be_visible()
    visitor.check()
    for asked in ("autumn-3", "autumn-4", "baseline-3", "baseline-2"):
        page.goto(begun.at(f"terms/?window={asked}"))
        expect(page.locator("#workload table")).to_be_visible()
        for summary in page.locator(".window-forms .term-history > summary").all():
            summary.click()
        visitor.check()
    page.get_by_role("button", name="Set the dates of Year 2, Baseline").click()
    expect(page.get_by_text("Tick this if a fourth collection is meant.")).to_be_visible()
    expect(page.locator("#workload table")).to_be_visible()
    visitor.check()
    page.goto(begun.at("marksheets/workload/"))
    visitor.check()


def test_a_leader_gives_a_year_group_dates_and_takes_them_back_without_script(
    visit: Callable[..., Visitor], world: World
) -> None:
    today = timezone.localdate()
    page = visit("assessment_leader", java_script_enabled=False).page
    page.goto(world.at("terms/"))
    page.locator(".window-list > summary", has_text="Spring").press("Enter")
    page.get_by_role("link", name="Change Year 4, Spring").click()
    page.get_by_label("Last day of entry").last.fill((today + dt.timedelta(days=400)).isoformat())
    page.get_by_role("button", name="Set the dates of Year 4, Spring").press("Enter")
    expect(page.get_by_text("The dates of Spring for Year 4 are set.")).to_be_visible()
    row = page.locator("[id='spring-4']")
    expect(row).to_contain_text("Open until")
    page.get_by_role("button", name=re.compile("^Close for entry now ?: Year 4, Spring")).press("Enter")
    expect(row).to_contain_text("Closed since")
    page.get_by_label("Reason").first.fill("Two pupils were away")
    page.get_by_role("button", name=re.compile("^Reopen for entry ?: Year 4, Spring")).press("Enter")
    expect(row).to_contain_text("Open from")
    page.get_by_role("button", name=re.compile("^As the term again ?: Year 4, Spring")).press("Enter")
    expect(row).to_contain_text("As the term: open for entry")


def test_a_fourth_collection_is_warned_of_and_must_be_meant(
    visit: Callable[..., Visitor], world: World
) -> None:
    page = visit("head").page
    page.goto(world.at("terms/?window=baseline-4"))
    expect(page.get_by_text("no more than two or three times a year").last).to_be_visible()
    page.get_by_label("First day of entry").fill(timezone.localdate().isoformat())
    page.get_by_role("button", name="Set the dates of Year 4, Baseline").click()
    expect(page.get_by_text("Tick this if a fourth collection is meant.")).to_be_visible()
    page.get_by_label("Ask for a fourth collection for Year 4 all the same").check()
    page.get_by_role("button", name="Set the dates of Year 4, Baseline").click()
    expect(page.locator("[id='baseline-4']")).to_contain_text("fourth collection")
    expect(page.locator("#workload")).to_contain_text("more than three")


def test_the_sheet_says_of_each_year_group_since_when_it_is_closed(
    visit: Callable[..., Visitor], begun: World
) -> None:
    today = timezone.localdate()
    page = visit("head").page
    page.goto(sheet(begun, "3/4 Ash"))
    subtitle = page.locator(".subtitle")
    expect(subtitle).to_contain_text(f"Year 3: closed since {today.day} {today:%B}")
    expect(subtitle).to_contain_text("Year 4: open for entry")
    expect(page.get_by_label("Autumn of Year 3 is closed for entry.")).to_be_visible()
    with visible_to(begun.school):
        close_term(school=begun.school, academic_year=begun.year, term=TermName.AUTUMN, by=None)
    page.goto(sheet(begun))
    expect(subtitle).to_contain_text(f"closed for entry since {today.day} {today:%B}")


def test_a_teacher_reads_how_much_the_year_asks_for(visit: Callable[..., Visitor], begun: World) -> None:
    visitor = visit("teacher", 375)
    visitor.page.goto(begun.at("marksheets/?term=autumn"))
    expect(visitor.page.locator(".sheets-lead")).to_have_text(
        re.compile(
            r"This year you are asked for 120 judgements: 10 pupils . 4 subjects . 3 collections; 10 are in\."
        )
    )
    visitor.check()
