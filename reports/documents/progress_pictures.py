"""One year group in one subject, in pictures: attainment by progress, from start to now, and how many made how many steps.

Made from `standings`, as the lists behind the dashboard's figures are: the margins here are the figures there, and everybody on roll is
accounted for, by the reason where not by a cell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from assessment.engine.expected_range import Attainment
from assessment.engine.progress import Progress
from assessment.engine.rounding import rounded_quotient
from reports.documents.dashboard import measure_name, term_title
from reports.documents.figure_pupils import FigurePupils, Part, line_of
from reports.documents.marks import Mark
from reports.documents.progress_selections import Axis, Counted, Selection, place_of, step_on
from reports.documents.tables import Table, Value
from reports.documents.tiles import TilePart, subject_name
from reports.measures import average, median
from reports.queries.figure_pupils import Standing, named, standings
from reports.queries.scope import Scope
from schools.access import Access
from schools.calendar import YearGroup

_MARKS = {
    Progress.LESS: Mark("less than expected", "is-below"),
    Progress.EXPECTED: Mark("expected", "is-at"),
    Progress.MORE: Mark("more than expected", "is-above"),
}
_ATTAINMENTS = {
    Attainment.ABOVE: Mark("Above", "is-above"),
    Attainment.AT: Mark("At", "is-at"),
    Attainment.BELOW: Mark("Below", "is-below"),
}
_PARTS = {
    Progress.LESS: Part.PROGRESS_BELOW,
    Progress.EXPECTED: Part.PROGRESS_EXPECTED,
    Progress.MORE: Part.PROGRESS_ABOVE,
}
# A wider spread of steps has its gaps left out.
_LONGEST_AXIS = 40


@dataclass(frozen=True)
class CellPart:
    """How many of a cell's pupils made less, expected or more progress."""

    mark: Mark
    count: int


@dataclass(frozen=True)
class Cell:
    """A count, and the query by which it opens to its pupils."""

    count: int
    query: str
    parts: tuple[CellPart, ...] = ()

    @property
    def mark(self) -> str:
        """The mark of all of its pupils; empty where they differ or there are none."""
        return self.parts[0].mark.mark if len(self.parts) == 1 else ""


@dataclass(frozen=True)
class GridRow:
    """Below, at, above or all: by progress, then those measured, without a baseline, and judged, who are the dashboard's."""

    attainment: Mark | None
    cells: tuple[Cell, Cell, Cell]
    measured: Cell
    no_baseline: Cell
    judged: Cell


@dataclass(frozen=True)
class MatrixRow:
    """One stage, or number of points, to start from."""

    name: str
    cells: tuple[Cell, ...]
    total: Cell


@dataclass(frozen=True)
class Matrix:
    """From start, down, to now, across: those who are measured, from the lowest up."""

    columns: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    totals: tuple[Cell, ...]


@dataclass(frozen=True)
class StepLine:
    """A number of steps: how many made it (`bar` is them in parts of the longest), and of how many it was expected."""

    steps: int
    cell: Cell
    bar: tuple[TilePart, ...]
    expected_of: int

    @property
    def text(self) -> str:
        """`+7`, `0`, with a true minus."""
        sign = "+" if self.steps > 0 else "\N{MINUS SIGN}" if self.steps < 0 else ""
        return f"{sign}{abs(self.steps)}"


@dataclass(frozen=True)
class LeftOut:
    """Pupils on roll who are not measured, and why, in words too."""

    why: Counted
    label: str
    cell: Cell

    @property
    def in_a_sentence(self) -> str:
        """With a small letter first; what it names keeps its own."""
        return self.label[:1].lower() + self.label[1:]


@dataclass(frozen=True)
class ProgressPictures:
    """The whole page; counts of `left_out` and `measured` add up to `on_roll`."""

    year_group: YearGroup
    subject: int
    measure: str
    when: str
    query: str
    axis: Axis
    on_roll: Cell
    measured: Cell
    left_out: tuple[LeftOut, ...]
    grid: tuple[GridRow, ...]
    all_row: GridRow
    # What stands over those without a start.
    no_baseline: str
    matrix: Matrix
    steps: tuple[StepLine, ...]
    average_steps: Decimal | None
    median_steps: Decimal | None
    with_own_steps: int = 0

    @property
    def title(self) -> str:
        """`Year 4 Mathematics`."""
        return f"{self.year_group.label} {subject_name(self.subject)}"

    @property
    def is_without_start(self) -> bool:
        return not self.measured.count


