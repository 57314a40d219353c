"""What a partnership expects, on its lead's page: what another version would change, told roughly; refused in words; saved as it was shown."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.expectations import Expectations
from assessment.engine.expected_range import Attainment
from assessment.models import ExpectationVersion, Judgement
from assessment.queries.expectations import expectations_effect, versions_of
from assessment.services.expectations import add_version
from schools.calendar import AcademicYear, YearGroup
from schools.models import ChangeKind, ChangeSet, School
from schools.row_security import counting_only, visible_to
from schools.services import memberships, years
from tests.conftest import signed_in
from tests.factories import UserFactory, judged, on_roll

YEAR = AcademicYear(2025)
AUTUMN, SPRING = AssessmentTerm.AUTUMN, AssessmentTerm.SPRING
HIGHER = Expectations(ranges=((0, 1), (2, 3), (4, 6)), steps=(3, 2, 2))
FROM = dt.date(2025, 9, 1)
BELOW, AT, ABOVE = Attainment


@pytest.fixture
def taught(school: School, other_school: School) -> School:
    """Twelve pupils of Year 4 at 43 in Autumn and 46 in Spring, one of them at 40 in Spring; in the other school one of Year 1, at 25 in Autumn of 24/25."""
    with visible_to(school):
        years.open_year(school=school, academic_year=YEAR, by=None)
        for number in range(12):
            pupil = on_roll(school, YEAR, year_group=YearGroup.Y4).pupil
            judged(pupil, YEAR, AUTUMN, 43)
            judged(pupil, YEAR, SPRING, 46 if number else 40)
        on_roll(school, YEAR, year_group=YearGroup.R)
    with visible_to(other_school):
        before = AcademicYear(2024)
        years.open_year(school=other_school, academic_year=before, by=None)
        judged(on_roll(other_school, before, year_group=YearGroup.Y1).pupil, before, AUTUMN, 25)
    return school


@pytest.fixture
def client(school: School) -> Client:
    lead = UserFactory.create(name="Lou Lead")
    memberships.lead_partnership(partnership=school.partnership, user=lead, by=None)
    return signed_in(lead)


def there(school: School, name: str = "expectations") -> str:
    return reverse(name, args=[school.partnership_id, AcademicYear.containing(timezone.localdate())])


def sent(expected: Expectations = HIGHER, **others: Any) -> dict[str, Any]:
    said: dict[str, Any] = {"holds_from": FROM.isoformat()}
    for key, (low, high), steps in zip(
        ("autumn", "spring", "summer"), expected.ranges, expected.steps, strict=True
    ):
        said |= {f"{key}_low": low, f"{key}_high": high, f"{key}_steps": steps}
    return said | others


def seal_on(page: str) -> str:
    found = re.search(r'name="shown" value="(\w+)"', page)
    assert found
    return found[1]


def effect(school: School, holds_from: dt.date) -> list[tuple[str, YearGroup, int, dict[Any, int]]]:
    with counting_only():
        schools = list(school.partnership.schools.order_by("pk"))
        found = expectations_effect(schools, versions_of(school.partnership), holds_from, HIGHER)
    return [(each.school, each.year_group, each.judgements, dict(each.moved)) for each in found]


def test_the_effect_counts_what_ends_on_the_day_or_later(taught: School, other_school: School) -> None:
    # Autumn's 43 is below 44 to 45; Spring's 46 is within 46 to 47 as it was within 45 to 46, and 40 stays below.
    four = (taught.name, YearGroup.Y4, 24, {(AT, BELOW): 12})
    assert effect(taught, FROM) == [four]
    # Year 1: 25 is above 22 to 23, and above 23 to 24.
    earlier = effect(taught, dt.date(2024, 9, 1))
    assert earlier == [four, (other_school.name, YearGroup.Y1, 1, {})]
    # Autumn 2025/26 ended on 19 December.
    assert effect(taught, dt.date(2025, 12, 19)) == [four]
    assert effect(taught, dt.date(2025, 12, 20)) == [(taught.name, YearGroup.Y4, 12, {})]


def test_a_later_version_of_its_own_stays_in_force(taught: School) -> None:
    add_version(
        partnership=taught.partnership,
        name="From Spring",
        holds_from=dt.date(2026, 1, 1),
        expectations=HIGHER,
        by=None,
    )
    assert effect(taught, FROM) == [(taught.name, YearGroup.Y4, 12, {(AT, BELOW): 12})]


def test_the_effect_takes_two_queries_a_school(taught: School, django_assert_num_queries: Any) -> None:
    schools = list(taught.partnership.schools.order_by("pk"))
    versions = versions_of(taught.partnership)
    opening = 2 * len(schools)
    with django_assert_num_queries(2 * len(schools) + 2 * opening):
        expectations_effect(schools, versions, FROM, HIGHER)


def test_a_lead_sees_it_roughly_and_saves_what_was_shown(client: Client, taught: School) -> None:
    page = client.get(there(taught)).content.decode()
    assert "What this changes" not in page
    assert "43 to 44" in page
    shown = client.get(there(taught), sent()).content.decode()
    assert "Measured by it: about 20 judgements of today’s. With another colour: about 10." in shown
    assert ExpectationVersion.objects.filter(partnership=taught.partnership).count() == 0
    said = {**sent(), "shown": seal_on(shown), "name": "Decided in June"}
    nameless = client.post(there(taught, "save_expectations"), {**said, "name": " "})
    assert (nameless.status_code, "Give it a name." in nameless.content.decode()) == (422, True)
    saved = client.post(there(taught, "save_expectations"), said)
    assert saved.headers["Location"] == there(taught)
    version = ExpectationVersion.objects.get(partnership=taught.partnership)
    assert (version.name, version.holds_from, version.expectations) == ("Decided in June", FROM, HIGHER)
    with visible_to(taught):
        autumn = Judgement.objects.in_school(taught).filter(term=AUTUMN)
        assert set(autumn.values_list("expected_low", "expected_high", "attainment")) == {(44, 45, 1)}
        change = ChangeSet.objects.get(kind=ChangeKind.RESTATE)
        assert change.by is not None
        assert (change.by.name, change.reason) == ("Lou Lead", "Decided in June, from 01/09/2025")
    after = client.get(there(taught)).content.decode()
    assert "Saved: Decided in June, from 01/09/2025." in after


def test_few_and_none_are_told_alike(client: Client, taught: School) -> None:
    page = client.get(there(taught), sent(holds_from="2025-12-20")).content.decode()
    assert "Measured by it: about 10 judgements of today’s. With another colour: fewer than 10." in page
    # One of them would be below: no other words.
    lower = Expectations(ranges=((-1, 0), (1, 3), (3, 5)), steps=(3, 2, 2))
    page = client.get(there(taught), sent(lower, holds_from="2025-12-20")).content.decode()
    assert "With another colour: fewer than 10." in page


def test_what_changed_meanwhile_is_shown_anew(client: Client, taught: School) -> None:
    shown = client.get(there(taught), sent()).content.decode()
    with visible_to(taught):
        for _ in range(10):
            judged(on_roll(taught, YEAR, year_group=YearGroup.Y4).pupil, YEAR, AUTUMN, 43)
    stale = client.post(
        there(taught, "save_expectations"), {**sent(), "shown": seal_on(shown), "name": "Own"}
    )
    again = stale.content.decode()
    assert (stale.status_code, "Nothing was saved." in again) == (422, True)
    assert "Measured by it: about 30 judgements" in again
    assert not ExpectationVersion.objects.filter(partnership=taught.partnership).exists()


@pytest.mark.parametrize(
    ("others", "why"),
    [
        ({"holds_from": ""}, "Give the first day."),
        ({"autumn_low": 2, "autumn_high": 1}, "A range cannot end before it begins."),
        ({"spring_low": -1}, "Less would be expected at the end of Spring than of Autumn."),
        ({"summer_low": 1}, "Less would be expected at the end of Summer than of Spring."),
        ({"summer_low": 8, "summer_high": 9}, "than in the Autumn of the next year"),
        ({"autumn_steps": 0, "spring_steps": 0, "summer_steps": 0}, "Expect some steps in the year."),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(
    client: Client, taught: School, others: dict[str, Any], why: str
) -> None:
    for answer in (
        client.get(there(taught), sent(**others)),
        client.post(there(taught, "save_expectations"), sent(**others)),
    ):
        assert (answer.status_code, why in answer.content.decode()) == (422, True)


def test_what_holds_already_and_a_day_that_is_taken_are_refused(client: Client, taught: School) -> None:
    shipped = Expectations(ranges=((-1, 0), (1, 2), (3, 5)), steps=(3, 2, 2))
    page = client.get(there(taught), sent(shipped)).content.decode()
    assert "That is what is expected from that day already." in page
    add_version(partnership=taught.partnership, name="Own", holds_from=FROM, expectations=HIGHER, by=None)
    page = client.get(there(taught), sent(shipped)).content.decode()
    assert "Something else holds from that day already" in page
