"""The page of one pupil's characteristics over time: the effect is shown, then saved as it was shown."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from schools.calendar import AcademicYear
from schools.models import FsmPeriod, PupilYear, Role, School, SenNeed, YearlyClaim
from schools.row_security import visible_to
from tests.conftest import member, signed_in
from tests.factories import on_roll


@pytest.fixture
def child(school: School, year: AcademicYear) -> PupilYear:
    with visible_to(school):
        return on_roll(school, year, pupil__surname="Brough", is_looked_after=False)


@pytest.fixture
def head(school: School) -> Client:
    return signed_in(member(school, Role.HEAD))


def address(child: PupilYear, name: str = "characteristics", *more: object) -> str:
    return reverse(name, args=[child.school.urn, child.academic_year, child.pupil.public_id, *more])


def shown(answer: Any) -> str:
    found = re.search(r'name="shown" value="(\w+)"', answer.content.decode())
    assert found
    return found[1]


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def meals(child: PupilYear) -> dict[str, str]:
    """Meals from the first day of the year in view; of the time before September 2026 they end with it."""
    year = child.academic_year
    kind = "targeted" if year >= 2026 else "legacy"
    ends_on = "" if year >= 2026 else dt.date(year + 1, 8, 31).isoformat()
    return {"kind": kind, "country": "ENG", "starts_on": year.starts_on.isoformat(), "ends_on": ends_on}


def test_the_page_says_what_stands_and_who_says_so(child: PupilYear, head: Client) -> None:
    page = text(head.get(address(child)))
    assert "No free school meals are recorded." in page
    assert re.search(r"Looked after No From a file or the record", page)
    assert re.search(r"FSM6 Not known", page)


def test_a_period_is_shown_with_its_effect_and_saved_as_it_was_shown(child: PupilYear, head: Client) -> None:
    there = address(child, "new_period", "meals")
    said = meals(child)
    answer = head.post(there, {**said, "act": "show"})
    assert re.search(r"FSM6, \S+ Not known Yes .*Pupil premium, \S+ Not known Yes", text(answer))
    with visible_to(child.school):
        assert not FsmPeriod.objects.exists()
    answer = head.post(there, {**said, "act": "save", "shown": shown(answer)})
    assert answer.status_code == 302
    with visible_to(child.school):
        row = PupilYear.objects.get(pk=child.pk)
        assert (row.is_fsm6, row.is_disadvantaged, row.is_pupil_premium) == (True, True, True)
    page = text(head.get(address(child)))
    assert re.search(r"FSM6 Yes Worked out, as of", page)
    assert "Free school meals: added" in page


def test_what_was_not_shown_is_not_saved(child: PupilYear, head: Client) -> None:
    there = address(child, "new_period", "meals")
    sealed = shown(head.post(there, {**meals(child), "act": "show"}))
    other = {**meals(child), "country": "WLS", "act": "save", "shown": sealed}
    answer = head.post(there, other)
    assert answer.status_code == 422
    assert "Nothing was saved." in text(answer)
    with visible_to(child.school):
        assert not FsmPeriod.objects.exists()


def test_days_that_cannot_be_are_said_in_words(child: PupilYear, head: Client) -> None:
    said = {"kind": "targeted", "country": "ENG", "starts_on": "2026-08-31", "ends_on": ""}
    answer = head.post(address(child, "new_period", "meals"), {**said, "act": "show"})
    assert answer.status_code == 422
    assert "Targeted and Expanded began on 1 September 2026" in text(answer)


def test_a_period_is_ended_and_removed_with_a_reason(child: PupilYear, head: Client) -> None:
    there = address(child, "new_period", "needs")
    need = {"need": "SLCN", "rank": "1", "starts_on": "", "ends_on": ""}
    head.post(there, {**need, "act": "save", "shown": shown(head.post(there, {**need, "act": "show"}))})
    with visible_to(child.school):
        held = SenNeed.objects.get()
    there = address(child, "period", "needs", held.public_id)
    assert "Say why" in text(head.post(there, {**need, "act": "show"}))
    ended = {**need, "ends_on": "2026-10-01", "reason": "No longer"}
    answer = head.post(there, {**ended, "act": "show"})
    head.post(there, {**ended, "act": "save", "shown": shown(answer)})
    with visible_to(child.school):
        assert SenNeed.objects.get().ends_on == dt.date(2026, 10, 1)
    answer = head.post(there, {**ended, "act": "show-removal"})
    assert "What removing it changes" in text(answer)
    # The seal of a removal saves nothing.
    assert head.post(there, {**ended, "act": "save", "shown": shown(answer)}).status_code == 422
    assert head.post(there, {**ended, "act": "remove", "shown": shown(answer)}).status_code == 302
    with visible_to(child.school):
        assert not SenNeed.objects.exists()
    page = text(head.get(address(child)))
    assert all(f"Types of need: {done}" in page for done in ("added", "corrected", "removed"))


def test_a_value_is_set_by_hand_and_taken_back(child: PupilYear, head: Client) -> None:
    there = address(child, "yearly_value", child.academic_year, "is-looked-after")
    said = {"value": "yes", "reason": "Letter of the council"}
    answer = head.post(there, {**said, "act": "show"})
    assert re.search(r"Looked after, \S+ No Yes .*Disadvantaged, \S+ Not known Yes", text(answer))
    head.post(there, {**said, "act": "save", "shown": shown(answer)})
    with visible_to(child.school):
        assert PupilYear.objects.get(pk=child.pk).is_disadvantaged is True
    page = text(head.get(address(child)))
    assert re.search(r"Looked after Yes Set by hand by Person \d+, as of [^:]*: Letter of the council", page)
    head.post(there, {"act": "take-back"})
    with visible_to(child.school):
        row = PupilYear.objects.get(pk=child.pk)
        assert (row.is_looked_after, row.is_disadvantaged) == (False, None)
        assert not YearlyClaim.objects.filter(source="overridden").exists()


def test_what_periods_say_otherwise_is_told_beside(child: PupilYear, head: Client) -> None:
    with visible_to(child.school):
        PupilYear.objects.filter(pk=child.pk).update(is_fsm6=True, is_pupil_premium=False)
    page = text(head.get(address(child)))
    assert re.search(r"Pupil premium No From a file .* it would be: Yes", page)
    assert page.count("it would be") == 1


def test_sen_is_set_to_a_status(child: PupilYear, head: Client) -> None:
    there = address(child, "yearly_value", child.academic_year, "sen-status")
    said = {"value": "E", "reason": "Plan of 3 March"}
    head.post(there, {**said, "act": "save", "shown": shown(head.post(there, {**said, "act": "show"}))})
    with visible_to(child.school):
        assert PupilYear.objects.get(pk=child.pk).sen_status == "E"


def test_there_is_no_other_kind_flag_or_year(child: PupilYear, head: Client) -> None:
    assert head.get(address(child, "new_period", "horses")).status_code == 404
    of_flag = address(child, "yearly_value", child.academic_year, "is-tall")
    assert head.get(of_flag).status_code == 404
    of_year = address(child, "yearly_value", AcademicYear(2013), "is-fsm6")
    assert head.get(of_year).status_code == 404


def test_the_number_of_queries_does_not_grow(
    child: PupilYear, head: Client, django_assert_max_num_queries: Any
) -> None:
    head.get(address(child))
    with django_assert_max_num_queries(35):
        head.get(address(child))
