"""The server's role: no schema changes, no rewriting of history, and nothing stronger ever serves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction

from assessment.models import FrozenRow
from lep_tracker.database_roles import (
    DatabaseRefused,
    as_owner,
    grant_to_server,
    refuse_strong_role,
    role_problem,
)
from schools.counting import AGGREGATE_ROLE, COLUMNS_THAT_COUNT
from schools.row_security import visible_to, walled_models
from tests.isolation.two_schools import WholeSchool

HISTORIES = [model._meta.db_table for model in walled_models() if hasattr(model, "pgh_tracked_model")]


def attempt(sql: str) -> str:
    with pytest.raises(ProgrammingError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    return str(refused.value)


@pytest.mark.django_db
def test_tests_and_server_run_as_the_servers_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (settings.DATABASES["default"]["USER"], False, False)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE {} SET pgh_label = 'forged'",
        "DELETE FROM {}",
        "TRUNCATE {}",
        "DROP TABLE {}",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
    ],
)
def test_history_cannot_be_changed_or_deleted(subtests: pytest.Subtests, sql: str, ours: WholeSchool) -> None:
    for table in HISTORIES:
        with subtests.test(table), visible_to(ours.school):
            refusal = attempt(sql.format(table))
            assert refusal.startswith(("permission denied", "must be owner"))


def test_the_server_cannot_grant_itself_more(subtests: pytest.Subtests, ours: WholeSchool) -> None:
    role = settings.DATABASES["default"]["USER"]
    for table in HISTORIES:
        with subtests.test(table), visible_to(ours.school), connection.cursor() as cursor:
            # PostgreSQL answers a GRANT without the right to grant with an error or with a warning.
            with suppress(ProgrammingError), transaction.atomic():
                cursor.execute(f"GRANT ALL ON {table} TO {role}")
            cursor.execute(
                "SELECT has_table_privilege(%s, 'UPDATE') OR has_table_privilege(%s, 'DELETE')", [table] * 2
            )
            assert cursor.fetchone() == (False,)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE mine (id int)",
        "ALTER TABLE schools_pupil DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE schools_pupil NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY school_wall ON schools_pupil",
        "TRUNCATE schools_pupil",
        "UPDATE django_migrations SET name = name",
        "SET ROLE lep_owner",
        "SET SESSION AUTHORIZATION lep_owner",
        "CREATE ROLE mine SUPERUSER",
        "ALTER ROLE CURRENT_USER BYPASSRLS",
    ],
)
def test_the_server_cannot_take_the_wall_down(sql: str) -> None:
    assert attempt(sql).startswith(("permission denied", "must be owner"))


def test_the_owner_is_behind_the_wall_too(ours: WholeSchool, transactional_db: None) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)
        cursor.execute("SELECT count(*) FROM schools_pupil")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db(transaction=True)
def test_a_connection_as_the_owner_does_not_serve(settings: object) -> None:
    """The check on connecting: with the owner's name as the server's, the role is too strong."""
    from django.conf import settings as current

    served_as = current.DATABASES["default"]["USER"]
    with as_owner():
        connection.ensure_connection()
        current.DATABASES["default"]["USER"] = connection.settings_dict["USER"]
        try:
            with pytest.raises(
                DatabaseRefused, match="it owns tables and it may create tables and it may rewrite history"
            ):
                refuse_strong_role(None, connection)
        finally:
            current.DATABASES["default"]["USER"] = served_as


@pytest.mark.django_db(transaction=True)
def test_without_an_owner_commands_that_need_one_say_so(settings: object) -> None:
    settings.DATABASE_OWNER = None  # type: ignore[attr-defined]
    with pytest.raises(DatabaseRefused, match="set DATABASE_OWNER_URL"), as_owner():
        pass


@pytest.mark.django_db(transaction=True)
def test_a_refused_connection_stays_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lep_tracker.database_roles.OLDEST_SERVER", 99)
    connection.close()
    for _ in range(2):
        with pytest.raises(DatabaseRefused, match="PostgreSQL 99 or later"):
            connection.ensure_connection()


@pytest.mark.django_db(transaction=True)
def test_rights_are_given_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration that is killed while it gives rights leaves no moment at which history could be rewritten."""

    def killed(*_: object) -> list[str]:
        raise KeyboardInterrupt

    with as_owner():
        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr("lep_tracker.database_roles._read_and_add_only", killed)
            grant_to_server()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT has_table_privilege(%s, 'schools_pupilevent', 'UPDATE, DELETE, TRUNCATE')",
                [settings.DATABASES["default"]["USER"]],
            )
            assert cursor.fetchone() == (False,)


