"""A year group's page: its subjects, its terms over the year, its groups, and the judgements that are not there yet."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from assessment.engine.subjects import BY_NUMBER, is_early_years
from assessment.models import Reason
from assessment.queries.school_subjects import numbers_left_out
from reports.documents.dashboard import (
    Area,
    OfYear,
    areas_of,
    attainment_tiles,
    moved_in,
    not_begun,
    progress_tiles,
    progress_title,
    term_title,
    tile_values,
)
from reports.documents.figure_pupils import NOT_ENTERED, why_missing
from reports.documents.group_gaps import GroupGap, group_gaps
from reports.documents.links import cell_address
from reports.documents.releases import Released, ToKeep, figures_for_viewer, not_yet, released_terms
from reports.documents.shown_figures import OVER_SUBJECTS, shown_figures
from reports.documents.subjects_shown import unasked, without_subjects
from reports.documents.tables import Table, Value
from reports.documents.tiles import Tile, attainment_tile, progress_tile, subject_name
from reports.queries.figure_pupils import Standing, named, standings
from reports.queries.figures import GOOD_LEVEL_OF_DEVELOPMENT, Figure
from reports.queries.scope import Scope
from schools.access import Access
from schools.calendar import TermName, YearGroup
from schools.models import PupilYear


@dataclass(frozen=True)
class OverTerms:
    """One subject at the end of each term; None for a term without pupils."""

    subject: str
    attainment: tuple[Tile | None, ...]
    progress: tuple[Tile | None, ...]


@dataclass(frozen=True)
class MissingJudgement:
    """A judgement that has no points: of what, why, and where it is entered (empty for those who enter nothing)."""

    subject: str
    reason: str
    address: str


@dataclass(frozen=True)
class MissingPupil:
    """A pupil with judgements that are not there; `public_id` is None where no record of the year is left to go to."""

    public_id: uuid.UUID | None
    name: str
    class_name: str
    judgements: tuple[MissingJudgement, ...]


@dataclass(frozen=True)
class YearGroupReport:
    """The whole page. `missing` is empty for those who see no names; `not_begun` names the subjects in which nobody is judged."""

    scope: Scope
    year_group: YearGroup
    query: str
    when: str
    term_before: str
    pupils: int | None
    attainment: tuple[Tile, ...]
    progress: tuple[Tile, ...]
    areas: tuple[Area, ...]
    good_level: Tile | None
    terms: tuple[TermName, ...]
    over_terms: tuple[OverTerms, ...]
    gaps: tuple[GroupGap, ...]
    has_shares: bool
    missing: tuple[MissingPupil, ...]
    not_begun: tuple[str, ...]
    has_pupils: bool
    has_judgements: bool
    is_suppressed: bool
    # For those who see no names: when the figures of each term were given out, where they are not today's, and what has to be kept of them now.
    as_of: Mapping[TermName, dt.date] = field(default_factory=dict)
    to_keep: tuple[ToKeep, ...] = ()
    # And while the chosen term is not over: from when they are given out by looking, and in a sentence that none are yet.
    given_from: dt.date | None = None
    not_yet: str = ""

    @property
    def given_out(self) -> dt.date | None:
        """When the figures of the chosen term were given out, if they are not today's."""
        return self.as_of.get(self.scope.term)

    @property
    def others_given_out(self) -> list[tuple[str, dt.date]]:
        """The same of the other terms, where any has a day of its own."""
        return [(term.label, day) for term, day in self.as_of.items() if term is not self.scope.term]

    @property
    def progress_title(self) -> str:
        return progress_title(self.scope)

    @property
    def pupils_query(self) -> str:
        """Of all its pupils: in whichever subject or area they are judged."""
        tiles = [*self.attainment, *(area.attainment for area in self.areas)]
        return tiles[0].query if tiles else ""

    @property
    def missing_count(self) -> int:
        return sum(len(each.judgements) for each in self.missing)

    @property
    def missing_told(self) -> str:
        """`3 not entered, 1 absent`: why they are missing; empty where nothing else is to be said than that they were not entered."""
        why = Counter(judgement.reason for pupil in self.missing for judgement in pupil.judgements)
        if set(why) <= {NOT_ENTERED}:
            return ""
        told = [NOT_ENTERED, *(str(reason.label) for reason in Reason)]
        return ", ".join(f"{why[each]} {each.split(',')[0].lower()}" for each in told if why[each])


