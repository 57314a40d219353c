"""A head answers a family: hands out what is held, corrects it, reviews who has left; in a real browser."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from schools.calendar import AcademicYear
from schools.models import Pupil
from schools.row_security import visible_to
from schools.services import years
from schools.services.retention import keep
from tests.browser.conftest import Visitor, World
from tests.factories import on_roll

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]
OLD = AcademicYear(2015)


def leavers(world: World) -> list[Pupil]:
    with visible_to(world.school):
        years.open_year(school=world.school, academic_year=OLD, by=None)
        found = [
            on_roll(
                world.school, OLD, pupil__surname=name, pupil__forename="Alex", ends_on=dt.date(2016, 7, 20)
            ).pupil
            for name in ("Endon", "Froghall", "Leek")
        ]
        keep(pupil=found[2], until=dt.date(world.year + 3, 1, 1), reason="A complaint is open.", by=None)
    return found


def test_a_head_corrects_a_record_and_takes_what_is_held(visit: Visit, world: World, tmp_path: Path) -> None:
    visitor = visit("head", 1280, color_scheme="light")
    page = visitor.page
    page.goto(world.pupil_address)
    visitor.check()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Everything held about this pupil (PDF)").click()
    assert taken.value.suggested_filename.startswith(
        "beggars-lane-first-school-everything-held-about-one-pupil"
    )
    page.get_by_role("link", name="Correct this record").click()
    visitor.check()
    page.get_by_role("button", name="Correct the record").click()
    expect(page.get_by_text("Say why the record is corrected.")).to_be_visible()
    visitor.check()
    page.get_by_label("Legal surname").fill("Alcock-Dale")
    page.get_by_label("Reason").fill("Deed poll seen.")
    page.get_by_role("button", name="Correct the record").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Alcock-Dale")
    page.get_by_role("link", name="Privacy and complaints").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Privacy and complaints")
    visitor.check()


def test_a_head_reviews_who_has_left(visit: Visit, world: World) -> None:
    leavers(world)
    visitor = visit("head", 1280, color_scheme="light")
    page = visitor.page
    page.goto(world.at("pupils/"))
    page.get_by_role("link", name="How long records are kept").click()
    visitor.check()
    page.get_by_label("Endon, Alex").check()
    page.get_by_role("button", name="Anonymise those ticked").click()
    expect(page.get_by_text("Tick this: it cannot be undone, by nobody.")).to_be_visible()
    expect(page.get_by_label("Endon, Alex")).to_be_checked()
    page.get_by_label("Anonymise them for good.").check()
    page.get_by_role("button", name="Anonymise those ticked").click()
    expect(page.locator(".messages")).to_contain_text("1 pupil is anonymised.")
    expect(page.get_by_text("Endon")).to_have_count(0)
    page.get_by_role("link", name="Keep or remove Froghall, Alex").click()
    visitor.check()


def test_the_pages_keep_to_a_phone_in_the_dark(visit: Visit, world: World) -> None:
    first, *_ = leavers(world)
    phone = visit("head", 375, color_scheme="dark")
    pupil = world.pupil_address
    for there in (
        pupil,
        f"{pupil}correct/",
        world.at("pupils/retention/"),
        world.at(f"pupils/{first.public_id}/removal/"),
        world.at("privacy/"),
        f"{world.address}/privacy/",
    ):
        phone.page.goto(there)
        phone.check()
