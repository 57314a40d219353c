"""Results of statutory assessments from common transfer files, and the numbers of those that a school writes."""

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import schools.models.school_owned
import schools.row_security


class Migration(migrations.Migration):
    dependencies = [
        ("schools", "0022_moving"),
    ]

    operations = [
        schools.row_security.OpenEverySchool(),
        migrations.CreateModel(
            name="CtfResultRaw",
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
                ("origin_id", models.UUIDField(blank=True, editable=False, null=True)),
                ("stage", models.CharField(blank=True, max_length=20)),
                ("locale", models.CharField(blank=True, max_length=20)),
                ("year", models.CharField(blank=True, max_length=20)),
                ("subject", models.CharField(blank=True, max_length=20)),
                ("method", models.CharField(blank=True, max_length=20)),
                ("component", models.CharField(blank=True, max_length=20)),
                ("status", models.CharField(blank=True, max_length=20)),
                ("qualifier", models.CharField(blank=True, max_length=20)),
                ("result", models.CharField(blank=True, max_length=100)),
                ("result_date", models.DateField(blank=True, null=True)),
                (
                    "origin_school",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.school",
                    ),
                ),
                (
                    "pupil",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ctf_results",
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
            name="CtfResultRawEvent",
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
                ("origin_id", models.UUIDField(blank=True, editable=False, null=True)),
                ("stage", models.CharField(blank=True, max_length=20)),
                ("locale", models.CharField(blank=True, max_length=20)),
                ("year", models.CharField(blank=True, max_length=20)),
                ("subject", models.CharField(blank=True, max_length=20)),
                ("method", models.CharField(blank=True, max_length=20)),
                ("component", models.CharField(blank=True, max_length=20)),
                ("status", models.CharField(blank=True, max_length=20)),
                ("qualifier", models.CharField(blank=True, max_length=20)),
                ("result", models.CharField(blank=True, max_length=100)),
                ("result_date", models.DateField(blank=True, null=True)),
                (
                    "origin_school",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="schools.school",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="schools.ctfresultraw",
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
            name="CtfSerial",
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
                ("destination", models.CharField(max_length=7)),
                ("last", models.PositiveSmallIntegerField()),
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
            name="CtfSerialEvent",
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
                ("destination", models.CharField(max_length=7)),
                ("last", models.PositiveSmallIntegerField()),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="schools.ctfserial",
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
        migrations.AddConstraint(
            model_name="ctfresultraw",
            constraint=models.UniqueConstraint(fields=("id", "school"), name="ctfresultraw_id_school"),
        ),
        migrations.AddConstraint(
            model_name="ctfresultraw",
            constraint=models.UniqueConstraint(fields=("school", "public_id"), name="ctfresultraw_public_id"),
        ),
        migrations.AddConstraint(
            model_name="ctfresultraw",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("origin_id", None), ("origin_school", None)),
                    models.Q(("origin_id__isnull", False), ("origin_school__isnull", False)),
                    _connector="OR",
                ),
                name="ctfresultraw_origin_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="ctfresultraw",
            constraint=models.UniqueConstraint(
                fields=("school", "origin_school", "origin_id"), name="ctfresultraw_copied_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="ctfresultraw",
            constraint=models.UniqueConstraint(
                fields=(
                    "school",
                    "pupil",
                    "stage",
                    "locale",
                    "year",
                    "subject",
                    "method",
                    "component",
                    "status",
                    "qualifier",
                    "result",
                    "result_date",
                ),
                name="ctfresultraw_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="ctfresultraw",
            constraint=schools.models.school_owned.SameSchoolKey(
                fields=("pupil", "school"),
                name="ctfresultraw_pupil",
                to="schools.Pupil",
                to_fields=("id", "school"),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ctfresultraw",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "schools_ctfresultrawevent" ("component", "id", "locale", "method", "origin_id", "origin_school_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "pupil_id", "qualifier", "result", "result_date", "school_id", "stage", "status", "subject", "year") VALUES (NEW."component", NEW."id", NEW."locale", NEW."method", NEW."origin_id", NEW."origin_school_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."public_id", NEW."pupil_id", NEW."qualifier", NEW."result", NEW."result_date", NEW."school_id", NEW."stage", NEW."status", NEW."subject", NEW."year"); RETURN NULL;',
                    hash="c88dac39487815125052c9bf16b471408e0e4118",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_34108",
                    table="schools_ctfresultraw",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ctfresultraw",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "schools_ctfresultrawevent" ("component", "id", "locale", "method", "origin_id", "origin_school_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "pupil_id", "qualifier", "result", "result_date", "school_id", "stage", "status", "subject", "year") VALUES (NEW."component", NEW."id", NEW."locale", NEW."method", NEW."origin_id", NEW."origin_school_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."public_id", NEW."pupil_id", NEW."qualifier", NEW."result", NEW."result_date", NEW."school_id", NEW."stage", NEW."status", NEW."subject", NEW."year"); RETURN NULL;',
                    hash="842d9398e0eb6ad1dba45d68cdaeb149b4e6dd53",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_e5893",
                    table="schools_ctfresultraw",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ctfresultraw",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "schools_ctfresultrawevent" ("component", "id", "locale", "method", "origin_id", "origin_school_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "pupil_id", "qualifier", "result", "result_date", "school_id", "stage", "status", "subject", "year") VALUES (OLD."component", OLD."id", OLD."locale", OLD."method", OLD."origin_id", OLD."origin_school_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."public_id", OLD."pupil_id", OLD."qualifier", OLD."result", OLD."result_date", OLD."school_id", OLD."stage", OLD."status", OLD."subject", OLD."year"); RETURN NULL;',
                    hash="9ae5ec14542e442b8926bb9c724b2276169672da",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_ead3a",
                    table="schools_ctfresultraw",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="ctfserial",
            constraint=models.UniqueConstraint(fields=("id", "school"), name="ctfserial_id_school"),
        ),
        migrations.AddConstraint(
            model_name="ctfserial",
            constraint=models.UniqueConstraint(fields=("school", "public_id"), name="ctfserial_public_id"),
        ),
        migrations.AddConstraint(
            model_name="ctfserial",
            constraint=models.UniqueConstraint(fields=("school", "destination"), name="ctfserial_once"),
        ),
        migrations.AddConstraint(
            model_name="ctfserial",
            constraint=models.CheckConstraint(
                condition=models.Q(("last__gte", 1), ("last__lte", 999)), name="ctfserial_three_digits"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ctfserial",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "schools_ctfserialevent" ("destination", "id", "last", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "school_id") VALUES (NEW."destination", NEW."id", NEW."last", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."public_id", NEW."school_id"); RETURN NULL;',
                    hash="70472fbfa4c8bcb87a59e9e1e605eaa07a8c2a96",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_a4db0",
                    table="schools_ctfserial",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ctfserial",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "schools_ctfserialevent" ("destination", "id", "last", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "school_id") VALUES (NEW."destination", NEW."id", NEW."last", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."public_id", NEW."school_id"); RETURN NULL;',
                    hash="1000e26c9c375784e4820dd81dc596f8654531d9",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0b1c6",
                    table="schools_ctfserial",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ctfserial",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "schools_ctfserialevent" ("destination", "id", "last", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "school_id") VALUES (OLD."destination", OLD."id", OLD."last", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."public_id", OLD."school_id"); RETURN NULL;',
                    hash="9cc5f06b093653ca019560aaa7730a64f9013806",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_9b20f",
                    table="schools_ctfserial",
                    when="AFTER",
                ),
            ),
        ),
        schools.row_security.EnableSchoolRowSecurity("CtfResultRaw"),
        schools.row_security.EnableSchoolRowSecurity("CtfResultRawEvent"),
        schools.row_security.EnableSchoolRowSecurity("CtfSerial"),
        schools.row_security.EnableSchoolRowSecurity("CtfSerialEvent"),
    ]
