"""What a scanner would try at every address: headers, methods, forged forms, addresses and values that no page sends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from schools.calendar import AcademicYear
from schools.models import Role
from schools.row_security import visible_to
from tests.conftest import member, signed_in
from tests.isolation.crossing import writes
from tests.isolation.test_door import BEHIND, MAY_BE_POSTED, address, addresses, names_in, trying
from tests.isolation.test_partnership_door import ACTS, lead_of
from tests.isolation.test_partnership_door import BEHIND as OF_PARTNERSHIPS
from tests.isolation.test_partnership_door import address as partnership_address
from tests.isolation.two_schools import WholeSchool

pytestmark = pytest.mark.usefixtures("unmeasured", "unprinted")
POSTED = [pattern for pattern in BEHIND if pattern.name in MAY_BE_POSTED]


def places(ours: WholeSchool, year: AcademicYear) -> Iterator[tuple[URLPattern, Client, str]]:
    """Every address behind a door, with the browser of somebody whom it opens for."""
    head, lead = signed_in(member(ours.school, Role.HEAD)), signed_in(lead_of(ours.school.partnership))
    teacher = signed_in(ours.teacher)
    for pattern in BEHIND:
        yield pattern, teacher if "job_id" in names_in(pattern) else head, address(pattern, ours, year)
    for pattern in [*OF_PARTNERSHIPS, *ACTS]:
        yield pattern, lead, partnership_address(pattern, ours.school.partnership, year)


def outside() -> list[str]:
    """Addresses that no door is before."""
    found = []
    for pattern in addresses(get_resolver().url_patterns):
        is_behind = hasattr(pattern.callback, "permission") or hasattr(pattern.callback, "is_of_partnership")
        if not is_behind and not names_in(pattern) and not hasattr(pattern.callback, "is_act_of_partnership"):
            found.append(reverse(str(pattern.name)))
    return found


HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
}


def directives(policy: str) -> dict[str, str]:
    pairs = (part.strip().partition(" ") for part in policy.split(";"))
    return {name: value for name, _, value in pairs}


@pytest.fixture
def by_https(settings: Any) -> None:
    """As lep_tracker/settings.py has it for an address with https."""
    settings.SITE_ADDRESS = "https://testserver"
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 2 * 365 * 24 * 60 * 60
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True


@pytest.mark.usefixtures("by_https")
def test_every_answer_carries_every_header(
    subtests: pytest.Subtests, ours: WholeSchool, year: AcademicYear
) -> None:
    for pattern, client, there in places(ours, year):
        with trying(subtests, pattern):
            answer = client.get(there, secure=True)
            assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
            policy = directives(answer.headers["Content-Security-Policy"])
            assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
            assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
            assert not re.search(r"unsafe|\*|https?:|data:", answer.headers["Content-Security-Policy"])
            assert "camera=()" in answer.headers["Permissions-Policy"]
            assert "publickey-credentials-get=(self)" in answer.headers["Permissions-Policy"]
            assert answer.headers["Cache-Control"] == "no-store"
            assert not {"Server", "X-Powered-By"} & set(answer.headers)


@pytest.mark.usefixtures("by_https")
def test_http_is_sent_to_https_whatever_the_address(ours: WholeSchool) -> None:
    for there in (*outside(), "/nowhere/", f"/schools/{ours.school.urn}/"):
        answer = Client().get(there)
        if there.startswith("/health/"):
            assert answer.status_code in {200, 503}
        else:
            assert (answer.status_code, answer.headers["Location"]) == (301, f"https://testserver{there}")


@pytest.mark.usefixtures("by_https")
def test_cookies_are_for_this_host_alone_and_no_script_reads_them(ours: WholeSchool) -> None:
    ours.teacher.set_password("a long password 5")
    ours.teacher.save()
    client = Client(enforce_csrf_checks=True)
    # A notice, by a form from an old tab.
    client.post("/account/sign-in/", secure=True)
    client.get("/account/sign-in/", secure=True)
    token = client.cookies["__Host-csrf"].value
    sent = {"login": ours.teacher.email, "password": "a long password 5", "csrfmiddlewaretoken": token}
    answer = client.post("/account/sign-in/", sent, secure=True, headers={"Referer": "https://testserver/"})
    assert answer.status_code == 302
    assert set(client.cookies) == {"__Host-session", "__Host-csrf", "__Host-notices"}
    for name, cookie in client.cookies.items():
        kept = (cookie["secure"], cookie["httponly"], cookie["path"], cookie["domain"])
        assert kept == (True, True, "/", "") or cookie["max-age"] == 0, name
        assert cookie["samesite"] in {"Lax", "Strict"}


def test_no_method_but_those_that_are_meant(
    subtests: pytest.Subtests, ours: WholeSchool, year: AcademicYear
) -> None:
    for pattern, client, there in places(ours, year):
        with trying(subtests, pattern):
            for method in ("OPTIONS", "TRACE", "PUT", "PATCH", "DELETE", "CONNECT"):
                assert client.generic(method, there).status_code == 405, method
    for there in outside():
        with subtests.test(there):
            for method in ("TRACE", "PUT", "PATCH", "DELETE", "CONNECT"):
                assert Client().generic(method, there).status_code == 405, method


def test_a_form_without_its_secret_does_nothing(
    subtests: pytest.Subtests, ours: WholeSchool, year: AcademicYear
) -> None:
    partnership = ours.school.partnership
    forms = [
        *((pattern, address(pattern, ours, year)) for pattern in POSTED),
        *((pattern, partnership_address(pattern, partnership, year)) for pattern in ACTS),
    ]
    assert len(forms) > 50
    client = Client(enforce_csrf_checks=True)
    client.force_login(member(ours.school, Role.HEAD))
    for pattern, there in forms:
        with trying(subtests, pattern):
            for headers in ({}, {"Origin": "https://elsewhere.example"}, {"HX-Request": "true"}):
                assert client.post(there, headers=headers).status_code == 403
    for there in outside():
        with subtests.test(there):
            # Of sign-in, sign-out and passwords the page comes afresh.
            answer = client.post(there)
            again = answer.status_code == 302 and answer.headers["Location"] == there
            assert again or answer.status_code in {403, 405}


# Sessions, and the records of who looked.
MAY_BE_WRITTEN = {"schools_session", "schools_auditrecord", "schools_accountrecord"}
# What was given out is remembered: a later pack tells of nobody who could be found beside it.
REMEMBERED = {"governors_pack_pdf", "governors_pack_xlsx"}


def test_looking_changes_nothing(subtests: pytest.Subtests, ours: WholeSchool, year: AcademicYear) -> None:
    for pattern, client, there in places(ours, year):
        with trying(subtests, pattern):
            before = writes()
            client.get(there, follow=True)
            client.head(there)
            client.get(there, headers={"HX-Request": "true"})
            changed = {table for table, written in writes().items() if written != before.get(table, 0)}
            allowed = (
                {"schools_packrelease", "schools_packreleaseevent"} if pattern.name in REMEMBERED else set()
            )
            assert changed - MAY_BE_WRITTEN == allowed


def test_what_is_written_is_seen_also_where_the_number_of_rows_stays(ours: WholeSchool) -> None:
    before = writes()
    with visible_to(ours.school):
        type(ours.pupil).objects.filter(pk=ours.pupil.pk).update(forename="Changed")
    changed = {table for table, written in writes().items() if written != before.get(table, 0)}
    assert changed == {"schools_pupil", "schools_pupilevent"}


HOSTILE = ["\x00", "9" * 40, "²", "-1", "😀'\"><script>%s{{7*7}}"]
# Whatever a page or a form of the site reads, by name.
READ = [
    "term",
    "measure",
    "group",
    "crossed_with",
    "subject",
    "snapshot",
    "since",
    "page",
    "phase",
    "from",
    "q",
    "name",
    "window",
    "year",
    "class",
    "sort",
    "by",
    "pupil",
    "value",
    "values",
    "cells",
    "seen",
    "template",
    "keep",
    "back",
    "columns",
    "act",
    "because",
    "reason",
    "text",
    "decided",
    "file",
    "block",
    "at",
    "where",
    "row",
    "column",
    "confirm",
    "points",
    "source",
    "purpose",
    "ends_on",
    "starts_on",
    "partnership",
    "framework",
    "area",
    "parts",
    "doing",
    "figure",
    "list",
    "show",
    "kind",
    "direction",
    "order",
    "filter",
    "sen",
    "outcome",
    "compared",
]


@pytest.mark.parametrize("turn", range(2))
def test_values_that_no_page_sends_are_answered(
    subtests: pytest.Subtests, ours: WholeSchool, year: AcademicYear, turn: int
) -> None:
    """Each name with one of them after another."""
    sent = {name: HOSTILE[(number + turn) % len(HOSTILE)] for number, name in enumerate(READ)}
    term = HOSTILE[turn]
    for pattern, client, there in places(ours, year):
        with trying(subtests, pattern):
            assert client.get(there, sent).status_code < 500
            if pattern in POSTED or pattern in ACTS:
                assert client.post(there, sent, query_params={"term": term}).status_code < 500
                cells = f'{{"cells": [{term!r}'
                assert client.post(there, cells, content_type="application/json").status_code < 500


PARTS = ["%00", "9" * 40]


def test_ids_in_an_address_that_are_none_are_not_found(
    subtests: pytest.Subtests, ours: WholeSchool, year: AcademicYear
) -> None:
    for pattern, client, there in places(ours, year):
        parts = there.split("/")
        with trying(subtests, pattern):
            for at, part in enumerate(parts):
                is_id = re.fullmatch(r"[0-9a-f-]{36}|\d+|\d{4}-\d\d|mathematics|autumn", part)
                for bad in PARTS if is_id else ():
                    asked = "/".join([*parts[:at], bad, *parts[at + 1 :]])
                    # What takes a POST alone says so before it looks.
                    assert client.get(asked).status_code in {400, 404, 405}, asked


ELSEWHERE = [
    "https://elsewhere.example/",
    "//elsewhere.example/",
    "///elsewhere.example",
    "/\\elsewhere.example",
    "https:elsewhere.example",
    "javascript:alert(1)",
    "http://testserver@elsewhere.example/",
    "\thttps://elsewhere.example",
    "/%0d%0aLocation:%20https://elsewhere.example",
]


@pytest.mark.parametrize("there", ELSEWHERE)
def test_nothing_that_says_where_to_go_next_leads_to_another_site(
    ours: WholeSchool, year: AcademicYear, there: str
) -> None:
    ours.teacher.set_password("a long password 5")
    ours.teacher.save()
    client = Client()
    sent = {"login": ours.teacher.email, "password": "a long password 5", "next": there}
    answers = [client.post(reverse("account_login", query={"next": there}), sent)]
    # Signed in already, and out again.
    answers += [client.get(reverse("account_login"), {"next": there})]
    answers += [client.post(reverse("account_logout", query={"next": there}), {"next": there})]
    head = signed_in(member(ours.school, Role.HEAD))
    at = [ours.school.urn, year]
    answers += [
        head.post(reverse("favourite_layout", args=at), {"template": "x", "keep": "", "back": there}),
        head.get("/", {"next": there, "back": there}),
        head.post(reverse("account_reauthenticate", query={"next": there}), {"next": there}),
    ]
    for answer in answers:
        location = answer.headers.get("Location", "/")
        assert re.match(r"/(?![/\\])", location), location
        assert "\n" not in location
        assert "elsewhere.example" not in location.partition("?")[0].replace(
            "%0aLocation:%20https://elsewhere.example", ""
        )


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "elsewhere.example"},
        {"Host": "testserver.elsewhere.example"},
        {"Host": "testserver:81"},
        {"Host": "testserver@elsewhere.example"},
        {"Host": "elsewhere.example", "X-Forwarded-Host": "testserver"},
    ],
)
def test_another_host_is_refused_and_a_forwarded_one_not_believed(
    ours: WholeSchool, headers: dict[str, str]
) -> None:
    answer = signed_in(ours.teacher).get("/", headers=headers)
    assert answer.status_code == 400
    assert "elsewhere" not in answer.content.decode()
    believed = Client().get(
        "/", headers={"X-Forwarded-Host": "elsewhere.example", "Forwarded": "host=elsewhere.example"}
    )
    assert "elsewhere" not in believed.headers["Location"]
