"""The floor of the page of groups: all that it shows of one subject in Summer in Years 1 to 6, in two queries written by hand.

For each group how many are on roll, judged, at or above and have made progress, and how the same pupils stood in Spring and last Summer; and how
many of each group are in each other. The steps and ranges are those that are shipped.
"""

from __future__ import annotations

from bench.large_world import YEAR
from reports.queries.counting import count_whole_schools
from reports.queries.groups import OUTSIDE
from schools.models import School

# A pupil's groups, by the keys of `reports.queries.groups`; that of prior attainment comes last. A phase begins in Year 1, 3 or 5.
_ROLL = """
WITH days AS MATERIALIZED (
    SELECT min(starts_on) FILTER (WHERE term = 1) AS first_day, max(ends_on) FILTER (WHERE term = 3) AS last_day
    FROM schools_term WHERE school_id = %(school)s AND academic_year = %(year)s
),
on_roll AS MATERIALIZED (
    SELECT y.pupil_id, y.year_group, y.year_group - (y.year_group + 1) %% 2 AS first_group, ARRAY[
        1, CASE p.sex WHEN 'F' THEN 2 WHEN 'M' THEN 3 END,
        CASE y.is_pupil_premium WHEN true THEN 4 WHEN false THEN 5 END,
        CASE WHEN y.sen_status IN ('K', 'E') THEN 6 END,
        CASE y.sen_status WHEN 'K' THEN 7 WHEN 'E' THEN 8 WHEN 'N' THEN 9 END,
        CASE y.is_eal WHEN true THEN 10 WHEN false THEN 11 END,
        CASE y.is_looked_after WHEN true THEN 12 WHEN false THEN 105 END,
        CASE WHEN extract(month FROM p.date_of_birth) BETWEEN 4 AND 8 THEN 13 ELSE 101 END,
        CASE left(y.ethnicity, 1) WHEN 'A' THEN 20 WHEN 'B' THEN 21 WHEN 'C' THEN 22 WHEN 'M' THEN 23 WHEN 'O' THEN 24
            WHEN 'W' THEN 25 END,
        CASE y.is_fsm6 WHEN true THEN 26 WHEN false THEN 28 END,
        CASE y.is_disadvantaged WHEN true THEN 40 WHEN false THEN 41 END,
        CASE WHEN e.starts_on > days.first_day + 14 AND NOT EXISTS (
            SELECT FROM schools_enrolment before WHERE before.school_id = %(school)s AND before.pupil_id = e.pupil_id
                AND before.starts_on <= days.first_day + 14 AND (before.ends_on IS NULL OR before.ends_on >= days.first_day)
        ) THEN 27 ELSE 102 END,
        CASE y.is_service_child WHEN true THEN 29 WHEN false THEN 106 END
    ] || CASE left(y.ethnicity, 1)
            WHEN 'A' THEN ARRAY[121, 122, 123, 124, 125]
            WHEN 'B' THEN ARRAY[120, 122, 123, 124, 125]
            WHEN 'C' THEN ARRAY[120, 121, 123, 124, 125]
            WHEN 'M' THEN ARRAY[120, 121, 122, 124, 125]
            WHEN 'O' THEN ARRAY[120, 121, 122, 123, 125]
            WHEN 'W' THEN ARRAY[120, 121, 122, 123, 124]
        END || CASE
            WHEN y.attendance >= 95 THEN ARRAY[33, 134, 135, 136, 137]
            WHEN y.attendance > 90 THEN ARRAY[34, 133, 135, 136, 137]
            WHEN y.attendance > 50 THEN ARRAY[35, 37, 133, 134, 136]
            WHEN y.attendance <= 50 THEN ARRAY[36, 37, 133, 134, 135]
        END AS groups
    FROM days
    JOIN schools_enrolment e ON e.starts_on <= days.last_day AND (e.ends_on IS NULL OR e.ends_on >= days.last_day)
    JOIN schools_pupilyear y ON y.school_id = e.school_id AND y.pupil_id = e.pupil_id
    JOIN schools_pupil p ON p.school_id = y.school_id AND p.id = y.pupil_id
    WHERE y.academic_year = %(year)s AND y.school_id = %(school)s AND e.school_id = %(school)s AND p.school_id = %(school)s
),
began AS MATERIALIZED (
    SELECT r.pupil_id, r.first_group, y.academic_year
    FROM on_roll r JOIN schools_pupilyear y ON y.pupil_id = r.pupil_id AND y.year_group = r.first_group
    WHERE y.school_id = %(school)s AND y.academic_year <= %(year)s
),
starts AS (
    SELECT b.pupil_id, b.first_group, j.subject_id, coalesce(
        max(j.points) FILTER (WHERE j.academic_year = b.academic_year AND j.term = 0),
        max(j.points) FILTER (WHERE j.academic_year = b.academic_year - 1 AND j.term = 3)
    ) AS points
    FROM began b JOIN assessment_judgement j ON j.pupil_id = b.pupil_id
    WHERE j.school_id = %(school)s AND j.points IS NOT NULL AND j.subject_id IN (1, 2, 3)
    GROUP BY 1, 2, 3
),
prior AS MATERIALIZED (
    SELECT pupil_id, CASE
        WHEN sum(points) < sum(CASE first_group WHEN 1 THEN 21 ELSE 7 * first_group + 12 END) THEN 30
        WHEN sum(points) > sum(CASE first_group WHEN 1 THEN 22 ELSE 7 * first_group + 14 END) THEN 32 ELSE 31
    END AS level
    FROM starts WHERE points IS NOT NULL GROUP BY pupil_id HAVING count(*) = 3
),
roll AS MATERIALIZED (
    SELECT r.pupil_id, r.year_group, array_remove(r.groups || CASE p.level
        WHEN 30 THEN ARRAY[30, 131, 132] WHEN 31 THEN ARRAY[31, 130, 132] WHEN 32 THEN ARRAY[32, 130, 131]
    END, NULL) AS groups
    FROM on_roll r LEFT JOIN prior p ON p.pupil_id = r.pupil_id
)"""
_TALLIES = """,
held AS MATERIALIZED (
    SELECT pupil_id,
        max(points) FILTER (WHERE academic_year = %(year)s AND term = 3) AS points,
        max(attainment) FILTER (WHERE academic_year = %(year)s AND term = 3) AS now,
        max(attainment) FILTER (WHERE academic_year = %(year)s AND term = 2) AS before,
        max(attainment) FILTER (WHERE academic_year < %(year)s) AS last_summer,
        max(points) FILTER (WHERE term = 0) AS baseline,
        max(points) FILTER (WHERE academic_year < %(year)s) AS summer_points,
        max(points) FILTER (WHERE term = 1 AND is_on_entry) AS autumn_entry,
        max(points) FILTER (WHERE term = 2 AND is_on_entry) AS spring_entry
    FROM assessment_judgement
    WHERE school_id = %(school)s AND points IS NOT NULL AND subject_id = 1
        AND (academic_year = %(year)s OR (academic_year = %(year)s - 1 AND term = 3))
    GROUP BY 1
),
measured AS (
    SELECT r.groups, r.year_group, h.points, now, before, last_summer,
        h.points - coalesce(baseline, summer_points, autumn_entry, spring_entry) AS steps,
        CASE WHEN coalesce(baseline, summer_points) IS NOT NULL THEN 7 WHEN autumn_entry IS NOT NULL THEN 4 ELSE 2 END AS expected
    FROM roll r LEFT JOIN held h ON h.pupil_id = r.pupil_id AND h.points IS NOT NULL
)
SELECT member, count(*), count(points), count(now), count(*) FILTER (WHERE now >= 2), count(steps), count(steps),
    count(*) FILTER (WHERE steps >= expected OR (steps IS NOT NULL AND points >= 7 * year_group + 23)),
    coalesce(sum(points), 0)::int, coalesce(sum(steps), 0)::int,
    count(*) FILTER (WHERE now IS NOT NULL AND before IS NOT NULL),
    count(*) FILTER (WHERE now >= 2 AND before IS NOT NULL), count(*) FILTER (WHERE now IS NOT NULL AND before >= 2),
    count(*) FILTER (WHERE now IS NOT NULL AND last_summer IS NOT NULL),
    count(*) FILTER (WHERE now >= 2 AND last_summer IS NOT NULL), count(*) FILTER (WHERE now IS NOT NULL AND last_summer >= 2)
FROM measured CROSS JOIN LATERAL unnest(groups) AS of_groups (member)
GROUP BY member
"""
_OVERLAPS = """
SELECT a, b, sum(pupils)::int FROM (SELECT groups, count(*) AS pupils FROM roll GROUP BY 1) AS sets
CROSS JOIN LATERAL unnest(groups) AS one (a) CROSS JOIN LATERAL unnest(groups) AS other (b)
WHERE a = ANY (%(shown)s) AND b = ANY (%(shown)s)
GROUP BY a, b
"""


def tallies_by_hand(school: School) -> dict[int, tuple[int, ...]]:
    """By the group's key the counts of `reports.documents.group_tallies.Tally`; needs the school open.

    Who is known not to be in a group is counted where somebody is in it.
    """
    rows = count_whole_schools(f"{_ROLL}{_TALLIES}", _parameters(school))
    found = {row[0]: row[1:] for row in rows}
    return {key: counts for key, counts in found.items() if key < 100 or OUTSIDE[key] in found}


def overlaps_by_hand(school: School) -> dict[tuple[int, int], int]:
    """How many are in both, of the groups whose overlaps are shown; those that are none are left out."""
    return {row[:2]: row[2] for row in count_whole_schools(f"{_ROLL}{_OVERLAPS}", _parameters(school))}


def _parameters(school: School) -> dict[str, object]:
    return {
        "school": school.pk,
        "year": int(YEAR),
        "shown": [40, 4, 26, 7, 8, 10, 12, 29, 13, 27, 30, 32, 37, 36, 2, 3],
    }
