"""Steps a year expected of one pupil; and the functions that remove a pupil know of them.

Each statement of 0009's functions about decisions on signs, which are of one pupil and hold a reason in words too, is said of these rows as well.
"""

# ruff: noqa: S608, SLF001 - put together from 0009 and from the names of tables below, and nothing else.
from __future__ import annotations

import re
from importlib import import_module

import django.db.models.deletion
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import schools.models.fields
import schools.models.school_owned
from schools.row_security import EnableSchoolRowSecurity, OpenEverySchool

_REMOVALS = import_module("assessment.migrations.0009_characteristics")
_BESIDE = {
    "assessment_signdecision": "assessment_ownexpectation",
    "assessment_signdecisionevent": "assessment_ownexpectationevent",
    "assessment_snapshotpupilyear": "assessment_snapshotownexpectation",
}
_NAMES = "|".join(sorted(_BESIDE, key=len, reverse=True))
# One of a list of tables in a query, or a whole statement.
_SAID_OF = re.compile(
    rf"(?P<row> UNION ALL SELECT pgh_context FROM (?:{_NAMES})\b[^)]*?whom)"
    rf"|(?P<statement>(?:UPDATE|DELETE FROM) (?:{_NAMES})\b[^;]*;)"
)


def _beside(found: re.Match[str]) -> str:
    said = found.group()
    return f"{said} {re.sub(_NAMES, lambda name: _BESIDE[name.group()], said)}"


def _functions(bodies: dict[str, tuple[str, str]]) -> list[str]:
    return [_REMOVALS._function(signature, returns, body) for signature, (returns, body) in bodies.items()]


_BEFORE = _REMOVALS.FUNCTIONS
FUNCTIONS = {
    signature: (returns, _SAID_OF.sub(_beside, body)) for signature, (returns, body) in _BEFORE.items()
}


class Migration(migrations.Migration):
    dependencies = [
        ("assessment", "0009_characteristics"),
        ("schools", "0020_own_steps"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        OpenEverySchool(),
        migrations.CreateModel(
            name="OwnExpectation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.UUIDField(db_default=schools.models.school_owned.UuidV7(), editable=False),
                ),
                ("academic_year", schools.models.fields.AcademicYearField()),
                ("steps_a_year", models.SmallIntegerField()),
                ("reason", models.TextField()),
                ("agreed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "agreed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pupil",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="own_expectations",
                        to="schools.pupil",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.school"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OwnExpectationEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "public_id",
                    models.UUIDField(db_default=schools.models.school_owned.UuidV7(), editable=False),
                ),
                ("academic_year", schools.models.fields.AcademicYearField()),
                ("steps_a_year", models.SmallIntegerField()),
                ("reason", models.TextField()),
                ("agreed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "agreed_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="assessment.ownexpectation",
                    ),
                ),
                (
                    "pupil",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="schools.pupil",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="schools.school",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SnapshotOwnExpectation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row_id", models.BigIntegerField()),
                ("academic_year", schools.models.fields.AcademicYearField()),
                ("steps_a_year", models.SmallIntegerField()),
                (
                    "frozen_in",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="assessment.snapshot",
                    ),
                ),
                (
                    "pupil",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.pupil",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.school",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="ownexpectation",
            constraint=models.UniqueConstraint(fields=("id", "school"), name="ownexpectation_id_school"),
        ),
        migrations.AddConstraint(
            model_name="ownexpectation",
            constraint=models.UniqueConstraint(
                fields=("school", "public_id"), name="ownexpectation_public_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="ownexpectation",
            constraint=models.UniqueConstraint(
                fields=("school", "pupil", "academic_year"), name="ownexpectation_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="ownexpectation",
            constraint=models.CheckConstraint(
                condition=models.Q(("steps_a_year__gte", 0), ("steps_a_year__lte", 14)),
                name="ownexpectation_steps_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownexpectation",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="ownexpectation_reasoned"
            ),
        ),
        migrations.AddConstraint(
            model_name="ownexpectation",
            constraint=schools.models.school_owned.SameSchoolKey(
                fields=("school", "pupil", "academic_year"),
                name="ownexpectation_pupil_year",
                to="schools.PupilYear",
                to_fields=("school", "pupil", "academic_year"),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ownexpectation",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assessment_ownexpectationevent" ("academic_year", "agreed_at", "agreed_by_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "pupil_id", "reason", "school_id", "steps_a_year") VALUES (NEW."academic_year", NEW."agreed_at", NEW."agreed_by_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."public_id", NEW."pupil_id", NEW."reason", NEW."school_id", NEW."steps_a_year"); RETURN NULL;',
                    hash="b4bd637e6560136a39e70efb7a241574ebda55e3",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_4ce48",
                    table="assessment_ownexpectation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ownexpectation",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "assessment_ownexpectationevent" ("academic_year", "agreed_at", "agreed_by_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "pupil_id", "reason", "school_id", "steps_a_year") VALUES (NEW."academic_year", NEW."agreed_at", NEW."agreed_by_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."public_id", NEW."pupil_id", NEW."reason", NEW."school_id", NEW."steps_a_year"); RETURN NULL;',
                    hash="bf9cfba5d2c6c4dd066c0479b13b3cdff0fff51a",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_bf81b",
                    table="assessment_ownexpectation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ownexpectation",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assessment_ownexpectationevent" ("academic_year", "agreed_at", "agreed_by_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "pupil_id", "reason", "school_id", "steps_a_year") VALUES (OLD."academic_year", OLD."agreed_at", OLD."agreed_by_id", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."public_id", OLD."pupil_id", OLD."reason", OLD."school_id", OLD."steps_a_year"); RETURN NULL;',
                    hash="06dca0c435a682f871ba8dba24f6a89b74758846",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_01e47",
                    table="assessment_ownexpectation",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="snapshotownexpectation",
            index=models.Index(fields=["school", "pupil"], name="snapshotownexpectation_of"),
        ),
        migrations.AddConstraint(
            model_name="snapshotownexpectation",
            constraint=models.UniqueConstraint(
                fields=("school", "frozen_in", "row_id"), name="snapshotownexpectation_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="snapshotownexpectation",
            constraint=schools.models.school_owned.SameSchoolKey(
                fields=("frozen_in", "school"),
                name="snapshotownexpectation_frozen_in",
                to="assessment.Snapshot",
                to_fields=("id", "school"),
            ),
        ),
        migrations.AddConstraint(
            model_name="snapshotownexpectation",
            constraint=schools.models.school_owned.SameSchoolKey(
                fields=("pupil", "school"),
                name="snapshotownexpectation_pupil",
                to="schools.Pupil",
                to_fields=("id", "school"),
            ),
        ),
        EnableSchoolRowSecurity("OwnExpectation"),
        EnableSchoolRowSecurity("OwnExpectationEvent"),
        EnableSchoolRowSecurity("SnapshotOwnExpectation"),
        migrations.RunSQL(_functions(FUNCTIONS), _functions(_BEFORE)),
    ]
