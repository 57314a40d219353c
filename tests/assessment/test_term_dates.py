"""Other dates of a year's terms: what they would change, counted; refused in words; saved as they were shown. And the next year opened."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from assessment.engine.subjects import BY_NUMBER
from assessment.models import Judgement
from assessment.queries.consistency import check
from assessment.queries.dates_effect import dates_effect, terms_of
from schools.access import Access
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.models import ChangeKind, ChangeSet, Role, School, SchoolYear, Term
from schools.queries.terms import term_lines
from schools.row_security import visible_to
from schools.services import years
from schools.services.terms import close_term, let_entry_end
from schools.services.years import DatesRefusedError, set_year_dates
from tests.conftest import member, signed_in
from tests.factories import judged, on_roll

YEAR = AcademicYear(2025)
AUTUMN, SPRING, SUMMER = TermName
# By the default dates: 1 September to 19 December, 5 January to 27 March, 13 April to 22 July.
NOW = {
    AUTUMN: (dt.date(2025, 9, 1), dt.date(2025, 12, 19)),
    SPRING: (dt.date(2026, 1, 5), dt.date(2026, 3, 27)),
    SUMMER: (dt.date(2026, 4, 13), dt.date(2026, 7, 22)),
}
EARLIER = {**NOW, AUTUMN: (dt.date(2025, 9, 1), dt.date(2025, 12, 12))}
SPEAKING = next(area for area in BY_NUMBER.values() if area.name == "Speaking" and area.code.startswith("E"))


@pytest.fixture
def access(school: School):  # type: ignore[no-untyped-def]
    """2025/26: a child of Nursery 2 who is 40 months old on 15 December, judged at 18, one who was it long ago, and a boy of Year 4 who came on 15 December."""
    head = member(school, Role.HEAD)
    with visible_to(school):
        years.open_year(school=school, academic_year=YEAR, by=None)
        young, old = (
            on_roll(school, YEAR, year_group=YearGroup.N2, pupil__date_of_birth=dt.date(2022, month, 15))
            for month in (8, 1)
        )
        boy = on_roll(school, YEAR, year_group=YearGroup.Y4, starts_on=dt.date(2025, 12, 15))
        for row in (young, old):
            judged(row.pupil, YEAR, points=18, subject=SPEAKING)
        judged(boy.pupil, YEAR, points=44)
        yield Access(head, school, (Role.HEAD,), YEAR, (YEAR,), (school,))


def there(access: Access) -> str:
    return reverse("term_dates", args=[access.school.urn, YEAR])


def sent(dates: Any = EARLIER) -> dict[str, str]:
    return {
        f"{term.label.lower()}-{end}": day.isoformat()
        for term, days in dates.items()
        for end, day in zip(("starts_on", "ends_on"), days, strict=True)
    }


def seal_on(page: str) -> str:
    found = re.search(r'name="shown" value="(\w+)"', page)
    assert found
    return found[1]


def held(access: Access) -> dict[TermName, tuple[dt.date, dt.date]]:
    return {term: (row.starts_on, row.ends_on) for term, row in terms_of(access).items()}


def save(access: Access, dates: Any, reason: str = "Set late") -> bool:
    return set_year_dates(
        school=access.school, academic_year=YEAR, dates=dates, by=access.user, reason=reason
    )


def test_the_effect_counts_roll_ages_ranges_and_colours(access: Access, today: dt.date) -> None:
    assert held(access) == NOW
    effect = dates_effect(access, EARLIER, today)
    (autumn,) = effect.terms
    # The boy of Year 4 is on the roll from 15 December. Both children of Nursery 2 complete a month on the 15th.
    assert (autumn.term, autumn.counted_now, autumn.counted_then, autumn.other_ages) == (AUTUMN, 3, 2, 2)
    (speaking,) = effect.subjects
    # 18 is within 15 to 20 at 40 months, and above 15 to 17 at 39.
    assert (speaking.year_group, speaking.name, speaking.judgements) == (YearGroup.N2, "Speaking", 1)
    assert (speaking.other_colours, speaking.counts) == (1, [(0, 0), (1, 0), (0, 1)])
    assert held(access) == NOW
    assert not check(access.school).disagreements


def test_what_the_effect_says_comes_to_be(access: Access, today: dt.date) -> None:
    close_term(school=access.school, academic_year=YEAR, term=AUTUMN, by=access.user)
    assert save(access, EARLIER, " Reported wrongly ")
    assert held(access) == EARLIER
    assert not check(access.school).disagreements
    young = Judgement.objects.get(pupil__date_of_birth=dt.date(2022, 8, 15))
    assert (young.expected_low, young.expected_high, young.attainment) == (15, 17, 3)
    change = ChangeSet.objects.get(kind=ChangeKind.DATES)
    assert (change.by, change.reason) == (access.user, "Reported wrongly")
    event = Judgement.pgh_event_model.objects.filter(pgh_obj=young).latest("pgh_id")  # type: ignore[attr-defined]
    assert event.pgh_context["change_set"] == str(change.public_id)
    latest = term_lines(access, today)[0].history[0]
    assert (latest.what, latest.by, latest.reason) == (
        "Dates changed to 1 September 2025 to 12 December 2025",
        access.user.name,
        "Reported wrongly",
    )
    assert not save(access, EARLIER)


@pytest.mark.parametrize(
    "dates",
    [
        # Each pushes the next before it; each pulls the one after it; all three at once into the place of another.
        {
            AUTUMN: ("09-01", "2026-01-30"),
            SPRING: ("2026-02-02", "2026-05-01"),
            SUMMER: ("2026-05-04", "07-31"),
        },
        {
            AUTUMN: ("08-20", "2025-10-10"),
            SPRING: ("2025-10-13", "2026-01-09"),
            SUMMER: ("2026-01-12", "06-30"),
        },
        {
            AUTUMN: ("09-01", "2025-09-05"),
            SPRING: ("2025-09-08", "2025-09-12"),
            SUMMER: ("2025-09-15", "2025-09-19"),
        },
        {
            AUTUMN: ("09-01", "2026-05-01"),
            SPRING: ("2026-06-01", "2026-06-30"),
            SUMMER: ("2026-07-01", "07-31"),
        },
    ],
)
def test_terms_may_move_into_each_others_old_days(access: Access, dates: dict[TermName, Any]) -> None:
    def day(text: str, year: int) -> dt.date:
        return dt.date.fromisoformat(text if len(text) == 10 else f"{year}-{text}")

    wanted = {term: (day(first, 2025), day(last, 2026)) for term, (first, last) in dates.items()}
    assert save(access, wanted)
    assert held(access) == wanted


@pytest.mark.parametrize(
    ("term", "first", "last", "at", "said"),
    [
        (SPRING, "2026-03-27", "2026-03-27", (SPRING, "ends_on"), "Spring has to end after it begins"),
        (SPRING, "2025-12-19", "2026-03-27", (SPRING, "starts_on"), "after Autumn ends, on 19 December 2025"),
        (SUMMER, "2026-01-02", "2026-07-22", (SUMMER, "starts_on"), "after Spring ends, on 27 March 2026"),
        (
            AUTUMN,
            "2025-07-31",
            "2025-12-19",
            (AUTUMN, "starts_on"),
            "between 1 August 2025 and 31 August 2026",
        ),
        (SUMMER, "2026-04-13", "2026-09-01", (SUMMER, "ends_on"), "between 1 August 2025 and 31 August 2026"),
    ],
)
def test_dates_that_cannot_be_are_refused_in_words(
    access: Access, term: TermName, first: str, last: str, at: tuple[TermName, str], said: str
) -> None:
    dates = {**NOW, term: (dt.date.fromisoformat(first), dt.date.fromisoformat(last))}
    with pytest.raises(DatesRefusedError, match=said) as refused:
        save(access, dates)
    assert (refused.value.term, refused.value.end) == at
    page = signed_in(access.user).get(there(access), sent(dates))
    assert (page.status_code, said in page.content.decode()) == (422, True)
    assert held(access) == NOW


def test_a_term_may_not_run_into_another_years(access: Access) -> None:
    years.open_year(school=access.school, academic_year=AcademicYear(2024), by=None)
    Term.objects.in_school(access.school).filter(academic_year=2024, term=SUMMER).update(
        ends_on=dt.date(2025, 8, 20)
    )
    dates = {**NOW, AUTUMN: (dt.date(2025, 8, 20), dt.date(2025, 12, 19))}
    with pytest.raises(DatesRefusedError, match="would run into Summer 2024/25") as refused:
        save(access, dates)
    assert (refused.value.term, refused.value.end) == (AUTUMN, "starts_on")


def test_a_term_may_not_begin_after_its_last_day_of_entry(access: Access, year: AcademicYear) -> None:
    let_entry_end(school=access.school, academic_year=YEAR, term=SPRING, on=dt.date(2026, 1, 30), by=None)
    with pytest.raises(DatesRefusedError, match="Its last day of entry, 30 January 2026"):
        save(access, {**NOW, SPRING: (dt.date(2026, 2, 2), dt.date(2026, 3, 27))})


def test_dates_of_a_closed_term_need_a_reason(access: Access) -> None:
    close_term(school=access.school, academic_year=YEAR, term=AUTUMN, by=access.user)
    with pytest.raises(DatesRefusedError, match="Say why"):
        save(access, EARLIER, " ")
    # Of another term, which is open, none.
    assert save(access, {**NOW, SUMMER: (dt.date(2026, 4, 13), dt.date(2026, 7, 21))}, "")


def test_the_effect_takes_as_many_queries_for_more_pupils(
    access: Access, today: dt.date, django_assert_max_num_queries: Any
) -> None:
    for _ in range(4):
        row = on_roll(access.school, YEAR, year_group=YearGroup.N2, pupil__date_of_birth=dt.date(2022, 8, 15))
        judged(row.pupil, YEAR, points=18, subject=SPEAKING)
    with django_assert_max_num_queries(9):
        assert dates_effect(access, EARLIER, today).judgements == 5


# The page


def test_what_was_shown_is_saved_and_needs_its_reason(access: Access) -> None:
    close_term(school=access.school, academic_year=YEAR, term=AUTUMN, by=access.user)
    client = signed_in(access.user)
    shown = client.get(there(access), sent()).content.decode()
    assert "On the roll on its last day: 3 now, <b>2</b> then." in shown
    assert "1 judgement is held against another range, 1 of them with another colour." in shown
    assert "closed for entry" in shown
    asked = client.post(there(access), {**sent(), "shown": seal_on(shown)})
    assert (asked.status_code, "Say why the dates of a closed term change." in asked.content.decode()) == (
        422,
        True,
    )
    assert "Nothing was saved." not in asked.content.decode()
    assert held(access) == NOW
    said = {**sent(), "shown": seal_on(shown), "reason": "Reported wrongly"}
    saved = client.post(there(access), said)
    assert saved.headers["Location"] == reverse("terms", args=[access.school.urn, YEAR])
    assert held(access) == EARLIER
    page = client.get(saved.headers["Location"]).content.decode()
    assert "Reason: Reported wrongly" in page


def test_a_second_tab_is_shown_anew_what_its_dates_would_change_now(access: Access) -> None:
    client = signed_in(access.user)
    shown = client.get(there(access), sent()).content.decode()
    on_roll(access.school, YEAR, year_group=YearGroup.Y4)
    stale = client.post(there(access), {**sent(), "shown": seal_on(shown)})
    again = stale.content.decode()
    assert (stale.status_code, "Nothing was saved." in again, "4 now, <b>3</b> then" in again) == (
        422,
        True,
        True,
    )
    assert held(access) == NOW
    assert client.post(there(access), {**sent(), "shown": seal_on(again)}).status_code == 302


def test_dates_that_hold_already_are_said_to(access: Access) -> None:
    page = signed_in(access.user).get(there(access), sent(NOW)).content.decode()
    assert "Those are the dates already." in page


@pytest.mark.parametrize("role", [Role.TEACHER, Role.SUBJECT_LEADER, Role.SENCO, Role.GOVERNOR])
def test_who_does_not_lead_changes_no_dates(access: Access, role: Role) -> None:
    client = signed_in(member(access.school, role))
    for name in ("term_dates", "next_year"):
        there_ = reverse(name, args=[access.school.urn, YEAR])
        assert client.get(there_).status_code == 403
        assert client.post(there_, sent()).status_code == 403


# The next year


def opened(school: School) -> list[int]:
    return sorted(SchoolYear.objects.in_school(school).values_list("academic_year", flat=True))


def test_the_year_after_the_running_one_is_opened_on_its_page(access: Access, year: AcademicYear) -> None:
    client = signed_in(access.user)
    here = reverse("next_year", args=[access.school.urn, year])
    following = AcademicYear(year + 1)
    shown = client.get(here).content.decode()
    assert f"Open {following.label}" in shown
    assert f"the 0 pupils of {year.label} are not taken over" in shown
    done = client.post(here, {"year": following.slug})
    assert done.headers["Location"] == reverse("terms", args=[access.school.urn, following])
    assert opened(access.school) == [YEAR, year, following]
    # Clicked twice, or in a second tab: nothing further off is opened.
    again = client.post(here, {"year": following.slug})
    assert (again.status_code, "Nothing was opened." in again.content.decode()) == (422, True)
    assert client.post(here, {"year": AcademicYear(year + 2).slug}).status_code == 422
    assert "is open already" in client.get(here).content.decode()
    assert opened(access.school) == [YEAR, year, following]
    assert timezone.localdate() < following.starts_on