class _Axis:
    """The stages, or numbers of points, that somebody is in."""

    def __init__(self, axis: Axis) -> None:
        self._axis = axis
        self._found: dict[int, tuple[str, str]] = {}

    def key_of(self, points: int, year_group: YearGroup) -> str:
        """The key of these points, which somebody measured has."""
        if points not in self._found:
            self._found[points] = step_on(self._axis, points, year_group)
        return self._found[points][0]

    def in_order(self) -> dict[str, str]:
        """Name by key, from the lowest."""
        return dict(self._found[points] for points in sorted(self._found))


@dataclass(frozen=True)
class _Cells:
    """Counts cells of the pupils on roll; `chosen` is what else the address says."""

    standing: Sequence[Standing]
    chosen: dict[str, str]
    axis: Axis

    def of(self, selection: Selection, *, in_parts: bool = False) -> Cell:
        return self._cell(
            selection, [each for each in self.standing if selection.holds(each)], in_parts=in_parts
        )

    def _cell(self, selection: Selection, held: Sequence[Standing], *, in_parts: bool) -> Cell:
        made = Counter(each.progress for each in held)
        parts = tuple(CellPart(mark, made[each]) for each, mark in _MARKS.items() if made[each])
        query = urlencode({**self.chosen, **selection.address()})
        return Cell(len(held), query, parts if in_parts else ())

    def grid_row(self, attainment: Attainment | None) -> GridRow:
        less, expected, more = (
            self.of(Selection(counted=Counted.MEASURED, attainment=attainment, progress=each))
            for each in Progress
        )
        measured, without, judged = (
            self.of(Selection(counted=each, attainment=attainment))
            for each in (Counted.MEASURED, Counted.NO_BASELINE, Counted.JUDGED)
        )
        mark = _ATTAINMENTS[attainment] if attainment else None
        return GridRow(mark, (less, expected, more), measured, without, judged)

    def matrix(self, measured: Sequence[Standing]) -> Matrix:
        """Sorted into the cells once: in points there are hundreds of them."""
        starts, nows = _Axis(self.axis), _Axis(self.axis)
        held: dict[tuple[str, str], list[Standing]] = {}
        for each in measured:
            if each.start_points is None or each.points is None:
                continue
            start = starts.key_of(each.start_points, each.year_group)
            now = nows.key_of(each.points, each.year_group)
            for key in ((start, now), (start, ""), ("", now)):
                held.setdefault(key, []).append(each)

        def cell(start: str, now: str) -> Cell:
            selection = Selection(counted=Counted.MEASURED, axis=self.axis, start=start, now=now)
            return self._cell(selection, held.get((start, now), []), in_parts=bool(start and now))

        columns = nows.in_order()
        return Matrix(
            columns=tuple(columns.values()),
            rows=tuple(
                MatrixRow(name, tuple(cell(start, now) for now in columns), cell(start, ""))
                for start, name in starts.in_order().items()
            ),
            totals=tuple(cell("", now) for now in columns),
        )

    def steps(self, measured: Sequence[Standing]) -> tuple[StepLine, ...]:
        made = Counter(each.steps for each in measured if each.steps is not None)
        # Those with steps of their own may be expected to make parts of one, and have a note instead.
        wanted = Counter(
            int(each.expected) for each in measured if each.expected is not None and not each.is_individual
        )
        longest = max(made.values(), default=0)
        return tuple(self._step_line(steps, longest, wanted[steps]) for steps in _axis_of({*made, *wanted}))

    def _step_line(self, steps: int, longest: int, expected_of: int) -> StepLine:
        cell = self.of(Selection(counted=Counted.MEASURED, steps=steps), in_parts=True)
        bar, before = [], 0
        for progress, mark in _MARKS.items():
            count = sum(part.count for part in cell.parts if part.mark is mark)
            x, width = (rounded_quotient(100 * each, longest, 2) for each in (before, count))
            bar.append(TilePart(_PARTS[progress], mark.mark, mark.word, count, x, width))
            before += count
        return StepLine(steps, cell, tuple(bar), expected_of)


def _axis_of(found: set[int]) -> list[int]:
    """From the most steps to the fewest, with those that nobody made in between."""
    if found and max(found) - min(found) <= _LONGEST_AXIS:
        found = set(range(min(found), max(found) + 1))
    return sorted(found, reverse=True)


