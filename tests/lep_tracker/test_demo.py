"""The demo partnership: the same each time, and its sign-ins work."""

from __future__ import annotations

import datetime as dt
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from lep_tracker import demo
from schools.identifiers import read_upn
from schools.models import Enrolment, Pupil, PupilYear, Role, School, User
from schools.row_security import every_school
from tests.factories import SchoolFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEP_DATA_DIR", str(tmp_path))
    return tmp_path


def load() -> str:
    out = StringIO()
    call_command("demo", stdout=out)
    return out.getvalue()


def whole() -> list[tuple[object, ...]]:
    with every_school():
        rows = PupilYear.objects.order_by("school__urn", "pupil__pk").values_list(
            "school__urn", "pupil__surname", "pupil__forename", "year_group", "sen_status", "is_pupil_premium"
        )
        return list(rows)


def test_the_demo_prints_a_sign_in_for_each_role_that_works() -> None:
    said = load()
    for role in [*(role.label for role in Role), "Partnership lead"]:
        assert re.search(rf"\b{role}\b", said)
    sign_ins = re.findall(r"^  (\S+@demo\.test) +(\S+)", said, re.MULTILINE)
    assert len(sign_ins) == User.objects.count() == 8
    for email, password in sign_ins:
        client = Client()
        client.post("/account/sign-in/", {"login": email, "password": password})
        assert client.get("/", follow=True).status_code == 200
        assert client.session["_auth_user_id"]
    assert all(User.objects.values_list("is_demo", flat=True))


def test_the_demo_loaded_again_is_the_same_with_the_same_sign_ins(data_directory: Path) -> None:
    first, rows = load(), whole()
    assert (load(), whole()) == (first, rows)
    assert (data_directory / "demo-sign-ins.json").stat().st_mode & 0o777 == 0o600


def test_the_demo_is_the_same_wherever_it_is_loaded() -> None:
    demo.load(today=dt.date(2026, 11, 22))
    rows = whole()
    assert len(rows) == len([row for row in rows if row[0] in {"990001", "990003"}]) > 200
    assert rows[0][1:3] == ("Finney", "Ibrahim") or rows[0][0] == "990001"
    with every_school():
        assert School.objects.count() == 4
        assert Pupil.objects.filter(school__urn="990002").count() == 0


def test_a_lost_password_file_gives_new_passwords(data_directory: Path) -> None:
    first = load()
    (data_directory / "demo-sign-ins.json").unlink()
    second = load()
    assert first != second
    email, password = re.findall(r"^  (head@\S+) +(\S+)", second, re.MULTILINE)[0]
    assert User.objects.get(email=email).check_password(password)


@pytest.mark.parametrize("content", ['{"head@demo.test": "a-password"}', "[]", "no json"])
def test_a_password_file_of_another_form_is_made_anew(data_directory: Path, content: str) -> None:
    (data_directory / "demo-sign-ins.json").write_text(content)
    email, password = re.findall(r"^  (head@\S+) +(\S+)", load(), re.MULTILINE)[0]
    assert User.objects.get(email=email).check_password(password)


def test_the_demos_pupils_are_what_a_data_manager_believes() -> None:
    load()
    with every_school():
        for row in PupilYear.objects.select_related("pupil"):
            assert read_upn(row.pupil.upn)
            assert row.is_pupil_premium == (row.is_fsm6 or row.is_looked_after or row.is_service_child)
        for stay in Enrolment.objects.exclude(ends_on=None):
            assert stay.ends_on is not None
            assert stay.ends_on.weekday() < 5


def test_the_demo_leaves_a_school_of_somebody_elses_alone() -> None:
    SchoolFactory.create(urn="990003")
    with pytest.raises(CommandError, match="990003 belongs to"):
        load()
    assert not User.objects.exists()
    assert School.objects.count() == 1


def test_a_password_changed_on_the_site_is_said_to_be() -> None:
    load()
    head = User.objects.get(email="head@demo.test")
    head.set_password("something of my own")
    head.save()
    said = load()
    assert re.search(r"head@demo\.test +\(changed since\)", said)
    assert User.objects.get(pk=head.pk).check_password("something of my own")
