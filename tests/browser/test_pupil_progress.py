"""A pupil over the years, and the page for parents: accessible at a desk and on a phone, in light and dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import EYFS_AREAS, READING
from assessment.models import Reason
from schools.calendar import AcademicYear, EyfsFramework, YearGroup
from schools.row_security import visible_to
from schools.services import years
from tests.browser.conftest import PHONE_AND_DESK, Visitor, World
from tests.factories import PupilYearFactory, judged, on_roll

pytestmark = pytest.mark.django_db(transaction=True)
BASELINE, AUTUMN, SPRING, SUMMER = AssessmentTerm


def test_both_pages_are_accessible_and_lead_to_each_other(
    visit: Callable[..., Visitor], world: World
) -> None:
    area = EYFS_AREAS[EyfsFramework.OF_2021][8]
    with visible_to(world.school):
        pupil = on_roll(
            world.school, world.year, year_group=YearGroup.Y2, pupil__forename="Ava", is_pupil_premium=True
        ).pupil
        for back, group in ((1, YearGroup.Y1), (2, YearGroup.R)):
            year = AcademicYear(world.year - back)
            years.open_year(school=world.school, academic_year=year, by=None)
            PupilYearFactory.create(school=world.school, academic_year=year, pupil=pupil, year_group=group)
        judged(pupil, world.year - 2, SUMMER, 21, subject=area)
        judged(pupil, world.year - 1, BASELINE, 20, subject=READING)
        judged(pupil, world.year - 1, AUTUMN, 22, subject=READING, note="Loves poems")
        judged(pupil, world.year - 1, SPRING, None, subject=READING, reason=Reason.ABSENT)
        judged(pupil, world.year - 1, SUMMER, 27, subject=READING)
        judged(pupil, world.year, AUTUMN, 28, subject=READING)
    visitor = visit("head", views=PHONE_AND_DESK)
    page = visitor.page
    page.goto(world.at(f"pupils/{pupil.public_id}/"))
    visitor.check()
    page.get_by_role("link", name="Progress over the years").click()
    expect(page.get_by_role("img", name="Reading: points over the years")).to_be_visible()
    page.get_by_text("The chart as a table").first.click()
    page.get_by_text("Areas of learning in nursery and Reception").click()
    expect(page.get_by_role("cell", name="absent")).to_be_visible()
    visitor.check()
    page.get_by_role("link", name="For parents").click()
    expect(page.get_by_role("heading", name="How Ava is getting on")).to_be_visible()
    visitor.check()
    page.get_by_role("link", name="progress over the years").click()
    page.get_by_role("link", name="the record").click()
    expect(page.get_by_role("link", name="Progress over the years")).to_be_visible()
