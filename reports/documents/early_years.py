"""Nursery and Reception in a term: the seventeen areas and the prime ones, steps, and where the children stood on entry.

Everything is counted from the lists that the numbers open to: `reports.queries.figure_pupils` for a term, the sets of `EntryRow` for who stood where on entry.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from urllib.parse import urlencode

from assessment.engine.expected_range import Attainment
from assessment.engine.subjects import EYFS_AREAS, Subject, is_early_years
from reports.documents.dashboard import term_title
from reports.documents.early_years_entry import EntryLine, EntryPart, entry_line
from reports.documents.figure_pupils import Stand, stand_of
from reports.documents.shown_figures import whole
from reports.documents.tables import Table, Value
from reports.documents.tiles import Tile, TilePart, attainment_tile, subject_code
from reports.documents.why_missing import Why, whys_of
from reports.measures import average, percentage
from reports.queries.early_years import entries
from reports.queries.figure_pupils import Standing, standings
from reports.queries.figures import Figure
from reports.queries.groups import ALL
from reports.queries.prime_areas import PRIME_MEASURES
from reports.queries.scope import Measure, Scope
from schools.access import Access
from schools.calendar import EyfsFramework, YearGroup


@dataclass(frozen=True)
class StepsMade:
    """Steps on average of the children who have a start and an end; no colour, as nothing is expected."""

    average: Decimal | None
    measured: int
    query: str


@dataclass(frozen=True)
class AreaLine:
    """An area, or prime areas together: its tile with the counts, why children are not judged, and of an area the steps."""

    name: str
    heading: str
    is_prime: bool
    tile: Tile
    whys: tuple[Why, ...]
    this_term: StepsMade | None = None
    this_year: StepsMade | None = None

    @property
    def in_tiles(self) -> tuple[Tile]:
        return (self.tile,)

    @property
    def steps(self) -> tuple[StepsMade, ...]:
        """This term's, then this year's; of prime areas together none."""
        return tuple(made for made in (self.this_term, self.this_year) if made)

    @property
    def parts(self) -> list[tuple[TilePart, Decimal | None]]:
        """Below, at and above, each with its share of the children judged."""
        judged = self.tile.counted or 0
        return [(part, percentage(part.count or 0, judged)) for part in self.tile.parts]


@dataclass(frozen=True)
class EarlyYearsTerm:
    """The page but for its groups and its cohort."""

    scope: Scope
    framework: EyfsFramework
    pupils: int
    primes: tuple[AreaLine, ...]
    areas: tuple[AreaLine, ...]
    entry: tuple[EntryLine, ...]

    @property
    def year_group(self) -> YearGroup | None:
        return self.scope.filters.year_group

    @property
    def whose(self) -> str:
        return self.year_group.label if self.year_group is not None else "Nursery and Reception"

    @property
    def when(self) -> str:
        return term_title(self.scope)

    @property
    def title(self) -> str:
        return f"{self.whose} areas of learning, {self.when}"

    @property
    def has_judgements(self) -> bool:
        return any(line.tile.counted for line in self.areas)

    @property
    def has_entry(self) -> bool:
        return any(line.parts[EntryPart.MATCHED] for line in self.entry)

    @property
    def has_colours_on_entry(self) -> bool:
        return any(line.parts[EntryPart.COLOURED] for line in self.entry)

    def entry_of(self, code: str) -> EntryLine | None:
        """The line of this area, by its code in addresses."""
        return next((line for line in self.entry if line.code == code), None)


ByArea = Mapping[int, Sequence[Standing]]


def early_years(
    access: Access, scope: Scope, framework: EyfsFramework, chosen: dict[str, str]
) -> EarlyYearsTerm:
    """Of the nursery and Reception children whom the scope counts. Three queries, however many children.

    `chosen` is the term and the filters as the address has them.
    """
    areas = EYFS_AREAS[framework]
    numbers = [area.number for area in areas]
    scope = replace(scope, measure=Measure.YEAR, since=None)
    this_year = _by_area(standings(scope, access.school, numbers))
    this_term = _by_area(standings(replace(scope, measure=Measure.TERM), access.school, numbers))
    began = entries(scope, access.school, numbers)
    of_pupil: dict[int, list[Standing]] = defaultdict(list)
    for held in this_year.values():
        for standing in held:
            of_pupil[standing.pupil_id].append(standing)
    return EarlyYearsTerm(
        scope=scope,
        framework=framework,
        pupils=len(of_pupil),
        primes=tuple(
            _line(
                measure.number,
                measure.name,
                [_together(measure.number, measure.areas(framework), held) for held in of_pupil.values()],
                scope,
                chosen,
            )
            for measure in PRIME_MEASURES
        ),
        areas=tuple(_area_line(area, this_year, this_term, scope, chosen) for area in areas),
        entry=tuple(entry_line(area, this_year.get(area.number, ()), began) for area in areas),
    )


def _by_area(found: Sequence[Standing]) -> ByArea:
    by_area: dict[int, list[Standing]] = defaultdict(list)
    for standing in found:
        if is_early_years(standing.year_group):
            by_area[standing.subject].append(standing)
    return by_area


def _together(measure: int, areas: Sequence[int], held: Sequence[Standing]) -> Stand:
    return stand_of(measure, [each for each in held if each.subject in areas])


def _line(number: int, name: str, found: Sequence[Stand], scope: Scope, chosen: dict[str, str]) -> AreaLine:
    """Of a measure over areas; an area's line adds its steps and reasons."""
    colours = Counter(stand.attainment for stand in found)
    year_group = scope.filters.year_group
    figure = Figure(
        school_id=scope.schools[0].pk,
        year_group=YearGroup.R if year_group is None else year_group,
        subject=number,
        group=ALL.key,
        pupils=len(found),
        assessed=sum(stand.is_judged for stand in found),
        below=colours[Attainment.BELOW],
        at=colours[Attainment.AT],
        above=colours[Attainment.ABOVE],
        points=sum(stand.only.points or 0 for stand in found if stand.only),
        measured=0,
        progress_below=0,
        progress_expected=0,
        progress_above=0,
        steps=0,
    )
    tile = attainment_tile(whole(figure), chosen)._replace(query=_query(number, scope, chosen))
    return AreaLine(name=name, heading="", is_prime=True, tile=tile, whys=())


