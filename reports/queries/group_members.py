"""Who is in which group: of everybody whom a scope counts, by the same roll and the same conditions as the figures of groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

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
