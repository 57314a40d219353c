"""Progress since the end of the early years in the governors' pack: to the end of Key Stage 1, and to the end of a first school.

Its figures stand among the term's under a key of their own in the place of a group's, so that they are given out, kept and held against earlier days as
all others are.
"""

from __future__ import annotations

from dataclasses import replace

from assessment.engine.subjects import BY_NUMBER
from reports.queries.figures import Figure, figures
from reports.queries.groups import ALL
from reports.queries.scope import Measure, Scope
from schools.calendar import YearGroup
from schools.models import School

# No group has it.
AFTER_EYFS_KEY = 0
_FIRST_SCHOOLS_END_WITH = {YearGroup.Y3, YearGroup.Y4}


def years_after_eyfs(school: School) -> list[YearGroup]:
    """Year 2, which ends Key Stage 1, and the last year group of a first school: those of them that the school has."""
    lowest, highest = YearGroup(school.lowest_year_group), YearGroup(school.highest_year_group)
    ends = {YearGroup.Y2} | ({highest} & _FIRST_SCHOOLS_END_WITH)
    return sorted(year for year in ends if lowest <= year <= highest)


def figures_after_eyfs(scope: Scope) -> list[Figure]:
    """Everybody's progress since the Baseline of Year 1 in these year groups, subject by subject. One query, none where the school has no such year group."""
    wanted = years_after_eyfs(scope.schools[0])
    if not wanted:
        return []
    counted = figures(replace(scope, measure=Measure.AFTER_EYFS, since=None), by_group=False)
    return [
        each._replace(group=AFTER_EYFS_KEY)
        for each in counted
        if each.group == ALL.key and each.year_group in wanted and each.subject in BY_NUMBER
    ]
