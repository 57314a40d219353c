"""How the same pupils stood at the end of this term and of the one before."""

from __future__ import annotations

from typing import NamedTuple

from assessment.engine.subjects import COMBINED_SUBJECTS
from reports.queries.counting import count_whole_schools
from reports.queries.figures import COMBINED
from reports.queries.outcomes import parameters_of, roll_in_sql
from reports.queries.scope import Scope


class Change(NamedTuple):
    """One year group and subject at one school: `matched` pupils were judged at both points, and so many of them were at or above.

    The same pupils twice, so that who joined, left or was not judged moves nothing. The year group is this term's: in Autumn it is
    compared with what its own pupils were judged in Summer, in the year group below.
    """

    school_id: int
    year_group: int
    subject: int
    matched: int
    now: int
    before: int


_CHANGES = """,
judged_twice AS (
    SELECT roll.school_id, roll.pupil_id, roll.year_group, j.subject_id,
        max(j.attainment) FILTER (WHERE j.academic_year = %(year)s AND j.term = %(term)s) AS now,
        max(j.attainment) FILTER (WHERE j.academic_year = %(year_before)s AND j.term = %(term_before)s) AS before
    FROM roll
    JOIN assessment_judgement j ON j.school_id = roll.school_id AND j.pupil_id = roll.pupil_id
    JOIN assessment_subject s ON s.id = j.subject_id AND (s.kind = 'eyfs_area') = (roll.year_group <= 0)
    WHERE j.school_id = %(school)s AND j.attainment IS NOT NULL AND (
        (j.academic_year = %(year)s AND j.term = %(term)s)
        OR (j.academic_year = %(year_before)s AND j.term = %(term_before)s)
    )
    GROUP BY roll.school_id, roll.pupil_id, roll.year_group, j.subject_id
    HAVING count(*) = 2
)
SELECT school_id, year_group, subject_id, count(*)::int,
    count(*) FILTER (WHERE now >= 2)::int, count(*) FILTER (WHERE before >= 2)::int
FROM judged_twice
GROUP BY school_id, year_group, subject_id
UNION ALL
SELECT school_id, year_group, %(combined)s, count(*)::int,
    count(*) FILTER (WHERE now >= 2)::int, count(*) FILTER (WHERE before >= 2)::int
FROM (
    SELECT school_id, pupil_id, year_group, min(now) AS now, min(before) AS before
    FROM judged_twice
    WHERE subject_id = ANY (%(combined_subjects)s)
    GROUP BY school_id, pupil_id, year_group
    HAVING count(*) = %(combined_count)s
) AS combined
GROUP BY school_id, year_group
"""


def changes(scope: Scope) -> list[Change]:
    """Each year group and subject in which anybody was judged at both points; the schools have to be open.

    Those on roll on the last day of this term, as everywhere, whether or not they were here at the end of the one before: what they
    were judged elsewhere came with them. Nothing is suppressed.
    """
    found = []
    for school in scope.schools:
        parameters = {
            **parameters_of(scope, school),
            "year_before": scope.before.academic_year,
            "term_before": scope.before.term.value,
            "combined": COMBINED,
            "combined_subjects": [subject.number for subject in COMBINED_SUBJECTS],
            "combined_count": len(COMBINED_SUBJECTS),
        }
        sql = f"WITH {roll_in_sql(scope, by_group=False)}{_CHANGES}"
        found += [Change(*row) for row in count_whole_schools(sql, parameters)]
    return found
