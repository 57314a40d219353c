"""Setting up a school and a partnership: what a change does is shown, then saved; at a desk and on a phone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from schools.calendar import TermName, default_term_dates
from schools.row_security import visible_to
from schools.services.terms import close_term
from tests.browser.conftest import PHONE_AND_DESK, Visitor, World

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_head_sets_the_school_up(visit: Callable[..., Visitor], world: World) -> None:
    visitor = visit("head", views=PHONE_AND_DESK)
    page = visitor.page
    page.goto(world.at())
    page.get_by_role("link", name="School settings").click()
    visitor.check()
    page.get_by_label("Name of the school").fill("Beggars Lane Primary School")
    page.get_by_label("Highest year group").select_option("Year 3")
    page.get_by_role("button", name="Show what this changes").click()
    expect(page.get_by_text("Year 4 has 11 pupils on the roll")).to_be_visible()
    visitor.check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    expect(page.get_by_text("Beggars Lane First School → Beggars Lane Primary School")).to_be_visible()
    visitor.check()


def test_a_head_leaves_a_subject_out(visit: Callable[..., Visitor], world: World) -> None:
    visitor = visit("head", views=PHONE_AND_DESK)
    page = visitor.page
    page.goto(world.at("settings/"))
    page.get_by_role("link", name="Subjects").click()
    visitor.check()
    page.get_by_label("Science").uncheck()
    page.get_by_role("button", name="Show what this changes").click()
    expect(page.get_by_text("no longer count as missing")).to_be_visible()
    visitor.check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Judged → Not judged")).to_be_visible()
    visitor.check()


def test_a_head_changes_the_dates_of_a_closed_term_and_opens_the_next_year(
    visit: Callable[..., Visitor], world: World
) -> None:
    with visible_to(world.school):
        close_term(school=world.school, academic_year=world.year, term=TermName.AUTUMN, by=None)
    visitor = visit("head", views=PHONE_AND_DESK)
    page = visitor.page
    page.goto(world.at("terms/"))
    page.get_by_role("link", name="Change the dates").click()
    visitor.check()
    last = default_term_dates(world.year)[TermName.AUTUMN][1]
    page.get_by_label("Last day of Autumn").fill((last - dt.timedelta(days=1)).isoformat())
    page.get_by_role("button", name="Show what this changes").click()
    expect(page.get_by_text("No judgement is held against another range")).to_be_visible()
    visitor.check()
    page.get_by_role("button", name="Save these dates").click()
    expect(page.get_by_text("Say why the dates of a closed term change.")).to_be_visible()
    visitor.check()
    page.get_by_label("Reason").fill("Reported wrongly")
    page.get_by_role("button", name="Save these dates").click()
    expect(page.get_by_text(f"The dates of {world.year.label} are saved.")).to_be_visible()
    page.get_by_role("link", name="Open another year").click()
    visitor.check()
    page.get_by_role("button", name="Open 20").click()
    expect(page.get_by_text("is open. Set its dates, and have its roll loaded.")).to_be_visible()


def test_a_lead_lets_the_partnership_expect_otherwise(visit: Callable[..., Visitor], world: World) -> None:
    visitor = visit("lead", views=PHONE_AND_DESK)
    page = visitor.page
    key = world.school.partnership_id
    page.goto(f"{world.address}/partnerships/{key}/{world.year.slug}/expectations/")
    visitor.check()
    page.get_by_label("From which day on").fill(world.year.starts_on.isoformat())
    page.get_by_label("Summer: to").select_option("6")
    page.get_by_role("button", name="Show what this changes").click()
    expect(page.get_by_role("heading", name="What this changes")).to_be_visible()
    visitor.check()
    page.get_by_label("What it is called").fill("Decided in June")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved: Decided in June")).to_be_visible()
    visitor.check()
    page.get_by_role("link", name="Schools", exact=True).click()
    page.get_by_role("link", name="List of schools").click()
    expect(page.get_by_role("row", name="Ball Haye First School")).to_be_visible()
    visitor.check()
