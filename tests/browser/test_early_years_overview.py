"""The pages of nursery and Reception in a browser: from the dashboard to an area, step by step, to a name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import EYFS_AREAS
from schools.calendar import EyfsFramework, YearGroup
from schools.row_security import visible_to
from tests.browser.conftest import Visitor, World
from tests.factories import judged, on_roll

pytestmark = pytest.mark.django_db(transaction=True)
AREAS = EYFS_AREAS[EyfsFramework.OF_2021]


def test_a_head_goes_from_the_dashboard_to_a_name(visit: Callable[..., Visitor], world: World) -> None:
    with visible_to(world.school):
        for surname, points in (("Ashe", 16), ("Birch", 18)):
            child = on_roll(world.school, world.year, year_group=YearGroup.R, pupil__surname=surname).pupil
            for area in AREAS:
                judged(child, world.year, AssessmentTerm.AUTUMN, points, subject=area, is_on_entry=True)
                judged(child, world.year, AssessmentTerm.SPRING, points + 2, subject=area)
    visitor = visit(who="head", width=768)
    page = visitor.page
    page.goto(world.at("dashboard/?term=spring"))
    page.get_by_role("link", name="Early years", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Early years")
    expect(page.get_by_role("heading", name="From entry until now")).to_be_visible()
    visitor.check()
    # With script a choice changes the figures in place.
    page.get_by_label("Groups and over time in").select_option("e02")
    expect(page.get_by_role("heading", name="Groups: Speaking")).to_be_visible()
    page.get_by_role("table", name="areas of learning").get_by_role("link", name="Speaking").click()
    expect(page.get_by_role("link", name="Area by area")).to_have_attribute("aria-current", "page")
    visitor.check()
    page.set_viewport_size({"width": 320, "height": 800})
    visitor.check()
    page.get_by_role("row", name="40-60s").get_by_role("link", name="1", exact=True).last.click()
    expect(page.get_by_role("link", name="Birch,").first).to_be_visible()
