"""The page on which a year group is given dates of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from schools.access import Access
from schools.calendar import AcademicYear
from schools.models import Role, School
from schools.queries.rolls import english
from schools.row_security import visible_to
from schools.services import years
from schools.services.windows import close_year_group
from tests.conftest import member, signed_in
from tests.schools.test_windows import WEEK, held, window


@pytest.fixture
def access(school: School, year: AcademicYear) -> Iterator[Access]:
    """A head, looking at the year before this, whose days are all behind us; the school is open."""
    last_year = AcademicYear(year - 1)
    head = member(school, Role.HEAD)
    with visible_to(school):
        years.open_year(school=school, academic_year=last_year, by=None)
        yield Access(head, school, (Role.HEAD,), last_year, (last_year,), (school,))


def there(access: Access, asked: str = "") -> str:
    return reverse("terms", args=[access.school.urn, access.academic_year]) + asked


def post(access: Access, act: str, key: str = "autumn-4", client: Client | None = None, **said: str):  # type: ignore[no-untyped-def]
    sent = {"act": act, "window": key} | {f"{key}-{name}": value for name, value in said.items()}
    return (client or signed_in(access.user)).post(there(access), sent)


def test_a_leader_sets_dates_closes_reopens_and_goes_back_to_the_term_on_the_page(
    access: Access, today: dt.date
) -> None:
    client = signed_in(access.user)
    unfolded = client.get(there(access, "?window=autumn-4")).content.decode()
    assert "Dates of its own" in unfolded
    set_days = post(access, "window-days", client=client, closes_on=(today + WEEK).isoformat())
    assert (set_days.status_code, set_days.headers["Location"]) == (
        302,
        there(access, "?window=autumn-4#autumn-4"),
    )
    page = client.get(there(access, "?window=autumn-4")).content.decode()
    assert "The dates of Autumn for Year 4 are set." in page
    assert f"Open until {english(today + WEEK)}" in page
    assert post(access, "window-close", client=client).status_code == 302
    assert "Autumn for Year 4 is closed for entry." in client.get(there(access)).content.decode()
    asked = post(access, "window-reopen", client=client)
    assert asked.status_code == 422
    assert "Say why entry is reopened." in asked.content.decode()
    assert post(access, "window-reopen", client=client, reason="Two away").status_code == 302
    assert post(access, "window-as-term", client=client).status_code == 302
    assert "is as the term again" in client.get(there(access)).content.decode()
    with visible_to(access.school):
        assert held(access) is None


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, "Give a first or a last day."),
        ({"closes_on": "2001-01-01"}, "That day has passed. Close entry instead."),
        ({"opens_on": "2099-02-02", "closes_on": "2099-02-01"}, "cannot come before the first"),
        ({"opens_on": "31/02/2026"}, "Enter a valid date"),
    ],
)
def test_days_that_cannot_be_are_refused_in_place(access: Access, said: dict, told: str) -> None:
    answer = post(access, "window-days", **said)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    with visible_to(access.school):
        assert held(access) is None


def test_what_was_closed_meanwhile_says_so_beside_the_way_to_reopen_it(
    access: Access, today: dt.date
) -> None:
    close_year_group(window=window(access), by=None)
    answer = post(access, "window-days", closes_on=(today + WEEK).isoformat())
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Autumn for Year 4 has been closed for entry" in page
    assert "Reopen for entry" in page


def test_to_follow_an_open_term_again_asks_why_in_place(access: Access) -> None:
    close_year_group(window=window(access), by=None)
    answer = post(access, "window-as-term")
    assert answer.status_code == 422
    assert "would be open again: say why" in answer.content.decode()
    again = signed_in(access.user).post(
        there(access),
        {"act": "window-as-term", "window": "autumn-4", "autumn-4-term-reason": "All are back"},
    )
    assert again.status_code == 302


def test_the_warning_stands_where_a_fourth_collection_would_be_opened_and_must_be_answered(
    access: Access, today: dt.date
) -> None:
    client = signed_in(access.user)
    page = client.get(there(access, "?window=baseline-4")).content.decode()
    assert "This would be a fourth collection in the year." in page
    assert "no more than two or three times a year" in page
    assert (
        "fourth collection in the year"
        not in client.get(there(access, "?window=baseline-1")).content.decode()
    )
    assert (
        "fourth collection in the year" not in client.get(there(access, "?window=spring-4")).content.decode()
    )
    days = {"opens_on": today.isoformat()}
    refused = post(access, "window-days", "baseline-4", client, **days)
    assert refused.status_code == 422
    assert "Tick this if a fourth collection is meant." in refused.content.decode()
    assert post(access, "window-days", "baseline-4", client, **days, knows_workload="on").status_code == 302
    assert "fourth collection</span>" in client.get(there(access)).content.decode()


@pytest.mark.parametrize(
    ("act", "key"), [("window-days", "autumn-99"), ("window-days", ""), ("window-burn", "autumn-4")]
)
def test_what_the_page_does_not_offer_is_not_found(access: Access, act: str, key: str) -> None:
    assert post(access, act, key).status_code == 404


@pytest.mark.parametrize("role", [Role.TEACHER, Role.SUBJECT_LEADER, Role.SENCO, Role.GOVERNOR])
def test_who_does_not_lead_changes_no_window(access: Access, role: Role) -> None:
    client = signed_in(member(access.school, role))
    assert post(access, "window-close", client=client).status_code == 403
    with visible_to(access.school):
        assert held(access) is None


def test_windows_of_another_school_are_not_found(access: Access, other_school: School) -> None:
    outsider = signed_in(member(other_school, Role.HEAD))
    assert post(access, "window-close", client=outsider).status_code == 404
    with visible_to(access.school):
        assert held(access) is None
