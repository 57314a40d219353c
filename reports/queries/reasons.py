"""Why pupils on roll have no points: the reasons that were entered, counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from assessment.models import Reason
from reports.queries.counting import count_whole_schools
from reports.queries.outcomes import outcomes_in_sql
from reports.queries.scope import Scope

_REASONS = """
SELECT roll.year_group, j.subject_id, j.reason, count(*)::int
FROM roll
JOIN assessment_judgement j ON j.pupil_id = roll.pupil_id AND (j.subject_id = ANY (%(areas)s)) = (roll.year_group <= 0)
WHERE j.school_id = %(school)s AND j.academic_year = %(year)s AND j.term = %(term)s AND j.points IS NULL
GROUP BY roll.year_group, j.subject_id, j.reason
"""

# By year group and subject; of whom nothing was entered is in none.
Reasons = Mapping[tuple[int, int], Mapping[Reason, int]]


def reasons(scope: Scope) -> Reasons:
    """How many whom the scope counts have a reason instead of points; the scope's one school has to be open."""
    found: dict[tuple[int, int], dict[Reason, int]] = defaultdict(lambda: defaultdict(int))
    for school in scope.schools:
        tables, parameters = outcomes_in_sql(scope, school, by_group=False)
        for year_group, subject, reason, count in count_whole_schools(f"WITH {tables}{_REASONS}", parameters):
            found[year_group, subject][Reason(reason)] += count
    return found
