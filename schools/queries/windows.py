"""Year groups with dates of their own: when their judgements may be entered, where that is not when the school's may, and who said so."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils import timezone

from schools.access import Access
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.models import ChangeKind, ChangeSet, EntryWindow, School, Term
from schools.models.windows import BASELINE, COLLECTIONS
from schools.queries.rolls import english, year_groups_for
from schools.queries.terms import TermAct

NAMES = dict(COLLECTIONS)
# In addresses and forms: `baseline`, `autumn`.
KEYS = {name.lower(): term for term, name in COLLECTIONS}
# Judgements are collected three times a year; of Year 1 the Baseline too, from which its key stage is measured (LEP expectations).
TERMS_A_YEAR = len(TermName)


@dataclass(frozen=True)
class EntryState:
    """Whether a collection of judgements may be entered on a day: open; or over, and `closed_since` when; or not begun, until `opens_on`.

    `closes_on` is the last day of one that is open, where it has one.
    """

    is_open: bool
    opens_on: dt.date | None = None
    closes_on: dt.date | None = None
    closed_since: dt.date | None = None

    @property
    def has_ended(self) -> bool:
        """Who opens this again says why."""
        return self.closed_since is not None

    def words(self, academic_year: int, *, in_full: bool = False) -> str:
        """`closed since 12 December`, `opens on 5 January`, `open until 18 December`, `open for entry`; the year is named where it is another.

        `in_full`: `closed for entry since ...`, where nothing says what of.
        """

        def named(day: dt.date) -> str:
            year = AcademicYear(academic_year)
            return f"{day.day} {day:%B}" if year.starts_on <= day <= year.ends_on else english(day)

        of = " for entry" if in_full else ""
        if self.closed_since:
            return f"closed{of} since {named(self.closed_since)}"
        if self.opens_on:
            return f"opens{of} on {named(self.opens_on)}"
        return f"open{of} until {named(self.closes_on)}" if self.closes_on else "open for entry"


def term_state(row: Term | None, today: dt.date) -> EntryState:
    """Of a school's term; where it has none, entry is open."""
    if row is None:
        return EntryState(is_open=True)
    return _state_by(None, row.entry_ends_on, _closings(row), today)


def window_state(window: EntryWindow, without: EntryState, today: dt.date) -> EntryState:
    """Of a year group's own window; `without` is what would hold if there were none.

    A window with a first day alone ends when the term does, unless the term had ended by that first day: then it was opened for this year
    group all the same, and a leader closes it (derived). One with a last day, or without any day, goes by itself.
    """
    closings, closes_on = _closings(window), window.closes_on
    if window.opens_on and not closes_on:
        if without.closed_since and without.closed_since > window.opens_on:
            closings.append(without.closed_since)
        elif without.closes_on and without.closes_on >= window.opens_on:
            closes_on = without.closes_on
    return _state_by(window.opens_on, closes_on, closings, today)


def entry_state(
    term: int,
    year_group: YearGroup,
    windows: Mapping[tuple[int, int], EntryWindow],
    terms: Mapping[int, Term],
    today: dt.date,
) -> EntryState:
    """Whether the year group's collection may be entered, by the year's windows and terms: its own window, else the term.

    For a Baseline without a window it is whatever holds for Autumn.
    """
    if term == BASELINE:
        without = entry_state(TermName.AUTUMN, year_group, windows, terms, today)
    else:
        without = term_state(terms.get(term), today)
    window = windows.get((term, year_group))
    return window_state(window, without, today) if window else without


def _closings(row: Term | EntryWindow) -> list[dt.date]:
    return [timezone.localdate(row.closed_at)] if row.closed_at else []


def _state_by(
    opens_on: dt.date | None, closes_on: dt.date | None, closings: Iterable[dt.date], today: dt.date
) -> EntryState:
    ends = list(closings)
    if closes_on and closes_on < today:
        ends.append(closes_on + dt.timedelta(days=1))
    if ends:
        return EntryState(is_open=False, closed_since=min(ends))
    if opens_on and opens_on > today:
        return EntryState(is_open=False, opens_on=opens_on, closes_on=closes_on)
    return EntryState(is_open=True, closes_on=closes_on)


def is_asked_for(window: EntryWindow | None) -> bool:
    """Whether the window asks for its judgements: it has days. One that only keeps teachers from entering has none."""
    return window is not None and (window.opens_on is not None or window.closes_on is not None)


def has_baseline(year_group: YearGroup, window: EntryWindow | None) -> bool:
    """Whether the year group is asked for a Baseline: Year 1, and whoever has a window for it."""
    return year_group is YearGroup.Y1 or is_asked_for(window)


def is_beyond_the_usual(term: int, year_group: YearGroup) -> bool:
    """Whether this would be a fourth collection of the year, where three are asked for."""
    return term == BASELINE and year_group is not YearGroup.Y1


@dataclass(frozen=True)
class WindowLine:
    """A year group in one collection. `state` in words; `window` is its own, None where the term decides."""

    term: int
    year_group: YearGroup
    window: EntryWindow | None
    entry: EntryState
    state: str
    is_fourth: bool
    history: tuple[TermAct, ...]

    @property
    def key(self) -> str:
        """As it stands in forms and addresses: `baseline-4`."""
        return f"{NAMES[self.term].lower()}-{self.year_group.code}"

    @property
    def name(self) -> str:
        """`Year 4`, `Baseline of Year 1`."""
        return f"Baseline of {self.year_group.label}" if self.term == BASELINE else self.year_group.label

    @property
    def is_open(self) -> bool:
        return self.entry.is_open

    @property
    def has_ended(self) -> bool:
        return self.entry.has_ended


