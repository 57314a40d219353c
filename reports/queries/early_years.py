"""Nursery and Reception children area by area: where they stand on the scale, and where they stood on entry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.expected_range import Attainment
from assessment.models import Reason
from reports.queries.counting import count_whole_schools
from reports.queries.outcomes import outcomes_in_sql
from reports.queries.scope import Scope
from schools.models import School


@dataclass(frozen=True)
class Entry:
    """What a child was judged in one area on entry; a Baseline has no attainment, as nothing is expected of it."""

    pupil_id: int
    subject: int
    at: AssessmentPoint
    points: int
    attainment: Attainment | None


# A Baseline is term 0: before any judgement marked on entry.
_ENTRIES = """
SELECT DISTINCT ON (j.pupil_id, j.subject_id) j.pupil_id, j.subject_id, j.term, j.points, j.attainment
FROM roll
JOIN assessment_judgement j ON j.pupil_id = roll.pupil_id
WHERE j.school_id = %(school)s AND roll.year_group <= 0 AND j.academic_year = %(year)s AND j.term < %(term)s
    AND j.subject_id = ANY (%(subjects)s) AND j.points IS NOT NULL AND (j.term = 0 OR j.is_on_entry)
ORDER BY j.pupil_id, j.subject_id, j.term
"""


def entries(scope: Scope, school: School, subjects: Iterable[int]) -> dict[tuple[int, int], Entry]:
    """Of the nursery and Reception children whom the scope counts, by child and area, what the year began with: its Baseline, else its first judgement marked on entry.

    Before the scope's term, as a judgement is never its own start; last Summer's is none (derived). One query; the school has to be open.
    """
    tables, parameters = outcomes_in_sql(scope, school, by_group=False)
    rows = count_whole_schools(f"WITH {tables}{_ENTRIES}", {**parameters, "subjects": list(subjects)})
    return {
        (pupil, subject): Entry(
            pupil_id=pupil,
            subject=subject,
            at=AssessmentPoint(scope.academic_year, AssessmentTerm(term)),
            points=points,
            attainment=Attainment(attainment) if attainment else None,
        )
        for pupil, subject, term, points, attainment in rows
    }


@dataclass(frozen=True)
class OnScale:
    """Where one child on roll stands in one area: points or the reason for none, and by which points the age, or the goal, was judged."""

    pupil_id: int
    points: int | None
    reason: Reason | None
    attainment: Attainment | None
    expected_low: int | None
    expected_high: int | None


_ON_SCALE = """
SELECT roll.pupil_id, j.points, j.reason, j.attainment, j.expected_low, j.expected_high
FROM roll
LEFT JOIN assessment_judgement j ON j.school_id = %(school)s AND j.pupil_id = roll.pupil_id AND j.subject_id = %(subject)s
    AND j.academic_year = %(year)s AND j.term = %(term)s
WHERE roll.year_group <= 0
ORDER BY roll.pupil_id
"""


def on_scale(scope: Scope, school: School, subject: int) -> list[OnScale]:
    """Every nursery and Reception child whom the scope counts, in one area. One query; the school has to be open."""
    tables, parameters = outcomes_in_sql(scope, school, by_group=False)
    return [
        OnScale(
            pupil_id=pupil,
            points=points,
            reason=Reason(reason) if reason else None,
            attainment=Attainment(attainment) if attainment else None,
            expected_low=low,
            expected_high=high,
        )
        for pupil, points, reason, attainment, low, high in count_whole_schools(
            f"WITH {tables}{_ON_SCALE}", {**parameters, "subject": subject}
        )
    ]
