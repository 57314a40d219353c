"""Two schools' people: one offers a year group, the other takes it in, and one child is there already."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from assessment.engine.assessment_points import AssessmentTerm
from schools.models import Pupil, Role
from schools.row_security import visible_to
from schools.services import memberships
from tests.browser.conftest import PHONE_AND_DESK, Visitor, World
from tests.factories import judged, on_roll

pytestmark = pytest.mark.django_db(transaction=True)

Visit = Callable[..., Visitor]


@pytest.fixture
def receiving(world: World) -> World:
    """The second school takes Years 5 to 8, has an assessment leader of its own, and holds a child who may be one of those who come."""
    other = world.other
    other.lowest_year_group, other.highest_year_group = 5, 8
    other.save()
    with visible_to(world.school):
        coming = Pupil.objects.get(surname="Alcock0")
        judged(coming, world.year, AssessmentTerm.AUTUMN, 44)
    with visible_to(other):
        memberships.grant(school=other, user=world.people["nobody"], role=Role.ASSESSMENT_LEADER, by=None)
        here = on_roll(
            other,
            world.year,
            year_group=5,
            pupil__surname="Alcock0",
            pupil__forename="Sam",
            pupil__date_of_birth=coming.date_of_birth,
        ).pupil
        judged(here, world.year, AssessmentTerm.AUTUMN, 46)
    return world


def test_a_year_group_is_offered_and_taken_in(visit: Visit, receiving: World) -> None:
    world = receiving
    head = visit("head", views=PHONE_AND_DESK)
    page = head.page
    page.goto(world.at("pupils/"))
    page.get_by_role("link", name="Moving between schools").click()
    head.check()
    page.get_by_role("link", name="Offer pupils").click()
    page.get_by_role("link", name="Year 4").click()
    page.get_by_label("To", exact=True).select_option(label="Ball Haye First School, Year 5 to Year 8")
    page.get_by_label("Clowes").uncheck()
    head.check()
    page.get_by_role("button", name="Offer them").click()
    expect(page.get_by_text("Offered to Ball Haye First School: 10 pupils.")).to_be_visible()
    head.check()

    leader = visit("nobody", views=PHONE_AND_DESK)
    own = leader.page
    there = world.at("moving/").replace(world.school.urn, world.other.urn)
    own.goto(there)
    leader.check()
    own.get_by_role("link", name="Answer").click()
    expect(own.get_by_role("heading", name="perhaps already here")).to_be_visible()
    leader.check()
    own.get_by_role("button", name="Take in those ticked").click()
    expect(own.get_by_text("Say whether it is the same child.")).to_be_visible()
    leader.check()
    own.get_by_label("No, another child").check()
    own.get_by_role("button", name="Take in those ticked").click()
    expect(own.get_by_text("Taken in from Beggars Lane First School: 10 pupils.")).to_be_visible()
    leader.check()

    page.reload()
    expect(page.get_by_role("heading", name="Accepted")).to_be_visible()
    own.goto(
        there.replace(world.year.slug, type(world.year)(world.year + 1).slug).replace("moving/", "pupils/")
    )
    expect(own.get_by_text("Alcock9")).to_be_visible()
    with visible_to(world.other):
        assert Pupil.objects.count() == 11


def test_a_withdrawn_offer_is_answered_by_nobody(visit: Visit, receiving: World) -> None:
    world = receiving
    head = visit("head")
    page = head.page
    page.goto(world.pupil_address)
    page.get_by_role("link", name="Offer to another school").click()
    page.get_by_label("To", exact=True).select_option(label="Ball Haye First School, Year 5 to Year 8")
    page.get_by_role("button", name="Offer them").click()
    leader = visit("nobody")
    own = leader.page
    own.goto(world.at("moving/").replace(world.school.urn, world.other.urn))
    own.get_by_role("link", name="Answer").click()
    expect(own.get_by_text("Alcock9").first).to_be_visible()
    page.get_by_role("button", name="Withdraw the offer").click()
    expect(page.get_by_text("Withdrawn. Ball Haye First School sees nobody of it any more.")).to_be_visible()
    own.get_by_role("button", name="Take in those ticked").click()
    expect(own.get_by_text("This offer is over", exact=False).first).to_be_visible()
    expect(own.get_by_text("Alcock9")).to_have_count(0)
    with visible_to(world.other):
        assert Pupil.objects.count() == 1
