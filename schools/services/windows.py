"""Dates of entry of one year group, where they are not those of the school's term (LEP expectations, time).

The same holds as for terms: who reopens what has been closed says why, and a last day cannot come before the term's first. A first day may:
a school may take a year group's judgements before the term that they are of has begun (derived).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from schools.calendar import AcademicYear, TermName, YearGroup, default_term_dates
from schools.models import ChangeKind, EntryWindow, School, Term, User
from schools.queries.windows import (
    NAMES,
    EntryState,
    entry_state,
    is_asked_for,
    is_beyond_the_usual,
    window_state,
    windows_of,
)
from schools.services.changes import acting, change_set
from schools.services.terms import EntryRefusedError
from schools.services.turns import take_turn_alone


class FourthCollectionError(EntryRefusedError):
    """The year group would be asked for a fourth collection in the year, and nobody has said that this is meant."""


@dataclass(frozen=True)
class Window:
    """Which window: a school's, of a collection of the year (a term's number, 0 for the Baseline) and a year group."""

    school: School
    academic_year: AcademicYear
    term: int
    year_group: YearGroup

    @property
    def name(self) -> str:
        """`Autumn for Year 4`."""
        return f"{NAMES[self.term]} for {self.year_group.label}"


@dataclass(frozen=True)
class _Standing:
    """The window as it stands, None without one; what holds today; and what would hold without it."""

    own: EntryWindow | None
    now: EntryState
    without: EntryState
    starts_on: dt.date


def set_entry_days(
    *,
    window: Window,
    opens_on: dt.date | None,
    closes_on: dt.date | None,
    by: User | None,
    reason: str = "",
    knows_workload: bool = False,
) -> bool:
    """Give the year group a first and a last day of entry of its own, both counted; None leaves that side open. Says whether that changed anything.

    Needs the school open. Waits for who is judging just now. Raises EntryRefusedError for days out of order, for a last day before the
    term's first, and where entry has ended and would begin again without a reason; FourthCollectionError where this asks for a
    Baseline that the partnership does not ask for, unless whoever does it `knows_workload`.
    """
    with acting(by):
        standing = _standing(window)
        if standing.own and _days(standing.own) == (opens_on, closes_on) and standing.own.closed_at is None:
            return False
        if opens_on and closes_on and closes_on < opens_on:
            raise EntryRefusedError("The last day of entry cannot come before the first.")
        _refuse_before_first_day(standing, closes_on)
        then = window_state(
            EntryWindow(opens_on=opens_on, closes_on=closes_on), standing.without, timezone.localdate()
        )
        if standing.now.has_ended and not then.has_ended and not reason.strip():
            raise EntryRefusedError(f"{window.name} has been closed for entry: say why it is opened again.")
        _warn_of_workload(window, standing, knows_workload=knows_workload)
        _write(window, opens_on, closes_on, None, by=by, reason=reason)
    return True


def close_year_group(*, window: Window, by: User | None, reason: str = "") -> bool:
    """Close entry for the year group from now on, whatever the term says, and say whether that changed anything: what is over stays as it is.

    Needs the school open. Waits for who is judging just now.
    """
    with acting(by):
        standing = _standing(window)
        if standing.now.has_ended:
            return False
        opens_on, closes_on = _days(standing.own)
        _write(window, opens_on, closes_on, timezone.now(), by=by, reason=reason)
    return True


def reopen_year_group(
    *,
    window: Window,
    reason: str,
    by: User | None,
    until: dt.date | None = None,
    knows_workload: bool = False,
) -> bool:
    """Open what is over for the year group again, from today, with a new last day or none. Says whether that changed anything.

    Needs the school open. Raises EntryRefusedError without a reason, and for a last day that has passed or lies before the term's first;
    FourthCollectionError as `set_entry_days` does.
    """
    if not reason.strip():
        raise EntryRefusedError("Say why entry is reopened.")
    with acting(by):
        standing = _standing(window)
        today = timezone.localdate()
        if not standing.now.has_ended:
            return False
        if until is not None and until < today:
            raise EntryRefusedError("The new last day of entry has passed already.")
        _refuse_before_first_day(standing, until)
        _warn_of_workload(window, standing, knows_workload=knows_workload)
        opened_on, _ = _days(standing.own)
        # A window without a last day ends with the term; where that is over already, it is opened from today on all the same.
        stays_open = until is None and standing.without.has_ended
        opens_on = today if stays_open or not opened_on else min(opened_on, today)
        _write(window, opens_on, until, None, by=by, reason=reason)
    return True


def follow_term(*, window: Window, by: User | None, reason: str = "") -> bool:
    """Take the year group's own dates away: the term decides again. Says whether there were any.

    Needs the school open. Raises EntryRefusedError where this would open again what is over, without a reason.
    """
    with acting(by):
        standing = _standing(window)
        if standing.own is None:
            return False
        if standing.now.has_ended and not standing.without.has_ended and not reason.strip():
            raise EntryRefusedError(f"{window.name} would be open again: say why.")
        with change_set(school=window.school, kind=ChangeKind.TERM, by=by, reason=reason.strip()):
            EntryWindow.objects.in_school(window.school).filter(pk=standing.own.pk).delete()
    return True


def _standing(window: Window) -> _Standing:
    """What holds, while nobody else at the school judges or closes."""
    take_turn_alone(window.school)
    rows = Term.objects.in_school(window.school).filter(academic_year=window.academic_year)
    terms = {row.term: row for row in rows}
    windows = windows_of(window.school, window.academic_year)
    today = timezone.localdate()
    key = (window.term, window.year_group)
    now = entry_state(*key, windows, terms, today)
    own = windows.pop(key, None)
    of_term = TermName(window.term or TermName.AUTUMN)
    row = terms.get(of_term)
    return _Standing(
        own=own,
        now=now,
        without=entry_state(*key, windows, terms, today),
        starts_on=row.starts_on if row else default_term_dates(window.academic_year)[of_term][0],
    )


def _days(own: EntryWindow | None) -> tuple[dt.date | None, dt.date | None]:
    return (own.opens_on, own.closes_on) if own else (None, None)


def _refuse_before_first_day(standing: _Standing, last_day: dt.date | None) -> None:
    if last_day is not None and last_day < standing.starts_on:
        raise EntryRefusedError("The last day of entry cannot come before the first day of the term.")


def _warn_of_workload(window: Window, standing: _Standing, *, knows_workload: bool) -> None:
    is_new = is_beyond_the_usual(window.term, window.year_group) and not is_asked_for(standing.own)
    if is_new and not knows_workload:
        raise FourthCollectionError(
            f"A Baseline would be a fourth collection in the year for {window.year_group.label}. Say that you mean it."
        )


def _write(
    window: Window,
    opens_on: dt.date | None,
    closes_on: dt.date | None,
    closed_at: dt.datetime | None,
    *,
    by: User | None,
    reason: str,
) -> None:
    with change_set(school=window.school, kind=ChangeKind.TERM, by=by, reason=reason.strip()):
        EntryWindow.objects.update_or_create(
            school=window.school,
            academic_year=window.academic_year,
            term=window.term,
            year_group=window.year_group,
            defaults={"opens_on": opens_on, "closes_on": closes_on, "closed_at": closed_at},
        )
