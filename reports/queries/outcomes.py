"""Each pupil's attainment and progress in each subject at one point: what every figure counts.

The rules are the engine's, said again in SQL so that a figure need not fetch the pupils; a test compares the two over random
histories. A judgement is packed into one number, year, term and points, in which a later one is larger.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from assessment.engine.assessment_points import (
    AFTER_EYFS,
    AssessmentPoint,
    AssessmentTerm,
    Stretch,
    key_stage_of,
    phase_of,
)
from assessment.engine.expectations import FIRST_YEAR_GROUP, LAST_YEAR_GROUP
from assessment.engine.expected_range import Attainment
from assessment.engine.progress import Progress
from assessment.engine.subjects import BY_NUMBER, Kind
from assessment.queries.snapshots import TABLES_AS_FROZEN
from reports.queries.counting import count_whole_schools
from reports.queries.groups import ALL, EVERY_GROUP_IN_SQL, GROUPS_IN_SQL, OWN_GROUPS_IN_SQL, condition_of
from reports.queries.own_steps import own_columns_in_sql, own_steps_in_sql, steps_expected
from reports.queries.prior_attainment import PRIOR_ATTAINMENT_IN_SQL
from reports.queries.scope import Measure, Scope
from schools.calendar import YearGroup
from schools.models import School
from schools.queries.rolls import TAUGHT_IN_SQL

# The days are read once: joined as tables, the terms were looked up anew for each pupil.
_ROLL = """
days AS MATERIALIZED (
    SELECT autumn.starts_on AS first_day, term.ends_on AS last_day
    FROM schools_term term
    JOIN schools_term autumn ON autumn.school_id = term.school_id AND autumn.academic_year = term.academic_year
    WHERE term.school_id = %(school)s AND term.academic_year = %(year)s AND term.term = %(term)s
        AND autumn.school_id = %(school)s AND autumn.academic_year = %(year)s AND autumn.term = 1
),
roll AS MATERIALIZED (
    SELECT y.pupil_id, y.year_group, {last_group} AS last_group, {groups} AS groups
    FROM days
    JOIN schools_enrolment e
        ON e.starts_on <= days.last_day AND (e.ends_on IS NULL OR e.ends_on >= days.last_day)
    JOIN schools_pupilyear y ON y.school_id = e.school_id AND y.pupil_id = e.pupil_id
    {pupil}{own}{prior}
    WHERE y.school_id = %(school)s AND e.school_id = %(school)s
        AND y.academic_year = %(year)s
        {filters}
)"""

# Sex and date of birth, where something asks for them.
_PUPIL = "JOIN schools_pupil p ON p.school_id = %(school)s AND p.id = y.pupil_id"
_PRIOR = "\n    LEFT JOIN prior ON prior.pupil_id = y.pupil_id"
_PACKED = "((j.academic_year * 4 + j.term) * 128 + j.points)"
_AT_END = "j.academic_year = %(year)s AND j.term = %(term)s"
_AT_END_BEFORE = "j.academic_year = %(year_before)s AND j.term = %(term_before)s"
_COLUMNS = (
    "pupil_id, subject_id, academic_year, term, points, attainment, is_on_entry, expectation_version_id"
)
_AT_THE_END = f"""
        max(j.points) FILTER (WHERE {_AT_END}) AS points,
        max(j.attainment) FILTER (WHERE {_AT_END}) AS attainment,
        max(j.attainment) FILTER (WHERE {_AT_END_BEFORE}) AS attainment_before,
        max(j.expectation_version_id) FILTER (WHERE {_AT_END}) AS version_id"""

# The year's own judgements up to the point, and the Summer before: all that the two measures look at. Each read by itself, as the wall asks
# for every row again wherever one of two conditions may hold, which took longer than reading them.
_HELD_THIS_YEAR = """
held AS MATERIALIZED (
    SELECT j.pupil_id, j.subject_id, {at_the_end}, {start} AS start
    FROM (
        SELECT {columns} FROM assessment_judgement
        WHERE school_id = %(school)s AND academic_year = %(year)s AND term <= %(term)s AND points IS NOT NULL {only}
        UNION ALL
        SELECT {columns} FROM assessment_judgement
        WHERE school_id = %(school)s AND academic_year = %(year)s - 1 AND term = 3 AND points IS NOT NULL {only}
    ) AS j
    GROUP BY j.pupil_id, j.subject_id
    HAVING max(j.points) FILTER (WHERE {at_end}) IS NOT NULL
)"""
_STARTS = {
    # The latest before: this year's, else the Summer before.
    Measure.TERM: "max({packed}) FILTER (WHERE NOT ({at_end}))",
    Measure.YEAR: """coalesce(
        max({packed}) FILTER (WHERE j.academic_year = %(year)s AND j.term = 0),
        max({packed}) FILTER (WHERE j.academic_year = %(year)s - 1),
        min({packed}) FILTER (WHERE j.academic_year = %(year)s AND j.is_on_entry AND j.term < %(term)s)
    )""",
}

# What was judged at the chosen point, whatever was judged in between; and what the change since last term looks at.
_HELD_SINCE = """
held AS MATERIALIZED (
    SELECT j.pupil_id, j.subject_id, {at_the_end},
        max({packed}) FILTER (
            WHERE j.academic_year = %(since_year)s AND j.term = %(since_term)s
            AND (%(since_year)s, %(since_term)s) < (%(year)s, %(term)s)
        ) AS start
    FROM assessment_judgement j
    WHERE j.school_id = %(school)s AND j.points IS NOT NULL {only} AND (
        ({at_end}) OR ({at_end_before}) OR (j.academic_year = %(since_year)s AND j.term = %(since_term)s)
    )
    GROUP BY j.pupil_id, j.subject_id
    HAVING max(j.points) FILTER (WHERE {at_end}) IS NOT NULL
)"""

_HELD_IN_PHASE = """
bounds (year_group, first_group, last_group) AS (VALUES {bounds}),
phases AS MATERIALIZED (
    SELECT roll.pupil_id, bounds.first_group, bounds.last_group,
        max(y.academic_year) FILTER (WHERE y.year_group = bounds.first_group) AS first_year
    FROM roll
    LEFT JOIN bounds ON bounds.year_group = roll.year_group
    JOIN schools_pupilyear y ON y.pupil_id = roll.pupil_id AND y.academic_year <= %(year)s
    WHERE y.school_id = %(school)s
    GROUP BY roll.pupil_id, bounds.first_group, bounds.last_group
),
held AS MATERIALIZED (
    SELECT j.pupil_id, j.subject_id, {at_the_end},
        coalesce(
            max({packed}) FILTER (WHERE j.academic_year = phases.first_year AND j.term = 0),
            max({packed}) FILTER (WHERE j.academic_year = phases.first_year - 1 AND j.term = 3),
            min({packed}) FILTER (
                WHERE y.year_group BETWEEN phases.first_group AND phases.last_group
                AND j.academic_year >= coalesce(phases.first_year, 0)
                AND (j.term = 0 OR j.is_on_entry) AND NOT ({at_end})
            )
        ) AS start
    FROM phases
    JOIN assessment_judgement j ON j.pupil_id = phases.pupil_id
    JOIN schools_pupilyear y
        ON y.pupil_id = j.pupil_id AND y.academic_year = j.academic_year
    WHERE j.school_id = %(school)s AND y.school_id = %(school)s AND j.points IS NOT NULL {only}
        AND (j.academic_year, j.term) <= (%(year)s, %(term)s)
    GROUP BY j.pupil_id, j.subject_id
    HAVING max(j.points) FILTER (WHERE {at_end}) IS NOT NULL
)"""

# Nursery and Reception are measured in areas, and there only the steps are told; above Year 9 nothing is expected.
# OFFSET 0: steps and expectation are worked out once, not again wherever they are compared.
# `expected` is of everybody; where steps of a pupil's own may count (reports.queries.own_steps) `more` stands beside it.
# `before` is the attainment at the end of the term before, of those who have one now. `is_on_track`: whether the steps expected from now
# on lead into the range of the Summer that ends the key stage, or over it (assessment.engine.trajectory.outlook).
_OUTCOMES = """
versions AS MATERIALIZED (
    SELECT id, autumn_steps + spring_steps + summer_steps AS of_year, summer_low,
        {steps_up_to} AS up_to, {steps_up_to}[%(term)s + 1] AS to_end
    FROM assessment_expectationversion
),{own_steps}
measured AS (
    SELECT roll.pupil_id, roll.year_group, roll.groups, held.subject_id,
        held.points, held.attainment,
        CASE WHEN held.attainment IS NOT NULL THEN held.attainment_before END AS before,
        CASE WHEN roll.year_group <= 9 THEN held.start END AS start,
        CASE WHEN roll.year_group <= 9 THEN held.points - (held.start & 127) END AS steps,
        CASE WHEN roll.year_group BETWEEN 1 AND 9 THEN
            (%(year)s - (held.start >> 9)) * v.of_year + v.to_end - v.up_to[((held.start >> 7) & 3) + 1]
        END AS expected,
        held.points + (roll.last_group - roll.year_group + 1) * v.of_year - v.to_end
            >= 7 * roll.last_group + 16 + v.summer_low AS is_on_track{own_more}
    FROM roll
    JOIN held ON held.pupil_id = roll.pupil_id
        AND (held.subject_id = ANY (%(areas)s)) = (roll.year_group <= 0)
    JOIN versions v ON v.id = held.version_id{own_join}
    OFFSET 0
),
outcomes AS MATERIALIZED (
    SELECT *, CASE
        WHEN {made} > {wanted} OR (expected IS NOT NULL AND {is_mastery}) THEN 3
        WHEN {made} = {wanted} THEN 2
        WHEN {made} < {wanted} THEN 1
    END AS progress
    FROM measured
)"""
_AREAS = [number for number, subject in BY_NUMBER.items() if subject.kind is Kind.EYFS_AREA]
# The last year group of a pupil's key stage; None where nothing is expected, and so nobody is on track or off it.
_LAST_GROUP = (
    "(CASE "
    + " ".join(
        f"WHEN y.year_group = {each.value} THEN {stage.last.value}"
        for each in YearGroup
        if FIRST_YEAR_GROUP <= each <= LAST_YEAR_GROUP and (stage := key_stage_of(each))
    )
    + " END)"
)
# By the number of a term, one more, as arrays count from 1.
_STEPS_UP_TO = (
    "(ARRAY[0, autumn_steps, autumn_steps + spring_steps, autumn_steps + spring_steps + summer_steps])"
)


def outcomes_in_sql(
    scope: Scope,
    school: School,
    *,
    by_group: bool = True,
    every_group: bool = False,
    subjects: Sequence[int] | None = None,
    own_steps: bool = True,
) -> tuple[str, dict[str, Any]]:
    """The tables `roll` (pupil, year group, groups) and `outcomes` of one of the scope's schools, to stand after WITH; and their parameters.

    Of a snapshot they, and whatever stands after them in the same query, read its rows.

    `groups` are the keys of the groups that a pupil is in. Not `by_group`: the key of the group of all, and no other is looked at.
    `every_group`: also those that are dear to look up, and those of who is known to be outside a group. `subjects`: outcomes in these alone.
    Not `own_steps`: everybody's progress by everybody's steps, for whoever asks for attainment.
    """
    filters = _filters(scope)
    groups = EVERY_GROUP_IN_SQL if every_group else GROUPS_IN_SQL if by_group else str(ALL.key)
    asks_prior = "prior." in groups + filters
    fragments = {
        "groups": groups,
        "filters": filters,
        "pupil": _PUPIL if by_group or "p." in filters else "",
        "own": OWN_GROUPS_IN_SQL if by_group else "",
        "prior": _PRIOR if asks_prior else "",
        "packed": _PACKED,
        "at_end": _AT_END,
        "at_the_end": _AT_THE_END,
        "columns": _COLUMNS,
        "steps_up_to": _STEPS_UP_TO,
        "is_mastery": _mastery(scope),
        "at_end_before": _AT_END_BEFORE,
        "bounds": _bounds(scope.measure),
        **own_steps_in_sql(scope, is_asked=own_steps),
        "last_group": _LAST_GROUP,
        "only": "" if subjects is None else "AND subject_id = ANY (%(only_subjects)s)",
    }
    prior = PRIOR_ATTAINMENT_IN_SQL if asks_prior else ""
    sql = f"{prior}{_ROLL},{_held(scope.measure)},{_OUTCOMES}"
    if scope.snapshot:
        # Under the names of the tables, so that everything that follows counts what was frozen.
        sql = f"{TABLES_AS_FROZEN},{sql}"
    # at_the_end and start hold fragments themselves.
    for _ in range(2):
        for name, fragment in fragments.items():
            sql = sql.replace("{" + name + "}", fragment)
    return sql, {**_parameters(scope, school), "only_subjects": list(subjects or ())}


def _held(measure: Measure) -> str:
    """The judgements that the measure looks at."""
    if measure in _STARTS:
        return _HELD_THIS_YEAR.replace("{start}", _STARTS[measure])
    return _HELD_SINCE if measure is Measure.FROM_TO else _HELD_IN_PHASE


def _parameters(scope: Scope, school: School) -> dict[str, Any]:
    return {
        "school": school.pk,
        "year": int(scope.academic_year),
        "term": scope.term.value,
        "year_before": scope.before.academic_year,
        "term_before": scope.before.term.value,
        "areas": _AREAS,
        "year_group": scope.filters.year_group,
        "class_id": scope.filters.class_id,
        "teacher": scope.own_classes_of,
        "snapshot": scope.snapshot.pk if scope.snapshot else None,
        "first_of_phase": scope.filters.phase.first.value if scope.filters.phase else None,
        "last_of_phase": scope.filters.phase.last.value if scope.filters.phase else None,
        "since_year": scope.since.academic_year if scope.since else None,
        "since_term": scope.since.term.value if scope.since else None,
    }


def _filters(scope: Scope) -> str:
    conditions = [
        f"AND ({condition_of(key)})"
        for key in (scope.filters.group, scope.filters.crossed_with)
        if key is not None
    ]
    if scope.filters.year_group is not None:
        conditions.append("AND y.year_group = %(year_group)s")
    if scope.filters.phase is not None:
        conditions.append("AND y.year_group BETWEEN %(first_of_phase)s AND %(last_of_phase)s")
    if scope.filters.class_id is not None:
        conditions.append(
            "AND y.class_group_id IN (SELECT id FROM schools_classgroup"
            " WHERE school_id = %(school)s AND public_id = %(class_id)s)"
        )
    if scope.own_classes_of is not None:
        conditions.append(f"AND {TAUGHT_IN_SQL}")
    return " ".join(conditions)


def _mastery(scope: Scope) -> str:
    """Finishing a year in its Mastery or beyond is more than expected, for this year's progress alone."""
    applies = scope.measure is Measure.YEAR and scope.at.term is AssessmentTerm.SUMMER
    return "points >= 7 * year_group + 23" if applies else "FALSE"


