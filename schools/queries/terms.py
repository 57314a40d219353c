"""The three terms of a year: which of them is reported on, whether each is open for entry, and who closed it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.apps import apps
from django.utils import timezone

from schools.access import Access
from schools.calendar import TermName, default_term_dates
from schools.models import ChangeKind, ChangeSet, School, Term
from schools.queries.rolls import english

_CLOSED = "Closed"
# The first and the last day of each term of a year.
Dates = Mapping[TermName, tuple[dt.date, dt.date]]


@dataclass(frozen=True)
class TermAct:
    """Something that a leader did to a term: closed it, set its last day of entry, reopened it."""

    what: str
    by: str
    at: dt.datetime
    reason: str


@dataclass(frozen=True)
class TermEntryLine:
    """A term with its dates, and until when it is open for entry; `history` has the latest act first."""

    term: TermName
    starts_on: dt.date
    ends_on: dt.date
    is_current: bool
    is_open: bool
    entry_ends_on: dt.date | None
    # In words: open for entry, open until a day, closed when and by whom.
    state: str
    history: tuple[TermAct, ...]

    @property
    def name(self) -> str:
        return self.term.label

    @property
    def key(self) -> str:
        """As it stands in forms and addresses: `autumn`."""
        return self.term.label.lower()


def reporting_term(access: Access, today: dt.date) -> TermName:
    """The term of the year in view that today falls in, else the last that has begun: what a page opens on.

    By the school's own dates, and where it has none by the default ones. So Summer for a year that is over, and Autumn for
    one that has not begun.
    """
    dates = {term: starts_on for term, (starts_on, _) in default_term_dates(access.academic_year).items()}
    own = Term.objects.in_school(access.school).filter(academic_year=access.academic_year)
    dates |= {TermName(term): starts_on for term, starts_on in own.values_list("term", "starts_on")}
    return max((term for term, starts_on in dates.items() if starts_on <= today), default=TermName.AUTUMN)


def last_days(school: School, academic_year: int) -> dict[TermName, dt.date]:
    """The last day of each term at the school, by its own dates, and where it has none by the default ones. Needs the school open."""
    days = {term: ends_on for term, (_, ends_on) in default_term_dates(academic_year).items()}
    own = Term.objects.in_school(school).filter(academic_year=academic_year)
    return days | {TermName(term): ends_on for term, ends_on in own.values_list("term", "ends_on")}


def term_lines(access: Access, today: dt.date) -> list[TermEntryLine]:
    """The terms of the year in view, in their order, with what was done to each."""
    histories = _histories(access)
    terms = Term.objects.in_school(access.school).filter(academic_year=access.academic_year)
    return [_line(row, today, tuple(histories[row.term])) for row in terms.order_by("term")]


def _line(row: Term, today: dt.date, history: tuple[TermAct, ...]) -> TermEntryLine:
    return TermEntryLine(
        term=TermName(row.term),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        is_current=row.starts_on <= today <= row.ends_on,
        is_open=row.is_open_for_entry(today),
        entry_ends_on=row.entry_ends_on,
        state=_state(row, today, history),
        history=history,
    )


def _state(row: Term, today: dt.date, history: tuple[TermAct, ...]) -> str:
    if row.closed_at is not None:
        closed = f"Closed on {english(timezone.localdate(row.closed_at))}"
        closing = next((act for act in history if act.what == _CLOSED), None)
        return f"{closed} by {closing.by}" if closing else closed
    if row.entry_ends_on is None:
        return "Open for entry"
    if row.is_open_for_entry(today):
        return f"Open until {english(row.entry_ends_on)}"
    return f"Closed: the last day of entry was {english(row.entry_ends_on)}"


def _histories(access: Access) -> dict[int, list[TermAct]]:
    """What was done to each term of the year, by the term's number, the latest first."""
    of_year = {"school": access.school, "academic_year": access.academic_year}
    events = apps.get_model("schools", "TermEvent").objects.filter(**of_year).order_by("term", "pgh_id")
    changes = {
        str(change.public_id): change
        for change in ChangeSet.objects.in_school(access.school)
        .filter(kind__in=[ChangeKind.TERM, ChangeKind.DATES])
        .select_related("by")
    }
    found: dict[int, list[TermAct]] = defaultdict(list)
    for before, after in _steps(events):
        change = changes.get((after.pgh_context or {}).get("change_set", ""))
        if change is not None:
            by = change.by.name if change.by else "the operator"
            found[after.term].insert(0, TermAct(_what(before, after), by, change.made_at, change.reason))
    return found


def _steps(events: Iterable[Any]) -> Iterable[tuple[Any, Any]]:
    """Each event of a term after its first, beside the one before it."""
    return ((before, after) for before, after in pairwise(events) if before.term == after.term)


def _what(before: Any, after: Any) -> str:
    if (before.starts_on, before.ends_on) != (after.starts_on, after.ends_on):
        return f"Dates changed to {english(after.starts_on)} to {english(after.ends_on)}"
    if after.closed_at is not None and before.closed_at is None:
        return _CLOSED
    until = f"until {english(after.entry_ends_on)}" if after.entry_ends_on else ""
    if before.closed_at is not None or _had_ended(before, after):
        return f"Reopened {until}".rstrip()
    return f"Open {until}" if until else "Last day of entry taken back"


def _had_ended(before: Any, after: Any) -> bool:
    """Whether the last day of entry had passed when the later of the two was written."""
    return before.entry_ends_on is not None and before.entry_ends_on < timezone.localdate(
        after.pgh_created_at
    )
