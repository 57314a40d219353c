"""Sessions: how they end, whose they are, and where one sees and ends them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lep_tracker.sessions import browser_in_words
from schools.models import Role, School, Session, User
from schools.services.sessions import end_sessions
from tests.conftest import member, signed_in
from tests.factories import UserFactory

PASSWORD = "correct horse battery staple"
SIGN_IN = "/account/sign-in/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"


@pytest.fixture
def teacher(school: School) -> User:
    teacher = member(school, Role.TEACHER)
    teacher.set_password(PASSWORD)
    teacher.save()
    cache.clear()
    return teacher


def is_signed_in(client: Client) -> bool:
    return SIGN_IN not in client.get("/account/").headers.get("Location", "")


def of(client: Client) -> Session:
    return Session.objects.get(session_key=client.cookies["__Host-session"].value)


def unused_for(client: Client, **how_long: float) -> None:
    before = timezone.now() - dt.timedelta(**how_long)
    Session.objects.filter(pk=of(client).pk).update(last_seen_at=before)


@pytest.mark.parametrize(("minutes", "lives"), [(59, True), (60, False)])
def test_a_session_that_lies_unused_for_an_hour_ends(teacher: User, minutes: int, lives: bool) -> None:
    client = signed_in(teacher)
    unused_for(client, minutes=minutes)
    assert is_signed_in(client) is lives


def test_the_operator_says_how_long_a_session_may_lie(teacher: User, settings: Any) -> None:
    client = signed_in(teacher)
    unused_for(client, minutes=20)
    settings.IDLE_MINUTES = 15
    assert not is_signed_in(client)
    client = signed_in(teacher)
    unused_for(client, hours=11)
    settings.IDLE_MINUTES = 0
    assert is_signed_in(client)


def test_using_the_site_keeps_a_session(teacher: User, school: School, year: Any) -> None:
    client = signed_in(teacher)
    for _ in range(3):
        unused_for(client, minutes=50)
        client.post(reverse("roll", args=[school.urn, year]), {"search": "a"})
        assert timezone.now() - of(client).last_seen_at < dt.timedelta(minutes=1)


def writes(client: Client) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get("/account/")
    return sum("UPDATE" in query["sql"] and "schools_session" in query["sql"] for query in queries)


def test_that_it_is_used_is_written_down_once_a_minute_at_most(teacher: User) -> None:
    client = signed_in(teacher)
    assert [writes(client), writes(client)] == [0, 0]
    unused_for(client, minutes=1)
    assert [writes(client), writes(client)] == [1, 0]


def test_a_session_ends_after_twelve_hours_however_busy(teacher: User) -> None:
    client = signed_in(teacher)
    assert of(client).expire_date - of(client).signed_in_at == dt.timedelta(hours=12)
    began = timezone.now() - dt.timedelta(hours=11, minutes=59)
    session = client.session
    session["signed_in_at"] = began.timestamp()
    session.save()
    assert is_signed_in(client)
    assert of(client).expire_date == began + dt.timedelta(hours=12)
    session["signed_in_at"] = (began - dt.timedelta(minutes=1)).timestamp()
    session.save()
    assert not is_signed_in(client)


def test_htmx_is_told_in_place_when_a_session_has_ended(teacher: User, school: School, year: Any) -> None:
    client = signed_in(teacher)
    unused_for(client, hours=2)
    there = reverse("roll", args=[school.urn, year])
    answer = client.post(there, {"search": "a"}, headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert "What is on this page is still here." in answer.content.decode()


def test_the_key_of_a_session_changes_at_sign_in_and_at_a_new_password(teacher: User) -> None:
    client = Client()
    planted = client.session
    planted["planted"] = True
    planted.save()
    client.cookies["__Host-session"] = planted.session_key
    client.post(SIGN_IN, {"login": teacher.email, "password": PASSWORD})
    first = of(client).pk
    assert first != planted.session_key
    assert not Session.objects.filter(pk=planted.session_key).exists()
    new = "another good long password"
    client.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert of(client).pk != first
    assert not Session.objects.filter(pk=first).exists()


def test_a_new_password_leaves_no_session_behind(teacher: User) -> None:
    client, elsewhere = signed_in(teacher), signed_in(teacher)
    new = "another good long password"
    client.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert [of(client)] == list(Session.objects.filter(user=teacher))
    assert not is_signed_in(elsewhere)


def test_a_person_is_signed_out_everywhere_but_where_they_are(teacher: User) -> None:
    here, there, other = signed_in(teacher), signed_in(teacher), signed_in(UserFactory.create())
    assert end_sessions(teacher, keep=of(here).pk) == 1
    assert [is_signed_in(client) for client in (here, there, other)] == [True, False, True]
    assert end_sessions(teacher) == 1
    assert [is_signed_in(client) for client in (here, other)] == [False, True]


def test_ones_sign_ins_are_listed_and_ended(teacher: User) -> None:
    here, phone = Client(), Client()
    here.post(SIGN_IN, {"login": teacher.email, "password": PASSWORD}, headers={"User-Agent": FIREFOX})
    phone.post(SIGN_IN, {"login": teacher.email, "password": PASSWORD}, headers={"User-Agent": "curl/8"})
    stranger = signed_in(UserFactory.create())
    page = here.get("/account/")
    mine = page.context["sign_ins"]
    assert [(each.browser, each.is_here) for each in mine] == [
        ("Firefox on Windows", True),
        ("A browser that does not say its name", False),
    ]
    assert of(phone).pk not in page.content.decode(), "a key opens the account"
    stranger.post("/account/signed-in/end/", {"end": mine[1].handle})
    assert is_signed_in(phone), "nobody ends another person's"
    answer = here.post("/account/signed-in/end/", {"end": mine[1].handle}, follow=True)
    assert "Signed out there." in answer.content.decode()
    assert [is_signed_in(client) for client in (here, phone, stranger)] == [True, False, True]
    again = here.post("/account/signed-in/end/", {"end": mine[1].handle}, follow=True)
    assert "no longer signed in there" in again.content.decode()


def test_all_others_are_ended_at_once(teacher: User) -> None:
    here, *others = [signed_in(teacher) for _ in range(3)]
    here.post("/account/signed-in/end/", {"end": "others"})
    assert [is_signed_in(client) for client in (here, *others)] == [True, False, False]


def test_a_sign_in_that_has_ended_is_not_listed_and_goes_with_the_next_sign_in(teacher: User) -> None:
    old, here = signed_in(teacher), signed_in(teacher)
    unused_for(old, hours=3)
    assert len(here.get("/account/").context["sign_ins"]) == 1
    key = of(old).pk
    signed_in(teacher)
    assert not Session.objects.filter(pk=key).exists()


def test_clearsessions_takes_away_what_has_ended(teacher: User) -> None:
    old, here = signed_in(teacher), signed_in(teacher)
    unused_for(old, hours=3)
    call_command("clearsessions")
    assert list(Session.objects.all()) == [of(here)]


def test_the_number_of_queries_does_not_grow_with_the_sign_ins(teacher: User) -> None:
    here = signed_in(teacher)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            here.get("/account/")
        counts.append(len(queries))
        signed_in(teacher)
        signed_in(teacher)
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
                " Chrome/129.0.0.0 Safari/537.36 Edg/129.0.0.0"
            ),
            "Edge on Windows",
        ),
        (
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
                " Version/17.6 Safari/605.1.15"
            ),
            "Safari on a Mac",
        ),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
                " CriOS/129.0.0.0 Mobile/15E148 Safari/604.1"
            ),
            "Chrome on an iPhone",
        ),
        (
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko)"
                " Chrome/129.0.0.0 Safari/537.36"
            ),
            "Chrome on a Chromebook",
        ),
        ("Something/1.0 (Linux)", "Linux"),
        ("", ""),
        (";--<script>", ""),
    ],
)
def test_a_browser_is_told_in_words(user_agent: str, words: str) -> None:
    assert browser_in_words(user_agent) == words
