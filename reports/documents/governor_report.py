"""The governors' pack: everything that stands in it, for a page, a PDF and a workbook alike.

It leaves the school, so it shows the same to whoever makes it: the whole school's figures, small ones held back, nobody named.
What may stand beside what is said in docs/governors-pack.md and tried by an attack in its tests.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assessment.engine.expectations import LAST_YEAR_GROUP
from assessment.engine.subjects import BY_NUMBER
from assessment.queries.school_subjects import numbers_left_out
from reports.documents.governor_after_eyfs import AFTER_EYFS_KEY, figures_after_eyfs
from reports.documents.governor_cells import (
    HELD_BACK,
    NOBODY,
    Cell,
    Share,
    percentage_of,
    share_of,
)
from reports.documents.governor_groups import COMPARED, Comparison, comparison, questions
from reports.documents.governor_last_year import (
    ALL_THREE,
    LastYear,
    ReceptionBefore,
    last_year,
    partly_judged,
    reception_before,
)
from reports.documents.governor_words import cannot_say, headlines
from reports.documents.own_steps import own_steps_said
from reports.documents.subjects_shown import unasked
from reports.documents.told_figures import (
    BySubject,
    OfAll,
    attainment_by_subject,
    combined_line,
    judged_years,
    reception_lines,
    told_roll,
)
from reports.measures import ShownLine
from reports.pack_hiding import ShownShares, show_shares
from reports.queries.figures import GOOD_LEVEL_OF_DEVELOPMENT, Figure, figures
from reports.queries.groups import ALL
from reports.queries.scope import EVERYBODY, Measure, Scope
from schools.calendar import AcademicYear, YearGroup


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
    def below_or_at(self) -> Cell:
        """Below and at as one count, where both that it follows from are told."""
        if self.judged.value is None or self.above.value is None:
            return Cell(None)
        return Cell(self.judged.value - self.above.value)

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
    """Reception: each area of learning, and in Summer the Good Level of Development; `last_year` beside it, where Reception was judged then."""

    on_roll: Cell
    good_level: Share | None
    areas: tuple[tuple[str, tuple[Share, ...]], ...]
    last_year: ReceptionBefore | None = None

    @property
    def lines(self) -> tuple[tuple[str, tuple[tuple[Share, Share | None, Cell | None], ...]], ...]:
        """Each area of learning with what is judged in it: this year's, last year's and the change; None where there is no last year."""
        before = self.last_year.areas if self.last_year else {}
        return tuple(
            (heading, tuple((share, *before.get(share.name, (None, None))) for share in shares))
            for heading, shares in self.areas
        )


@dataclass(frozen=True)
class GovernorReport:
    """The pack of a school at the end of a term."""

    school: str
    term: str
    academic_year: str
    made_on: dt.date
    small_count: int
    year_groups: str
    has_reception: bool
    without_range: str
    glance: tuple[Share, ...]
    attainment: tuple[YearAttainment, ...]
    progress: tuple[YearProgress, ...]
    after_eyfs: tuple[YearProgress, ...]
    """Since the Baseline of Year 1: of Year 2 and of a first school's last year group."""
    comparisons: tuple[Comparison, ...]
    early_years: EarlyYears | None
    partly_judged: tuple[str, ...]
    questions: tuple[str, ...]
    last_year: LastYear | None = None
    doing: tuple[str, ...] = ()
    """What the school is doing, in its own words, a paragraph each."""
    snapshot: str = ""
    """`snapshot 3, taken on 4 July 2026`: of which the figures are; empty: as they stood when the pack was made, or on `as_of`."""
    as_of: dt.date | None = None
    """When the pack of this term was given out of which these are the figures again."""
    own_steps: str = ""
    """That own steps are among those by which progress is measured, where they may be."""

    @property
    def last_year_as_of(self) -> dt.date | None:
        """When last year's figures were given out, where these are not today's and any of them stand here."""
        sides = (self.last_year, self.early_years.last_year if self.early_years else None)
        return next((side.as_of for side in sides if side and side.as_of), None)

    @property
    def headlines(self) -> tuple[str, ...]:
        """The pack in up to three sentences, from what stands in it."""
        return tuple(headlines(self.glance, self.last_year, self.comparisons))

    @property
    def cannot_say(self) -> tuple[str, ...]:
        """What its figures cannot say, a sentence or two each."""
        return cannot_say(self.small_count)

    @property
    def title(self) -> str:
        return f"Governors’ pack: {self.term} term {self.academic_year}"

    @property
    def is_empty(self) -> bool:
        """Nobody was judged at all in the term."""
        return not self.year_groups and not self.has_reception


def governor_report(scope: Scope, made_on: dt.date) -> GovernorReport:
    """The pack of the scope's one school, which has to be open; whoever looks, and whatever filters the scope has, it is the whole school's.

    Three queries: the term's figures, progress since the early years, and the same term of the year before. Of a snapshot both are as they were frozen.
    """
    scope = whole_school(scope)
    before = figures(year_before(scope))
    counted = told_figures_of(scope)
    return pack_of(counted, scope, made_on=made_on, limit=scope.schools[0].small_count, before=before)


