"""Migrations open every school before they add a foreign key to a walled table or change its rows."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from schools.models.school_owned import SameSchoolKey
from schools.row_security import OpenEverySchool, walled_models

pytestmark = pytest.mark.usefixtures("unmeasured")
WALLED = {model._meta.db_table for model in walled_models()}
TABLE = r'(?:ONLY\s+)?(?:"?public"?\.)?"?(\w+)"?'
ADDS_KEY = re.compile(
    rf"ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?{TABLE}\s+ADD\b.*\b(?:FOREIGN\s+KEY|REFERENCES)\b",
    re.IGNORECASE | re.DOTALL,
)
WRITES = re.compile(rf"\b(?:UPDATE|DELETE\s+FROM|INSERT\s+INTO|MERGE\s+INTO)\s+{TABLE}", re.IGNORECASE)


def blind_statements(migration: Migration, state: ProjectState) -> list[str]:
    """Statements on walled tables that add a foreign key, or write, with no school open: those before every school is opened."""
    opens = [isinstance(each, OpenEverySchool) for each in migration.operations]
    migration = copy.copy(migration)
    migration.operations = migration.operations[: opens.index(True) + 1 if True in opens else None]
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        migration.apply(state.clone(), editor, collect_sql=True)
        deferred = [str(statement) for statement in editor.deferred_sql]
        editor.deferred_sql = []
        statements = [*editor.collected_sql, *deferred]
    opened = next(
        (i for i, sql in enumerate(statements) if "set_config('app.school_ids'" in sql), len(statements)
    )
    return [
        sql
        for sql in statements[:opened]
        if any(found[1] in WALLED for rule in (ADDS_KEY, WRITES) for found in rule.finditer(sql))
    ]


def flat(operations: list[Operation]) -> Iterator[Operation]:
    for operation in operations:
        if isinstance(operation, migrations.SeparateDatabaseAndState):
            yield from flat(list(operation.database_operations))
        else:
            yield operation


def runs_python_blindly(migration: Migration) -> bool:
    """RunPython cannot be read as SQL: it comes after OpenEverySchool, or says that it touches no walled table."""
    opened = False
    for operation in flat(migration.operations):
        opened = opened or isinstance(operation, OpenEverySchool)
        is_python = isinstance(operation, migrations.RunPython)
        if is_python and not opened and not getattr(operation.code, "touches_no_school", False):
            return True
    return False


def opens_in_vain(migration: Migration) -> bool:
    """What OpenEverySchool opens lasts as long as the transaction: without one, no longer than itself."""
    return not migration.atomic and any(
        isinstance(operation, OpenEverySchool) for operation in flat(migration.operations)
    )


@pytest.mark.django_db
def test_our_migrations_open_every_school_first() -> None:
    loader = MigrationLoader(connection)
    plan = dict.fromkeys(
        key for leaf in loader.graph.leaf_nodes() for key in loader.graph.forwards_plan(leaf)
    )
    # One state that goes on: made anew for each migration it would be most of this test's time.
    state = ProjectState(real_apps=loader.unmigrated_apps)
    ours = 0
    for key in plan:
        migration = loader.get_migration(*key)
        if key[0] in {"schools", "assessment", "reports"}:
            ours += 1
            assert blind_statements(migration, state) == [], key
            assert not runs_python_blindly(migration), key
            assert not opens_in_vain(migration), key
        state = migration.mutate_state(state, preserve=False)
    assert ours > 30


def careless(*operations: Operation) -> Migration:
    migration = Migration("careless", "schools")
    migration.operations = list(operations)
    return migration


KEY = migrations.AddConstraint(
    "enrolment",
    SameSchoolKey(name="again", fields=("pupil", "school"), to="schools.Pupil", to_fields=("id", "school")),
)
FIELD = migrations.AddField(
    "enrolment", "partnership", models.ForeignKey("schools.Partnership", models.PROTECT, null=True)
)
ROWS = [
    migrations.RunSQL(sql)
    for sql in (
        "UPDATE schools_pupil SET forename = surname",
        "UPDATE ONLY public.schools_pupil SET forename = surname",
        'DELETE FROM "public"."schools_pupil"',
        "INSERT INTO\n  schools_pupil SELECT * FROM schools_pupil",
    )
]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "operation", [KEY, FIELD, *ROWS], ids=["key", "field", "update", "only", "delete", "insert"]
)
def test_the_lint_refuses_what_runs_with_no_school_open(operation: Operation) -> None:
    now = MigrationLoader(connection).project_state()
    assert blind_statements(careless(operation), now) != []
    assert blind_statements(careless(operation, OpenEverySchool()), now) != []
    assert blind_statements(careless(OpenEverySchool(), operation), now) == []


def harmless(*_: object) -> None:
    """Python that says that it touches no walled table."""


harmless.touches_no_school = True  # type: ignore[attr-defined]


def test_the_lint_refuses_python_with_no_school_open() -> None:
    python = migrations.RunPython(migrations.RunPython.noop)
    assert runs_python_blindly(careless(python))
    assert not runs_python_blindly(careless(OpenEverySchool(), python))
    assert not runs_python_blindly(careless(migrations.RunPython(harmless)))
    assert runs_python_blindly(careless(migrations.RunPython(harmless), python))
    assert runs_python_blindly(careless(migrations.SeparateDatabaseAndState(database_operations=[python])))


def test_the_lint_refuses_to_open_schools_without_a_transaction() -> None:
    migration = careless(OpenEverySchool())
    assert not opens_in_vain(migration)
    migration.atomic = False
    assert opens_in_vain(migration)
