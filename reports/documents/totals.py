"""Several year groups together: all of Years 1 to 9 that the school has, and each phase among them.

Sums of what the year groups show. Points of several year groups have no average worth telling, as each is expected elsewhere: together
they are told in shares and in steps. Nursery and Reception are judged in areas and stand by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from assessment.engine.assessment_points import Phase
from assessment.engine.expectations import FIRST_YEAR_GROUP, LAST_YEAR_GROUP
from assessment.engine.subjects import SUBJECTS
from reports.documents.shown_figures import OVER_SUBJECTS, whole
from reports.documents.tiles import Tile, attainment_tile, progress_tile, subject_code
from reports.queries.figures import COMBINED, Figure
from schools.calendar import YearGroup
from schools.models import School


@dataclass(frozen=True)
class TotalRow:
    """Several year groups: a tile a subject, then combined. `query` leads to all their pupils, with a part; `missing` are judgements not there in what a year
    group began, `missing_in` how many of them in each of those year groups.
    """

    label: str
    note: str
    query: str
    pupils: int
    missing: int
    missing_in: tuple[tuple[YearGroup, int], ...]
    attainment: tuple[Tile, ...]
    progress: tuple[Tile, ...]


def phases_of(school: School) -> list[Phase]:
    """The phases that the school's year groups lie in; Key Stage 2 beside its halves where both are there."""
    taught = range(school.lowest_year_group, school.highest_year_group + 1)
    found = [phase for phase in Phase if any(YearGroup(each) in phase for each in taught)]
    if {Phase.LKS2, Phase.UKS2} <= set(found):
        return found
    return [phase for phase in found if phase is not Phase.KS2]


def total_rows(
    figures: Iterable[Figure],
    chosen: dict[str, str],
    school: School,
    not_awaited: frozenset[int] = frozenset(),
) -> tuple[TotalRow, ...]:
    """`figures` are everybody's, in the school's phases as the filters have them. All together where there are two year groups or more, and none above Year 9, of which nothing is expected:
    its pupils would stand in the list behind. `not_awaited`: subjects of which nothing is missing, by number. A phase where it is not all of them, and of more than one.
    """
    found = list(figures)
    held = [each for each in found if FIRST_YEAR_GROUP <= each.year_group <= LAST_YEAR_GROUP]
    years = sorted({each.year_group for each in held})
    rows = []
    if len(years) > 1 and max(each.year_group for each in found) <= LAST_YEAR_GROUP:
        rows.append(_row(_span(years), "all together", held, chosen, not_awaited))
    phases = phases_of(school)
    for phase in phases if len(phases) > 1 and "phase" not in chosen else ():
        within = [year for year in years if YearGroup(year) in phase]
        if len(within) > 1 and (within != years or not rows):
            of_phase = [each for each in held if each.year_group in within]
            narrowed = {**chosen, "phase": phase.label.lower()}
            rows.append(_row(phase.label, _span(within), of_phase, narrowed, not_awaited))
    return tuple(rows)


def _span(years: Sequence[int]) -> str:
    """`Year 1 to Year 4`."""
    return f"{YearGroup(years[0]).label} to {YearGroup(years[-1]).label}"


def _row(
    label: str, note: str, held: Sequence[Figure], chosen: dict[str, str], not_awaited: frozenset[int]
) -> TotalRow:
    years = tuple(sorted({each.year_group for each in held}))
    there = {each.subject for each in held}
    by_subject = {
        number: _sum([each for each in held if each.subject == number])
        for number in _SUBJECTS
        if number in there
    }
    attainment, progress = [], []
    address = urlencode({**chosen, "subject": ""})
    for number, figure in by_subject.items():
        query = f"{address}{subject_code(number)}"
        shown = whole(figure)
        tile = attainment_tile(shown, chosen, figure)
        attainment.append(tile._replace(together=label, years=years, query=query, average=None))
        steps = progress_tile(shown, chosen)
        if steps:
            progress.append(steps._replace(together=label, query=query, pictures=""))
    left_out = {*OVER_SUBJECTS, *not_awaited}
    begun = [each for each in held if each.assessed and each.subject not in left_out]
    missing_in = {
        year: sum(each.pupils - each.assessed for each in begun if each.year_group == year) for year in years
    }
    return TotalRow(
        label=label,
        note=note,
        query=attainment[0].query,
        pupils=by_subject[COMBINED].pupils,
        missing=sum(missing_in.values()),
        missing_in=tuple((YearGroup(year), count) for year, count in missing_in.items() if count),
        attainment=tuple(attainment),
        progress=tuple(progress),
    )


_SUBJECTS = (*(subject.number for subject in SUBJECTS), COMBINED)
_FIRST_SUM = Figure._fields.index("pupils")


def _sum(figures: Sequence[Figure]) -> Figure:
    """One subject's figures added up; the year group is the lowest's."""
    lowest = min(figures, key=lambda each: each.year_group)
    sums = map(sum, zip(*(each[_FIRST_SUM:] for each in figures), strict=True))
    return Figure(*lowest[:_FIRST_SUM], *sums)
