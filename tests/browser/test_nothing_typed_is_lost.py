"""What is typed is kept: over a reload without a connection, an ended sign-in, a server that is killed, and a colleague who was faster."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Page, expect

from assessment.models import Judgement
from schools.row_security import visible_to
from tests.browser.conftest import PASSWORD, Visitor, World
from tests.browser.sheets import Sheet, begin, cell, enter, expect_saved, import_class, try_again
from tests.processes import finished, python, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


@pytest.fixture
def sheet(world: World, tmp_path: Path) -> Sheet:
    return import_class(world, tmp_path)


def points(sheet: Sheet) -> list[int | None]:
    """What Autumn's reading holds, by pupil."""
    with visible_to(sheet.world.school):
        rows = Judgement.objects.filter(academic_year=sheet.world.year, term=1, subject=1)
        held = dict(rows.values_list("pupil__surname", "points"))
    return [held.get(f"Pupil{number:02}") for number in range(30)]


def kept(page: Page) -> list[str]:
    """What rests in the tab's storage, beside where htmx is."""
    ours = "Object.entries(sessionStorage).filter(([name]) => name.startsWith('lep-typed:'))"
    return [value for _, value in page.evaluate(ours)]


def test_ten_cells_outlive_a_lost_connection_a_reload_an_ended_sign_in_and_a_faster_colleague(
    visit: Visit, sheet: Sheet, world: World
) -> None:
    teacher = visit("teacher")
    page = teacher.page
    begin(page, sheet.address())
    page.context.set_offline(True)
    enter(page, *(str(40 + number) for number in range(10)))
    expect(page.locator("#sheet-state")).to_have_text("10 not saved")
    # Nobody can read there what was typed, or of whom.
    assert len(kept(page)) == 1
    assert not any(word in kept(page)[0] for word in ("Pupil", '"40"', "autumn"))

    head = visit("head").page
    begin(head, sheet.address())
    enter(head, "50")
    expect_saved(head)

    page.on("dialog", lambda dialog: dialog.accept())
    page.context.set_offline(False)
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.reload()
    teacher.page.get_by_label("Email address").fill(world.people["teacher"].email)
    teacher.page.get_by_label("Password", exact=True).fill(PASSWORD)
    teacher.page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("#grid[role=grid]")).to_be_visible()

    expect(page.locator("#sheet-summary")).to_contain_text("10 of 30 entered")
    expect(page.locator("#sheet-state")).to_have_text("1 not saved")
    conflict = cell(page, 0)
    expect(conflict).to_contain_text("50")
    expect(conflict).to_contain_text("entered 50 on")
    assert points(sheet)[:10] == [50, *range(41, 50)]
    page.get_by_role("button", name="Save 40").click()
    expect_saved(page)
    assert points(sheet)[:10] == [*range(40, 50)]
    expect(page.locator("#sheet-state")).to_contain_text("Saved")
    assert kept(page) == []


def test_a_sign_in_that_ended_is_renewed_over_the_sheet_and_typing_goes_on(
    visit: Visit, sheet: Sheet, world: World
) -> None:
    teacher = visit("teacher")
    page = teacher.page
    begin(page, sheet.address())
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    enter(page, "44")
    dialog = page.get_by_role("dialog", name="Sign in again")
    expect(dialog).to_be_visible()
    # The refusal itself, which the browser notes.
    teacher.complaints.clear()
    teacher.check()
    dialog.get_by_label("Email address").fill(world.people["teacher"].email)
    dialog.get_by_label("Password").fill("not the password")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("That email address and password do not go together.")
    dialog.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect_saved(page)
    page.locator("#grid [tabindex='0']").focus()
    enter(page, "45")
    expect(page.locator("#sheet-state")).to_contain_text("Pupil01")
    assert points(sheet)[:2] == [44, 45]


