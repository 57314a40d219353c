"""Closing a term says which year groups dates of their own keep open, and the page of terms closes them too."""

from __future__ import annotations

import datetime as dt

from django.test import Client

from schools.access import Access
from schools.calendar import TermName, YearGroup
from schools.models import EntryWindow, Role, School
from schools.models.windows import BASELINE
from schools.queries.rolls import english
from schools.queries.windows import collections, open_beside
from schools.row_security import visible_to
from tests.conftest import member, signed_in
from tests.schools.test_windows import DAY, WEEK, Y1, Y3, Y4
from tests.schools.test_windows_page import access, there

__all__ = ["access"]
AUTUMN, SPRING, SUMMER = TermName


def given(of: Access, year_group: YearGroup, term: int = AUTUMN, **days: dt.date) -> None:
    EntryWindow.objects.create(
        school=of.school, academic_year=of.academic_year, term=term, year_group=year_group, **days
    )


def close(of: Access, client: Client, term: str = "autumn") -> str:
    """The page after it."""
    assert client.post(there(of), {"act": "close", "term": term}).status_code == 302
    return " ".join(client.get(there(of)).content.decode().split())


def test_closing_names_who_stays_open_by_dates_of_their_own_and_each_is_closed_there(
    access: Access, today: dt.date
) -> None:
    given(access, Y4, closes_on=today + WEEK)
    given(access, Y1, BASELINE, closes_on=today + WEEK)
    given(access, YearGroup.Y2, opens_on=today + DAY, closes_on=today + WEEK)
    # A first day alone ends with the term; what is over is over; and another term is none of Autumn's.
    given(access, Y3, opens_on=today - DAY)
    given(access, YearGroup.Y5, closes_on=today - DAY)
    given(access, YearGroup.Y6, SPRING, closes_on=today + WEEK)
    client = signed_in(access.user)
    assert "Not closed with" not in client.get(there(access)).content.decode()
    page = close(access, client)
    assert "Autumn is closed for entry." in page
    assert (
        "Not closed with it, because of dates of their own: Baseline of Year 1, Year 2, Year 4. Each can be closed under Autumn."
        in page
    )
    assert "Not closed with Autumn, because they have dates of their own:" in page
    assert f'<strong>Year 4</strong> <span class="quiet">Open until {english(today + WEEK)}</span>' in page
    assert page.count("Close too<") == 3
    for key in ("baseline-1", "autumn-2", "autumn-4"):
        assert f'name="window" value="{key}"' in page
        assert client.post(there(access), {"act": "window-close", "window": key}).status_code == 302
    after = client.get(there(access)).content.decode()
    assert "Not closed with" not in after


def test_where_all_is_closed_with_the_term_nothing_more_is_said(access: Access, today: dt.date) -> None:
    given(access, Y4, opens_on=today - DAY)
    page = close(access, signed_in(access.user))
    assert "Autumn is closed for entry." in page
    assert "Not closed with" not in page


def test_another_schools_dates_are_not_named(access: Access, other_school: School, today: dt.date) -> None:
    with visible_to(other_school):
        from schools.services import years

        years.open_year(school=other_school, academic_year=access.academic_year, by=None)
        theirs = Access(
            member(other_school, Role.HEAD), other_school, (Role.HEAD,), access.academic_year, (), ()
        )
        given(theirs, Y4, closes_on=today + WEEK)
    assert "Not closed with" not in close(access, signed_in(access.user))


def test_the_page_asks_as_often_for_three_windows_as_for_one(
    access: Access, today: dt.date, django_assert_num_queries
) -> None:
    for number, year_group in enumerate((Y1, Y3, Y4), start=1):
        given(access, year_group, closes_on=today + WEEK)
        with django_assert_num_queries(5):
            assert len(open_beside(collections(access, today), AUTUMN)) == number
