from django.db import migrations

from schools.row_security import EnableSchoolRowSecurity


class Migration(migrations.Migration):
    dependencies = [("schools", "0001_first_tables")]

    operations = [
        EnableSchoolRowSecurity("SchoolYear"),
        EnableSchoolRowSecurity("SchoolYearEvent"),
        EnableSchoolRowSecurity("Term"),
        EnableSchoolRowSecurity("TermEvent"),
        EnableSchoolRowSecurity("ClassGroup"),
        EnableSchoolRowSecurity("ClassGroupEvent"),
        EnableSchoolRowSecurity("Membership", own_rows=True),
        EnableSchoolRowSecurity("MembershipEvent"),
        EnableSchoolRowSecurity("ClassTeacher"),
        EnableSchoolRowSecurity("ClassTeacherEvent"),
        EnableSchoolRowSecurity("Pupil"),
        EnableSchoolRowSecurity("PupilEvent"),
        EnableSchoolRowSecurity("Enrolment"),
        EnableSchoolRowSecurity("EnrolmentEvent"),
        EnableSchoolRowSecurity("PupilYear"),
        EnableSchoolRowSecurity("PupilYearEvent"),
        EnableSchoolRowSecurity("ChangeSet"),
        EnableSchoolRowSecurity("ChangeSetEvent"),
    ]
