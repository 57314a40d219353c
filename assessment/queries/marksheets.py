"""A marksheet: pupils down, assessment points across, one subject or area; and what is entered of it so far."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.expected_range import ExpectedRange
from assessment.engine.progress import Judged, ProgressMeasure, Yardstick, this_term, this_year
from assessment.engine.subjects import Kind, Subject, is_early_years
from assessment.queries.measuring import Measuring
from assessment.queries.sheet_pupils import SheetPupil, sheet_pupils
from assessment.queries.tallies import Tally, count
from schools.access import Access
from schools.calendar import AcademicYear, TermName, YearGroup, default_term_dates
from schools.models import PupilYear, School
from schools.queries.rolls import Badge, note

MOST_EARLIER_YEARS = 5


class Held(NamedTuple):
    """What stands in a cell. `version` counts its saves; 0 is an empty cell."""

    points: int | None = None
    reason: str = ""
    attainment: int | None = None
    expected_low: int | None = None
    expected_high: int | None = None
    version: int = 0
    is_on_entry: bool = False
    expectation_version: int = 0


EMPTY = Held()


class ColumnKind(Enum):
    """What a column shows."""

    JUDGEMENT = "judgement"
    THIS_TERM = "this-term"
    THIS_YEAR = "this-year"


@dataclass(frozen=True)
class Column:
    """One column: a judgement of `at`, or steps up to the sheet's term. `is_open`: this person may enter here."""

    kind: ColumnKind
    at: AssessmentPoint
    label: str
    detail: str = ""
    is_open: bool = False
    is_in_focus: bool = False
    is_of_an_earlier_year: bool = False


@dataclass(frozen=True)
class Row:
    """One pupil: judgements by assessment point, and the steps up to the sheet's term.

    `is_counted`: on roll on the last day of that term (LEP expectations, measures).
    """

    pupil_id: int
    public_id: uuid.UUID
    name: str
    badges: tuple[Badge, ...]
    note: str
    year_group: YearGroup
    class_name: str
    held: Mapping[AssessmentPoint, Held]
    this_term: ProgressMeasure | None
    this_year: ProgressMeasure | None
    is_counted: bool

    def measure(self, kind: ColumnKind) -> ProgressMeasure | None:
        """The steps that a column shows."""
        return self.this_term if kind is ColumnKind.THIS_TERM else self.this_year


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
    """A marksheet of one subject or area, seen from the end of a term of the year in view."""

    subject: Subject
    at: AssessmentPoint
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    terms: Mapping[TermName, TermState]
    # Pupils of the class who are judged in areas, on a sheet of a subject; or the other way round.
    judged_otherwise: int
    # By what the term's judgements of a subject are measured, for each year group on the sheet; areas are measured by age.
    expected_ranges: tuple[tuple[YearGroup, ExpectedRange], ...]

    @property
    def term(self) -> TermName:
        """The term that steps and summary are of."""
        return TermName(self.at.term)

    def state_of(self, term: AssessmentTerm) -> TermState:
        """Of a term; a Baseline is entered with Autumn, and closes with it (derived)."""
        return self.terms[term.term or TermName.AUTUMN]

    @property
    def closed_terms(self) -> list[str]:
        """The names of the year's terms that are closed for entry."""
        return [state.term.label for state in self.terms.values() if not state.is_open]

    @cached_property
    def tally(self) -> Tally:
        """The summary line."""
        counted = [row for row in self.rows if row.is_counted]
        held = [row.held.get(self.at, EMPTY) for row in counted]
        return count(
            points=[one.points for one in held],
            reasons=[one.reason for one in held],
            attainments=[one.attainment for one in held],
            this_year=[row.this_year for row in counted],
        )

    def column(self, term: AssessmentTerm) -> Column:
        """The column of this year's judgement."""
        at = AssessmentPoint(self.at.academic_year, term)
        return next(
            column for column in self.columns if column.at == at and column.kind is ColumnKind.JUDGEMENT
        )

    def row(self, public_id: uuid.UUID) -> Row | None:
        """The pupil's row; None where the pupil is not on the sheet."""
        return next((row for row in self.rows if row.public_id == public_id), None)


def marksheet(
    access: Access,
    pupils: QuerySet[PupilYear] | list[SheetPupil],
    subject: Subject,
    term: TermName,
    *,
    today: dt.date,
    may_enter: bool,
    may_change_closed: bool = False,
    earlier_years: int = 0,
    also: uuid.UUID | None = None,
    measuring: Measuring | None = None,
) -> Sheet:
    """The sheet of these pupils of the year in view, by name; start from `pupils_for(access)`. Four queries, however many pupils.

    One after a save, which has read `sheet_pupils` and what `measuring` knows already.
    On it are those with a stay that meets the term, those on roll today, whoever has a judgement of the term, and the pupil `also`,
    whose judgement may just have been emptied.
    """
    measuring = measuring or Measuring(access.school)
    terms = _term_states(measuring, access.academic_year, today)
    at = AssessmentPoint(access.academic_year, AssessmentTerm(term.value))
    everybody = pupils if isinstance(pupils, list) else sheet_pupils(pupils)
    of_kind = [row for row in everybody if is_early_years(row.year_group) == (subject.kind is Kind.EYFS_AREA)]
    held = _judgements(access.school, [row.pupil_id for row in of_kind], subject, at, earlier_years)
    yardsticks = {version.pk: Yardstick(version.expectations) for version in measuring.versions}
    shown = [
        row
        for row in of_kind
        if at in held.get(row.pupil_id, {})
        or row.public_id == also
        or row.was_here(terms[term].starts_on, terms[term].ends_on)
        or row.was_here(today, today)
    ]
    return Sheet(
        subject=subject,
        at=at,
        columns=_columns(
            at, _open_terms(terms, may_enter=may_enter, may_change_closed=may_change_closed), earlier_years
        ),
        rows=tuple(
            _row(row, held.get(row.pupil_id, {}), at, terms, yardsticks=yardsticks, today=today)
            for row in shown
        ),
        terms=terms,
        judged_otherwise=len(everybody) - len(of_kind),
        expected_ranges=tuple(_expected_ranges(measuring, subject, at, {row.year_group for row in shown})),
    )


