"""The roles: the owner changes the schema, the server serves. Each connection is checked to be no more.

The server's role reads and writes rows behind the wall. It makes no tables, and history it may only add to. Where several schools are
looked at it becomes a third role, which counts and reads no name (schools.row_security.counting_only).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from schools.counting import AGGREGATE_ROLE, COLUMNS_THAT_COUNT

# The first with uuidv7().
OLDEST_SERVER = 18


class DatabaseRefused(Exception):
    """The database's role is not the one it should be; the message is one plain sentence."""


@contextmanager
def as_owner() -> Iterator[None]:
    """Let this thread's connection be the owner's for the block: for `migrate`, `flush` and test databases."""
    if settings.DATABASE_OWNER is None:
        raise DatabaseRefused(
            "This needs the owner of the database: set DATABASE_OWNER_URL beside DATABASE_URL."
        )
    if connection.settings_dict["USER"] == settings.DATABASE_OWNER["USER"]:
        yield
        return
    served_as = connection.settings_dict
    connection.close()
    # A dictionary of this connection's own: other threads go on connecting as the server.
    connection.settings_dict = {**served_as, **settings.DATABASE_OWNER}
    try:
        yield
    finally:
        connection.close()
        # The name may have changed meanwhile: a test database was made.
        connection.settings_dict = {**served_as, "NAME": connection.settings_dict["NAME"]}


# Tables to read and to add to that no column tells from others.
ADDED_TO_ONLY = (
    "assessment_snapshot",
    "schools_auditrecord",
    "schools_accountrecord",
    "schools_secondstepremoval",
)
_NAMED = ", ".join(f"'{table}'" for table in ADDED_TO_ONLY)

# A role counts with all that it could become by SET ROLE.
_ROLE_FACTS = f"""
    WITH mine AS (SELECT * FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER')),
         ours AS (SELECT pg_class.oid, relowner, EXISTS (
                      SELECT FROM pg_attribute WHERE attrelid = pg_class.oid
                      AND attname IN ('pgh_created_at', 'frozen_in_id')
                  ) OR relname IN ({_NAMED}) AS is_history
                  FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace)
    SELECT current_user,
           EXISTS (SELECT FROM mine WHERE rolsuper),
           EXISTS (SELECT FROM mine WHERE rolbypassrls),
           EXISTS (SELECT FROM mine WHERE rolcreaterole),
           EXISTS (SELECT FROM ours JOIN mine ON mine.oid = relowner),
           EXISTS (SELECT FROM mine WHERE has_schema_privilege(oid, 'public', 'CREATE')),
           EXISTS (SELECT FROM ours, mine WHERE is_history
                   AND has_table_privilege(mine.oid, ours.oid, 'UPDATE, DELETE, TRUNCATE'))
"""  # noqa: S608


def refuse_strong_role(sender: Any, connection: BaseDatabaseWrapper, **_: Any) -> None:
    """On connecting: raise DatabaseRefused for a role that the school wall would not hold, or too old a server.

    A superuser and a role with BYPASSRLS see every school. The server's role must not own tables either, for an
    owner can take the wall down.
    """
    problem = role_problem(connection)
    if problem:
        # Else the next use of this connection would pass by the check.
        connection.close()
        raise DatabaseRefused(problem)


def role_problem(connection: BaseDatabaseWrapper) -> str | None:
    """Why the connection's role may not serve, in a sentence; None where it may."""
    with connection.cursor() as cursor:
        if cursor.connection.info.server_version < OLDEST_SERVER * 10_000:
            return f"The database is too old: PostgreSQL {OLDEST_SERVER} or later is needed."
        cursor.execute(_ROLE_FACTS)
        role, superuser, bypasses, creates_roles, *owners_rights = cursor.fetchone()
    is_owner = (settings.DATABASE_OWNER or {}).get("USER") == role != settings.DATABASES["default"]["USER"]
    owns, creates, rewrites = (False, False, False) if is_owner else owners_rights
    too_strong = {
        "it is a superuser": superuser,
        "it bypasses row security": bypasses,
        "it may create roles": creates_roles,
        "it owns tables": owns,
        "it may create tables": creates,
        "it may rewrite history": rewrites,
    }
    reasons = [reason for reason, holds in too_strong.items() if holds]
    if not reasons:
        return None
    return (
        f"The database role {role} is too strong to serve with: {' and '.join(reasons)}. "
        "See docs/operator.md, “Three roles”."
    )


def refuse_without_aggregate_role() -> None:
    """Before migrating: raise DatabaseRefused where the third role was never made, as on a server set up for an earlier version."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [AGGREGATE_ROLE])
        if cursor.rowcount:
            return
    raise DatabaseRefused(
        f"The database server has no role {AGGREGATE_ROLE}: let an administrator run lep_tracker/roles.sql again. "
        "See docs/operator.md, “Three roles”."
    )


@transaction.atomic
def grant_to_server(**_: Any) -> None:
    """After migrating: give the server's role its rights to every table, and no more; safe to repeat."""
    if connection.settings_dict["USER"] == settings.DATABASES["default"]["USER"]:
        return
    role = connection.ops.quote_name(settings.DATABASES["default"]["USER"])
    with connection.cursor() as cursor:
        cursor.execute(f"REVOKE ALL ON SCHEMA public FROM PUBLIC, {role}")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
        for table in _read_and_add_only(connection):
            cursor.execute(f"REVOKE UPDATE, DELETE ON {connection.ops.quote_name(table)} FROM {role}")
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}")
        for function in _may_be_called(connection):
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {role}")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {AGGREGATE_ROLE}")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {AGGREGATE_ROLE}")
        for table, columns in _there_to_count(connection).items():
            cursor.execute(f"GRANT SELECT ({', '.join(columns)}) ON {table} TO {AGGREGATE_ROLE}")
        # The trigger library lets whoever writes switch its triggers off by a setting: not here.
        cursor.execute(
            "CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME) RETURNS boolean"
            " LANGUAGE sql IMMUTABLE AS 'SELECT false'"
        )


def _there_to_count(connection: BaseDatabaseWrapper) -> dict[str, list[str]]:
    """Of COLUMNS_THAT_COUNT what is there: after a migration backwards, or of one app alone, not everything is.

    That after all migrations nothing is missing is a test's (tests/isolation/test_partnership_door.py).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        )
        there = set(cursor.fetchall())
    found = {
        table: [column for column in columns if (table, column) in there]
        for table, columns in COLUMNS_THAT_COUNT.items()
    }
    return {table: columns for table, columns in found.items() if columns}


# The owner's, by which a pupil is removed from history too (assessment/migrations/0009_characteristics.py).
REMOVING = ("anonymise_pupil(bigint, bigint)", "erase_pupil(bigint, bigint)", "sever_pupil(bigint, bigint)")


def _may_be_called(connection: BaseDatabaseWrapper) -> list[str]:
    """Of REMOVING what is there: after a migration backwards it is not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regprocedure('public.' || name) IS NOT NULL",
            [list(REMOVING)],
        )
        return [f"public.{name}" for (name,) in cursor.fetchall()]


def _read_and_add_only(connection: BaseDatabaseWrapper) -> list[str]:
    """The history tables, known by the column in which each event says when it happened, and what snapshots froze, by theirs; and those that are named."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT table_name FROM information_schema.columns WHERE table_schema = 'public'"  # noqa: S608
            f" AND (column_name IN ('pgh_created_at', 'frozen_in_id') OR table_name IN ({_NAMED}))"
        )
        return [table for (table,) in cursor.fetchall()]
