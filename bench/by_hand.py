"""The floor of `analyse`: the same figures in SQL written by hand for one question, without scope, filters or names.

Attainment and the year's progress at the end of Summer in Years 1 to 6, by school, year group, subject and group. Each subject's line of a
pupil carries its groups as bits; the sums are made once for each set of groups and then added up for each group.
"""

from __future__ import annotations

from bench.large_world import YEAR
from reports.queries.counting import count_whole_schools
from schools.models import School

_FIGURES = """
WITH days AS MATERIALIZED (
    SELECT min(starts_on) FILTER (WHERE term = 1) AS first_day, max(ends_on) FILTER (WHERE term = 3) AS last_day
    FROM schools_term WHERE school_id = %(school)s AND academic_year = %(year)s
),
roll AS MATERIALIZED (
    SELECT y.school_id, y.pupil_id, y.year_group,
        1 | CASE p.sex WHEN 'F' THEN 2 WHEN 'M' THEN 4 ELSE 0 END
        | CASE y.is_pupil_premium WHEN true THEN 8 WHEN false THEN 16 ELSE 0 END
        | CASE y.sen_status WHEN 'K' THEN 32 | 64 WHEN 'E' THEN 32 | 128 WHEN 'N' THEN 256 ELSE 0 END
        | CASE y.is_eal WHEN true THEN 512 WHEN false THEN 1024 ELSE 0 END
        | CASE WHEN y.is_looked_after THEN 2048 ELSE 0 END
        | CASE WHEN extract(month FROM p.date_of_birth) BETWEEN 4 AND 8 THEN 4096 ELSE 0 END
        | CASE left(y.ethnicity, 1) WHEN 'A' THEN 8192 WHEN 'W' THEN 16384 ELSE 0 END
        | CASE y.is_fsm6 WHEN true THEN 32768 WHEN false THEN 65536 ELSE 0 END
        | CASE y.is_disadvantaged WHEN true THEN 16777216 WHEN false THEN 33554432 ELSE 0 END
        | CASE WHEN e.starts_on > days.first_day + 14 THEN 131072 ELSE 0 END
        | CASE WHEN y.is_service_child THEN 262144 ELSE 0 END
        | CASE WHEN y.attendance >= 95 THEN 524288 WHEN y.attendance > 90 THEN 1048576 WHEN y.attendance > 50 THEN 2097152 | 8388608
            WHEN y.attendance <= 50 THEN 4194304 | 8388608 ELSE 0 END AS bits
    FROM days
    JOIN schools_enrolment e ON e.starts_on <= days.last_day AND (e.ends_on IS NULL OR e.ends_on >= days.last_day)
    JOIN schools_pupilyear y ON y.school_id = e.school_id AND y.pupil_id = e.pupil_id
    JOIN schools_pupil p ON p.school_id = y.school_id AND p.id = y.pupil_id
    WHERE y.academic_year = %(year)s AND y.school_id = %(school)s AND e.school_id = %(school)s AND p.school_id = %(school)s
),
held AS MATERIALIZED (
    SELECT j.school_id, j.pupil_id, j.subject_id,
        max(points) FILTER (WHERE academic_year = %(year)s AND term = 3) AS points,
        max(attainment) FILTER (WHERE academic_year = %(year)s AND term = 3) AS attainment,
        max(points) FILTER (WHERE term = 0) AS baseline,
        max(points) FILTER (WHERE academic_year < %(year)s) AS last_summer,
        max(points) FILTER (WHERE term = 1 AND is_on_entry) AS autumn_entry,
        max(points) FILTER (WHERE term = 2 AND is_on_entry) AS spring_entry
    FROM assessment_judgement j
    WHERE j.school_id = %(school)s AND points IS NOT NULL
        AND (academic_year = %(year)s OR (academic_year = %(year)s - 1 AND term = 3))
    GROUP BY 1, 2, 3
),
measured AS MATERIALIZED (
    SELECT r.school_id, r.pupil_id, r.year_group, r.bits, h.subject_id, h.points, h.attainment,
        points - coalesce(baseline, last_summer, autumn_entry, spring_entry) AS steps,
        CASE WHEN coalesce(baseline, last_summer) IS NOT NULL THEN 7 WHEN autumn_entry IS NOT NULL THEN 4
            WHEN spring_entry IS NOT NULL THEN 2 END AS expected
    FROM roll r JOIN held h ON h.school_id = r.school_id AND h.pupil_id = r.pupil_id
    WHERE h.points IS NOT NULL
),
cells AS (
    SELECT school_id, year_group, bits, subject_id, count(*) AS assessed,
        count(*) FILTER (WHERE attainment = 1) AS below, count(*) FILTER (WHERE attainment = 2) AS at,
        count(*) FILTER (WHERE attainment = 3) AS above, sum(points) AS points, count(steps) AS measured,
        count(*) FILTER (WHERE steps < expected AND points < 7 * year_group + 23) AS less,
        count(*) FILTER (WHERE steps = expected AND points < 7 * year_group + 23) AS as_expected,
        count(*) FILTER (WHERE steps > expected OR (steps IS NOT NULL AND points >= 7 * year_group + 23)) AS more,
        sum(steps) AS steps
    FROM measured GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT school_id, year_group, bits, 0, count(*), count(*) FILTER (WHERE lowest = 1),
        count(*) FILTER (WHERE lowest = 2), count(*) FILTER (WHERE lowest = 3), 0, 0, 0, 0, 0, 0
    FROM (
        SELECT school_id, pupil_id, year_group, bits, min(attainment) AS lowest
        FROM measured WHERE subject_id IN (1, 2, 3) GROUP BY 1, 2, 3, 4 HAVING count(*) = 3
    ) AS combined GROUP BY 1, 2, 3
),
groups AS (SELECT 1 << n AS bit FROM generate_series(0, 25) AS n),
sizes AS (
    SELECT school_id, year_group, bit, sum(pupils) AS pupils
    FROM (SELECT school_id, year_group, bits, count(*) AS pupils FROM roll GROUP BY 1, 2, 3) AS sets
    JOIN groups ON bits & bit > 0 GROUP BY 1, 2, 3
),
counts AS (
    SELECT school_id, year_group, subject_id, bit, sum(assessed) AS assessed, sum(below) AS below, sum(at) AS at,
        sum(above) AS above, sum(points) AS points, sum(measured) AS measured, sum(less) AS less,
        sum(as_expected) AS as_expected, sum(more) AS more, sum(steps) AS steps
    FROM cells JOIN groups ON bits & bit > 0 GROUP BY 1, 2, 3, 4
)
SELECT sizes.school_id, sizes.year_group, s.subject_id, sizes.bit, pupils::int, coalesce(assessed, 0)::int,
    coalesce(below, 0)::int, coalesce(at, 0)::int, coalesce(above, 0)::int, coalesce(points, 0)::int,
    coalesce(measured, 0)::int, coalesce(less, 0)::int, coalesce(as_expected, 0)::int, coalesce(more, 0)::int,
    coalesce(steps, 0)::int, round(points / nullif(assessed, 0), 2), round(steps / nullif(measured, 0), 2)
FROM sizes CROSS JOIN (VALUES (1), (2), (3), (4), (0)) AS s (subject_id)
LEFT JOIN counts ON counts.school_id = sizes.school_id AND counts.year_group = sizes.year_group
    AND counts.subject_id = s.subject_id AND counts.bit = sizes.bit
"""


def figures_by_hand(school: School) -> list[tuple[object, ...]]:
    """One school's rows, in the columns of `reports.queries.figures.Figure` and the two averages; a group is its bit."""
    return count_whole_schools(_FIGURES, {"school": school.pk, "year": int(YEAR)})
