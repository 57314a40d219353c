"""Fast entry on a marksheet: one key a judgement, codes offered, blocks of cells copied and filled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from assessment.engine.assessment_points import AssessmentTerm
from assessment.models import Judgement
from schools.models import ChangeKind, ChangeSet
from schools.row_security import visible_to
from tests.browser.conftest import Visitor, World
from tests.browser.sheets import LAST_SUMMER, Sheet, begin, cell, enter, expect_saved, import_class, try_again

pytestmark = pytest.mark.django_db(transaction=True)

Visit = Callable[..., Visitor]


@pytest.fixture
def sheet(world: World, tmp_path: Path) -> Sheet:
    return import_class(world, tmp_path)


def stored(sheet: Sheet, subject: int = 1) -> dict[int, int | str]:
    """What stands in the Autumn column: points or the reason, by the pupil's place on the sheet."""
    with visible_to(sheet.world.school):
        rows = Judgement.objects.in_school(sheet.world.school).filter(
            academic_year=sheet.world.year, term=AssessmentTerm.AUTUMN, subject=subject
        )
        found = list(rows.values_list("pupil__surname", "points", "reason"))
    return {int(name.removeprefix("Pupil")): points or reason for name, points, reason in found}


def fills(sheet: Sheet) -> int:
    """How many acts of many cells were written."""
    with visible_to(sheet.world.school):
        return ChangeSet.objects.in_school(sheet.world.school).filter(kind=ChangeKind.FILL).count()


def ghost(of: Locator) -> str:
    """What stands faintly in the cell."""
    said = of.evaluate("(cell) => getComputedStyle(cell, '::before').content.split(' / ')[0]")
    return "" if said == "none" else str(said).strip('"')


