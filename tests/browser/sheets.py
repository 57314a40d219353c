"""A class of thirty that came in from files, and ways to work on its marksheet."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path

from django.core.management import call_command
from playwright.sync_api import Locator, Page, Route, expect

from schools.calendar import AcademicYear
from schools.models import ClassGroup, Membership, Role
from schools.row_security import visible_to
from schools.services import classes
from tests.browser.conftest import World
from tests.schools.files import upn, write_csv

# Thirty pupils by name; last Summer in reading every third was below the range of Year 3 (40 to 42), at it, above it.
NAMES = [f"Pupil{number:02}" for number in range(30)]
LAST_SUMMER = [39, 41, 43] * 10
LAST_SUMMER_STEPS_TO = {39: 42, 41: 44, 43: 46}


@dataclass(frozen=True)
class Sheet:
    """The marksheet of class 4B in one subject, seen from Autumn."""

    world: World
    class_group: ClassGroup

    def address(self, subject: str = "reading", term: str = "autumn") -> str:
        return self.world.at(f"marksheets/classes/{self.class_group.public_id}/{subject}/?term={term}")


def import_class(world: World, folder: Path) -> Sheet:
    """Last year's and this year's roll and last Summer's judgements, as a school's office exports them; the teacher has the class."""
    year = world.year
    headings = ["UPN", "Surname", "Forename", "DOB", "Year", "Reg Group"]

    def rows(group: str, class_name: str) -> list[list[object]]:
        born = f"{year - 9}"
        return [
            [upn(100 + n), name, "Sam", f"{1 + n % 28:02}/01/{born}", group, class_name]
            for n, name in enumerate(NAMES)
        ]

    def take_in(command: str, name: str, table: list[list[object]], **options: object) -> None:
        path = write_csv(folder / name, table)
        given = [f"--{key}={value}" for key, value in options.items()]
        call_command(command, str(path), f"--school={world.school.urn}", *given, stdout=io.StringIO())

    before = AcademicYear(year - 1)
    take_in("import_pupils", "last.csv", [headings, *rows("Year 3", "3B")], year=before.label)
    take_in("import_pupils", "now.csv", [headings, *rows("Year 4", "4B")], year=year.label)
    take_in(
        "import_judgements",
        "summer.csv",
        [
            ["UPN", "Subject", "Academic Year", "Term", "Points"],
            *(
                [upn(100 + n), subject, before.label, "Summer", points]
                for n, points in enumerate(LAST_SUMMER)
                for subject in ("Reading", "Writing", "Maths")
            ),
        ],
    )
    with visible_to(world.school):
        class_group = ClassGroup.objects.get(school=world.school, academic_year=year, name="4B")
        teacher = Membership.objects.get(school=world.school, user=world.people["teacher"], role=Role.TEACHER)
        classes.assign_teacher(class_group=class_group, membership=teacher, by=None)
    return Sheet(world, class_group)


COLUMNS = ["Pupil", "Last Summer", "Baseline", "Autumn", "Spring", "Summer", "This term", "This year"]


def cell(page: Page, row: int, column: str = "Autumn") -> Locator:
    """A cell by its row, from 0, and its column."""
    return page.locator("#grid tbody tr").nth(row).locator("th, td").nth(COLUMNS.index(column))


def begin(page: Page, address: str) -> None:
    """Open the sheet and go to its grid by keyboard: one stop."""
    page.goto(address)
    expect(page.locator("#grid[role=grid]")).to_be_visible()
    page.locator("#grid [tabindex='0']").focus()


def enter(page: Page, *texts: str) -> None:
    for text in texts:
        page.keyboard.type(text)
        page.keyboard.press("Enter")


def expect_saved(page: Page) -> None:
    expect(page.locator("#sheet-state")).to_contain_text("Saved")


def try_again(page: Page) -> None:
    """
    "Try again", by somebody who will not wait for the next try. That comes by itself every few seconds, and may take
    the button away from under a pointer that is on its way: so the click is sent, whether or not it is shown still.
    """
    page.locator("#sheet-state ~ [data-again]").dispatch_event("click")


@dataclass
class Losing:
    """A connection that goes while a save is answered, until somebody says that it is back: not before a test has looked, however slow its machine."""

    page: Page
    # Of the one that arrived.
    statuses: list[int] = field(default_factory=list)

    def __call__(self, route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        if not self.statuses:
            self.statuses.append(route.fetch().status)
        route.abort()

    def ends(self) -> None:
        self.page.unroute(SHEETS)


SHEETS = "**/marksheets/**"


def lose_the_first_answer(page: Page) -> Losing:
    """The first save arrives and its answer does not; later ones do not even arrive until the losing ends. Needs service workers blocked."""
    losing = Losing(page)
    page.route(SHEETS, losing)
    return losing
