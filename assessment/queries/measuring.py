"""By what a judgement at a school is measured: the range and the version of the expectations that give it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from django.db import connection
from django.db.models import Q

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.expectations import Circumstances, expected_range
from assessment.engine.expected_range import ExpectedRange
from assessment.engine.subjects import BY_NUMBER, Kind, is_early_years
from assessment.models import ExpectationVersion
from schools.calendar import EyfsFramework, TermName, YearGroup, age_in_months, default_term_dates
from schools.models import EntryWindow, School, Term
from schools.queries.windows import EntryState, entry_state

_CALENDAR = """
SELECT academic_year, term, closed_at, starts_on, ends_on, entry_ends_on, NULL
FROM schools_term WHERE school_id = %(school)s
UNION ALL
SELECT academic_year, term, closed_at, opens_on, NULL, closes_on, year_group
FROM schools_entrywindow WHERE school_id = %(school)s
"""


class Measured(NamedTuple):
    """The expected range, None to None where nothing is expected, and the version's key."""

    low: int | None
    high: int | None
    version: int


class Measuring:
    """What measures judgements at one school; needs it open. It reads terms and versions once: make it anew for each act.

    `dates`: first and last days, by year and term, that would hold instead of the school's: what would be then is measured, and nothing written.
    """

    def __init__(
        self,
        school: School,
        *,
        dates: Mapping[tuple[int, int], tuple[dt.date, dt.date]] | None = None,
    ) -> None:
        self.school = school
        self._dates = dates or {}
        self._found: dict[tuple[object, ...], Measured] = {}
        self._states: dict[tuple[object, ...], EntryState] = {}

    @cached_property
    def _calendar(self) -> tuple[dict[tuple[int, int], Term], dict[tuple[int, int, int], EntryWindow]]:
        """The terms, and the year groups' windows of entry, in one query."""
        with connection.cursor() as cursor:
            cursor.execute(_CALENDAR, {"school": self.school.pk})
            rows = cursor.fetchall()
        terms, windows = {}, {}
        for year, term, closed_at, first, last, closes_on, year_group in rows:
            if year_group is None:
                starts_on, ends_on = self._dates.get((year, term), (first, last))
                terms[year, term] = Term(
                    academic_year=year,
                    term=term,
                    starts_on=starts_on,
                    ends_on=ends_on,
                    entry_ends_on=closes_on,
                    closed_at=closed_at,
                )
            else:
                windows[year, term, year_group] = EntryWindow(
                    academic_year=year,
                    term=term,
                    year_group=year_group,
                    opens_on=first,
                    closes_on=closes_on,
                    closed_at=closed_at,
                )
        return terms, windows

    @cached_property
    def versions(self) -> list[ExpectationVersion]:
        """The partnership's own and the shipped ones, the one that counts first."""
        found = ExpectationVersion.objects.filter(
            Q(partnership=None) | Q(partnership_id=self.school.partnership_id)
        )
        return sorted(found, key=lambda one: (one.partnership_id is not None, one.holds_from), reverse=True)

    def term(self, academic_year: int, name: TermName) -> Term | None:
        """The school's own term; None where it has none, and the default dates hold."""
        return self._calendar[0].get((academic_year, name))

    def window(self, academic_year: int, term: AssessmentTerm, year_group: YearGroup) -> EntryWindow | None:
        """The year group's own window; None where it has none, and the term decides."""
        return self._calendar[1].get((academic_year, term, year_group))

    def is_open(
        self, academic_year: int, term: AssessmentTerm, year_group: YearGroup, today: dt.date
    ) -> bool:
        """Whether teachers may enter the year group's judgements of this point.

        By its own window, else by the school's term; a Baseline without a window is entered with Autumn, and closes with it (derived). A window
        with a first day alone ends with the term.
        """
        return self.entry_state(academic_year, term, year_group, today).is_open

    def entry_state(
        self, academic_year: int, term: AssessmentTerm, year_group: YearGroup, today: dt.date
    ) -> EntryState:
        """The same, with since when or until when."""
        key = (academic_year, term, year_group, today)
        found = self._states.get(key)
        if found is None:
            terms, windows = self._calendar
            found = self._states[key] = entry_state(
                term,
                year_group,
                {(point, of): row for (year, point, of), row in windows.items() if year == academic_year},
                {name: row for (year, name), row in terms.items() if year == academic_year},
                today,
            )
        return found

    def measured_on(self, academic_year: int, term: AssessmentTerm) -> dt.date:
        """The last day of the term at the school; of a Baseline the first day of Autumn."""
        name = term.term or TermName.AUTUMN
        own = self.term(academic_year, name)
        starts_on, ends_on = (own.starts_on, own.ends_on) if own else default_term_dates(academic_year)[name]
        return ends_on if term.term else starts_on

    def version_on(self, day: dt.date) -> ExpectationVersion:
        """The version that holds on the day: the partnership's latest, else the shipped one."""
        return next(version for version in self.versions if version.holds_from <= day)

    def measure(
        self,
        *,
        subject: int,
        year_group: YearGroup,
        date_of_birth: dt.date,
        academic_year: int,
        term: AssessmentTerm,
    ) -> Measured:
        """What a judgement in the subject or area (by number) at this point is measured by."""
        key: tuple[object, ...] = (subject, year_group, academic_year, term)
        by_age = BY_NUMBER[subject].kind is Kind.EYFS_AREA and is_early_years(year_group)
        if by_age:
            key = (*key, date_of_birth)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._measure(subject, year_group, date_of_birth, academic_year, term)
        return found

    def _measure(
        self,
        subject: int,
        year_group: YearGroup,
        date_of_birth: dt.date,
        academic_year: int,
        term: AssessmentTerm,
    ) -> Measured:
        day = self.measured_on(academic_year, term)
        version = self.version_on(day)
        judged = BY_NUMBER[subject]
        expected: ExpectedRange | None = expected_range(
            Circumstances(
                kind=judged.kind,
                year_group=year_group,
                term=term,
                framework=judged.framework or EyfsFramework.OF_2021,
                # A child entered as not yet born is a slip that the roll's own checks report.
                age_in_months=max(0, age_in_months(date_of_birth, day)),
            ),
            version.expectations,
        )
        if expected is None:
            return Measured(None, None, version.pk)
        return Measured(expected.low, expected.high, version.pk)
