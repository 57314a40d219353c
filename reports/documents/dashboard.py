"""The dashboard: attainment and progress of each year group in each subject at the end of a term, as one viewer may see them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from assessment.engine.subjects import BY_NUMBER, SUBJECTS, Subject, is_early_years
from assessment.queries.school_subjects import numbers_left_out
from reports.documents.figure_pupils import point_label
from reports.documents.releases import ToKeep, figures_for_viewer, not_yet
from reports.documents.shown_figures import OVER_SUBJECTS, ShownFigure, shown_figures
from reports.documents.subjects_shown import unasked, without_subjects
from reports.documents.tables import Table, Value
from reports.documents.tiles import Tile, attainment_tile, progress_tile
from reports.documents.totals import TotalRow, total_rows
from reports.documents.why_missing import in_words, whys
from reports.measures import percentage
from reports.queries.figures import COMBINED, Figure
from reports.queries.reasons import Reasons, reasons
from reports.queries.scope import Measure, Scope
from schools.calendar import TermName, YearGroup

MEASURE_NAMES = {
    Measure.YEAR: "this year",
    Measure.TERM: "this term",
    Measure.PHASE: "this phase",
    Measure.KEY_STAGE: "this key stage",
    Measure.AFTER_EYFS: "since the end of EYFS",
}


def measure_name(scope: Scope) -> str:
    """`this year`; `since Summer 2024/25` of a chosen point."""
    return f"since {point_label(scope.since)}" if scope.since else MEASURE_NAMES[scope.measure]


def progress_title(scope: Scope) -> str:
    """`Progress this year, Spring 2026`; `Progress from Summer 2024/25 to Spring 2025/26`."""
    if scope.since:
        return f"Progress from {point_label(scope.since)} to {point_label(scope.at)}"
    return f"Progress {measure_name(scope)}, {term_title(scope)}"


@dataclass(frozen=True)
class Row:
    """A year group: the number of its pupils (None is held back), and a tile a subject; a subject without one has None."""

    year_group: YearGroup
    pupils: int | None
    # Judgements that are not there yet in what was begun: a leader asks for these. None is held back.
    missing: int | None
    not_begun: tuple[str, ...]
    tiles: tuple[Tile | None, ...]

    @property
    def pupils_query(self) -> str:
        """Of all its pupils: in whichever subject they are judged."""
        return next((tile.query for tile in self.tiles if tile), "")


@dataclass(frozen=True)
class Area:
    """An area of learning of the early years, or the Good Level of Development: attainment and, of an area, steps."""

    heading: str
    attainment: Tile
    progress: Tile | None


@dataclass(frozen=True)
class EarlyYears:
    """Nursery or Reception: judged in seventeen areas, in the order of the profile."""

    row: Row
    areas: tuple[Area, ...]
    # In Summer of Reception.
    good_level: Tile | None


@dataclass(frozen=True)
class Dashboard:
    """The whole page. `chosen` is what the address says: term, measure and filters, for the links to pupils."""

    scope: Scope
    query: str
    title: str
    progress_title: str
    term_before: str
    headings: tuple[str, ...]
    attainment: tuple[Row, ...]
    progress_headings: tuple[str, ...]
    progress: tuple[Row, ...]
    early_years: tuple[EarlyYears, ...]
    has_pupils: bool
    has_judgements: bool
    # Of the whole page; None is held back.
    pupils: int | None
    missing: int | None
    judged_share: Decimal | None
    is_suppressed: bool
    # Of all year groups with an expected range together, and of each phase; nothing of it is told where small numbers are held back.
    totals: tuple[TotalRow, ...] = ()
    # Why nobody was judged, by year group and subject; only where it was asked for.
    reasons: Reasons | None = None
    # For those who see no names: when the figures were given out, if they are not today's, and what has to be kept of them now.
    as_of: dt.date | None = None
    to_keep: tuple[ToKeep, ...] = ()
    # And while the term is not over: from when they are given out by looking, and in a sentence that none are yet.
    given_from: dt.date | None = None
    not_yet: str = ""

    @property
    def tells_change(self) -> bool:
        """Whether the change since the term before is told: not where small numbers are held back."""
        return not self.is_suppressed

    @property
    def term_name(self) -> str:
        return self.scope.term.label

    @property
    def small_count(self) -> int:
        return self.scope.small_count


def term_title(scope: Scope) -> str:
    """`Autumn 2026`, `Spring 2027`: with the calendar year that the term lies in."""
    return f"{scope.term.label} {scope.academic_year + (scope.term is not TermName.AUTUMN)}"


def dashboard(scope: Scope, chosen: dict[str, str], *, tells_why: bool = False) -> Dashboard:
    """One query, however many pupils, subjects and year groups; another if it `tells_why` some have no points, or for those who see no names. The
    scope's one school has to be open.
    """
    given = figures_for_viewer(scope, by_group=False)
    found = given.of_everybody
    gone, not_awaited = unasked(found, scope.schools[0]), numbers_left_out(scope.schools[0])
    found = [each for each in found if each.subject not in gone] if not scope.small_count else found
    shown = without_subjects(shown_figures(found, scope.small_count), gone)
    subjects = [subject for subject in SUBJECTS if subject.number not in gone]
    moved = moved_in(found, scope)
    older = {year: of_year for year, of_year in shown.items() if not is_early_years(year)}
    possible = sum(
        each.assessed if each.subject in not_awaited else each.pupils
        for each in found
        if each.subject not in OVER_SUBJECTS
    )
    judged = sum(each.assessed for each in found if each.subject not in OVER_SUBJECTS)
    return Dashboard(
        scope=scope,
        query=urlencode(chosen),
        title=f"Attainment, {term_title(scope)}",
        progress_title=progress_title(scope),
        term_before="Summer" if scope.term is TermName.AUTUMN else TermName(scope.term - 1).label,
        headings=(*(subject.name for subject in subjects), OVER_SUBJECTS[COMBINED]),
        attainment=tuple(
            _row(of_year, attainment_tiles(of_year, chosen, moved, subjects), not_awaited)
            for of_year in older.values()
        ),
        progress_headings=tuple(subject.name for subject in subjects),
        progress=tuple(
            _row(of_year, progress_tiles(of_year, chosen, subjects), not_awaited)
            for of_year in older.values()
            if _has_progress(of_year)
        ),
        early_years=tuple(
            _early_years(of_year, chosen, moved) for year, of_year in shown.items() if is_early_years(year)
        ),
        has_pupils=bool(found),
        has_judgements=bool(judged),
        pupils=None if scope.small_count else sum(_pupils(of_year) or 0 for of_year in shown.values()),
        missing=None
        if scope.small_count
        else sum(_missing(of_year, not_awaited) for of_year in shown.values()),
        judged_share=None if scope.small_count else percentage(judged, possible),
        is_suppressed=bool(scope.small_count),
        totals=() if scope.small_count else total_rows(found, chosen, scope.schools[0], not_awaited),
        reasons=reasons(scope) if tells_why and not scope.small_count else None,
        as_of=given.as_of,
        to_keep=given.to_keep,
        given_from=given.given_from,
        not_yet=not_yet(scope.term, given),
    )


# By year group and subject.
Moved = dict[tuple[int, int], Figure]
OfYear = dict[int, ShownFigure]


def moved_in(everybody: Iterable[Figure], scope: Scope) -> Moved:
    """The figures that tell how the same pupils moved since the term before. Small numbers held back, nothing of it is told: with the
    counts of both terms it would give a few pupils away.
    """
    return {} if scope.small_count else {(each.year_group, each.subject): each for each in everybody}


def _row(of_year: OfYear, tiles: Iterable[Tile | None], not_awaited: frozenset[int] = frozenset()) -> Row:
    first = next(iter(of_year.values()))
    return Row(
        year_group=first.year_group,
        pupils=first.attainment.pupils,
        missing=None if first.attainment.pupils is None else _missing(of_year, not_awaited),
        not_begun=tuple(
            BY_NUMBER[subject].name for subject in not_begun(of_year) if subject not in not_awaited
        ),
        tiles=tuple(tiles),
    )


def not_begun(of_year: OfYear) -> tuple[int, ...]:
    """The subjects or areas in which nobody is judged yet: nobody is missing in them."""
    return tuple(
        subject
        for subject, figure in of_year.items()
        if subject not in OVER_SUBJECTS and figure.attainment.counted == 0
    )


def _missing(of_year: OfYear, not_awaited: frozenset[int] = frozenset()) -> int:
    """The judgements that are not there in what was begun, and is asked for."""
    left_out = {*OVER_SUBJECTS, *not_begun(of_year), *not_awaited}
    return sum(
        figure.attainment.missing or 0 for subject, figure in of_year.items() if subject not in left_out
    )


def _pupils(of_year: OfYear) -> int | None:
    return next(iter(of_year.values())).attainment.pupils


def attainment_tiles(
    of_year: OfYear, chosen: dict[str, str], moved: Moved, subjects: Iterable[Subject] = SUBJECTS
) -> list[Tile | None]:
    """A tile for each of the subjects, then combined; None where the year group has none."""
    return [
        attainment_tile(of_year[subject], chosen, moved.get((of_year[subject].year_group.value, subject)))
        if subject in of_year
        else None
        for subject in (*(each.number for each in subjects), COMBINED)
    ]


def progress_tiles(
    of_year: OfYear, chosen: dict[str, str], subjects: Iterable[Subject] = SUBJECTS
) -> list[Tile | None]:
    """A tile for each of the subjects, of which the year group has figures."""
    return [progress_tile(of_year[each.number], chosen) for each in subjects if each.number in of_year]


def _has_progress(of_year: OfYear) -> bool:
    return any(figure.progress is not None for figure in of_year.values())


def areas_of(of_year: OfYear, chosen: dict[str, str], moved: Moved) -> tuple[Area, ...]:
    """Each area that the year group is judged in, in the order of the profile."""
    return tuple(
        Area(
            heading=BY_NUMBER[subject].area_of_learning,
            attainment=attainment_tile(figure, chosen, moved.get((figure.year_group.value, subject))),
            progress=progress_tile(figure, chosen),
        )
        for subject, figure in of_year.items()
        if subject not in OVER_SUBJECTS
    )


def _early_years(of_year: OfYear, chosen: dict[str, str], moved: Moved) -> EarlyYears:
    good_level = [figure for subject, figure in of_year.items() if subject in OVER_SUBJECTS]
    return EarlyYears(
        row=_row(of_year, ()),
        areas=areas_of(of_year, chosen, moved),
        good_level=attainment_tile(good_level[0], chosen) if good_level else None,
    )


HELD_BACK = "held back"
_FIRST = ("Year group", "Subject", "On roll")
_ATTAINMENT_HEADINGS = (
    *_FIRST,
    "Judged",
    "Not judged",
    "Below",
    "At",
    "Above",
    "At or above (%)",
    "Average points",
    "Change (percentage points)",
    "Judged in both terms",
    "On track for the end of the key stage",
    "Not on track",
    "Why not judged",
)
_PROGRESS_HEADINGS = (
    *_FIRST,
    "Measured",
    "Not measured",
    "Less than expected",
    "Expected",
    "More than expected",
    "Expected or more (%)",
    "Average steps",
)


def attainment_table(shown: Dashboard) -> Table:
    """The attainment of the page, a line a tile."""
    together = [tile for row in shown.totals for tile in row.attainment]
    tiles = [tile for row in shown.attainment for tile in row.tiles if tile]
    early = [tile for each in shown.early_years for tile in _early_tiles(each)]
    rows = [
        [
            *tile_values(tile),
            *_change_values(tile),
            tile.on_track,
            tile.off_track,
            in_words(whys(tile, shown.reasons)) or None,
        ]
        for tile in [*together, *early, *tiles]
    ]
    if shown.is_suppressed:
        told = len(_ATTAINMENT_HEADINGS) - 3
        return Table(shown.title, _ATTAINMENT_HEADINGS[:told], [row[:told] for row in rows])
    return Table(shown.title, _ATTAINMENT_HEADINGS, rows)


def progress_table(shown: Dashboard) -> Table:
    """The progress of the page, a line a tile; before Year 1 the steps alone."""
    early = [area.progress for each in shown.early_years for area in each.areas if area.progress]
    together = [tile for row in shown.totals for tile in row.progress]
    tiles = [tile for row in shown.progress for tile in row.tiles if tile]
    rows = [tile_values(tile) for tile in [*together, *early, *tiles]]
    return Table(shown.progress_title, _PROGRESS_HEADINGS, rows)


def _early_tiles(of: EarlyYears) -> Sequence[Tile]:
    tiles = [area.attainment for area in of.areas]
    return [*tiles, of.good_level] if of.good_level else tiles


def tile_values(tile: Tile) -> list[Value]:
    """As a line of a table; a held back number says so, and what there is none of is empty."""
    parts: list[Value] = [part.count for part in tile.parts] or [None, None, None]
    counts: list[Value] = [tile.pupils, tile.counted, tile.left_out]
    values = [*counts, *parts]
    if tile.is_held_back:
        values = [
            HELD_BACK if value is None and (place < 3 or tile.parts) else value
            for place, value in enumerate(values)
        ]
    return [tile.label, tile.subject, *values, tile.headline, tile.average]


def _change_values(tile: Tile) -> list[Value]:
    return [tile.change.points, tile.change.matched] if tile.change else [None, None]
