"""A record is put right on a page, with a reason; judgements follow, and the history keeps what it said before."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import EYFS_AREAS
from assessment.models import Judgement
from schools.calendar import AcademicYear, EyfsFramework, YearGroup
from schools.models import ChangeKind, ChangeSet, Pupil, PupilYear, Role, School, YearlyClaim
from schools.row_security import visible_to
from tests.conftest import member, signed_in
from tests.factories import judged, on_roll
from tests.isolation.two_schools import WholeSchool, ours, theirs

__all__ = ["ours", "theirs"]
UPN = "W91021022400A"


@pytest.fixture
def child(school: School, year: AcademicYear) -> PupilYear:
    with visible_to(school):
        return on_roll(
            school,
            year,
            year_group=YearGroup.N2,
            pupil__surname="Brough",
            pupil__forename="Elsie",
            pupil__date_of_birth=dt.date(year - 3, 1, 15),
            sen_status="K",
            is_eal=True,
        )


def said(child: PupilYear, **other: str) -> dict[str, str]:
    """The form as it stands, with what is put right."""
    return {
        "forename": "Elsie",
        "surname": "Brough",
        "date_of_birth": child.pupil.date_of_birth.isoformat(),
        "sen_status": "K",
        "is_eal": "yes",
        "reason": "Birth certificate seen.",
        **other,
    }


def post(child: PupilYear, year: AcademicYear, data: dict[str, str], role: Role = Role.HEAD) -> Any:
    there = reverse("correct_pupil", args=[child.school.urn, year, child.pupil.public_id])
    return signed_in(member(child.school, role)).post(there, data)


def test_a_corrected_flag_is_set_by_hand_and_an_emptied_one_is_worked_out_again(
    child: PupilYear, year: AcademicYear
) -> None:
    post(child, year, said(child, is_fsm6="yes"))
    with visible_to(child.school):
        row = PupilYear.objects.get(pk=child.pk)
        assert (row.is_fsm6, row.is_disadvantaged, row.is_pupil_premium) == (True, True, True)
        claim = YearlyClaim.objects.get(flag="is_fsm6")
        assert (claim.source, claim.reason) == ("overridden", "Birth certificate seen.")
    # The form holds what followed, as it stands.
    post(child, year, said(child, is_disadvantaged="yes", is_pupil_premium="yes"))
    with visible_to(child.school):
        row = PupilYear.objects.get(pk=child.pk)
        assert (row.is_fsm6, row.is_disadvantaged, row.is_pupil_premium) == (None, None, None)
        assert not YearlyClaim.objects.exists()


def test_the_form_shows_what_is_held(child: PupilYear, year: AcademicYear) -> None:
    there = reverse("correct_pupil", args=[child.school.urn, year, child.pupil.public_id])
    page = signed_in(member(child.school, Role.ASSESSMENT_LEADER)).get(there).content.decode()
    assert 'value="Brough"' in page
    assert f'value="{child.pupil.date_of_birth.isoformat()}"' in page
    assert re.search(r'<option value="K" selected\s*>\s*SEN support', page), re.findall(
        r'<option value="K".*', page
    )
    assert re.search(r'<option value="yes" selected\s*>\s*Yes', page)


def test_a_correction_is_kept_with_its_reason_and_what_was_said_before(
    child: PupilYear, year: AcademicYear
) -> None:
    answer = post(
        child,
        year,
        said(
            child, surname="Brow", upn="w910 2102 2400a", sex="F", sen_status="E", is_eal="", ethnicity="wbri"
        ),
    )
    assert answer.status_code == 302
    with visible_to(child.school):
        pupil, record = Pupil.objects.get(pk=child.pupil_id), PupilYear.objects.get(pk=child.pk)
        change = ChangeSet.objects.get(kind=ChangeKind.CORRECT)
        events = apps.get_model("schools", "PupilEvent").objects.order_by("pk")
        assert list(events.values_list("surname", "upn", "sex")) == [("Brough", "", ""), ("Brow", UPN, "F")]
        assert events.last().pgh_context["change_set"] == str(change.public_id)
    assert (pupil.surname, pupil.upn, pupil.sex) == ("Brow", UPN, "F")
    assert (record.sen_status, record.is_eal, record.ethnicity) == ("E", None, "WBRI")
    assert change.reason == "Birth certificate seen."


def test_judgements_by_age_follow_a_date_of_birth(child: PupilYear, year: AcademicYear) -> None:
    area = next(iter(EYFS_AREAS[EyfsFramework.OF_2021]))
    with visible_to(child.school):
        before = judged(child.pupil, year, AssessmentTerm.AUTUMN, 10, subject=area)
    older = child.pupil.date_of_birth - dt.timedelta(days=366)
    assert post(child, year, said(child, date_of_birth=older.isoformat())).status_code == 302
    with visible_to(child.school):
        after = Judgement.objects.get(pk=before.pk)
    assert before.expected_low is not None
    assert after.expected_low is not None
    assert after.expected_low > before.expected_low


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"reason": ""}, "Say why the record is corrected."),
        ({"upn": "A123"}, "is not a UPN"),
        ({"date_of_birth": ""}, "required"),
        ({"ethnicity": "12"}, "Give the census code"),
        ({"surname": ""}, "required"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    child: PupilYear, year: AcademicYear, wrong: dict[str, str], words: str
) -> None:
    answer = post(child, year, said(child, forename="Other", **wrong))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    with visible_to(child.school):
        assert Pupil.objects.get(pk=child.pupil_id).forename == "Elsie"


def test_the_upn_of_another_pupil_is_refused(child: PupilYear, year: AcademicYear) -> None:
    with visible_to(child.school):
        on_roll(child.school, year, pupil__upn=UPN)
    answer = post(child, year, said(child, upn=UPN))
    assert answer.status_code == 422
    assert "Another pupil of this school has that UPN." in answer.content.decode()


def test_what_was_said_already_leaves_no_act(child: PupilYear, year: AcademicYear) -> None:
    assert post(child, year, said(child)).status_code == 302
    with visible_to(child.school):
        assert not ChangeSet.objects.filter(kind=ChangeKind.CORRECT).exists()


def test_a_dispute_stands_on_the_page_until_the_record_is_corrected(
    child: PupilYear, year: AcademicYear
) -> None:
    assert post(child, year, {"act": "dispute", "what": "His mother says: not SEN."}).status_code == 302
    client = signed_in(member(child.school, Role.SENCO))
    there = reverse("pupil", args=[child.school.urn, year, child.pupil.public_id])
    assert "Disputed, and being checked: His mother says: not SEN." in client.get(there).content.decode()
    assert post(child, year, said(child, sen_status="N")).status_code == 302
    assert "Disputed" not in client.get(there).content.decode()


@pytest.mark.parametrize("role", [Role.TEACHER, Role.SUBJECT_LEADER, Role.SENCO, Role.GOVERNOR])
def test_others_correct_nothing(child: PupilYear, year: AcademicYear, role: Role) -> None:
    assert post(child, year, said(child), role).status_code == 403


def test_another_schools_pupil_is_not_there(
    ours: WholeSchool, theirs: WholeSchool, year: AcademicYear
) -> None:
    there = reverse("correct_pupil", args=[ours.school.urn, year, theirs.pupil.public_id])
    assert signed_in(member(ours.school, Role.HEAD)).get(there).status_code == 404
