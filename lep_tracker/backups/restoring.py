"""A backup taken into an empty database: all of it, counted before it is kept, or nothing.

PostgreSQL takes no COPY into a table with row security. A dump turns it on after the rows are in (and after the foreign keys were checked
against all of them), so that the owner can restore one. Everything happens in one transaction: emptying what `migrate` made, the dump, and the
comparison of every table and school with the manifest.
"""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copyfileobj
from subprocess import DEVNULL, PIPE
from threading import Thread
from typing import IO, cast

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from lep_tracker.backups.files import BackupError, Manifest, opened
from lep_tracker.backups.programs import address, problem_in, program, running
from lep_tracker.database_roles import as_owner, refuse_without_aggregate_role

_OURS = "relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = c.oid AND deptype = 'e')"

# The lock comes before the look: somebody may be filling a table meanwhile.
_EMPTY_AND_DROP = f"""
DO $$
DECLARE
    named text;
    is_filled boolean;
BEGIN
    FOR named IN SELECT unnest(ARRAY['schools_school', 'schools_partnership', 'schools_user']) LOOP
        IF to_regclass(named) IS NOT NULL THEN
            EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', named);
            EXECUTE format('SELECT EXISTS (SELECT FROM %I)', named) INTO is_filled;
            IF is_filled THEN
                RAISE EXCEPTION 'the database is not empty';
            END IF;
        END IF;
    END LOOP;
    FOR named IN SELECT c.oid::regclass::text FROM pg_class c WHERE relkind = 'r' AND {_OURS} LOOP
        EXECUTE 'DROP TABLE ' || named || ' CASCADE';
    END LOOP;
    FOR named IN SELECT c.oid::regprocedure::text FROM pg_proc c
            WHERE pronamespace = 'public'::regnamespace
            AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = c.oid AND deptype = 'e') LOOP
        EXECUTE 'DROP FUNCTION ' || named || ' CASCADE';
    END LOOP;
END $$;
"""  # noqa: S608  # a fixed part of its own

# The dump leaves the connection without a search path and with row security that raises.
_COMPARED = """
SET LOCAL search_path = public;
SET LOCAL row_security = on;
DO $$
DECLARE
    wanted jsonb := {manifest}::jsonb;
    named text;
    counted jsonb;
BEGIN
    PERFORM set_config('app.school_ids', coalesce(string_agg(id::text, ','), ''), true) FROM schools_school;
    FOR named IN SELECT jsonb_object_keys(wanted->'tables') LOOP
        EXECUTE format('SELECT to_jsonb(count(*)) FROM %I', named) INTO counted;
        IF counted IS DISTINCT FROM wanted->'tables'->named THEN
            RAISE EXCEPTION 'the table % has % rows and not %', named, counted, wanted->'tables'->named;
        END IF;
    END LOOP;
    FOR named IN SELECT jsonb_object_keys(wanted->'schools') LOOP
        EXECUTE format(
            'SELECT coalesce(jsonb_object_agg(school, n), ''{{}}'') FROM'
            ' (SELECT school_id::text AS school, count(*) AS n FROM %I GROUP BY school_id) AS by_school', named
        ) INTO counted;
        IF counted IS DISTINCT FROM wanted->'schools'->named THEN
            RAISE EXCEPTION 'the rows of the table % are not those of the same schools', named;
        END IF;
    END LOOP;
    SELECT coalesce(jsonb_agg(relname::text ORDER BY relname), '[]') INTO counted FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relrowsecurity AND relforcerowsecurity;
    IF counted IS DISTINCT FROM wanted->'walled' THEN
        RAISE EXCEPTION 'the school wall is not around the same tables';
    END IF;
    SELECT to_jsonb(count(*)) INTO counted FROM pg_policies WHERE schemaname = 'public';
    IF counted IS DISTINCT FROM wanted->'policies' THEN
        RAISE EXCEPTION 'there are % policies of row security and not %', counted, wanted->'policies';
    END IF;
END $$;
COMMIT;
"""


def restore(path: Path) -> Manifest:
    """Take the backup in and bring it up to date with this program; what was in it.

    Raises BackupError, and then the database is as it was: where it is not empty, where the file is not whole or was made by a later
    version, and where the rows that arrive are not those that were counted.
    """
    with opened(path) as (manifest, dump):
        _refuse_later_version(manifest)
        with as_owner():
            refuse_without_aggregate_role()
            refuse_filled()
            _take_in(manifest, dump)
        # Gives the roles their rights too.
        call_command("migrate", interactive=False, verbosity=0)
    return manifest


def refuse_filled() -> None:
    """BackupError where the database holds a school, a partnership or an account: the first look, before anything is read."""
    with connection.cursor() as cursor:
        for table in ("schools_school", "schools_partnership", "schools_user"):
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
            if cursor.fetchone() == (True,):
                cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")  # noqa: S608  # one of the names above
                if cursor.fetchone() == (True,):
                    raise BackupError(
                        "The database is not empty: a backup goes only into a database without schools, partnerships and accounts."
                        " Nothing was changed."
                    )


def _refuse_later_version(manifest: Manifest) -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations or {}}
    if later := sorted(set(manifest.migrations) - known):
        raise BackupError(
            f"The backup was made by a later version of the program ({manifest.program}; it has {later[-1]}):"
            " restore it with that version. Nothing was changed."
        )


def _take_in(manifest: Manifest, dump: IO[bytes]) -> None:
    where, environment = address()
    version: int = connection.pg_version  # type: ignore[attr-defined]  # PostgreSQL's connection has it
    # No connection of ours may hold what is to be dropped.
    connection.close()
    read = [
        program("pg_restore", server_version=version),
        "--file=-",
        "--no-owner",
        "--no-privileges",
        "--no-comments",
        "--exit-on-error",
    ]
    write = [
        program("psql", server_version=version),
        "--no-psqlrc",
        "--quiet",
        "--no-password",
        "--set=ON_ERROR_STOP=1",
        "--output=/dev/null",
        f"--dbname={where}",
    ]
    with (
        running(read, environment, stdin=PIPE, stdout=PIPE) as (reader, problems_read),
        running(write, environment, stdin=PIPE, stdout=DEVNULL) as (writer, problems_written),
    ):
        feeding = Thread(target=_feed, args=(dump, reader.stdin), daemon=True)
        feeding.start()
        into = cast("IO[bytes]", writer.stdin)
        try:
            into.write(f"BEGIN;\n{_EMPTY_AND_DROP}".encode())
            copyfileobj(cast("IO[bytes]", reader.stdout), into)
            if reader.wait():
                raise BackupError(
                    f"The dump could not be read: {problem_in(problems_read)}. Nothing was changed."
                )
            into.write(_COMPARED.format(manifest=_quoted(manifest)).encode())
            into.close()
        except BrokenPipeError:
            # It stopped at an error, and says which.
            writer.wait()
        if writer.wait():
            raise BackupError(
                f"The backup was not restored, and nothing was changed: {problem_in(problems_written)}"
            )
        feeding.join()


def _feed(dump: IO[bytes], into: IO[bytes]) -> None:
    try:
        copyfileobj(dump, into)
        into.close()
    except (BrokenPipeError, ValueError):
        # Whoever reads has ended, and says why.
        pass


def _quoted(manifest: Manifest) -> str:
    """The counts as a text of SQL."""
    facts = {
        "tables": manifest.tables,
        "schools": manifest.schools,
        "walled": manifest.walled,
        "policies": manifest.policies,
    }
    return "'" + json.dumps(facts).replace("'", "''") + "'"