def told_figures_of(scope: Scope) -> list[Figure]:
    """All that a pack is made of: the term's figures, and progress since the early years."""
    return [*figures(scope), *figures_after_eyfs(scope)]


def whole_school(scope: Scope) -> Scope:
    """The scope of the pack: everybody, since the start of the year, whoever asks."""
    return replace(scope, viewer=None, filters=EVERYBODY, measure=Measure.YEAR, since=None)


def year_before(scope: Scope) -> Scope:
    """The same term of the year before."""
    return replace(scope, academic_year=AcademicYear(scope.academic_year - 1))


def pack_of(
    counted: Iterable[Figure],
    scope: Scope,
    *,
    made_on: dt.date,
    limit: int,
    before: Iterable[Figure] = (),
) -> GovernorReport:
    """What the pack shows of figures of every group; counts of 1 to the limit are held back, and what would give them away.

    `before` are those of the same term of the year before. Nothing here depends on today: `made_on` is only printed.
    """
    found = {(each.year_group, each.subject, each.group): each for each in counted}
    of_all = {key[:2]: figure for key, figure in found.items() if key[2] == ALL.key}
    before_of_all = {(each.year_group, each.subject): each for each in before if each.group == ALL.key}
    year_before_label = AcademicYear(scope.academic_year - 1).label
    judged = sorted({year for (year, _), figure in of_all.items() if figure.assessed})
    years = judged_years(of_all)
    school = scope.schools[0]
    subjects = attainment_by_subject(of_all, years, limit, unasked(of_all.values(), school))
    everybody = {number: shown for number, (_, shown) in subjects.items()}
    comparisons = (
        tuple(comparison(found, years, everybody, pair, limit) for pair in COMPARED) if years else ()
    )
    glance = tuple(share_of(BY_NUMBER[number].name, everybody) for number, (_, everybody) in subjects.items())
    attainment = tuple(
        _year_attainment(of_all, subjects, place, year, limit) for place, year in enumerate(years)
    )
    partly = partly_judged(of_all, years, limit, numbers_left_out(school))
    taken = scope.snapshot
    return GovernorReport(
        school=school.name,
        term=scope.term.label,
        academic_year=scope.academic_year.label,
        made_on=made_on,
        small_count=limit,
        year_groups=_span(years),
        has_reception=YearGroup.R in judged,
        without_range=_span([year for year in judged if year > LAST_YEAR_GROUP]),
        glance=glance if years else (),
        attainment=attainment,
        progress=tuple(
            _year_progress(of_all, subjects, place, year, limit) for place, year in enumerate(years)
        ),
        after_eyfs=tuple(_after_eyfs(found, subjects, years, limit)),
        comparisons=comparisons,
        early_years=_early_years(of_all, before_of_all, year_before_label, limit)
        if YearGroup.R in judged
        else None,
        partly_judged=partly,
        questions=tuple(questions(glance, comparisons, partly)),
        last_year=last_year(
            of_all,
            before_of_all,
            academic_year=year_before_label,
            limit=limit,
            school=school,
        ),
        snapshot=f"snapshot {taken.number}, taken on {taken.when}" if taken else "",
        own_steps=own_steps_said(school.partnership, taken),
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
    together = _attainment_row(ALL_THREE, combined_line(of_all, subjects, place, year, limit))
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
    return Cell(told_roll(of_year, limit))


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


def _after_eyfs(
    found: Mapping[tuple[int, int, int], Figure], subjects: BySubject, years: Sequence[int], limit: int
) -> Iterator[YearProgress]:
    """The year groups of which somebody is measured since the early years."""
    since = {key[:2]: figure for key, figure in found.items() if key[2] == AFTER_EYFS_KEY}
    for place, year in enumerate(years):
        if any(figure.measured for (of, _), figure in since.items() if of == year):
            yield _year_progress(since, subjects, place, year, limit)


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


def _early_years(of_all: OfAll, before: OfAll, year_before: str, limit: int) -> EarlyYears:
    lines = reception_lines(of_all, limit)
    beside = reception_before(lines, before, academic_year=year_before, limit=limit)
    level = lines.pop(GOOD_LEVEL_OF_DEVELOPMENT, None)
    areas: dict[str, list[Share]] = {}
    for number, line in lines.items():
        area = BY_NUMBER[number]
        areas.setdefault(area.area_of_learning, []).append(share_of(area.name, line))
    return EarlyYears(
        on_roll=_roll([figure for (year, _), figure in of_all.items() if year == YearGroup.R], limit),
        good_level=share_of("Good level of development", level) if level else None,
        areas=tuple((heading, tuple(shares)) for heading, shares in areas.items()),
        last_year=beside,
    )
