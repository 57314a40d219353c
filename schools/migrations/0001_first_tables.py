import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
import schools.calendar
import schools.models.fields
import schools.models.school_owned
import schools.row_security
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        # Not dropped on the way back: on a real server whoever made the database may own it.
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS btree_gist", migrations.RunSQL.noop),
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS unaccent", migrations.RunSQL.noop),
        migrations.CreateModel(
            name='Partnership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='School',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('urn', models.CharField(max_length=6, unique=True, validators=[django.core.validators.RegexValidator('^[1-9][0-9]{5}$')], verbose_name='URN')),
                ('dfe_number', models.CharField(max_length=7, unique=True, validators=[django.core.validators.RegexValidator('^[0-9]{7}$')], verbose_name='DfE number')),
                ('lowest_year_group', schools.models.fields.YearGroupField()),
                ('highest_year_group', schools.models.fields.YearGroupField()),
                ('fixed_eyfs_framework', models.SmallIntegerField(blank=True, choices=[(2012, '2012'), (2021, '2021')], null=True)),
                ('partnership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='schools', to='schools.partnership')),
            ],
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('is_active', models.BooleanField(default=True)),
                ('is_demo', models.BooleanField(default=False)),
                ('joined_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='user_email_small')],
            },
        ),
        schools.row_security.OpenEverySchool(),
        migrations.CreateModel(
            name='ClassGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(db_default=schools.models.school_owned.UuidV7(), editable=False)),
                ('academic_year', schools.models.fields.AcademicYearField()),
                ('name', models.CharField(max_length=50)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Pupil',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(db_default=schools.models.school_owned.UuidV7(), editable=False)),
                ('origin_id', models.UUIDField(blank=True, editable=False, null=True)),
                ('person_key', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('upn', models.CharField(blank=True, max_length=13, verbose_name='UPN')),
                ('surname', models.CharField(max_length=100)),
                ('forename', models.CharField(max_length=100)),
                ('preferred_surname', models.CharField(blank=True, max_length=100)),
                ('preferred_forename', models.CharField(blank=True, max_length=100)),
                ('date_of_birth', models.DateField()),
                ('sex', models.CharField(blank=True, choices=[('F', 'Girl'), ('M', 'Boy')], max_length=1)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ChangeSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(db_default=schools.models.school_owned.UuidV7(), editable=False)),
                ('kind', models.CharField(choices=[('set_up', 'School set up'), ('demo', 'Demo partnership loaded')], max_length=20)),
                ('reason', models.TextField(blank=True)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(db_default=schools.models.school_owned.UuidV7(), editable=False)),
                ('role', models.CharField(choices=[('teacher', 'Teacher'), ('subject_leader', 'Subject leader'), ('senco', 'SENCO'), ('assessment_leader', 'Assessment leader'), ('head', 'Head teacher'), ('governor', 'Governor')], max_length=20)),
                ('is_active', models.BooleanField(default=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ClassTeacher',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(db_default=schools.models.school_owned.UuidV7(), editable=False)),
                ('class_group', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='teachers', to='schools.classgroup')),
                ('membership', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='taught', to='schools.membership')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PartnershipMembership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_active', models.BooleanField(default=True)),
                ('partnership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.partnership')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='partnership_memberships', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='PartnershipMembershipEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('is_active', models.BooleanField(default=True)),
                ('partnership', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.partnership')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='schools.partnershipmembership')),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(db_default=schools.models.school_owned.UuidV7(), editable=False)),
                ('origin_id', models.UUIDField(blank=True, editable=False, null=True)),
                ('starts_on', models.DateField()),
                ('is_start_assumed', models.BooleanField(default=False)),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('pupil', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='schools.pupil')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PupilYear',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(db_default=schools.models.school_owned.UuidV7(), editable=False)),
                ('origin_id', models.UUIDField(blank=True, editable=False, null=True)),
                ('academic_year', schools.models.fields.AcademicYearField()),
                ('year_group', schools.models.fields.YearGroupField()),
                ('sen_status', models.CharField(blank=True, choices=[('N', 'No SEN'), ('K', 'SEN support'), ('E', 'EHC plan')], max_length=1)),
                ('is_pupil_premium', models.BooleanField(blank=True, null=True)),
                ('is_fsm6', models.BooleanField(blank=True, null=True)),
                ('is_eal', models.BooleanField(blank=True, null=True)),
                ('is_looked_after', models.BooleanField(blank=True, null=True)),
                ('is_service_child', models.BooleanField(blank=True, null=True)),
                ('ethnicity', models.CharField(blank=True, max_length=4)),
                ('class_group', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pupil_years', to='schools.classgroup')),
                ('pupil', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='years', to='schools.pupil')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PupilYearEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('public_id', models.UUIDField(db_default=schools.models.school_owned.UuidV7(), editable=False)),
                ('origin_id', models.UUIDField(blank=True, editable=False, null=True)),
                ('academic_year', schools.models.fields.AcademicYearField()),
                ('year_group', schools.models.fields.YearGroupField()),
                ('sen_status', models.CharField(blank=True, choices=[('N', 'No SEN'), ('K', 'SEN support'), ('E', 'EHC plan')], max_length=1)),
                ('is_pupil_premium', models.BooleanField(blank=True, null=True)),
                ('is_fsm6', models.BooleanField(blank=True, null=True)),
                ('is_eal', models.BooleanField(blank=True, null=True)),
                ('is_looked_after', models.BooleanField(blank=True, null=True)),
                ('is_service_child', models.BooleanField(blank=True, null=True)),
                ('ethnicity', models.CharField(blank=True, max_length=4)),
                ('class_group', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.classgroup')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='schools.pupilyear')),
                ('pupil', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.pupil')),
                ('origin_school', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.school')),
                ('school', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.school')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='pupilyear',
            name='origin_school',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.school'),
        ),
        migrations.AddField(
            model_name='pupilyear',
            name='school',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.school'),
        ),
        migrations.CreateModel(
            name='PupilEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('public_id', models.UUIDField(db_default=schools.models.school_owned.UuidV7(), editable=False)),
                ('origin_id', models.UUIDField(blank=True, editable=False, null=True)),
                ('person_key', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('upn', models.CharField(blank=True, max_length=13, verbose_name='UPN')),
                ('surname', models.CharField(max_length=100)),
                ('forename', models.CharField(max_length=100)),
                ('preferred_surname', models.CharField(blank=True, max_length=100)),
                ('preferred_forename', models.CharField(blank=True, max_length=100)),
                ('date_of_birth', models.DateField()),
                ('sex', models.CharField(blank=True, choices=[('F', 'Girl'), ('M', 'Boy')], max_length=1)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='schools.pupil')),
                ('origin_school', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.school')),
                ('school', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.school')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='pupil',
            name='origin_school',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.school'),
        ),
        migrations.AddField(
            model_name='pupil',
            name='school',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.school'),
        ),
        migrations.CreateModel(
            name='MembershipEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('public_id', models.UUIDField(db_default=schools.models.school_owned.UuidV7(), editable=False)),
                ('role', models.CharField(choices=[('teacher', 'Teacher'), ('subject_leader', 'Subject leader'), ('senco', 'SENCO'), ('assessment_leader', 'Assessment leader'), ('head', 'Head teacher'), ('governor', 'Governor')], max_length=20)),
                ('is_active', models.BooleanField(default=True)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='schools.membership')),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.school')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='membership',
            name='school',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.school'),
        ),
        migrations.CreateModel(
            name='EnrolmentEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('public_id', models.UUIDField(db_default=schools.models.school_owned.UuidV7(), editable=False)),
                ('origin_id', models.UUIDField(blank=True, editable=False, null=True)),
                ('starts_on', models.DateField()),
                ('is_start_assumed', models.BooleanField(default=False)),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='schools.enrolment')),
                ('pupil', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.pupil')),
                ('origin_school', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.school')),
                ('school', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.school')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='enrolment',
            name='origin_school',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.school'),
        ),
        migrations.AddField(
            model_name='enrolment',
            name='school',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.school'),
        ),
        migrations.CreateModel(
            name='ClassTeacherEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('public_id', models.UUIDField(db_default=schools.models.school_owned.UuidV7(), editable=False)),
                ('class_group', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.classgroup')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='schools.classteacher')),
                ('membership', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.membership')),
                ('school', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.school')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='classteacher',
            name='school',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.school'),
        ),
        migrations.CreateModel(
            name='ClassGroupEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('public_id', models.UUIDField(db_default=schools.models.school_owned.UuidV7(), editable=False)),
                ('academic_year', schools.models.fields.AcademicYearField()),
                ('name', models.CharField(max_length=50)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='schools.classgroup')),
                ('school', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.school')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='classgroup',
            name='school',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.school'),
        ),
        migrations.CreateModel(
            name='ChangeSetEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('public_id', models.UUIDField(db_default=schools.models.school_owned.UuidV7(), editable=False)),
                ('kind', models.CharField(choices=[('set_up', 'School set up'), ('demo', 'Demo partnership loaded')], max_length=20)),
                ('reason', models.TextField(blank=True)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='schools.changeset')),
                ('school', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.school')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='changeset',
            name='school',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.school'),
        ),
        migrations.CreateModel(
            name='SchoolYear',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(db_default=schools.models.school_owned.UuidV7(), editable=False)),
                ('academic_year', schools.models.fields.AcademicYearField()),
                ('eyfs_framework', models.SmallIntegerField(choices=[(2012, '2012'), (2021, '2021')])),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.school')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SchoolYearEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('public_id', models.UUIDField(db_default=schools.models.school_owned.UuidV7(), editable=False)),
                ('academic_year', schools.models.fields.AcademicYearField()),
                ('eyfs_framework', models.SmallIntegerField(choices=[(2012, '2012'), (2021, '2021')])),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='schools.schoolyear')),
                ('school', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.school')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Term',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(db_default=schools.models.school_owned.UuidV7(), editable=False)),
                ('academic_year', schools.models.fields.AcademicYearField()),
                ('term', models.SmallIntegerField(choices=[(1, 'Autumn'), (2, 'Spring'), (3, 'Summer')])),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='schools.school')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='TermEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('public_id', models.UUIDField(db_default=schools.models.school_owned.UuidV7(), editable=False)),
                ('academic_year', schools.models.fields.AcademicYearField()),
                ('term', models.SmallIntegerField(choices=[(1, 'Autumn'), (2, 'Spring'), (3, 'Summer')])),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='schools.term')),
                ('school', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='schools.school')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='partnershipmembership',
            constraint=models.UniqueConstraint(fields=('user', 'partnership'), name='partnershipmembership_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='partnershipmembership',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_partnershipmembershipevent" ("id", "is_active", "partnership_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id") VALUES (NEW."id", NEW."is_active", NEW."partnership_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."user_id"); RETURN NULL;', hash='108d7fc742e632a6b27b89e64e52689e232a6081', operation='INSERT', pgid='pgtrigger_insert_insert_8b217', table='schools_partnershipmembership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='partnershipmembership',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "schools_partnershipmembershipevent" ("id", "is_active", "partnership_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id") VALUES (NEW."id", NEW."is_active", NEW."partnership_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."user_id"); RETURN NULL;', hash='8fd0a27b22e9f5b408df03fe02125b40a6c2dc3b', operation='UPDATE', pgid='pgtrigger_update_update_4abf8', table='schools_partnershipmembership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='partnershipmembership',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_partnershipmembershipevent" ("id", "is_active", "partnership_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id") VALUES (OLD."id", OLD."is_active", OLD."partnership_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."user_id"); RETURN NULL;', hash='9af3472dba08fda627e1b25cb1d6314f8391ced2', operation='DELETE', pgid='pgtrigger_delete_delete_03352', table='schools_partnershipmembership', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='school',
            constraint=models.CheckConstraint(condition=models.Q(('urn__regex', '^[1-9][0-9]{5}$')), name='school_urn_form'),
        ),
        migrations.AddConstraint(
            model_name='school',
            constraint=models.CheckConstraint(condition=models.Q(('dfe_number__regex', '^[0-9]{7}$')), name='school_dfe_number_form'),
        ),
        migrations.AddConstraint(
            model_name='school',
            constraint=models.CheckConstraint(condition=models.Q(('highest_year_group__lte', schools.calendar.YearGroup['Y13']), ('lowest_year_group__gte', schools.calendar.YearGroup['N1']), ('lowest_year_group__lte', models.F('highest_year_group'))), name='school_year_groups_in_order'),
        ),
        migrations.AddIndex(
            model_name='pupilyear',
            index=models.Index(fields=['school', 'academic_year', 'class_group'], name='pupilyear_by_class'),
        ),
        migrations.AddIndex(
            model_name='pupilyear',
            index=models.Index(fields=['school', 'academic_year', 'year_group'], name='pupilyear_by_year_group'),
        ),
        migrations.AddConstraint(
            model_name='pupilyear',
            constraint=models.UniqueConstraint(fields=('id', 'school'), name='pupilyear_id_school'),
        ),
        migrations.AddConstraint(
            model_name='pupilyear',
            constraint=models.UniqueConstraint(fields=('school', 'public_id'), name='pupilyear_public_id'),
        ),
        migrations.AddConstraint(
            model_name='pupilyear',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('origin_id', None), ('origin_school', None)), models.Q(('origin_id__isnull', False), ('origin_school__isnull', False)), _connector='OR'), name='pupilyear_origin_whole'),
        ),
        migrations.AddConstraint(
            model_name='pupilyear',
            constraint=models.UniqueConstraint(fields=('school', 'origin_school', 'origin_id'), name='pupilyear_copied_once'),
        ),
        migrations.AddConstraint(
            model_name='pupilyear',
            constraint=models.UniqueConstraint(fields=('school', 'pupil', 'academic_year'), name='pupilyear_once'),
        ),
        migrations.AddConstraint(
            model_name='pupilyear',
            constraint=models.CheckConstraint(condition=models.Q(('year_group__gte', schools.calendar.YearGroup['N1']), ('year_group__lte', schools.calendar.YearGroup['Y13'])), name='pupilyear_year_group_known'),
        ),
        migrations.AddConstraint(
            model_name='pupilyear',
            constraint=models.CheckConstraint(condition=models.Q(('sen_status__in', ['', 'N', 'K', 'E'])), name='pupilyear_sen_known'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pupilyear',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_pupilyearevent" ("academic_year", "class_group_id", "ethnicity", "id", "is_eal", "is_fsm6", "is_looked_after", "is_pupil_premium", "is_service_child", "origin_id", "origin_school_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "pupil_id", "school_id", "sen_status", "year_group") VALUES (NEW."academic_year", NEW."class_group_id", NEW."ethnicity", NEW."id", NEW."is_eal", NEW."is_fsm6", NEW."is_looked_after", NEW."is_pupil_premium", NEW."is_service_child", NEW."origin_id", NEW."origin_school_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."public_id", NEW."pupil_id", NEW."school_id", NEW."sen_status", NEW."year_group"); RETURN NULL;', hash='ee1c0db4d884beee92c296078874a98a7ebc9770', operation='INSERT', pgid='pgtrigger_insert_insert_ee731', table='schools_pupilyear', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pupilyear',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "schools_pupilyearevent" ("academic_year", "class_group_id", "ethnicity", "id", "is_eal", "is_fsm6", "is_looked_after", "is_pupil_premium", "is_service_child", "origin_id", "origin_school_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "pupil_id", "school_id", "sen_status", "year_group") VALUES (NEW."academic_year", NEW."class_group_id", NEW."ethnicity", NEW."id", NEW."is_eal", NEW."is_fsm6", NEW."is_looked_after", NEW."is_pupil_premium", NEW."is_service_child", NEW."origin_id", NEW."origin_school_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."public_id", NEW."pupil_id", NEW."school_id", NEW."sen_status", NEW."year_group"); RETURN NULL;', hash='2c9b1a83693669409bddfeb8daba1882937b81fa', operation='UPDATE', pgid='pgtrigger_update_update_5baed', table='schools_pupilyear', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pupilyear',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_pupilyearevent" ("academic_year", "class_group_id", "ethnicity", "id", "is_eal", "is_fsm6", "is_looked_after", "is_pupil_premium", "is_service_child", "origin_id", "origin_school_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "pupil_id", "school_id", "sen_status", "year_group") VALUES (OLD."academic_year", OLD."class_group_id", OLD."ethnicity", OLD."id", OLD."is_eal", OLD."is_fsm6", OLD."is_looked_after", OLD."is_pupil_premium", OLD."is_service_child", OLD."origin_id", OLD."origin_school_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."public_id", OLD."pupil_id", OLD."school_id", OLD."sen_status", OLD."year_group"); RETURN NULL;', hash='ab6e854e94352908aaed81f442cc1ef95ed51c04', operation='DELETE', pgid='pgtrigger_delete_delete_ee734', table='schools_pupilyear', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='pupil',
            index=models.Index(fields=['school', 'surname', 'forename', 'id'], name='pupil_by_name'),
        ),
        migrations.AddConstraint(
            model_name='pupil',
            constraint=models.UniqueConstraint(fields=('id', 'school'), name='pupil_id_school'),
        ),
        migrations.AddConstraint(
            model_name='pupil',
            constraint=models.UniqueConstraint(fields=('school', 'public_id'), name='pupil_public_id'),
        ),
        migrations.AddConstraint(
            model_name='pupil',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('origin_id', None), ('origin_school', None)), models.Q(('origin_id__isnull', False), ('origin_school__isnull', False)), _connector='OR'), name='pupil_origin_whole'),
        ),
        migrations.AddConstraint(
            model_name='pupil',
            constraint=models.UniqueConstraint(fields=('school', 'origin_school', 'origin_id'), name='pupil_copied_once'),
        ),
        migrations.AddConstraint(
            model_name='pupil',
            constraint=models.UniqueConstraint(condition=models.Q(('upn', ''), _negated=True), fields=('school', 'upn'), name='pupil_upn'),
        ),
        migrations.AddConstraint(
            model_name='pupil',
            constraint=models.UniqueConstraint(fields=('school', 'person_key'), name='pupil_person_once'),
        ),
        migrations.AddConstraint(
            model_name='pupil',
            constraint=models.CheckConstraint(condition=models.Q(('upn', ''), ('upn__regex', '^[ABCDEFGHJKLMNPQRTUVWXYZ][0-9]{11}[0-9ABCDEFGHJKLMNPQRTUVWXYZ]$'), _connector='OR'), name='pupil_upn_form'),
        ),
        migrations.AddConstraint(
            model_name='pupil',
            constraint=models.CheckConstraint(condition=models.Q(('sex__in', ['', 'F', 'M'])), name='pupil_sex_known'),
        ),
        migrations.AddConstraint(
            model_name='pupil',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('surname', ''), _negated=True), models.Q(('forename', ''), _negated=True)), name='pupil_named'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pupil',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_pupilevent" ("date_of_birth", "forename", "id", "origin_id", "origin_school_id", "person_key", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preferred_forename", "preferred_surname", "public_id", "school_id", "sex", "surname", "upn") VALUES (NEW."date_of_birth", NEW."forename", NEW."id", NEW."origin_id", NEW."origin_school_id", NEW."person_key", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."preferred_forename", NEW."preferred_surname", NEW."public_id", NEW."school_id", NEW."sex", NEW."surname", NEW."upn"); RETURN NULL;', hash='d28f7da1c9a38cab95cbcd52686af2fc50bfda93', operation='INSERT', pgid='pgtrigger_insert_insert_b4bca', table='schools_pupil', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pupil',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "schools_pupilevent" ("date_of_birth", "forename", "id", "origin_id", "origin_school_id", "person_key", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preferred_forename", "preferred_surname", "public_id", "school_id", "sex", "surname", "upn") VALUES (NEW."date_of_birth", NEW."forename", NEW."id", NEW."origin_id", NEW."origin_school_id", NEW."person_key", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."preferred_forename", NEW."preferred_surname", NEW."public_id", NEW."school_id", NEW."sex", NEW."surname", NEW."upn"); RETURN NULL;', hash='0eee2181ceb47f2527118a8cd6ed748fd3b6ad72', operation='UPDATE', pgid='pgtrigger_update_update_7dd0c', table='schools_pupil', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pupil',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_pupilevent" ("date_of_birth", "forename", "id", "origin_id", "origin_school_id", "person_key", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preferred_forename", "preferred_surname", "public_id", "school_id", "sex", "surname", "upn") VALUES (OLD."date_of_birth", OLD."forename", OLD."id", OLD."origin_id", OLD."origin_school_id", OLD."person_key", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."preferred_forename", OLD."preferred_surname", OLD."public_id", OLD."school_id", OLD."sex", OLD."surname", OLD."upn"); RETURN NULL;', hash='d46b4837d6fdeee5ba0ea6dda373df2faee10fa6', operation='DELETE', pgid='pgtrigger_delete_delete_74e29', table='schools_pupil', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(fields=('id', 'school'), name='membership_id_school'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(fields=('school', 'public_id'), name='membership_public_id'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(fields=('school', 'user', 'role'), name='membership_once'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['teacher', 'subject_leader', 'senco', 'assessment_leader', 'head', 'governor'])), name='membership_role_known'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_membershipevent" ("id", "is_active", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "role", "school_id", "user_id") VALUES (NEW."id", NEW."is_active", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."public_id", NEW."role", NEW."school_id", NEW."user_id"); RETURN NULL;', hash='a3869b95471778b84339c16aeee6eb2b6d3c84ea', operation='INSERT', pgid='pgtrigger_insert_insert_2c607', table='schools_membership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "schools_membershipevent" ("id", "is_active", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "role", "school_id", "user_id") VALUES (NEW."id", NEW."is_active", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."public_id", NEW."role", NEW."school_id", NEW."user_id"); RETURN NULL;', hash='34d257a45b04e02dc7b62ad39185bf1eb1188a02', operation='UPDATE', pgid='pgtrigger_update_update_19247', table='schools_membership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_membershipevent" ("id", "is_active", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "role", "school_id", "user_id") VALUES (OLD."id", OLD."is_active", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."public_id", OLD."role", OLD."school_id", OLD."user_id"); RETURN NULL;', hash='46c5fb37df688d85bd79b3cf454cbbfaf8227439', operation='DELETE', pgid='pgtrigger_delete_delete_69426', table='schools_membership', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.UniqueConstraint(fields=('id', 'school'), name='enrolment_id_school'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.UniqueConstraint(fields=('school', 'public_id'), name='enrolment_public_id'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('origin_id', None), ('origin_school', None)), models.Q(('origin_id__isnull', False), ('origin_school__isnull', False)), _connector='OR'), name='enrolment_origin_whole'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.UniqueConstraint(fields=('school', 'origin_school', 'origin_id'), name='enrolment_copied_once'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='enrolment_starts_first'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.F('school'), '='), (models.F('pupil'), '='), (models.Func(models.F('starts_on'), models.F('ends_on'), models.Value('[]'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='enrolment_one_at_a_time'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='enrolment',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_enrolmentevent" ("ends_on", "id", "is_start_assumed", "origin_id", "origin_school_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "pupil_id", "school_id", "starts_on") VALUES (NEW."ends_on", NEW."id", NEW."is_start_assumed", NEW."origin_id", NEW."origin_school_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."public_id", NEW."pupil_id", NEW."school_id", NEW."starts_on"); RETURN NULL;', hash='605b881839902feca4df8dd71d12227a6fac6915', operation='INSERT', pgid='pgtrigger_insert_insert_25a24', table='schools_enrolment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='enrolment',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "schools_enrolmentevent" ("ends_on", "id", "is_start_assumed", "origin_id", "origin_school_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "pupil_id", "school_id", "starts_on") VALUES (NEW."ends_on", NEW."id", NEW."is_start_assumed", NEW."origin_id", NEW."origin_school_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."public_id", NEW."pupil_id", NEW."school_id", NEW."starts_on"); RETURN NULL;', hash='c0d11ca2de7468c90f1e6da239169a04c915645d', operation='UPDATE', pgid='pgtrigger_update_update_7d38e', table='schools_enrolment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='enrolment',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_enrolmentevent" ("ends_on", "id", "is_start_assumed", "origin_id", "origin_school_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "pupil_id", "school_id", "starts_on") VALUES (OLD."ends_on", OLD."id", OLD."is_start_assumed", OLD."origin_id", OLD."origin_school_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."public_id", OLD."pupil_id", OLD."school_id", OLD."starts_on"); RETURN NULL;', hash='c024ce5dfa0d8db5324f71df73b19fb89a821907', operation='DELETE', pgid='pgtrigger_delete_delete_96163', table='schools_enrolment', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='classteacher',
            constraint=models.UniqueConstraint(fields=('id', 'school'), name='classteacher_id_school'),
        ),
        migrations.AddConstraint(
            model_name='classteacher',
            constraint=models.UniqueConstraint(fields=('school', 'public_id'), name='classteacher_public_id'),
        ),
        migrations.AddConstraint(
            model_name='classteacher',
            constraint=models.UniqueConstraint(fields=('class_group', 'membership'), name='classteacher_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='classteacher',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_classteacherevent" ("class_group_id", "id", "membership_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "school_id") VALUES (NEW."class_group_id", NEW."id", NEW."membership_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."public_id", NEW."school_id"); RETURN NULL;', hash='f3017c27c6d5edce323f2991966ce0beb2d6fb07', operation='INSERT', pgid='pgtrigger_insert_insert_e7deb', table='schools_classteacher', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='classteacher',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "schools_classteacherevent" ("class_group_id", "id", "membership_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "school_id") VALUES (NEW."class_group_id", NEW."id", NEW."membership_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."public_id", NEW."school_id"); RETURN NULL;', hash='45065f50e1a55316966ae4dfc01d38d47b2378d4', operation='UPDATE', pgid='pgtrigger_update_update_5ec39', table='schools_classteacher', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='classteacher',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_classteacherevent" ("class_group_id", "id", "membership_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "school_id") VALUES (OLD."class_group_id", OLD."id", OLD."membership_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."public_id", OLD."school_id"); RETURN NULL;', hash='e8af5373da1c98c66aee72bf3dcfbc7fe1ae2f33', operation='DELETE', pgid='pgtrigger_delete_delete_9edf2', table='schools_classteacher', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='classgroup',
            constraint=models.UniqueConstraint(fields=('id', 'school'), name='classgroup_id_school'),
        ),
        migrations.AddConstraint(
            model_name='classgroup',
            constraint=models.UniqueConstraint(fields=('school', 'public_id'), name='classgroup_public_id'),
        ),
        migrations.AddConstraint(
            model_name='classgroup',
            constraint=models.UniqueConstraint(models.F('school'), models.F('academic_year'), django.db.models.functions.text.Lower('name'), name='classgroup_once'),
        ),
        migrations.AddConstraint(
            model_name='classgroup',
            constraint=models.UniqueConstraint(fields=('id', 'school', 'academic_year'), name='classgroup_id_school_year'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='classgroup',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_classgroupevent" ("academic_year", "id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "school_id") VALUES (NEW."academic_year", NEW."id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."public_id", NEW."school_id"); RETURN NULL;', hash='a37db974082692ec50ed2004194a6079543234c4', operation='INSERT', pgid='pgtrigger_insert_insert_5caee', table='schools_classgroup', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='classgroup',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "schools_classgroupevent" ("academic_year", "id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "school_id") VALUES (NEW."academic_year", NEW."id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."public_id", NEW."school_id"); RETURN NULL;', hash='e5a2cd9cea485ff0cbd369443d250d644cc493df', operation='UPDATE', pgid='pgtrigger_update_update_8f86a', table='schools_classgroup', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='classgroup',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_classgroupevent" ("academic_year", "id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "school_id") VALUES (OLD."academic_year", OLD."id", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."public_id", OLD."school_id"); RETURN NULL;', hash='aaaedef39590aa23260293d7f100fa1c17b841ca', operation='DELETE', pgid='pgtrigger_delete_delete_881c1', table='schools_classgroup', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='changeset',
            constraint=models.UniqueConstraint(fields=('id', 'school'), name='changeset_id_school'),
        ),
        migrations.AddConstraint(
            model_name='changeset',
            constraint=models.UniqueConstraint(fields=('school', 'public_id'), name='changeset_public_id'),
        ),
        migrations.AddConstraint(
            model_name='changeset',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['set_up', 'demo'])), name='changeset_kind_known'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='changeset',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_changesetevent" ("by_id", "id", "kind", "made_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "reason", "school_id") VALUES (NEW."by_id", NEW."id", NEW."kind", NEW."made_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."public_id", NEW."reason", NEW."school_id"); RETURN NULL;', hash='c6e1b689d987b5a2e6566367e325d6a409ad5016', operation='INSERT', pgid='pgtrigger_insert_insert_e1e67', table='schools_changeset', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='changeset',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "schools_changesetevent" ("by_id", "id", "kind", "made_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "reason", "school_id") VALUES (NEW."by_id", NEW."id", NEW."kind", NEW."made_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."public_id", NEW."reason", NEW."school_id"); RETURN NULL;', hash='54c2f5162e93d09dc70e3e3eae6bb258bfc037ea', operation='UPDATE', pgid='pgtrigger_update_update_59a88', table='schools_changeset', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='changeset',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_changesetevent" ("by_id", "id", "kind", "made_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "reason", "school_id") VALUES (OLD."by_id", OLD."id", OLD."kind", OLD."made_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."public_id", OLD."reason", OLD."school_id"); RETURN NULL;', hash='427633c50e5af7c35780f6923bb379e6e19fd537', operation='DELETE', pgid='pgtrigger_delete_delete_8f314', table='schools_changeset', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='schoolyear',
            constraint=models.UniqueConstraint(fields=('id', 'school'), name='schoolyear_id_school'),
        ),
        migrations.AddConstraint(
            model_name='schoolyear',
            constraint=models.UniqueConstraint(fields=('school', 'public_id'), name='schoolyear_public_id'),
        ),
        migrations.AddConstraint(
            model_name='schoolyear',
            constraint=models.UniqueConstraint(fields=('school', 'academic_year'), name='schoolyear_once'),
        ),
        migrations.AddConstraint(
            model_name='schoolyear',
            constraint=models.CheckConstraint(condition=models.Q(('academic_year__gte', 1990), ('academic_year__lte', 2099)), name='schoolyear_in_range'),
        ),
        migrations.AddConstraint(
            model_name='schoolyear',
            constraint=models.CheckConstraint(condition=models.Q(('eyfs_framework__in', [schools.calendar.EyfsFramework['OF_2012'], schools.calendar.EyfsFramework['OF_2021']])), name='schoolyear_eyfs_framework_known'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='schoolyear',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_schoolyearevent" ("academic_year", "eyfs_framework", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "school_id") VALUES (NEW."academic_year", NEW."eyfs_framework", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."public_id", NEW."school_id"); RETURN NULL;', hash='9841bed7ec3d63d126fd6330ef5d8744d0381acc', operation='INSERT', pgid='pgtrigger_insert_insert_a8bc1', table='schools_schoolyear', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='schoolyear',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "schools_schoolyearevent" ("academic_year", "eyfs_framework", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "school_id") VALUES (NEW."academic_year", NEW."eyfs_framework", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."public_id", NEW."school_id"); RETURN NULL;', hash='dacee6dba105d9a1577f2647c644e19bea898ee4', operation='UPDATE', pgid='pgtrigger_update_update_d3d75', table='schools_schoolyear', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='schoolyear',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_schoolyearevent" ("academic_year", "eyfs_framework", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "school_id") VALUES (OLD."academic_year", OLD."eyfs_framework", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."public_id", OLD."school_id"); RETURN NULL;', hash='775d75027580b9f387e3601504bf10cdcd1c6d59', operation='DELETE', pgid='pgtrigger_delete_delete_b5b3f', table='schools_schoolyear', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=models.UniqueConstraint(fields=('id', 'school'), name='term_id_school'),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=models.UniqueConstraint(fields=('school', 'public_id'), name='term_public_id'),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=models.UniqueConstraint(fields=('school', 'academic_year', 'term'), name='term_once'),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=models.CheckConstraint(condition=models.Q(('term__in', [schools.calendar.TermName['AUTUMN'], schools.calendar.TermName['SPRING'], schools.calendar.TermName['SUMMER']])), name='term_known'),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=models.CheckConstraint(condition=models.Q(('starts_on__lt', models.F('ends_on'))), name='term_starts_first'),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.F('school'), '='), (models.Func(models.F('starts_on'), models.F('ends_on'), models.Value('[]'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='term_apart'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='term',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_termevent" ("academic_year", "ends_on", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "school_id", "starts_on", "term") VALUES (NEW."academic_year", NEW."ends_on", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."public_id", NEW."school_id", NEW."starts_on", NEW."term"); RETURN NULL;', hash='659b40843750a61e774529c7081f9b6e7167b792', operation='INSERT', pgid='pgtrigger_insert_insert_21073', table='schools_term', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='term',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "schools_termevent" ("academic_year", "ends_on", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "school_id", "starts_on", "term") VALUES (NEW."academic_year", NEW."ends_on", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."public_id", NEW."school_id", NEW."starts_on", NEW."term"); RETURN NULL;', hash='ef0249a45e0f05a26a8f1a2ccd90cb3115a9a164', operation='UPDATE', pgid='pgtrigger_update_update_a5f8a', table='schools_term', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='term',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "schools_termevent" ("academic_year", "ends_on", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "school_id", "starts_on", "term") VALUES (OLD."academic_year", OLD."ends_on", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."public_id", OLD."school_id", OLD."starts_on", OLD."term"); RETURN NULL;', hash='a72364c2f8387e180be68f0dd82d72add9074609', operation='DELETE', pgid='pgtrigger_delete_delete_827fb', table='schools_term', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='pupilyear',
            constraint=schools.models.school_owned.SameSchoolKey(fields=('pupil', 'school'), name='pupilyear_pupil', to='schools.Pupil', to_fields=('id', 'school')),
        ),
        migrations.AddConstraint(
            model_name='pupilyear',
            constraint=schools.models.school_owned.SameSchoolKey(fields=('school', 'academic_year'), name='pupilyear_of_year', to='schools.SchoolYear', to_fields=('school', 'academic_year')),
        ),
        migrations.AddConstraint(
            model_name='pupilyear',
            constraint=schools.models.school_owned.SameSchoolKey(fields=('class_group', 'school', 'academic_year'), name='pupilyear_class', to='schools.ClassGroup', to_fields=('id', 'school', 'academic_year')),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=schools.models.school_owned.SameSchoolKey(fields=('pupil', 'school'), name='enrolment_pupil', to='schools.Pupil', to_fields=('id', 'school')),
        ),
        migrations.AddConstraint(
            model_name='classteacher',
            constraint=schools.models.school_owned.SameSchoolKey(fields=('class_group', 'school'), name='classteacher_class', to='schools.ClassGroup', to_fields=('id', 'school')),
        ),
        migrations.AddConstraint(
            model_name='classteacher',
            constraint=schools.models.school_owned.SameSchoolKey(fields=('membership', 'school'), name='classteacher_membership', to='schools.Membership', to_fields=('id', 'school')),
        ),
        migrations.AddConstraint(
            model_name='classgroup',
            constraint=schools.models.school_owned.SameSchoolKey(fields=('school', 'academic_year'), name='classgroup_of_year', to='schools.SchoolYear', to_fields=('school', 'academic_year')),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=schools.models.school_owned.SameSchoolKey(fields=('school', 'academic_year'), name='term_of_year', to='schools.SchoolYear', to_fields=('school', 'academic_year')),
        ),
    ]
