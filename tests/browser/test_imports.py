"""The office imports a roll: its columns, what it changes, the confirmation, the report, and back; and a transfer file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from schools.models import CtfResultRaw, Pupil
from schools.row_security import visible_to
from schools.services import worker
from tests.browser.conftest import PHONE_AND_DESK, Visitor, World
from tests.schools.ctf_files import SAMPLE
from tests.schools.files import as_csv, upn

pytestmark = pytest.mark.django_db(transaction=True)


def roll(world: World, folder: Path) -> Path:
    """Two of the pupils here, one with another class; a namesake of a third; two who are new. A column has a name that nobody knows."""
    with visible_to(world.school):
        known = {pupil.surname: pupil for pupil in Pupil.objects.all()}
    born = f"{int(world.year) - 8}-11-03"
    rows = [
        ["Surname", "Forename", "DOB", "Year", "UPN", "Set"],
        *(
            [name, known[name].forename, known[name].date_of_birth.isoformat(), "4", known[name].upn, group]
            for name, group in (("Alcock0", "4A"), ("Alcock1", "3/4 Ash"))
        ),
        [
            "Clowes",
            known["Clowes"].forename,
            known["Clowes"].date_of_birth.isoformat(),
            "4",
            upn(901),
            "3/4 Ash",
        ],
        ["Eardley", "Ada", born, "4", upn(902), "4A"],
        ["Finney", "Bo", born, "4", upn(903), "4B"],
    ]
    path = folder / "roll of autumn.csv"
    path.write_text(as_csv(rows), encoding="utf-8")
    return path


def let_it_work() -> None:
    """As `manage.py worker` beside the site does."""
    while worker.do_next():
        pass


def test_the_office_imports_a_roll_and_takes_it_back(
    visit: Callable[..., Visitor], world: World, tmp_path: Path
) -> None:
    visitor = visit("office", views=PHONE_AND_DESK)
    page = visitor.page
    page.goto(world.at())
    visitor.check()
    page.get_by_role("link", name="Import a file").click()
    expect(page.get_by_text("No imports yet")).to_be_visible()
    visitor.check()
    path = roll(world, tmp_path)
    wrong = tmp_path / "roll of last year.csv"
    wrong.write_text("UPN\n", encoding="utf-8")
    page.get_by_label("File", exact=True).set_input_files(wrong)
    expect(page.get_by_text("roll of last year.csv")).to_be_visible()
    # What is dropped takes the place of what was chosen.
    dropped = page.evaluate_handle(
        """([name, text]) => {
          const carried = new DataTransfer();
          carried.items.add(new File([text], name, { type: "text/csv" }));
          return carried;
        }""",
        [path.name, path.read_text(encoding="utf-8")],
    )
    page.locator("[data-drop]").dispatch_event("drop", {"dataTransfer": dropped})
    expect(page.get_by_text("roll of autumn.csv, 1 KB")).to_be_visible()
    page.get_by_label("The file holds everybody on roll").check()
    visitor.check()
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("heading", name="Reading the file")).to_be_visible()
    visitor.check()
    let_it_work()
    # One column is new to the school.
    expect(page.get_by_text("5 of 6 recognised")).to_be_visible()
    visitor.check()
    page.get_by_label("Set").select_option("Class")
    page.get_by_role("button", name="Next: see what changes").click()
    let_it_work()
    # Who may be known is asked about.
    expect(page.get_by_role("heading", name="The same child, or another?")).to_be_visible()
    visitor.check()
    page.get_by_label("another child").check()
    page.get_by_role("button", name="Go on with these answers").click()
    let_it_work()
    expect(page.get_by_text("class 4A → 3/4 Ash")).to_be_visible()
    expect(page.get_by_role("heading", name="On roll, and not in the file 11")).to_be_visible()
    visitor.check()
    page.get_by_role("link", name="new", exact=True).click()
    expect(page.get_by_role("heading", name="New pupils 3")).to_be_visible()
    visitor.check()
    page.get_by_role("link", name="Back to the whole import").click()
    page.get_by_label("Dale").check()
    page.get_by_role("button", name="Import what is shown").click()
    expect(page.get_by_text("Say the last day on roll")).to_be_visible()
    visitor.check()
    page.get_by_label("Their last day on roll").fill(f"{int(world.year)}-10-01")
    page.get_by_role("button", name="Import what is shown").click()
    expect(page.get_by_role("heading", name="Importing")).to_be_visible()
    let_it_work()
    expect(page.get_by_role("heading", name="Left 1")).to_be_visible()
    visitor.check()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Report as Excel").click()
    assert taken.value.suggested_filename.endswith(".xlsx")
    with visible_to(world.school):
        assert Pupil.objects.filter(surname__in=["Clowes", "Eardley", "Finney"]).count() == 4
    page.get_by_role("link", name="Take this import back").click()
    expect(page.get_by_role("heading", name="What taking it back does")).to_be_visible()
    visitor.check()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("All that this import changed is as it was before")).to_be_visible()
    visitor.check()
    page.get_by_role("link", name="Import a file").first.click()
    expect(page.get_by_role("cell", name="Taken back")).to_be_visible()
    visitor.check()
    with visible_to(world.school):
        assert Pupil.objects.count() == 13


def test_the_office_takes_in_a_common_transfer_file(visit: Callable[..., Visitor], world: World) -> None:
    visitor = visit("office", views=PHONE_AND_DESK)
    page = visitor.page
    page.goto(world.at("import/"))
    page.get_by_label("Common transfer file").check()
    page.get_by_label("File", exact=True).set_input_files(SAMPLE)
    visitor.check()
    page.get_by_role("button", name="Read the file").click()
    let_it_work()
    # What an element means nobody is asked.
    expect(page.get_by_text("Common transfer file (CTF 25) from Sample Primary School")).to_be_visible()
    expect(page.get_by_text("passed over and not kept")).to_be_visible()
    visitor.check()
    page.get_by_role("link", name="new", exact=True).click()
    expect(page.get_by_role("heading", name="New pupils 1")).to_be_visible()
    visitor.check()
    page.get_by_role("link", name="Back to the whole import").click()
    page.get_by_role("button", name="Import what is shown").click()
    let_it_work()
    expect(page.get_by_role("link", name="Take this import back")).to_be_visible()
    visitor.check()
    with visible_to(world.school):
        assert Pupil.objects.count() == 14
        assert CtfResultRaw.objects.count() == 1
    page.get_by_role("link", name="Take this import back").click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("All that this import changed is as it was before")).to_be_visible()
    with visible_to(world.school):
        assert Pupil.objects.count() == 13
        assert not CtfResultRaw.objects.exists()
