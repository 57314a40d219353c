"""What is counted at several schools at once, as the role that reads no name (schools.row_security.counting_only)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from django.db.models import F, Func, JSONField, Max, Min, Value
from django.utils import timezone

from assessment.engine.subjects import SUBJECTS
from reports.queries.counting import count_whole_schools
from reports.queries.figures import Figure, figures
from reports.queries.scope import Scope
from schools.access import open_grants
from schools.calendar import AcademicYear, TermName, default_term_dates
from schools.models import PackRelease, School, Term
from schools.row_security import counting_only, visible_to

# Schools open at once: the wall compares each row's school with all of them.
_AT_A_TIME = 20


def figures_by_school(scope: Scope) -> dict[int, list[Figure]]:
    """Everybody's figures by the school's key, twenty schools in a query, which alone are open while they are counted. For attainment: progress is by
    everybody's steps, as the role that counts reads nobody's own.
    """
    found: dict[int, list[Figure]] = {school.pk: [] for school in scope.schools}
    with counting_only():
        for first in range(0, len(scope.schools), _AT_A_TIME):
            schools = scope.schools[first : first + _AT_A_TIME]
            with visible_to(*schools):
                for figure in figures(replace(scope, schools=schools), by_group=False, own_steps=False):
                    found[figure.school_id].append(figure)
    return found


def last_term_begun(schools: Sequence[School], year: AcademicYear, today: dt.date) -> TermName:
    """The last term of the year that has begun at any of the schools; Autumn of a year that has not begun."""
    dates = {term: starts_on for term, (starts_on, _) in default_term_dates(year).items()}
    with counting_only(), visible_to(*schools):
        own = Term.objects.filter(school__in=schools, academic_year=year).values_list("term")
        dates |= {TermName(term): first for term, first in own.annotate(first=Min("starts_on"))}
    return max((term for term, starts_on in dates.items() if starts_on <= today), default=TermName.AUTUMN)


class GivenOut(NamedTuple):
    """The figures of a term that a school gave out last, as they were kept, and on which day."""

    kept: list[list[int]]
    day: dt.date


def given_out_last(
    schools: Sequence[School], year: AcademicYear, term: TermName, *, only: tuple[int, int] | None = None
) -> dict[int, GivenOut]:
    """By the school's key; a school that has given out nothing of the term is not in it. `only`: those rows alone that hold this number in this
    place, which the database picks: everybody's are an eighth of all.
    """
    with counting_only(), visible_to(*schools):
        found = PackRelease.objects.filter(school__in=schools, academic_year=year, term=term)
        latest = found.order_by("school_id", "-made_at", "-pk").distinct("school_id")
        rows = list(latest.values_list("school_id", _rows_with(*only) if only else "figures", "made_at"))
    return {school: GivenOut(kept, timezone.localdate(made_at)) for school, kept, made_at in rows}


def _rows_with(place: int, number: int) -> Func:
    # Strictly: else the filter would look into each row for rows.
    path = f"strict $[*] ? (@[{place:d}] == {number:d})"
    return Func(F("figures"), Value(path), function="jsonb_path_query_array", output_field=JSONField())


def last_term_given_out(schools: Sequence[School], year: AcademicYear) -> TermName | None:
    """The last term of the year of which any of the schools has given out figures."""
    with counting_only(), visible_to(*schools):
        found = PackRelease.objects.filter(school__in=schools, academic_year=year)
        last = found.aggregate(last=Max("term"))["last"]
    return None if last is None else TermName(last)


def last_year_given_out(schools: Sequence[School]) -> AcademicYear | None:
    """The last year of which any of the schools has given out figures."""
    with counting_only(), visible_to(*schools):
        last = PackRelease.objects.filter(school__in=schools).aggregate(last=Max("academic_year"))["last"]
    return None if last is None else AcademicYear(last)


def granting_names(schools: Sequence[School]) -> set[int]:
    """The keys of the schools that let the partnership's leads see names today."""
    with counting_only(), visible_to(*schools):
        return set(open_grants(schools, timezone.localdate()).values_list("school_id", flat=True))


class Moved(NamedTuple):
    """Pupils who stood in one school at the end of one year and in another in the next, in one subject.

    From a year group of the old school, on roll on the last day of its Summer, to a year group of the new one, on roll on the last day of its Autumn.
    `matched` have a last point in the one (Summer) and a first in the other (Baseline, else Autumn), each its own school's judgement; `points_then` and
    `points_now` are their totals, `expected` that of the steps expected in between: Autumn's, and none up to a Baseline, which is the first point of `baselines` of them.
    `below_then` and so on are the matched; `below_now` and so on those of them whom the new school has judged in Autumn.
    """

    old_school: int
    new_school: int
    year_group_then: int
    year_group_now: int
    subject: int
    moved: int
    matched: int
    points_then: int
    points_now: int
    expected: int
    baselines: int
    below_then: int
    at_then: int
    above_then: int
    below_now: int
    at_now: int
    above_now: int


