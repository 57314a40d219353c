"""Into a new school year: a head plans it, looks, carries it out and takes it back; a teacher makes the checks of September."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from schools.calendar import AcademicYear, YearGroup
from schools.models import Pupil
from schools.row_security import visible_to
from schools.services import years
from tests.browser.conftest import PHONE_AND_DESK, Visitor, World
from tests.factories import ClassGroupFactory, PupilYearFactory, on_roll

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_head_plans_the_year_carries_it_out_and_takes_it_back(
    visit: Callable[..., Visitor], world: World
) -> None:
    visitor = visit("head", views=PHONE_AND_DESK)
    page = visitor.page
    page.goto(world.at("terms/"))
    page.get_by_role("link", name="New school year").click()
    visitor.check()
    page.get_by_role("button", name="Begin the plan").click()
    expect(page.get_by_role("heading", name="See what happens")).to_be_visible()
    visitor.check()
    # The terms, the classes, and who teaches them.
    page.get_by_text("1. Terms").click()
    visitor.check()
    page.get_by_role("button", name="Save the terms").click()
    expect(page.get_by_text("The plan is saved. Nothing has happened yet.")).to_be_visible()
    page.get_by_role("textbox", name="Name of the class").last.fill("1 Elm")
    page.get_by_text("No teacher yet").last.click()
    page.get_by_role("checkbox", name="A. Teacher").last.check()
    visitor.check()
    page.get_by_role("button", name="Save the classes").click()
    page.get_by_label("No class, Reception goes to").select_option("1 Elm")
    page.get_by_role("button", name="Save who goes where").click()
    # Who goes elsewhere.
    page.get_by_role("row", name="4A").get_by_role("link").click()
    visitor.check()
    page.get_by_label("What happens: Alcock0").select_option("Held back: the same year group again")
    page.get_by_label("Class: Alcock0").select_option("3/4 Ash")
    page.get_by_role("button", name="Save these pupils").click()
    expect(page.get_by_role("row", name="4A").get_by_text("1 pupil")).to_be_visible()
    # One class alone first.
    for box in page.get_by_role("checkbox").all():
        if box.is_visible():
            box.uncheck()
    page.get_by_role("checkbox", name="No class").check()
    page.get_by_role("button", name="Show what happens").click()
    expect(page.get_by_text("1 pupil on the roll")).to_be_visible()
    expect(page.get_by_text("Taught by A. Teacher.")).to_be_visible()
    visitor.check()
    page.get_by_role("button", name="Carry it out").click()
    expect(page.get_by_text("Done: 1 pupils are on the roll")).to_be_visible()
    visitor.check()
    # Then the rest.
    page.get_by_role("button", name="Show what happens").click()
    expect(page.get_by_text("2 pupils on the roll")).to_be_visible()
    expect(page.get_by_role("heading", name="Leaving")).to_be_visible()
    visitor.check()
    page.get_by_role("button", name="Carry it out").click()
    expect(page.get_by_text("Everybody of")).to_be_visible()
    page.get_by_role("button", name="2 placed, 10 leaving").click()
    expect(page.get_by_text("Taken back. Everything is as it was")).to_be_visible()
    visitor.check()


def test_a_head_types_in_new_pupils(visit: Callable[..., Visitor], world: World) -> None:
    visitor = visit("head", views=PHONE_AND_DESK)
    page = visitor.page
    page.goto(world.at("pupils/new/"))
    visitor.check()
    page.get_by_label("Legal surname").first.fill("Eardley")
    page.get_by_role("button", name="Show what is added").click()
    expect(page.get_by_text("Give the forename.")).to_be_visible()
    visitor.check()
    page.get_by_label("Legal forename").first.fill("Ada")
    page.get_by_label("Date of birth").first.fill(f"{int(world.year) - 5}-05-04")
    page.get_by_role("button", name="Show what is added").click()
    expect(page.get_by_text("new to the school,")).to_be_visible()
    visitor.check()
    page.get_by_role("button", name="Add them").click()
    expect(page.get_by_text("1 added to")).to_be_visible()
    expect(page.get_by_text("Eardley, Ada")).to_be_visible()


def test_a_teacher_makes_the_checks_of_september(visit: Callable[..., Visitor], world: World) -> None:
    school, last = world.school, AcademicYear(world.year - 1)
    with visible_to(school):
        years.open_year(school=school, academic_year=last, by=None)
        three = ClassGroupFactory.create(school=school, academic_year=last, name="3A")
        of_three = {"school": school, "academic_year": last, "year_group": YearGroup.Y3, "class_group": three}
        for pupil in Pupil.objects.filter(surname__startswith="Alcock"):
            PupilYearFactory.create(pupil=pupil, **of_three)
        on_roll(
            school,
            last,
            class_group=three,
            year_group=YearGroup.Y3,
            pupil__surname="Missing",
            pupil__forename="Mo",
        )
    visitor = visit("teacher", views=PHONE_AND_DESK)
    page = visitor.page
    page.goto(world.at("classes/"))
    page.get_by_role("link", name="September checks").click()
    visitor.check()
    page.get_by_role("link", name="4A").click()
    visitor.check()
    page.get_by_role("checkbox", name="Missing, Mo").check()
    page.get_by_role("button", name="Save the ticks").click()
    expect(page.get_by_text("ticked by A. Teacher")).to_be_visible()
    visitor.check()


def test_the_plan_is_made_without_javascript(visit: Callable[..., Visitor], world: World) -> None:
    page = visit("head", java_script_enabled=False).page
    page.goto(world.at("new-year/"))
    page.get_by_role("button", name="Begin the plan").click()
    page.get_by_role("button", name="Show what happens").click()
    page.get_by_role("button", name="Carry it out").click()
    expect(page.get_by_text("Done: 2 pupils are on the roll")).to_be_visible()
