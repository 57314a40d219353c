"""What whatever watches the site is told: that the process lives, and whether it can do its work."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from lep_tracker import readiness
from lep_tracker.database_roles import as_owner
from lep_tracker.embedded_postgres import EmbeddedPostgres
from schools.calendar import AcademicYear
from schools.job_kinds import SILENCE
from schools.models import Job, JobState, School
from tests.factories import UserFactory
from tests.lep_tracker.test_serving import port, serving
from tests.processes import wait_until

__all__ = ["port"]
READY = {"ready": True, "database": "ok", "migrations": "ok", "worker": "ok"}


def asked() -> tuple[int, dict[str, Any]]:
    response = Client().get("/health/ready/")
    assert response.headers["Cache-Control"] == "no-store"
    return response.status_code, response.json()


def test_living_touches_no_database() -> None:
    """pytest-django refuses the database here."""
    response = Client().get("/health/live/")
    assert (response.status_code, response.json()) == (200, {"live": True})


def test_a_site_with_all_it_needs_is_ready(db: None) -> None:
    assert asked() == (200, READY)


def test_no_redirect_to_https_stands_between(db: None, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    statuses = {
        each: Client().get(f"/health/{each}").status_code for each in ("", "live/", "ready/", "more/")
    }
    assert statuses == {"": 200, "live/": 200, "ready/": 200, "more/": 301}


def job(school: School, year: AcademicYear, *, asked_ago: dt.timedelta, **more: Any) -> Job:
    return Job.objects.create(
        school=school,
        academic_year=year,
        kind="governors-pack",
        asked_by=UserFactory.create(),
        asked_at=timezone.now() - asked_ago,
        **more,
    )


def test_a_worker_is_missed_when_something_waits_and_nobody_is_at_work(
    school: School, year: AcademicYear
) -> None:
    job(school, year, asked_ago=SILENCE / 2)
    assert asked() == (200, READY)
    job(school, year, asked_ago=SILENCE * 2)
    assert asked() == (503, {**READY, "ready": False, "worker": "missing"})
    at_work = job(
        school,
        year,
        asked_ago=SILENCE * 3,
        state=JobState.RUNNING,
        heartbeat_at=timezone.now() - SILENCE / 2,
    )
    assert asked() == (200, READY)
    at_work.heartbeat_at = timezone.now() - SILENCE * 2
    at_work.save()
    assert asked()[1]["worker"] == "missing"
    at_work.state, at_work.finished_at = JobState.DONE, timezone.now()
    at_work.save()
    assert asked() == (200, READY)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("DELETE FROM django_migrations WHERE app = 'schools' AND name LIKE '0002%'", "behind"),
        (
            "INSERT INTO django_migrations (app, name, applied) VALUES ('schools', '9999_later', now())",
            "ahead",
        ),
    ],
)
def test_a_database_of_another_version_is_not_ready(sql: str, word: str) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS TABLE django_migrations")
        cursor.execute(sql)
    try:
        assert asked() == (
            503,
            {**READY, "ready": False, "migrations": word, "worker": "unknown"},
        )
    finally:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations")
            cursor.execute("INSERT INTO django_migrations OVERRIDING SYSTEM VALUE TABLE kept")
            cursor.execute("DROP TABLE kept")
    assert asked() == (200, READY)


@pytest.mark.django_db(transaction=True)
def test_a_role_that_became_too_strong_is_not_ready() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (role,) = cursor.fetchone()
    table = connection.ops.quote_name("schools_pupilevent")
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"GRANT DELETE ON {table} TO {role}")
    try:
        refused = {"ready": False, "database": "refused", "migrations": "unknown", "worker": "unknown"}
        assert asked() == (503, refused)
        # The same to a connection that was there before.
        assert asked() == (503, refused)
    finally:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(f"REVOKE DELETE ON {table} FROM {role}")
    assert asked() == (200, READY)


def status_of(port: int, path: str) -> int:
    import http.client

    there = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        there.request("GET", path, headers={"Host": f"localhost:{port}"})
        return there.getresponse().status
    except OSError:
        return 0
    finally:
        there.close()


def test_a_site_whose_database_went_away_lives_and_is_not_ready(
    stopped_server: EmbeddedPostgres, port: int
) -> None:
    with serving(stopped_server, port):
        # Nobody has migrated it.
        assert status_of(port, "/health/live/") == 200
        assert status_of(port, "/health/ready/") == 503
        stopped_server.stop()
        wait_until(lambda: status_of(port, "/health/") == 503)
        assert status_of(port, "/health/live/") == 200
        assert status_of(port, "/health/ready/") == 503
        stopped_server.start()
        wait_until(lambda: status_of(port, "/health/") == 200)


def test_the_words_are_few(db: None) -> None:
    assert set(readiness.found()) == {"database", "migrations", "worker"}
