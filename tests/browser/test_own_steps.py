"""Steps of a pupil's own in a real browser: a lead allows them, a SENCO sees what they change and agrees, pages say by whose steps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from assessment.engine.assessment_points import AssessmentTerm
from schools.models import PupilYear, SenStatus
from schools.row_security import visible_to
from tests.browser.conftest import PHONE_AND_DESK, Visitor, World
from tests.factories import judged

pytestmark = pytest.mark.django_db(transaction=True)


def test_steps_are_allowed_agreed_on_and_named(visit: Callable[..., Visitor], world: World) -> None:
    with visible_to(world.school):
        row = PupilYear.objects.in_school(world.school).get(sen_status=SenStatus.SUPPORT)
        judged(row.pupil, world.year, AssessmentTerm.BASELINE, 41)
        judged(row.pupil, world.year, AssessmentTerm.AUTUMN, 43)
    lead = visit("lead", views=PHONE_AND_DESK)
    lead.page.goto(
        f"{world.address}/partnerships/{world.school.partnership_id}/{world.year.slug}/expectations/"
    )
    lead.page.get_by_role("button", name="Allow steps of a pupil’s own").click()
    expect(lead.page.get_by_role("button", name="End steps of a pupil’s own")).to_be_visible()
    lead.check()

    senco = visit("senco", views=PHONE_AND_DESK)
    senco.page.goto(world.at(f"pupils/{row.pupil.public_id}/progress/?term=autumn"))
    senco.page.get_by_role("link", name="Steps expected of this pupil alone").click()
    senco.page.get_by_label("Steps a year").fill("4")
    senco.page.get_by_label("Reason").fill("Agreed with the parents at the review in September.")
    senco.check()
    senco.page.get_by_role("button", name="Show what this changes").click()
    table = senco.page.get_by_role("table", name="Progress this year, now and then")
    expect(table.get_by_role("row", name="Mathematics")).to_contain_text("of 1 5/7 expected")
    senco.check()
    senco.page.get_by_role("button", name="Save").click()
    expect(senco.page.get_by_text("Own expectation: 4 steps a year")).to_be_visible()
    senco.check()
    for page in (
        "dashboard/?term=autumn",
        "dashboard/pupils/?term=autumn&subject=mathematics&part=measured&year_group=4",
        f"pupils/{row.pupil.public_id}/own-expectation/",
    ):
        senco.page.goto(world.at(page))
        senco.check()
