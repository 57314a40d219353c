"""The dashboard and what it opens to, in a real browser: at a desk and on a phone, in light and dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import COMBINED_SUBJECTS, EYFS_AREAS
from schools.calendar import EyfsFramework, YearGroup
from schools.models import PupilYear
from schools.row_security import visible_to
from tests.browser.conftest import NARROWEST_AND_DESK, Visitor, World, given_out
from tests.factories import judged

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]

PAGES = {
    "head": [
        "dashboard/?term=autumn",
        "dashboard/?term=autumn&view=table",
        "dashboard/?term=summer",
        "dashboard/?group=looked-after",
        "dashboard/pupils/?term=autumn&subject=reading",
        "dashboard/pupils/?term=autumn&subject=combined&year_group=4",
        "dashboard/year-groups/4/?term=autumn",
        "dashboard/year-groups/R/?term=autumn",
    ],
    "teacher": ["dashboard/?term=autumn", "dashboard/year-groups/4/?term=autumn"],
    "governor": [
        "dashboard/?term=autumn",
        "dashboard/?term=autumn&view=table",
        "dashboard/?term=summer",
        "dashboard/year-groups/4/?term=autumn",
    ],
}


@pytest.fixture
def judgements(world: World) -> None:
    """Everybody but the last of Year 4 has points; a child of Reception in every area."""
    with visible_to(world.school):
        records = PupilYear.objects.in_school(world.school).select_related("pupil").order_by("pk")
        for number, row in enumerate(records):
            if row.year_group is YearGroup.R:
                for area in EYFS_AREAS[EyfsFramework.OF_2021]:
                    judged(row.pupil, world.year, AssessmentTerm.AUTUMN, 18, subject=area)
                continue
            for subject in COMBINED_SUBJECTS if number else ():
                judged(row.pupil, world.year, AssessmentTerm.BASELINE, 40, subject=subject)
                judged(row.pupil, world.year, AssessmentTerm.AUTUMN, 41 + number % 6, subject=subject)
    given_out(world)


@pytest.mark.parametrize("who", list(PAGES))
def test_pages_of_figures_are_accessible_and_keep_the_policy(
    who: str, visit: Visit, world: World, judgements: None
) -> None:
    visitor = visit(who, views=NARROWEST_AND_DESK)
    for page in PAGES[who]:
        visitor.page.goto(world.at(page))
        visitor.check()


def test_a_count_opens_to_its_pupils_and_back(visit: Visit, world: World, judgements: None) -> None:
    visitor = visit("head")
    page = visitor.page
    page.goto(world.at("dashboard/?term=autumn&group=girls"))
    link = page.locator("#dashboard-figures .figure-parts a").first
    count = link.inner_text().split()[0]
    link.click()
    expect(page.locator("#figure strong")).to_have_text(count)
    expect(page.locator("#figure-pupils tbody tr")).to_have_count(int(count))
    page.get_by_role("navigation").get_by_role("link", name="Dashboard").first.focus()
    page.locator(".trail").get_by_role("link", name="Dashboard").click()
    expect(page.get_by_label("Group", exact=True)).to_have_value("girls")


def test_filters_of_the_dashboard_stand_in_the_address(visit: Visit, world: World, judgements: None) -> None:
    visitor = visit("head")
    page = visitor.page
    page.goto(world.at("dashboard/?term=autumn"))
    page.get_by_label("Group", exact=True).select_option("Girls")
    expect(page.locator("#dashboard-figures")).to_contain_text("Girls")
    assert "group=girls" in page.url
    assert "term=autumn" in page.url
    page.get_by_role("link", name="Table", exact=True).click()
    expect(page.locator("#dashboard-figures table").first).to_be_visible()
    assert "group=girls" in page.url
    page.reload()
    expect(page.get_by_label("Group", exact=True)).to_have_value("girls")
    visitor.check()


def test_a_count_opens_by_keyboard(visit: Visit, world: World, judgements: None) -> None:
    page = visit("head").page
    page.goto(world.at("dashboard/?term=autumn"))
    page.locator("#dashboard-figures .figure-parts a").nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pupils behind a figure")