@dataclass(frozen=True)
class Collection:
    """One collection of the year, a line for each year group."""

    term: int
    lines: tuple[WindowLine, ...]

    @property
    def name(self) -> str:
        return NAMES[self.term]

    @property
    def key(self) -> str:
        return self.name.lower()

    @property
    def own(self) -> list[WindowLine]:
        """Those with dates of their own."""
        return [line for line in self.lines if line.window]


def windows_of(school: School, academic_year: int) -> dict[tuple[int, int], EntryWindow]:
    """The year's windows by collection and year group; needs the school open."""
    rows = EntryWindow.objects.in_school(school).filter(academic_year=academic_year)
    return {(row.term, row.year_group): row for row in rows}


def collections(access: Access, today: dt.date) -> list[Collection]:
    """The four collections of the year in view, in their order; the number of queries does not depend on what they hold."""
    windows = windows_of(access.school, access.academic_year)
    terms = {
        row.term: row
        for row in Term.objects.in_school(access.school).filter(academic_year=access.academic_year)
    }
    if not terms:
        return []
    histories = _histories(access)
    year_groups = sorted({*year_groups_for(access), *(YearGroup(year_group) for _, year_group in windows)})
    return [
        Collection(
            term,
            tuple(
                _line(term, year_group, windows, terms, histories[term, year_group], today)
                for year_group in year_groups
            ),
        )
        for term, _ in COLLECTIONS
    ]


def open_beside(found: list[Collection], term: TermName) -> list[WindowLine]:
    """The year groups that dates of their own keep open for the term, or will open, whatever becomes of the term; with Autumn also for the Baseline."""
    terms = {term, BASELINE} if term is TermName.AUTUMN else {term}
    return [line for each in found if each.term in terms for line in each.own if not line.has_ended]


def _line(
    term: int,
    year_group: YearGroup,
    windows: dict[tuple[int, int], EntryWindow],
    terms: dict[int, Term],
    history: list[TermAct],
    today: dt.date,
) -> WindowLine:
    window = windows.get((term, year_group))
    entry = entry_state(term, year_group, windows, terms, today)
    return WindowLine(
        term=term,
        year_group=year_group,
        window=window,
        entry=entry,
        state=_state(
            window, entry, goes_with_autumn=term == BASELINE and (TermName.AUTUMN, year_group) in windows
        ),
        is_fourth=is_beyond_the_usual(term, year_group) and is_asked_for(window),
        history=tuple(history),
    )


def _state(window: EntryWindow | None, entry: EntryState, *, goes_with_autumn: bool) -> str:
    if window is None:
        return f"{'As Autumn' if goes_with_autumn else 'As the term'}: {_told(entry, None)}"
    told = _told(entry, window.opens_on)
    return told[:1].upper() + told[1:]


def _told(entry: EntryState, opened_on: dt.date | None) -> str:
    if entry.closed_since:
        return f"closed since {english(entry.closed_since)}"
    if entry.opens_on:
        until = f", until {english(entry.closes_on)}" if entry.closes_on else ""
        return f"opens on {english(entry.opens_on)}{until}"
    since = f" from {english(opened_on)}" if opened_on else ""
    until = f" until {english(entry.closes_on)}" if entry.closes_on else ""
    return f"open{since}{until}" if since or until else "open for entry"


def _histories(access: Access) -> dict[tuple[int, int], list[TermAct]]:
    """What was done to each window of the year, by collection and year group, the latest first."""
    events = (
        apps.get_model("schools", "EntryWindowEvent")
        .objects.filter(school=access.school, academic_year=access.academic_year)
        .order_by("pgh_id")
    )
    changes = {
        str(change.public_id): change
        for change in ChangeSet.objects.in_school(access.school)
        .filter(kind=ChangeKind.TERM)
        .select_related("by")
    }
    found: dict[tuple[int, int], list[TermAct]] = defaultdict(list)
    for before, after in _steps(events):
        change = changes.get((after.pgh_context or {}).get("change_set", ""))
        if change is not None:
            by = change.by.name if change.by else "the operator"
            act = TermAct(
                _what(before, after, is_reasoned=bool(change.reason)), by, change.made_at, change.reason
            )
            found[after.term, after.year_group].insert(0, act)
    return found


def _steps(events: Iterable[Any]) -> Iterable[tuple[Any, Any]]:
    """Each event beside the one before it of the same window; None beside its first."""
    before: dict[tuple[int, int], Any] = {}
    for event in events:
        key = (event.term, event.year_group)
        yield before.get(key), event
        before[key] = None if event.pgh_label == "delete" else event


def _what(before: Any, after: Any, *, is_reasoned: bool) -> str:
    """In a word, with the days. Who opens again what had ended with the term gives a reason, and else nobody is asked for one."""
    if after.pgh_label == "delete":
        return "As the term again"
    if after.closed_at is not None and (before is None or before.closed_at is None):
        return "Closed"
    days = "".join(
        f" {word} {english(day)}"
        for word, day in (("from", after.opens_on), ("until", after.closes_on))
        if day
    )
    was_over = before is not None and (is_reasoned or _had_ended(before, after))
    return f"{'Reopened' if was_over else 'Open'}{days}"


def _had_ended(before: Any, after: Any) -> bool:
    written_on = timezone.localdate(after.pgh_created_at)
    return before.closed_at is not None or (before.closes_on is not None and before.closes_on < written_on)