@pytest.fixture
def administrator(transactional_db: None) -> Iterator[psycopg.Connection]:
    """The embedded server's superuser, in the test database."""
    at = connection.settings_dict
    with psycopg.connect(
        host=at["HOST"], port=at["PORT"], dbname=at["NAME"], user="postgres", autocommit=True
    ) as found:
        yield found


@pytest.mark.skipif(not settings.IS_DATABASE_EMBEDDED, reason="needs the superuser of the server")
def test_a_role_that_could_become_a_stronger_one_does_not_serve(
    administrator: psycopg.Connection, worker_id: str
) -> None:
    """With roles of the test's own: roles belong to the whole server, which other tests use meanwhile."""
    serving, strong = f"serving_{worker_id}", f"strong_{worker_id}"
    grant = f"GRANT {strong} TO {serving} WITH INHERIT FALSE, SET TRUE"
    steps = [
        (f"CREATE ROLE {serving}; CREATE ROLE {strong}", None),
        (f"{grant}; ALTER ROLE {strong} BYPASSRLS", "it bypasses row security"),
        (f"ALTER ROLE {strong} NOBYPASSRLS CREATEROLE", "it may create roles"),
        (
            f"ALTER ROLE {strong} NOCREATEROLE; GRANT CREATE ON SCHEMA public TO {strong}",
            "it may create tables",
        ),
        (
            f"REVOKE CREATE ON SCHEMA public FROM {strong}; GRANT DELETE ON schools_pupilevent TO {strong}",
            "it may rewrite history",
        ),
        (f"REVOKE ALL ON schools_pupilevent FROM {strong}", None),
        (
            f"GRANT lep_owner TO {serving}",
            "it owns tables and it may create tables and it may rewrite history",
        ),
    ]
    try:
        for sql, reason in steps:
            administrator.execute(sql)
            administrator.execute(f"SET SESSION AUTHORIZATION {serving}")
            problem = role_problem(administrator)  # type: ignore[arg-type]  # asked in the same words
            administrator.execute("RESET SESSION AUTHORIZATION")
            assert problem == (
                reason
                and f"The database role {serving} is too strong to serve with: {reason}. "
                "See docs/operator.md, “Three roles”."
            )
    finally:
        administrator.execute("RESET SESSION AUTHORIZATION")
        for role in (serving, strong):
            administrator.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


@pytest.mark.django_db(transaction=True)
def test_tables_that_go_and_come_back_by_migrations_have_their_rights() -> None:
    """A rollback, and the migration of one app alone, end with the rights that there can be: nothing after them is left out."""
    readable = {(table, column) for table, columns in COLUMNS_THAT_COUNT.items() for column in columns}
    rows = (model._meta.db_table for model in apps.get_models() if issubclass(model, FrozenRow))
    frozen = ["assessment_snapshot", "assessment_snapshotevent", *rows]
    whole = {(table, True, False) for table in frozen}
    assert _may_add_and_rewrite(*frozen) == whole
    try:
        # As few as have both in them: each migration costs seconds.
        call_command("migrate", "assessment", "0009", verbosity=0)
        # What is left was granted anew.
        assert _may_add_and_rewrite(*frozen) == whole - {("assessment_snapshotownexpectation", True, False)}
        assert _may_add_and_rewrite("assessment_judgement", "assessment_judgementevent") == {
            ("assessment_judgement", True, True),
            ("assessment_judgementevent", True, False),
        }
        call_command("migrate", "schools", "0019", verbosity=0)
        still = _readable_by(AGGREGATE_ROLE)
        assert ("schools_partnership", "allows_own_steps") in readable - still
        assert not any(table == "assessment_ownexpectation" for table, _ in still)
        assert ("assessment_judgement", "points") in still
        assert _may_not_rewrite("schools_pupilevent")
    finally:
        call_command("migrate", verbosity=0)
    assert _readable_by(AGGREGATE_ROLE) == readable
    assert _may_add_and_rewrite(*frozen) == whole


def _may_add_and_rewrite(*tables: str) -> set[tuple[str, bool, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, has_table_privilege(%(role)s, oid, 'INSERT'),"
            " has_table_privilege(%(role)s, oid, 'UPDATE, DELETE, TRUNCATE')"
            " FROM pg_class WHERE relkind = 'r' AND relname = ANY (%(tables)s)",
            {"role": settings.DATABASES["default"]["USER"], "tables": list(tables)},
        )
        return set(cursor.fetchall())


def _readable_by(role: str) -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"
            " AND has_column_privilege(%s, c.oid, a.attnum, 'SELECT')",
            [role],
        )
        return set(cursor.fetchall())


def _may_not_rewrite(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT NOT has_table_privilege(%s, 'UPDATE, DELETE, TRUNCATE')", [table])
        (found,) = cursor.fetchone()
        return bool(found)
