"""The wall in the database: rows of a school are there only while that school is open.

Every school-owned table, history included, has forced row security keyed on a setting that lasts as long as the
transaction. Nothing open, nothing there: forgetting shows nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import RunSQL
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from schools.counting import AGGREGATE_ROLE
from schools.models import School, SchoolOwned, User

# The measured forms: an inline comparison costs nothing, a wrapped or correlated one up to 300 times as much.
OPEN_SCHOOLS = (
    "school_id = ANY (string_to_array(nullif(current_setting('app.school_ids', true), ''), ',')::bigint[])"
)
OWN_ROWS = "user_id = nullif(current_setting('app.user_id', true), '')::bigint"

TABLES_OUTSIDE_THE_WALL = {
    "schools_partnership": "a partnership has no one school",
    "schools_partnershipevent": "its history: who changed how it is set up",
    "schools_school": "the door must find the school before it can open it",
    "schools_schoolevent": "its history: who changed a school's name, numbers or year groups",
    "schools_job": "the worker must find a job before it knows which school to open; holds ids, a state and times",
    "schools_transferoffer": "the receiving school must find an offer while the offering one is closed; holds ids, days, counts and a state",
    "schools_accountrecord": "a person signs in before any school is known; holds an account's number, what and when",
    "schools_user": "a person signs in before any school is known, and may belong to several",
    "schools_session": "sign-in: sessions, which hold an account's id and no pupil",
    "schools_secondstepremoval": "sign-in: belongs to a person, not to a school",
    "schools_partnershipmembership": "belongs to a partnership, not to a school; names no pupil",
    "schools_partnershipmembershipevent": "its history",
    "assessment_subject": "what is judged: the same list for every school",
    "assessment_expectationversion": "belongs to a partnership, or to all; names no pupil",
    "assessment_expectationversionevent": "its history",
    "assessment_baselinesource": "belongs to a partnership; names no pupil",
    "assessment_baselinesourceevent": "its history",
    "auth_group": "Django's, unused",
    "auth_group_permissions": "Django's, unused",
    "auth_permission": "Django's list of its own permissions",
    "account_emailaddress": "sign-in: addresses of accounts",
    "account_emailconfirmation": "sign-in: confirmations under way",
    "django_content_type": "Django's list of models",
    "django_migrations": "which migrations have run; the serving role may only read it",
    "django_session": "Django's, unused: sessions are in schools_session",
    "socialaccount_socialaccount": "django-allauth's, unused: nothing of a sign-in provider is kept",
    "socialaccount_socialapp": "the same: the provider stands in the environment",
    "socialaccount_socialtoken": "the same",
    "mfa_authenticator": "sign-in: second steps of accounts",
    "lep_tracker_cache": "sign-in: counts of attempts",
    "pghistory_context": "the history library's, unused: each event carries its own context",
}

_FROZEN = "rows of a snapshot: the serving role may add them, and never changes or deletes one"
TABLES_WITHOUT_HISTORY = {
    "schools_auditrecord": "records that nobody changes: the serving role may only add them",
    "assessment_snapshotschoolyear": _FROZEN,
    "assessment_snapshotterm": _FROZEN,
    "assessment_snapshotclassgroup": _FROZEN,
    "assessment_snapshotcustomgroup": _FROZEN,
    "assessment_snapshotcustomgrouppupil": _FROZEN,
    "assessment_snapshotpupil": _FROZEN,
    "assessment_snapshotenrolment": _FROZEN,
    "assessment_snapshotownexpectation": _FROZEN,
    "assessment_snapshotpupilyear": _FROZEN,
    "assessment_snapshotjudgement": _FROZEN,
    "schools_importpaper": "files and what was shown of them, which are removed: a history would keep them",
    "schools_jobpaper": "finished files, which are removed after a day: a history would keep them",
}


def walled_models() -> list[type[models.Model]]:
    """Every model whose table stands behind the wall: the school-owned ones and their histories."""
    return [
        model
        for model in apps.get_models()
        if issubclass(model, SchoolOwned)
        or issubclass(getattr(model, "pgh_tracked_model", models.Model), SchoolOwned)
    ]


def _exchange(schools: str, person: str) -> tuple[str, str]:
    """Say which schools and whose memberships are open until the transaction ends; give what was before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schools, person, set_config('app.school_ids', %s, true), set_config('app.user_id', %s, true)"
            # OFFSET keeps the reading before the setting.
            " FROM (SELECT current_setting('app.school_ids', true) AS schools,"
            " current_setting('app.user_id', true) AS person OFFSET 0) AS earlier",
            [schools, person],
        )
        schools_before, person_before, *_ = cursor.fetchone()
    return schools_before or "", person_before or ""


