"""A real browser at a real server, with a school to look at."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect

from reports.documents.releases import released
from reports.queries.scope import Scope
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.models import Role, School, SenStatus, Sex, User
from schools.row_security import visible_to
from schools.services import classes, memberships, years
from schools.services.releases import keep_pack
from tests.conftest import signed_in
from tests.factories import ClassGroupFactory, SchoolFactory, UserFactory, on_roll

PASSWORD = "correct horse battery staple"
HEIGHT = 800

# Playwright's own loop runs in this thread; the tests ask the database beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

expect.set_options(timeout=10_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A journey that failed is made once more, and the summary names it: here machine and browser have a say as well as we.

    What is broken fails twice. What fails now and then is still a fault, of the test or of the page: see CONTRIBUTING.md.
    """
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(autouse=True)
def without_coverage(unmeasured: None) -> None:
    """While a browser waits, coverage makes the server three times as slow; each page has its tests without a browser."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The Chromium that script/setup found; without one of the system's, Playwright's own.

    The one without windows first: it opens a page with a third of the work.
    """
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    return {
        **browser_type_launch_args,
        **({"executable_path": found} if found else {}),
        "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    }


@dataclass(frozen=True)
class World:
    """Beggars Lane: two classes, thirteen pupils, one person a role; and a second, empty school of the head's."""

    address: str
    school: School
    other: School
    year: AcademicYear
    people: dict[str, User]
    pupil_address: str
    class_address: str
    # The teacher's, among the people of the school.
    person_address: str

    def at(self, path: str = "") -> str:
        return f"{self.address}/schools/{self.school.urn}/{self.year.slug}/{path}"


@pytest.fixture
def world(live_server: Any, settings: Any, year: AcademicYear) -> World:
    settings.SITE_ADDRESS = live_server.url
    school = SchoolFactory.create(name="Beggars Lane First School")
    other = SchoolFactory.create(name="Ball Haye First School")
    for founded in (school, other):
        with visible_to(founded):
            years.open_year(school=founded, academic_year=year, by=None)
    people = {
        role.value: UserFactory.create(name=f"A. {role.label}", email=f"{role}@school.test") for role in Role
    }
    people["nobody"] = UserFactory.create(name="A. Newcomer", email="nobody@school.test")
    people["lead"] = UserFactory.create(name="A. Lead", email="lead@school.test")
    for person in people.values():
        person.set_password(PASSWORD)
        person.save()
    memberships.lead_partnership(partnership=school.partnership, user=people["lead"], by=None)
    with visible_to(other):
        memberships.grant(school=other, user=people["head"], role=Role.HEAD, by=None)
    with visible_to(school):
        held = {
            role: memberships.grant(school=school, user=people[role.value], role=role, by=None)
            for role in Role
        }
        four = ClassGroupFactory.create(school=school, academic_year=year, name="4A")
        mixed = ClassGroupFactory.create(school=school, academic_year=year, name="3/4 Ash")
        classes.assign_teacher(class_group=four, membership=held[Role.TEACHER], by=None)
        for number in range(10):
            row = on_roll(
                school,
                year,
                class_group=four,
                pupil__surname=f"Alcock{number}",
                pupil__sex=Sex.FEMALE if number % 2 else Sex.MALE,
                is_pupil_premium=number == 3,
                sen_status=SenStatus.SUPPORT if number == 4 else SenStatus.NONE,
            )
        on_roll(school, year, class_group=mixed, year_group=YearGroup.Y3, pupil__surname="Brough")
        on_roll(school, year, class_group=mixed, pupil__surname="Clowes", pupil__sex=Sex.FEMALE)
        on_roll(school, year, pupil__surname="Dale", year_group=YearGroup.R)
        pupil, class_group = row.pupil.public_id, four.public_id
        held[Role.TEACHER].refresh_from_db(fields=["public_id"])
    there = f"{live_server.url}/schools/{school.urn}/{year.slug}"
    return World(
        live_server.url,
        school,
        other,
        year,
        people,
        f"{there}/pupils/{pupil}/",
        f"{there}/classes/{class_group}/",
        f"{there}/people/{held[Role.TEACHER].public_id}/",
    )


def given_out(world: World) -> None:
    """A leader gives out the running year's Autumn: before it is over a governor sees nothing else of it."""
    with visible_to(world.school):
        scope = Scope(schools=(world.school,), academic_year=world.year, term=TermName.AUTUMN)
        for each in released(scope, is_anew=True).to_keep:
            keep_pack(**each.facts, by=None)


# Collects what the browser refused under the content security policy.
LISTEN = """
    window.violations = [];
    document.addEventListener("securitypolicyviolation",
        (event) => window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


# How a page is looked at: its width in pixels, and light or dark.
View = tuple[int, Literal["light", "dark"]]
# A journey is made in the first view; each page that is checked on its way is looked at in the others as well.
PHONE_AND_DESK: tuple[View, ...] = ((375, "dark"), (1280, "light"))
NARROWEST_AND_DESK: tuple[View, ...] = ((320, "dark"), (1280, "light"))


@dataclass
class Visitor:
    """A person at a browser, and everything the browser complained of."""

    page: Page
    world: World
    complaints: list[str]
    views: tuple[View, ...]

    def is_signed_in(self, who: str) -> None:
        """As after the page of sign-in, which has tests of its own."""
        cookie = signed_in(self.world.people[who]).cookies[settings.SESSION_COOKIE_NAME]
        self.page.context.add_cookies(
            [
                {
                    "name": cookie.key,
                    "value": cookie.value,
                    "url": self.world.address.replace("http:", "https:"),
                    "secure": True,
                    "httpOnly": True,
                }
            ]
        )

    def sign_in(self, who: str) -> None:
        self.page.goto(f"{self.world.address}/account/sign-in/")
        self.page.get_by_label("Email address").fill(self.world.people[who].email)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        expect(self.page.get_by_role("heading", level=1)).not_to_have_text("Sign in to LEP Tracker")

    def check(self) -> None:
        """Nothing refused by the policy, no script error, nothing that axe finds, nothing wider than the page."""
        # A click ends when the next page begins to come: without its styles it looks like none of ours.
        self.page.wait_for_load_state()
        first, *others = self.views
        self._check()
        for view in others:
            self._look_at_it(view)
            self._check()
        if others:
            self._look_at_it(first)

    def _look_at_it(self, view: View) -> None:
        width, scheme = view
        self.page.set_viewport_size({"width": width, "height": HEIGHT})
        self.page.emulate_media(color_scheme=scheme)

    def _check(self) -> None:
        assert self.page.evaluate("window.violations ?? []") == []
        assert self.complaints == []
        found = Axe().run(self.page)
        assert found.violations_count == 0, found.generate_report()
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert self.page.evaluate(overflow) <= 0


@pytest.fixture
def visit(browser: Browser, world: World) -> Iterator[Callable[..., Visitor]]:
    """Open a browser: visit(who="head", width=375, ...), or visit("head", views=PHONE_AND_DESK)."""
    contexts: list[BrowserContext] = []

    def open_browser(
        who: str = "", width: int = 1280, views: tuple[View, ...] = (), **options: Any
    ) -> Visitor:
        views = views or ((width, options.pop("color_scheme", "light")),)
        width, scheme = views[0]
        context = browser.new_context(
            viewport={"width": width, "height": HEIGHT}, color_scheme=scheme, locale="en-GB", **options
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        context.add_init_script(LISTEN)
        page = context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: (
                complaints.append(said.text)
                if said.type in {"error", "warning"} and "Failed to load resource" not in said.text
                else None
            ),
        )
        visitor = Visitor(page, world, complaints, views)
        if who:
            visitor.is_signed_in(who)
        return visitor

    yield open_browser
    for context in contexts:
        context.close()
