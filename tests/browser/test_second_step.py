"""Passkeys in a browser that has one, and how the pages of one's own account look and read."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import expect

from lep_tracker.identity_provider import provider_settings
from schools.models import User
from schools.services.second_step import require_second_factor
from schools.services.sessions import end_sessions
from tests.browser.conftest import NARROWEST_AND_DESK, PASSWORD, Visitor, World
from tests.browser.sheets import begin, enter, expect_saved, import_class
from tests.lep_tracker.test_provider import Provider, serving

pytestmark = pytest.mark.django_db(transaction=True)


def has_a_passkey_device(visitor: Visitor) -> tuple[Any, str]:
    """The browser gets a device that knows its person's fingerprint."""
    devices = visitor.page.context.new_cdp_session(visitor.page)
    devices.send("WebAuthn.enable")
    added = devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return devices, added["authenticatorId"]


def shows_password_again(visitor: Visitor) -> None:
    expect(visitor.page.get_by_role("heading", name="Is it you?")).to_be_visible()
    visitor.check()
    visitor.page.get_by_label("Your password").fill(PASSWORD)
    visitor.page.get_by_role("button", name="Continue").click()


def sets_up_a_passkey(visitor: Visitor, *, stands_for_password: bool) -> None:
    page = visitor.page
    page.get_by_role("link", name="Set up a passkey").click()
    shows_password_again(visitor)
    expect(page.get_by_role("heading", name="Set up a passkey")).to_be_visible()
    visitor.check()
    page.get_by_label("What to call it").fill("My laptop at school")
    page.get_by_label("without typing the password").set_checked(stands_for_password)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Codes on paper")).to_be_visible()
    expect(page.locator(".codes li")).to_have_count(10)
    visitor.check()


def signs_out(visitor: Visitor) -> None:
    visitor.page.goto(f"{visitor.world.address}/account/sign-out/")
    visitor.page.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(visitor.page.get_by_role("heading", name="Sign in to LEP Tracker")).to_be_visible()


def test_a_school_that_asks_leads_to_a_passkey_which_then_signs_in_alone(
    visit: Callable[..., Visitor], world: World
) -> None:
    require_second_factor(world.school, is_required=True)
    visitor = visit()
    page = visitor.page
    has_a_passkey_device(visitor)
    visitor.sign_in("teacher")
    expect(page.get_by_text("You need one before you go on: your school asks for it.")).to_be_visible()
    visitor.check()
    sets_up_a_passkey(visitor, stands_for_password=True)
    page.get_by_role("link", name="I have kept them").click()
    expect(page).to_have_url(re.compile(rf"/schools/{world.school.urn}/"))
    signs_out(visitor)
    visitor.check()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile(rf"/schools/{world.school.urn}/"))


def test_a_passkey_follows_the_password(visit: Callable[..., Visitor], world: World) -> None:
    visitor = visit(width=375)
    page = visitor.page
    has_a_passkey_device(visitor)
    visitor.sign_in("teacher")
    page.goto(f"{world.address}/account/second-step/")
    sets_up_a_passkey(visitor, stands_for_password=False)
    signs_out(visitor)
    page.get_by_label("Email address").fill(world.people["teacher"].email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="The second step")).to_be_visible()
    visitor.check()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile(rf"/schools/{world.school.urn}/"))
    page.goto(f"{world.address}/account/second-step/passkeys/")
    expect(page.get_by_role("rowheader", name="My laptop at school")).to_be_visible()
    visitor.check()
    page.get_by_role("link", name="Rename").click()
    page.get_by_role("link", name="Use a passkey").click()
    visitor.check()
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_label("What to call it").fill("The old laptop")
    visitor.check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("rowheader", name="The old laptop")).to_be_visible()
    page.get_by_role("link", name="Remove").click()
    visitor.check()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("You have none.")).to_be_visible()
    assert not Authenticator.objects.exists()


