"""The floor of what is counted of a partnership: all of its schools and terms in one query written by hand for Years 1 to 9.

Attainment by year group and subject, and of the combined subjects; the year's progress; how the same pupils stood at the end of the term
before; who is on track. Each pupil's year is laid out in one row a subject, and each term then reads its columns. The steps and ranges are those
that are shipped.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from reports.queries.counting import count_whole_schools
from schools.calendar import AcademicYear, TermName
from schools.models import School
from schools.row_security import counting_only, visible_to

_COUNTED = """
WITH asked AS MATERIALIZED (
    SELECT t.school_id, t.academic_year, t.term, t.ends_on
    FROM unnest(%(years)s::smallint[], %(terms)s::smallint[]) AS a (academic_year, term)
    JOIN schools_term t ON t.academic_year = a.academic_year AND t.term = a.term
    WHERE t.school_id = ANY (%(schools)s)
),
roll AS MATERIALIZED (
    SELECT asked.school_id, asked.academic_year, asked.term, y.pupil_id, y.year_group
    FROM asked
    JOIN schools_enrolment e ON e.school_id = asked.school_id
        AND e.starts_on <= asked.ends_on AND (e.ends_on IS NULL OR e.ends_on >= asked.ends_on)
    JOIN schools_pupilyear y
        ON y.school_id = e.school_id AND y.pupil_id = e.pupil_id AND y.academic_year = asked.academic_year
    WHERE e.school_id = ANY (%(schools)s) AND y.school_id = ANY (%(schools)s) AND y.year_group BETWEEN 1 AND 9
),
held AS MATERIALIZED (
    SELECT school_id, pupil_id, subject_id, academic_year,
        max(points) FILTER (WHERE term = 0) AS baseline, max(points) FILTER (WHERE term = 1) AS autumn,
        max(points) FILTER (WHERE term = 2) AS spring, max(points) FILTER (WHERE term = 3) AS summer,
        max(attainment) FILTER (WHERE term = 1) AS in_autumn, max(attainment) FILTER (WHERE term = 2) AS in_spring,
        max(attainment) FILTER (WHERE term = 3) AS in_summer,
        max(points) FILTER (WHERE term = 1 AND is_on_entry) AS autumn_entry,
        max(points) FILTER (WHERE term = 2 AND is_on_entry) AS spring_entry
    FROM assessment_judgement
    WHERE school_id = ANY (%(schools)s) AND points IS NOT NULL AND subject_id IN (1, 2, 3, 4)
        AND academic_year BETWEEN %(first_year)s - 1 AND %(last_year)s
    GROUP BY 1, 2, 3, 4
),
years AS MATERIALIZED (
    SELECT held.*, coalesce(held.baseline, earlier.summer) AS started, earlier.in_summer AS in_last_summer
    FROM held
    LEFT JOIN held AS earlier ON earlier.school_id = held.school_id AND earlier.pupil_id = held.pupil_id
        AND earlier.subject_id = held.subject_id AND earlier.academic_year = held.academic_year - 1
),
measured AS MATERIALIZED (
    SELECT r.school_id, r.academic_year, r.term, r.year_group, r.pupil_id, subject_id,
        CASE r.term WHEN 1 THEN autumn WHEN 2 THEN spring ELSE summer END AS points,
        CASE r.term WHEN 1 THEN in_autumn WHEN 2 THEN in_spring ELSE in_summer END AS now,
        CASE r.term WHEN 1 THEN in_last_summer WHEN 2 THEN in_autumn ELSE in_spring END AS before,
        coalesce(started, CASE WHEN r.term > 1 THEN autumn_entry END, CASE WHEN r.term > 2 THEN spring_entry END) AS start,
        CASE r.term WHEN 1 THEN 3 WHEN 2 THEN 5 ELSE 7 END AS steps_of_year,
        CASE WHEN started IS NOT NULL THEN 0 WHEN autumn_entry IS NOT NULL THEN 3 ELSE 5 END AS steps_to_start
    FROM roll r
    JOIN years h ON h.school_id = r.school_id AND h.pupil_id = r.pupil_id AND h.academic_year = r.academic_year
    WHERE CASE r.term WHEN 1 THEN autumn WHEN 2 THEN spring ELSE summer END IS NOT NULL
),
counts AS (
    SELECT school_id, academic_year, term, year_group, subject_id, count(*) AS assessed,
        count(*) FILTER (WHERE now = 1) AS below, count(*) FILTER (WHERE now = 2) AS at,
        count(*) FILTER (WHERE now = 3) AS above, sum(points) AS points, count(start) AS measured,
        count(*) FILTER (WHERE points - start < steps_of_year - steps_to_start
            AND NOT (term = 3 AND points >= 7 * year_group + 23)) AS less,
        count(*) FILTER (WHERE points - start = steps_of_year - steps_to_start
            AND NOT (term = 3 AND points >= 7 * year_group + 23)) AS as_expected,
        count(*) FILTER (WHERE points - start > steps_of_year - steps_to_start
            OR (start IS NOT NULL AND term = 3 AND points >= 7 * year_group + 23)) AS more,
        coalesce(sum(points - start), 0) AS steps, count(before) AS matched,
        count(*) FILTER (WHERE before IS NOT NULL AND now >= 2) AS matched_now,
        count(*) FILTER (WHERE before >= 2) AS matched_before,
        count(*) FILTER (WHERE points >= 7 * year_group + 12 + steps_of_year) AS on_track
    FROM measured GROUP BY 1, 2, 3, 4, 5
    UNION ALL
    SELECT school_id, academic_year, term, year_group, 0, count(*), count(*) FILTER (WHERE now = 1),
        count(*) FILTER (WHERE now = 2), count(*) FILTER (WHERE now = 3), 0, 0, 0, 0, 0, 0,
        count(*) FILTER (WHERE befores = 3), count(*) FILTER (WHERE befores = 3 AND now >= 2),
        count(*) FILTER (WHERE befores = 3 AND before >= 2), count(*) FILTER (WHERE on_track)
    FROM (
        SELECT school_id, academic_year, term, year_group, min(now) AS now, min(before) AS before,
            count(before) AS befores, bool_and(points >= 7 * year_group + 12 + steps_of_year) AS on_track
        FROM measured WHERE subject_id IN (1, 2, 3)
        GROUP BY school_id, academic_year, term, year_group, pupil_id HAVING count(*) = 3
    ) AS combined GROUP BY 1, 2, 3, 4
)
SELECT school_id, academic_year, term, year_group, s.subject_id, pupils::int, coalesce(assessed, 0)::int,
    coalesce(below, 0)::int, coalesce(at, 0)::int, coalesce(above, 0)::int, coalesce(points, 0)::int,
    coalesce(measured, 0)::int, coalesce(less, 0)::int, coalesce(as_expected, 0)::int, coalesce(more, 0)::int,
    coalesce(steps, 0)::int, coalesce(matched, 0)::int, coalesce(matched_now, 0)::int,
    coalesce(matched_before, 0)::int, coalesce(on_track, 0)::int
FROM (SELECT school_id, academic_year, term, year_group, count(*) AS pupils FROM roll GROUP BY 1, 2, 3, 4) AS sizes
CROSS JOIN (VALUES (0), (1), (2), (3), (4)) AS s (subject_id)
LEFT JOIN counts USING (school_id, academic_year, term, year_group, subject_id)
"""


def partnership_by_hand(
    schools: Sequence[School], terms: Sequence[tuple[AcademicYear, TermName]]
) -> list[tuple[object, ...]]:
    """School, year, term, year group, subject (0 is combined), and the counts of `reports.queries.figures.Figure`."""
    years = [int(year) for year, _ in terms]
    parameters = {
        "schools": [school.pk for school in schools],
        "years": years,
        "terms": [term.value for _, term in terms],
        "first_year": min(years),
        "last_year": max(years),
    }
    with counting_only(), visible_to(*schools):
        with connection.cursor() as cursor:
            # By an index the wall's list of schools is read once, in a scan for every row: half the time.
            cursor.execute("SET LOCAL enable_seqscan = off")
        return count_whole_schools(_COUNTED, parameters)
