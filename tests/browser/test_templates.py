"""A leader lays out a marksheet, by keyboard and without script; a teacher finds it, keeps it at hand and types into it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assessment.engine.assessment_points import AssessmentTerm
from assessment.models import Judgement, MarksheetTemplate
from assessment.services.templates import make_template
from schools.calendar import EyfsFramework, YearGroup
from schools.row_security import visible_to
from tests.browser.conftest import PHONE_AND_DESK, Visitor, World
from tests.browser.sheets import Sheet, expect_saved, import_class

pytestmark = pytest.mark.django_db(transaction=True)

Visit = Callable[..., Visitor]


@pytest.fixture
def sheet(world: World, tmp_path: Path) -> Sheet:
    return import_class(world, tmp_path)


@pytest.fixture
def template(world: World) -> MarksheetTemplate:
    """Reading and writing in the term in view, with their mean."""
    judgements = [
        {"key": f"c{number}", "kind": "judgement", "subject": subject, "term": "now"}
        for number, subject in enumerate(("reading", "writing"))
    ]
    with visible_to(world.school):
        return make_template(
            school=world.school,
            name="Literacy now",
            year_groups=[YearGroup.Y4],
            columns=[*judgements, {"key": "k", "kind": "mean", "columns": ["c0", "c1"]}],
            framework=EyfsFramework.OF_2021,
            by=None,
        )


def headings(page: Page) -> list[str]:
    return page.locator("#layout-preview thead tr:last-child th").all_inner_texts()


def kinds(page: Page) -> list[str]:
    """The columns on the leader's page, in order."""
    return page.locator(".layout-columns h3").all_inner_texts()


def test_a_leader_lays_out_a_marksheet_by_keyboard(visit: Visit, world: World) -> None:
    visitor = visit("assessment_leader")
    page = visitor.page
    page.goto(world.at("marksheets/"))
    page.get_by_role("link", name="Lay out marksheets").press("Enter")
    page.get_by_role("link", name="New marksheet").first.press("Enter")
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.type("Reading week")
    page.get_by_label("Year 4").press("Space")
    page.get_by_label("Another column").select_option("Judgement")
    page.get_by_role("button", name="Add column").press("Enter")
    # The keyboard goes on in the new column; its settings show at once in the headings.
    expect(page.locator("#id_c2-subject")).to_be_focused()
    expect(page.locator("#id_c2-term")).to_have_value("baseline")
    page.locator("#id_c2-term").select_option("Summer")
    page.locator("#id_c2-year").select_option("Last year")
    expect(page.locator("#layout-preview thead")).to_contain_text(f"Summer {int(world.year)}")
    page.get_by_label("Another column").select_option("Steps between two columns")
    page.get_by_role("button", name="Add column").press("Enter")
    expect(page.locator("#id_c3-start")).to_be_focused()
    page.locator("#id_c3-start").select_option("Reading, Summer, last year")
    page.locator("#id_c3-end").select_option("Reading, the term in view")
    # Moving keeps the keyboard where it is, and says what happened.
    page.locator("#up-c2").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#announcement")).to_have_text("It is column 1 of 3 now.")
    expect(page.locator("#up-c2")).to_be_focused()
    assert [each.split(" ", 1)[1] for each in kinds(page)] == [
        "Judgement",
        "Judgement",
        "Steps between two columns",
    ]
    expect(page.locator("#layout-preview thead th")).to_have_count(4)
    visitor.check()
    page.get_by_role("button", name="Save marksheet").press("Enter")
    expect(page.get_by_text("Reading week is saved.")).to_be_visible()
    visitor.check()
    with visible_to(world.school):
        template = MarksheetTemplate.objects.get()
        assert template.year_groups == [YearGroup.Y4]
        assert [each["key"] for each in template.columns] == ["c2", "c1", "c3"]


def test_a_leader_lays_out_a_marksheet_without_script(visit: Visit, world: World) -> None:
    page = visit("head", java_script_enabled=False).page
    page.goto(world.at("marksheets/layouts/new/"))
    page.get_by_label("Name", exact=True).fill("Plain")
    page.get_by_label("Another column").select_option("Mean of columns")
    page.get_by_role("button", name="Add column").click()
    page.get_by_role("button", name="Save marksheet").click()
    expect(page.get_by_text("Of the columns: choose at least one column.")).to_be_visible()
    page.get_by_label("Reading, the term in view").check()
    page.get_by_role("button", name="Move up: column 2").click()
    assert [each.split(" ", 1)[1] for each in kinds(page)] == ["Mean of columns", "Judgement"]
    assert len(headings(page)) == 3
    # Enter in a field shows the page as it stands, and keeps nothing yet.
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page.get_by_label("Reading, the term in view")).to_be_checked()
    page.get_by_role("button", name="Save marksheet").click()
    page.get_by_role("button", name="Put away Plain").click()
    expect(page.get_by_text("Plain is put away. Its judgements stay where they are.")).to_be_visible()
    page.get_by_role("button", name="Use again Plain").click()
    expect(page.get_by_role("button", name="Put away Plain")).to_be_visible()


def test_a_teacher_finds_it_keeps_it_at_hand_and_types(
    visit: Visit, sheet: Sheet, template: MarksheetTemplate
) -> None:
    visitor = visit("teacher")
    page = visitor.page
    page.goto(sheet.world.at("marksheets/?term=autumn"))
    star = page.get_by_role("button", name="Favourite: Literacy now")
    star.press("Enter")
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".layouts > li").first).to_contain_text("Literacy now")
    visitor.check()
    page.get_by_role("list", name="Literacy now: classes").get_by_role("link", name="4B").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("4B · Literacy now")
    expect(page.locator("#grid[role=grid]")).to_be_visible()
    page.locator("#grid [tabindex='0']").focus()
    page.keyboard.type("44")
    page.keyboard.press("Tab")
    page.keyboard.type("41")
    page.keyboard.press("Enter")
    expect_saved(page)
    first = page.locator("#grid tbody tr").first.locator("td")
    expect(first.nth(2)).to_have_text("42.5")
    visitor.check()
    with visible_to(sheet.world.school):
        rows = Judgement.objects.filter(academic_year=sheet.world.year, term=AssessmentTerm.AUTUMN)
        assert sorted(rows.values_list("subject", "points")) == [(1, 44), (2, 41)]
    # Another of them is a menu away.
    page.locator("summary", has_text="Literacy now").click()
    page.get_by_role("link", name="Years 2 to 9 Reading").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("4B · Years 2 to 9 Reading")
    visitor.check()


def test_the_pages_are_accessible(visit: Visit, sheet: Sheet, template: MarksheetTemplate) -> None:
    visitor = visit("assessment_leader", views=PHONE_AND_DESK)
    page = visitor.page
    pages = {
        "layouts": "marksheets/layouts/",
        "new": "marksheets/layouts/new/?copy=y1-baseline",
        "own": f"marksheets/layouts/{template.public_id}/",
        "index": "marksheets/?term=autumn",
        "sheet": f"marksheets/classes/{sheet.class_group.public_id}/t-all-autumn/?term=autumn",
    }
    for name, there in pages.items():
        answer = page.goto(sheet.world.at(there))
        assert answer is not None
        assert answer.ok, name
        visitor.check()
    page.goto(sheet.world.at(pages["own"]))
    page.locator("#id_name").fill("")
    page.get_by_role("button", name="Save marksheet").click()
    expect(page.get_by_text("Give the marksheet a name.")).to_be_visible()
    visitor.check()
