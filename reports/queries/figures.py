"""The figures of cohorts and groups: counts and totals by school, year group, subject and group, in one query."""

from __future__ import annotations

from typing import Any, NamedTuple

from assessment.engine.point_scale import EARLY_LEARNING_GOAL
from assessment.engine.subjects import COMBINED_SUBJECTS, EYFS_AREAS, SUBJECTS
from reports.queries.counting import count_whole_schools
from reports.queries.outcomes import outcomes_in_sql
from reports.queries.scope import Scope
from schools.calendar import EyfsFramework, TermName

# Measures over several subjects, beside the subjects' own numbers.
COMBINED, GOOD_LEVEL_OF_DEVELOPMENT = 0, -1


class Figure(NamedTuple):
    """One year group, subject and group at one school, counted.

    `pupils` are on roll on the last day of the term; `assessed` of them have points. Below, at and above add up to `assessed`, except in Years 10
    and up, where nothing is expected. `measured` have a start and an end; progress below, expected and above add up to
    it in Years 1 to 9. Points and steps are totals over assessed and measured. Combined and the Good Level of Development have neither
    points nor progress: there `assessed` are those judged in all that they are made of, and `at` of the latter reached it.

    `matched` have an attainment now and at the end of the term before, and so many of them were at or above: the same pupils twice, so
    that who joined, left or was not judged moves nothing. What they were judged elsewhere came with them. The year group is this term's: in
    Autumn it is compared with what its own pupils were judged in Summer, in the year group below. Nobody is matched in the Good Level.

    `on_track`: those of the assessed in Years 1 to 9 whom the steps expected from now on lead into the range of the Summer that ends the
    key stage, or over it; in Combined those who are so in all three.
    """

    school_id: int
    year_group: int
    subject: int
    group: int
    pupils: int
    assessed: int
    below: int
    at: int
    above: int
    points: int
    measured: int
    progress_below: int
    progress_expected: int
    progress_above: int
    steps: int
    matched: int = 0
    matched_now: int = 0
    matched_before: int = 0
    on_track: int = 0


_COUNTED = Figure._fields[Figure._fields.index("assessed") :]
# First by set of groups, of which there are fewer than pupils; only then for each group of the set. As small integers: sums of large
# ones are added as decimals.
_FIGURES = """,
school_year AS (
    SELECT eyfs_framework FROM schools_schoolyear WHERE school_id = %(school)s AND academic_year = %(year)s
),
cells AS (
    SELECT year_group, groups, subject_id, count(*) AS assessed,
        count(*) FILTER (WHERE attainment = 1) AS below,
        count(*) FILTER (WHERE attainment = 2) AS at,
        count(*) FILTER (WHERE attainment = 3) AS above,
        sum(points) AS points, count(steps) AS measured,
        count(*) FILTER (WHERE progress = 1) AS progress_below,
        count(*) FILTER (WHERE progress = 2) AS progress_expected,
        count(*) FILTER (WHERE progress = 3) AS progress_above,
        coalesce(sum(steps), 0) AS steps,
        count(before) AS matched,
        count(*) FILTER (WHERE before IS NOT NULL AND attainment >= 2) AS matched_now,
        count(*) FILTER (WHERE before >= 2) AS matched_before,
        count(*) FILTER (WHERE is_on_track) AS on_track
    FROM outcomes
    GROUP BY year_group, groups, subject_id
    UNION ALL
    SELECT year_group, groups, %(combined)s, count(*),
        count(*) FILTER (WHERE lowest = 1), count(*) FILTER (WHERE lowest = 2), count(*) FILTER (WHERE lowest = 3),
        0, 0, 0, 0, 0, 0,
        count(*) FILTER (WHERE is_matched),
        count(*) FILTER (WHERE is_matched AND lowest >= 2),
        count(*) FILTER (WHERE is_matched AND lowest_before >= 2),
        count(*) FILTER (WHERE is_on_track)
    FROM (
        SELECT pupil_id, year_group, groups, min(attainment) AS lowest,
            min(before) AS lowest_before, count(before) = %(combined_count)s AS is_matched,
            bool_and(is_on_track) AS is_on_track
        FROM outcomes
        WHERE subject_id = ANY (%(combined_subjects)s)
        GROUP BY pupil_id, year_group, groups
        HAVING count(*) = %(combined_count)s
    ) AS combined
    GROUP BY year_group, groups
    UNION ALL
    SELECT year_group, groups, %(gld)s, count(*),
        count(*) FILTER (WHERE lowest < %(goal)s), count(*) FILTER (WHERE lowest >= %(goal)s), 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM (
        SELECT o.pupil_id, o.year_group, o.groups, min(o.points) AS lowest
        FROM outcomes o
        CROSS JOIN school_year y
        WHERE o.year_group = 0 AND %(is_summer)s
            AND o.subject_id = ANY (CASE y.eyfs_framework WHEN 2012 THEN %(goals_of_2012)s ELSE %(goals_of_2021)s END)
        GROUP BY o.pupil_id, o.year_group, o.groups
        HAVING count(*) = %(goals_count)s
    ) AS profile
    GROUP BY year_group, groups
),
counts AS (
    SELECT year_group, subject_id, member, {sums}
    FROM cells CROSS JOIN {members} AS of_groups (member)
    GROUP BY year_group, subject_id, member
),
sizes AS (
    SELECT year_group, member, sum(pupils) AS pupils
    FROM (
        SELECT year_group, groups, count(*) AS pupils FROM roll GROUP BY year_group, groups
    ) AS sets CROSS JOIN {members} AS of_groups (member)
    GROUP BY year_group, member
),
wanted (framework, subject_id) AS (SELECT * FROM unnest(%(frameworks)s::smallint[], %(subjects)s::smallint[]))
SELECT %(school)s, sizes.year_group, wanted.subject_id, sizes.member, sizes.pupils::int, {counts}
FROM sizes
CROSS JOIN school_year y
JOIN wanted ON wanted.framework = CASE WHEN sizes.year_group > 0 THEN 0 ELSE y.eyfs_framework END
    AND (wanted.subject_id <> %(gld)s OR (sizes.year_group = 0 AND %(is_summer)s))
LEFT JOIN counts ON counts.year_group = sizes.year_group
    AND counts.subject_id = wanted.subject_id AND counts.member = sizes.member
""".replace("{sums}", ", ".join(f"sum({each}::int) AS {each}" for each in _COUNTED)).replace(
    "{counts}", ", ".join(f"coalesce({each}, 0)::int" for each in _COUNTED)
)


