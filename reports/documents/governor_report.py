"""The governors' pack: everything that stands in it, for a page, a PDF and a workbook alike.

It leaves the school, so it shows the same to whoever makes it: the whole school's figures, small ones held back, nobody named.
What may stand beside what is said in docs/governors-pack.md and tried by an attack in its tests.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.conf import settings

from assessment.engine.expectations import LAST_YEAR_GROUP
from assessment.engine.subjects import BY_NUMBER, SUBJECTS
from reports.documents.governor_cells import (
    HELD_BACK,
    NOBODY,
    Cell,
    Share,
    percentage_of,
    share_of,
)
from reports.documents.governor_groups import COMPARED, Comparison, comparison, questions
from reports.documents.told_figures import (
    BySubject,
    OfAll,
    attainment_by_subject,
    combined_line,
    judged_years,
    reception_lines,
)
from reports.measures import ShownLine, is_small
from reports.pack_hiding import ShownShares, show_shares
from reports.queries.figures import GOOD_LEVEL_OF_DEVELOPMENT, Figure, figures
from reports.queries.groups import ALL
from reports.queries.scope import EVERYBODY, Measure, Scope
from schools.calendar import YearGroup


@dataclass(frozen=True)
class AttainmentRow:
    """A subject in a year group: how many were judged, and how they stand. `above` is left out of the combined measure."""

    subject: str
    judged: Cell
    below: Cell
    at: Cell
    above: Cell
    at_or_above: Cell
    together: Cell
    """At and above as one count."""

    @property
    def is_together(self) -> bool:
        """At and above are told as one count only: always in the combined measure, else where the two are held back."""
        return self.at.value is None and self.above.value is None and self.together.value is not None


@dataclass(frozen=True)
class YearAttainment:
    """A year group. `on_roll` on the last day of the term is held back where it would tell of a few who were not judged."""

    label: str
    on_roll: Cell
    rows: tuple[AttainmentRow, ...]


@dataclass(frozen=True)
class ProgressRow:
    """A subject in a year group: whole percentages of the pupils who have a starting point."""

    subject: str
    less: Cell
    expected: Cell
    more: Cell
    expected_or_more: Cell
    expected_or_less: Cell


@dataclass(frozen=True)
class YearProgress:
    label: str
    rows: tuple[ProgressRow, ...]


@dataclass(frozen=True)
class EarlyYears:
    """Reception: each area of learning, and in Summer the Good Level of Development."""

    on_roll: Cell
    good_level: Share | None
    areas: tuple[tuple[str, tuple[Share, ...]], ...]


@dataclass(frozen=True)
class GovernorReport:
    """The pack of a school at the end of a term."""

    school: str
    term: str
    academic_year: str
    made_on: dt.date
    small_count: int
    year_groups: str
    without_range: str
    glance: tuple[Share, ...]
    attainment: tuple[YearAttainment, ...]
    progress: tuple[YearProgress, ...]
    comparisons: tuple[Comparison, ...]
    early_years: EarlyYears | None
    partly_judged: tuple[str, ...]
    questions: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"Governors’ pack: {self.term} term {self.academic_year}"

    @property
    def is_empty(self) -> bool:
        """Nobody was judged at all in the term."""
        return not self.attainment and self.early_years is None


def governor_report(scope: Scope, made_on: dt.date) -> GovernorReport:
    """The pack of the scope's one school, which has to be open; whoever looks, and whatever filters the scope has, it is the whole school's."""
    scope = replace(scope, viewer=None, filters=EVERYBODY, measure=Measure.YEAR)
    return pack_of(figures(scope), scope, made_on=made_on, limit=int(settings.SMALL_COUNT))


def pack_of(counted: Iterable[Figure], scope: Scope, *, made_on: dt.date, limit: int) -> GovernorReport:
    """What the pack shows of figures of every group; counts of 1 to the limit are held back, and what would give them away."""
    found = {(each.year_group, each.subject, each.group): each for each in counted}
    of_all = {key[:2]: figure for key, figure in found.items() if key[2] == ALL.key}
    judged = sorted({year for (year, _), figure in of_all.items() if figure.assessed})
    years = judged_years(of_all)
    subjects = attainment_by_subject(of_all, years, limit)
    everybody = {number: shown for number, (_, shown) in subjects.items()}
    comparisons = (
        tuple(comparison(found, years, everybody, pair, limit) for pair in COMPARED) if years else ()
    )
    glance = tuple(share_of(BY_NUMBER[number].name, everybody) for number, (_, everybody) in subjects.items())
    attainment = tuple(
        _year_attainment(of_all, subjects, place, year, limit) for place, year in enumerate(years)
    )
    partly = tuple(_partly_judged(of_all, years, limit))
    return GovernorReport(
        school=scope.schools[0].name,
        term=scope.term.label,
        academic_year=scope.academic_year.label,
        made_on=made_on,
        small_count=limit,
        year_groups=_span(years),
        without_range=_span([year for year in judged if year > LAST_YEAR_GROUP]),
        glance=glance if years else (),
        attainment=attainment,
        progress=tuple(
            _year_progress(of_all, subjects, place, year, limit) for place, year in enumerate(years)
        ),
        comparisons=comparisons,
        early_years=_early_years(of_all, limit) if YearGroup.R in judged else None,
        partly_judged=partly,
        questions=tuple(questions(glance, comparisons, partly)),
    )


def _span(years: Sequence[int]) -> str:
    """Year 9; Years 1 to 4; Years 1, 2 and 4."""
    numbers = [str(int(year)) for year in years]
    if len(numbers) < 2:
        return f"Year {numbers[0]}" if numbers else ""
    if len(numbers) > 2 and years[-1] - years[0] == len(years) - 1:
        return f"Years {numbers[0]} to {numbers[-1]}"
    return f"Years {', '.join(numbers[:-1])} and {numbers[-1]}"


# Attainment


def _year_attainment(of_all: OfAll, subjects: BySubject, place: int, year: int, limit: int) -> YearAttainment:
    cells = [_attainment_row(BY_NUMBER[number].name, lines[place]) for number, (lines, _) in subjects.items()]
    together = _attainment_row("All three", combined_line(of_all, subjects, place, year, limit))
    figures_of_year = [figure for (of, _), figure in of_all.items() if of == year]
    return YearAttainment(
        label=YearGroup(year).label,
        on_roll=_roll(figures_of_year, limit),
        rows=(*cells, replace(together, at=Cell(None), above=Cell(None))),
    )


def _attainment_row(subject: str, line: ShownLine) -> AttainmentRow:
    return AttainmentRow(
        subject=subject,
        judged=Cell(line.counted),
        below=Cell(line.below),
        at=Cell(line.at),
        above=Cell(line.above),
        at_or_above=percentage_of(line),
        together=Cell(line.at_or_above),
    )


def _roll(of_year: Iterable[Figure], limit: int) -> Cell:
    """The number on roll, where it tells of no subject that a few were not judged."""
    counts = [(each.pupils, each.pupils - each.assessed) for each in of_year]
    if any(is_small(count, limit) for both in counts for count in both):
        return Cell(None)
    return Cell(counts[0][0])


def _partly_judged(of_all: OfAll, years: Iterable[int], limit: int) -> Iterable[str]:
    """The year groups and subjects where fewer than nine in ten pupils were judged, and more than a few were not."""
    for year in years:
        missing = [
            subject.name.lower()
            for subject in SUBJECTS
            if _is_partly_judged(of_all[year, subject.number], limit)
        ]
        if missing:
            yield f"{YearGroup(year).label} {_listed(missing)}"


def _is_partly_judged(figure: Figure, limit: int) -> bool:
    missing = figure.pupils - figure.assessed
    return missing > limit and 10 * figure.assessed < 9 * figure.pupils


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


# Progress


def _year_progress(of_all: OfAll, subjects: BySubject, place: int, year: int, limit: int) -> YearProgress:
    rows = []
    for number, (lines, _) in subjects.items():
        figure = of_all[year, number]
        parts = (figure.progress_below, figure.progress_expected, figure.progress_above)
        # How many have a starting point is told by nothing but the judged that they are among.
        shown = ShownShares() if lines[place].counted is None else show_shares(parts, figure.assessed, limit)
        rows.append(_progress_row(BY_NUMBER[number].name, shown, is_nobody=not figure.measured))
    return YearProgress(YearGroup(year).label, tuple(rows))


def _progress_row(subject: str, shown: ShownShares, *, is_nobody: bool) -> ProgressRow:
    sign = NOBODY if is_nobody else HELD_BACK

    def cell(value: Decimal | None) -> Cell:
        return Cell(value, "%", sign)

    return ProgressRow(
        subject,
        cell(shown.less),
        cell(shown.expected),
        cell(shown.more),
        cell(shown.expected_or_more),
        cell(shown.expected_or_less),
    )


# Early years


def _early_years(of_all: OfAll, limit: int) -> EarlyYears:
    lines = reception_lines(of_all, limit)
    level = lines.pop(GOOD_LEVEL_OF_DEVELOPMENT, None)
    areas: dict[str, list[Share]] = {}
    for number, line in lines.items():
        area = BY_NUMBER[number]
        areas.setdefault(area.area_of_learning, []).append(share_of(area.name, line))
    return EarlyYears(
        on_roll=_roll([figure for (year, _), figure in of_all.items() if year == YearGroup.R], limit),
        good_level=share_of("Good level of development", level) if level else None,
        areas=tuple((heading, tuple(shares)) for heading, shares in areas.items()),
    )
