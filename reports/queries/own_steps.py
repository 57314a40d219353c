"""Steps a year of a pupil's own among the steps expected: the engine's `Yardstick`, said again for figures."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from assessment.queries.own_expectations import ALLOWED_IN_SQL, WITH_SEN_IN_SQL

_OWN = """
own AS MATERIALIZED (
    SELECT e.pupil_id, e.academic_year, e.steps_a_year
    FROM assessment_ownexpectation e
    JOIN schools_pupilyear y ON y.pupil_id = e.pupil_id AND y.academic_year = e.academic_year
    WHERE e.school_id = %(school)s AND y.school_id = %(school)s AND e.academic_year <= %(year)s
        AND y.{with_sen} AND {allowed}
)"""

# By how much the steps expected since `held.start` are more than everybody's, in parts of which a step has `v.of_year`; and whether any
# of the pupil's own are among them. In a year with own steps each of everybody's steps, its share, counts for own steps / everybody's.
OWN_SHARE_IN_SQL = """LEFT JOIN LATERAL (
        SELECT sum(each.share * (each.steps_a_year - v.of_year)) AS more, bool_or(each.share > 0) AS counts
        FROM (
            SELECT own.steps_a_year, CASE own.academic_year WHEN %(year)s THEN v.to_end ELSE v.of_year END
                - CASE own.academic_year WHEN held.start >> 9 THEN v.up_to[((held.start >> 7) & 3) + 1] ELSE 0 END AS share
            FROM own
            WHERE own.pupil_id = roll.pupil_id AND own.academic_year >= held.start >> 9
        ) AS each
    ) AS own ON TRUE"""


def own_steps_in_sql(*, is_frozen: bool) -> str:
    """The table `own`: the steps a year that count, by pupil and year. What a snapshot holds of them was allowed when it was taken."""
    allowed = "TRUE" if is_frozen else ALLOWED_IN_SQL
    return _OWN.replace("{with_sen}", WITH_SEN_IN_SQL).replace("{allowed}", allowed)


@cache
def steps_expected(expected: int | None, of_year: int) -> Fraction | None:
    """The steps that `expected` of the table `outcomes` stands for."""
    return None if expected is None else Fraction(expected, of_year)