# School after school, planned once: planning takes a fifth of what counting a school does.
_OF_EACH = "SELECT of_one.* FROM unnest(%(schools)s::bigint[]) AS one (school) CROSS JOIN LATERAL ({counted}) AS of_one"

# A set of groups, or the one group of all, as rows.
_MEMBERS = {True: "LATERAL unnest(groups)", False: "LATERAL (SELECT groups)"}


def _wanted() -> list[tuple[int, int]]:
    """What each framework's children (0: those above Reception) are counted in."""
    above = [(0, subject.number) for subject in SUBJECTS] + [(0, COMBINED)]
    early = [
        (framework.value, number)
        for framework, areas in EYFS_AREAS.items()
        for number in [*(area.number for area in areas), GOOD_LEVEL_OF_DEVELOPMENT]
    ]
    return above + early


def _goals(framework: EyfsFramework) -> list[int]:
    return [area.number for area in EYFS_AREAS[framework] if area.counts_for_gld]


_WANTED = _wanted()
_PARAMETERS: dict[str, Any] = {
    "combined": COMBINED,
    "combined_subjects": [subject.number for subject in COMBINED_SUBJECTS],
    "combined_count": len(COMBINED_SUBJECTS),
    "gld": GOOD_LEVEL_OF_DEVELOPMENT,
    "goal": EARLY_LEARNING_GOAL,
    "goals_of_2012": _goals(EyfsFramework.OF_2012),
    "goals_of_2021": _goals(EyfsFramework.OF_2021),
    "goals_count": len(_goals(EyfsFramework.OF_2021)),
    "frameworks": [framework for framework, _ in _WANTED],
    "subjects": [subject for _, subject in _WANTED],
}


def figures(scope: Scope, *, by_group: bool = True, own_steps: bool = True) -> list[Figure]:
    """Each year group with pupils on roll, each subject, each group with pupils in it, in no order; the schools have to be open.

    Not `by_group`: everybody in the scope alone, as the group of all, in less time. Not `own_steps`: for whoever looks at attainment alone, as progress is then by
    everybody's steps. Nothing is suppressed: `scope.small_count`
    says whether it has to be before it is shown. One query, however many schools; with very many open, read them by turns (`school_by_school`).
    """
    if not scope.schools:
        return []
    tables, parameters = outcomes_in_sql(scope, scope.schools[0], by_group=by_group, own_steps=own_steps)
    counted = f"WITH {tables}{_FIGURES.replace('{members}', _MEMBERS[by_group])}"
    asked = {**parameters, **_PARAMETERS, "is_summer": scope.term is TermName.SUMMER}
    if len(scope.schools) > 1:
        counted = _OF_EACH.replace("{counted}", counted.replace("%(school)s", "one.school"))
        asked["schools"] = [school.pk for school in scope.schools]
    return [Figure._make(row) for row in count_whole_schools(counted, asked)]
