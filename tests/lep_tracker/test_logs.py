"""The log says which request failed and where, and nothing of what people sent or of whom a row is."""

from __future__ import annotations

import datetime as dt
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import DataError, IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse

from lep_tracker.logs import JsonFormatter, PlainFormatter
from lep_tracker.urls import handler400, handler403, handler404, handler500
from lep_tracker.urls import urlpatterns as real
from schools.calendar import AcademicYear
from schools.models import Role, School
from tests.conftest import member, signed_in
from tests.factories import UserFactory

NAME = "zebedee"


def taken(request: HttpRequest, who: str) -> HttpResponse:
    with transaction.atomic():
        UserFactory.create(email=f"{who}@school.test", name=who)
        UserFactory.create(email=f"{who}@school.test", name=who)
    return HttpResponse()


def quoting(request: HttpRequest, who: str) -> HttpResponse:
    try:
        int(who)
    except ValueError as error:
        raise RuntimeError(f"Could not take {request.POST}") from error


urlpatterns = [*real, path("taken/<str:who>/", taken), path("quoting/<str:who>/", quoting)]
__all__ = ["handler400", "handler403", "handler404", "handler500"]


def formatter() -> PlainFormatter:
    wanted = settings.LOGGING["formatters"]["line"]
    return PlainFormatter(wanted["format"], style=wanted["style"])


@pytest.fixture(params=["line", "json"])
def log(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What the log would hold, of everything that is heard."""
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    handler.setFormatter(formatter() if request.param == "line" else JsonFormatter())
    access = logging.getLogger("lep_tracker.access")
    level = access.level
    access.setLevel(logging.INFO)
    logging.root.addHandler(handler)
    yield heard
    logging.root.removeHandler(handler)
    access.setLevel(level)


def told_of(error: BaseException) -> str:
    record = logging.LogRecord(
        "django", logging.ERROR, "", 0, "Failed", None, (type(error), error, error.__traceback__)
    )
    return formatter().format(record)


@pytest.mark.django_db
def test_a_failed_write_is_logged_without_what_the_database_quotes() -> None:
    """Of walled tables PostgreSQL itself quotes nothing; of accounts it does."""
    email = UserFactory.create().email
    with pytest.raises(IntegrityError) as failed, transaction.atomic():
        UserFactory.create(email=email)
    assert email in str(failed.value)
    line = told_of(failed.value)
    assert "duplicate key value" in line
    assert "django.db.utils.IntegrityError: 23505" in line
    assert "test_logs.py" in line
    assert email not in line
    with pytest.raises(DataError) as failed, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT %s::int", [NAME])
    assert NAME in str(failed.value)
    assert "DataError: 22P02" in told_of(failed.value)
    assert NAME not in told_of(failed.value)


@pytest.mark.urls("tests.lep_tracker.test_logs")
def test_no_name_reaches_the_log_from_address_query_form_or_exception(
    school: School, year: AcademicYear, log: io.StringIO
) -> None:
    client = signed_in(member(school, Role.HEAD))
    client.raise_request_exception = False
    sent = [
        client.post(f"/taken/{NAME}/?q={NAME}", {"name": NAME}),
        client.post(f"/quoting/{NAME}/?q={NAME}", {"name": NAME}),
        client.get(f"/{NAME}/?q={NAME}"),
        client.get(reverse("roll", args=[school.urn, year]), {"q": NAME}),
        client.post(reverse("roll", args=[school.urn, year]), {"name": NAME}),
        Client().post("/account/sign-in/", {"login": f"{NAME}@school.test", "password": NAME}),
        Client(enforce_csrf_checks=True).post(f"/quoting/{NAME}/", {"name": NAME}),
    ]
    assert [response.status_code for response in sent] == [500, 500, 404, 200, 200, 200, 403]
    text = log.getvalue()
    assert "taken/<str:who>/" in text
    assert "RuntimeError" in text
    assert "ValueError" in text
    for secret in (NAME, school.urn, "127.0.0.1"):
        assert secret.lower() not in text.lower(), secret


def heard_as_json(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


@pytest.mark.parametrize("log", ["json"], indirect=True)
def test_each_request_is_an_object_of_known_words(
    school: School, year: AcademicYear, log: io.StringIO
) -> None:
    client = signed_in(member(school, Role.HEAD))
    response = client.get(reverse("roll", args=[school.urn, year]), {"group": "girls"})
    (line,) = heard_as_json(log)
    when = dt.datetime.fromisoformat(line.pop("time"))
    assert when.utcoffset() == dt.timedelta(0)
    assert abs(when - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)
    assert line.pop("ms") > 0
    assert line == {
        "level": "INFO",
        "logger": "lep_tracker.access",
        "message": "request",
        "request_id": response.headers["X-Request-ID"],
        "route": "schools/<urn:urn>/<year:year>/pupils/",
        "method": "GET",
        "status": 200,
        "bytes": len(response.content),
    }


@pytest.mark.urls("tests.lep_tracker.test_logs")
@pytest.mark.parametrize("log", ["json"], indirect=True)
def test_a_failure_is_one_line_with_its_places(db: None, log: io.StringIO) -> None:
    client = signed_in(UserFactory.create())
    client.raise_request_exception = False
    response = client.get(f"/quoting/{NAME}/")
    failure, access = heard_as_json(log)
    assert (failure["level"], failure["status"]) == ("ERROR", 500)
    assert failure["message"] == "Internal Server Error: quoting/<str:who>/"
    assert failure["request_id"] == access["request_id"] == response.headers["X-Request-ID"]
    assert failure["error"].endswith("\nbuiltins.RuntimeError")
    assert "in quoting\n" in failure["error"]


def test_a_line_names_its_request(caplog: pytest.LogCaptureFixture, db: None) -> None:
    response = Client().get("/nowhere/", headers={"HX-Request": "true"})
    assert response.status_code in {401, 404}
    record = next(each for each in caplog.records if each.name == "django.request")
    assert response.headers["X-Request-ID"] in formatter().format(record)
    plain = logging.LogRecord("django", logging.INFO, "", 0, "Started", None, None)
    assert " - django Started" in formatter().format(plain)


def test_a_refusal_is_one_line_and_a_stray_probe_none(db: None, capfd: pytest.CaptureFixture[str]) -> None:
    refused = PermissionError("no")
    record = logging.LogRecord(
        "django", logging.WARNING, "", 0, "Forbidden", None, (type(refused), refused, None)
    )
    assert formatter().format(record).endswith("django Forbidden")
    assert Client().get("/", headers={"Host": "evil.example"}).status_code == 400
    assert "evil" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("words", "arguments", "told"),
    [
        ("Error handling request %s", (f"/{NAME}/",), "Error handling"),
        (f"Invalid request from ip=192.0.2.1: /{NAME}/", (), "Invalid request"),
    ],
)
def test_what_gunicorn_says_of_a_request_names_nobody(words: str, arguments: Any, told: str) -> None:
    record = logging.LogRecord("gunicorn.error", logging.ERROR, "", 0, words, arguments, None)
    assert formatter().format(record).endswith(f"gunicorn.error {told}")
    assert json.loads(JsonFormatter().format(record))["message"] == told


def test_in_debugging_the_words_are_told(settings: Any) -> None:
    settings.DEBUG = True
    assert told_of(KeyError("column")).endswith("builtins.KeyError: 'column'")
