"""What happened can be added to and read by the serving role, and by nothing it may do be changed, hidden or taken away."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.apps import apps
from django.conf import settings
from django.db import ProgrammingError, connection, transaction

from lep_tracker.database_roles import as_owner
from schools.models import AccountRecord, AuditRecord, Happening
from schools.row_security import visible_to, walled_models
from tests.isolation.two_schools import WholeSchool

WALLED = {model._meta.db_table for model in walled_models()}
# Every history, of this program's tables outside the wall too, and the records that are no history.
TABLES = sorted(
    {model._meta.db_table for model in apps.get_models() if hasattr(model, "pgh_tracked_model")}
    | {AuditRecord._meta.db_table, AccountRecord._meta.db_table}
)
ATTEMPTS = {
    "UPDATE": "UPDATE {table} SET {column} = {column}",
    "UPDATE of a row": "UPDATE {table} SET {column} = {column} WHERE ctid = '(0,1)'",
    "DELETE": "DELETE FROM {table}",
    "TRUNCATE": "TRUNCATE {table}",
    "TRUNCATE CASCADE": "TRUNCATE {table} CASCADE",
    "DROP TABLE": "DROP TABLE {table}",
    "disabled triggers": "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "no row security": "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    "no forced row security": "ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
    "another owner": "ALTER TABLE {table} OWNER TO CURRENT_USER",
    "another column": "ALTER TABLE {table} ADD COLUMN mine int",
    "a rule": "CREATE RULE mine AS ON INSERT TO {table} DO INSTEAD NOTHING",
    "a trigger": "CREATE TRIGGER mine BEFORE INSERT ON {table} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "a lock that writers use": "LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE",
}
ONLY_BEHIND_THE_WALL = {
    "DROP POLICY": "DROP POLICY school_wall ON {table}",
    "another policy": "CREATE POLICY mine ON {table} USING (true)",
}


def refusal(sql: str) -> str:
    with pytest.raises(ProgrammingError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    return str(refused.value)


def column_of(table: str) -> str:
    return "pgh_label" if table.endswith("event") else "what"


@pytest.mark.parametrize("what", list(ATTEMPTS))
def test_the_serving_role_is_refused(subtests: pytest.Subtests, what: str, ours: WholeSchool) -> None:
    with visible_to(ours.school):
        for table in TABLES:
            with subtests.test(table):
                said = refusal(ATTEMPTS[what].format(table=table, column=column_of(table)))
                assert said.startswith(("permission denied", "must be owner")), said


@pytest.mark.parametrize("what", list(ONLY_BEHIND_THE_WALL))
def test_the_wall_around_them_stands(subtests: pytest.Subtests, what: str, ours: WholeSchool) -> None:
    for table in sorted(WALLED.intersection(TABLES)):
        with subtests.test(table), visible_to(ours.school):
            assert refusal(ONLY_BEHIND_THE_WALL[what].format(table=table)).startswith("must be owner")


def test_the_serving_role_grants_nobody_more(subtests: pytest.Subtests, ours: WholeSchool) -> None:
    role = settings.DATABASES["default"]["USER"]
    for table in TABLES:
        with subtests.test(table), connection.cursor() as cursor:
            for whom in (role, "PUBLIC"):
                # PostgreSQL answers a GRANT without the right to grant with an error or with a warning.
                with suppress(ProgrammingError), transaction.atomic():
                    cursor.execute(f"GRANT ALL ON {table} TO {whom}")
            cursor.execute(
                "SELECT has_table_privilege(%s, 'SELECT'), has_table_privilege(%s, 'INSERT'),"
                " has_table_privilege(%s, 'UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER, MAINTAIN')",
                [table] * 3,
            )
            assert cursor.fetchone() == (True, True, False)
            cursor.execute("SELECT has_any_column_privilege(%s, 'UPDATE')", [table])
            assert cursor.fetchone() == (False,)


def test_records_are_added_at_the_open_school_alone(ours: WholeSchool, theirs: WholeSchool) -> None:
    with visible_to(ours.school):
        AuditRecord.objects.create(school=ours.school, what=Happening.EXPORT, account=1)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            AuditRecord.objects.create(school=theirs.school, what=Happening.EXPORT, account=1)
        assert set(AuditRecord.objects.values_list("school", flat=True)) == {ours.school.pk}


@pytest.mark.django_db(transaction=True)
def test_the_owner_could_so_that_it_is_the_role_that_is_refused() -> None:
    """Else the attempts above might fail by a mistake of their own."""
    AccountRecord.objects.create(what=Happening.SIGNED_IN, account=1)
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        for what in ("UPDATE", "DELETE"):
            cursor.execute(ATTEMPTS[what].format(table="schools_accountrecord", column="what"))
            assert cursor.rowcount == 1
        transaction.set_rollback(True)
