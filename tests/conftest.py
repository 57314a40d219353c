"""What all tests share: a database made by its owner and used as the server, and schools to try things on."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Generator, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest
from coverage import Coverage
from django.conf import settings
from django.db import connection
from django.test import Client, TransactionTestCase
from django.test.utils import setup_databases, teardown_databases
from django.utils import timezone

from assessment.services.shipped import load_shipped
from lep_tracker.database_roles import as_owner
from schools.calendar import AcademicYear
from schools.models import Role, School, User
from schools.row_security import visible_to
from schools.services import memberships, years
from tests.factories import SchoolFactory, UserFactory


def pytest_configure() -> None:
    # The server reads its static files by the names that collectstatic gave them; tests run without it.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.WHITENOISE_AUTOREFRESH = True
    settings.SITE_ADDRESS = "http://testserver"
    # Passwords of tests guard nothing: a quick hash.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


# Folders and files of a few long tests: begun last, one of them would keep a worker busy while the other has nothing left.
BEGIN_FIRST = (
    "tests/isolation/",
    "tests/lep_tracker/",
    "tests/reports/test_every_figure_opens.py",
    "tests/assessment/test_snapshots.py",
    "tests/browser/",
    "tests/reports/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order is drawn by chance within these."""

    def place(item: pytest.Item) -> int:
        begins = (at for at, path in enumerate(BEGIN_FIRST) if item.nodeid.startswith(path))
        return next(begins, len(BEGIN_FIRST))

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """What was imported stays to the end: looking through it for garbage again and again is an eighth of the tests' time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


class _Pauses:
    """How many pauses are on, and what takes coverage again after the last: one pause may begin in another and outlast it."""

    on = 0
    of: Coverage | None = None


@contextmanager
def coverage_paused() -> Iterator[None]:
    """Coverage is not taken meanwhile: it doubles the time of what it watches."""
    if not _Pauses.on:
        # Asked in a pause, it says that there is none.
        _Pauses.of = Coverage.current()
        if _Pauses.of:
            _Pauses.of.stop()
    _Pauses.on += 1
    try:
        yield
    finally:
        _Pauses.on -= 1
        if _Pauses.of and not _Pauses.on:
            _Pauses.of.start()


@pytest.fixture
def unmeasured() -> Iterator[None]:
    """Coverage is not taken in a test that walks over everything there is: what it passes through has tests of its own, which tell what of it is tried."""
    with coverage_paused():
        yield


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
    """Nor where a database is made and migrated."""
    with coverage_paused() if fixturedef.argname == "django_db_setup" else nullcontext():
        return (yield)


def end_other_sessions() -> None:
    """A thread of the live server ends with its browser, not with the server: its session would keep the database from being dropped."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )


# Which tables hold anything is told by their size: row security hides the rows also from their owner.
_EMPTY_WHAT_WAS_FILLED = """
DO $$
DECLARE filled text;
BEGIN
    SELECT string_agg(oid::regclass::text, ', ') INTO filled FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
        AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission');
    IF filled IS NOT NULL THEN
        EXECUTE 'TRUNCATE ' || filled || ' CASCADE';
    END IF;
END $$
"""


def empty_tables(_: TransactionTestCase | None = None) -> None:
    """Stands in for Django's flush after a test that commits: most of that went into tables that were empty already.

    What comes with the program is there again.
    """
    with as_owner():
        with connection.cursor() as cursor:
            cursor.execute(_EMPTY_WHAT_WAS_FILLED)
        load_shipped()


@pytest.fixture(scope="module")
def cleared_away(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """After a module that writes a whole school, or more: what it rolled back still fills the tables, and every test after it would read through that."""
    yield
    with django_db_blocker.unblock():
        empty_tables()


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_modify_db_settings: None,
    django_db_keepdb: bool,
    django_db_createdb: bool,
) -> Iterator[None]:
    """The owner makes the test database and migrates it; the tests run as the server's role. `--reuse-db` keeps it for the next time."""
    keeps = django_db_keepdb and not django_db_createdb
    with django_db_blocker.unblock(), as_owner():
        made = setup_databases(verbosity=0, interactive=False, keepdb=keeps)
        if keeps:
            empty_tables()
    TransactionTestCase._fixture_teardown = empty_tables
    yield
    with django_db_blocker.unblock():
        end_other_sessions()
        if not django_db_keepdb:
            with as_owner():
                teardown_databases(made, verbosity=0)


@pytest.fixture
def today() -> dt.date:
    return timezone.localdate()


@pytest.fixture
def year(today: dt.date) -> AcademicYear:
    """The running academic year, which views take when no other is asked for."""
    return AcademicYear.containing(today)


@pytest.fixture
def school(db: None, year: AcademicYear) -> School:
    """A school with the running year open."""
    school = SchoolFactory.create()
    with visible_to(school):
        years.open_year(school=school, academic_year=year, by=None)
    return school


@pytest.fixture
def other_school(db: None, year: AcademicYear) -> School:
    """Another school of the same partnership, likewise."""
    other = SchoolFactory.create()
    with visible_to(other):
        years.open_year(school=other, academic_year=year, by=None)
    return other


def member(school: School, *roles: Role) -> User:
    """A person who holds these roles at the school."""
    user = UserFactory.create()
    with visible_to(school):
        for role in roles:
            memberships.grant(school=school, user=user, role=role, by=None)
    return user


def signed_in(user: User) -> Client:
    """A browser in which the person has signed in."""
    client = Client()
    client.force_login(user)
    return client
