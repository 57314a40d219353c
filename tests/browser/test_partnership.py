"""The lead of a partnership reads its schools side by side and the transitions, and a head the school beside the others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from schools.models import Role
from schools.row_security import visible_to
from schools.services import memberships
from tests.browser.conftest import PHONE_AND_DESK, Visitor, World
from tests.reports.partnership_world import LAST_YEAR, YEAR, PartnershipWorld, partnership_world

__all__ = ["partnership_world"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_lead_reads_the_schools_side_by_side_and_a_head_the_own_beside_them(
    visit: Callable[..., Visitor], world: World, partnership_world: PartnershipWorld
) -> None:
    moor = partnership_world.moor
    visitor = visit("lead", views=PHONE_AND_DESK)
    page = visitor.page
    page.goto(world.address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Schools side by side")
    visitor.check()
    at = f"{world.address}/partnerships/{moor.partnership_id}/{YEAR.slug}/"
    page.goto(f"{at.replace(YEAR.slug, LAST_YEAR.slug)}?subject=mathematics&year_group=4&term=summer")
    expect(page.get_by_role("row", name="Ash First")).to_contain_text("60%")
    visitor.check()
    if not page.get_by_label("Order").is_visible():
        page.locator("summary", has_text="Filters").first.click()
    page.get_by_label("Order").select_option("share")
    expect(page.locator("#side-by-side tbody th").first).to_contain_text("Elm First")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Transitions").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Transitions")
    page.goto(f"{at}transitions/?subject=mathematics")
    expect(page.locator("#transitions")).to_contain_text("Ash First")
    assert "Secretname" not in page.locator("main").inner_text()
    visitor.check()
    with visible_to(moor):
        memberships.grant(school=moor, user=world.people["nobody"], role=Role.HEAD, by=None)
    head = visit("nobody", views=PHONE_AND_DESK)
    head.page.goto(
        f"{world.address}/schools/{moor.urn}/{YEAR.slug}/dashboard/partnership/?term=autumn&subject=mathematics"
    )
    expect(head.page.get_by_role("heading", level=1)).to_have_text("Beside the partnership")
    expect(head.page.locator("#beside")).to_contain_text("Elm First")
    head.check()
