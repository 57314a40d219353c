"""What is recorded beside the history: refusals, pupils' pages, files; by whom, and nothing that names anybody."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from schools import audit
from schools.access import SchoolRequest, school_view
from schools.calendar import AcademicYear
from schools.models import AccountRecord, AuditRecord, Happening, Pupil, Role, School, User
from schools.permissions import Permission
from schools.row_security import visible_to
from tests.conftest import member, signed_in
from tests.factories import PupilFactory, UserFactory, on_roll


def records(school: School, **wanted: Any) -> list[AuditRecord]:
    with visible_to(school):
        return list(AuditRecord.objects.in_school(school).filter(**wanted).order_by("pk"))


@pytest.fixture
def head(school: School) -> User:
    return member(school, Role.HEAD)


@pytest.fixture
def pupil(school: School, year: AcademicYear) -> Pupil:
    with visible_to(school):
        return on_roll(school, year, pupil__surname="Fawkes").pupil


def page(school: School, year: AcademicYear, pupil: Pupil, name: str = "pupil", **more: str) -> str:
    kwargs = {"urn": school.urn, "year": year, "pupil_id": pupil.public_id, **more}
    return reverse(name, kwargs=kwargs)


def test_a_look_at_a_pupils_page_is_recorded_with_who_and_when(
    school: School, year: AcademicYear, head: User, pupil: Pupil
) -> None:
    before = timezone.now()
    answer = signed_in(head).get(page(school, year, pupil))
    (record,) = records(school)
    assert (record.what, record.account, record.pupil_id) == ("pupil_seen", head.pk, pupil.pk)
    assert record.request == answer.headers["X-Request-ID"]
    assert record.detail == {"route": "pupil"}
    assert before - dt.timedelta(seconds=5) < record.at < timezone.now() + dt.timedelta(seconds=5)


def test_looks_of_one_person_within_ten_minutes_are_one(
    school: School, year: AcademicYear, head: User, pupil: Pupil, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, leader = signed_in(head), signed_in(member(school, Role.ASSESSMENT_LEADER))
    for name in ("pupil", "pupil_progress", "pupil_for_parents", "pupil"):
        assert client.get(page(school, year, pupil, name)).status_code == 200
    assert len(records(school)) == 1
    leader.get(page(school, year, pupil))
    assert len(records(school)) == 2
    # As though the ten minutes were over.
    monkeypatch.setattr(audit, "ONE_LOOK", 0)
    client.get(page(school, year, pupil, "pupil_for_parents"))
    assert [each.detail["route"] for each in records(school)] == ["pupil", "pupil", "pupil_for_parents"]


def test_who_may_not_see_the_pupil_is_refused_and_has_not_looked(
    school: School, year: AcademicYear, pupil: Pupil
) -> None:
    teacher = member(school, Role.TEACHER)
    assert signed_in(teacher).get(page(school, year, pupil)).status_code == 404
    (record,) = records(school)
    assert (record.what, record.account, record.pupil_id) == ("refused", teacher.pk, None)
    assert record.detail == {"route": "pupil", "method": "GET", "status": 404}


def test_a_missing_permission_is_named(school: School, year: AcademicYear) -> None:
    governor = member(school, Role.GOVERNOR)
    assert signed_in(governor).get(reverse("people", args=[school.urn, year])).status_code == 403
    (record,) = records(school)
    assert record.detail == {"route": "people", "method": "GET", "status": 403, "permission": "see_staff"}


def test_a_stranger_is_recorded_at_the_school_that_was_asked_for(
    school: School, other_school: School, year: AcademicYear
) -> None:
    stranger = member(other_school, Role.HEAD)
    assert signed_in(stranger).get(reverse("roll", args=[school.urn, year])).status_code == 404
    assert [each.account for each in records(school)] == [stranger.pk]
    assert records(other_school) == []


def test_whoever_is_not_signed_in_leaves_no_record(school: School, year: AcademicYear) -> None:
    assert Client().get(reverse("roll", args=[school.urn, year])).status_code == 302
    assert records(school) == []


@pytest.mark.django_db(transaction=True)
def test_a_refusal_outlives_the_transaction_that_was_refused(school: School) -> None:
    """What was written before the refusal is taken back; that it was refused stands, and was committed."""

    @school_view(Permission.SEE_SCHOOL, methods=("POST",))
    def writes_then_refuses(request: SchoolRequest) -> HttpResponse:
        PupilFactory.create(school=request.access.school)
        raise PermissionDenied

    teacher = member(school, Role.TEACHER)
    request: HttpRequest = RequestFactory().post("/")
    request.user, request.id = teacher, "7c1e"  # type: ignore[attr-defined]
    with pytest.raises(PermissionDenied):
        writes_then_refuses(request, urn=school.urn)
    assert not connection.in_atomic_block
    # Whatever was not committed goes with the connection.
    connection.close()
    with visible_to(school):
        assert Pupil.objects.count() == 0
    (record,) = records(school)
    assert (record.request, record.detail) == ("7c1e", {"route": "", "method": "POST", "status": 403})


@pytest.mark.parametrize(("status", "recorded"), [(403, 1), (423, 1), (409, 0), (422, 0), (200, 0)])
def test_an_answer_that_refuses_without_raising_counts_too(
    school: School, status: int, recorded: int
) -> None:
    @school_view(Permission.SEE_SCHOOL)
    def answers(request: SchoolRequest) -> HttpResponse:
        return HttpResponse(status=status)

    request: HttpRequest = RequestFactory().get("/")
    request.user, request.id = member(school, Role.TEACHER), "7c1e"  # type: ignore[attr-defined]
    answers(request, urn=school.urn)
    assert len(records(school, what=Happening.REFUSED)) == recorded


def test_a_flood_of_refusals_ends_in_one_record_that_there_was_more(
    school: School, year: AcademicYear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "MOST_REFUSALS", 3)
    governor, other = (signed_in(member(school, Role.GOVERNOR)) for _ in range(2))
    there = reverse("people", args=[school.urn, year])
    for _ in range(6):
        governor.get(there)
    other.get(there)
    assert [each.what for each in records(school)] == ["refused"] * 3 + ["refused_more", "refused"]
    assert [each.detail == {} for each in records(school)] == [False, False, False, True, False]


def test_one_statement_writes_a_look_and_one_a_refusal(
    school: School, year: AcademicYear, head: User, pupil: Pupil, django_assert_num_queries: Any
) -> None:
    request: Any = RequestFactory().get("/")
    request.user, request.id = head, "7c1e"
    audit.tell(request, pupil=pupil.public_id)
    with visible_to(school), django_assert_num_queries(1):
        audit.record_answer(request, school, HttpResponse())
    with visible_to(school), django_assert_num_queries(1):
        audit.record_answer(request, school, HttpResponse(status=403))


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_file_says_how_many_pupils_it_names(
    school: School, year: AcademicYear, head: User, pupil: Pupil, ending: str
) -> None:
    with visible_to(school):
        on_roll(school, year)
    client = signed_in(head)
    client.get(reverse("roll_file", args=[school.urn, year, ending]))
    client.get(reverse("class_list_file", args=[school.urn, year, ending]))
    named, unnamed = records(school)
    assert named.detail == {"route": "roll_file", "file": ending, "pupils": 2}
    assert unnamed.detail == {"route": "class_list_file", "file": ending, "pupils": 0}
    assert {each.what for each in (named, unnamed)} == {"export"}


def test_asking_for_a_files_headers_takes_no_file(school: School, year: AcademicYear, head: User) -> None:
    there = reverse("roll_file", args=[school.urn, year, "csv"])
    assert signed_in(head).head(there).status_code == 200
    assert records(school) == []


def test_a_pupils_own_file_says_whose_it_is_each_time(
    school: School, year: AcademicYear, head: User, pupil: Pupil
) -> None:
    client = signed_in(head)
    for _ in range(2):
        client.get(page(school, year, pupil, "pupil_progress_pdf"))
    client.get(page(school, year, pupil, "pupil_progress_file", file_format="csv"))
    found = records(school)
    assert [(each.pupil_id, each.detail["file"], each.detail["pupils"]) for each in found] == [
        (pupil.pk, "pdf", 1),
        (pupil.pk, "pdf", 1),
        (pupil.pk, "csv", 1),
    ]


def test_a_file_of_the_partnership_is_recorded_of_its_lead(
    school: School, year: AcademicYear, today: dt.date
) -> None:
    from schools.services import memberships

    lead = UserFactory.create()
    memberships.lead_partnership(partnership=school.partnership, user=lead, by=None)
    client = signed_in(lead)
    there = reverse("partnership_file", args=[school.partnership.pk, year, "csv"])
    assert client.get(there).status_code == 200
    stranger = member(school, Role.HEAD)
    assert signed_in(stranger).get(there).status_code == 404
    nowhere = reverse("partnership_file", args=[10**30, year, "csv"])
    assert signed_in(stranger).get(nowhere).status_code == 404
    facts = {"route": "partnership_file", "partnership": school.partnership.pk}
    assert list(AccountRecord.objects.order_by("pk").values_list("what", "account", "detail")) == [
        ("export", lead.pk, {**facts, "file": "csv", "pupils": 0}),
        ("refused", stranger.pk, {**facts, "status": 404}),
    ]


def test_nothing_that_somebody_typed_is_kept(
    school: School, year: AcademicYear, head: User, pupil: Pupil
) -> None:
    client = signed_in(head)
    there = reverse("roll", args=[school.urn, year])
    client.get(f"{there}?name=Fawkes&group=Fawkes")
    client.get(page(school, year, pupil) + "?Fawkes=1")
    client.generic("FAWKES", there)
    client.get(f"/schools/{school.urn}/{year.slug}/pupils/Fawkes/")
    client.get(reverse("roll_file", args=[school.urn, year, "csv"]) + "?group=Fawkes")
    signed_in(member(school, Role.GOVERNOR)).get(f"{reverse('people', args=[school.urn, year])}?q=Fawkes")
    found = records(school)
    assert len(found) == 3
    assert "awkes" not in json.dumps([each.detail for each in found]).lower()


def test_the_clock_is_the_databases_and_stands_in_utc(
    school: School, year: AcademicYear, head: User, pupil: Pupil, settings: Any
) -> None:
    for zone in ("Pacific/Auckland", "America/Los_Angeles"):
        settings.TIME_ZONE = zone
        with timezone.override(zone):
            signed_in(head).get(reverse("class_list_file", args=[school.urn, year, "csv"]))
    with visible_to(school), connection.cursor() as cursor:
        cursor.execute("SELECT max(statement_timestamp() - at), min(at) FROM schools_auditrecord")
        longest, first = cursor.fetchone()
        cursor.execute(
            "SELECT data_type FROM information_schema.columns WHERE table_name = 'schools_auditrecord' AND column_name = 'at'"
        )
        assert cursor.fetchone() == ("timestamp with time zone",)
    assert dt.timedelta(0) <= longest < dt.timedelta(minutes=1)
    assert {each.at.utcoffset() for each in records(school)} == {dt.timedelta(0)}
    assert abs(dt.datetime.now(dt.UTC) - first) < dt.timedelta(minutes=1)


def test_a_record_outlasts_the_account(school: School) -> None:
    gone = UserFactory.create()
    audit.record_of_account(Happening.SIGNED_IN, gone.pk, "")
    number = gone.pk
    gone.delete()
    assert AccountRecord.objects.get().account == number
