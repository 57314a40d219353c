"""A backup of everything, as the database's owner and without a superuser.

The wall holds for the owner too: `pg_dump` as the owner gets, without an error, no row of a school that is not open. So all schools are
opened for its connection, and what it has to find is counted in the very snapshot that it dumps.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import IO, cast

from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from lep_tracker.backups.files import BackupError, Manifest, Writer, written_whole
from lep_tracker.backups.programs import (
    LONGEST_LIST_OF_SCHOOLS,
    address,
    problem_in,
    program,
    running,
)
from lep_tracker.data_directory import CHECKOUT
from lep_tracker.database_roles import as_owner

EMPTY_IN_A_BACKUP = ("django_session", "schools_session", "lep_tracker_cache")
"""Who is signed in, and counts of attempts: restoring them would sign people in who have signed out."""


def make(path: Path) -> Manifest:
    """Write a backup of the database to the file, which must not be there yet; what is in it.

    Raises BackupError; then no file is there. DatabaseRefused where the owner is not known.
    """
    with written_whole(path) as file, as_owner(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot(), to_regclass('schools_school') IS NOT NULL")
            snapshot, is_there = cursor.fetchone()
        if not is_there:
            raise BackupError("The database is empty: there is nothing to back up.")
        schools = open_every_school()
        manifest = _counted()
        writer = Writer(file)
        _dump(writer, snapshot=snapshot, schools=schools)
        writer.finish(manifest)
    return manifest


def open_every_school() -> str:
    """Open all schools until the transaction ends; which these are, as PostgreSQL is told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(string_agg(id::text, ',' ORDER BY id), '') FROM schools_school")
        (schools,) = cursor.fetchone()
        if len(schools) > LONGEST_LIST_OF_SCHOOLS:
            raise BackupError(
                "There are more schools than one connection can be told of: use pg_dump as a superuser."
            )
        cursor.execute("SELECT set_config('app.school_ids', %s, true)", [schools])
    return str(schools)


def _counted() -> Manifest:
    schools = rows_by_school()
    tables = {
        table: sum(schools[table].values()) if table in schools else _rows(table) for table in all_tables()
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_policies WHERE schemaname = 'public'")
        (policies,) = cursor.fetchone()
    applied = MigrationRecorder(connection).applied_migrations()
    return Manifest(
        made_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        program=_program_version(),
        server=str(connection.pg_version),  # type: ignore[attr-defined]  # PostgreSQL's connection has it
        migrations=sorted(f"{app}.{name}" for app, name in applied),
        tables=tables,
        schools=schools,
        walled=walled_tables(),
        policies=policies,
    )


def _program_version() -> str:
    with (CHECKOUT / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def all_tables() -> list[str]:
    """Every table of the site that a backup holds rows of."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " AND relname <> ALL (%s) ORDER BY relname",
            [list(EMPTY_IN_A_BACKUP)],
        )
        return [table for (table,) in cursor.fetchall()]


def walled_tables() -> list[str]:
    """The tables whose row security is on and holds for their owner too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " AND relrowsecurity AND relforcerowsecurity ORDER BY relname"
        )
        return [table for (table,) in cursor.fetchall()]


def rows_by_school() -> dict[str, dict[str, int]]:
    """Rows of each walled table by school; needs all schools open."""
    found = {}
    with connection.cursor() as cursor:
        for table in walled_tables():
            cursor.execute(
                f"SELECT school_id::text, count(*) FROM {table} GROUP BY school_id ORDER BY school_id"  # noqa: S608  # a name out of the catalogue
            )
            found[table] = dict(cursor.fetchall())
    return found


def _rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608  # a name out of the catalogue
        return int(cursor.fetchone()[0])


def _dump(writer: Writer, *, snapshot: str, schools: str) -> None:
    where, environment = address(schools=schools)
    arguments = [
        program("pg_dump", server_version=connection.pg_version),  # type: ignore[attr-defined]
        f"--dbname={where}",
        "--no-password",
        "--format=custom",
        "--enable-row-security",
        f"--snapshot={snapshot}",
        "--no-owner",
        "--no-privileges",
        "--no-comments",
        "--lock-wait-timeout=60s",
        *(f"--exclude-table-data=public.{table}" for table in EMPTY_IN_A_BACKUP),
    ]
    with running(arguments, environment, stdin=DEVNULL, stdout=PIPE) as (process, errors):
        length = writer.take_dump(cast("IO[bytes]", process.stdout))
        if process.wait() or not length:
            raise BackupError(f"pg_dump failed: {problem_in(errors)}")
