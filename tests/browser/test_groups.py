"""The page of groups in a real browser: at a desk and on a phone, in light and dark."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import COMBINED_SUBJECTS
from schools.calendar import YearGroup
from schools.models import PupilYear
from schools.row_security import visible_to
from tests.browser.conftest import Visitor, World, given_out
from tests.factories import judged

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


def test_two_groups_are_crossed_and_open_to_their_pupils(visit: Visit, world: World) -> None:
    with visible_to(world.school):
        records = PupilYear.objects.in_school(world.school).select_related("pupil").order_by("pk")
        for number, row in enumerate(records):
            for subject in COMBINED_SUBJECTS if row.year_group is not YearGroup.R else ():
                judged(row.pupil, world.year, AssessmentTerm.BASELINE, 40, subject=subject)
                judged(row.pupil, world.year, AssessmentTerm.AUTUMN, 41 + number % 6, subject=subject)
    visitor = visit("head", 1280, color_scheme="light")
    page = visitor.page
    page.goto(world.at("dashboard/?term=autumn"))
    page.get_by_role("link", name="Groups and gaps").click()
    page.get_by_label("Cross", exact=True).select_option("Girls")
    expect(page).to_have_url(re.compile("first=girls"))
    page.get_by_label("with", exact=True).select_option("SEN support")
    expect(page.locator("#crossed")).to_have_text("Two groups crossed: Girls and SEN support")
    expect(page).to_have_url(re.compile("first=girls.*second=sen-support"))
    visitor.check()
    corner = page.locator("section:has(#crossed) tbody tr").nth(1)
    count = corner.locator("a").first.inner_text()
    corner.locator("a").first.click()
    expect(page.locator("#figure strong")).to_have_text(count)
    expect(page.locator("#figure-pupils tbody tr")).to_have_count(int(count))
    phone = visit("head", 375, color_scheme="dark")
    phone.page.goto(world.at("dashboard/groups/?term=autumn&year_group=4&first=girls&second=sen-support"))
    phone.check()
    given_out(world)
    governor = visit("governor", 375, color_scheme="dark")
    governor.page.goto(world.at("dashboard/groups/?term=autumn"))
    governor.check()
