"""Opening an academic year at a school, and its dates."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from schools.calendar import AcademicYear, TermName, default_term_dates
from schools.models import ChangeKind, School, SchoolYear, Term, User
from schools.queries.rolls import english
from schools.queries.terms import Dates
from schools.services.changes import acting, change_set
from schools.services.turns import take_turn_alone
from schools.signals import records_corrected


def open_year(
    *, school: School, academic_year: AcademicYear, by: User | None, dates: Dates | None = None
) -> SchoolYear:
    """Open the year with these dates, else with those that most English schools keep; a year that is open already stays as it is.

    One that only held what pupils brought along is the school's own from now on. Where no dates are given it keeps those that it has. Needs the school open.
    """
    with acting(by):
        school_year, opens = SchoolYear.objects.get_or_create(
            school=school,
            academic_year=academic_year,
            defaults={"eyfs_framework": school.eyfs_framework_in(academic_year)},
        )
        if school_year.is_for_copies:
            school_year.is_for_copies = False
            school_year.eyfs_framework = school.eyfs_framework_in(academic_year)
            school_year.save(update_fields=["is_for_copies", "eyfs_framework"])
            opens = True
        if opens or dates:
            held = _held_terms(school, academic_year)
            if (opens and dates) or not held:
                _give_days(held, dates or default_term_dates(academic_year), school_year)
    return school_year


def _give_days(held: dict[TermName, Term], dates: Dates, year: SchoolYear) -> None:
    """These days to the year's terms: to those that are there, and to new ones."""
    _write_days(held, {term: dates[term] for term, row in held.items() if _days(row) != dates[term]})
    Term.objects.bulk_create(
        Term(
            school=year.school,
            academic_year=year.academic_year,
            term=term,
            starts_on=first,
            ends_on=last,
        )
        for term, (first, last) in dates.items()
        if term not in held
    )


def _held_terms(school: School, academic_year: AcademicYear) -> dict[TermName, Term]:
    rows = Term.objects.in_school(school).filter(academic_year=academic_year)
    return {TermName(row.term): row for row in rows}


class DatesRefusedError(ValueError):
    """Terms cannot have these dates: `term` and `end` (`starts_on`, `ends_on`) say which date, the message why, in a school's words."""

    def __init__(self, term: TermName, end: str, message: str) -> None:
        super().__init__(message)
        self.term, self.end = term, end


def set_term_dates(
    *,
    school: School,
    academic_year: AcademicYear,
    term: TermName,
    starts_on: dt.date,
    ends_on: dt.date,
    by: User | None,
) -> None:
    """Give a term its own dates. Raises IntegrityError where they run backwards or into another term.

    What hangs on them (a child's age at the end of the term) follows within the same transaction.
    """
    with acting(by):
        take_turn_alone(school)
        Term.objects.in_school(school).filter(academic_year=academic_year, term=term).update(
            starts_on=starts_on, ends_on=ends_on
        )
        records_corrected.send(sender=None, school=school, pupil_ids=None, academic_year=academic_year)


def refuse_dates(school: School, academic_year: AcademicYear, dates: Dates) -> None:
    """Raises DatesRefusedError for a term that ends before it begins, terms out of order or over each other, a term that runs into another year's or

    lies far outside the year, and for one that would begin after its last day of entry. Needs the school open.
    """
    for term in TermName:
        _refuse_days(academic_year, term, dates)
    others = Term.objects.in_school(school).exclude(academic_year=academic_year).order_by("starts_on")
    for term, (first, last) in dates.items():
        if other := others.filter(starts_on__lte=last, ends_on__gte=first).first():
            raise DatesRefusedError(
                term,
                "starts_on" if other.starts_on < first else "ends_on",
                f"{term.label} would run into {other}, from {english(other.starts_on)} to {english(other.ends_on)}.",
            )
    for row in Term.objects.in_school(school).filter(academic_year=academic_year):
        first, _ = dates[TermName(row.term)]
        if row.entry_ends_on and row.entry_ends_on < first:
            raise DatesRefusedError(
                TermName(row.term),
                "starts_on",
                f"Its last day of entry, {english(row.entry_ends_on)}, would come before its first day. Change the last day of entry first.",
            )


def _refuse_days(academic_year: AcademicYear, term: TermName, dates: Dates) -> None:
    first, last = dates[term]
    if last <= first:
        raise DatesRefusedError(term, "ends_on", f"{term.label} has to end after it begins.")
    before = TermName(term - 1) if term > TermName.AUTUMN else None
    if before and first <= dates[before][1]:
        raise DatesRefusedError(
            term,
            "starts_on",
            f"{term.label} has to begin after {before.label} ends, on {english(dates[before][1])}.",
        )
    # Some schools begin in August (derived).
    earliest = dt.date(academic_year, 8, 1)
    if not earliest <= first or not last <= academic_year.ends_on:
        raise DatesRefusedError(
            term,
            "starts_on" if first < earliest else "ends_on",
            f"Terms of {academic_year.label} lie between {english(earliest)} and {english(academic_year.ends_on)}.",
        )


def set_year_dates(
    *, school: School, academic_year: AcademicYear, dates: Dates, by: User | None, reason: str = ""
) -> bool:
    """Give the three terms of an opened year these dates as one act, and say whether that changed anything. Needs the school open.

    What hangs on them follows within the same transaction, as one change-set. Raises DatesRefusedError as `refuse_dates` does, and for a term that is closed
    for entry without a reason: its figures may have been given out.
    """
    with acting(by):
        take_turn_alone(school)
        held = _held_terms(school, academic_year)
        changed = {term: days for term, days in dates.items() if _days(held[term]) != days}
        if not changed:
            return False
        refuse_dates(school, academic_year, dates)
        closed = [term for term in changed if not held[term].is_open_for_entry(timezone.localdate())]
        if closed and not reason.strip():
            raise DatesRefusedError(closed[0], "ends_on", "Say why the dates of a closed term change.")
        with change_set(school=school, kind=ChangeKind.DATES, by=by, reason=reason.strip()):
            _write_days(held, changed)
            records_corrected.send(sender=None, school=school, pupil_ids=None, academic_year=academic_year)
    return True


def _days(row: Term) -> tuple[dt.date, dt.date]:
    return row.starts_on, row.ends_on


def _write_days(held: dict[TermName, Term], changed: Dates) -> None:
    """One after the other, each when its new days are free: the database refuses two terms on one day, also in passing. One always is, as before
    and after the terms follow one another.
    """
    left = dict(changed)
    while left:
        term = next(term for term in left if not _overlaps(left[term], term, held))
        row = held[term]
        row.starts_on, row.ends_on = left.pop(term)
        row.save(update_fields=["starts_on", "ends_on"])


def _overlaps(days: tuple[dt.date, dt.date], of: TermName, held: dict[TermName, Term]) -> bool:
    first, last = days
    return any(
        term is not of and row.starts_on <= last and first <= row.ends_on for term, row in held.items()
    )