def year_group_report(
    access: Access, scope: Scope, year_group: YearGroup, last_term: TermName, chosen: dict[str, str]
) -> YearGroupReport:
    """`scope` has no year group: it is narrowed to it here, except for those from whom small numbers are held back, for whom the others
    protect it. `last_term` is the last that has begun. A handful of queries, however many pupils and subjects.
    """
    if not scope.small_count:
        scope = replace(scope, filters=replace(scope.filters, year_group=year_group))
    terms = tuple(term for term in TermName if term <= max(last_term, scope.term))
    given = _given(scope, terms)
    found = given[scope.term].figures
    everybody = given[scope.term].of_everybody
    of_all_terms = [figure for each in given.values() for figure in each.of_everybody]
    gone = unasked(of_all_terms, access.school)
    of_year = _of_year(everybody, scope, year_group, gone)
    moved = moved_in(everybody, scope)
    is_early = is_early_years(year_group)
    has_tiles = bool(of_year) and not is_early
    of_terms = {
        term: _of_year(given[term].of_everybody, scope, year_group, gone)
        if term is not scope.term
        else of_year
        for term in terms
    }
    whole = [figure for figure in found if figure.year_group == year_group]
    good_level = of_year.get(GOOD_LEVEL_OF_DEVELOPMENT)
    return YearGroupReport(
        scope=scope,
        year_group=year_group,
        query=urlencode(chosen),
        when=term_title(scope),
        term_before="Summer" if scope.term is TermName.AUTUMN else TermName(scope.term - 1).label,
        pupils=next((each.attainment.pupils for each in of_year.values()), None),
        attainment=tuple(tile for tile in attainment_tiles(of_year, chosen, moved) if tile)
        if has_tiles
        else (),
        progress=tuple(tile for tile in progress_tiles(of_year, chosen) if tile) if has_tiles else (),
        areas=areas_of(of_year, chosen, moved) if is_early else (),
        good_level=attainment_tile(good_level, chosen) if good_level else None,
        terms=terms,
        over_terms=_over_terms(of_terms, chosen),
        gaps=() if scope.small_count else group_gaps(whole, of_year, chosen),
        has_shares=all(each.has_colours for each in of_year.values()),
        missing=_missing(access, scope, of_year),
        not_begun=()
        if scope.small_count
        else tuple(
            BY_NUMBER[subject].name
            for subject in not_begun(of_year)
            if subject not in numbers_left_out(access.school)
        ),
        has_pupils=bool(of_year),
        has_judgements=any(figure.assessed for figure in everybody if figure.year_group == year_group),
        is_suppressed=bool(scope.small_count),
        as_of={term: each.as_of for term, each in given.items() if each.as_of},
        to_keep=tuple(kept for each in given.values() for kept in each.to_keep),
        given_from=given[scope.term].given_from,
        not_yet=not_yet(scope.term, given[scope.term]),
    )


def _of_year(
    everybody: Iterable[Figure], scope: Scope, year_group: YearGroup, gone: frozenset[int]
) -> OfYear:
    shown = shown_figures(everybody, scope.small_count)
    return without_subjects(shown, gone).get(year_group, {})


def _given(scope: Scope, terms: Collection[TermName]) -> Mapping[TermName, Released]:
    """The figures of each term as this viewer gets them; by group in the chosen one."""
    if scope.small_count:
        return released_terms(scope, terms)
    return {
        term: figures_for_viewer(replace(scope, term=term), by_group=term is scope.term) for term in terms
    }


def _over_terms(of_terms: Mapping[TermName, OfYear], chosen: dict[str, str]) -> tuple[OverTerms, ...]:
    subjects = list(dict.fromkeys(subject for of_year in of_terms.values() for subject in of_year))
    subjects.sort(key=lambda subject: (subject in OVER_SUBJECTS, abs(subject)))
    found = []
    for subject in subjects:
        shown = [
            (of_year.get(subject), {**chosen, "term": term.label.lower()})
            for term, of_year in of_terms.items()
        ]
        found.append(
            OverTerms(
                subject=subject_name(subject),
                attainment=tuple(attainment_tile(figure, when) if figure else None for figure, when in shown),
                progress=tuple(progress_tile(figure, when) if figure else None for figure, when in shown),
            )
        )
    return tuple(found)


