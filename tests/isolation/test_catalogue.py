"""What PostgreSQL's own catalogue says of the wall: every table behind it or on the list, every key composite."""

from __future__ import annotations

import pytest
from django.db import connection

from schools.counting import AGGREGATE_ROLE
from schools.row_security import TABLES_OUTSIDE_THE_WALL, walled_models

pytestmark = pytest.mark.django_db

WALLED_TABLES = {model._meta.db_table for model in walled_models()}


def query(sql: str, values: list[object] | None = None) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def test_every_table_is_behind_the_wall_or_on_the_reasoned_list() -> None:
    tables = query("""
        SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class
        WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
    """)
    assert {name for name, is_forced in tables if is_forced} == WALLED_TABLES
    assert {name for name, is_forced in tables if not is_forced} == set(TABLES_OUTSIDE_THE_WALL)
    assert all(TABLES_OUTSIDE_THE_WALL.values())


def test_every_table_with_a_school_is_behind_the_wall() -> None:
    tables = query("""
        SELECT table_name FROM information_schema.columns
        WHERE table_schema = 'public' AND column_name = 'school_id'
    """)
    # A job says which school to open, and so cannot stand behind its wall.
    assert {name for (name,) in tables} - {"schools_job"} == WALLED_TABLES


def test_every_wall_is_the_same_and_only_memberships_show_more() -> None:
    policies = query("""
        SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies WHERE schemaname = 'public'
    """)
    walls = [policy for policy in policies if policy[1] == "school_wall"]
    assert {table for table, *_ in walls} == WALLED_TABLES
    (wall,) = {policy[2:] for policy in walls}
    assert wall[0] == "ALL"
    assert wall[1] == wall[2]
    # As PostgreSQL writes them back; the whole of each, so that nothing is added to them.
    assert wall[1] == (
        "(school_id = ANY ((string_to_array(NULLIF(current_setting('app.school_ids'::text, true), ''::text),"
        " ','::text))::bigint[]))"
    )
    others = [policy for policy in policies if policy[1] != "school_wall"]
    own = "(user_id = (NULLIF(current_setting('app.user_id'::text, true), ''::text))::bigint)"
    assert others == [("schools_membership", "own_rows", "SELECT", own, None)]


def test_no_view_or_function_of_ours_looks_around_the_wall() -> None:
    assert query("SELECT viewname FROM pg_views WHERE schemaname = 'public'") == []
    assert query("SELECT matviewname FROM pg_matviews WHERE schemaname = 'public'") == []
    definers = query(
        "SELECT proname, proconfig, rolsuper OR rolbypassrls, has_function_privilege(%s, pg_proc.oid, 'EXECUTE')"
        " FROM pg_proc JOIN pg_roles ON pg_roles.oid = proowner"
        " WHERE pronamespace = 'public'::regnamespace AND prosecdef ORDER BY proname",
        [AGGREGATE_ROLE],
    )
    # What removes a pupil from history too runs as the owner, who stands behind the wall like everybody.
    path = ["search_path=public, pg_temp"]
    assert definers == [
        (name, path, False, False) for name in ("anonymise_pupil", "erase_pupil", "sever_pupil")
    ]


def test_every_foreign_key_between_walled_tables_takes_the_school_along() -> None:
    keys = query("""
        SELECT conname, conrelid::regclass::text, confrelid::regclass::text,
               EXISTS (SELECT FROM unnest(conkey, confkey) AS pair (here, there)
                       JOIN pg_attribute h ON h.attrelid = conrelid AND h.attnum = here AND h.attname = 'school_id'
                       JOIN pg_attribute t ON t.attrelid = confrelid AND t.attnum = there AND t.attname = 'school_id')
        FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace
    """)
    between = [key for key in keys if key[1] in WALLED_TABLES and key[2] in WALLED_TABLES]
    assert between
    assert [name for name, _, _, takes_school in between if not takes_school] == []


def test_every_reference_between_walled_models_is_kept_by_the_database() -> None:
    """A field with db_constraint=False has its SameSchoolKey: none was forgotten."""
    kept = {
        (table, column)
        for table, column in query("""
            SELECT conrelid::regclass::text, attname FROM pg_constraint
            JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey) WHERE contype = 'f'
        """)
    }
    for model in walled_models():
        if hasattr(model, "pgh_tracked_model"):
            continue
        for field in model._meta.concrete_fields:
            if field.is_relation:
                assert (model._meta.db_table, field.column) in kept, field


def test_every_unique_rule_of_a_walled_table_is_within_a_school() -> None:
    """One across schools would tell that a row exists elsewhere."""
    indexes = query("""
        SELECT indrelid::regclass::text, indexrelid::regclass::text,
               EXISTS (SELECT FROM pg_attribute WHERE attrelid = indrelid AND attnum = ANY (indkey) AND attname = 'school_id')
        FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
        WHERE (indisunique OR indisexclusion) AND NOT indisprimary AND relnamespace = 'public'::regnamespace
    """)
    # Its two columns are rows of one school: the composite keys say so.
    within = {"classteacher_once"}
    loose = {name for table, name, has_school in indexes if table in WALLED_TABLES and not has_school}
    assert loose <= within
