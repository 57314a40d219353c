"""The main job from end to end, on files as schools have them: a teacher enters, the head sees, the governors get their pack."""

from __future__ import annotations

import csv
import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor, World
from tests.browser.sheets import NAMES, begin, enter, expect_saved, import_class

pytestmark = pytest.mark.django_db(transaction=True)

Visit = Callable[..., Visitor]
# Below, at and above 43 to 44, the range of Year 4 at the end of Autumn.
TYPED = ["42"] * 10 + ["4e1"] * 12 + ["46"] * 8


def reading_of_year_4(world: World) -> dict[str, str]:
    """What `analyse` says of everybody in Year 4 in reading."""
    out = io.StringIO()
    call_command(
        "analyse", f"--school={world.school.urn}", f"--year={world.year.label}", "--term=autumn", stdout=out
    )
    rows = csv.DictReader(io.StringIO(out.getvalue()))
    return next(
        row for row in rows if (row["year_group"], row["subject"], row["group"]) == ("4", "Reading", "All")
    )


def made(page: Page, name: str, folder: Path) -> Path:
    """Asked for on the pack's page, made by the worker, and fetched."""
    there = page.url
    page.get_by_role("button", name=f"Make {name}").click()
    page.wait_for_url("**/jobs/**")
    call_command("worker", once=True)
    with page.expect_download(timeout=60_000) as waiting:
        page.get_by_role("link", name=f"Download {name}").click(no_wait_after=True)
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    page.goto(there)
    return path


def said_by(program: str, *arguments: str) -> str:
    return subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout


def test_a_teacher_enters_the_head_sees_and_the_governors_get_their_pack(
    visit: Visit, world: World, tmp_path: Path
) -> None:
    sheet = import_class(world, tmp_path)
    head = visit("head")
    head.page.goto(world.at("dashboard/?term=autumn"))
    expect(head.page.get_by_text("30 of 41")).to_have_count(0)
    teacher = visit("teacher")
    begin(teacher.page, sheet.address())
    enter(teacher.page, *TYPED)
    expect_saved(teacher.page)
    # At the head's next look it is there.
    head.page.reload()
    main = head.page.locator("main")
    expect(main).to_contain_text("67%")
    expect(main).to_contain_text("30 of 41")
    link = head.page.get_by_role("link", name="10 below").first
    link.click()
    expect(head.page.locator("main tbody tr")).to_have_count(10)
    expect(head.page.locator("main")).to_contain_text("Pupil09")
    expect(head.page.locator("main")).not_to_contain_text("Pupil10")
    head.check()

    leader = visit("assessment_leader", accept_downloads=True)
    leader.page.goto(world.at("dashboard/?term=autumn"))
    leader.page.get_by_role("link", name="Governors’ pack").click()
    expect(leader.page.get_by_role("heading", level=1)).to_contain_text("Governors’ pack")
    pdf = made(leader.page, "PDF", tmp_path)
    workbook = made(leader.page, "Excel", tmp_path)
    assert pdf.name.startswith(f"Beggars-Lane-First-School-Autumn-{world.year.slug}-governors-pack-")
    assert workbook.name == pdf.with_suffix(".xlsx").name

    facts = said_by("pdfinfo", str(pdf))
    assert "Tagged:          yes" in facts
    assert f"Autumn term {world.year.label}" in facts
    text = " ".join(said_by("pdftotext", "-layout", str(pdf), "-").split())
    figures = reading_of_year_4(world)
    assert (figures["pupils"], figures["assessed"]) == ("41", "30")
    told = [figures[name] for name in ("assessed", "below", "at", "above")]
    assert told == ["30", "10", "12", "8"]
    assert f"Reading {' '.join(told)} 67%" in text
    cells = {
        str(cell.value)
        for each in openpyxl.load_workbook(workbook).worksheets
        for row in each.iter_rows()
        for cell in row
    }
    assert {*told, "67"} <= {cell.removesuffix("%") for cell in cells}
    for name in (*NAMES, "Alcock", "Brough", "Clowes", "A. Teacher"):
        assert name not in text
        assert not any(name in cell for cell in cells)
    leader.check()


def test_a_governor_reads_the_figures_and_meets_no_name(visit: Visit, world: World, tmp_path: Path) -> None:
    sheet = import_class(world, tmp_path)
    teacher = visit("teacher")
    begin(teacher.page, sheet.address())
    enter(teacher.page, *TYPED)
    expect_saved(teacher.page)
    governor = visit("governor")
    asked: list[str] = []
    governor.page.on("request", lambda request: asked.append(request.url))
    for path in ("", "dashboard/?term=autumn", "reports/governors/?term=autumn"):
        governor.page.goto(world.at(path))
        text = governor.page.content()
        assert not [name for name in (*NAMES, "Alcock", "Brough", "Dale") if name in text]
        governor.check()
    assert governor.page.goto(sheet.address()).status == 403  # type: ignore[union-attr]
    assert not [address for address in asked if "Pupil" in address]


def test_another_schools_and_another_class_are_not_there(visit: Visit, world: World, tmp_path: Path) -> None:
    sheet = import_class(world, tmp_path)
    page = visit("teacher").page
    elsewhere = sheet.address().replace(world.school.urn, world.other.urn)
    assert page.goto(elsewhere).status == 404  # type: ignore[union-attr]
    page.goto(world.at("marksheets/"))
    of_another = visit("head").page
    of_another.goto(world.at("marksheets/?term=autumn"))
    ash = of_another.get_by_role("row", name="3/4 Ash").get_by_role("link", name="Reading")
    address = ash.get_attribute("href") or ""
    assert page.goto(f"{world.address}{address}").status == 404  # type: ignore[union-attr]