def test_a_passkey_that_is_not_used_is_said_in_words(visit: Callable[..., Visitor], world: World) -> None:
    visitor = visit()
    devices, device = has_a_passkey_device(visitor)
    devices.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    visitor.page.goto(f"{world.address}/account/sign-in/")
    visitor.page.get_by_role("button", name="Sign in with a passkey").click()
    expect(visitor.page.get_by_text("The passkey was not used.")).to_be_visible()
    visitor.check()


def with_everything(teacher: User) -> None:
    totp.TOTP.activate(teacher, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    RecoveryCodes.activate(teacher)


def test_the_pages_of_ones_own_account_are_accessible(visit: Callable[..., Visitor], world: World) -> None:
    visitor = visit("teacher", views=NARROWEST_AND_DESK)
    page = visitor.page
    visit("teacher")
    page.goto(f"{world.address}/account/")
    expect(page.get_by_role("button", name="Sign out everywhere but here")).to_be_visible()
    visitor.check()
    page.goto(f"{world.address}/account/second-step/app/")
    shows_password_again(visitor)
    expect(page.locator(".qr svg")).to_be_visible()
    page.get_by_text("No camera?").click()
    visitor.check()
    page.get_by_label("The code that the app shows now").fill("0")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_text("That did not fit.")).to_be_visible()
    visitor.check()
    with_everything(world.people["teacher"])
    for there in ("", "app/remove/", "codes/", "codes/new/"):
        page.goto(f"{world.address}/account/second-step/{there}")
        visitor.check()
    page.goto(f"{world.address}/account/again/code/")
    visitor.check()
    signs_out(visitor)
    page.get_by_label("Email address").fill(world.people["teacher"].email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="The second step")).to_be_visible()
    visitor.check()


def test_a_browser_leads_on_to_the_schools_provider_and_nowhere_else(
    visit: Callable[..., Visitor], world: World, settings: Any
) -> None:
    provider = Provider()
    with serving(provider):
        settings.SOCIALACCOUNT_PROVIDERS = provider_settings(provider.address, "tracker", "a secret", "Staff")
        visitor = visit()
        page = visitor.page
        page.goto(f"{world.address}/account/sign-in/")
        visitor.check()
        page.get_by_role("button", name="Sign in with Staff").click()
        page.wait_for_function("window.violations.length > 0")
        allowed = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        settings.CONTENT_SECURITY_POLICY = {
            "DIRECTIVES": {**allowed, "form-action": [*allowed["form-action"], provider.address]}
        }
        page.goto(f"{world.address}/account/sign-in/")
        page.get_by_role("button", name="Sign in with Staff").click()
        page.wait_for_url(f"{provider.address}/authorize**")


def test_a_sheet_waits_while_the_second_step_is_done_in_another_window(
    visit: Callable[..., Visitor], world: World, tmp_path: Path
) -> None:
    sheet = import_class(world, tmp_path)
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    teacher = world.people["teacher"]
    totp.TOTP.activate(teacher, secret)
    page = visit("teacher").page
    begin(page, sheet.address())
    end_sessions(teacher)
    enter(page, "44")
    page.get_by_label("Email address").fill(teacher.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Sign in and save").click()
    expect(page.locator("#sign-in-again .errorlist")).to_contain_text("One more step is needed")
    second = opened.value
    expect(second.get_by_role("heading", name="The second step")).to_be_visible()
    page.get_by_role("button", name="Sign in and save").click()
    expect(page.get_by_role("button", name="Sign in and save")).to_be_enabled()
    expect(page.locator("#sheet-state")).to_have_text("1 not saved")
    second.get_by_label("Code", exact=True).fill(
        totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
    )
    second.get_by_role("button", name="Sign in", exact=True).click()
    expect(second.get_by_role("heading", level=1)).not_to_have_text("The second step")
    page.get_by_role("button", name="Sign in and save").click()
    expect_saved(page)
