"""The two roles: the owner changes the schema, the server serves. Each connection is checked to be no more.

The server's role reads and writes rows behind the wall. It makes no tables, and history it may only add to.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

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


_ROLE_FACTS = """
    SELECT current_user, rolsuper, rolbypassrls, rolcreaterole,
           EXISTS (SELECT FROM pg_class
                   JOIN pg_namespace ON pg_namespace.oid = relnamespace AND nspname = 'public'
                   WHERE pg_has_role(relowner, 'MEMBER')),
           has_schema_privilege('public', 'CREATE')
    FROM pg_roles WHERE rolname = current_user
"""


def refuse_strong_role(sender: Any, connection: BaseDatabaseWrapper, **_: Any) -> None:
    """On connecting: raise DatabaseRefused for a role that the school wall would not hold, or too old a server.

    A superuser and a role with BYPASSRLS see every school. The server's role must not own tables either, for an
    owner can take the wall down.
    """
    with connection.cursor() as cursor:
        if cursor.connection.info.server_version < OLDEST_SERVER * 10_000:
            raise DatabaseRefused(f"The database is too old: PostgreSQL {OLDEST_SERVER} or later is needed.")
        cursor.execute(_ROLE_FACTS)
        role, is_superuser, bypasses, creates_roles, owns_tables, creates_tables = cursor.fetchone()
    is_owner = (settings.DATABASE_OWNER or {}).get("USER") == role != settings.DATABASES["default"]["USER"]
    too_strong = {
        "it is a superuser": is_superuser,
        "it bypasses row security": bypasses,
        "it may create roles": creates_roles,
        "it owns tables": owns_tables and not is_owner,
        "it may create tables": creates_tables and not is_owner,
    }
    reasons = [reason for reason, holds in too_strong.items() if holds]
    if reasons:
        connection.close()
        raise DatabaseRefused(
            f"The database role {role} is too strong to serve with: {' and '.join(reasons)}. "
            "See docs/operator.md, “Two roles”."
        )


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


def _read_and_add_only(connection: BaseDatabaseWrapper) -> list[str]:
    """The history tables, known by the column in which each event says when it happened."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND column_name = 'pgh_created_at'"
        )
        return [table for (table,) in cursor.fetchall()]
