"""A marksheet: pupils down, columns across; and what is entered of it so far."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from django.db import connection
from django.db.models import QuerySet

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.expected_range import ExpectedRange
from assessment.engine.explaining import judged_against
from assessment.engine.progress import Yardstick
from assessment.engine.subjects import Kind, Subject, is_early_years
from assessment.queries.columns import Column
from assessment.queries.entry_states import Entry, closed_collections, entries
from assessment.queries.layouts import Layout
from assessment.queries.measuring import Measuring
from assessment.queries.school_subjects import numbers_left_out
from assessment.queries.sheet_pupils import SheetPupil, sheet_pupils
from assessment.queries.sheet_rows import Held, Place, Row
from assessment.queries.tallies import Tally, count
from schools.access import Access
from schools.calendar import (
    AcademicYear,
    EyfsFramework,
    TermName,
    YearGroup,
    age_in_months,
    default_term_dates,
)
from schools.models import PupilYear, School
from schools.queries.badges import own_badge
from schools.queries.rolls import note


@dataclass(frozen=True)
class TermState:
    """Whether judgements of a term may be entered, and since when not."""

    term: TermName
    starts_on: dt.date
    ends_on: dt.date
    is_open: bool
    entry_ends_on: dt.date | None = None
    closed_at: dt.datetime | None = None


@dataclass(frozen=True)
class Sheet:
    """A marksheet, seen from the end of a term of the year in view."""

    layout: Layout
    rows: tuple[Row, ...]
    terms: Mapping[TermName, TermState]
    # Pupils of the class who are judged in areas, on a sheet of subjects; or the other way round.
    judged_otherwise: int
    # By what the term's judgements of a subject are measured, for each year group on the sheet; areas are measured by age.
    expected_ranges: tuple[tuple[YearGroup, ExpectedRange], ...]
    # Whether the sheet's term may be entered: of all its year groups together, or of each where they differ.
    entries: tuple[Entry, ...] = ()
    # The collections of the year that are closed for entry, of whichever of its year groups.
    closed_terms: tuple[str, ...] = ()
    # The last day of the sheet's term at the school: ages are of that day.
    ends_on: dt.date = dt.date.max
    # Subjects that the school leaves out, by number: no cell of theirs is missing.
    not_awaited: frozenset[int] = frozenset()

    @cached_property
    def judged_against(self) -> tuple[tuple[str, str], ...]:
        """Of a sheet of areas, what its colours compare with: in short, and in a sentence; nothing on a sheet of subjects."""
        if self.layout.kind is not Kind.EYFS_AREA:
            return ()
        framework = self.layout.subjects[0].framework or EyfsFramework.OF_2021
        return judged_against({row.year_group for row in self.rows}, self.at.term, self.ends_on, framework)

    @property
    def columns(self) -> tuple[Column, ...]:
        """In order."""
        return self.layout.columns

    @property
    def at(self) -> AssessmentPoint:
        """What steps and summary are of."""
        return self.layout.at

    @property
    def term(self) -> TermName:
        """The same, as a term."""
        return TermName(self.at.term)

    def state_of(self, term: AssessmentTerm) -> TermState:
        """Of a term; a Baseline is entered with Autumn, and closes with it (derived)."""
        return self.terms[term.term or TermName.AUTUMN]

    @property
    def is_closed(self) -> bool:
        """Nobody on the sheet may be entered for its term, or not yet."""
        return bool(self.entries) and not any(entry.is_open for entry in self.entries)

    @property
    def has_ages(self) -> bool:
        """Whether ages stand beside the names: on sheets of areas."""
        return any(row.age_in_months is not None for row in self.rows)

    @property
    def has_open_cells(self) -> bool:
        """Whether this person may enter anything here, in whichever of its columns."""
        return any(column.is_open_for(row) for column in self.columns for row in self.rows)

    @cached_property
    def tallies(self) -> tuple[tuple[Subject, Tally], ...]:
        """How much is entered of each subject in focus, and how it stands."""
        return tuple(
            (subject, self._tally(column for column in self._in_focus if column.subject == subject))
            for subject in self.subjects_in_focus
        )

    @property
    def subjects_in_focus(self) -> list[Subject]:
        """In which subjects or areas one enters."""
        named = dict.fromkeys(column.subject for column in self._in_focus)
        return [subject for subject in named if subject]

    @cached_property
    def tally(self) -> Tally:
        """The summary line: of all subjects in focus together."""
        return self.tallies[0][1] if len(self.subjects_in_focus) == 1 else self._tally(self._in_focus)

    @property
    def _in_focus(self) -> list[Column]:
        return [column for column in self.columns if column.is_in_focus]

    def _tally(self, columns: Iterable[Column]) -> Tally:
        cells = [
            (row, column.place)
            for column in columns
            if column.place and column.subject
            for row in self.rows
            if row.is_counted and row.is_judged_in(column.subject) and self._is_awaited(row, column.place)
        ]
        held = [row.held_at(place) for row, place in cells]
        return count(
            points=[one.points for one in held],
            reasons=[one.reason for one in held],
            attainments=[one.attainment for one in held],
            this_year=[row.this_year(place) for row, place in cells],
            to_check=sum(row.odd(place) is not None for row, place in cells),
        )

    def _is_awaited(self, row: Row, place: Place) -> bool:
        return place.subject not in self.not_awaited or place in row.held

    def row(self, public_id: uuid.UUID) -> Row | None:
        """The pupil's row; None where the pupil is not on the sheet."""
        return next((row for row in self.rows if row.public_id == public_id), None)


