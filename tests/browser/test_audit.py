"""What happened here: a leader looks for who opened a pupil's page, at a desk, on a phone and without script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from schools.models import AuditRecord, Happening
from schools.row_security import visible_to
from tests.browser.conftest import PHONE_AND_DESK, Visitor, World

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_head_sees_who_opened_a_pupils_page(visit: Callable[..., Visitor], world: World) -> None:
    teacher = visit("teacher").page
    teacher.goto(world.pupil_address)
    head = visit("head")
    head.page.goto(world.pupil_address)
    head.page.get_by_role("link", name="Who opened this page").click()
    expect(head.page.get_by_role("heading", level=1)).to_have_text("What happened here")
    rows = head.page.locator("#audit tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("A. Head teacher")
    expect(rows.nth(1)).to_contain_text("A. Teacher")
    head.check()
    head.page.get_by_role("link", name="All pupils").click()
    with visible_to(world.school):
        assert AuditRecord.objects.filter(what=Happening.PUPIL_SEEN).count() == 2


def test_choosing_what_narrows_the_list_in_place(visit: Callable[..., Visitor], world: World) -> None:
    governor = visit("governor").page
    governor.goto(world.at("people/"))
    head = visit("head", views=PHONE_AND_DESK)
    head.page.goto(world.at("audit/"))
    expect(head.page.locator("#audit")).to_contain_text("Role given")
    head.check()
    head.page.get_by_text("Filters").click()
    head.page.get_by_label("What", exact=True).select_option("refusals")
    rows = head.page.locator("#audit tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("see who works at the school")
    assert "kind=refusals" in head.page.url
    head.check()
    with head.page.expect_download() as taken:
        head.page.get_by_role("link", name="CSV").click()
    assert taken.value.suggested_filename.endswith(".csv")
    head.page.goto(world.at("audit/?kind=files"))
    expect(rows).to_contain_text("What happened here, CSV, names no pupil")


def test_the_list_turns_its_pages_without_script(visit: Callable[..., Visitor], world: World) -> None:
    with visible_to(world.school):
        for _ in range(60):
            AuditRecord.objects.create(
                school=world.school,
                what=Happening.EXPORT,
                account=world.people["head"].pk,
                detail={"route": "roll_file", "file": "csv", "pupils": 13},
            )
    head = visit("head", java_script_enabled=False)
    head.page.goto(world.at("audit/?kind=files"))
    rows = head.page.locator("#audit tbody tr")
    expect(rows).to_have_count(50)
    head.page.get_by_role("link", name="Earlier").click()
    expect(rows).to_have_count(10)
    expect(head.page.get_by_role("link", name="Earlier")).to_have_count(0)
    head.page.get_by_role("link", name="Back to the latest").click()
    expect(rows).to_have_count(50)
