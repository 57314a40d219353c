"""Everything out by one click: for the head who has just shown who they are, made by the worker, recorded with its number of pupils."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from schools.calendar import AcademicYear
from schools.imports.whole_school import opened
from schools.models import AuditRecord, Happening, JobState, Role, School
from schools.row_security import visible_to
from schools.services import memberships
from tests.conftest import member, signed_in
from tests.isolation.two_schools import ours, theirs
from tests.reports.test_worker_jobs import made
from tests.whole_files import contents

__all__ = ["ours", "theirs"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ours", "unmeasured")]


def sure(client: Client) -> Client:
    """A browser in which the person has just typed the password once more."""
    session = client.session
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time(), "reauthenticated": True}
    ]
    session.save()
    return client


def page(school: School, year: AcademicYear) -> str:
    return reverse("everything_out", args=[school.urn, year])


def test_a_head_gets_the_school_as_a_file_that_an_import_takes(
    school: School, year: AcademicYear, tmp_path: Path
) -> None:
    head = member(school, Role.HEAD)
    client = sure(signed_in(head))
    assert b"Make the file" in client.get(page(school, year)).content
    there = client.post(page(school, year)).headers["Location"]
    job, paper = made(school)
    assert (job.state, paper.content_type) == (JobState.DONE, "application/zip")
    assert paper.file_name.endswith(".zip")
    assert there == reverse("job", args=[school.urn, year, job.public_id])
    answer = client.get(reverse("job_file", args=[school.urn, year, job.public_id]))
    file = tmp_path / "out.zip"
    file.write_bytes(answer.content)
    with opened(file) as given:
        assert given.urn == school.urn
    assert b"Ourchild" in contents(file)["schools_pupil.csv"]
    with visible_to(school):
        (record,) = AuditRecord.objects.filter(what=Happening.EXPORT)
    assert record.account == head.pk
    assert (record.detail["file"], record.detail["pupils"]) == ("zip", 1)


def test_who_has_not_shown_who_they_are_is_asked_first(school: School, year: AcademicYear) -> None:
    head = member(school, Role.HEAD)
    head.set_password("a long one that is nobody's")
    head.save()
    client = signed_in(head)
    asked = client.get(page(school, year)).content.decode()
    assert "Show that it is you" in asked
    assert "Make the file" not in asked
    answer = client.post(page(school, year))
    assert answer.status_code == 302
    there = answer.headers["Location"]
    assert there == f"{reverse('account_reauthenticate')}?next={page(school, year).replace('/', '%2F')}"
    back = client.post(there, {"password": "a long one that is nobody's"})
    assert back.headers["Location"] == page(school, year)
    assert b"Make the file" in client.get(page(school, year)).content
    with visible_to(school):
        assert not AuditRecord.objects.filter(what=Happening.EXPORT).exists()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.HEAD])
def test_nobody_else_is_offered_it_or_gets_it(school: School, year: AcademicYear, role: Role) -> None:
    client = sure(signed_in(member(school, role)))
    assert client.get(page(school, year)).status_code == 403
    assert client.post(page(school, year)).status_code == 403
    settings = client.get(reverse("school_settings", args=[school.urn, year]))
    assert b"Everything out" not in settings.content


def test_it_is_offered_in_the_schools_settings(school: School, year: AcademicYear) -> None:
    client = signed_in(member(school, Role.HEAD))
    settings = client.get(reverse("school_settings", args=[school.urn, year]))
    assert page(school, year) in settings.content.decode()


def test_who_is_no_head_any_more_when_the_worker_comes_gets_nothing(
    school: School, year: AcademicYear
) -> None:
    head = member(school, Role.HEAD, Role.TEACHER)
    client = sure(signed_in(head))
    client.post(page(school, year))
    with visible_to(school):
        memberships.end(membership=head.memberships.get(role=Role.HEAD), by=None)
    job, paper = made(school)
    assert (job.state, paper.content) == (JobState.FAILED, None)


def test_what_was_made_is_gone_after_a_day_and_was_made_for_one_person(
    school: School, year: AcademicYear
) -> None:
    client = sure(signed_in(member(school, Role.HEAD)))
    client.post(page(school, year))
    job, _ = made(school)
    file = reverse("job_file", args=[school.urn, year, job.public_id])
    assert sure(signed_in(member(school, Role.HEAD))).get(file).status_code == 404
    assert client.get(file).status_code == 200
    job.finished_at -= dt.timedelta(days=2)  # type: ignore[operator]
    job.save()
    assert client.get(file).status_code == 404
