"""Judgements entered in the wrong term, moved by keyboard and without script; one undo takes them back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import READING
from assessment.models import Judgement
from schools.models import Pupil
from schools.row_security import visible_to
from tests.browser.conftest import PHONE_AND_DESK, Visitor, World
from tests.browser.sheets import Sheet, begin, import_class
from tests.factories import judged

pytestmark = pytest.mark.django_db(transaction=True)

Visit = Callable[..., Visitor]


@pytest.fixture
def sheet(world: World, tmp_path: Path) -> Sheet:
    """Pupils 0 to 5 have their Autumn in Spring; pupil 5 has something in Autumn too."""
    sheet = import_class(world, tmp_path)
    with visible_to(world.school):
        for number in range(6):
            pupil = Pupil.objects.in_school(world.school).get(surname=f"Pupil{number:02}")
            note = "Reads with expression" if number == 2 else ""
            judged(pupil, world.year, AssessmentTerm.SPRING, 42 + number, subject=READING, note=note)
        judged(pupil, world.year, AssessmentTerm.AUTUMN, 41, subject=READING)
    return sheet


def stored(sheet: Sheet, term: AssessmentTerm) -> list[int]:
    with visible_to(sheet.world.school):
        rows = Judgement.objects.in_school(sheet.world.school).filter(
            academic_year=sheet.world.year, term=term, subject=READING.number
        )
        return list(rows.order_by("pupil__surname").values_list("points", flat=True))


def go(page: Page, sheet: Sheet) -> None:
    """From the marksheet in Spring to the preview."""
    page.goto(sheet.address(term="spring"))
    page.locator(".sheet-tools").get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Entered in the wrong term?").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Entered in the wrong term")
    expect(page.get_by_label("They stand in")).to_have_value("spring")
    expect(page.get_by_label("They belong in")).to_have_value("autumn")
    page.get_by_role("button", name="Show what would happen").press("Enter")
    expect(page.get_by_role("heading", name="Move from Spring to Autumn")).to_be_visible()


def test_a_class_is_moved_by_keyboard_without_script_and_taken_back_by_one_undo(
    visit: Visit, sheet: Sheet
) -> None:
    page = visit("teacher", java_script_enabled=False).page
    go(page, sheet)
    expect(page.get_by_text("5 clear")).to_be_visible()
    expect(page.get_by_text("1 with something in both")).to_be_visible()
    assert stored(sheet, AssessmentTerm.SPRING) == [42, 43, 44, 45, 46, 47]
    page.get_by_role("checkbox", name="Move 43 of Pupil01, Sam").press("Space")
    page.get_by_role("group", name="Pupil05, Sam, Autumn").get_by_label("take 47").press("Space")
    page.get_by_role("button", name="Move to Autumn").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("5 judgements moved")
    assert stored(sheet, AssessmentTerm.AUTUMN) == [42, 44, 45, 46, 47]
    assert stored(sheet, AssessmentTerm.SPRING) == [43]
    page.get_by_role("button", name="Undo: take all of it back").press("Enter")
    expect(page.get_by_text("Undone: 10 cells moved or copied to another term.")).to_be_visible()
    assert stored(sheet, AssessmentTerm.AUTUMN) == [41]
    assert stored(sheet, AssessmentTerm.SPRING) == [42, 43, 44, 45, 46, 47]


def test_the_sheet_itself_takes_a_move_back_too(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher").page
    go(page, sheet)
    page.get_by_role("button", name="Move to Autumn").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("5 judgements moved")
    page.get_by_role("link", name="Back to the marksheet").press("Enter")
    expect(page.locator("#grid[role=grid]")).to_be_visible()
    page.locator("#grid [tabindex='0']").focus()
    page.keyboard.press("Control+z")
    expect(page.locator("#sheet-said")).to_contain_text("Undone: 10 cells moved or copied to another term.")
    assert stored(sheet, AssessmentTerm.SPRING) == [42, 43, 44, 45, 46, 47]


def test_each_step_is_accessible(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher", views=(*PHONE_AND_DESK, (1280, "dark")))
    page = visitor.page
    go(page, sheet)
    visitor.check()
    page.get_by_label("They belong in").select_option("spring")
    page.get_by_role("button", name="Show what would happen").click()
    expect(page.get_by_text("Choose another term than the one where they stand.")).to_be_visible()
    visitor.check()
    go(page, sheet)
    with visible_to(sheet.world.school):
        pupil = Pupil.objects.in_school(sheet.world.school).get(surname="Pupil00")
        judged(pupil, sheet.world.year, AssessmentTerm.SPRING, 50, subject=READING)
    page.get_by_role("button", name="Move to Autumn").click()
    expect(page.get_by_text("Changed by somebody while you looked")).to_be_visible()
    visitor.check()


def test_a_copy_stands_in_both(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher").page
    begin(page, sheet.address(term="spring"))
    page.locator(".sheet-tools").get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Entered in the wrong term?").click()
    page.get_by_label("Copy them, and leave them where they stand").check()
    page.get_by_role("button", name="Show what would happen").click()
    page.get_by_role("button", name="Copy to Autumn").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("5 judgements copied")
    assert stored(sheet, AssessmentTerm.AUTUMN) == [42, 43, 44, 45, 46, 41]
    assert stored(sheet, AssessmentTerm.SPRING) == [42, 43, 44, 45, 46, 47]
