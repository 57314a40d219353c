"""Opening and closing terms, and why a colour is what it is: accessible at a desk and on a phone, in light and dark."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from assessment.engine.assessment_points import AssessmentTerm
from schools.calendar import TermName
from schools.models import Pupil
from schools.row_security import visible_to
from schools.services.terms import close_term, reopen_term
from tests.browser.conftest import PHONE_AND_DESK, Visitor, World
from tests.factories import judged

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def why(world: World) -> str:
    """The page of a pupil with a judgement of each colour; gives its address."""
    with visible_to(world.school):
        pupil = Pupil.objects.in_school(world.school).get(surname="Alcock9")
        judged(pupil, world.year, AssessmentTerm.BASELINE, 41)
        judged(pupil, world.year, AssessmentTerm.AUTUMN, 42)
        judged(pupil, world.year, AssessmentTerm.SPRING, 46)
        judged(pupil, world.year, AssessmentTerm.SUMMER, 51)
    return world.at(f"judgements/{pupil.public_id}/mathematics/why/")


def test_the_page_of_terms_is_accessible_whatever_was_done(
    visit: Callable[..., Visitor], world: World
) -> None:
    with visible_to(world.school):
        of = {"school": world.school, "academic_year": world.year, "by": world.people["head"]}
        close_term(**of, term=TermName.AUTUMN)
        close_term(**of, term=TermName.SPRING, reason="Reports go out")
        reopen_term(**of, term=TermName.SPRING, reason="Two pupils were away when the class was judged")
    visitor = visit("head", views=PHONE_AND_DESK)
    visitor.page.goto(world.at("terms/"))
    visitor.check()
    for summary in visitor.page.get_by_text("What was done").all():
        summary.click()
    autumn = visitor.page.get_by_role("region", name="Autumn")
    autumn.locator("summary", has_text="Reopen").click()
    autumn.get_by_role("button", name="Reopen for entry").click()
    expect(autumn.get_by_text("Say why the term is reopened.")).to_be_visible()
    visitor.check()


def test_a_leader_closes_a_term_by_keyboard_and_reopens_it_with_a_reason(
    visit: Callable[..., Visitor], world: World
) -> None:
    # As on a machine that runs no script.
    page = visit("assessment_leader", java_script_enabled=False).page
    page.goto(world.at())
    page.get_by_role("link", name="Open and close terms").click()
    summer = page.get_by_role("region", name="Summer")
    summer.get_by_role("button", name="Close for entry now").press("Enter")
    expect(page.get_by_text("Summer is closed for entry.")).to_be_visible()
    summer.locator("summary", has_text="Reopen").press("Enter")
    summer.get_by_label("Reason").fill("A pupil joined late")
    summer.get_by_role("button", name="Reopen for entry").press("Enter")
    expect(page.get_by_text("Summer is open for entry again.")).to_be_visible()
    expect(summer.get_by_text("Open for entry", exact=True)).to_be_visible()
    summer.get_by_text("What was done").press("Enter")
    expect(summer.get_by_text("Reason: A pupil joined late")).to_be_visible()


def test_the_page_of_reasons_is_accessible(visit: Callable[..., Visitor], why: str) -> None:
    visitor = visit("teacher", views=PHONE_AND_DESK)
    for asked in ("?term=summer", "?term=autumn&of=autumn", "?of=spring"):
        visitor.page.goto(why + asked)
        for summary in visitor.page.get_by_text(re.compile("^Values, dates, who")).all():
            summary.click()
        visitor.check()
    expect(visitor.page.get_by_text("46 is in the range expected of Year 4")).to_be_visible()


def test_another_term_is_a_link_away(visit: Callable[..., Visitor], why: str) -> None:
    page = visit("teacher").page
    page.goto(f"{why}?of=autumn&term=autumn")
    expect(page.get_by_role("heading", level=3).first).to_have_text(re.compile("^Autumn"))
    page.get_by_role("navigation", name="Term").get_by_role("link", name="Summer").click()
    expect(page.get_by_text("10 steps since the Baseline, more than the 7 expected.")).to_be_visible()
