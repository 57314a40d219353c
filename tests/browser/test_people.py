"""A head lets a teacher in, and out: by the letter, in a browser of the teacher's own."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD, Visitor, World
from tests.browser.sheets import begin, enter, expect_saved

pytestmark = pytest.mark.django_db(transaction=True)

Visit = Callable[..., Visitor]


def link() -> str:
    """The link in the letter that went out last."""
    found = re.search(r"http://\S+/invitations/\S+", str(mail.outbox[-1].body))
    assert found
    return found[0]


def test_a_head_invites_a_teacher_who_sets_a_password_and_enters_a_marksheet(
    visit: Visit, world: World
) -> None:
    cache.clear()
    head = visit("head")
    page = head.page
    page.goto(world.at("people/"))
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label("Name").fill("Tess Teacher")
    page.get_by_label("Email address").fill("tess@school.test")
    page.get_by_label("Teacher", exact=True).check()
    page.get_by_label("4A").check()
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("Invited. The link in the letter is good for 7 days.")).to_be_visible()
    expect(page.get_by_role("link", name="Tess Teacher")).to_be_visible()
    head.check()

    tess = visit(width=375)
    own = tess.page
    own.goto(link())
    tess.check()
    expect(own.get_by_label("Your name")).to_have_value("Tess Teacher")
    own.get_by_label("A password").fill(PASSWORD)
    own.get_by_label("The same again").fill(PASSWORD)
    own.get_by_role("button", name="Come in").click()
    expect(own.get_by_role("heading", name="Your class")).to_be_visible()
    begin(own, f"{world.class_address.replace('/classes/', '/marksheets/classes/')}mathematics/")
    enter(own, "42", "46")
    expect_saved(own)

    page.goto(world.at("people/"))
    page.get_by_role("link", name="Tess Teacher").click()
    head.check()
    page.get_by_role("button", name="Suspend").click()
    expect(page.get_by_text("Suspended, and signed out everywhere.")).to_be_visible()
    head.check()
    own.goto(world.at("marksheets/"))
    expect(own.get_by_role("heading", name="Sign in to LEP Tracker")).to_be_visible()
    own.goto(link())
    expect(own.get_by_role("heading", name="The link no longer works")).to_be_visible()
    tess.check()


def test_who_has_an_account_signs_in_accepts_and_switches_schools(visit: Visit, world: World) -> None:
    cache.clear()
    head = visit("head")
    there = world.at("people/invite/").replace(world.school.urn, world.other.urn)
    head.page.goto(there)
    head.page.get_by_label("Name").fill("A. Teacher")
    head.page.get_by_label("Email address").fill("teacher@school.test")
    head.page.get_by_label("Governor").check()
    head.page.get_by_role("button", name="Send the invitation").click()
    expect(head.page.get_by_text("Invited.")).to_be_visible()

    teacher = visit()
    page = teacher.page
    page.goto(link())
    teacher.check()
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("Email address").fill("teacher@school.test")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Your invitation to")
    teacher.check()
    page.get_by_role("button", name="Accept").click()
    expect(page.locator(".whereabouts")).to_contain_text(world.other.name)
    page.locator(".whereabouts summary", has_text=world.other.name).click()
    page.get_by_role("link", name=world.school.name).click()
    expect(page.locator(".whereabouts")).to_contain_text(world.school.name)
    teacher.check()
