"""The pictures of progress and the lists that start conversations, in a real browser: at a desk in light, on a phone in the dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE_AND_DESK, Visitor, World
from tests.browser.test_dashboard import judgements

__all__ = ["judgements"]
pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


def test_a_head_opens_a_cell_to_its_names_and_a_list_to_talk_about(
    visit: Visit, world: World, judgements: None
) -> None:
    visitor = visit("head", views=PHONE_AND_DESK)
    page = visitor.page
    page.goto(world.at("dashboard/year-groups/4/?term=autumn"))
    page.locator(".figures-actions").get_by_role("link", name="Mathematics").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Year 4 Mathematics")
    visitor.check()
    cell = page.get_by_role("region", name="Attainment by progress").locator("td.is-ninth a").first
    count = cell.inner_text()
    cell.click()
    expect(page.locator("#figure strong")).to_have_text(count)
    expect(page.locator("#picture-pupils tbody tr")).to_have_count(int(count))
    expect(page.locator("#picture-pupils tbody th").first).to_contain_text("Alcock")
    visitor.check()
    page.locator(".trail").get_by_role("link", name="Year 4 Mathematics").click()
    page.get_by_role("link", name="Not assessed").click()
    expect(page.locator("#list")).to_contain_text("1 not assessed")
    expect(page.locator("#conversations tbody th")).to_contain_text("Alcock0")
    visitor.check()
