"""The review queue and the page of one record: who may, what is asked before it is done, and what is done."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from schools.calendar import AcademicYear
from schools.models import JobPaper, Pupil, PupilRemoval, RetentionHold, Role, School
from schools.row_security import visible_to
from schools.services import years
from tests.conftest import member, signed_in
from tests.factories import on_roll
from tests.isolation.two_schools import WholeSchool, ours, theirs

__all__ = ["ours", "theirs"]
OLD = AcademicYear(2015)


@pytest.fixture
def pupils(school: School) -> list[Pupil]:
    """Two who left in 2016."""
    with visible_to(school):
        years.open_year(school=school, academic_year=OLD, by=None)
        return [
            on_roll(school, OLD, pupil__surname=name, ends_on=dt.date(2016, 7, 20)).pupil
            for name in ("Brough", "Marsden")
        ]


def names(school: School) -> list[str]:
    with visible_to(school):
        named = Pupil.objects.filter(merged_into=None).order_by("surname")
        return list(named.values_list("surname", flat=True))


def page(school: School, year: AcademicYear, *pupil: Pupil) -> str:
    name = "remove_pupil" if pupil else "retention"
    return reverse(name, args=[school.urn, year, *(each.public_id for each in pupil)])


def test_the_queue_says_who_why_and_since_when(
    school: School, year: AcademicYear, pupils: list[Pupil]
) -> None:
    text = signed_in(member(school, Role.HEAD)).get(page(school, year)).content.decode()
    assert "To review: 2" in text
    assert "Brough," in text
    assert "Everybody who has left: 6 years after leaving" in text
    assert "20 Jul 2022" in text


def test_those_ticked_are_anonymised_and_the_others_wait(
    school: School, year: AcademicYear, pupils: list[Pupil]
) -> None:
    client = signed_in(member(school, Role.HEAD))
    asked = {
        "act": "review",
        "pupils": [str(pupils[0].public_id)],
        "reason": "The rule was met.",
        "is_sure": "on",
    }
    answer = client.post(page(school, year), asked, follow=True)
    assert "1 pupil is anonymised." in answer.content.decode()
    assert "To review: 1" in answer.content.decode()
    assert names(school) == ["Marsden", "Removed"]
    # The address of the page as it was leads nowhere.
    assert client.get(page(school, year, pupils[0])).status_code == 404


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("is_sure", "Tick this"),
        ("pupils", "Tick at least one pupil."),
        ("reason", "Say why."),
    ],
)
def test_nothing_is_done_without_a_tick_a_name_and_a_reason(
    school: School, year: AcademicYear, pupils: list[Pupil], missing: str, words: str
) -> None:
    asked: dict[str, Any] = {
        "act": "review",
        "pupils": [str(each.public_id) for each in pupils],
        "reason": "The rule was met.",
        "is_sure": "on",
    }
    del asked[missing]
    answer = signed_in(member(school, Role.HEAD)).post(page(school, year), asked)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert names(school) == ["Brough", "Marsden"]


def test_a_reason_with_the_name_is_refused_for_all(
    school: School, year: AcademicYear, pupils: list[Pupil]
) -> None:
    asked = {
        "act": "review",
        "pupils": [str(each.public_id) for each in pupils],
        "reason": "Marsden moved away",
        "is_sure": "on",
    }
    answer = signed_in(member(school, Role.HEAD)).post(page(school, year), asked)
    assert "without the pupil’s name" in answer.content.decode()
    assert names(school) == ["Brough", "Marsden"]


def test_who_is_not_due_is_not_anonymised_by_an_address(
    ours: WholeSchool, theirs: WholeSchool, year: AcademicYear
) -> None:
    client = signed_in(member(ours.school, Role.HEAD))
    for other in (ours.pupil, theirs.pupil):
        asked = {"act": "review", "pupils": [str(other.public_id)], "reason": "A reason.", "is_sure": "on"}
        assert client.post(page(ours.school, year), asked).status_code == 422
    assert names(ours.school) == ["Ourchild"]
    assert client.get(page(ours.school, year, theirs.pupil)).status_code == 404


def test_a_record_is_kept_until_a_day(
    school: School, year: AcademicYear, pupils: list[Pupil], today: dt.date
) -> None:
    client, there = signed_in(member(school, Role.HEAD)), page(school, year, pupils[0])
    asked = {"act": "keep", "keep-until": "2016-01-01", "keep-reason": "A complaint is open."}
    assert "That day has passed." in client.post(there, asked).content.decode()
    asked["keep-until"] = (today + dt.timedelta(days=400)).isoformat()
    answer = client.post(there, asked, follow=True).content.decode()
    assert "Kept longer: 1" in answer
    assert "A complaint is open." in answer
    with visible_to(school):
        assert RetentionHold.objects.get().pupil == pupils[0]


@pytest.mark.parametrize(("act", "left"), [("anonymise", ["Marsden", "Removed"]), ("erase", ["Marsden"])])
def test_one_record_is_removed_when_somebody_is_sure(
    school: School, year: AcademicYear, pupils: list[Pupil], act: str, left: list[str]
) -> None:
    client, there = signed_in(member(school, Role.HEAD)), page(school, year, pupils[0])
    asked = {"act": act, f"{act}-reason": "Added in error."}
    assert client.post(there, asked).status_code == 422
    assert names(school) == ["Brough", "Marsden"]
    answer = client.post(there, {**asked, f"{act}-is_sure": "on"}, follow=True).content.decode()
    assert names(school) == left
    assert "Added in error." in answer


def test_a_child_gets_a_new_identity_and_counts_as_before(ours: WholeSchool, year: AcademicYear) -> None:
    with visible_to(ours.school):
        Pupil.objects.filter(pk=ours.pupil.pk).update(sex="F")
    client = signed_in(member(ours.school, Role.HEAD))
    asked = {
        "act": "sever",
        "sever-forename": "Robin",
        "sever-surname": "Newname",
        "sever-reason": "A court order.",
        "sever-is_sure": "on",
    }
    answer = client.post(page(ours.school, year, ours.pupil), asked, follow=True)
    assert "Newname, Robin" in answer.content.decode()
    assert names(ours.school) == ["Newname"]
    with visible_to(ours.school):
        assert Pupil.objects.get(merged_into=None).sex == "F"
        # Files that were made before, with the former name in them.
        assert not JobPaper.objects.exists()


def test_the_rules_are_changed_on_the_page(school: School, year: AcademicYear, pupils: list[Pupil]) -> None:
    client = signed_in(member(school, Role.HEAD))
    asked = {
        "act": "rules",
        "leaver_years": "50",
        "leaver_from": "leaving",
        "secondary_years": "25",
        "secondary_from": "birth",
        "sen_years": "31",
        "sen_from": "birth",
    }
    answer = client.post(page(school, year), asked, follow=True).content.decode()
    assert "Nobody to review" in answer
    assert "The next record is due on 20 July 2066." in answer
    assert client.post(page(school, year), {**asked, "sen_years": "-1"}).status_code == 422


@pytest.mark.parametrize("role", [Role.TEACHER, Role.SENCO, Role.ASSESSMENT_LEADER, Role.GOVERNOR])
def test_the_head_alone_removes(school: School, year: AcademicYear, pupils: list[Pupil], role: Role) -> None:
    client = signed_in(member(school, role))
    for there in (page(school, year), page(school, year, pupils[0])):
        assert client.get(there).status_code == 403
        assert client.post(there, {"act": "erase"}).status_code == 403
    with visible_to(school):
        assert not PupilRemoval.objects.exists()


def test_an_act_that_there_is_not_is_not_found(
    school: School, year: AcademicYear, pupils: list[Pupil]
) -> None:
    there = page(school, year, pupils[0])
    assert signed_in(member(school, Role.HEAD)).post(there, {"act": "sell"}).status_code == 404


@pytest.mark.parametrize("contact", ["dpo@school.test", "https://school.test/complaints/"])
def test_the_school_names_its_own_contact(school: School, year: AcademicYear, contact: str) -> None:
    client = signed_in(member(school, Role.HEAD))
    asked = {"act": "contact", "contact": "no address"}
    assert client.post(page(school, year), asked).status_code == 422
    assert client.post(page(school, year), {**asked, "contact": contact}).status_code == 302
    assert client.post(page(school, year), {**asked, "contact": contact}).status_code == 302
    governor = signed_in(member(school, Role.GOVERNOR))
    home = governor.get(reverse("school_home", args=[school.urn, year])).content.decode()
    assert f'href="{"mailto:" if "@" in contact else ""}{contact}"' in home


def test_a_snapshot_says_that_somebody_was_erased_since(ours: WholeSchool, year: AcademicYear) -> None:
    client = signed_in(member(ours.school, Role.HEAD))
    there = reverse("snapshot", args=[ours.school.urn, year, ours.snapshot.number])
    assert "erased since" not in client.get(there).content.decode()
    asked = {"act": "erase", "erase-reason": "Added in error.", "erase-is_sure": "on"}
    assert client.post(page(ours.school, year, ours.pupil), asked).status_code == 302
    assert "1 pupil was erased since it was taken" in client.get(there).content.decode()