def selected(page: Page) -> list[str]:
    """The selected cells, `row:column`."""
    found = page.locator("#grid [aria-selected=true]").evaluate_all(
        "(cells) => cells.map((cell) => `${cell.parentElement.sectionRowIndex}:${cell.cellIndex}`)"
    )
    return [str(each) for each in found]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def hold(page: Page) -> list[Route]:
    """Requests of the sheet that wait here to be released."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route("**/marksheets/**", keep)
    return held


def next_held(page: Page, held: list[Route]) -> Route:
    """The request that was held first, as soon as there is one."""
    while not held:
        page.wait_for_timeout(20)
    return held.pop(0)


def move_to(page: Page, row: int, column: str = "Autumn") -> None:
    cell(page, row, column).click()
    expect(cell(page, row, column)).to_be_focused()


def test_the_last_point_stands_faintly_in_an_empty_cell_and_is_no_judgement(
    visit: Visit, sheet: Sheet
) -> None:
    visitor = visit("teacher")
    page = visitor.page
    begin(page, sheet.address())
    assert [ghost(cell(page, row)) for row in range(3)] == ["39", "41", "43"]
    expect(cell(page, 0)).to_have_text("")
    expect(page.locator("#sheet-summary")).to_contain_text("0 of 30 entered")
    # Only where one enters now.
    assert ghost(cell(page, 0, "Spring")) == ""
    # The ghost keeps 3:1 against its ground, in both schemes.
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        ratio = page.evaluate(CONTRAST)
        assert ratio >= 3, f"{ratio:.2f}:1 in the {scheme} scheme"
    enter(page, "44")
    expect_saved(page)
    assert ghost(cell(page, 0)) == ""
    press(page, "ArrowUp", "Delete")
    expect(cell(page, 0)).to_have_text("")
    expect_saved(page)
    assert ghost(cell(page, 0)) == "39"
    visitor.check()


# Of the faint number in the second row, which nothing lies over.
CONTRAST = """() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgb = (colour) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const light = (colour) => {
        const [red, green, blue] = rgb(colour).map((each) => each / 255)
            .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const cell = document.querySelectorAll("#grid tbody tr")[1].querySelector("[data-g]");
    const [one, two] = [getComputedStyle(cell, "::before").color, getComputedStyle(cell).backgroundColor].map(light);
    return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
}"""


def test_one_key_says_a_judgement_and_leads_to_the_next_pupil(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher")
    page = visitor.page
    begin(page, sheet.address())
    press(page, "=", "+", "-", ".", "x")
    expect(cell(page, 5)).to_be_focused()
    expect_saved(page)
    expect(cell(page, 0)).to_have_text("39 below")
    expect(cell(page, 4)).to_have_text("not required")
    # 39 the same, 41 and one, 43 less one.
    assert stored(sheet) == {0: 39, 1: 42, 2: 42, 3: "absent", 4: "not_required"}
    # From the last judgement before, also where something stands already; more steps by typing them into the open cell.
    move_to(page, 1)
    press(page, "+", "F2")
    page.keyboard.type("-2")
    press(page, "Enter")
    expect_saved(page)
    expect(cell(page, 1)).to_have_text("42 below")
    expect(cell(page, 2)).to_contain_text("41 below")
    expect(cell(page, 3)).to_be_focused()
    visitor.check()


def test_where_no_point_stands_before_the_cell_says_so(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher")
    page = visitor.page
    # Nothing was ever entered in Science.
    begin(page, sheet.address("science"))
    assert ghost(cell(page, 0)) == ""
    press(page, "=")
    expect(cell(page, 1)).to_be_focused()
    expect(page.locator("#sheet-state")).to_have_text("1 not saved")
    expect(page.locator("#announcement")).to_contain_text(
        "Pupil00, Sam, Autumn: not saved. There is no point before this one"
    )
    expect(cell(page, 0).locator(".typed")).to_have_text("=")
    visitor.check()
    press(page, "ArrowUp", "Escape")
    expect(cell(page, 0)).to_have_text("")
    assert stored(sheet, subject=4) == {}


def test_what_was_entered_a_moment_ago_counts_as_the_last_point(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher").page
    begin(page, sheet.address())
    held = hold(page)
    enter(page, "44")
    # The first has not arrived yet: the server says what is one more than it.
    move_to(page, 0, "Spring")
    press(page, "+")
    expect(cell(page, 0, "Spring").locator(".typed")).to_have_text("+")
    next_held(page, held).continue_()
    next_held(page, held).continue_()
    expect(cell(page, 0, "Spring")).to_have_text("45 at")


def test_codes_are_offered_under_the_cell_and_taken_with_enter(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher")
    page = visitor.page
    begin(page, sheet.address())
    box, offers = (
        page.get_by_role("combobox", name="Pupil00, Sam, Autumn"),
        page.locator("#offers [role=option]"),
    )
    page.keyboard.type("4")
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.type("d")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(offers).to_have_text(["4D1Year 4 Developing46", "4D2Year 4 Developing47"])
    visitor.check()
    press(page, "ArrowDown", "ArrowDown")
    expect(offers.nth(1)).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == offers.nth(1).get_attribute("id")
    press(page, "Enter")
    expect(cell(page, 1)).to_be_focused()
    # Eight steps in a term are asked about as well.
    expect(cell(page, 0)).to_contain_text("47 above")
    # Escape closes the list first, and the cell after it.
    page.keyboard.type("30-50")
    expect(offers).to_have_count(3)
    press(page, "Escape")
    expect(offers).to_have_count(0)
    expect(page.locator(".editor")).to_have_value("30-50")
    press(page, "Escape")
    expect(page.locator(".editor")).to_have_count(0)
    # By mouse as well; what is not chosen counts as it was typed.
    page.keyboard.type("5m")
    offers.first.click()
    expect(cell(page, 2)).to_be_focused()
    enter(page, "4d")
    expect_saved(page)
    expect(cell(page, 1)).to_contain_text("58 above")
    expect(cell(page, 2)).to_have_text("46 above")


def test_a_block_is_selected_by_keys_and_a_plain_move_ends_it(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher")
    page = visitor.page
    begin(page, sheet.address())
    expect(page.locator("#grid")).to_have_attribute("aria-multiselectable", "true")
    assert selected(page) == []
    press(page, "Shift+ArrowDown", "Shift+ArrowRight")
    assert selected(page) == ["0:3", "0:4", "1:3", "1:4"]
    expect(page.locator("#announcement")).to_have_text("Selected: 2 rows, 2 columns, to Pupil01, Sam, Spring")
    # One tab stop still, where the block was begun; and no wrap.
    assert page.locator("#grid [tabindex='0']").count() == 1
    expect(cell(page, 0)).to_be_focused()
    press(page, "Shift+ArrowUp", "Shift+ArrowUp", "Shift+ArrowLeft")
    assert selected(page) == []
    press(page, "Shift+ArrowDown")
    visitor.check()
    press(page, "Escape")
    assert selected(page) == []
    press(page, "Shift+ArrowDown", "ArrowDown")
    assert selected(page) == []
    expect(cell(page, 1)).to_be_focused()
    press(page, "Control+a")
    assert selected(page) == [f"{row}:3" for row in range(30)]
    cell(page, 3, "Baseline").click()
    cell(page, 4, "Spring").click(modifiers=["Shift"])
    assert selected(page) == ["3:2", "3:3", "3:4", "4:2", "4:3", "4:4"]
    expect(cell(page, 3, "Baseline")).to_be_focused()


def test_a_block_is_selected_by_dragging(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher").page
    begin(page, sheet.address())
    cell(page, 1).hover()
    page.mouse.down()
    cell(page, 2).hover()
    cell(page, 3, "Spring").hover()
    page.mouse.up()
    assert selected(page) == ["1:3", "1:4", "2:3", "2:4", "3:3", "3:4"]
    expect(cell(page, 1)).to_be_focused()
    # Saving a cell of it leaves the block as it is: each answer is another element.
    page.keyboard.type("44")
    press(page, "F2")
    expect_saved(page)
    assert len(selected(page)) == 6
    cell(page, 1).click()
    assert selected(page) == []


def test_a_block_is_copied_as_a_spreadsheet_takes_it(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher", permissions=["clipboard-read", "clipboard-write"]).page
    begin(page, sheet.address())
    enter(page, "44")
    press(page, ".", "=")
    expect_saved(page)
    move_to(page, 0)
    press(page, "Control+c")
    assert page.evaluate("navigator.clipboard.readText()") == "44"
    press(page, "Shift+ArrowDown", "Shift+ArrowDown", "Shift+End", "Control+c")
    # Autumn, Spring, Summer, steps this term and this year.
    assert page.evaluate("navigator.clipboard.readText()").splitlines() == [
        "44\t\t\t5\t5",
        "absent\t\t\t\t",
        "43\t\t\t0\t0",
    ]
    html = """navigator.clipboard.read().then(([item]) => item.getType("text/html")).then((blob) => blob.text())"""
    assert "<td>absent</td>" in page.evaluate(html)
    # Names only where they are selected.
    press(page, "Control+Home", "Shift+ArrowRight", "Control+c")
    assert page.evaluate("navigator.clipboard.readText()") == "Pupil00, Sam\t39"
    expect(page.locator("#announcement")).to_have_text("Copied: 2 cells")


def test_fill_down_and_emptying_a_block_are_one_act_each(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher")
    page = visitor.page
    begin(page, sheet.address())
    enter(page, "44")
    # The cell above, then a block.
    press(page, "Control+d")
    expect_saved(page)
    expect(cell(page, 1)).to_have_text("44 at")
    assert fills(sheet) == 0
    press(page, *["Shift+ArrowDown"] * 4, "Control+d")
    expect(cell(page, 5)).to_have_text("44 at")
    expect_saved(page)
    assert stored(sheet) == dict.fromkeys(range(6), 44)
    assert fills(sheet) == 1
    expect(page.locator("#sheet-summary")).to_contain_text("6 of 30")
    expect(cell(page, 5, "This term")).to_have_text("+1 less than expected")
    assert len(selected(page)) == 5, "the block stays"
    visitor.check()
    press(page, "Delete")
    expect(cell(page, 5)).to_have_text("")
    expect_saved(page)
    assert stored(sheet) == {0: 44}
    assert fills(sheet) == 2


def test_the_blanks_of_a_column_are_filled_with_last_terms_points(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher")
    page = visitor.page
    begin(page, sheet.address())
    enter(page, "47")
    expect_saved(page)
    page.get_by_role("button", name="Fill blanks").click()
    dialog = page.get_by_role("dialog", name="Fill the blanks")
    expect(dialog).to_contain_text("29 empty cells in Autumn")
    expect(dialog.get_by_label("Same as last time")).to_be_checked()
    visitor.check()
    dialog.get_by_role("button", name="Fill 29 cells").click()
    expect(page.locator("#sheet-summary")).to_contain_text("30 of 30")
    expect_saved(page)
    assert stored(sheet) == {0: 47, **{row: LAST_SUMMER[row] for row in range(1, 30)}}
    assert fills(sheet) == 1
    expect(cell(page, 1)).to_be_focused()


def test_a_value_typed_into_a_block_fills_its_blanks_with_ctrl_and_enter(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher").page
    begin(page, sheet.address())
    press(page, "ArrowDown")
    enter(page, "43")
    press(page, "ArrowUp", "ArrowUp", *["Shift+ArrowDown"] * 3)
    page.keyboard.type("45")
    press(page, "Control+Enter")
    expect(cell(page, 3)).to_have_text("45 above")
    expect_saved(page)
    # What stood in the block stands there still.
    assert stored(sheet) == {0: 45, 1: 43, 2: 45, 3: 45}
    # The dialog counts the blanks of a block; and what is typed for them.
    press(page, *["Shift+ArrowDown"] * 5)
    press(page, "Control+Enter")
    dialog = page.get_by_role("dialog", name="Fill the blanks")
    expect(dialog).to_contain_text("5 empty cells in the selected block")
    dialog.get_by_role("textbox", name="Points or a code").fill("4e1")
    expect(dialog.get_by_role("radio", name="Points or a code")).to_be_checked()
    press(page, "Enter")
    expect(cell(page, 8)).to_have_text("44 at")
    expect_saved(page)
    assert {row: points for row, points in stored(sheet).items() if row > 3} == dict.fromkeys(range(4, 9), 44)


def test_cells_that_cannot_be_filled_say_why_and_the_others_are_saved(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher")
    page = visitor.page
    begin(page, sheet.address())
    press(page, "Shift+ArrowDown")
    page.keyboard.type("450")
    press(page, "Control+Enter")
    expect(page.locator("#sheet-state")).to_have_text("2 not saved")
    expect(cell(page, 0).locator(".said")).to_contain_text("“450” is not on the scale")
    expect(cell(page, 1).locator(".typed")).to_have_text("450")
    expect(page.locator("#announcement")).to_have_text("0 cells saved, 2 not: the reason stands at each.")
    visitor.check()
    assert stored(sheet) == {}


def test_a_block_that_does_not_arrive_is_kept_and_sent_again(visit: Visit, sheet: Sheet) -> None:
    visitor = visit("teacher")
    page = visitor.page
    begin(page, sheet.address())
    held = hold(page)
    enter(page, "44")
    press(page, "ArrowUp", "Shift+ArrowDown", "Shift+ArrowDown", "Control+d")
    expect(page.locator("#sheet-state")).to_have_text("Saving")
    expect(page.locator("#grid .is-saving")).to_have_count(3)
    # The block waits for what was typed before it.
    assert [route.request.url.split("?")[0].rsplit("/", 2)[-2] for route in held] == ["reading"]
    next_held(page, held).continue_()
    expect(page.locator("#grid .is-saving")).to_have_count(2)
    next_held(page, held).abort()
    expect(page.locator("#sheet-state")).to_have_text("2 not saved")
    expect(page.locator("#grid .is-unsaved")).to_have_count(2)
    # What is typed over a cell of it meanwhile is the last word.
    page.unroute("**/marksheets/**")
    press(page, "ArrowDown")
    enter(page, "46")
    try_again(page)
    expect_saved(page)
    expect(cell(page, 2)).to_have_text("44 at")
    expect(cell(page, 1)).to_have_text("46 above")
    assert stored(sheet) == {0: 44, 1: 46, 2: 44}


def test_a_class_of_thirty_in_four_subjects_takes_at_most_130_keys_beside_digits(
    visit: Visit, sheet: Sheet
) -> None:
    visitor = visit("teacher")
    page = visitor.page
    page.goto(sheet.address("all"))
    expect(page.locator("#grid[role=grid]")).to_be_visible()
    keys = 0

    def count(key: str) -> None:
        nonlocal keys
        keys += not key.isdigit()
        page.keyboard.press(key)

    # From the top of the page: past the menu to the sheet.
    for key in ("Tab", "Tab", "Enter"):
        count(key)
    for _subject in range(4):
        for points in LAST_SUMMER:
            for digit in str(points + 3):
                count(digit)
            count("Enter")
    expect(page.locator("#sheet-summary")).to_contain_text("120 of 120 entered", timeout=120_000)
    expect_saved(page)
    assert keys <= 130, f"{keys} keys beside digits"
    for subject in (1, 2, 3, 4):
        assert stored(sheet, subject) == {row: points + 3 for row, points in enumerate(LAST_SUMMER)}
    visitor.check()
