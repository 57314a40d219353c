"""A Reception teacher at the sheet of all areas of learning: codes by keyboard, areas of learning folded, the same as last time for a child."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor, World
from tests.browser.reception import AREAS, CHILDREN, LAST_SUMMER, area_cell, reception_class, type_areas
from tests.browser.sheets import expect_saved

pytestmark = pytest.mark.django_db(transaction=True)


def headings(page: Page) -> list[str]:
    """The areas of learning that are open, by their headings."""
    return page.locator("th.is-area:not([hidden]) [data-fold]").all_inner_texts()


def active(page: Page) -> str:
    """Whose cell in which area has the focus."""
    return str(
        page.evaluate(
            "(() => { const cell = document.activeElement; const head = document.querySelector('#grid thead tr:last-child').cells[cell.cellIndex];"
            " return `${cell.parentElement.cells[0].querySelector('a').textContent.split(',')[0]} ${head.textContent.trim()}` })()"
        )
    )


def test_areas_are_typed_folded_and_filled(visit: Callable[..., Visitor], world: World) -> None:
    reception = reception_class(world)
    visitor = visit("teacher", width=768)
    page = visitor.page
    page.goto(reception.address())
    page.locator("#grid [tabindex='0']").focus()
    expect(page.locator("#grid tbody th").first).to_contain_text(" months")

    # Codes by type-ahead; no exceeding under 2021.
    page.keyboard.type("30-50")
    expect(page.locator("#offers li")).to_have_count(3)
    page.keyboard.type("d")
    page.keyboard.press("Enter")
    page.keyboard.type("EL")
    expect(page.locator("#offers li")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    type_areas(page, ["19", "ELG"])
    expect_saved(page)
    assert {child: points for (child, _), points in reception.stands().items()} == {
        "Child00": 16,
        "Child01": 19,
        "Child02": 21,
    }

    # By key the area of learning goes, and the cell to type in is the next that is shown; arrows and Enter pass over what is folded.
    page.keyboard.press("f")
    expect(page.locator("#folded")).to_contain_text("Communication and language")
    assert headings(page)[0] == "Personal, social and emotional development"
    assert active(page) == "Child03 Self-regulation"
    page.keyboard.press("ArrowLeft")
    assert active(page) == "Child03 Pupil"
    page.keyboard.press("ArrowRight")
    page.get_by_role("link", name="Literacy only").click()
    assert headings(page) == ["Literacy"]
    visitor.check()
    # Kept for the other terms, and in the address.
    page.get_by_role("link", name="Spring").click()
    expect(page.locator("#grid[role=grid]")).to_be_visible()
    assert headings(page) == ["Literacy"]
    page.goto(reception.address())
    assert headings(page) == ["Literacy"]
    assert page.url.count("fold=") == 6
    page.get_by_role("link", name="Unfold Mathematics").click()
    assert headings(page) == ["Literacy", "Mathematics"]
    expect(page.get_by_role("link", name="Mathematics", exact=True)).to_be_focused()

    # What was refused is never folded away: it stays until it is put right.
    area_cell(page, 4, "Number").click()
    type_areas(page, ["9z9"])
    expect(area_cell(page, 4, "Number")).to_contain_text("is not on the scale")
    page.keyboard.press("f")
    expect(page.locator("#folded [data-why]")).to_have_text(
        "Mathematics stays open: something there is not saved yet."
    )
    assert headings(page) == ["Literacy", "Mathematics"]
    page.reload()
    expect(page.locator("#grid[role=grid]")).to_be_visible()
    area_cell(page, 4, "Number").click()
    page.keyboard.press("Escape")

    # The same as last time for a whole child: blanks only, what is shown only, asked once with the count, one act.
    area_cell(page, 3, "Comprehension").click()
    page.get_by_role("button", name="Fill blanks").click()
    dialog = page.get_by_role("dialog", name="Fill the blanks")
    dialog.get_by_label(CHILDREN[3]).check()
    visitor.check()
    dialog.get_by_role("button", name="Fill 5 cells").click()
    expect(area_cell(page, 3, "Numerical patterns")).to_contain_text(str(LAST_SUMMER[3]))
    expect_saved(page)
    shown = [area.name for area in AREAS if area.area_of_learning in {"Literacy", "Mathematics"}]
    filled = {area: points for (child, area), points in reception.stands().items() if child == CHILDREN[3]}
    assert filled == dict.fromkeys(shown, LAST_SUMMER[3])
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.locator("#sheet-said")).to_contain_text("5 cells")
    assert len(reception.stands()) == 3
    page.keyboard.press("Shift+F")
    page.get_by_role("link", name="Unfold all").click()
    assert len(headings(page)) == 7
