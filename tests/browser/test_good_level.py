"""The Good Level of Development on a tablet, as the leader of the early years opens it, and the profile behind its numbers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from schools.models import Pupil, Sex
from schools.row_security import visible_to
from tests.browser.conftest import Visitor, World
from tests.reports.reception import child, profile

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_number_of_the_good_level_opens_to_the_childrens_profiles(
    visit: Callable[..., Visitor], world: World
) -> None:
    school, year = world.school, world.year
    with visible_to(school):
        # Beside Dale, of whom nothing is entered.
        profile(child(school, "Ann", Sex.FEMALE, year=year), year)
        profile(child(school, "Bob", Sex.MALE, year=year), year, E10=20)
        profile(child(school, "Cat", Sex.FEMALE, year=year), year, E01=20, E12=19)
        bob = Pupil.objects.get(forename="Bob")
    visitor = visit("head", 768)
    page = visitor.page
    page.goto(world.at("dashboard/early-years/good-level/?term=summer"))
    expect(page.get_by_role("heading", name="One or two goals away (2)")).to_be_visible()
    visitor.check()

    # The filters narrow, and the tabs go along.
    page.get_by_label("Group", exact=True).select_option(label="Girls")
    expect(page.get_by_role("heading", name="One or two goals away (1)")).to_be_visible()
    expect(page.get_by_role("link", name="Profile", exact=True)).to_have_attribute(
        "href", world.at("dashboard/early-years/profile/?term=summer&group=girls").removeprefix(world.address)
    )
    page.get_by_label("Group", exact=True).select_option(label="All pupils")
    expect(page.get_by_role("heading", name="One or two goals away (2)")).to_be_visible()

    # One goal away: Bob, whose goal leads to the marksheet and whose name to his page.
    page.locator("dl.level-counts div", has_text="one goal away").get_by_role("link").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("EYFS profile, Summer 2027: One goal away")
    row = page.get_by_role("row").filter(has_text=bob.name)
    expect(row.get_by_role("link", name="1", exact=True)).to_have_attribute(
        "href", f"{row_address(world, bob)}"
    )
    visitor.check()
    page.get_by_role("link", name="Show every child").click()
    expect(page.locator("table.is-profile tbody tr")).to_have_count(4)
    page.get_by_role("link", name=bob.name).click()
    expect(page).to_have_url(world.at(f"pupils/{bob.public_id}/"))

    phone = visit("head", 320, color_scheme="dark")
    for address in ("good-level/?term=summer", "profile/?term=summer", "good-level/?term=autumn"):
        phone.page.goto(world.at(f"dashboard/early-years/{address}"))
        phone.check()


def row_address(world: World, pupil: Pupil) -> str:
    """The cell of Writing in the marksheet of Reception, where the child has no class."""
    there = world.at(f"marksheets/year-groups/R/e10/?term=summer#p-{pupil.public_id}")
    return there.removeprefix(world.address)
