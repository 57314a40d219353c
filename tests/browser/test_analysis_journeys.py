"""What people come to the figures for, from the first page to what they decide: a head, an assessment leader, a governor.

A SENCO's way is in test_review_list.py, that of the lead of a partnership in test_partnership.py.
"""

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
from tests.browser.sheets import begin, enter, expect_saved
from tests.factories import judged

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


@pytest.fixture
def judgements(world: World) -> None:
    """Year 3 and 4 started at 40; in Autumn they stand from 41 to 46, where 43 and 44 are expected of Year 4."""
    with visible_to(world.school):
        records = PupilYear.objects.in_school(world.school).select_related("pupil").order_by("pk")
        for number, row in enumerate(records.exclude(year_group=YearGroup.R)):
            for subject in COMBINED_SUBJECTS:
                judged(row.pupil, world.year, AssessmentTerm.BASELINE, 40, subject=subject)
                judged(row.pupil, world.year, AssessmentTerm.AUTUMN, 41 + number % 6, subject=subject)
    given_out(world)


def test_a_head_goes_from_a_gap_to_the_pupils_in_it_one_of_them_and_the_signs(
    visit: Visit, world: World, judgements: None
) -> None:
    visitor = visit("head")
    page = visitor.page
    page.goto(world.at("dashboard/?term=autumn"))
    page.get_by_role("link", name="Groups and gaps").click()
    girls = page.locator(".is-pairs tbody").filter(has=page.get_by_role("rowheader", name="Girls")).first
    expect(page.locator(".is-pairs thead").first).to_contain_text("Gap")
    # At or above are those from 43 on: so many of the girls, each of them listed.
    link = girls.locator("tr").first.get_by_role("link").nth(1)
    count = link.inner_text()
    link.click()
    expect(page.locator("#figure strong")).to_have_text(count)
    expect(page.locator("#figure-pupils tbody tr")).to_have_count(int(count))
    visitor.check()
    name = page.locator("#figure-pupils tbody th a").first
    who = name.inner_text()
    name.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(who)
    visitor.check()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Dashboard").click()
    page.get_by_role("link", name="Review list").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Review list")
    expect(page.locator("main")).to_contain_text("SEND Code of Practice, 6.17")
    visitor.check()


def test_a_leader_freezes_a_term_changes_a_judgement_and_the_snapshot_stays(
    visit: Visit, world: World, judgements: None
) -> None:
    visitor = visit("assessment_leader")
    page = visitor.page
    page.goto(world.at("dashboard/?term=autumn"))
    page.get_by_role("link", name="Snapshots").click()
    page.get_by_label("Term", exact=True).select_option("1")
    page.get_by_role("button", name="Freeze").click()
    expect(page.locator(".messages")).to_contain_text("Autumn is frozen as snapshot 1.")
    figures = page.locator("#dashboard-figures .figure-tile")
    table = world.at("dashboard/?term=autumn&snapshot=1")
    page.goto(table)
    expect(figures.first).to_be_visible()
    frozen = figures.all_inner_texts()
    class_id = world.class_address.rstrip("/").rpartition("/")[2]
    begin(page, world.at(f"marksheets/classes/{class_id}/mathematics/?term=autumn"))
    enter(page, "50")
    expect_saved(page)
    page.goto(world.at("dashboard/?term=autumn"))
    expect(figures.first).to_be_visible()
    assert figures.all_inner_texts() != frozen
    page.goto(table)
    expect(figures.first).to_be_visible()
    assert figures.all_inner_texts() == frozen
    page.goto(world.at("snapshots/1/"))
    expect(page.get_by_role("heading", name="1 change")).to_be_visible()
    row = page.get_by_role("region", name="What was changed").get_by_role("row").nth(1)
    expect(row).to_contain_text("50")
    visitor.check()


def test_a_governor_goes_from_the_dashboard_to_the_pack(visit: Visit, world: World, judgements: None) -> None:
    visitor = visit("governor", 375, color_scheme="dark")
    page = visitor.page
    page.goto(world.at("dashboard/?term=autumn"))
    visitor.check()
    page.get_by_role("link", name="Governors’ pack").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Governors’ pack: Autumn term")
    expect(page.locator("#pack")).to_contain_text("What it cannot say")
    assert not re.search("Alcock|Brough|Clowes|A\\. Teacher", page.content())
    visitor.check()