@contextmanager
def _open(*, schools: str = "", person: str = "", savepoint: bool = True) -> Iterator[None]:
    """Open just this for the block and put back what was: SET LOCAL outlives a released savepoint."""
    ends_with_block = not connection.in_atomic_block
    with transaction.atomic(savepoint=savepoint):
        before = _exchange(schools, person)
        yield
        # Not in a finally: after an error the rollback puts it back, and the connection takes no more commands.
        if not ends_with_block:
            _exchange(*before)


@contextmanager
def visible_to(*schools: School, savepoint: bool = True) -> Iterator[None]:
    """Open these schools, and nothing else, for the block, in a transaction of its own.

    One for a view; two for a transfer. An error caught inside the block needs an atomic() around what failed; one
    caught outside it, within a larger transaction, needs the savepoint.
    """
    with _open(schools=",".join(str(school.pk) for school in schools), savepoint=savepoint):
        yield


@contextmanager
def every_school() -> Iterator[None]:
    """Open all schools for the block: for commands and test fixtures; migrations have OpenEverySchool."""
    with visible_to(*School.objects.only("pk")):
        yield


@contextmanager
def own_memberships(user: User) -> Iterator[None]:
    """Let the person's own memberships be read, of whatever school, and nothing else, for the block."""
    with _open(person=str(user.pk)):
        yield


@contextmanager
def counting_only() -> Iterator[None]:
    """Be the role that counts for the block: whoever reads a name in it, or writes, is refused by the database.

    For whatever looks at several schools. Like everybody else the role sees no row of a school that is not open.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role')")
        (before,) = cursor.fetchone()
        cursor.execute("SELECT set_config('role', %s, true)", [AGGREGATE_ROLE])
        yield
        # Not in a finally: after an error the rollback puts it back.
        cursor.execute("SELECT set_config('role', %s, true)", [before])


class EnableSchoolRowSecurity(Operation):
    """Migration: put a model's table behind the wall; `own_rows` lets people read the rows that are about them."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name: str, *, own_rows: bool = False) -> None:
        self.model_name, self.own_rows = model_name, own_rows

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models do not change."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        table = self._table(app_label, schema_editor, to_state)
        schema_editor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        schema_editor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        schema_editor.execute(
            f"CREATE POLICY school_wall ON {table} USING ({OPEN_SCHOOLS}) WITH CHECK ({OPEN_SCHOOLS})"
        )
        if self.own_rows:
            schema_editor.execute(f"CREATE POLICY own_rows ON {table} FOR SELECT USING ({OWN_ROWS})")

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        table = self._table(app_label, schema_editor, from_state)
        if self.own_rows:
            schema_editor.execute(f"DROP POLICY own_rows ON {table}")
        schema_editor.execute(f"DROP POLICY school_wall ON {table}")
        schema_editor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        schema_editor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")

    def _table(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, state: ProjectState) -> str:
        model = state.apps.get_model(app_label, self.model_name)
        return schema_editor.quote_name(model._meta.db_table)

    def describe(self) -> str:
        return f"Put {self.model_name} behind the school wall"

    @property
    def migration_name_fragment(self) -> str:
        return f"wall_{self.model_name.lower()}"

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [self.model_name], {"own_rows": self.own_rows} if self.own_rows else {}


class OpenEverySchool(RunSQL):
    """Migration: open all schools until its end, before rows are changed or a foreign key is added.

    Under forced row security PostgreSQL checks a new foreign key against the rows it can see: with no school open it accepts
    anything and calls the constraint valid. tests/isolation refuses a migration that forgets this.
    """

    def __init__(self) -> None:
        super().__init__(
            "SELECT set_config('app.school_ids',"
            " coalesce((SELECT string_agg(id::text, ',') FROM schools_school), ''), true)",
            RunSQL.noop,
            elidable=False,
        )

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [], {}

    def describe(self) -> str:
        return "Open every school for this migration"
