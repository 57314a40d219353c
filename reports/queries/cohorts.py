"""The same children at earlier points: what those whom a scope counts were judged then, here or at another school."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.expected_range import Attainment
from reports.queries.counting import count_whole_schools
from reports.queries.outcomes import outcomes_in_sql
from reports.queries.scope import Scope
from schools.models import School


@dataclass(frozen=True)
class JudgedThen:
    """What a pupil was judged at a point: in one subject with the points; in several the lowest attainment, and no points."""

    attainment: Attainment
    points: int | None


_JUDGED = """
SELECT pupil_id, NULL::int, NULL::int, NULL::int, NULL::int FROM roll
UNION ALL
SELECT roll.pupil_id, j.academic_year, j.term, min(j.attainment), CASE count(*) WHEN 1 THEN min(j.points) END
FROM roll
JOIN assessment_judgement j ON j.pupil_id = roll.pupil_id
WHERE j.school_id = %(school)s AND j.subject_id = ANY (%(subjects)s) AND j.attainment IS NOT NULL
    AND (j.academic_year, j.term) IN (
        SELECT * FROM unnest(%(years_then)s::smallint[], %(terms_then)s::smallint[])
    )
GROUP BY roll.pupil_id, j.academic_year, j.term
HAVING count(*) = %(subject_count)s
"""

# Each pupil whom the scope counts, with what there is at the points.
Histories = dict[int, dict[AssessmentPoint, JudgedThen]]


def histories(
    scope: Scope, school: School, subjects: Sequence[int], points: Sequence[AssessmentPoint]
) -> Histories:
    """Of those on roll on the scope's day; of several subjects, where they were judged in all. One query; the school has to be open."""
    tables, parameters = outcomes_in_sql(scope, school, by_group=False)
    asked = {
        "subjects": list(subjects),
        "subject_count": len(subjects),
        "years_then": [point.academic_year for point in points],
        "terms_then": [point.term.value for point in points],
    }
    found: Histories = {}
    for pupil, year, term, attainment, judged in count_whole_schools(
        f"WITH {tables}{_JUDGED}", {**parameters, **asked}
    ):
        held = found.setdefault(pupil, {})
        if year is not None:
            then = AssessmentPoint(year, AssessmentTerm(term))
            held[then] = JudgedThen(Attainment(attainment), judged)
    return found
