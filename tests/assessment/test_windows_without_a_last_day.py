"""A year group's window with a first day alone ends when the term does; and the page of terms and the marksheets say the same of every window."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import timezone

from assessment.engine.assessment_points import AssessmentTerm
from assessment.queries.measuring import Measuring
from schools.access import Access
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.models import EntryWindow, Role, School, Term
from schools.models.windows import BASELINE
from schools.queries.rolls import english
from schools.queries.windows import EntryState, WindowLine, collections
from schools.row_security import visible_to
from schools.services import years
from schools.services.terms import EntryRefusedError, close_term, let_entry_end, reopen_term
from schools.services.windows import Window, close_year_group, reopen_year_group, set_entry_days
from tests.conftest import member

AUTUMN, SPRING, SUMMER = TermName
Y3, Y4 = YearGroup.Y3, YearGroup.Y4
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


def autumn_of_year_4(access: Access) -> Window:
    return Window(access.school, access.academic_year, AUTUMN, Y4)


def line(access: Access, term: int = AUTUMN, year_group: YearGroup = Y4) -> WindowLine:
    lines = collections(access, timezone.localdate())[term].lines
    return next(each for each in lines if each.year_group is year_group)


def of_marksheets(access: Access, term: int = AUTUMN, year_group: YearGroup = Y4) -> EntryState:
    return Measuring(access.school).entry_state(
        access.academic_year, AssessmentTerm(term), year_group, timezone.localdate()
    )


def closed(access: Access, on: dt.date, term: TermName = AUTUMN) -> None:
    """The term, closed by a leader on that day."""
    noon = dt.datetime.combine(on, dt.time(12), tzinfo=dt.UTC)
    Term.objects.in_school(access.school).filter(academic_year=access.academic_year, term=term).update(
        closed_at=noon
    )


def begin(access: Access, opens_on: dt.date) -> None:
    set_entry_days(window=autumn_of_year_4(access), opens_on=opens_on, closes_on=None, by=None)


def test_a_window_with_a_first_day_alone_ends_when_a_leader_closes_the_term(
    access: Access, today: dt.date
) -> None:
    begin(access, today - WEEK)
    assert line(access).is_open
    assert close_term(school=access.school, academic_year=access.academic_year, term=AUTUMN, by=None)
    assert line(access).state == f"Closed since {english(today)}"
    assert of_marksheets(access) == EntryState(is_open=False, closed_since=today, opens_on=None)
    assert not Measuring(access.school).is_open(access.academic_year, AssessmentTerm.AUTUMN, Y4, today)


def test_it_ends_on_the_terms_last_day_of_entry_and_says_so_before(access: Access, today: dt.date) -> None:
    begin(access, today - WEEK)
    of_term = {"school": access.school, "academic_year": access.academic_year, "term": AUTUMN, "by": None}
    let_entry_end(**of_term, on=today + WEEK)
    assert line(access).state == f"Open from {english(today - WEEK)} until {english(today + WEEK)}"
    assert of_marksheets(access) == EntryState(is_open=True, closes_on=today + WEEK)
    let_entry_end(**of_term, on=today - DAY)
    assert line(access).state == f"Closed since {english(today)}"
    assert of_marksheets(access).closed_since == today
    assert reopen_term(**of_term, reason="Snow")
    assert line(access).is_open


def test_a_baselines_first_day_alone_ends_with_autumn_of_the_year_group(
    access: Access, today: dt.date
) -> None:
    EntryWindow.objects.create(
        school=access.school,
        academic_year=access.academic_year,
        term=BASELINE,
        year_group=Y4,
        opens_on=today - WEEK,
    )
    assert line(access, BASELINE).is_open
    close_year_group(window=autumn_of_year_4(access), by=None)
    assert line(access, BASELINE).state == f"Closed since {english(today)}"
    assert not of_marksheets(access, BASELINE).is_open


def test_a_year_group_opened_again_after_the_term_was_closed_stays_open_until_it_is_closed_once_more(
    access: Access, today: dt.date
) -> None:
    begin(access, today - 2 * WEEK)
    closed(access, today - WEEK)
    assert line(access).state == f"Closed since {english(today - WEEK)}"
    with pytest.raises(EntryRefusedError, match="say why"):
        begin(access, today - DAY)
    assert reopen_year_group(window=autumn_of_year_4(access), reason="Late results", by=None)
    # From today on: with the first day that it had before it would have ended with the term.
    assert line(access).state == f"Open from {english(today)}"
    assert of_marksheets(access).is_open
    assert close_year_group(window=autumn_of_year_4(access), by=None)
    assert not of_marksheets(access).is_open


def test_a_year_group_opened_again_on_the_day_on_which_the_term_was_closed_is_open(
    access: Access, today: dt.date
) -> None:
    close_term(school=access.school, academic_year=access.academic_year, term=AUTUMN, by=None)
    assert reopen_year_group(window=autumn_of_year_4(access), reason="Late results", by=None)
    assert line(access).is_open
    assert of_marksheets(access).is_open
    assert not line(access, year_group=Y3).is_open


# The window's first day and the term's closing and last day of entry, in days from today, and what follows.
OUTCOMES = [
    (-7, None, None, "open"),
    (-7, -3, None, "closed"),
    (-7, 0, None, "closed"),
    (0, 0, None, "open"),
    (-3, -7, None, "open"),
    (-7, None, -1, "closed"),
    (-7, None, 7, "open"),
    (-1, None, -7, "open"),
    (7, None, None, "not yet"),
    (7, -7, None, "not yet"),
]


def test_a_first_day_alone_ends_with_the_term_unless_that_was_over_by_then(
    subtests: pytest.Subtests, access: Access, today: dt.date
) -> None:
    rows = Term.objects.in_school(access.school).filter(academic_year=access.academic_year, term=AUTUMN)
    window = EntryWindow.objects.create(
        school=access.school, academic_year=access.academic_year, term=AUTUMN, year_group=Y4
    )
    for first, closing, last, expected in OUTCOMES:
        with subtests.test(f"{first} {closing} {last}"):
            window.opens_on = today + first * DAY
            window.save()
            noon = None
            if closing is not None:
                noon = dt.datetime.combine(today + closing * DAY, dt.time(12), tzinfo=dt.UTC)
            rows.update(closed_at=noon, entry_ends_on=None if last is None else today + last * DAY)
            state = of_marksheets(access)
            is_coming = not state.is_open and not state.has_ended
            assert ("open" if state.is_open else "not yet" if is_coming else "closed") == expected


def test_what_had_ended_with_the_term_says_reopened_and_days_that_open_nothing_need_no_reason(
    access: Access, today: dt.date
) -> None:
    begin(access, today - 2 * WEEK)
    closed(access, today - WEEK)
    begin(access, today - 3 * WEEK)
    assert not line(access).is_open
    assert reopen_year_group(window=autumn_of_year_4(access), reason="Late results", by=None)
    assert line(access).history[0].what == f"Reopened from {english(today)}"


def test_the_page_of_terms_and_the_marksheets_say_the_same_of_every_window(
    access: Access, today: dt.date
) -> None:
    """Read by two questions to the database, one of them written by hand: for windows of every sort, in terms of every sort."""
    firsts = lasts = (None, today - 2 * WEEK, today - DAY, today, today + DAY, today + WEEK)
    noon = dt.datetime.combine(today - WEEK, dt.time(12), tzinfo=dt.UTC)
    windows = [
        {"opens_on": first, "closes_on": last, "closed_at": closed_at}
        for first in firsts
        for last in lasts
        for closed_at in (None, noon)
        if not (first and last and last < first)
    ]
    terms = [
        {"closed_at": None, "entry_ends_on": None},
        {"closed_at": noon, "entry_ends_on": None},
        {"closed_at": None, "entry_ends_on": today - DAY},
        {"closed_at": None, "entry_ends_on": today + DAY},
        {"closed_at": noon, "entry_ends_on": today - 2 * WEEK},
    ]
    rows = Term.objects.in_school(access.school).filter(academic_year=access.academic_year, term=AUTUMN)
    differ, open_ones = [], 0
    for of_term in terms:
        rows.update(**of_term)
        for term in (AUTUMN, BASELINE):
            for number in range(0, len(windows), len(YearGroup)):
                EntryWindow.objects.all().delete()
                here = dict(zip(YearGroup, windows[number : number + len(YearGroup)], strict=False))
                EntryWindow.objects.bulk_create(
                    EntryWindow(
                        school=access.school,
                        academic_year=access.academic_year,
                        term=term,
                        year_group=year_group,
                        **days,
                    )
                    for year_group, days in here.items()
                )
                measuring = Measuring(access.school)
                for collection in collections(access, today)[:2]:
                    for each in collection.lines:
                        point = (access.academic_year, AssessmentTerm(each.term), each.year_group, today)
                        open_ones += each.is_open
                        if each.entry != measuring.entry_state(*point) or each.is_open != measuring.is_open(
                            *point
                        ):
                            differ.append((of_term, each.key, here.get(each.year_group)))
    assert differ == []
    assert open_ones
