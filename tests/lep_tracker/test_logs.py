"""The log says which request failed and where, and quotes no row."""

from __future__ import annotations

import logging

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client

from lep_tracker.logs import PlainFormatter
from tests.factories import UserFactory


def formatter() -> PlainFormatter:
    wanted = settings.LOGGING["formatters"]["line"]
    return PlainFormatter(wanted["format"], style=wanted["style"])


@pytest.mark.django_db
def test_a_failed_write_is_logged_without_what_the_database_quotes() -> None:
    """Of walled tables PostgreSQL itself quotes nothing; of accounts it does."""
    email = UserFactory.create().email
    with pytest.raises(IntegrityError) as failed, transaction.atomic():
        UserFactory.create(email=email)
    assert email in str(failed.value)
    error = failed.value
    record = logging.LogRecord(
        "django", logging.ERROR, "", 0, "Failed", None, (type(error), error, error.__traceback__)
    )
    line = formatter().format(record)
    assert "duplicate key value" in line
    assert email not in line


def test_a_line_names_its_request(caplog: pytest.LogCaptureFixture, db: None) -> None:
    response = Client().get("/nowhere/", headers={"HX-Request": "true"})
    assert response.status_code in {401, 404}
    record = caplog.records[-1]
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
