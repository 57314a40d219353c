"""Year groups with dates of entry of their own: set, closed, reopened, given up; and the page for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.utils import timezone

from schools.access import Access
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.forms.windows import read_key
from schools.models import ChangeKind, ChangeSet, EntryWindow, Role, School, Term
from schools.models.windows import BASELINE
from schools.queries.rolls import english
from schools.queries.windows import EntryState, WindowLine, collections, term_state, window_state
from schools.row_security import visible_to
from schools.services import years
from schools.services.terms import EntryRefusedError, close_term
from schools.services.windows import (
    FourthCollectionError,
    Window,
    close_year_group,
    follow_term,
    reopen_year_group,
    set_entry_days,
)
from tests.conftest import member

AUTUMN, SPRING, SUMMER = TermName
Y1, Y3, Y4 = YearGroup.Y1, YearGroup.Y3, YearGroup.Y4
DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)


@pytest.fixture
def access(school: School, year: AcademicYear) -> Iterator[Access]:
    """A head, looking at the year before this, whose days are all behind us; the school is open."""
    last_year = AcademicYear(year - 1)
    head = member(school, Role.HEAD)
    with visible_to(school):
        years.open_year(school=school, academic_year=last_year, by=None)
        yield Access(head, school, (Role.HEAD,), last_year, (last_year,), (school,))


def window(access: Access, term: int = AUTUMN, year_group: YearGroup = Y4) -> Window:
    return Window(access.school, access.academic_year, term, year_group)


def held(access: Access, term: int = AUTUMN, year_group: YearGroup = Y4) -> EntryWindow | None:
    rows = EntryWindow.objects.in_school(access.school)
    return rows.filter(academic_year=access.academic_year, term=term, year_group=year_group).first()


def line(access: Access, term: int = AUTUMN, year_group: YearGroup = Y4) -> WindowLine:
    lines = collections(access, timezone.localdate())[term].lines
    return next(each for each in lines if each.year_group is year_group)


def reasons(access: Access) -> list[str]:
    kind = ChangeSet.objects.in_school(access.school).filter(kind=ChangeKind.TERM)
    return list(kind.order_by("pk").values_list("reason", flat=True))


def close(access: Access, term: TermName = AUTUMN) -> None:
    close_term(school=access.school, academic_year=access.academic_year, term=term, by=access.user)


# What the days mean


@pytest.mark.parametrize(
    ("opens", "closes", "is_open"),
    [
        (None, None, True),
        (0, None, True),
        (1, None, False),
        (None, 0, True),
        (None, -1, False),
        (-3, 3, True),
    ],
)
def test_the_first_and_the_last_day_are_both_open(
    today: dt.date, opens: int | None, closes: int | None, is_open: bool
) -> None:
    row = EntryWindow(
        opens_on=None if opens is None else today + opens * DAY,
        closes_on=None if closes is None else today + closes * DAY,
    )
    assert window_state(row, term_state(None, today), today).is_open is is_open


def test_the_state_says_since_when_it_is_closed() -> None:
    today = dt.date(2026, 1, 20)
    noon = dt.datetime(2025, 12, 12, 12, tzinfo=dt.UTC)
    closed = EntryState(is_open=False, closed_since=dt.date(2025, 12, 12))
    of_term = term_state(None, today)
    assert of_term.is_open
    assert window_state(EntryWindow(closed_at=noon), of_term, today) == closed
    assert window_state(EntryWindow(closes_on=dt.date(2025, 12, 11)), of_term, today) == closed
    # Closed by hand after its last day had passed already.
    both = EntryWindow(closed_at=noon, closes_on=dt.date(2025, 11, 30))
    assert window_state(both, of_term, today).closed_since == dt.date(2025, 12, 1)
    assert term_state(Term(entry_ends_on=dt.date(2025, 12, 11)), today) == closed


def test_the_words_name_the_year_only_where_it_is_another() -> None:
    assert EntryState(is_open=False, closed_since=dt.date(2025, 12, 12)).words(2025) == (
        "closed since 12 December"
    )
    assert EntryState(is_open=False, closed_since=dt.date(2026, 12, 12)).words(2025) == (
        "closed since 12 December 2026"
    )
    assert EntryState(is_open=False, opens_on=dt.date(2026, 1, 5)).words(2025) == "opens on 5 January"
    assert EntryState(is_open=True, closes_on=dt.date(2025, 12, 18)).words(2025) == "open until 18 December"
    assert EntryState(is_open=True).words(2025) == "open for entry"


# Setting days


def test_a_year_group_is_given_days_of_its_own_and_the_history_says_who(
    access: Access, today: dt.date
) -> None:
    assert line(access).state == "As the term: open for entry"
    assert set_entry_days(window=window(access), opens_on=today, closes_on=today + WEEK, by=access.user)
    found = line(access)
    assert found.is_open
    assert found.state == f"Open from {english(today)} until {english(today + WEEK)}"
    assert [(act.what, act.by) for act in found.history] == [
        (f"Open from {english(today)} until {english(today + WEEK)}", access.user.name)
    ]
    assert line(access, year_group=Y3).state == "As the term: open for entry"
    change = ChangeSet.objects.get(kind=ChangeKind.TERM)
    event = apps.get_model("schools", "EntryWindowEvent").objects.get()
    assert event.pgh_context["change_set"] == str(change.public_id)


def test_the_same_days_again_change_nothing(access: Access, today: dt.date) -> None:
    days = {"opens_on": None, "closes_on": today + WEEK, "by": access.user}
    assert set_entry_days(window=window(access), **days)
    assert not set_entry_days(window=window(access), **days)
    assert len(reasons(access)) == 1


def test_days_out_of_order_are_refused(access: Access, today: dt.date) -> None:
    with pytest.raises(EntryRefusedError, match="before the first"):
        set_entry_days(window=window(access), opens_on=today, closes_on=today - DAY, by=None)
    assert held(access) is None


def test_a_last_day_before_the_terms_first_is_refused_and_a_first_day_is_not(
    access: Access, year: AcademicYear
) -> None:
    next_year = AcademicYear(year + 1)
    years.open_year(school=access.school, academic_year=next_year, by=None)
    spring = Window(access.school, next_year, SPRING, Y4)
    starts_on = Term.objects.get(academic_year=next_year, term=SPRING).starts_on
    with pytest.raises(EntryRefusedError, match="before the first day of the term"):
        set_entry_days(window=spring, opens_on=None, closes_on=starts_on - DAY, by=None)
    assert set_entry_days(window=spring, opens_on=starts_on - WEEK, closes_on=starts_on, by=None)


def test_a_year_group_that_opens_later_is_closed_until_then_and_may_be_brought_forward(
    access: Access, today: dt.date
) -> None:
    set_entry_days(window=window(access), opens_on=today + WEEK, closes_on=None, by=None)
    assert (line(access).is_open, line(access).has_ended) == (False, False)
    assert line(access).state == f"Opens on {english(today + WEEK)}"
    assert set_entry_days(window=window(access), opens_on=today, closes_on=None, by=None)
    assert line(access).is_open


def test_days_for_a_year_group_whose_term_is_closed_need_a_reason(access: Access, today: dt.date) -> None:
    close(access)
    with pytest.raises(EntryRefusedError, match="say why"):
        set_entry_days(window=window(access), opens_on=None, closes_on=today + WEEK, by=None)
    assert set_entry_days(
        window=window(access), opens_on=None, closes_on=today + WEEK, by=None, reason=" Trip week "
    )
    assert line(access).is_open
    assert not line(access, year_group=Y3).is_open
    assert reasons(access)[-1] == "Trip week"


def test_a_day_that_has_passed_closes_the_year_group_at_once(access: Access, today: dt.date) -> None:
    assert set_entry_days(window=window(access), opens_on=None, closes_on=today - DAY, by=None)
    assert line(access).state == f"Closed since {english(today)}"


# Closing and reopening


def test_one_year_group_is_closed_and_the_others_stay_open(access: Access, today: dt.date) -> None:
    assert close_year_group(window=window(access), by=access.user, reason="Reports go out")
    assert line(access).state == f"Closed since {english(today)}"
    assert line(access, year_group=Y3).is_open
    assert not close_year_group(window=window(access), by=access.user)
    assert [(act.what, act.reason) for act in line(access).history] == [("Closed", "Reports go out")]


def test_closing_what_the_term_has_closed_changes_nothing(access: Access) -> None:
    close(access)
    assert not close_year_group(window=window(access), by=None)
    assert held(access) is None


@pytest.mark.parametrize("reason", ["", " \n"])
def test_a_year_group_is_not_reopened_without_a_reason(access: Access, reason: str) -> None:
    close_year_group(window=window(access), by=None)
    with pytest.raises(EntryRefusedError, match="Say why"):
        reopen_year_group(window=window(access), reason=reason, by=None)
    assert not line(access).is_open


def test_reopening_opens_from_today_for_the_year_group_alone_though_the_term_is_closed(
    access: Access, today: dt.date
) -> None:
    close(access)
    assert reopen_year_group(
        window=window(access), reason="Two were away", until=today + WEEK, by=access.user
    )
    row = held(access)
    assert row is not None
    assert (row.opens_on, row.closes_on, row.closed_at) == (today, today + WEEK, None)
    assert not line(access, year_group=Y3).is_open
    assert line(access).history[0].reason == "Two were away"


def test_reopening_keeps_the_first_day_and_says_that_it_was_reopened(access: Access, today: dt.date) -> None:
    first = today - WEEK
    set_entry_days(window=window(access), opens_on=first, closes_on=today - DAY, by=None)
    assert reopen_year_group(window=window(access), reason="Late results", by=None)
    assert line(access).history[0].what == f"Reopened from {english(first)}"
    with_past = {"window": window(access), "reason": "Again", "until": today - DAY, "by": None}
    assert not reopen_year_group(**with_past)
    close_year_group(window=window(access), by=None)
    with pytest.raises(EntryRefusedError, match="has passed already"):
        reopen_year_group(**with_past)


def test_as_the_term_again_takes_the_days_away(access: Access, today: dt.date) -> None:
    assert not follow_term(window=window(access), by=None)
    set_entry_days(window=window(access), opens_on=None, closes_on=today + WEEK, by=None)
    assert follow_term(window=window(access), by=access.user)
    assert held(access) is None
    assert line(access).state == "As the term: open for entry"
    assert line(access).history[0].what == "As the term again"


def test_following_a_term_that_is_open_again_needs_a_reason(access: Access) -> None:
    close_year_group(window=window(access), by=None)
    with pytest.raises(EntryRefusedError, match="would be open again: say why"):
        follow_term(window=window(access), by=None)
    assert follow_term(window=window(access), by=None, reason="All are back")
    assert reasons(access)[-1] == "All are back"


def test_following_a_term_that_is_closed_needs_none(access: Access, today: dt.date) -> None:
    set_entry_days(window=window(access), opens_on=None, closes_on=today + WEEK, by=None)
    close(access)
    assert line(access).is_open
    assert follow_term(window=window(access), by=None)
    assert not line(access).is_open


# Baselines


def test_a_baseline_goes_with_autumn_the_year_groups_own_included(access: Access, today: dt.date) -> None:
    assert line(access, BASELINE).state == "As the term: open for entry"
    close_year_group(window=window(access, AUTUMN), by=None)
    assert line(access, BASELINE).state == f"As Autumn: closed since {english(today)}"
    assert line(access, BASELINE, Y3).is_open


def test_a_fourth_collection_wants_to_be_meant(access: Access, today: dt.date) -> None:
    days = {"opens_on": today, "closes_on": today + WEEK, "by": None}
    with pytest.raises(FourthCollectionError, match="fourth collection in the year for Year 4"):
        set_entry_days(window=window(access, BASELINE), **days)
    assert held(access, BASELINE) is None
    assert set_entry_days(window=window(access, BASELINE), **days, knows_workload=True)
    assert line(access, BASELINE).is_fourth
    # Said once.
    assert set_entry_days(window=window(access, BASELINE), opens_on=today, closes_on=None, by=None)


def test_year_1_is_asked_for_a_baseline_without_a_warning(access: Access, today: dt.date) -> None:
    assert set_entry_days(window=window(access, BASELINE, Y1), opens_on=today, closes_on=None, by=None)
    assert not line(access, BASELINE, Y1).is_fourth


def test_to_close_a_baseline_asks_for_nothing_and_to_reopen_it_does(access: Access) -> None:
    close_year_group(window=window(access, BASELINE), by=None)
    assert not line(access, BASELINE).is_fourth
    with pytest.raises(FourthCollectionError):
        reopen_year_group(window=window(access, BASELINE), reason="New pupils", by=None)
    assert reopen_year_group(
        window=window(access, BASELINE), reason="New pupils", by=None, knows_workload=True
    )
    assert line(access, BASELINE).is_fourth


# The lines


def test_the_lines_take_as_many_queries_for_three_windows_as_for_one(
    access: Access, today: dt.date, django_assert_num_queries
) -> None:
    for year_group in (Y1, Y3, Y4):
        with django_assert_num_queries(5):
            collections(access, today)
        close_year_group(window=window(access, SPRING, year_group), by=None)
        reopen_year_group(window=window(access, SPRING, year_group), reason="Late", by=None)


def test_windows_of_other_years_and_schools_are_not_met(
    access: Access, other_school: School, year: AcademicYear
) -> None:
    close_year_group(window=window(access), by=None)
    this_year = Access(access.user, access.school, access.roles, year, (year,), (access.school,))
    assert line(this_year).is_open
    with visible_to(other_school):
        theirs = Access(access.user, other_school, access.roles, year, (year,), (other_school,))
        assert line(theirs).is_open
        assert not EntryWindow.objects.in_school(other_school).exists()


def test_a_year_that_is_not_opened_has_no_collections(access: Access, today: dt.date) -> None:
    unopened = AcademicYear(access.academic_year - 5)
    assert collections(Access(access.user, access.school, access.roles, unopened, (), ()), today) == []


@pytest.mark.parametrize(
    ("key", "read"),
    [
        ("autumn-4", (1, Y4)),
        ("baseline-R", (0, YearGroup.R)),
        ("autumn-", None),
        ("lent-4", None),
        ("autumn-14", None),
        ("", None),
    ],
)
def test_a_window_is_named_by_collection_and_year_group(key: str, read: object) -> None:
    assert read_key(key) == read
