"""What people do, in a real browser: sign in, find a pupil, switch schools, lose a connection."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from schools.row_security import visible_to
from tests.browser.conftest import PASSWORD, Visitor, World
from tests.factories import on_roll

pytestmark = pytest.mark.django_db(transaction=True)

Visit = Callable[..., Visitor]


def test_a_teacher_signs_in_by_keyboard_and_opens_a_pupil_of_the_class(visit: Visit, world: World) -> None:
    page = visit().page
    page.goto(world.address)
    page.keyboard.type("teacher@school.test")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your class")).to_be_visible()
    page.get_by_role("link", name="4A").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("4A")
    expect(page.locator("#roll-results tbody tr")).to_have_count(10)
    page.get_by_role("link", name="Alcock9").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Alcock9")
    expect(page.get_by_text("Brough")).to_have_count(0)


def test_the_first_tab_skips_to_the_content(visit: Visit, world: World) -> None:
    page = visit("head").page
    page.goto(world.at("pupils/"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_filters_stand_in_the_address_and_a_name_never_does(visit: Visit, world: World) -> None:
    page = visit("head").page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(world.at("pupils/"))
    summary = page.locator("#roll-results .lead")
    expect(summary).to_contain_text("13 pupils")
    page.get_by_label("Find a pupil").press_sequentially("alcock")
    expect(summary).to_contain_text("10 of 13")
    page.get_by_label("Group", exact=True).select_option("Girls")
    expect(summary).to_contain_text("5 of 13")
    expect(page).to_have_url(world.at("pupils/?group=girls"))
    page.get_by_label("Find a pupil").fill("")
    expect(summary).to_contain_text("6 of 13")
    assert not [address for address in asked if "alcock" in address.lower()]
    page.reload()
    expect(summary).to_contain_text("6 of 13")
    expect(page.get_by_label("Group", exact=True)).to_have_value("girls")


def test_back_leads_to_the_filters_before(visit: Visit, world: World) -> None:
    page = visit("head").page
    page.goto(world.at("pupils/"))
    page.get_by_label("Group", exact=True).select_option("Girls")
    expect(page).to_have_url(world.at("pupils/?group=girls"))
    page.get_by_label("Class").select_option("3/4 Ash")
    expect(page.locator("#roll-results .lead")).to_contain_text("1 of 13")
    page.go_back()
    expect(page).to_have_url(world.at("pupils/?group=girls"))
    expect(page.locator("#roll-results .lead")).to_contain_text("6 of 13")
    expect(page.locator("header.masthead")).to_have_count(1)


def test_nothing_found_says_what_to_do(visit: Visit, world: World) -> None:
    page = visit("head").page
    page.goto(world.at("pupils/?group=girls"))
    page.get_by_label("Find a pupil").press_sequentially("zzz")
    expect(page.get_by_text("No pupil matches").first).to_be_visible()
    page.get_by_role("link", name="Clear the filters").click()
    expect(page.locator("#roll-results .lead")).to_contain_text("13 pupils")


def test_a_long_roll_is_paged_with_its_filters_and_a_name(visit: Visit, world: World) -> None:
    with visible_to(world.school):
        for number in range(260):
            on_roll(
                world.school,
                world.year,
                pupil__surname=f"Yates{number:03}",
                pupil__sex="F" if number else "M",
            )
    visitor = visit("head")
    page, results = visitor.page, visitor.page.locator("#roll-results")
    page.goto(world.at("pupils/"))
    page.get_by_role("link", name="Next").click()
    expect(results).to_contain_text("Yates259")
    expect(page).to_have_url(world.at("pupils/?page=2"))
    page.goto(world.at("pupils/?group=girls"))
    page.get_by_label("Find a pupil").press_sequentially("yates")
    expect(results.locator(".lead")).to_contain_text("259 of 273")
    page.get_by_role("button", name="Next").click()
    expect(results.locator("tbody tr")).to_have_count(9)
    expect(results).to_contain_text("Yates259")
    assert "yates" not in page.url.lower()
    visitor.check()


def test_without_script_filters_and_search_are_plain_forms(visit: Visit, world: World) -> None:
    page = visit("head", java_script_enabled=False).page
    page.goto(world.at("pupils/"))
    page.get_by_label("Group", exact=True).select_option("Girls")
    page.get_by_role("button", name="Show").click()
    assert "group=girls" in page.url
    page.get_by_label("Find a pupil").fill("alcock")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#roll-results .lead")).to_contain_text("5 of 13")
    expect(page.get_by_label("Find a pupil")).to_have_value("alcock")
    assert "alcock" not in page.url.lower()


def test_a_head_of_two_schools_switches_between_them(visit: Visit, world: World) -> None:
    page = visit("head").page
    page.goto(world.address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your schools")
    page.get_by_role("link", name="Beggars Lane First School").click()
    page.locator("summary", has_text="Beggars Lane First School").click()
    page.get_by_role("link", name="Ball Haye First School").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ball Haye First School")
    expect(page.get_by_text("No pupils yet")).to_be_visible()


def test_a_menu_closes_on_escape_and_gives_the_focus_back(visit: Visit, world: World) -> None:
    page = visit("head").page
    page.goto(world.at())
    menu = page.locator("summary", has_text="Beggars Lane First School")
    menu.press("Enter")
    expect(page.get_by_role("link", name="Ball Haye First School")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Ball Haye First School")).to_be_hidden()
    expect(menu).to_be_focused()


def test_an_expired_sign_in_is_said_in_place_and_leads_back(visit: Visit, world: World) -> None:
    page = visit("head").page
    page.goto(world.at("pupils/?group=girls"))
    page.context.clear_cookies(name="__Host-session")
    page.get_by_label("Class").select_option("4A")
    notice = page.locator("#notice")
    expect(notice).to_contain_text("You are no longer signed in")
    # What was on the page is still there, and so is its address.
    expect(page.locator("#roll-results .lead")).to_contain_text("6 of 13")
    expect(page).to_have_url(world.at("pupils/?group=girls"))
    notice.get_by_role("link", name="Sign in again").click()
    page.get_by_label("Email address").fill("head@school.test")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(world.at("pupils/?group=girls"))


def test_a_role_that_was_ended_is_said_in_place(visit: Visit, world: World) -> None:
    from schools.models import Membership
    from schools.services import memberships

    page = visit("head").page
    page.goto(world.at("pupils/"))
    with visible_to(world.school):
        memberships.end(membership=Membership.objects.get(user=world.people["head"]), by=None)
    page.get_by_label("Class").select_option("4A")
    expect(page.locator("#notice")).to_contain_text("Not found")
    expect(page.locator("#roll-results tbody tr")).to_have_count(13)


def test_after_a_lost_connection_the_table_says_so_and_catches_up_by_itself(
    visit: Visit, world: World
) -> None:
    page = visit("head").page
    page.goto(world.at("pupils/"))
    results = page.locator("#roll-results")
    page.context.set_offline(True)
    page.get_by_label("Find a pupil").press_sequentially("clowes")
    expect(page.locator("#notice")).to_contain_text("No connection")
    expect(results).to_contain_text("These are the pupils from before")
    expect(results.locator("tbody tr")).to_have_count(13)
    page.context.set_offline(False)
    expect(results.locator(".lead")).to_contain_text("1 of 13")
    expect(results).not_to_contain_text("These are the pupils from before")
    expect(page.locator("#notice")).to_be_empty()
    expect(page.get_by_label("Find a pupil")).to_have_value("clowes")


def test_after_a_failure_controls_table_and_address_agree_again(visit: Visit, world: World) -> None:
    # Requests past a service worker cannot be answered by the test.
    page = visit("head", service_workers="block").page
    page.goto(world.at("pupils/"))
    results = page.locator("#roll-results")
    page.route("**/pupils/**", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    page.get_by_label("Group", exact=True).select_option("Girls")
    expect(results).to_contain_text("These are the pupils from before")
    expect(page.locator("#notice")).to_contain_text("That did not work")
    page.unroute_all()
    page.get_by_label("Find a pupil").press_sequentially("alcock")
    expect(results.locator(".lead")).to_contain_text("5 of 13")
    expect(results).not_to_contain_text("These are the pupils from before")
    expect(page).to_have_url(world.at("pupils/?group=girls"))


def test_an_old_tab_signs_out_after_all(visit: Visit, world: World) -> None:
    page = visit("head").page
    page.goto(world.at())
    other = page.context.new_page()
    other.goto(world.address + "/account/sign-out/")
    other.locator("main").get_by_role("button", name="Sign out").click()
    other.get_by_label("Email address").fill("head@school.test")
    other.get_by_label("Password", exact=True).fill(PASSWORD)
    other.get_by_role("button", name="Sign in", exact=True).click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Your schools")
    page.locator("summary", has_text="A. Head").click()
    page.get_by_role("button", name="Sign out").click()
    page.locator("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sign in")


def test_a_count_opens_to_its_pupils(visit: Visit, world: World) -> None:
    page = visit("head").page
    page.goto(world.at("pupils/"))
    page.locator("#roll-results .summary").get_by_role("link", name="Girls 6").click()
    expect(page.locator("#roll-results tbody tr")).to_have_count(6)
    expect(page).to_have_url(world.at("pupils/?group=girls"))


def test_without_a_connection_a_page_says_so(visit: Visit, world: World) -> None:
    page = visit("head").page
    page.goto(world.at())
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    page.goto(world.at("classes/"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("connection", ignore_case=True)
    # Nothing of a school is kept in the browser.
    kept = page.evaluate(
        "caches.keys().then(async (names) => (await Promise.all(names.map("
        "async (name) => (await (await caches.open(name)).keys()).map((r) => r.url)))).flat())"
    )
    assert kept
    assert not [address for address in kept if "/schools/" in address]


def test_signing_out_leaves_nothing_to_go_back_to(visit: Visit, world: World) -> None:
    page = visit("head").page
    page.goto(world.at("pupils/"))
    page.locator("summary", has_text="A. Head").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sign in")
    page.go_back()
    expect(page.get_by_text("Alcock")).to_have_count(0)


def test_a_governor_meets_no_name_on_any_page(visit: Visit, world: World) -> None:
    page = visit("governor").page
    for path in ("", "pupils/", "classes/", "people/"):
        page.goto(world.at(path))
        text = page.content()
        assert "Alcock" not in text
        assert "A. Teacher" not in text
