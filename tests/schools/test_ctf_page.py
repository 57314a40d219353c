"""A common transfer file is written on a page: of whom one says, under the right name, recorded, and it reads back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.test import Client

from assessment.engine.subjects import EYFS_AREAS
from schools.models import AuditRecord, CtfResultRaw, CtfSerial, Happening, Pupil, Role, School, SenPeriod
from schools.row_security import visible_to
from schools.services.ctf_serials import next_serial
from schools.statutory import MEASURES, PROFILE, measure_of
from tests.conftest import member, signed_in
from tests.schools.ctf_files import read


def page(school: School) -> str:
    return f"/schools/{school.urn}/2025-26/pupils/ctf/"


@pytest.fixture
def client_of(small_school: School) -> Client:
    return signed_in(member(small_school, Role.HEAD))


def test_the_leavers_of_a_term_go_into_a_file_for_a_school(
    client_of: Client, small_school: School, tmp_path: Path
) -> None:
    with visible_to(small_school):
        gil = Pupil.objects.get(surname="Gil")
        of_gil = {"school": small_school, "pupil": gil}
        CtfResultRaw.objects.create(stage="KS1", component="PHO", qualifier="NM", result="35", **of_gil)
        SenPeriod.objects.create(
            code="K",
            status="K",
            source="typed",
            starts_on=dt.date(2024, 1, 8),
            ends_on=dt.date(2025, 1, 7),
            **of_gil,
        )
    asked = {"whom": "left-autumn", "destination": "other", "dfe_number": "860/4001"}
    answers = [client_of.post(page(small_school), asked) for _ in range(2)]
    number = small_school.dfe_number
    assert [answer.headers["Content-Disposition"] for answer in answers] == [
        f'attachment; filename="{number}_CTF_8604001_00{serial}.xml"' for serial in (1, 2)
    ]
    file = read(tmp_path, answers[0].content)
    assert (file.header.version, file.header.is_partial) == (25, True)
    assert (file.header.source.dfe_number, file.header.destination.dfe_number) == (number, "8604001")
    # Jan left and came back; Ivy's last day has a place in the term too.
    assert [pupil.surname for pupil in file.pupils] == ["Gil", "Ivy"]
    gil_said = file.pupils[0]
    assert [(each.starts_on, each.code) for each in gil_said.sen] == [
        (dt.date(2024, 1, 8), "K"),
        (dt.date(2025, 1, 8), "N"),
    ]
    assert [each.result for each in gil_said.results] == ["35"]
    assert (gil_said.stays[-1].ends_on, gil_said.stays[-1].is_last) == (dt.date(2025, 10, 20), True)
    with visible_to(small_school):
        record = AuditRecord.objects.filter(what=Happening.EXPORT).first()
        assert record.detail == {"route": "ctf", "file": "xml", "pupils": 2}


def test_one_pupil_goes_out_for_a_school_that_nobody_knows(
    client_of: Client, small_school: School, tmp_path: Path
) -> None:
    with visible_to(small_school):
        key = Pupil.objects.get(surname="Ada").public_id
    address = f"{page(small_school)}?pupil={key}"
    assert "Ada, Child" in client_of.get(address).content.decode()
    answer = client_of.post(address, {"whom": "one", "destination": ""})
    assert f"{small_school.dfe_number}_CTF_XXXXXXX_001.xml" in answer.headers["Content-Disposition"]
    assert [pupil.surname for pupil in read(tmp_path, answer.content).pupils] == ["Ada"]


@pytest.mark.parametrize(
    "asked",
    [{"whom": "nobody"}, {"whom": "left", "destination": "other", "dfe_number": "86"}, {"whom": "one"}, {}],
)
def test_what_is_not_offered_writes_no_file_and_takes_no_number(
    client_of: Client, small_school: School, asked: dict[str, str]
) -> None:
    answer = client_of.post(page(small_school), asked)
    assert (answer.status_code, answer.has_header("Content-Disposition")) == (422, False)
    with visible_to(small_school):
        assert not CtfSerial.objects.exists()


def test_who_sees_own_classes_alone_writes_none(small_school: School) -> None:
    assert signed_in(member(small_school, Role.TEACHER)).get(page(small_school)).status_code == 403


def test_numbers_begin_again_after_999(school: School) -> None:
    with visible_to(school):
        CtfSerial.objects.create(school=school, destination="8604001", last=998)
        assert [next_serial(school=school, destination="8604001", by=None) for _ in range(2)] == [999, 1]


def test_results_stand_on_the_pupils_page_in_words(client_of: Client, small_school: School) -> None:
    with visible_to(small_school):
        ada = Pupil.objects.get(surname="Ada")
        for stage, subject, method, component, said in (
            ("KS1", "MAT", "TA", "MAT", "EXS"),
            ("EYF", "LIT", "FA", "E09", "2"),
            ("KS9", "XYZ", "", "", "7"),
        ):
            CtfResultRaw.objects.create(
                school=small_school,
                pupil=ada,
                stage=stage,
                subject=subject,
                method=method,
                component=component,
                year="2024",
                result=said,
            )
    shown = client_of.get(f"/schools/{small_school.urn}/2025-26/pupils/{ada.public_id}/").content.decode()
    places = [
        shown.index(words)
        for words in (
            "Statutory assessments",
            "Word reading (E09)",
            "Expected (2)",
            "Working at the expected standard (EXS)",
            "KS9 XYZ",
        )
    ]
    assert places == sorted(places)


def test_goals_have_the_names_of_the_profile() -> None:
    goals = {measure.goal: measure.name for measure in MEASURES.values() if measure.assessment == PROFILE}
    assert goals == {goal.code: goal.name for of_one in EYFS_AREAS.values() for goal in of_one}


def test_a_tuple_that_is_not_in_the_table_means_nothing() -> None:
    assert measure_of("KS2", "MAT", "TT", "MTC", "MT") is not None
    assert measure_of("KS2", "MAT", "TT", "MTC", "XX") is None
