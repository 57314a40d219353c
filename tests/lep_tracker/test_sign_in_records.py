"""Signing in and out, and passwords, as records of the account; what was typed is not among them."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.dispatch import Signal
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lep_tracker import sign_in_records
from lep_tracker.sign_in import password_link
from schools import audit
from schools.models import AccountRecord, Role, School, User
from tests.conftest import member, signed_in

PASSWORD = "correct horse battery staple"
NEW = "battery staple correct horse"
SIGN_IN = "/account/sign-in/"


@pytest.fixture
def teacher(school: School) -> User:
    teacher = member(school, Role.TEACHER)
    teacher.set_password(PASSWORD)
    teacher.save()
    cache.clear()
    return teacher


def found() -> list[tuple[str, int | None]]:
    return list(AccountRecord.objects.order_by("pk").values_list("what", "account"))


def attempt(email: str, password: str = PASSWORD, client: Client | None = None) -> Any:
    return (client or Client()).post(SIGN_IN, {"login": email, "password": password})


def test_signing_in_and_out_is_recorded_with_its_request(teacher: User) -> None:
    client = Client()
    answers = [attempt(teacher.email, client=client), client.post("/account/sign-out/")]
    assert found() == [("signed_in", teacher.pk), ("signed_out", teacher.pk)]
    requests = list(AccountRecord.objects.order_by("pk").values_list("request", flat=True))
    assert requests == [answer.headers["X-Request-ID"] for answer in answers]


def test_a_failed_sign_in_is_recorded_of_the_account_and_without_what_was_typed(teacher: User) -> None:
    attempt(teacher.email.upper(), "wrong")
    attempt("nobody@school.test", "wrong")
    assert found() == [("sign_in_failed", teacher.pk), ("sign_in_failed", None)]
    kept = str(list(AccountRecord.objects.values())).lower()
    assert "nobody" not in kept
    assert teacher.email not in kept
    assert "wrong" not in kept


def test_a_failed_sign_in_costs_as_many_queries_for_an_address_that_nobody_has(teacher: User) -> None:
    counts = []
    for email in (teacher.email, "nobody@school.test"):
        with CaptureQueriesContext(connection) as queries:
            audit.record_failed_sign_in(email, "")
        counts.append(len(queries))
    assert counts == [1, 1]


def test_a_flood_of_failures_ends_in_one_record_that_there_was_more(
    teacher: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "MOST_FAILURES", 2)
    for number in range(5):
        audit.record_failed_sign_in(f"guess{number}@school.test", "")
    for _ in range(4):
        audit.record_failed_sign_in(teacher.email, "")
    kinds = ["sign_in_failed", "sign_in_failed", "failed_more"]
    assert found() == [*((kind, None) for kind in kinds), *((kind, teacher.pk) for kind in kinds)]


def test_a_changed_password_is_recorded(teacher: User) -> None:
    client = signed_in(teacher)
    client.post("/account/password/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert found() == [("password_changed", teacher.pk)]


def test_a_password_set_by_a_mailed_link_is_recorded(teacher: User) -> None:
    client = Client()
    there = client.get(password_link(teacher).removeprefix("http://testserver")).headers["Location"]
    client.post(there, {"password1": NEW, "password2": NEW})
    assert ("password_set", teacher.pk) in found()
    assert [each.subject for each in mail.outbox if PASSWORD in each.body] == []


def test_the_second_step_is_recorded_where_it_is_installed(
    teacher: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the names that its library gives to its signals; it need not be installed here."""
    signals = SimpleNamespace(authenticator_added=Signal(), authenticator_removed=Signal())
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "allauth.mfa.signals", signals)  # type: ignore[arg-type]
        patched.setattr("lep_tracker.sign_in_records.apps.is_installed", lambda name: name == "allauth.mfa")
        sign_in_records.connect()
    for signal in (signals.authenticator_added, signals.authenticator_removed):
        signal.send(sender=User, request=None, user=teacher, authenticator=None)
    assert found() == [("step_added", teacher.pk), ("step_removed", teacher.pk)]
    # Connecting again connects nothing twice.
    attempt(teacher.email)
    assert found()[2:] == [("signed_in", teacher.pk)]