def progress_pictures(
    access: Access, scope: Scope, year_group: YearGroup, subject: int, axis: Axis, chosen: dict[str, str]
) -> ProgressPictures:
    """Of one of Years 1 to 9, to which the scope is narrowed, in one of the subjects judged there; one query, however many pupils."""
    standing = standings(scope, access.school, [subject])
    cells = _Cells(standing, chosen, axis)
    measured = [each for each in standing if place_of(each) is Counted.MEASURED]
    made = [each.steps for each in measured if each.steps is not None]
    places = Counter(place_of(each) for each in standing)
    return ProgressPictures(
        year_group=year_group,
        subject=subject,
        measure=measure_name(scope),
        when=term_title(scope),
        query=urlencode(chosen),
        axis=axis,
        on_roll=cells.of(Selection()),
        measured=cells.of(Selection(counted=Counted.MEASURED)),
        left_out=tuple(
            LeftOut(why, why.label_of(scope.since), cells.of(Selection(counted=why)))
            for why in Counted
            if places[why] and why is not Counted.MEASURED
        ),
        grid=tuple(cells.grid_row(attainment) for attainment in _ATTAINMENTS),
        all_row=cells.grid_row(None),
        matrix=cells.matrix(measured),
        steps=cells.steps(measured),
        with_own_steps=sum(each.is_individual for each in measured),
        no_baseline=Counted.NO_BASELINE.label_of(scope.since),
        average_steps=average(sum(made), len(made), 1),
        median_steps=median(made, 1),
    )


def selected_pupils(access: Access, scope: Scope, subject: int, selection: Selection) -> FigurePupils:
    """The pupils of one cell by name: those whom this person may see, who are all that the cell counts."""
    wanted = {
        each.pupil_id: each for each in standings(scope, access.school, [subject]) if selection.holds(each)
    }
    lines = (
        line_of(access, scope, row, wanted[row.pupil_id])
        for row in named(access, list(wanted), scope.snapshot)
    )
    return FigurePupils(part=Part.PUPILS, subject=subject, lines=tuple(lines))


def grid_table(pictures: ProgressPictures) -> Table:
    """Attainment by progress, and those on roll who are in no cell."""
    rows: list[list[Value]] = [
        [row.attainment.word if row.attainment else "All", *(cell.count for cell in _in_a_row(row))]
        for row in (*pictures.grid, pictures.all_row)
    ]
    rows += [
        [f"Not judged: {each.in_a_sentence}", None, None, None, None, None, each.cell.count]
        for each in pictures.left_out
        if each.why is not Counted.NO_BASELINE
    ]
    rows.append(["On roll", None, None, None, None, None, pictures.on_roll.count])
    headings = ("Attainment", "Less than expected", "Expected", "More than expected")
    return Table(
        f"{pictures.title} attainment by progress, {pictures.when}",
        (*headings, "Measured", pictures.no_baseline, "Judged"),
        rows,
    )


def _in_a_row(row: GridRow) -> tuple[Cell, ...]:
    return (*row.cells, row.measured, row.no_baseline, row.judged)


def matrix_table(pictures: ProgressPictures) -> Table:
    """From start to now, with its totals."""
    matrix = pictures.matrix
    rows: list[list[Value]] = [
        [row.name, *(cell.count for cell in row.cells), row.total.count] for row in matrix.rows
    ]
    rows.append(["All", *(cell.count for cell in matrix.totals), pictures.measured.count])
    title = f"{pictures.title} from start to now, {pictures.when}"
    return Table(title, ("Start", *(f"Now {name}" for name in matrix.columns), "All"), rows)


def steps_table(pictures: ProgressPictures) -> Table:
    """How many made how many steps, and of how many as many were expected; then who is not measured."""
    rows: list[list[Value]] = [
        [line.steps, line.cell.count, *(part.count for part in line.bar), line.expected_of or None]
        for line in pictures.steps
    ]
    rows += [[each.label, each.cell.count, None, None, None, None] for each in pictures.left_out]
    rows += [["Average steps", pictures.average_steps], ["Median steps", pictures.median_steps]]
    headings = ("Steps", "Pupils", "Less than expected", "Expected", "More than expected", "Expected of")
    width = len(headings)
    return Table(
        f"{pictures.title} steps, {pictures.when}",
        headings,
        [[*row, *[None] * (width - len(row))] for row in rows],
    )
