"""Low, middle or high where the phase began: the rule of `assessment.engine.prior_attainment` said again in SQL.

Only where a scope asks for it, as it reads the histories of everybody of the year; a test compares the two over random histories.
"""

from __future__ import annotations

from assessment.engine.assessment_points import phase_of
from assessment.engine.prior_attainment import GOAL, PHASES
from assessment.engine.subjects import COMBINED_SUBJECTS
from schools.calendar import YearGroup

# A start is of the first rank that a pupil has in the subject: the first year's Baseline, else the Summer before it, else the first judgement within
# the phase that may start one. Only the last may come after the phase began; the steps expected up to then are taken off it.
_PRIOR = """
prior_phases AS MATERIALIZED (
    SELECT now.pupil_id, bounds.first_group, bounds.last_group,
        max(y.academic_year) FILTER (WHERE y.year_group = bounds.first_group) AS first_year
    FROM schools_pupilyear now
    JOIN (VALUES {bounds}) AS bounds (year_group, first_group, last_group) ON bounds.year_group = now.year_group
    JOIN schools_pupilyear y ON y.pupil_id = now.pupil_id AND y.academic_year <= %(year)s
    WHERE now.school_id = %(school)s AND y.school_id = %(school)s AND now.academic_year = %(year)s
    GROUP BY now.pupil_id, bounds.first_group, bounds.last_group
),
prior_ranked AS (
    SELECT j.pupil_id, j.subject_id, j.academic_year, j.term, j.points, j.expectation_version_id, y.year_group,
        phases.first_group, CASE
            WHEN j.academic_year = phases.first_year AND j.term = 0 THEN 1
            WHEN j.academic_year = phases.first_year - 1 AND j.term = 3 THEN 2
            WHEN y.year_group BETWEEN phases.first_group AND phases.last_group
                AND j.academic_year >= coalesce(phases.first_year, 0) AND (j.term = 0 OR j.is_on_entry) THEN 3
        END AS rank
    FROM prior_phases phases
    JOIN assessment_judgement j ON j.pupil_id = phases.pupil_id
    LEFT JOIN schools_pupilyear y
        ON y.school_id = %(school)s AND y.pupil_id = j.pupil_id AND y.academic_year = j.academic_year
    WHERE j.school_id = %(school)s AND j.points IS NOT NULL AND j.subject_id IN ({subjects})
        AND (j.academic_year, j.term) < (%(year)s, %(term)s)
),
prior_starts AS (
    SELECT DISTINCT ON (pupil_id, subject_id) * FROM prior_ranked WHERE rank IS NOT NULL
    ORDER BY pupil_id, subject_id, rank, academic_year, term
),
prior_placed AS (
    SELECT s.pupil_id,
        s.points - CASE WHEN s.rank < 3 THEN 0 ELSE
            (s.year_group - s.first_group) * (v.autumn_steps + v.spring_steps + v.summer_steps)
            + CASE s.term WHEN 0 THEN 0 WHEN 1 THEN v.autumn_steps WHEN 2 THEN v.autumn_steps + v.spring_steps
                ELSE v.autumn_steps + v.spring_steps + v.summer_steps END
        END AS points,
        CASE WHEN s.first_group = 1 THEN {goal_low} ELSE 7 * (s.first_group - 1) + 16 + v.summer_low END AS low,
        CASE WHEN s.first_group = 1 THEN {goal_high} ELSE 7 * (s.first_group - 1) + 16 + v.summer_high END AS high
    FROM prior_starts s JOIN assessment_expectationversion v ON v.id = s.expectation_version_id
),
prior AS MATERIALIZED (
    SELECT pupil_id, CASE WHEN sum(points) < sum(low) THEN 1 WHEN sum(points) > sum(high) THEN 3 ELSE 2 END AS level
    FROM prior_placed GROUP BY pupil_id HAVING count(*) = {count}
),"""

_BOUNDS = ", ".join(
    f"({each.value}, {stage.first.value}, {stage.last.value})"
    for each in YearGroup
    if (stage := phase_of(each)) in PHASES and stage
)
# The tables up to `prior` (pupil, level 1 to 3), to stand after WITH and before others; takes the parameters of the outcomes.
PRIOR_ATTAINMENT_IN_SQL = (
    _PRIOR.replace("{bounds}", _BOUNDS)
    .replace("{subjects}", ", ".join(str(subject.number) for subject in COMBINED_SUBJECTS))
    .replace("{goal_low}", str(GOAL.low))
    .replace("{goal_high}", str(GOAL.high))
    .replace("{count}", str(len(COMBINED_SUBJECTS)))
)