def _query(number: int, scope: Scope, chosen: dict[str, str]) -> str:
    year_group = scope.filters.year_group
    of_year_group = {} if year_group is None else {"year_group": year_group.code}
    return urlencode({**chosen, **of_year_group, "subject": subject_code(number)})


def _area_line(
    area: Subject, this_year: ByArea, this_term: ByArea, scope: Scope, chosen: dict[str, str]
) -> AreaLine:
    held = this_year.get(area.number, ())
    line = _line(area.number, area.name, [stand_of(area.number, [each]) for each in held], scope, chosen)
    reasons = Counter(each.reason for each in held if each.points is None)
    return replace(
        line,
        heading=area.area_of_learning,
        is_prime=area.is_prime,
        whys=whys_of(reasons),
        this_term=_steps(
            this_term.get(area.number, ()), _query(area.number, scope, {**chosen, "measure": "term"})
        ),
        this_year=_steps(held, line.tile.query),
    )


def _steps(held: Sequence[Standing], query: str) -> StepsMade:
    made = [each.steps for each in held if each.steps is not None]
    return StepsMade(average(sum(made), len(made), 1), len(made), query)


_HEADINGS = (
    "Area of learning",
    "Area",
    "On roll",
    "Judged",
    "Not judged",
    "Not judged because",
    "Below",
    "Below (%)",
    "At",
    "At (%)",
    "Above",
    "Above (%)",
    "At or above (%)",
    "Average points",
    "Average steps this term",
    "Measured this term",
    "Average steps this year",
    "Measured this year",
)


def areas_table(shown: EarlyYearsTerm) -> Table:
    """A line for the prime areas together and one by one, then a line an area."""
    rows = [_values("Prime areas", line) for line in shown.primes]
    rows += [_values(line.heading, line) for line in shown.areas]
    return Table(shown.title, _HEADINGS, rows)


def _values(heading: str, line: AreaLine) -> list[Value]:
    tile = line.tile
    steps: list[Value] = []
    for made in line.steps:
        steps += [made.average, made.measured]
    steps += [None] * (4 - len(steps))
    return [
        heading,
        line.name,
        tile.pupils,
        tile.counted,
        tile.left_out,
        ", ".join(f"{why.count} {why.words}" for why in line.whys) or None,
        *(value for part, share in line.parts for value in (part.count, share)),
        tile.headline,
        tile.average,
        *steps,
    ]


_ENTRY_HEADINGS = (
    "Area of learning",
    "Area",
    "Judged on entry and now",
    "Nothing on entry",
    "Not judged now",
    "Average points on entry",
    "Average points now",
    "Average steps",
    "With a colour both times",
    "Below on entry",
    "At on entry",
    "Above on entry",
    "Below now",
    "At now",
    "Above now",
)
_ENTRY_PARTS = (
    "coloured",
    *(f"{when}_{word}" for when in ("entry", "now") for word in ("below", "at", "above")),
)


def entry_table(shown: EarlyYearsTerm) -> Table:
    """A line an area."""
    rows: list[list[Value]] = [
        [
            line.area.area_of_learning,
            line.area.name,
            *(line.counts[part] for part in ("matched", "no_entry", "not_now")),
            line.points_then,
            line.points_now,
            line.steps,
            *(line.counts[part] for part in _ENTRY_PARTS),
        ]
        for line in shown.entry
    ]
    return Table(f"{shown.whose} from entry until now, {shown.when}", _ENTRY_HEADINGS, rows)
