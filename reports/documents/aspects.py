"""One area of nursery and Reception: how many children stand at each step of the scale, term beside term or year beside year.

Each column counts those on roll on the last day of its term, in the year group and the groups of that year's record, so that columns of several
years are of different children. Shares are of the children judged. What is typical for the age differs from child to child until the Early
Learning Goal decides: a step is marked where it is typical for all who were judged, or for some of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from urllib.parse import urlencode

from assessment.engine.expected_range import Attainment
from assessment.engine.scale_steps import ScaleStep, scale_steps
from assessment.engine.subjects import BY_NUMBER, Subject
from reports.documents.dashboard import term_title
from reports.documents.figure_pupils import Part, point_label
from reports.documents.tables import Table, Value
from reports.documents.tiles import TilePart
from reports.documents.why_missing import Why, whys_of
from reports.measures import percentage
from reports.queries.early_years import OnScale, on_scale
from reports.queries.scope import Scope
from schools.access import Access
from schools.calendar import AcademicYear, EyfsFramework, TermName, YearGroup

ALL_OF_THEM, SOME = "is-typical", "is-typical-some"
_COLOURS = (
    (Attainment.BELOW, Part.BELOW, "is-below"),
    (Attainment.AT, Part.AT, "is-at"),
    (Attainment.ABOVE, Part.ABOVE, "is-above"),
)


@dataclass(frozen=True)
class AspectColumn:
    """One term of one year. `query` leads to its children, in the address of its own year, with a part or a step."""

    scope: Scope
    query: str
    is_chosen: bool
    children: Sequence[OnScale]

    @property
    def academic_year(self) -> AcademicYear:
        return self.scope.academic_year

    @property
    def label(self) -> str:
        return point_label(self.scope.at)

    @property
    def pupils(self) -> int:
        return len(self.children)

    @cached_property
    def judged(self) -> list[OnScale]:
        return [each for each in self.children if each.points is not None]

    @cached_property
    def by_points(self) -> Counter[int]:
        return Counter(each.points for each in self.judged if each.points is not None)

    @property
    def whys(self) -> tuple[Why, ...]:
        """Why children are not judged, with who is so; they add up to all who are not."""
        return whys_of(Counter(each.reason for each in self.children if each.points is None))

    @cached_property
    def parts(self) -> list[tuple[Part, str, int, Decimal | None]]:
        """Below, at and above: the part, its mark, how many, and their share of those judged."""
        held = Counter(each.attainment for each in self.judged)
        return [
            (part, mark, held[attainment], percentage(held[attainment], len(self.judged)))
            for attainment, part, mark in _COLOURS
        ]

    def typical(self, step: ScaleStep) -> str:
        """Whether the step is typical for all who were judged, for some of them or for none."""
        held = [
            each.expected_low <= step.last and step.first <= each.expected_high
            for each in self.judged
            if each.expected_low is not None and each.expected_high is not None
        ]
        if not any(held):
            return ""
        return ALL_OF_THEM if all(held) else SOME


@dataclass(frozen=True)
class AspectCell:
    """How many of a column stand at a step, and their share of those judged; `typical` says whether the step is so for their age."""

    column: AspectColumn
    count: int
    share: Decimal | None
    typical: str
    query: str

    @property
    def bar(self) -> list[TilePart]:
        """The share as a bar of one part."""
        width = percentage(self.count, len(self.column.judged), 2) or Decimal(0)
        return [TilePart(Part.ASSESSED, "is-step", self.typical, self.count, width=width)]


@dataclass(frozen=True)
class AspectRow:
    """A step with its cells, a column each; `begins` where it is the first of its stage, of `height` steps."""

    step: ScaleStep
    begins: bool
    height: int
    cells: tuple[AspectCell, ...]

    @property
    def is_used(self) -> bool:
        """Whether anybody stands at the step, or somebody is of the age for it."""
        return any(cell.count or cell.typical for cell in self.cells)


@dataclass(frozen=True)
class AspectFoot:
    """Below, at or above in each column: the column, how many, and their share of those judged."""

    part: Part
    mark: str
    cells: tuple[tuple[AspectColumn, int, Decimal | None], ...]


@dataclass(frozen=True)
class Aspects:
    """The whole page. `rows` reach from the lowest stage in use to the highest, `below` and `above` name what is left out at either end;
    `without` are the years left out because they were judged by the other framework.
    """

    scope: Scope
    area: Subject
    year_group: YearGroup | None
    columns: tuple[AspectColumn, ...]
    rows: tuple[AspectRow, ...]
    without: tuple[AcademicYear, ...]
    below: str = ""
    above: str = ""

    @property
    def whose(self) -> str:
        return self.year_group.label if self.year_group is not None else "Nursery and Reception"

    @property
    def title(self) -> str:
        return f"{self.whose} {self.area.name}"

    @property
    def when(self) -> str:
        """The first term and the last that stand side by side: `Autumn 2025 to Summer 2026`; one alone is named once."""
        ends = dict.fromkeys(term_title(column.scope) for column in (self.columns[0], self.columns[-1]))
        return " to ".join(ends)

    @property
    def feet(self) -> list[AspectFoot]:
        """Below, at and above."""
        return [
            AspectFoot(part, mark, tuple((column, *column.parts[place][2:]) for column in self.columns))
            for place, (_, part, mark) in enumerate(_COLOURS)
        ]

    @property
    def has_judged(self) -> bool:
        return any(column.judged for column in self.columns)


def aspects(
    access: Access,
    scope: Scope,
    area: int,
    frameworks: Mapping[AcademicYear, EyfsFramework],
    chosen: dict[str, str],
    *,
    over_years: bool = False,
) -> Aspects:
    """Of the year's terms, or `over_years` of the scope's term in each year held, whose `frameworks` are given. A query a column, however many children.

    `chosen` is what the address says of term, groups and class. Terms after the scope's are no columns: their judgements are still to come.
    """
    subject = BY_NUMBER[area]
    years = (
        [year for year in frameworks if year <= scope.academic_year] if over_years else [scope.academic_year]
    )
    alike = [year for year in sorted(years) if frameworks[year] is subject.framework]
    scopes = (
        [replace(scope, academic_year=year) for year in alike]
        if over_years
        else [replace(scope, term=term) for term in TermName if term <= scope.term]
    )
    columns = tuple(_column(access, each, area, chosen, scope) for each in scopes)
    every = _rows(columns, frameworks[scope.academic_year])
    used = [row.step.stage for row in every if row.is_used]
    first = next((place for place, row in enumerate(every) if row.step.stage in used), 0)
    last = max((place for place, row in enumerate(every) if row.step.stage in used), default=-1)
    return Aspects(
        scope=scope,
        area=subject,
        year_group=scope.filters.year_group,
        columns=columns,
        rows=every[first : last + 1],
        without=tuple(sorted(set(years) - set(alike))),
        below=every[first].step.stage if used and first else "",
        above=every[last].step.stage if used and last + 1 < len(every) else "",
    )


def _column(access: Access, scope: Scope, area: int, chosen: dict[str, str], shown: Scope) -> AspectColumn:
    query = {**chosen, "term": scope.term.label.lower(), "subject": BY_NUMBER[area].code.lower()}
    if scope.filters.year_group is not None:
        query["year_group"] = scope.filters.year_group.code
    return AspectColumn(scope, urlencode(query), scope == shown, on_scale(scope, access.school, area))


def _rows(columns: Sequence[AspectColumn], framework: EyfsFramework) -> tuple[AspectRow, ...]:
    steps = scale_steps(framework)
    heights = Counter(step.stage for step in steps)
    found, before = [], ""
    for step in steps:
        cells = tuple(_cell(column, step) for column in columns)
        found.append(AspectRow(step, step.stage != before, heights[step.stage], cells))
        before = step.stage
    return tuple(found)


def _cell(column: AspectColumn, step: ScaleStep) -> AspectCell:
    count = sum(number for points, number in column.by_points.items() if points in step)
    query = f"{column.query}&{urlencode({'part': Part.ASSESSED.value, 'step': step.first})}"
    return AspectCell(column, count, percentage(count, len(column.judged)), column.typical(step), query)


_TYPICAL = {ALL_OF_THEM: "all", SOME: "some", "": None}


def aspects_table(shown: Aspects) -> Table:
    """As it is shown: a line a step from the lowest stage in use to the highest, for each column how many, their share, and for whom the step is typical; then who is judged and who is not, and why."""
    headings = ["Stage", "Step", "Points"]
    for column in shown.columns:
        headings += [column.label, f"{column.label} (%)", f"{column.label}: typical for"]
    rows: list[list[Value]] = []
    for row in shown.rows:
        points: Value = (
            row.step.first if row.step.first == row.step.last else f"{row.step.first} to {row.step.last}"
        )
        line: list[Value] = [row.step.stage, row.step.code, points]
        for cell in row.cells:
            line += [cell.count, cell.share, _TYPICAL[cell.typical]]
        rows.append(line)
    for foot in shown.feet:
        line = [foot.part.label, None, None]
        for _, count, percent in foot.cells:
            line += [count, percent, None]
        rows.append(line)
    rows += [
        _count("Judged", [len(column.judged) for column in shown.columns]),
        _count("Not judged", [column.pupils - len(column.judged) for column in shown.columns]),
    ]
    for words in dict.fromkeys(why.words for column in shown.columns for why in column.whys):
        counts = [sum(why.count for why in column.whys if why.words == words) for column in shown.columns]
        rows.append(_count(f"Not judged: {words}", counts))
    rows.append(_count("On roll", [column.pupils for column in shown.columns]))
    return Table(f"{shown.title}, {shown.when}", headings, rows)


def _count(name: str, counts: Sequence[int]) -> list[Value]:
    line: list[Value] = [name, None, None]
    for count in counts:
        line += [count, None, None]
    return line
