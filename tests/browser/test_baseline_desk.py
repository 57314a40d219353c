"""The Year 1 teacher confirms what Reception offers, by the keyboard; a colleague reads the same page on a phone in the dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import EYFS_AREAS
from assessment.models import Judgement
from schools.calendar import AcademicYear, EyfsFramework, YearGroup
from schools.models import Membership, Role
from schools.row_security import visible_to
from schools.services import classes, years
from tests.browser.conftest import Visitor, World
from tests.factories import ClassGroupFactory, PupilYearFactory, judged, on_roll

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]
WORD_READING = next(area for area in EYFS_AREAS[EyfsFramework.OF_2021] if area.name == "Word reading")


@pytest.fixture
def year_one(world: World) -> None:
    """The teacher's class of Year 1: two whom Reception judged in Word reading, and one who is new."""
    last_year = AcademicYear(world.year - 1)
    with visible_to(world.school):
        years.open_year(school=world.school, academic_year=last_year, by=None)
        group = ClassGroupFactory.create(school=world.school, academic_year=world.year, name="1 Hazel")
        teacher = Membership.objects.get(user=world.people["teacher"], role=Role.TEACHER)
        classes.assign_teacher(class_group=group, membership=teacher, by=None)
        for surname, points in (("Adams", 20), ("Barker", 18), ("Clarke", None)):
            pupil = on_roll(
                world.school,
                world.year,
                class_group=group,
                year_group=YearGroup.Y1,
                pupil__surname=surname,
                pupil__forename="Ivy",
            ).pupil
            if points:
                PupilYearFactory.create(
                    school=world.school, pupil=pupil, academic_year=last_year, year_group=YearGroup.R
                )
                judged(pupil, last_year, AssessmentTerm.SUMMER, points, subject=WORD_READING)


def test_a_teacher_confirms_by_enter_and_takes_it_back(visit: Visit, world: World, year_one: None) -> None:
    visitor = visit("teacher", 1280, color_scheme="light")
    page = visitor.page
    page.goto(world.at("marksheets/"))
    page.get_by_role("link", name="Baselines: where each pupil starts").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Baselines")
    page.get_by_label("Adams, Ivy, Reading, another value").press("Enter")
    second = page.get_by_label("Barker, Ivy, Reading, another value")
    expect(second).to_be_focused()
    second.fill("19")
    second.press("Enter")
    expect(page.get_by_label("Clarke, Ivy, Reading", exact=True)).to_be_focused()
    visitor.check()
    page.get_by_role("button", name="Save 2 Baselines").click()
    expect(page.get_by_text("2 Baselines saved.")).to_be_visible()

    def stands() -> list[tuple[int | None, str]]:
        with visible_to(world.school):
            rows = Judgement.objects.in_school(world.school).filter(
                academic_year=world.year, term=AssessmentTerm.BASELINE
            )
            return list(rows.order_by("pupil__surname").values_list("points", "source"))

    assert stands() == [(20, "offered"), (19, "typed")]
    # On a tablet what is entered says so beside its box, also in Science, the narrowest column.
    page.get_by_label("Adams, Ivy, Science", exact=True).fill("18")
    page.get_by_role("button", name="Save 1 Baseline").click()
    page.set_viewport_size({"width": 768, "height": 1024})
    box = page.get_by_label("Adams, Ivy, Science", exact=True).bounding_box()
    told = page.get_by_role("link", name="entered Adams, Ivy, Science").bounding_box()
    assert box
    assert told
    assert told["y"] < box["y"] + box["height"]
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Undo: 1 cell entered as Baselines").click()
    page.get_by_role("button", name="Undo: 2 cells entered as Baselines").click()
    expect(page.get_by_text("Undone: 2 cells.")).to_be_visible()
    assert stands() == []


def test_the_pages_on_a_phone_and_the_leads(visit: Visit, world: World, year_one: None) -> None:
    visitor = visit("head", 375, color_scheme="dark")
    for there in ("baselines/", "baselines/offers/", "baselines/missing/"):
        visitor.page.goto(world.at(there))
        visitor.check()
    visitor = visit("lead", 375, color_scheme="light")
    there = f"{world.address}/partnerships/{world.school.partnership_id}/{world.year.slug}/baselines/"
    visitor.page.goto(f"{there}?2021-reading=E08")
    expect(visitor.page.get_by_role("heading", name="What would change")).to_be_visible()
    visitor.check()
    visitor.page.get_by_role("button", name="Save").click()
    expect(visitor.page.get_by_text("Saved: it concerns what is offered from now on.")).to_be_visible()
