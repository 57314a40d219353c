"""The floor of the dashboard: all that it shows of a term's end, in one query written by hand for Summer in Years 1 to 9; and how many of Year 1
have nothing that the year could start from, in another.

Attainment by year group and subject, and of the combined subjects; the year's progress; how the same pupils stood in Spring; and who is on
track, which at a year's end is who is in its range or over it.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection

from bench.large_world import YEAR
from reports.queries.counting import count_whole_schools
from schools.models import School

_DASHBOARD = """
WITH term AS MATERIALIZED (
    SELECT ends_on FROM schools_term WHERE school_id = %(school)s AND academic_year = %(year)s AND term = 3
),
roll AS MATERIALIZED (
    SELECT y.pupil_id, y.year_group
    FROM term
    JOIN schools_enrolment e ON e.starts_on <= term.ends_on AND (e.ends_on IS NULL OR e.ends_on >= term.ends_on)
    JOIN schools_pupilyear y ON y.school_id = e.school_id AND y.pupil_id = e.pupil_id
    WHERE y.academic_year = %(year)s AND y.school_id = %(school)s AND e.school_id = %(school)s
),
held AS MATERIALIZED (
    SELECT j.pupil_id, j.subject_id,
        max(points) FILTER (WHERE academic_year = %(year)s AND term = 3) AS points,
        max(attainment) FILTER (WHERE academic_year = %(year)s AND term = 3) AS now,
        max(attainment) FILTER (WHERE academic_year = %(year)s AND term = 2) AS before,
        max(points) FILTER (WHERE term = 0) AS baseline,
        max(points) FILTER (WHERE academic_year < %(year)s) AS last_summer,
        max(points) FILTER (WHERE term = 1 AND is_on_entry) AS autumn_entry,
        max(points) FILTER (WHERE term = 2 AND is_on_entry) AS spring_entry
    FROM assessment_judgement j
    WHERE j.school_id = %(school)s AND points IS NOT NULL
        AND (academic_year = %(year)s OR (academic_year = %(year)s - 1 AND term = 3))
    GROUP BY 1, 2
),
measured AS MATERIALIZED (
    SELECT r.pupil_id, r.year_group, h.subject_id, points, now, before,
        points - coalesce(baseline, last_summer, autumn_entry, spring_entry) AS steps,
        CASE WHEN coalesce(baseline, last_summer) IS NOT NULL THEN 7 WHEN autumn_entry IS NOT NULL THEN 4
            WHEN spring_entry IS NOT NULL THEN 2 END AS expected
    FROM roll r JOIN held h ON h.pupil_id = r.pupil_id
    WHERE points IS NOT NULL
),
counts AS (
    SELECT year_group, subject_id, count(*) AS assessed,
        count(*) FILTER (WHERE now = 1) AS below, count(*) FILTER (WHERE now = 2) AS at,
        count(*) FILTER (WHERE now = 3) AS above, sum(points) AS points, count(steps) AS measured,
        count(*) FILTER (WHERE steps < expected AND points < 7 * year_group + 23) AS less,
        count(*) FILTER (WHERE steps = expected AND points < 7 * year_group + 23) AS as_expected,
        count(*) FILTER (WHERE steps > expected OR (steps IS NOT NULL AND points >= 7 * year_group + 23)) AS more,
        coalesce(sum(steps), 0) AS steps, count(before) AS matched,
        count(*) FILTER (WHERE before IS NOT NULL AND now >= 2) AS matched_now,
        count(*) FILTER (WHERE before >= 2) AS matched_before,
        count(*) FILTER (WHERE points >= 7 * year_group + 19) AS on_track
    FROM measured GROUP BY 1, 2
    UNION ALL
    SELECT year_group, 0, count(*), count(*) FILTER (WHERE now = 1), count(*) FILTER (WHERE now = 2),
        count(*) FILTER (WHERE now = 3), 0, 0, 0, 0, 0, 0, count(*) FILTER (WHERE befores = 3),
        count(*) FILTER (WHERE befores = 3 AND now >= 2), count(*) FILTER (WHERE befores = 3 AND before >= 2),
        count(*) FILTER (WHERE on_track)
    FROM (
        SELECT pupil_id, year_group, min(now) AS now, min(before) AS before, count(before) AS befores,
            bool_and(points >= 7 * year_group + 19) AS on_track
        FROM measured WHERE subject_id IN (1, 2, 3) GROUP BY 1, 2 HAVING count(*) = 3
    ) AS combined GROUP BY 1
)
SELECT sizes.year_group, s.subject_id, pupils::int, coalesce(assessed, 0)::int, coalesce(below, 0)::int,
    coalesce(at, 0)::int, coalesce(above, 0)::int, coalesce(points, 0)::int, coalesce(measured, 0)::int,
    coalesce(less, 0)::int, coalesce(as_expected, 0)::int, coalesce(more, 0)::int, coalesce(steps, 0)::int,
    coalesce(matched, 0)::int, coalesce(matched_now, 0)::int, coalesce(matched_before, 0)::int,
    coalesce(on_track, 0)::int
FROM (SELECT year_group, count(*) AS pupils FROM roll GROUP BY 1) AS sizes
CROSS JOIN (VALUES (0), (1), (2), (3), (4)) AS s (subject_id)
LEFT JOIN counts ON counts.year_group = sizes.year_group AND counts.subject_id = s.subject_id
"""

_WITHOUT_BASELINE = """
WITH year_one AS MATERIALIZED (
    SELECT DISTINCT y.pupil_id
    FROM schools_pupilyear y
    JOIN schools_enrolment e ON e.school_id = y.school_id AND e.pupil_id = y.pupil_id
    WHERE y.school_id = %(school)s AND e.school_id = %(school)s AND y.academic_year = %(year)s AND y.year_group = 1
        AND (e.ends_on IS NULL OR e.ends_on >= (
            SELECT least(%(today)s, max(ends_on)) FROM schools_term
            WHERE school_id = %(school)s AND academic_year = %(year)s
        ))
),
started AS (
    SELECT j.pupil_id
    FROM year_one o JOIN assessment_judgement j ON j.pupil_id = o.pupil_id
    WHERE j.school_id = %(school)s AND j.subject_id IN (1, 2, 3, 4) AND j.points IS NOT NULL
        AND (
            (j.academic_year = %(year)s AND j.term = 0)
            OR (j.academic_year = %(year)s - 1 AND j.term = 3)
            OR (j.academic_year = %(year)s AND j.term IN (1, 2) AND j.is_on_entry)
        )
    GROUP BY 1 HAVING count(DISTINCT j.subject_id) = 4
)
SELECT ((SELECT count(*) FROM year_one) - (SELECT count(*) FROM started))::int, (SELECT count(*) FROM year_one)::int
"""


def dashboard_by_hand(school: School) -> list[tuple[object, ...]]:
    """Year group, subject (0 is combined), the counts of `reports.queries.figures.Figure`; needs the school open."""
    return count_whole_schools(_DASHBOARD, {"school": school.pk, "year": int(YEAR)})


def without_baseline_by_hand(school: School, today: dt.date) -> tuple[object, ...]:
    """How many of Year 1 have no start in one subject or more, and of how many; needs the school open."""
    with connection.cursor() as cursor:
        cursor.execute(_WITHOUT_BASELINE, {"school": school.pk, "year": int(YEAR), "today": today})
        found: tuple[object, ...] = cursor.fetchone()
    return found
