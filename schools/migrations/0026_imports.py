"""Files that are taken in on a page, what their headings mean to the school, and a role for the office that brings them."""

import django.db.models.deletion
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import schools.models.fields
import schools.models.school_owned
import schools.row_security

_ROLES = [
    ("teacher", "Teacher"),
    ("subject_leader", "Subject leader"),
    ("senco", "SENCO"),
    ("assessment_leader", "Assessment leader"),
    ("head", "Head teacher"),
    ("governor", "Governor"),
    ("office", "School office"),
    ("administrator", "Administrator"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("schools", "0025_merging"),
    ]

    operations = [
        schools.row_security.OpenEverySchool(),
        # The school's office, which takes such files in, is a role of its own.
        migrations.RemoveConstraint(model_name="invitation", name="invitation_roles_known"),
        migrations.RemoveConstraint(model_name="membership", name="membership_role_known"),
        migrations.AlterField(
            model_name="membership", name="role", field=models.CharField(choices=_ROLES, max_length=20)
        ),
        migrations.AlterField(
            model_name="membershipevent", name="role", field=models.CharField(choices=_ROLES, max_length=20)
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("roles__contained_by", [role for role, _ in _ROLES]), ("roles__len__gt", 0)
                ),
                name="invitation_roles_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", [role for role, _ in _ROLES])), name="membership_role_known"
            ),
        ),
        migrations.CreateModel(
            name="ColumnMapping",
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
                ("kind", models.CharField(max_length=30)),
                ("heading", models.CharField(max_length=100)),
                ("field", models.CharField(blank=True, max_length=50)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ColumnMappingEvent",
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
                ("kind", models.CharField(max_length=30)),
                ("heading", models.CharField(max_length=100)),
                ("field", models.CharField(blank=True, max_length=50)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ImportPaper",
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
                ("file_name", models.CharField(max_length=200)),
                ("content", models.BinaryField(null=True)),
                ("asked", models.JSONField(blank=True, default=dict)),
                ("shown", models.JSONField(blank=True, default=dict)),
                ("is_stale", models.BooleanField(default=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ImportRun",
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
                ("kind", models.CharField(max_length=30)),
                ("academic_year", schools.models.fields.AcademicYearField()),
                (
                    "update",
                    models.CharField(
                        choices=[("all", "all"), ("missing", "missing")], default="all", max_length=7
                    ),
                ),
                ("is_whole", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("looking", "Being read"),
                            ("shown", "Waiting for you"),
                            ("taking", "Being imported"),
                            ("done", "Imported"),
                            ("given_up", "Not imported"),
                        ],
                        default="looking",
                        max_length=10,
                    ),
                ),
                ("job", models.UUIDField(null=True)),
                ("counts", models.JSONField(blank=True, default=dict)),
                ("begun_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ImportRunEvent",
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
                ("kind", models.CharField(max_length=30)),
                ("academic_year", schools.models.fields.AcademicYearField()),
                (
                    "update",
                    models.CharField(
                        choices=[("all", "all"), ("missing", "missing")], default="all", max_length=7
                    ),
                ),
                ("is_whole", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("looking", "Being read"),
                            ("shown", "Waiting for you"),
                            ("taking", "Being imported"),
                            ("done", "Imported"),
                            ("given_up", "Not imported"),
                        ],
                        default="looking",
                        max_length=10,
                    ),
                ),
                ("job", models.UUIDField(null=True)),
                ("counts", models.JSONField(blank=True, default=dict)),
                ("begun_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.RemoveConstraint(
            model_name="auditrecord",
            name="auditrecord_pupil",
        ),
        migrations.AddConstraint(
            model_name="auditrecord",
            constraint=schools.models.school_owned.SameSchoolKey(
                fields=("pupil", "school"),
                forgets="pupil",
                name="auditrecord_pupil",
                to="schools.Pupil",
                to_fields=("id", "school"),
            ),
        ),
        migrations.AddField(
            model_name="columnmapping",
            name="school",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.school"
            ),
        ),
        migrations.AddField(
            model_name="columnmappingevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="schools.columnmapping",
            ),
        ),
        migrations.AddField(
            model_name="columnmappingevent",
            name="school",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="schools.school",
            ),
        ),
        migrations.AddField(
            model_name="importpaper",
            name="school",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.school"
            ),
        ),
        migrations.AddField(
            model_name="importrun",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="importrun",
            name="change",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="schools.changeset",
            ),
        ),
        migrations.AddField(
            model_name="importrun",
            name="school",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.school"
            ),
        ),
        migrations.AddField(
            model_name="importpaper",
            name="run",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="papers",
                to="schools.importrun",
            ),
        ),
        migrations.AddField(
            model_name="importrunevent",
            name="by",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="importrunevent",
            name="change",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="schools.changeset",
            ),
        ),
        migrations.AddField(
            model_name="importrunevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="schools.importrun",
            ),
        ),
        migrations.AddField(
            model_name="importrunevent",
            name="school",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="schools.school",
            ),
        ),
        migrations.AddConstraint(
            model_name="columnmapping",
            constraint=models.UniqueConstraint(fields=("id", "school"), name="columnmapping_id_school"),
        ),
        migrations.AddConstraint(
            model_name="columnmapping",
            constraint=models.UniqueConstraint(
                fields=("school", "public_id"), name="columnmapping_public_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="columnmapping",
            constraint=models.UniqueConstraint(
                fields=("school", "kind", "heading"), name="columnmapping_once"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="columnmapping",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "schools_columnmappingevent" ("field", "heading", "id", "kind", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "school_id") VALUES (NEW."field", NEW."heading", NEW."id", NEW."kind", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."public_id", NEW."school_id"); RETURN NULL;',
                    hash="0ea35b432f0a6433f9eb5c2a99ed2c550a9116d2",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_b320f",
                    table="schools_columnmapping",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="columnmapping",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "schools_columnmappingevent" ("field", "heading", "id", "kind", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "school_id") VALUES (NEW."field", NEW."heading", NEW."id", NEW."kind", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."public_id", NEW."school_id"); RETURN NULL;',
                    hash="d5afc73506fae638476b23919382adddafbcbeac",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_77cb3",
                    table="schools_columnmapping",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="columnmapping",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "schools_columnmappingevent" ("field", "heading", "id", "kind", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "school_id") VALUES (OLD."field", OLD."heading", OLD."id", OLD."kind", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."public_id", OLD."school_id"); RETURN NULL;',
                    hash="3dc29c1b26cbba6347bd0aafa85fdedb9abf5f28",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_4597e",
                    table="schools_columnmapping",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.UniqueConstraint(fields=("id", "school"), name="importrun_id_school"),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.UniqueConstraint(fields=("school", "public_id"), name="importrun_public_id"),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["looking", "shown", "taking", "done", "given_up"])),
                name="importrun_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("update__in", ["all", "missing"])), name="importrun_update_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=schools.models.school_owned.SameSchoolKey(
                fields=("change", "school"),
                name="importrun_change",
                to="schools.ChangeSet",
                to_fields=("id", "school"),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="importrun",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "schools_importrunevent" ("academic_year", "begun_at", "by_id", "change_id", "counts", "id", "is_whole", "job", "kind", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "school_id", "state", "update") VALUES (NEW."academic_year", NEW."begun_at", NEW."by_id", NEW."change_id", NEW."counts", NEW."id", NEW."is_whole", NEW."job", NEW."kind", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."public_id", NEW."school_id", NEW."state", NEW."update"); RETURN NULL;',
                    hash="87c1cd480d1e9b18e4524b2ca8aa06bf9a1dc0fc",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_7b67f",
                    table="schools_importrun",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="importrun",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "schools_importrunevent" ("academic_year", "begun_at", "by_id", "change_id", "counts", "id", "is_whole", "job", "kind", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "school_id", "state", "update") VALUES (NEW."academic_year", NEW."begun_at", NEW."by_id", NEW."change_id", NEW."counts", NEW."id", NEW."is_whole", NEW."job", NEW."kind", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."public_id", NEW."school_id", NEW."state", NEW."update"); RETURN NULL;',
                    hash="4c729eba1b505b8ae70155ee168f3fcecd5e830d",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_58d5d",
                    table="schools_importrun",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="importrun",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "schools_importrunevent" ("academic_year", "begun_at", "by_id", "change_id", "counts", "id", "is_whole", "job", "kind", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "school_id", "state", "update") VALUES (OLD."academic_year", OLD."begun_at", OLD."by_id", OLD."change_id", OLD."counts", OLD."id", OLD."is_whole", OLD."job", OLD."kind", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."public_id", OLD."school_id", OLD."state", OLD."update"); RETURN NULL;',
                    hash="825f53fca59755c1ff735f372850fd85f4fdfd1c",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_4d6b5",
                    table="schools_importrun",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="importpaper",
            constraint=models.UniqueConstraint(fields=("id", "school"), name="importpaper_id_school"),
        ),
        migrations.AddConstraint(
            model_name="importpaper",
            constraint=models.UniqueConstraint(fields=("school", "public_id"), name="importpaper_public_id"),
        ),
        migrations.AddConstraint(
            model_name="importpaper",
            constraint=models.UniqueConstraint(fields=("school", "run"), name="importpaper_once"),
        ),
        migrations.AddConstraint(
            model_name="importpaper",
            constraint=schools.models.school_owned.SameSchoolKey(
                fields=("run", "school"),
                name="importpaper_run",
                to="schools.ImportRun",
                to_fields=("id", "school"),
            ),
        ),
        schools.row_security.EnableSchoolRowSecurity("ImportRun"),
        schools.row_security.EnableSchoolRowSecurity("ImportRunEvent"),
        schools.row_security.EnableSchoolRowSecurity("ImportPaper"),
        schools.row_security.EnableSchoolRowSecurity("ColumnMapping"),
        schools.row_security.EnableSchoolRowSecurity("ColumnMappingEvent"),
    ]
