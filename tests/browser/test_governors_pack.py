"""A governor reads the pack and takes it along, at a desk and on a phone, in light and dark."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import COMBINED_SUBJECTS
from schools.models import PupilYear
from schools.row_security import visible_to
from schools.services import jobs
from tests.browser.conftest import PHONE_AND_DESK, Visitor, World, given_out
from tests.factories import judged

pytestmark = pytest.mark.django_db(transaction=True)


def judge(world: World) -> None:
    """Everybody in Year 4 in three subjects: ten pupils of one class, one of another."""
    with visible_to(world.school):
        rows = PupilYear.objects.in_school(world.school).filter(year_group=4).select_related("pupil__school")
        for number, row in enumerate(rows):
            for subject in COMBINED_SUBJECTS:
                judged(row.pupil, world.year, AssessmentTerm.AUTUMN, 40 + number % 9, subject=subject)
    given_out(world)


def test_governor_reads_the_pack_and_takes_it_along(visit: Callable[..., Visitor], world: World) -> None:
    judge(world)
    visitor = visit("governor", views=PHONE_AND_DESK)
    page = visitor.page
    page.goto(world.at("reports/governors/?term=autumn"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Autumn term")
    expect(
        page.get_by_role("img", name="Year 4: pupils below, at and above the expected range")
    ).to_be_visible()
    text = page.locator("main").inner_text()
    assert "Alcock" not in text
    assert "A. Teacher" not in text
    visitor.check()
    page.get_by_label("Progress by year group and subject").uncheck()
    page.get_by_role("button", name="Make PDF").click()
    expect(page.get_by_role("heading", name="It is waiting to be made")).to_be_visible()
    visitor.check()
    # A worker has it in hand; the page looks again by itself.
    job = jobs.take(now=timezone.now())
    assert job is not None
    assert jobs.beat(job=job, done=1, out_of=3)
    expect(page.get_by_role("heading", name="It is being made: 1 of 3")).to_be_visible()
    visitor.check()
    assert jobs.give_back(job=job)
    call_command("worker", once=True)
    expect(page.get_by_role("heading", name="It is ready")).to_be_visible()
    visitor.check()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download PDF").click()
    name = download.value.suggested_filename
    day: dt.date = timezone.localdate()
    assert name == (f"Beggars-Lane-First-School-Autumn-{world.year.slug}-governors-pack-{day:%Y-%m-%d}.pdf")
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    page.get_by_role("link", name="Governors’ pack").first.click()
    expect(page.get_by_role("link", name=name)).to_be_visible()
    page.get_by_role("link", name="Spring").click()
    expect(page.get_by_role("heading", name="Not given out yet")).to_be_visible()
    visitor.check()
