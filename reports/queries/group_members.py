"""Who is in which group, and where they stood before: of everybody whom a scope counts, by the same roll and the same conditions as the figures of groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assessment.engine.assessment_points import AssessmentPoint
from assessment.engine.expected_range import Attainment
from reports.queries.counting import count_whole_schools
from reports.queries.groups import Group
from reports.queries.outcomes import outcomes_in_sql
from reports.queries.scope import Scope
from schools.models import School

_MEMBERS = " SELECT pupil_id, groups FROM roll"


def group_members(
    scope: Scope, school: School, own: Iterable[tuple[Group, Group]]
) -> Mapping[int, frozenset[int]]:
    """For each pupil on roll, by key, the keys of the groups: every one that there is, with those of who is known to be outside one.

    `own` are the groups that the school made, each with everybody else. One query; the school has to be open.
    """
    made = [(group.key, others.key) for group, others in own]
    tables, parameters = outcomes_in_sql(scope, school, every_group=True)
    rows = count_whole_schools(f"WITH {tables}{_MEMBERS}", parameters)
    return {
        pupil: frozenset([*groups, *(others for key, others in made if key not in groups)])
        for pupil, groups in rows
    }


_ATTAINMENTS = """
SELECT roll.pupil_id, j.attainment
FROM roll
JOIN assessment_judgement j ON j.pupil_id = roll.pupil_id
WHERE j.school_id = %(school)s AND j.academic_year = %(earlier_year)s AND j.term = %(earlier_term)s
    AND j.subject_id = ANY (%(subjects)s) AND j.attainment IS NOT NULL
"""


def attainments_at(
    scope: Scope, school: School, subjects: Sequence[int], at: AssessmentPoint
) -> dict[int, Attainment]:
    """What those on roll now were judged at an earlier point, by the pupil's key: in several subjects the lowest, of who has one in each.

    One query; the school has to be open.
    """
    tables, parameters = outcomes_in_sql(scope, school, by_group=False)
    asked = {"subjects": list(subjects), "earlier_year": at.academic_year, "earlier_term": at.term.value}
    held: dict[int, list[int]] = {}
    for pupil, attainment in count_whole_schools(f"WITH {tables}{_ATTAINMENTS}", parameters | asked):
        held.setdefault(pupil, []).append(attainment)
    return {pupil: Attainment(min(each)) for pupil, each in held.items() if len(each) == len(subjects)}
