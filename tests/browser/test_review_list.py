"""A SENCO at the review list, in a real browser: at a desk in light, on a phone in the dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import READING
from assessment.models import SignDecision
from schools.calendar import AcademicYear
from schools.models import PupilYear
from schools.row_security import visible_to
from schools.services import years
from tests.browser.conftest import Visitor, World
from tests.factories import PupilYearFactory, judged

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


@pytest.fixture
def judgements(world: World) -> None:
    """Class 4A started alike; two gain nothing: one of them has SEN support. Clowes has no start."""
    last_year = AcademicYear(world.year - 1)
    with visible_to(world.school):
        years.open_year(school=world.school, academic_year=last_year, by=None)
        four = PupilYear.objects.in_school(world.school).filter(academic_year=world.year, year_group=4)
        for row in four.select_related("pupil").order_by("pk"):
            slow = row.pupil.surname in {"Alcock4", "Alcock7"}
            if row.pupil.surname != "Clowes":
                PupilYearFactory.create(
                    school=world.school, pupil=row.pupil, academic_year=last_year, year_group=3
                )
                judged(row.pupil, last_year, AssessmentTerm.BASELINE, 33)
                judged(row.pupil, world.year, AssessmentTerm.BASELINE, 40)
                judged(row.pupil, world.year, AssessmentTerm.BASELINE, 40, subject=READING)
            judged(row.pupil, world.year, AssessmentTerm.AUTUMN, 40 if slow else 43)
            judged(row.pupil, world.year, AssessmentTerm.AUTUMN, 41 if slow else 43, subject=READING)


def test_a_senco_reads_the_numbers_decides_and_finds_it_kept(
    visit: Visit, world: World, judgements: None
) -> None:
    visitor = visit("senco", 1280, color_scheme="light")
    page = visitor.page
    page.goto(world.at("dashboard/?term=autumn"))
    page.get_by_role("link", name="Review list").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Review list")
    first = page.locator(".review").first.locator("> li")
    expect(first).to_have_count(1)
    expect(first.get_by_role("heading", name="Alcock7")).to_be_visible()
    first.locator("summary").first.click()
    expect(first.get_by_text("the middle one of 9 peers from the same start gained 3.").first).to_be_visible()
    expect(page.get_by_role("heading", name="Not enough data")).to_be_visible()
    visitor.check()
    page.get_by_label("Subject", exact=True).select_option("mathematics")
    expect(page.locator(".review-subjects").first.locator("> li")).to_have_count(1)
    assert "subject=mathematics" in page.url

    first.get_by_role("link", name="Decide").click()
    page.get_by_role("button", name="Keep the decision").click()
    expect(page.get_by_text("Say why, in a sentence or two.")).to_be_visible()
    visitor.check()
    page.get_by_label("Adapt teaching and review").check()
    page.get_by_label("Reason", exact=True).fill("Away for five weeks; a group of three from Monday.")
    page.get_by_role("button", name="Keep the decision").click()
    expect(page.locator(".messages")).to_contain_text("Kept: Alcock7")
    expect(first).to_contain_text("Adapt teaching and review")
    expect(first).to_contain_text("A. SENCO")
    expect(page.get_by_label("Subject", exact=True)).to_have_value("mathematics")
    with visible_to(world.school):
        assert SignDecision.objects.get().signs == ["slower", "previous_rate", "gap_widening"]

    phone = visit("senco", 375, color_scheme="dark")
    phone.page.goto(world.at("review-list/?term=autumn"))
    phone.page.locator("summary", has_text="Numbers").first.click()
    phone.check()
    phone.page.get_by_role("link", name="Look again").click()
    expect(phone.page.get_by_role("heading", name="Decided so far")).to_be_visible()
    phone.check()