def _missing(access: Access, scope: Scope, of_year: OfYear) -> tuple[MissingPupil, ...]:
    """The pupils with gaps by name. What was not begun is not listed pupil by pupil."""
    if scope.small_count or not of_year:
        return ()
    left_out = {*OVER_SUBJECTS, *not_begun(of_year), *numbers_left_out(access.school)}
    by_pupil: dict[int, list[Standing]] = {}
    for each in standings(scope, access.school, [subject for subject in of_year if subject not in left_out]):
        if each.points is None:
            by_pupil.setdefault(each.pupil_id, []).append(each)
    return tuple(
        _missing_pupil(access, scope, row, by_pupil[row.pupil_id])
        for row in named(access, list(by_pupil), scope.snapshot)
    )


def _missing_pupil(access: Access, scope: Scope, row: PupilYear, held: Sequence[Standing]) -> MissingPupil:
    class_id = row.class_group.public_id if row.class_group else None
    return MissingPupil(
        public_id=row.pupil.public_id if row.pk else None,
        name=row.pupil.name,
        class_name=row.class_group.name if row.class_group else "",
        judgements=tuple(
            MissingJudgement(
                subject=BY_NUMBER[each.subject].name,
                reason=why_missing(each),
                # From a snapshot nothing leads to the judgement as it is now.
                address=""
                if scope.snapshot
                else cell_address(access, row, class_id, BY_NUMBER[each.subject].code.lower(), scope.term),
            )
            for each in held
        ),
    )


def subjects_table(report: YearGroupReport) -> Table:
    """Attainment and progress in each subject or area, a line each."""
    tiles = [*report.attainment, *(area.attainment for area in report.areas)]
    if report.areas and report.good_level:
        tiles.append(report.good_level)
    progress = {tile.subject: tile for tile in report.progress}
    progress |= {area.attainment.subject: area.progress for area in report.areas if area.progress}
    rows = [
        [
            *tile_values(tile)[1:],
            tile.on_track,
            tile.off_track,
            *(tile_values(progress[tile.subject])[3:] if tile.subject in progress else [None] * 7),
        ]
        for tile in tiles
    ]
    return Table(f"{report.year_group.label}, {report.when}", _SUBJECT_HEADINGS, rows)


_SUBJECT_HEADINGS = (
    "Subject",
    "On roll",
    "Judged",
    "Not judged",
    "Below",
    "At",
    "Above",
    "At or above (%)",
    "Average points",
    "On track for the end of the key stage",
    "Not on track",
    "Progress measured",
    "Progress not measured",
    "Less than expected",
    "Expected",
    "More than expected",
    "Expected or more (%)",
    "Average steps",
)
_TERM_HEADINGS = (
    "Subject",
    "Term",
    "On roll",
    "Judged",
    "Not judged",
    "Below",
    "At",
    "Above",
    "At or above (%)",
    "Average points",
)


def terms_table(report: YearGroupReport) -> Table:
    """The terms over the year, a line a subject and term."""
    rows: list[list[Value]] = [
        [line.subject, term.label, *tile_values(tile)[2:]]
        for line in report.over_terms
        for term, tile in zip(report.terms, line.attainment, strict=True)
        if tile
    ]
    return Table(f"{report.year_group.label} over the year", _TERM_HEADINGS, rows)


def missing_table(report: YearGroupReport) -> Table:
    """The judgements that are not there, a line each, and the subjects that were not begun."""
    rows: list[list[Value]] = [
        [pupil.name, pupil.class_name, each.subject, each.reason]
        for pupil in report.missing
        for each in pupil.judgements
    ]
    rows += [["Everybody", "", subject, "Not begun"] for subject in report.not_begun]
    return Table(
        f"{report.year_group.label} missing, {report.when}",
        ("Pupil", "Class", "Subject", "Reason"),
        rows,
        len(report.missing),
    )
