"""What is counted of 20 schools at the end of each of nine terms, against one query for all. Years 1 to 9 are compared: the floor knows no areas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bench.measure import Measure, against
from bench.nine_terms import TERMS, nine_terms
from bench.partnership_by_hand import partnership_by_hand
from reports.queries.partnership import figures_by_school
from reports.queries.scope import Scope
from schools.calendar import YearGroup
from schools.models import School

LIMIT = 1.5


def measures() -> list[Measure]:
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
        )
    ]


def _figures(schools: Sequence[School]) -> list[tuple[Any, ...]]:
    """School, year, term, year group, subject, counts."""
    found: list[tuple[Any, ...]] = []
    for year, term in TERMS:
        by_school = figures_by_school(Scope(schools=tuple(schools), academic_year=year, term=term))
        of_term = (each for of_school in by_school.values() for each in of_school)
        found += [(each.school_id, int(year), term.value, *each[1:3], *each[4:]) for each in of_term]
    return found
