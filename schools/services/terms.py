"""Closing terms for entry, and reopening them (LEP expectations, time).

A term is open for entry until a leader closes it or the last day of entry that a leader set has passed; then only a leader changes
it, with a reason. A Baseline is entered with Autumn and closes with it (derived).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from schools.calendar import AcademicYear, TermName
from schools.models import ChangeKind, School, Term, User
from schools.services.changes import acting, change_set
from schools.services.turns import take_turn_alone


class EntryRefusedError(ValueError):
    """Entry cannot end or begin again so; the message says why, in the words of a school."""


def close_term(
    *, school: School, academic_year: AcademicYear, term: TermName, by: User | None, reason: str = ""
) -> bool:
    """Close the term for entry from now on, and say whether that changed anything: one that a leader closed stays as it is.

    Needs the school open. Waits for who is judging just now.
    """
    with acting(by):
        row = _held(school, academic_year, term)
        if row.closed_at is not None:
            return False
        _write(row, by=by, reason=reason, closed_at=timezone.now())
    return True


def let_entry_end(
    *,
    school: School,
    academic_year: AcademicYear,
    term: TermName,
    on: dt.date | None,
    by: User | None,
    reason: str = "",
) -> bool:
    """Set the last day on which the term is open for entry, that day included; None lets it stay open. Says whether that changed anything.

    Needs the school open. A day that has passed closes the term at once. Raises EntryRefusedError for a day before the term's first,
    and where the term is closed, for a later day would reopen it without a reason.
    """
    with acting(by):
        row = _held(school, academic_year, term)
        if row.entry_ends_on == on:
            return False
        if not row.is_open_for_entry(timezone.localdate()):
            raise EntryRefusedError(f"{term.label} is closed for entry: reopen it first.")
        _refuse_before_first_day(row, on)
        _write(row, by=by, reason=reason, entry_ends_on=on)
    return True


def reopen_term(
    *,
    school: School,
    academic_year: AcademicYear,
    term: TermName,
    reason: str,
    by: User | None,
    until: dt.date | None = None,
) -> bool:
    """Open a closed term for entry again, with a new last day of entry or none. Says whether that changed anything: what is open stays so.

    Needs the school open. Raises EntryRefusedError without a reason, and for a last day that has passed or lies before the term's
    first.
    """
    if not reason.strip():
        raise EntryRefusedError("Say why the term is reopened.")
    with acting(by):
        row = _held(school, academic_year, term)
        today = timezone.localdate()
        if row.is_open_for_entry(today):
            return False
        if until is not None and until < today:
            raise EntryRefusedError("The new last day of entry has passed already.")
        _refuse_before_first_day(row, until)
        _write(row, by=by, reason=reason.strip(), closed_at=None, entry_ends_on=until)
    return True


def _held(school: School, academic_year: AcademicYear, term: TermName) -> Term:
    """The term's row, while nobody else at the school judges or closes."""
    take_turn_alone(school)
    found: Term = Term.objects.in_school(school).get(academic_year=academic_year, term=term)
    return found


def _refuse_before_first_day(row: Term, last_day: dt.date | None) -> None:
    if last_day is not None and last_day < row.starts_on:
        raise EntryRefusedError("The last day of entry cannot come before the first day of the term.")


def _write(row: Term, *, by: User | None, reason: str, **values: Any) -> None:
    with change_set(school=row.school, kind=ChangeKind.TERM, by=by, reason=reason):
        Term.objects.in_school(row.school).filter(pk=row.pk).update(**values)
