"""A head says from when to when a child had free meals, sees what follows before saving, and sets a value by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE_AND_DESK, Visitor, World

pytestmark = pytest.mark.django_db(transaction=True)


def test_periods_and_what_follows_from_them(visit: Callable[..., Visitor], world: World) -> None:
    visitor = visit("head", views=PHONE_AND_DESK)
    page = visitor.page
    page.goto(world.pupil_address)
    page.get_by_role("link", name="Characteristics over time").click()
    expect(page.get_by_text("No free school meals are recorded.")).to_be_visible()
    visitor.check()
    page.get_by_role("link", name="Add to free school meals").click()
    visitor.check()
    page.get_by_label("Kind").select_option(label="Kind not known")
    page.get_by_label("First day").fill(f"{int(world.year)}-09-01")
    page.get_by_role("button", name="Show what this changes").click()
    expect(page.get_by_role("heading", name="What this changes")).to_be_visible()
    visitor.check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Kind not known")).to_be_visible()
    page.get_by_role("link", name=f"Set by hand Looked after, {world.year.label}").click()
    visitor.check()
    page.get_by_label("Yes").check()
    page.get_by_label("Why").fill("Letter of the council")
    page.get_by_role("button", name="Show what this changes").click()
    expect(page.get_by_role("row", name=f"Disadvantaged, {world.year.label}")).to_contain_text("Yes")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="Looked after").first).to_contain_text("Letter of the council")
    visitor.check()
