"""Steps a year of a pupil's own among the steps expected: the engine's `Yardstick`, said again for figures.

Only where some may count: elsewhere nothing of it stands in a query.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from assessment.queries.own_expectations import ALLOWED_IN_SQL, WITH_SEN_IN_SQL
from reports.queries.scope import Scope

# The few pupils who have some, a row each. Whether the record of that year says SEN is looked up for these alone: a join would read everybody's.
_OWN = """
own AS MATERIALIZED (
    SELECT e.pupil_id, array_agg(e.academic_year) AS years, array_agg(e.steps_a_year) AS steps
    FROM assessment_ownexpectation e
    WHERE e.school_id = %(school)s AND e.academic_year <= %(year)s AND {allowed} AND (
        SELECT y.{with_sen} FROM schools_pupilyear y
        WHERE y.school_id = %(school)s AND y.pupil_id = e.pupil_id AND y.academic_year = e.academic_year
    )
    GROUP BY e.pupil_id
),"""

# By how much the steps expected since `held.start` are more than everybody's, in parts of which a step has `v.of_year`; None where none of
# the pupil's own are among them. In a year with own steps each of everybody's steps, its share, counts for own steps / everybody's.
_MORE = """,
        v.of_year,
        CASE WHEN own.pupil_id IS NOT NULL AND roll.year_group BETWEEN 1 AND 9 THEN (
            SELECT sum(each.share * (each.steps_a_year - v.of_year))::int
            FROM (
                SELECT theirs.steps_a_year, CASE theirs.academic_year WHEN %(year)s THEN v.to_end ELSE v.of_year END
                    - CASE theirs.academic_year WHEN held.start >> 9 THEN v.up_to[((held.start >> 7) & 3) + 1] ELSE 0 END AS share
                FROM unnest(own.years, own.steps) AS theirs (academic_year, steps_a_year)
                WHERE theirs.academic_year >= held.start >> 9
            ) AS each
            WHERE each.share > 0
        ) END AS more"""

# For the query that counts: the table of own steps, the columns, the join, and the two numbers that are compared.
_WITHOUT = {"own_steps": "", "own_more": "", "own_join": "", "made": "steps", "wanted": "expected"}
_WITH = {
    "own_steps": _OWN,
    "own_more": _MORE,
    "own_join": "\n    LEFT JOIN own ON own.pupil_id = roll.pupil_id",
    "made": "(steps - expected) * of_year",
    "wanted": "coalesce(more, 0)",
}


def may_count(scope: Scope) -> bool:
    """Whether steps of a pupil's own may be among those expected: the partnership allows them, or the snapshot holds some. No query where the schools came with
    their partnership.
    """
    if scope.snapshot:
        return scope.snapshot.has_own_steps
    return any(school.partnership.allows_own_steps for school in scope.schools)


def own_steps_in_sql(scope: Scope, *, is_asked: bool = True) -> Mapping[str, str]:
    """The fragments of the query of outcomes, by name. What a snapshot holds was allowed when it was taken."""
    if not is_asked or not may_count(scope):
        return _WITHOUT
    # Asked of the database only where schools of several partnerships are counted at once.
    is_known = scope.snapshot or all(school.partnership.allows_own_steps for school in scope.schools)
    allowed = "TRUE" if is_known else ALLOWED_IN_SQL
    return _WITH | {"own_steps": _OWN.replace("{with_sen}", WITH_SEN_IN_SQL).replace("{allowed}", allowed)}


def own_columns_in_sql(scope: Scope) -> str:
    """Two columns of `outcomes o`, which `steps_expected` takes."""
    return "o.of_year, o.more" if may_count(scope) else "NULL::int, NULL::int"


def steps_expected(expected: int | None, of_year: int | None, more: int | None) -> Fraction | None:
    """The steps expected of the pupil: `expected` of everybody, and what the pupil's own make more or less, in parts of a step. Own are among them where `more` is not None."""
    if expected is None:
        return None
    return Fraction(expected) if more is None or of_year is None else expected + Fraction(more, of_year)