def _stretch_of(measure: Measure, year_group: YearGroup) -> Stretch | None:
    """Over which years the measure looks at a pupil of this year group."""
    if measure is Measure.AFTER_EYFS:
        return AFTER_EYFS if year_group in AFTER_EYFS else None
    return key_stage_of(year_group) if measure is Measure.KEY_STAGE else phase_of(year_group)


def _bounds(measure: Measure) -> str:
    """For each year group the first and the last of those that its progress is measured over."""
    stages: list[tuple[YearGroup, Stretch | None]] = [
        (each, _stretch_of(measure, each)) for each in YearGroup
    ]
    return ", ".join(
        f"({each.value}, {stage.first.value}, {stage.last.value})" for each, stage in stages if stage
    )


@dataclass(frozen=True)
class Outcome:
    """One pupil in one subject at the scope's point; keys are the database's.

    `start` and `start_points` are where progress is measured from; None, with steps, expected and progress, where there is no measure.
    """

    school_id: int
    pupil_id: int
    year_group: YearGroup
    subject: int
    points: int
    attainment: Attainment | None
    start: AssessmentPoint | None
    start_points: int | None
    steps: int | None
    expected: Fraction | None
    progress: Progress | None
    is_on_track: bool | None = None
    is_individual: bool = False


_EACH = """
SELECT pupil_id, year_group, subject_id, points, attainment, start, steps, expected, {own_columns}, progress, is_on_track
FROM outcomes o
ORDER BY year_group, pupil_id, subject_id
"""


def outcomes(scope: Scope) -> Iterator[Outcome]:
    """Everybody who is on roll on the last day of the term and has points at it; the scope's schools have to be open."""
    for school in scope.schools:
        yield from _outcomes(scope, school)


def _outcomes(scope: Scope, school: School) -> Iterator[Outcome]:
    tables, parameters = outcomes_in_sql(scope, school)
    rows = count_whole_schools(
        f"WITH {tables}{_EACH.replace('{own_columns}', own_columns_in_sql(scope))}", parameters
    )
    for (
        pupil,
        year_group,
        subject,
        points,
        attainment,
        start,
        steps,
        expected,
        of_year,
        more,
        progress,
        is_on_track,
    ) in rows:
        yield Outcome(
            school_id=school.pk,
            pupil_id=pupil,
            year_group=YearGroup(year_group),
            subject=subject,
            points=points,
            attainment=Attainment(attainment) if attainment else None,
            start=None if start is None else AssessmentPoint(start >> 9, AssessmentTerm(start >> 7 & 3)),
            start_points=None if start is None else start & 127,
            steps=steps,
            expected=steps_expected(expected, of_year, more),
            progress=Progress(progress) if progress else None,
            is_on_track=is_on_track,
            is_individual=more is not None,
        )
