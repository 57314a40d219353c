"""A school with 240 pupils in each year group, whose Year 6 was judged in every Summer since Reception."""

from __future__ import annotations

from django.db import connection

from assessment.models import Judgement
from bench.classes import Staff, freshly_counted, staffed
from bench.large_world import FIRST_URN, YEAR, OfTheirOwn, make_schools
from lep_tracker.database_roles import as_owner
from schools.calendar import YearGroup
from schools.models import School
from schools.row_security import visible_to

NUMBER, PUPILS = OfTheirOwn.MARKSHEETS, 240 * 6
YEAR_GROUP, EARLIER_YEARS = YearGroup.Y6, 5

_HISTORY = (
    """
INSERT INTO schools_schoolyear (school_id, academic_year, eyfs_framework)
SELECT %(school)s, y, 2021 FROM generate_series(%(year)s - 6, %(year)s - 2) AS y
""",
    """
INSERT INTO schools_pupilyear (school_id, pupil_id, academic_year, year_group, sen_status, ethnicity)
SELECT school_id, pupil_id, y, year_group - (%(year)s - y), '', ''
FROM schools_pupilyear, generate_series(%(year)s - 6, %(year)s - 2) AS y
WHERE school_id = %(school)s AND academic_year = %(year)s AND year_group = %(year_group)s
""",
    # The six Summers, and of this year the Baseline, Autumn and Spring: what was there stays.
    """
INSERT INTO assessment_judgement (school_id, pupil_id, academic_year, subject_id, term, points, reason, is_on_entry, note,
    expected_low, expected_high, expectation_version_id, source, made_by_school_id, entered_at, version)
SELECT y.school_id, y.pupil_id, y.academic_year, 1, term, low + (random() * 5)::int - 1, '', false, '',
    CASE WHEN y.year_group > 0 AND term > 0 THEN low END, CASE WHEN y.year_group > 0 AND term > 0 THEN low + 2 END,
    v.id, 'imported', y.school_id, now(), 1
FROM schools_pupilyear y
JOIN (VALUES (0, 12), (1, 15), (2, 17), (3, 19)) AS terms (term, offset_of_year)
    ON term = 3 OR y.academic_year = %(year)s
CROSS JOIN LATERAL (SELECT 7 * y.year_group + offset_of_year AS low) AS range
CROSS JOIN (SELECT id FROM assessment_expectationversion WHERE partnership_id IS NULL) AS v
WHERE y.school_id = %(school)s AND y.pupil_id IN (
    SELECT pupil_id FROM schools_pupilyear
    WHERE school_id = %(school)s AND academic_year = %(year)s AND year_group = %(year_group)s
)
ON CONFLICT (school_id, pupil_id, subject_id, academic_year, term) DO NOTHING
""",
    # Names of their own for everybody: numbered ones would be compressed to nothing.
    """
UPDATE schools_pupil
SET surname = initcap(translate(substr(md5(id::text), 1, 9), '0123456789', 'ghijklmnop')),
    forename = initcap(translate(substr(md5(id::text), 20, 7), '0123456789', 'qrstuvwxyz'))
WHERE school_id = %(school)s
""",
)


def wide_school() -> Staff:
    """Made the first time; the year that is measured is that of the large partnership."""
    urn = str(FIRST_URN + NUMBER)
    if not School.objects.filter(urn=urn).exists():
        with as_owner():
            make_schools("Bench: marksheets", first=NUMBER, last=NUMBER, pupils=PUPILS)
    school = School.objects.get(urn=urn)
    with visible_to(school):
        is_filled = (
            Judgement.objects.in_school(school).filter(academic_year=YEAR - 1 - EARLIER_YEARS).exists()
        )
    if not is_filled:
        with visible_to(school), connection.cursor() as cursor:
            for statement in _HISTORY:
                cursor.execute(
                    statement, {"school": school.pk, "year": int(YEAR), "year_group": YEAR_GROUP.value}
                )
        staff = staffed(school)
        freshly_counted()
        return staff
    return staffed(school)
