"""20 schools over nine terms: what is counted of them, against one query for all; and the page of what they gave out, against the bare SQL for it.

Of what is counted Years 1 to 9 are compared: the floor knows no areas. The floor of the page adds up what each school gave out last and reads which of
them let the lead see names; no count of the world is small enough to be held back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from assessment.engine.subjects import SUBJECTS
from bench.measure import Measure, against, page_beside_query
from bench.nine_terms import TERMS, lead, nine_terms
from bench.partnership_by_hand import partnership_by_hand
from bench.world import Site, empty_page, sign_in
from reports.documents.partnership import side_by_side
from reports.queries.groups import ALL
from reports.queries.partnership import figures_by_school
from reports.queries.scope import Scope
from schools.calendar import YearGroup
from schools.models import School
from schools.row_security import counting_only, visible_to

LIMIT = 1.5

_GIVEN_OUT = """
WITH latest AS MATERIALIZED (
    SELECT DISTINCT ON (school_id) school_id, made_at, figures
    FROM schools_packrelease
    WHERE school_id = ANY (%(schools)s) AND academic_year = %(year)s AND term = %(term)s
    ORDER BY school_id, made_at DESC, id DESC
)
SELECT s.name, (l.made_at AT TIME ZONE %(zone)s)::date,
    EXISTS (
        SELECT FROM schools_namesgrant g
        WHERE g.school_id = s.id AND g.ended_at IS NULL AND %(today)s BETWEEN g.starts_on AND g.ends_on
    ),
    sum((f ->> 4)::int)::int, sum((f ->> 5)::int)::int, sum((f ->> 6)::int)::int, sum((f ->> 7)::int)::int
FROM latest l
JOIN schools_school s ON s.id = l.school_id
CROSS JOIN LATERAL jsonb_array_elements(l.figures) AS f
WHERE (f ->> 2)::int = %(everybody)s AND (f ->> 1)::int = %(subject)s AND (f ->> 0)::int BETWEEN 1 AND 9
GROUP BY s.id, s.name, l.made_at
ORDER BY s.name
"""


def measures(application: Any) -> list[Measure]:
    """Each term as it is asked for by itself; the floor counts all nine at once."""
    schools = nine_terms()
    counted = [row for row in _figures(schools) if row[3] >= YearGroup.Y1]
    if sorted(counted) != sorted(partnership_by_hand(schools, TERMS)):
        raise RuntimeError("The floor does not count what it is the floor of.")
    return [
        against(
            "figures_20_schools_9_terms",
            lambda: _figures(schools),
            lambda: partnership_by_hand(schools, TERMS),
            limit=LIMIT,
            turns=5,
            warm_up=1,
        ),
        _page(application, schools),
    ]


def _page(application: Any, schools: Sequence[School]) -> Measure:
    year, term = TERMS[-1]
    scope = Scope(schools=tuple(schools), academic_year=year, term=term)
    shown = side_by_side(scope, SUBJECTS[0].number, None, "", int(settings.SMALL_COUNT))
    told = [
        (
            each.name,
            each.given_out,
            each.grants_names,
            each.line.counted,
            each.line.below,
            each.line.at,
            each.line.above,
        )
        for each in shown.lines
        if each.line
    ]
    asked: dict[str, Any] = {
        "schools": [school.pk for school in schools],
        "year": int(year),
        "term": term.value,
        "subject": SUBJECTS[0].number,
        "everybody": ALL.key,
        "today": timezone.localdate(),
        "zone": settings.TIME_ZONE,
    }

    def by_hand() -> list[tuple[Any, ...]]:
        with counting_only(), visible_to(*schools), connection.cursor() as cursor:
            cursor.execute(_GIVEN_OUT, asked)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    if told != by_hand():
        raise RuntimeError("The floor does not read what it is the floor of.")
    partnership = schools[0].partnership_id
    page = Site(application, sign_in(lead())).page(
        f"/partnerships/{partnership}/{year.slug}/?term={term.label.lower()}"
    )
    return page_beside_query("partnership_20_schools", page, query=by_hand, empty=empty_page(application))


def _figures(schools: Sequence[School]) -> list[tuple[Any, ...]]:
    """School, year, term, year group, subject, counts."""
    found: list[tuple[Any, ...]] = []
    for year, term in TERMS:
        by_school = figures_by_school(Scope(schools=tuple(schools), academic_year=year, term=term))
        of_term = (each for of_school in by_school.values() for each in of_school)
        found += [(each.school_id, int(year), term.value, *each[1:3], *each[4:]) for each in of_term]
    return found