def marksheet(
    access: Access,
    pupils: QuerySet[PupilYear] | list[SheetPupil],
    layout: Layout,
    *,
    today: dt.date,
    may_change_closed: bool = False,
    also: frozenset[uuid.UUID] = frozenset(),
    measuring: Measuring | None = None,
) -> Sheet:
    """The sheet of these pupils of the year in view, by name; start from `pupils_for(access)`. Four queries, however many pupils.

    One after a save, which has read `sheet_pupils` and what `measuring` knows already.
    On it are those with a stay that meets the term, those on roll today, whoever has a judgement in focus, and the pupils `also`,
    whose judgements may just have been emptied.
    """
    measuring = measuring or Measuring(access.school)
    terms = _term_states(measuring, access.academic_year, today)
    at, term = layout.at, TermName(layout.at.term)
    everybody = pupils if isinstance(pupils, list) else sheet_pupils(pupils, access.school)
    of_kind = [row for row in everybody if is_early_years(row.year_group) == (layout.kind is Kind.EYFS_AREA)]
    held = _judgements(access.school, [row.pupil_id for row in of_kind], layout)
    yardsticks = {version.pk: Yardstick(version.expectations) for version in measuring.versions}
    in_focus = {column.place for column in layout.columns if column.is_in_focus}
    ends_on = measuring.measured_on(*at)
    shown = [
        row
        for row in of_kind
        if not in_focus.isdisjoint(held.get(row.pupil_id, ()))
        or row.public_id in also
        or row.was_here(terms[term].starts_on, terms[term].ends_on)
        or row.was_here(today, today)
    ]
    year_groups = {row.year_group for row in shown}
    open_terms = {
        year_group: frozenset(
            each
            for each in AssessmentTerm
            if may_change_closed or measuring.is_open(access.academic_year, each, year_group, today)
        )
        for year_group in year_groups
    }
    return Sheet(
        layout=layout,
        rows=tuple(
            Row(
                pupil_id=row.pupil_id,
                public_id=row.public_id,
                name=row.name,
                badges=(*row.badges, *own_badge(row.own_steps.get(at.academic_year))),
                note=_note(row, terms[TermName.AUTUMN].starts_on, terms[term].ends_on, today),
                year_group=row.year_group,
                class_name=row.class_name,
                held=held.get(row.pupil_id, {}),
                is_counted=row.was_here(terms[term].ends_on, terms[term].ends_on),
                open_terms=open_terms[row.year_group],
                yardsticks=yardsticks
                if not row.own_steps
                else {key: replace(each, own_steps=row.own_steps) for key, each in yardsticks.items()},
                facts=row.facts,
                measuring=measuring,
                age_in_months=_age(row, ends_on) if layout.kind is Kind.EYFS_AREA else None,
            )
            for row in shown
        ),
        terms=terms,
        judged_otherwise=len(everybody) - len(of_kind),
        expected_ranges=tuple(_expected_ranges(measuring, layout, at, year_groups)),
        entries=entries(measuring, at, year_groups, today),
        closed_terms=closed_collections(measuring, access.academic_year, year_groups, today),
        ends_on=ends_on,
        not_awaited=numbers_left_out(access.school),
    )