def test_what_one_person_typed_is_not_sent_by_the_next_in_the_same_tab(
    visit: Visit, sheet: Sheet, world: World
) -> None:
    visitor = visit("teacher")
    page = visitor.page
    begin(page, sheet.address())
    page.context.set_offline(True)
    enter(page, "44")
    expect(page.locator("#sheet-state")).to_have_text("1 not saved")
    page.on("dialog", lambda dialog: dialog.accept())
    # Signed out before the connection is back: else it would be sent, as it should be.
    page.context.clear_cookies()
    page.context.set_offline(False)
    visitor.sign_in("head")
    page.goto(sheet.address())
    expect(page.locator("#grid[role=grid]")).to_be_visible()
    expect(page.locator("#sheet-state")).to_have_text("")
    assert kept(page) == []
    assert points(sheet)[0] is None


def test_another_sheet_says_where_something_typed_waits(visit: Visit, sheet: Sheet) -> None:
    page = visit("teacher", service_workers="block").page
    begin(page, sheet.address())
    page.context.set_offline(True)
    enter(page, "44", "45")
    expect(page.locator("#sheet-state")).to_have_text("2 not saved")
    page.on("dialog", lambda dialog: dialog.accept())
    # The connection is back for the next page alone: nothing is sent before it.
    page.route(
        "**/reading/**", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    page.context.set_offline(False)
    page.goto(sheet.address("writing"))
    waiting = page.locator("#kept")
    expect(waiting).to_contain_text("2 judgements typed on another marksheet and not saved yet.")
    page.unroute("**/reading/**")
    waiting.get_by_role("link", name="Open it and save").click()
    expect_saved(page)
    assert points(sheet)[:2] == [44, 45]


@contextmanager
def served(port: int, world: World) -> Iterator[subprocess.Popen[str]]:
    """The site as it is served in earnest, over the database of the tests."""
    database = connection.settings_dict
    url = f"postgresql:///{database['NAME']}?host={database['HOST']}&user={database['USER']}"
    variables = {
        "DATABASE_URL": url,
        "LEP_SECRET_KEY": settings.SECRET_KEY,
        "LEP_PORT": str(port),
        "LEP_WORKERS": "1",
    }
    collected = finished(python("manage.py", "collectstatic", "--no-input", **variables))
    assert collected[0] == 0, collected
    server = python("-m", "gunicorn", "--config", "python:lep_tracker.gunicorn_config", **variables)

    def answers() -> bool:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/health/", headers={"Host": f"localhost:{port}"}
        )
        try:
            with urllib.request.urlopen(request, timeout=20):
                return True
        except (urllib.error.URLError, ConnectionError):
            return False

    try:
        wait_until(lambda: answers() or server.poll() is not None)
        yield server
    finally:
        if server.poll() is None:
            server.terminate()
        server.communicate(timeout=30)


def test_a_server_killed_and_started_again_in_mid_typing_loses_nothing(
    visit: Visit, sheet: Sheet, world: World
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    there = Sheet(replace(world, address=f"http://localhost:{port}"), sheet.class_group)
    with served(port, world) as server:
        # Signed in by the same name of the host, whatever its port.
        page = visit("teacher").page
        begin(page, there.address())
        enter(page, "40", "41")
        expect_saved(page)
        kill(server)
        enter(page, "42", "43")
        page.keyboard.type("4")
        expect(page.locator("#sheet-state")).to_have_text("2 not saved")
    with served(port, world):
        # Typing goes on where it was.
        page.keyboard.type("4")
        page.keyboard.press("Enter")
        try_again(page)
        expect_saved(page)
        enter(page, "45")
        expect(page.locator("#sheet-state")).to_contain_text("Pupil05")
        assert points(sheet)[:6] == [40, 41, 42, 43, 44, 45]


def kill(server: subprocess.Popen[Any]) -> None:
    """Master and workers at once, without a word."""
    workers = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    for process in [server.pid, *map(int, workers)]:
        os.kill(process, signal.SIGKILL)
    server.wait(20)
