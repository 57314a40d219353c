"""Which term is reported on; closing terms for entry and reopening them; the page for it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from schools.access import Access
from schools.calendar import AcademicYear, TermName
from schools.models import ChangeKind, ChangeSet, Role, School, Term, User
from schools.queries.home import home
from schools.queries.rolls import english
from schools.queries.terms import reporting_term, term_lines
from schools.row_security import visible_to
from schools.services import years
from schools.services.terms import EntryRefusedError, close_term, let_entry_end, reopen_term
from tests.conftest import member, signed_in

AUTUMN, SPRING, SUMMER = TermName
WEEK = dt.timedelta(days=7)
DAY = dt.timedelta(days=1)


@pytest.fixture
def last_year(year: AcademicYear) -> AcademicYear:
    """A year whose days are all behind us, whenever the tests run."""
    return AcademicYear(year - 1)


@pytest.fixture
def access(school: School, last_year: AcademicYear):  # type: ignore[no-untyped-def]
    """A head, looking at last year; the school is open."""
    head = member(school, Role.HEAD)
    with visible_to(school):
        years.open_year(school=school, academic_year=last_year, by=None)
        yield Access(head, school, (Role.HEAD,), last_year, (last_year,), (school,))


def of(access: Access, term: TermName = AUTUMN) -> dict:
    return {
        "school": access.school,
        "academic_year": access.academic_year,
        "term": term,
        "by": access.user,
    }


def row(access: Access, term: TermName = AUTUMN) -> Term:
    return Term.objects.in_school(access.school).get(academic_year=access.academic_year, term=term)


def changes(access: Access) -> list[tuple[User | None, str]]:
    found = ChangeSet.objects.in_school(access.school).filter(kind=ChangeKind.TERM).order_by("pk")
    return [(change.by, change.reason) for change in found]


@pytest.mark.parametrize(
    ("on", "term"),
    [
        ("2025-08-31", AUTUMN),
        ("2025-09-01", AUTUMN),
        ("2025-12-30", AUTUMN),
        ("2026-01-05", SPRING),
        ("2026-04-01", SPRING),
        ("2026-04-13", SUMMER),
        ("2027-02-01", SUMMER),
    ],
)
def test_the_reporting_term_is_the_one_that_began_last(school: School, on: str, term: TermName) -> None:
    year = AcademicYear(2025)
    access = Access(member(school, Role.HEAD), school, (Role.HEAD,), year, (year,), (school,))
    with visible_to(school):
        # By the default dates, and by the same in rows of the school's own.
        assert reporting_term(access, dt.date.fromisoformat(on)) is term
        years.open_year(school=school, academic_year=year, by=None)
        assert reporting_term(access, dt.date.fromisoformat(on)) is term


def test_the_reporting_term_follows_the_schools_own_dates(school: School) -> None:
    year = AcademicYear(2025)
    access = Access(member(school, Role.HEAD), school, (Role.HEAD,), year, (year,), (school,))
    with visible_to(school):
        years.open_year(school=school, academic_year=year, by=None)
        days = {"starts_on": dt.date(2026, 1, 12), "ends_on": dt.date(2026, 3, 20)}
        years.set_term_dates(school=school, academic_year=year, term=SPRING, **days, by=None)
        assert reporting_term(access, dt.date(2026, 1, 11)) is AUTUMN
        assert reporting_term(access, dt.date(2026, 1, 12)) is SPRING


def test_a_term_is_open_until_a_leader_closes_it_and_its_history_says_who_and_why(
    access: Access, today: dt.date
) -> None:
    assert row(access).is_open_for_entry(today)
    assert close_term(**of(access), reason="Reports go out")
    assert not row(access).is_open_for_entry(today)
    assert row(access, SPRING).is_open_for_entry(today)
    assert changes(access) == [(access.user, "Reports go out")]
    event = apps.get_model("schools", "TermEvent").objects.filter(term=AUTUMN).latest("pgh_id")
    change = ChangeSet.objects.get(kind=ChangeKind.TERM)
    assert event.pgh_context["change_set"] == str(change.public_id)
    assert event.pgh_context["user"] == access.user.pk


def test_closing_twice_changes_nothing(access: Access) -> None:
    close_term(**of(access))
    closed_at = row(access).closed_at
    assert not close_term(**of(access), reason="Again")
    assert row(access).closed_at == closed_at
    assert changes(access) == [(access.user, "")]


def test_the_last_day_of_entry_is_still_open(access: Access, today: dt.date) -> None:
    assert let_entry_end(**of(access), on=today)
    assert row(access).is_open_for_entry(today)
    assert not row(access).is_open_for_entry(today + DAY)
    assert not let_entry_end(**of(access), on=today)
    assert let_entry_end(**of(access), on=None)
    assert row(access).is_open_for_entry(today + WEEK)
    assert len(changes(access)) == 2


def test_a_last_day_before_the_terms_first_is_refused(access: Access) -> None:
    before = row(access).starts_on - DAY
    with pytest.raises(EntryRefusedError, match="before the first day of the term"):
        let_entry_end(**of(access), on=before)
    assert row(access).entry_ends_on is None
    assert changes(access) == []


@pytest.mark.parametrize("on", [None, WEEK])
def test_a_new_last_day_reopens_nothing_that_is_closed(
    access: Access, today: dt.date, on: dt.timedelta | None
) -> None:
    let_entry_end(**of(access), on=today - DAY)
    with pytest.raises(EntryRefusedError, match="reopen it first"):
        let_entry_end(**of(access), on=on and today + on)
    close_term(**of(access, SPRING))
    with pytest.raises(EntryRefusedError, match="reopen it first"):
        let_entry_end(**of(access, SPRING), on=today + WEEK)


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_term_is_not_reopened_without_a_reason(access: Access, reason: str) -> None:
    close_term(**of(access))
    with pytest.raises(EntryRefusedError, match="Say why"):
        reopen_term(**of(access), reason=reason)
    assert row(access).closed_at is not None


def test_reopening_takes_back_the_closing_and_the_last_day(access: Access, today: dt.date) -> None:
    let_entry_end(**of(access), on=today + DAY)
    close_term(**of(access))
    assert reopen_term(**of(access), reason=" A child came back ")
    assert (row(access).closed_at, row(access).entry_ends_on) == (None, None)
    assert changes(access)[-1] == (access.user, "A child came back")


def test_reopening_may_set_a_new_last_day_that_has_not_passed(access: Access, today: dt.date) -> None:
    let_entry_end(**of(access), on=today - DAY)
    with pytest.raises(EntryRefusedError, match="has passed already"):
        reopen_term(**of(access), reason="Two were away", until=today - DAY)
    assert reopen_term(**of(access), reason="Two were away", until=today + WEEK)
    assert row(access).entry_ends_on == today + WEEK
    assert row(access).is_open_for_entry(today)


def test_reopening_before_the_terms_first_day_is_refused(
    access: Access, year: AcademicYear, today: dt.date
) -> None:
    next_year = AcademicYear(year + 1)
    years.open_year(school=access.school, academic_year=next_year, by=None)
    summer = {**of(access, SUMMER), "academic_year": next_year}
    close_term(**summer)
    with pytest.raises(EntryRefusedError, match="before the first day of the term"):
        reopen_term(**summer, reason="Too early", until=today)


def test_reopening_what_is_open_does_nothing(access: Access, today: dt.date) -> None:
    let_entry_end(**of(access), on=today + WEEK)
    assert not reopen_term(**of(access), reason="Why not", until=today + DAY)
    assert row(access).entry_ends_on == today + WEEK
    assert len(changes(access)) == 1


def test_the_lines_say_the_state_and_what_was_done(access: Access, today: dt.date) -> None:
    close_term(**of(access))
    reopen_term(**of(access), reason="A child came back")
    close_term(**of(access), reason="Done")
    let_entry_end(**of(access, SPRING), on=today - DAY)
    reopen_term(**of(access, SPRING), reason="Late results", until=today + WEEK)
    close_term(**{**of(access, SUMMER), "by": None})
    autumn, spring, summer = term_lines(access, today)
    name = access.user.name
    assert autumn.state == f"Closed on {english(timezone.localdate())} by {name}"
    assert [(act.what, act.by, act.reason) for act in autumn.history] == [
        ("Closed", name, "Done"),
        ("Reopened", name, "A child came back"),
        ("Closed", name, ""),
    ]
    assert (spring.is_open, spring.state) == (True, f"Open until {english(today + WEEK)}")
    assert [act.what for act in spring.history] == [
        f"Reopened until {english(today + WEEK)}",
        f"Open until {english(today - DAY)}",
    ]
    assert summer.state == f"Closed on {english(timezone.localdate())} by the operator"
    later = term_lines(access, today + WEEK + DAY)[1]
    assert (later.is_open, later.state) == (
        False,
        f"Closed: the last day of entry was {english(today + WEEK)}",
    )


def test_the_lines_take_three_queries_however_much_was_done(
    access: Access, today: dt.date, django_assert_num_queries
) -> None:
    for number in range(3):
        close_term(**of(access))
        reopen_term(**of(access), reason=f"Time {number}")
    with django_assert_num_queries(3):
        assert len(term_lines(access, today)[0].history) == 6


def test_the_terms_of_other_years_and_schools_stay_open(
    access: Access, other_school: School, year: AcademicYear, today: dt.date
) -> None:
    close_term(**of(access))
    others = Term.objects.in_school(access.school).filter(academic_year=year)
    assert [term.is_open_for_entry(today) for term in others] == [True] * 3
    with visible_to(other_school):
        assert {term.closed_at for term in Term.objects.in_school(other_school)} == {None}


# The page


def page_of(school: School, year: AcademicYear) -> str:
    return reverse("terms", args=[school.urn, year])


def client_of(access: Access) -> Client:
    return signed_in(access.user)


def test_a_leader_closes_a_term_on_the_page_and_is_told(access: Access) -> None:
    there = page_of(access.school, access.academic_year)
    client = client_of(access)
    response = client.post(there, {"term": "autumn", "act": "close"})
    assert (response.status_code, response.headers["Location"]) == (302, there)
    text = client.get(there).content.decode()
    assert "Autumn is closed for entry." in text
    assert f"by {access.user.name}" in text
    with visible_to(access.school):
        assert row(access).closed_at is not None


def test_a_reason_is_asked_for_in_place_and_what_was_typed_stays(access: Access, today: dt.date) -> None:
    there = page_of(access.school, access.academic_year)
    client = client_of(access)
    close_term(**of(access))
    asked = client.post(there, {"term": "autumn", "act": "reopen", "autumn-reason": " "})
    assert asked.status_code == 422
    assert "Say why the term is reopened." in asked.content.decode()
    late = {"autumn-reason": "Two were away", "autumn-until": (today - DAY).isoformat()}
    refused = client.post(there, {"term": "autumn", "act": "reopen", **late})
    assert refused.status_code == 422
    assert "has passed already" in refused.content.decode()
    assert ">\nTwo were away</textarea>" in refused.content.decode()
    with visible_to(access.school):
        assert row(access).closed_at is not None
    done = client.post(there, {"term": "autumn", "act": "reopen", "autumn-reason": "Two were away"})
    assert done.status_code == 302
    with visible_to(access.school):
        assert row(access).closed_at is None


def test_a_last_day_is_set_on_the_page_and_one_that_passed_is_not(access: Access, today: dt.date) -> None:
    there = page_of(access.school, access.academic_year)
    client = client_of(access)

    def set_last_day(on: str):  # type: ignore[no-untyped-def]
        return client.post(there, {"term": "autumn", "act": "last-day", "autumn-on": on})

    passed = set_last_day((today - DAY).isoformat())
    assert passed.status_code == 422
    assert "That day has passed. Close the term instead." in passed.content.decode()
    assert set_last_day("31/02/2026").status_code == 422
    assert set_last_day((today + WEEK).isoformat()).status_code == 302
    assert f"Open until {english(today + WEEK)}" in client.get(there).content.decode()
    assert set_last_day("").status_code == 302
    assert "Open for entry" in client.get(there).content.decode()
    close_term(**of(access))
    closed_meanwhile = set_last_day((today + WEEK).isoformat())
    assert closed_meanwhile.status_code == 422
    assert "Autumn is closed for entry: reopen it first." in closed_meanwhile.content.decode()


@pytest.mark.parametrize("sent", [{}, {"term": "autumn", "act": "burn"}, {"term": "lent", "act": "close"}])
def test_what_the_page_does_not_offer_is_not_found(access: Access, sent: dict) -> None:
    assert client_of(access).post(page_of(access.school, access.academic_year), sent).status_code == 404


@pytest.mark.parametrize("role", [Role.TEACHER, Role.SUBJECT_LEADER, Role.SENCO, Role.GOVERNOR])
def test_who_does_not_lead_closes_nothing(access: Access, role: Role) -> None:
    client = signed_in(member(access.school, role))
    there = page_of(access.school, access.academic_year)
    assert client.post(there, {"term": "autumn", "act": "close"}).status_code == 403
    with visible_to(access.school):
        assert row(access).closed_at is None
    home_page = client.get(reverse("school_home", args=[access.school.urn, access.academic_year]))
    assert "Open and close terms" not in home_page.content.decode()


def test_the_home_page_says_what_is_closed_and_leads_there(access: Access, today: dt.date) -> None:
    close_term(**of(access, SPRING))
    assert [term.is_closed for term in home(access, today=today).terms] == [False, True, False]
    text = client_of(access).get(reverse("school_home", args=[access.school.urn, access.academic_year]))
    assert "closed for entry" in text.content.decode()
    assert page_of(access.school, access.academic_year) in text.content.decode()
