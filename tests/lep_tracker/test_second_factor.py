"""The second step: codes of an app, codes on paper, who is asked for it, and what does not go around it."""

from __future__ import annotations

import re
import time
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from lep_tracker.second_step import MFAAdapter
from lep_tracker.sign_in import password_link
from schools.models import Partnership, Role, School, SecondStepRemoval, Session, User
from schools.services import memberships
from schools.services.second_step import remove_second_factor, require_second_factor
from tests.conftest import member, signed_in
from tests.factories import UserFactory

PASSWORD = "correct horse battery staple"
SIGN_IN = "/account/sign-in/"
SECOND_STEP = "/account/second-step/code/"
SET_UP = "/account/second-step/?needed"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def teacher(school: School) -> User:
    teacher = member(school, Role.TEACHER)
    teacher.set_password(PASSWORD)
    teacher.save()
    cache.clear()
    return teacher


@pytest.fixture
def with_app(teacher: User) -> User:
    totp.TOTP.activate(teacher, SECRET)
    RecoveryCodes.activate(teacher)
    return teacher


def code(secret: str = SECRET, steps: int = 0) -> str:
    """What the app shows now, or so many half minutes later; not one that is about to change."""
    if time.time() % 30 > 28:
        time.sleep(2.1)
    now = next(totp.yield_hotp_counters_from_time())
    return totp.format_hotp_value(totp.hotp_value(secret, now + steps))


def wrong_code() -> str:
    return str((int(code()) + 1) % 10**6).zfill(6)


def after_password(user: User, **headers: str) -> Client:
    client = Client()
    answer = client.post(SIGN_IN, {"login": user.email, "password": PASSWORD}, headers=headers)
    assert answer.status_code == 302
    return client


def is_signed_in(client: Client) -> bool:
    return SIGN_IN not in client.get("/account/").headers.get("Location", "")


def shown_again(client: Client) -> None:
    """The person has just shown the password once more."""
    client.post("/account/again/", {"password": PASSWORD})


def test_with_an_app_the_password_alone_lets_nobody_in(with_app: User, school: School) -> None:
    client = after_password(with_app)
    assert not is_signed_in(client)
    assert client.get(reverse("school_now", args=[school.urn])).headers["Location"].startswith(SIGN_IN)
    answer = client.post(SECOND_STEP, {"code": code()})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert is_signed_in(client)


def test_the_second_step_leads_to_the_page_that_was_asked_for(with_app: User, school: School) -> None:
    client = Client()
    there = f"/schools/{school.urn}/"
    client.post(SIGN_IN, {"login": with_app.email, "password": PASSWORD, "next": there})
    assert client.post(SECOND_STEP, {"code": code()}).headers["Location"] == there


@pytest.mark.parametrize("steps", [-2, 2])
def test_a_code_of_another_half_minute_is_refused(with_app: User, steps: int) -> None:
    client = after_password(with_app)
    answer = client.post(SECOND_STEP, {"code": code(steps=steps)})
    assert "That did not fit" in answer.content.decode()
    assert not is_signed_in(client)


def test_a_code_works_once(with_app: User) -> None:
    shown = code()
    assert after_password(with_app).post(SECOND_STEP, {"code": shown}).status_code == 302
    second = after_password(with_app)
    second.post(SECOND_STEP, {"code": shown})
    assert not is_signed_in(second)


def test_a_code_on_paper_works_once(with_app: User) -> None:
    paper = Authenticator.objects.get(user=with_app, type="recovery_codes").wrap().get_unused_codes()
    assert len(paper) == 10
    first, second, third = (after_password(with_app) for _ in range(3))
    first.post(SECOND_STEP, {"code": paper[0]})
    second.post(SECOND_STEP, {"code": paper[0]})
    third.post(SECOND_STEP, {"code": paper[1]})
    assert [is_signed_in(client) for client in (first, second, third)] == [True, False, True]


def test_codes_are_not_guessed(with_app: User) -> None:
    client = after_password(with_app)
    for _ in range(5):
        assert client.post(SECOND_STEP, {"code": wrong_code()}).status_code == 200
    assert "Too many" in client.post(SECOND_STEP, {"code": code()}).content.decode()
    assert not is_signed_in(client)
    elsewhere = after_password(with_app)
    elsewhere.post(SECOND_STEP, {"code": code()})
    assert not is_signed_in(elsewhere), "the attempts of an account count together, whoever makes them"


def test_the_second_step_without_the_first_is_the_sign_in(with_app: User) -> None:
    assert Client().get(SECOND_STEP).headers["Location"] == SIGN_IN
    assert Client().post(SECOND_STEP, {"code": code()}).headers["Location"] == SIGN_IN


def test_a_forgotten_password_does_not_go_past_the_second_step(with_app: User) -> None:
    client = Client()
    page = client.get(password_link(with_app), follow=True)
    new = "another good long password"
    changed = client.post(page.request["PATH_INFO"], {"password1": new, "password2": new})
    assert changed.headers["Location"] == "/account/password/new/done/"
    assert not is_signed_in(client)
    answer = client.post(SIGN_IN, {"login": with_app.email, "password": new})
    assert answer.headers["Location"] == SECOND_STEP
    assert not is_signed_in(client)


