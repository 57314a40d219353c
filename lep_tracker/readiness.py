"""Whether the site can do its work now: for whatever watches it. One word each, and nothing that helps somebody to break in."""

from __future__ import annotations

from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from lep_tracker.database_roles import DatabaseRefused, role_problem
from schools.services.jobs import is_worker_missed

OK = "ok"
_UNKNOWN = "unknown"


def found() -> dict[str, str]:
    """The database, its migrations and the worker, each `ok` or what is wrong; what cannot be asked is `unknown`."""
    words = {"database": _UNKNOWN, "migrations": _UNKNOWN, "worker": _UNKNOWN}
    try:
        _reach_database()
        words["database"] = OK
        words["migrations"] = _migrations()
        if words["migrations"] == OK:
            words["worker"] = "missing" if is_worker_missed(now=timezone.now()) else OK
    except DatabaseRefused:
        words["database"] = "refused"
    except DatabaseError:
        words["database"] = "away"
        # Else the next who asks is given the same dead connection.
        connection.close()
    return words


def _reach_database() -> None:
    """With a role that the school wall holds: its rights may have changed since it connected."""
    connection.ensure_connection()
    if problem := role_problem(connection):
        raise DatabaseRefused(problem)


def _migrations() -> str:
    applied = set(MigrationRecorder(connection).applied_migrations())
    if _known() - applied:
        return "behind"
    # A later version's database: this program would misread it.
    return "ahead" if {each for each in applied - _known() if each[0] in _apps()} else OK


@cache
def _known() -> frozenset[tuple[str, str]]:
    """What this program brings, read from its files once."""
    return frozenset(MigrationLoader(None).disk_migrations or {})


@cache
def _apps() -> frozenset[str]:
    return frozenset(app for app, _ in _known())
