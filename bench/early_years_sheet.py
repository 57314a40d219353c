"""A school with sixty children in Reception, in two classes, judged in all seventeen areas of learning: last Summer in nursery, and in the three terms since."""

from __future__ import annotations

from assessment.models import Judgement
from bench.classes import Staff, freshly_counted, staffed
from bench.large_world import FIRST_URN, YEAR, OfTheirOwn, make_schools, unrecorded
from lep_tracker.database_roles import as_owner
from schools.models import School
from schools.row_security import visible_to

NUMBER, CHILDREN = OfTheirOwn.EARLY_YEARS, 60 * 6
_FIRST_OF_2021, _LAST_OF_2021 = 201, 217

# The sixty of Year 1 are a year younger; what they were judged in as subjects goes.
_YOUNGER = (
    """
DELETE FROM assessment_judgement j USING schools_pupilyear y
WHERE j.school_id = ANY (%(ids)s) AND y.school_id = j.school_id AND y.pupil_id = j.pupil_id
    AND y.academic_year = %(year)s AND y.year_group = 1
""",
    """
UPDATE schools_pupil p SET date_of_birth = (p.date_of_birth + interval '1 year')::date,
    surname = initcap(translate(substr(md5(p.id::text), 1, 9), '0123456789', 'ghijklmnop')),
    forename = initcap(translate(substr(md5(p.id::text), 20, 7), '0123456789', 'qrstuvwxyz'))
FROM schools_pupilyear y
WHERE p.school_id = ANY (%(ids)s) AND y.school_id = p.school_id AND y.pupil_id = p.id
    AND y.academic_year = %(year)s AND y.year_group = 1
""",
    """
UPDATE schools_pupilyear old SET year_group = old.year_group - 1
FROM schools_pupilyear y
WHERE old.school_id = ANY (%(ids)s) AND y.school_id = old.school_id AND y.pupil_id = old.pupil_id
    AND y.academic_year = %(year)s AND y.year_group = 1
""",
    # By age 40-60 months and by the goal at the end of Reception, some below and some above.
    """
INSERT INTO assessment_judgement (school_id, pupil_id, academic_year, subject_id, term, points, reason, is_on_entry, note,
    expected_low, expected_high, expectation_version_id, source, made_by_school_id, entered_at, version)
SELECT y.school_id, y.pupil_id, y.academic_year, area, term, 14 + 2 * step + (random() * 3)::int, '', false, '',
    CASE WHEN step = 3 THEN 21 ELSE 18 END, CASE WHEN step = 3 THEN 101 ELSE 20 END,
    v.id, 'imported', y.school_id, now(), 1
FROM schools_pupilyear y
JOIN (VALUES (1, 3, 0), (0, 1, 1), (0, 2, 2), (0, 3, 3)) AS points (back, term, step) ON y.academic_year = %(year)s - back
CROSS JOIN generate_series(%(first_area)s, %(last_area)s) AS area
CROSS JOIN (SELECT id FROM assessment_expectationversion WHERE partnership_id IS NULL) AS v
WHERE y.school_id = ANY (%(ids)s) AND y.year_group <= 0
""",
)


def early_years_school() -> Staff:
    """Made the first time; its class of thirty children is the first of Reception."""
    urn = str(FIRST_URN + NUMBER)
    if not School.objects.filter(urn=urn).exists():
        with as_owner():
            make_schools("Bench: early years", first=NUMBER, last=NUMBER, pupils=CHILDREN)
    school = School.objects.get(urn=urn)
    with visible_to(school):
        areas = Judgement.objects.in_school(school).filter(subject=_FIRST_OF_2021)
        is_filled = areas.exists()
    if not is_filled:
        given = {"year": int(YEAR), "first_area": _FIRST_OF_2021, "last_area": _LAST_OF_2021}
        with as_owner():
            unrecorded([school.pk], _YOUNGER, {"ids": [school.pk], **given})
        freshly_counted()
    return staffed(school, class_name="Class 0.1")
