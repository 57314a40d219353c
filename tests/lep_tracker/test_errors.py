"""What people see when something goes wrong, on a page and in place."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path, reverse
from psycopg import errors

from lep_tracker.urls import handler400, handler403, handler404, handler500
from lep_tracker.urls import urlpatterns as real
from schools.calendar import AcademicYear
from schools.models import Role, School
from tests.conftest import member, signed_in

HTMX = {
    "HX-Request": "true",
    "HX-Current-URL": "http://testserver/schools/200000/2026-27/pupils/?group=girls",
}


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a secret detail")


def away(request: HttpRequest) -> HttpResponse:
    raise OperationalError("connection refused for a secret")


def deadlock(request: HttpRequest) -> HttpResponse:
    raise OperationalError from errors.DeadlockDetected()


urlpatterns = [
    *real,
    path("broken/", broken, name="broken"),
    path("away/", away, name="away"),
    path("deadlock/", deadlock, name="deadlock"),
]
__all__ = ["handler400", "handler403", "handler404", "handler500"]


@pytest.fixture
def head(school: School) -> Client:
    return signed_in(member(school, Role.HEAD))


def test_a_page_that_is_not_there_says_so_and_leads_home(head: Client) -> None:
    response = head.get("/nowhere/")
    assert response.status_code == 404
    assert (
        '<a class="button is-primary" href="/"' in response.content.decode()
        or 'href="/"' in response.content.decode()
    )


def test_in_place_a_refusal_is_a_notice_and_no_page(head: Client) -> None:
    response = head.get("/nowhere/", headers=HTMX)
    assert response.status_code == 404
    assert response.content.decode().lstrip().startswith('<div class="notice"')
    assert "<html" not in response.content.decode()


@pytest.mark.urls("tests.lep_tracker.test_errors")
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "in place"])
def test_a_failure_of_ours_tells_no_detail(
    head: Client, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    head.raise_request_exception = False
    response = head.get("/broken/", headers=headers)
    assert response.status_code == 500
    assert "secret" not in response.content.decode()
    assert ("<html" in response.content.decode()) is (headers == {})
    # The log has it, for whoever runs the service.
    assert "a secret detail" in caplog.text


def test_an_expired_sign_in_is_said_in_place_with_the_way_back(school: School, year: AcademicYear) -> None:
    there = reverse("roll", args=[school.urn, year])
    response = Client().get(
        there, headers={**HTMX, "HX-Current-URL": f"http://testserver{there}?group=girls"}
    )
    assert response.status_code == 401
    page = response.content.decode()
    assert "You are no longer signed in" in page
    assert f"/account/sign-in/?next={there.replace('/', '%2F')}%3Fgroup%3Dgirls" in page


def test_an_expired_sign_in_leads_back_to_no_other_site(school: School, year: AcademicYear) -> None:
    there = reverse("roll", args=[school.urn, year])
    response = Client().get(there, headers={**HTMX, "HX-Current-URL": "https://elsewhere.example/x"})
    assert "elsewhere" not in response.content.decode()
    assert "next=%2F" in response.content.decode()


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "in place"])
def test_a_form_from_before_the_sign_in_says_so(
    school: School, year: AcademicYear, headers: dict[str, str]
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(member(school, Role.HEAD))
    response = client.post(reverse("roll", args=[school.urn, year]), {"name": "x"}, headers=headers)
    assert response.status_code == 403
    assert ("<html" in response.content.decode()) is (headers == {})
    assert "CSRF" not in response.content.decode()


@pytest.mark.parametrize("host", ["evil.example", "testserver:4711", "testserver."])
def test_an_address_that_is_not_the_sites_is_refused(db: None, host: str) -> None:
    """The port too: attempts to sign in are counted by it, and mailed links carry it."""
    assert Client().get("/", headers={"Host": host}).status_code == 400
    assert Client().post("/account/sign-in/", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("path", ["/account/sign-out/", "/account/sign-in/"])
def test_signing_in_or_out_from_an_old_tab_asks_again(school: School, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(member(school, Role.HEAD))
    response = client.post(path)
    assert (response.status_code, response.headers["Location"]) == (302, path)
    page = client.get(path, follow=True)
    assert page.status_code == 200
    assert "open for too long" in page.content.decode()


def test_a_refusal_inside_ones_school_keeps_it_in_sight(school: School, year: AcademicYear) -> None:
    governor = signed_in(member(school, Role.GOVERNOR))
    refused = governor.get(reverse("roll", args=[school.urn, year]))
    assert refused.status_code == 403
    assert school.name in refused.content.decode()
    unknown = governor.get(reverse("school_home", args=[school.urn, AcademicYear(year - 5)]))
    assert unknown.status_code == 404
    assert school.name in unknown.content.decode()


def test_every_error_page_renders_without_anything(rf: RequestFactory) -> None:
    from django.template.loader import render_to_string

    for name in ("400", "403", "404", "500", "403_csrf", "429", "413", "503", "offline"):
        page = render_to_string(f"{name}.html")
        assert "<h1" in page
        assert 'href="/"' in page or name == "offline"


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "in place"])
def test_a_refusal_gives_the_number_that_stands_in_the_log(head: Client, headers: dict[str, str]) -> None:
    response = head.get("/nowhere/", headers=headers)
    assert f"give this number: <code>{response.headers['X-Request-ID']}</code>" in response.content.decode()


@pytest.mark.urls("tests.lep_tracker.test_errors")
def test_a_failure_gives_the_number_that_stands_in_the_log(head: Client) -> None:
    head.raise_request_exception = False
    response = head.get("/broken/")
    assert f"this number: <code>{response.headers['X-Request-ID']}</code>" in response.content.decode()


@pytest.mark.urls("tests.lep_tracker.test_errors")
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "in place"])
def test_a_database_that_is_away_is_said_to_be_and_asked_again_later(
    head: Client, headers: dict[str, str]
) -> None:
    head.raise_request_exception = False
    response = head.get("/away/", headers=headers)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "60")
    page = response.content.decode()
    assert "cannot reach its records" in page
    assert response.headers["X-Request-ID"] in page
    assert "secret" not in page
    # One that refuses a statement is there.
    assert head.get("/deadlock/", headers=headers).status_code == 500


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "in place"])
def test_what_is_too_large_is_said_to_be(
    school: School, year: AcademicYear, settings: Any, headers: dict[str, str]
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    client = signed_in(member(school, Role.HEAD))
    response = client.post(reverse("roll", args=[school.urn, year]), {"name": "x" * 200}, headers=headers)
    assert response.status_code == 413
    assert "too much at once" in response.content.decode()


def test_health_says_ok_and_nothing_more(db: None) -> None:
    response = Client().get("/health/")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_the_offline_page_and_its_script_need_no_sign_in(db: None) -> None:
    assert Client().get("/offline/").status_code == 200
    script = Client().get("/service-worker.js")
    assert script.headers["Content-Type"] == "text/javascript"
    assert "/offline/" in script.content.decode()
    assert Client().get("/favicon.ico").headers["Location"].endswith("favicon.svg")


HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.parametrize("address", ["/account/sign-in/", "/nowhere/", "/"])
def test_every_answer_carries_the_headers_that_browsers_heed(head: Client, address: str) -> None:
    for client in (Client(), head):
        response = client.get(address)
        assert {name: response.headers[name] for name in HEADERS} == HEADERS
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "camera=()" in response.headers["Permissions-Policy"]
        assert response.headers["X-Request-ID"]


def test_what_a_signed_in_person_sees_is_never_stored(head: Client) -> None:
    assert head.get("/", follow=True).headers["Cache-Control"] == "no-store"
    assert head.get("/nowhere/").headers["Cache-Control"] == "no-store"
