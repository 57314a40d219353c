"""`analyse` of one school, and of 400, against SQL written by hand for the same figures behind the same wall."""

from __future__ import annotations

from bench.by_hand import figures_by_hand
from bench.large_world import SCHOOLS, YEAR, large_world
from bench.measure import Measure, against
from reports.documents.analysis import analysis
from reports.queries.scope import Scope, school_by_school
from schools.calendar import TermName
from schools.models import School
from schools.row_security import visible_to

LIMIT = 1.5


def measures(*, large: bool) -> list[Measure]:
    """One school always; with `large`, all 400, one after the other as commands read them."""
    schools = large_world(schools=SCHOOLS if large else 4)
    # The last one has classes, of which the floor knows nothing.
    one = schools[-2]
    if _figures(one) != _by_hand(one):
        raise RuntimeError("The floor does not count what it is the floor of.")
    found = [
        against(
            "analyse_one_school",
            lambda: _analyse([one]),
            lambda: _count_by_hand([one]),
            limit=LIMIT,
            turns=40,
            warm_up=3,
        )
    ]
    if large:
        found.append(
            against(
                "analyse_400_schools",
                lambda: _analyse(schools),
                lambda: _count_by_hand(schools),
                limit=LIMIT,
                turns=3,
                warm_up=1,
            )
        )
    return found


def _scope(schools: list[School]) -> Scope:
    return Scope(schools=tuple(schools), academic_year=YEAR, term=TermName.SUMMER)


def _analyse(schools: list[School]) -> int:
    return sum(len(analysis(scope).rows) for scope in school_by_school(_scope(schools)))


def _count_by_hand(schools: list[School]) -> int:
    rows = 0
    for school in schools:
        with visible_to(school):
            rows += len(figures_by_hand(school))
    return rows


def _figures(school: School) -> list[tuple[object, ...]]:
    """Counts and averages without the groups' names, which the floor does not know."""
    with visible_to(school):
        rows = analysis(_scope([school])).rows
    return sorted((row[4], *row[7:12], row[12], row[13], row[17]) for row in rows if row[5] != "Combined")


def _by_hand(school: School) -> list[tuple[object, ...]]:
    with visible_to(school):
        rows = figures_by_hand(school)
    return sorted((str(row[1]), *row[4:9], row[15], row[10], row[16]) for row in rows if row[2] != 0)
