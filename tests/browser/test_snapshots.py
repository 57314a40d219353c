"""A head freezes a term and, after a correction, reads what changed; in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from assessment.engine.assessment_points import AssessmentTerm
from schools.models import PupilYear, SenStatus
from schools.row_security import visible_to
from tests.browser.conftest import Visitor, World
from tests.factories import judged

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


def test_a_head_freezes_a_term_and_reads_what_changed_since(visit: Visit, world: World) -> None:
    with visible_to(world.school):
        four = PupilYear.objects.in_school(world.school).filter(academic_year=world.year, year_group=4)
        rows = list(four.select_related("pupil").order_by("pk"))
        for row in rows:
            judged(row.pupil, world.year, AssessmentTerm.AUTUMN, 43)
    visitor = visit("head", 1280, color_scheme="light")
    page = visitor.page
    page.goto(world.at("dashboard/?term=autumn"))
    page.get_by_role("link", name="Snapshots").click()
    visitor.check()
    page.get_by_label("Term", exact=True).select_option("1")
    page.get_by_label("Note", exact=True).fill("As reported to governors")
    page.get_by_role("button", name="Freeze").click()
    expect(page.locator(".messages")).to_contain_text("Autumn is frozen as snapshot 1.")

    with visible_to(world.school):
        judged(rows[0].pupil, world.year, AssessmentTerm.AUTUMN, 41)
        PupilYear.objects.filter(pk=rows[1].pk).update(sen_status=SenStatus.PLAN)
    page.get_by_role("link", name="What changed since snapshot 1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What changed since snapshot 1")
    expect(page.get_by_role("heading", name="2 changes")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text=rows[1].pupil.surname)).to_contain_text("EHC plan")
    visitor.check()

    page.get_by_role("link", name="Its figures").click()
    told = page.locator(".is-frozen")
    expect(told).to_contain_text("Figures of snapshot 1")
    visitor.check()
    page.get_by_role("link", name="Figures as they are now").click()
    expect(told).to_have_count(0)
    page.get_by_label("Figures", exact=True).select_option("1")
    expect(told).to_be_visible()
    assert "snapshot=1" in page.url

    phone = visit("head", 375, color_scheme="dark")
    phone.page.goto(world.at("snapshots/1/"))
    phone.check()
