"""The same children over time and other children at the same age, in a real browser: at a desk in light, on a phone in the dark."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import COMBINED_SUBJECTS
from schools.calendar import AcademicYear, YearGroup
from schools.models import Enrolment, PupilYear
from schools.row_security import visible_to
from schools.services import years
from tests.browser.conftest import PHONE_AND_DESK, Visitor, World
from tests.factories import PupilYearFactory, judged

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


@pytest.fixture
def two_years(world: World) -> None:
    """Year 4 was judged in Summer as Year 3, and in Autumn; one of them came since."""
    before = AcademicYear(world.year - 1)
    with visible_to(world.school):
        years.open_year(school=world.school, academic_year=before, by=None)
        records = PupilYear.objects.in_school(world.school).filter(academic_year=world.year)
        for number, row in enumerate(
            records.select_related("pupil").exclude(year_group=YearGroup.R).order_by("pk")
        ):
            if number:
                Enrolment.objects.filter(pupil=row.pupil).update(starts_on=before.starts_on)
                PupilYearFactory.create(
                    school=world.school,
                    pupil=row.pupil,
                    academic_year=before,
                    year_group=row.year_group - 1,
                    class_group=None,
                )
                for subject in COMBINED_SUBJECTS:
                    judged(row.pupil, before, AssessmentTerm.SUMMER, 38 + number % 6, subject=subject)
            for subject in COMBINED_SUBJECTS:
                judged(row.pupil, world.year, AssessmentTerm.AUTUMN, 41 + number % 6, subject=subject)


def test_a_head_looks_over_the_years(visit: Visit, world: World, two_years: None) -> None:
    visitor = visit("head", views=PHONE_AND_DESK)
    page = visitor.page
    summer = f"since={world.year - 1}-summer"
    page.goto(world.at(f"dashboard/?term=autumn&{summer}"))
    expect(page.locator("#progress")).to_contain_text("Progress from Summer")
    expect(page.locator(".is-total h3").first).to_have_text("Year 3 to Year 4")
    visitor.check()
    page.goto(world.at(f"dashboard/?term=autumn&view=table&{summer}"))
    visitor.check()
    page.goto(world.at("dashboard/year-groups/4/?term=autumn"))
    page.get_by_role("link", name="The same children over time").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The same children over time")
    page.locator(".cohort-switches").get_by_role("link", name="Reading").click()
    expect(page.locator(".cohort-moves")).to_contain_text("1 came into the year group")
    visitor.check()
    line = page.get_by_role("row", name="Summer").first
    link = line.get_by_role("link", name=re.compile(r"^\d+$")).first
    count = link.inner_text()
    link.click()
    expect(page.locator("#figure strong")).to_have_text(count)
    expect(page.locator("#cohort-pupils tbody tr")).to_have_count(int(count))
    visitor.check()
    page.locator(".trail").get_by_role("link", name="over time").click()
    page.locator(".actions").get_by_role("link", name="Other children at this age").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Different children at the same age")
    expect(page.locator("#same-age")).to_contain_text("this year’s children")
    visitor.check()
