"""What the lists that start conversations are made from: by the same roll and outcomes as every figure, one query a school."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.conversations import Known
from assessment.engine.expectations import FIRST_YEAR_GROUP, LAST_YEAR_GROUP
from assessment.engine.expected_range import ExpectedRange
from assessment.engine.progress import Progress
from assessment.engine.trajectory import Standing
from assessment.models import Reason
from reports.queries.counting import count_whole_schools
from reports.queries.outcomes import outcomes_in_sql
from reports.queries.own_steps import own_columns_in_sql, steps_expected
from reports.queries.scope import Scope
from schools.calendar import YearGroup
from schools.models import School


@dataclass(frozen=True)
class Candidate:
    """One pupil on roll in one subject, with what the lists ask. `reason` says why there are no points, where one was entered.

    `has_begun`: somebody of the whole year group on roll is judged in the subject, also where the scope is narrower. `on_entry`: the points are marked so.
    """

    pupil_id: int
    year_group: YearGroup
    subject: int
    known: Known
    reason: Reason | None
    start: AssessmentPoint | None
    steps: int | None
    expected: Fraction | None
    is_individual: bool
    has_begun: bool
    on_entry: bool

    @property
    def points(self) -> int | None:
        return self.known.now.points if self.known.now else None


# Of everybody on roll: `roll` holds those alone whom the scope counts.
_CANDIDATES = """,
begun AS MATERIALIZED (
    SELECT DISTINCT y.year_group, j.subject_id
    FROM assessment_judgement j
    JOIN schools_pupilyear y ON y.pupil_id = j.pupil_id
    JOIN schools_enrolment e ON e.pupil_id = j.pupil_id
    WHERE j.school_id = %(school)s AND y.school_id = %(school)s AND e.school_id = %(school)s
        AND j.academic_year = %(year)s AND j.term = %(term)s AND j.points IS NOT NULL AND y.academic_year = %(year)s
        AND e.starts_on <= (SELECT last_day FROM days)
        AND (e.ends_on IS NULL OR e.ends_on >= (SELECT last_day FROM days))
)
SELECT roll.pupil_id, roll.year_group, s.id, o.points, j.expected_low, j.expected_high, j.reason,
    ago.points, ago.expected_low, ago.expected_high, o.start, o.steps, o.expected, {own_columns}, o.progress,
    begun.subject_id IS NOT NULL, coalesce(j.is_on_entry, FALSE)
FROM roll
JOIN assessment_subject s ON s.id = ANY (%(subjects)s)
LEFT JOIN begun ON begun.year_group = roll.year_group AND begun.subject_id = s.id
LEFT JOIN outcomes o ON o.pupil_id = roll.pupil_id AND o.subject_id = s.id
LEFT JOIN assessment_judgement j ON j.school_id = %(school)s AND j.pupil_id = roll.pupil_id AND j.subject_id = s.id
    AND j.academic_year = %(year)s AND j.term = %(term)s
LEFT JOIN assessment_judgement ago ON ago.school_id = %(school)s AND ago.pupil_id = roll.pupil_id
    AND ago.subject_id = s.id AND ago.academic_year = %(year)s - 1 AND ago.term = %(term)s
WHERE roll.year_group BETWEEN %(first)s AND %(last)s
ORDER BY roll.year_group, roll.pupil_id, s.id
"""


def candidates(scope: Scope, school: School, subjects: Iterable[int]) -> list[Candidate]:
    """Everybody in Years 1 to 9 whom the scope counts, in each of the subjects; the school has to be open."""
    tables, parameters = outcomes_in_sql(scope, school, by_group=False)
    asked = {"subjects": list(subjects), "first": FIRST_YEAR_GROUP, "last": LAST_YEAR_GROUP}
    counted = f"WITH {tables}{_CANDIDATES.replace('{own_columns}', own_columns_in_sql(scope))}"
    return [_candidate(row) for row in count_whole_schools(counted, parameters | asked)]


def _candidate(row: tuple[Any, ...]) -> Candidate:
    pupil, year_group, subject, points, low, high, reason, *rest = row
    points_ago, low_ago, high_ago, start, steps, expected, *rest = rest
    of_year, more, progress, has_begun, on_entry = rest
    return Candidate(
        pupil_id=pupil,
        year_group=YearGroup(year_group),
        subject=subject,
        known=Known(
            now=_standing(points, low, high),
            a_year_ago=_standing(points_ago, low_ago, high_ago),
            progress=Progress(progress) if progress else None,
        ),
        reason=Reason(reason) if reason and points is None else None,
        start=None if start is None else AssessmentPoint(start >> 9, AssessmentTerm(start >> 7 & 3)),
        steps=steps,
        expected=steps_expected(expected, of_year, more),
        is_individual=more is not None,
        has_begun=has_begun,
        on_entry=on_entry,
    )


def _standing(points: int | None, low: int | None, high: int | None) -> Standing | None:
    """None without points; and without a range, as a year ago in Year 10."""
    if points is None or low is None or high is None:
        return None
    return Standing(points, ExpectedRange(low, high))