def _age(row: SheetPupil, on: dt.date) -> int | None:
    """None of a child who is not born yet by then: a slip that the roll's own checks report."""
    months = age_in_months(row.facts.date_of_birth, on)
    return months if months >= 0 else None


def _expected_ranges(
    measuring: Measuring, layout: Layout, at: AssessmentPoint, year_groups: Iterable[YearGroup]
) -> Iterator[tuple[YearGroup, ExpectedRange]]:
    if layout.kind is Kind.EYFS_AREA:
        return
    for year_group in sorted(year_groups):
        # The same in all subjects; the date of birth counts in areas alone.
        low, high, _ = measuring.measure(
            subject=layout.subjects[0].number,
            year_group=year_group,
            date_of_birth=dt.date.min,
            academic_year=at.academic_year,
            term=at.term,
        )
        if low is not None and high is not None:
            yield year_group, ExpectedRange(low, high)


def _term_states(measuring: Measuring, year: AcademicYear, today: dt.date) -> dict[TermName, TermState]:
    found = {}
    for term, (starts_on, ends_on) in default_term_dates(year).items():
        own = measuring.term(year, term)
        found[term] = (
            TermState(
                term,
                own.starts_on,
                own.ends_on,
                own.is_open_for_entry(today),
                own.entry_ends_on,
                own.closed_at,
            )
            if own
            else TermState(term, starts_on, ends_on, is_open=True)
        )
    return found


# The wall and the query both name the school, so that PostgreSQL expects a handful of judgements in it, and would read all of them to find
# those of a class. OFFSET keeps it at looking for each pupil's, by the index that is for it.
_HELD = """
SELECT held.* FROM unnest(%(pupils)s::bigint[]) AS pupil CROSS JOIN LATERAL (
    SELECT pupil_id, subject_id, academic_year, term, points, reason, attainment, expected_low, expected_high, version,
        is_on_entry, expectation_version_id, note <> '', confirmed_steps,
        CASE WHEN %(with_notes)s THEN note ELSE '' END
    FROM assessment_judgement
    WHERE school_id = %(school)s AND pupil_id = pupil AND subject_id = ANY (%(subjects)s)
        AND academic_year * 4 + term = ANY (%(points)s)
    OFFSET 0
) AS held
"""


def _judgements(school: School, pupil_ids: list[int], layout: Layout) -> dict[int, dict[Place, Held]]:
    """By pupil and place: all that the layout shows, or measures steps from."""
    with connection.cursor() as cursor:
        cursor.execute(
            _HELD,
            {
                "pupils": pupil_ids,
                "school": school.pk,
                "subjects": [subject.number for subject in layout.subjects],
                "points": [point.academic_year * 4 + point.term for point in layout.points],
                "with_notes": layout.reads_notes,
            },
        )
        rows = cursor.fetchall()
    places = {
        (subject.number, int(at.academic_year), int(at.term)): Place(subject.number, at)
        for subject in layout.subjects
        for at in layout.points
    }
    found: dict[int, dict[Place, Held]] = {pupil_id: {} for pupil_id in pupil_ids}
    for row in rows:
        found[row[0]][places[row[1:4]]] = Held._make(row[4:])
    return found


def _note(row: SheetPupil, year_began: dt.date, term_ended: dt.date, today: dt.date) -> str:
    """As on the roll; but a sheet of a term that is over does not say of each pupil who was there at its end that they have left since."""
    if today <= term_ended or not row.was_here(term_ended, term_ended):
        return note(row.stays, year_began, today)
    until_then = [stay for stay in row.stays if stay.starts_on <= term_ended]
    return note([*until_then[:-1], until_then[-1]._replace(ends_on=None)], year_began, term_ended)