@pytest.mark.django_db(transaction=True)
def test_an_app_is_set_up_with_codes_on_paper(teacher: User, mailoutbox: list[Any]) -> None:
    client, elsewhere = after_password(teacher), after_password(teacher)
    asked = client.get("/account/second-step/app/")
    assert asked.headers["Location"].startswith("/account/again/")
    shown_again(client)
    page = client.get("/account/second-step/app/").content.decode()
    secret = re.search(r'class="secret">(\w+)<', page)
    assert secret
    assert "<svg" in page
    assert "data:image" not in page
    done = client.post("/account/second-step/app/", {"code": code(secret[1])})
    assert done.headers["Location"] == "/account/second-step/codes/"
    codes = re.findall(r"<code>(\d{8})</code>", client.get("/account/second-step/codes/").content.decode())
    assert len(set(codes)) == 10
    assert [mail.to for mail in mailoutbox] == [[teacher.email]]
    assert not is_signed_in(elsewhere), "who else is signed in as this person has not shown the second step"


def test_a_wrong_code_sets_nothing_up(teacher: User) -> None:
    client = after_password(teacher)
    shown_again(client)
    client.get("/account/second-step/app/")
    assert "That did not fit" in client.post("/account/second-step/app/", {"code": "0"}).content.decode()
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize(
    "there",
    ["app/", "app/remove/", "codes/", "codes/new/", "codes/file/", "passkeys/new/"],
)
def test_whoever_changes_or_reads_a_second_step_shows_again_who_they_are(with_app: User, there: str) -> None:
    if there == "app/":
        Authenticator.objects.filter(type="totp").delete()
    client = signed_in(with_app)
    for answer in (client.get(f"/account/second-step/{there}"), client.post(f"/account/second-step/{there}")):
        assert answer.headers.get("Location", "").startswith("/account/again/") or answer.status_code == 405
    assert Authenticator.objects.filter(user=with_app).exists()


def test_it_may_be_shown_again_by_a_code(with_app: User) -> None:
    client = signed_in(with_app)
    page = client.get("/account/again/?next=/account/second-step/codes/").content.decode()
    assert "Use a code" in page
    answer = client.post("/account/again/code/", {"code": code(), "next": "/account/second-step/codes/"})
    assert answer.headers["Location"] == "/account/second-step/codes/"
    assert client.get("/account/second-step/codes/").status_code == 200


def test_without_the_app_its_codes_on_paper_go_too(with_app: User) -> None:
    client = signed_in(with_app)
    shown_again(client)
    client.post("/account/second-step/app/remove/")
    assert not Authenticator.objects.filter(user=with_app).exists()
    assert is_signed_in(after_password(with_app))