class NotFound(NamedTuple):
    """Pupils of a year group who came to a school, or left it, and stand in no other of the partnership: from or to elsewhere, or not known to be the same child."""

    is_newcomer: bool
    school: int
    year_group: int
    pupils: int


class Held(NamedTuple):
    """What a school holds of both years: whether anybody was on roll at either end, whether its Autumn is over (None: it has none), and how many of those who came or left are on two rolls at once."""

    school: int
    had_pupils: bool
    has_pupils: bool
    is_over: bool | None
    on_two_rolls: int


class Moves(NamedTuple):
    """Everything about who changed school into one year. Whose Autumn is not over has no pair to it, and nobody who came or left."""

    pairs: list[Moved]
    not_found: list[NotFound]
    held: list[Held]


# person_key alone tells that two records are of one child. Who is on the rolls of two schools on one of the days is in no pair, and counted apart.
_MOVES = """
there AS MATERIALIZED (
    SELECT e.school_id, e.pupil_id, p.person_key, y.year_group
    FROM schools_term t
    JOIN schools_enrolment e ON e.school_id = t.school_id
        AND e.starts_on <= t.ends_on AND (e.ends_on IS NULL OR e.ends_on >= t.ends_on)
    JOIN schools_pupil p ON p.school_id = e.school_id AND p.id = e.pupil_id
    JOIN schools_pupilyear y
        ON y.school_id = e.school_id AND y.pupil_id = e.pupil_id AND y.academic_year = %(year)s - 1
    WHERE t.academic_year = %(year)s - 1 AND t.term = 3 AND t.school_id = ANY (%(schools)s)
),
here AS MATERIALIZED (
    SELECT e.school_id, e.pupil_id, p.person_key, y.year_group
    FROM schools_term t
    JOIN schools_enrolment e ON e.school_id = t.school_id
        AND e.starts_on <= t.ends_on AND (e.ends_on IS NULL OR e.ends_on >= t.ends_on)
    JOIN schools_pupil p ON p.school_id = e.school_id AND p.id = e.pupil_id
    JOIN schools_pupilyear y
        ON y.school_id = e.school_id AND y.pupil_id = e.pupil_id AND y.academic_year = %(year)s
    WHERE t.academic_year = %(year)s AND t.term = 1 AND t.school_id = ANY (%(schools)s)
),
twice AS MATERIALIZED (
    SELECT person_key FROM there GROUP BY person_key HAVING count(*) > 1
    UNION SELECT person_key FROM here GROUP BY person_key HAVING count(*) > 1
),
came AS MATERIALIZED (
    SELECT here.*, twice.person_key IS NOT NULL AS is_twice FROM here
    LEFT JOIN there AS same ON same.person_key = here.person_key AND same.school_id = here.school_id
    LEFT JOIN twice ON twice.person_key = here.person_key
    WHERE same.pupil_id IS NULL
),
went AS MATERIALIZED (
    SELECT there.*, twice.person_key IS NOT NULL AS is_twice FROM there
    LEFT JOIN here AS same ON same.person_key = there.person_key AND same.school_id = there.school_id
    LEFT JOIN twice ON twice.person_key = there.person_key
    WHERE same.pupil_id IS NULL
),
newcomers AS MATERIALIZED (SELECT * FROM came WHERE NOT is_twice),
leavers AS MATERIALIZED (SELECT * FROM went WHERE NOT is_twice),
moved AS MATERIALIZED (
    SELECT l.school_id AS old_school, l.pupil_id AS old_pupil, l.year_group AS year_group_then,
        n.school_id AS new_school, n.pupil_id AS new_pupil, n.year_group AS year_group_now, n.person_key
    FROM newcomers n JOIN leavers l ON l.person_key = n.person_key
)"""
_PAIRS = """,
lasts AS (
    SELECT j.school_id, j.pupil_id, j.subject_id, j.points, j.attainment
    FROM assessment_judgement j
    WHERE j.school_id = ANY (%(schools)s) AND j.made_by_school_id = j.school_id AND j.points IS NOT NULL
        AND j.academic_year = %(year)s - 1 AND j.term = 3 AND j.subject_id = ANY (%(subjects)s)
),
firsts AS (
    SELECT j.school_id, j.pupil_id, j.subject_id,
        coalesce(max(j.points) FILTER (WHERE j.term = 0), max(j.points)) AS points,
        max(j.attainment) FILTER (WHERE j.term = 1) AS attainment,
        bool_or(j.term = 0) AS is_baseline,
        max(v.autumn_steps) FILTER (WHERE j.term = 1) AS autumn_steps
    FROM assessment_judgement j
    LEFT JOIN assessment_expectationversion v ON v.id = j.expectation_version_id
    WHERE j.school_id = ANY (%(schools)s) AND j.made_by_school_id = j.school_id AND j.points IS NOT NULL
        AND j.academic_year = %(year)s AND j.term IN (0, 1) AND j.subject_id = ANY (%(subjects)s)
    GROUP BY j.school_id, j.pupil_id, j.subject_id
),
matched AS (
    SELECT m.*, s.subject_id, lasts.points AS points_then, lasts.attainment AS attainment_then,
        firsts.points AS points_now, firsts.attainment AS attainment_now, firsts.is_baseline,
        CASE WHEN firsts.is_baseline THEN 0 ELSE firsts.autumn_steps END AS expected,
        lasts.points IS NOT NULL AND firsts.points IS NOT NULL AS is_matched
    FROM moved m
    CROSS JOIN unnest(%(subjects)s::smallint[]) AS s (subject_id)
    LEFT JOIN lasts ON lasts.school_id = m.old_school AND lasts.pupil_id = m.old_pupil AND lasts.subject_id = s.subject_id
    LEFT JOIN firsts ON firsts.school_id = m.new_school AND firsts.pupil_id = m.new_pupil AND firsts.subject_id = s.subject_id
)
SELECT old_school, new_school, year_group_then, year_group_now, subject_id, count(*),
    count(*) FILTER (WHERE is_matched),
    coalesce(sum(points_then) FILTER (WHERE is_matched), 0), coalesce(sum(points_now) FILTER (WHERE is_matched), 0),
    coalesce(sum(expected) FILTER (WHERE is_matched), 0), count(*) FILTER (WHERE is_matched AND is_baseline),
    {parts}
FROM matched
GROUP BY old_school, new_school, year_group_then, year_group_now, subject_id
ORDER BY year_group_now, new_school, old_school, year_group_then, subject_id
""".replace(
    "{parts}",
    ", ".join(
        f"count(*) FILTER (WHERE is_matched AND attainment_{when} = {part})"
        for when in ("then", "now")
        for part in (1, 2, 3)
    ),
)
# Whoever begins school in Nursery or Reception comes from nowhere.
_NOT_FOUND = """
SELECT TRUE, n.school_id, n.year_group, count(*)
FROM newcomers n LEFT JOIN moved m ON m.new_school = n.school_id AND m.person_key = n.person_key
WHERE m.new_pupil IS NULL AND n.year_group >= 1
GROUP BY n.school_id, n.year_group
UNION ALL
SELECT FALSE, l.school_id, l.year_group, count(*)
FROM leavers l LEFT JOIN moved m ON m.old_school = l.school_id AND m.person_key = l.person_key
WHERE m.new_pupil IS NULL
GROUP BY l.school_id, l.year_group
ORDER BY 1, 2, 3
"""
_HELD = """
SELECT s.id,
    EXISTS (SELECT FROM there WHERE there.school_id = s.id),
    EXISTS (SELECT FROM here WHERE here.school_id = s.id),
    (
        SELECT t.ends_on < %(today)s FROM schools_term t
        WHERE t.school_id = s.id AND t.academic_year = %(year)s AND t.term = 1
    ),
    (
        SELECT count(*) FROM (
            SELECT person_key FROM came WHERE is_twice AND came.school_id = s.id
            UNION SELECT person_key FROM went WHERE is_twice AND went.school_id = s.id
        ) AS both_ways
    )
FROM unnest(%(schools)s::bigint[]) AS s (id)
"""


def moves(schools: Sequence[School], year: AcademicYear) -> Moves:
    """Everybody who changed school between the Summer before the year and its Autumn, by pair of schools and subject: three queries, however many schools.

    A school has newcomers and leavers only where somebody was on its roll at either end: an empty roll is one that was not held here, or not yet, and nobody has left it.
    """
    parameters = {
        "schools": [school.pk for school in schools],
        "year": int(year),
        "subjects": [subject.number for subject in SUBJECTS],
        "today": timezone.localdate(),
    }
    with counting_only(), visible_to(*schools):
        pairs = count_whole_schools(f"WITH {_MOVES}{_PAIRS}", parameters)
        not_found = count_whole_schools(f"WITH {_MOVES}{_NOT_FOUND}", parameters)
        held = [Held(*row) for row in count_whole_schools(f"WITH {_MOVES}{_HELD}", parameters)]
    over = {each.school for each in held if each.is_over}
    whole = {each.school for each in held if each.is_over and each.had_pupils and each.has_pupils}
    return Moves(
        [moved for moved in (Moved(*row) for row in pairs) if moved.new_school in over],
        [found for found in (NotFound(*row) for row in not_found) if found.school in whole],
        held,
    )
