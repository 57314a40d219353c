"""A child who is here twice, in a real browser: found, compared, merged as it was shown, and made two again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from assessment.engine.assessment_points import AssessmentTerm
from schools.models import PupilYear
from schools.row_security import visible_to
from tests.browser.conftest import PHONE_AND_DESK, Visitor, World
from tests.factories import judged, on_roll

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_child_who_is_here_twice_is_made_one_and_two_again(
    visit: Callable[..., Visitor], world: World
) -> None:
    with visible_to(world.school):
        first = PupilYear.objects.in_school(world.school).select_related("pupil").order_by("pk").first()
        assert first is not None
        second = on_roll(
            world.school,
            world.year,
            year_group=first.year_group,
            is_eal=True,
            pupil__surname=first.pupil.surname.upper(),
            pupil__forename=first.pupil.forename,
            pupil__date_of_birth=first.pupil.date_of_birth,
        )
        judged(first.pupil, world.year, AssessmentTerm.AUTUMN, 43)
        judged(second.pupil, world.year, AssessmentTerm.AUTUMN, 45)
    visitor = visit("head", views=PHONE_AND_DESK)
    page = visitor.page
    page.goto(world.at("pupils/"))
    page.get_by_role("link", name="Possible duplicates").click()
    visitor.check()
    page.get_by_role("link", name=f"Compare {first.pupil.name} and {second.pupil.name}").click()
    expect(page.get_by_role("heading", name="Is this one child?")).to_be_visible()
    visitor.check()
    page.get_by_label("Why they are one child").fill("Came back, and was written anew")
    page.get_by_role("group", name="Surname").get_by_label("First record").check()
    page.get_by_role("button", name="Show what merging does").click()
    expect(page.get_by_role("heading", name="What merging them does")).to_be_visible()
    expect(
        page.get_by_role("table", name="How much there is of each").get_by_role("row", name="Judgements")
    ).to_contain_text("1")
    visitor.check()
    page.get_by_role("button", name="Merge the two records").click()
    expect(page.get_by_text("The two records are one now.")).to_be_visible()
    visitor.check()

    page.goto(world.at(f"pupils/{second.pupil.public_id}/"))
    expect(page.get_by_text("This record was merged into another one of the same child")).to_be_visible()
    visitor.check()
    page.get_by_role("link", name="See what was done, or take it back").click()
    page.get_by_role("button", name="Take the merge back").click()
    expect(page.get_by_text("They are two records again")).to_be_visible()
    page.get_by_label("How you know").fill("Twins")
    page.get_by_role("button", name="They are two children").click()
    expect(page.get_by_role("table", name="Two children: nobody is asked again (1)")).to_be_visible()
    visitor.check()