def test_new_codes_on_paper_replace_the_old(with_app: User) -> None:
    client = signed_in(with_app)
    shown_again(client)
    codes = [Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()]
    client.post("/account/second-step/codes/new/")
    codes.append(Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes())
    assert not set(codes[0]) & set(codes[1])
    file = client.get("/account/second-step/codes/file/")
    assert file.headers["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert re.findall(r"^\d{8}$", file.content.decode(), re.MULTILINE) == codes[1]


# Who is asked for it


def pages(school: School, year: Any) -> list[tuple[str, str]]:
    return [
        ("page", "/"),
        ("page", reverse("school_home", args=[school.urn, year])),
        ("htmx", reverse("roll", args=[school.urn, year])),
        ("post", reverse("roll", args=[school.urn, year])),
    ]


def ask(client: Client, kind: str, there: str) -> Any:
    if kind == "post":
        return client.post(there, {"search": "a"})
    return client.get(there, headers={"HX-Request": "true"} if kind == "htmx" else {})


def is_led_to_set_up(client: Client, kind: str, there: str) -> bool:
    answer = ask(client, kind, there)
    if kind != "htmx":
        return bool(answer.headers.get("Location") == SET_UP)
    return answer.status_code == 403 and f'href="{SET_UP}"' in answer.content.decode()


def test_nobody_is_led_to_set_up_where_nobody_asks(teacher: User, school: School, year: Any) -> None:
    client = signed_in(teacher)
    assert not any(is_led_to_set_up(client, *page) for page in pages(school, year))


@pytest.mark.parametrize("who", ["school", "partnership", "site"])
def test_without_a_second_step_nothing_of_a_school_that_asks_is_reached(
    teacher: User, school: School, year: Any, settings: Any, who: str
) -> None:
    client = signed_in(teacher)
    if who == "site":
        settings.REQUIRES_SECOND_FACTOR = True
    else:
        require_second_factor(school if who == "school" else school.partnership, is_required=True)
    assert all(is_led_to_set_up(client, *page) for page in pages(school, year))
    for free in (
        "/account/",
        "/account/second-step/",
        "/account/password/",
        "/account/sign-out/",
        "/health/",
    ):
        assert client.get(free, follow=True).status_code == 200
    totp.TOTP.activate(teacher, SECRET)
    assert not any(is_led_to_set_up(client, *page) for page in pages(school, year))


def test_codes_on_paper_alone_are_no_second_step(teacher: User, school: School, year: Any) -> None:
    require_second_factor(school, is_required=True)
    RecoveryCodes.activate(teacher)
    assert all(is_led_to_set_up(signed_in(teacher), *page) for page in pages(school, year))


def test_one_school_that_asks_is_enough(
    teacher: User, school: School, other_school: School, year: Any
) -> None:
    from schools.row_security import visible_to

    with visible_to(other_school):
        memberships.grant(school=other_school, user=teacher, role=Role.GOVERNOR, by=None)
    require_second_factor(other_school, is_required=True)
    assert all(is_led_to_set_up(signed_in(teacher), *page) for page in pages(school, year))


def test_another_school_that_asks_is_no_concern_of_this_one(
    teacher: User, school: School, other_school: School, year: Any
) -> None:
    require_second_factor(other_school, is_required=True)
    assert not any(is_led_to_set_up(signed_in(teacher), *page) for page in pages(school, year))


def test_who_leads_a_partnership_that_asks_needs_one_too(school: School) -> None:
    lead = UserFactory.create()
    memberships.lead_partnership(partnership=school.partnership, user=lead, by=None)
    client = signed_in(lead)
    there = reverse("partnership_now", args=[school.partnership.pk])
    assert client.get(there).status_code == 302
    assert not is_led_to_set_up(client, "page", there)
    require_second_factor(school.partnership, is_required=True)
    assert all(is_led_to_set_up(client, "page", page) for page in ("/", there))


def test_asked_for_right_after_signing_in(teacher: User, school: School) -> None:
    require_second_factor(school, is_required=True)
    client = Client()
    page = client.post(SIGN_IN, {"login": teacher.email, "password": PASSWORD}, follow=True)
    assert page.request["PATH_INFO"] == "/account/second-step/"
    assert "You need one before you go on" in page.content.decode()


# The operator


def run(*words: str) -> str:
    said = StringIO()
    call_command(*words, stdout=said)
    return said.getvalue()


def test_the_operator_lets_a_school_or_partnership_ask(school: School) -> None:
    name = school.partnership.name
    assert run("require_second_factor", "--school", school.urn) == (
        f"{school.name} asks its people for a second step at sign-in.\n"
    )
    assert run("require_second_factor", "--partnership", name).startswith(f"{name} asks its people")
    assert School.objects.get(pk=school.pk).requires_second_factor
    assert Partnership.objects.get().requires_second_factor
    assert "no longer asks" in run("require_second_factor", "--school", school.urn, "--off")
    assert not School.objects.get(pk=school.pk).requires_second_factor
    with pytest.raises(CommandError, match="no school with the URN '999999'"):
        run("require_second_factor", "--school", "999999")
    with pytest.raises(CommandError, match="no partnership called 'None'"):
        run("require_second_factor", "--partnership", "None")


def test_the_operator_takes_a_lost_second_step_away(with_app: User) -> None:
    client = signed_in(with_app)
    assert "password alone" in run("remove_second_factor", "--email", with_app.email.upper())
    assert not is_signed_in(client)
    assert not Session.objects.filter(user=with_app).exists()
    (kept,) = SecondStepRemoval.objects.all()
    assert (kept.user, kept.by) == (with_app, None)
    assert is_signed_in(after_password(with_app))
    with pytest.raises(CommandError, match="has no second step"):
        run("remove_second_factor", "--email", with_app.email)
    with pytest.raises(CommandError, match="no account"):
        run("remove_second_factor", "--email", "nobody@school.test")


def test_it_is_kept_who_took_it_away(with_app: User, school: School) -> None:
    head = member(school, Role.HEAD)
    assert remove_second_factor(with_app, by=head)
    assert SecondStepRemoval.objects.get().by == head
    assert not remove_second_factor(with_app, by=head)
    assert SecondStepRemoval.objects.count() == 1


# Secrets


def test_no_secret_stands_in_the_database_as_it_is(with_app: User) -> None:
    kept = Authenticator.objects.values_list("data", flat=True)
    assert all(SECRET not in str(data) for data in kept)
    wrapped = MFAAdapter().encrypt(SECRET)
    assert wrapped != SECRET
    assert MFAAdapter().decrypt(wrapped) == SECRET


def test_with_another_key_of_the_site_no_code_fits(with_app: User, settings: Any) -> None:
    kept = Authenticator.objects.get(type="totp").data["secret"]
    settings.SECRET_KEY = "another"
    assert MFAAdapter().decrypt(kept) != MFAAdapter().decrypt(kept), "nobody can foresee it"
    settings.SECRET_KEY = "yet another"
    assert not Authenticator.objects.get(type="totp").wrap().validate_code(code())