def _expected_ranges(
    measuring: Measuring, subject: Subject, at: AssessmentPoint, year_groups: Iterable[YearGroup]
) -> Iterator[tuple[YearGroup, ExpectedRange]]:
    if subject.kind is Kind.EYFS_AREA:
        return
    for year_group in sorted(year_groups):
        # The date of birth counts in areas alone.
        low, high, _ = measuring.measure(
            subject=subject.number,
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


def _open_terms(
    terms: Mapping[TermName, TermState], *, may_enter: bool, may_change_closed: bool
) -> set[TermName]:
    """Where this person may enter."""
    if not may_enter:
        return set()
    return {term for term, state in terms.items() if state.is_open or may_change_closed}


def _columns(at: AssessmentPoint, open_terms: Collection[TermName], earlier_years: int) -> tuple[Column, ...]:
    year = at.academic_year
    summers = [
        AssessmentPoint(year - back, AssessmentTerm.SUMMER)
        for back in range(min(earlier_years, MOST_EARLIER_YEARS) + 1, 0, -1)
    ]
    before = [
        Column(
            ColumnKind.JUDGEMENT,
            point,
            "Summer",
            f"{point.academic_year + 1}",
            is_of_an_earlier_year=True,
        )
        for point in summers
    ]
    own = [
        Column(
            ColumnKind.JUDGEMENT,
            AssessmentPoint(year, term),
            term.label,
            is_open=(term.term or TermName.AUTUMN) in open_terms,
            is_in_focus=term == at.term,
        )
        for term in AssessmentTerm
    ]
    steps = [
        Column(ColumnKind.THIS_TERM, at, "This term", "steps"),
        Column(ColumnKind.THIS_YEAR, at, "This year", "steps"),
    ]
    return (*before, *own, *steps)


# The wall and the query both name the school, so that PostgreSQL expects a handful of judgements in it, and would read all of them to find
# those of a class. OFFSET keeps it at looking for each pupil's, by the index that is for it.
_HELD = """
SELECT held.* FROM unnest(%(pupils)s::bigint[]) AS pupil CROSS JOIN LATERAL (
    SELECT pupil_id, academic_year, term, points, reason, attainment, expected_low, expected_high, version, is_on_entry,
        expectation_version_id
    FROM assessment_judgement
    WHERE school_id = %(school)s AND pupil_id = pupil AND subject_id = %(subject)s
        AND academic_year BETWEEN %(first_year)s AND %(year)s AND (academic_year = %(year)s OR term = %(summer)s)
    OFFSET 0
) AS held
"""


def _judgements(
    school: School, pupil_ids: list[int], subject: Subject, at: AssessmentPoint, earlier_years: int
) -> dict[int, dict[AssessmentPoint, Held]]:
    """By pupil and point: the year's, last Summer's, and the Summers of the earlier years."""
    with connection.cursor() as cursor:
        cursor.execute(
            _HELD,
            {
                "pupils": pupil_ids,
                "school": school.pk,
                "subject": subject.number,
                "first_year": at.academic_year - 1 - earlier_years,
                "year": at.academic_year,
                "summer": AssessmentTerm.SUMMER,
            },
        )
        rows = cursor.fetchall()
    found: dict[int, dict[AssessmentPoint, Held]] = {}
    terms = list(AssessmentTerm)
    for pupil_id, of_year, term, *held in rows:
        found.setdefault(pupil_id, {})[AssessmentPoint(AcademicYear(of_year), terms[term])] = Held(*held)
    return found


_NOTHING_SAID = Yardstick()


def _row(
    row: SheetPupil,
    held: Mapping[AssessmentPoint, Held],
    at: AssessmentPoint,
    terms: Mapping[TermName, TermState],
    *,
    yardsticks: Mapping[int, Yardstick],
    today: dt.date,
) -> Row:
    history = [Judged(point, one.points, one.is_on_entry) for point, one in held.items()]
    yardstick = yardsticks.get(held.get(at, EMPTY).expectation_version, _NOTHING_SAID)
    ends_on = terms[TermName(at.term)].ends_on
    return Row(
        pupil_id=row.pupil_id,
        public_id=row.public_id,
        name=row.name,
        badges=row.badges,
        note=_note(row, terms[TermName.AUTUMN].starts_on, ends_on, today),
        year_group=row.year_group,
        class_name=row.class_name,
        held=held,
        this_term=this_term(history, at, row.year_group, yardstick),
        this_year=this_year(history, at, row.year_group, yardstick),
        is_counted=row.was_here(ends_on, ends_on),
    )


def _note(row: SheetPupil, year_began: dt.date, term_ended: dt.date, today: dt.date) -> str:
    """As on the roll; but a sheet of a term that is over does not say of each pupil who was there at its end that they have left since."""
    if today <= term_ended or not row.was_here(term_ended, term_ended):
        return note(row.stays, year_began, today)
    until_then = [stay for stay in row.stays if stay.starts_on <= term_ended]
    return note([*until_then[:-1], until_then[-1]._replace(ends_on=None)], year_began, term_ended)
