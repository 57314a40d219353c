"""Everything held of one pupil: all tables, in words, with nobody else in it; as JSON and as a tagged PDF; for who may."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessment.engine.assessment_points import AssessmentTerm
from assessment.models import Judgement
from reports.data_map import DATA_MAP
from reports.documents.subject_access import SubjectAccess, subject_access
from reports.exports.subject_access import subject_access_json
from schools.calendar import AcademicYear
from schools.models import ChangeKind, Pupil, PupilYear, Role
from schools.row_security import visible_to
from schools.services.changes import change_set
from tests.conftest import member, signed_in
from tests.factories import judged, on_roll
from tests.isolation.two_schools import WholeSchool, ours, theirs

__all__ = ["ours", "theirs"]


def said_by(program: str, *arguments: str) -> str:
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=True).stdout


def document_of(pupil: Pupil) -> SubjectAccess:
    return subject_access(pupil, contact="dpo@school.test", made_on=timezone.localdate())


def told(pupil: Pupil) -> dict[str, Any]:
    return {each["table"]: each for each in json.loads(subject_access_json(document_of(pupil)))["tables"]}


def test_every_table_that_leads_to_a_pupil_is_there_with_its_rows(ours: WholeSchool) -> None:
    with visible_to(ours.school):
        tables = told(ours.pupil)
    leading = {name for name, held in DATA_MAP.items() if held.pupil}
    assert {name for name, table in tables.items() if table["rows"]} == leading
    frozen = {name for name in leading if "snapshot" in name}
    assert {name for name, table in tables.items() if table["history"]} == leading - frozen - {
        "schools_auditrecord"
    }
    # A table that nobody gave a title would stand there by the database's name for it.
    assert [name for name, table in tables.items() if table["title"] == name] == []


def test_codes_and_keys_are_said_in_words(ours: WholeSchool, year: AcademicYear) -> None:
    with visible_to(ours.school):
        PupilYear.objects.filter(pk=ours.pupil_year.pk).update(
            sen_status="K", ethnicity="WBRI", is_looked_after=False, is_eal=True, attendance="96.5"
        )
        tables = told(ours.pupil)
    (row,) = tables["schools_pupilyear"]["rows"]
    assert row["year_group"] == {"value": 4, "says": "Year group: Year 4"}
    assert row["sen_status"] == {"value": "K", "says": "SEN: SEN support"}
    assert row["is_looked_after"] == {"value": False, "says": "Looked after: No"}
    assert row["class_group_id"]["value"] == ours.class_group.name
    assert row["attendance"] == {"value": 96.5, "says": "Attendance, per cent: 96.5"}
    assert row["is_fsm6"] == {"value": None, "says": "FSM6: Not recorded"}
    (judgement,) = tables["assessment_judgement"]["rows"]
    assert judgement["points"] == {"value": 44, "says": "Points: 44 (4E1)"}
    assert judgement["subject_id"]["value"] == "Mathematics"
    assert judgement["term"]["says"] == "Term: Autumn"
    assert judgement["entered_by_id"]["value"] == "The operator"
    (decision,) = tables["assessment_signdecision"]["rows"]
    assert decision["decided_by_id"]["value"] == "Teacher"


def test_the_history_says_what_stood_there_before_and_in_which_role_it_was_changed(
    ours: WholeSchool, year: AcademicYear
) -> None:
    with visible_to(ours.school):
        reason = "Told by the mother of Theodora"
        on_roll(ours.school, year, pupil__forename="Theodora")
        with change_set(school=ours.school, kind=ChangeKind.PASTE, by=ours.teacher, reason=reason):
            Judgement.objects.filter(pk=ours.judgement.pk).update(points=43)
        Judgement.objects.filter(pk=ours.judgement.pk).delete()
        table = told(ours.pupil)["assessment_judgement"]
    assert table["rows"] == []
    added, changed, removed = table["history"]
    assert (added["what"], changed["what"], removed["what"]) == ("Added", "Changed", "Removed")
    assert changed["of"] == f"{year.label}, Autumn, Mathematics"
    assert (changed["by"], changed["why"]) == ("Teacher", "Told by the mother of [another pupil]")
    assert added["why"] == ""
    assert "Points: 44 (4E1) → 43 (3S3)" in changed["changes"]
    assert "Points: 43 (3S3)" in removed["changes"]


def test_nobody_else_is_in_it(ours: WholeSchool, theirs: WholeSchool, year: AcademicYear) -> None:
    with visible_to(ours.school):
        other = on_roll(
            ours.school,
            year,
            pupil__surname="Featherstone",
            pupil__forename="Hermione",
            pupil__preferred_forename="Minnie",
            pupil__upn="W91021022400A",
        ).pupil
        judged(
            ours.pupil,
            year,
            AssessmentTerm.SPRING,
            45,
            note="Works with Hermione and Minnie. The Featherstones' book; not Featherstone-like. Feather stays.",
        )
        content = subject_access_json(document_of(ours.pupil)).decode()
    for word in ("Featherstone ", "Hermione", "Minnie", "W91021022400A", str(other.public_id), "Theirchild"):
        assert word not in content
    assert "Works with [another pupil] and [another pupil]." in content
    assert "Feather stays" in content
    assert ours.teacher.name not in content
    assert ours.teacher.email not in content
    assert str(other.person_key) not in content


def test_what_is_asked_of_the_database_does_not_grow_with_what_is_held(
    ours: WholeSchool, year: AcademicYear
) -> None:
    with visible_to(ours.school):
        with CaptureQueriesContext(connection) as few:
            document_of(Pupil.objects.select_related("school").get(pk=ours.pupil.pk))
        for points in (45, 46, 47):
            judged(ours.pupil, year, AssessmentTerm.SUMMER, points)
        with CaptureQueriesContext(connection) as many:
            document_of(Pupil.objects.select_related("school").get(pk=ours.pupil.pk))
    assert len(many) == len(few) <= 57


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.HEAD, 200),
        (Role.ASSESSMENT_LEADER, 200),
        (Role.SENCO, 403),
        (Role.TEACHER, 403),
        (Role.GOVERNOR, 403),
    ],
)
def test_head_and_assessment_leader_hand_it_out(
    ours: WholeSchool, theirs: WholeSchool, year: AcademicYear, role: Role, status: int
) -> None:
    client = signed_in(member(ours.school, role))
    mine = reverse("subject_access_json", args=[ours.school.urn, year, ours.pupil.public_id])
    answer = client.get(mine)
    assert answer.status_code == status
    page = client.get(reverse("pupil", args=[ours.school.urn, year, ours.pupil.public_id]))
    assert ("everything.pdf" in page.content.decode()) == (status == 200)
    if status == 200:
        assert answer["Content-Type"] == "application/json"
        assert "Ourchild" not in answer["Content-Disposition"]
        other = reverse("subject_access_json", args=[ours.school.urn, year, theirs.pupil.public_id])
        assert client.get(other).status_code == 404


def test_the_pdf_is_tagged_and_says_the_same(ours: WholeSchool, tmp_path: Path) -> None:
    file = tmp_path / "everything.pdf"
    asked = ("--school", ours.school.urn, "--pupil", str(ours.pupil.public_id), "--output", str(file))
    call_command("subject_access", *asked)
    facts = said_by("pdfinfo", str(file))
    assert "Tagged:          yes" in facts
    text = " ".join(said_by("pdftotext", "-layout", str(file), "-").split())
    assert f"Everything held about {ours.pupil.name}" in text
    for word in ("Mathematics", "44 (4E1)", "Ourchild missed a term.", "How it came to that"):
        assert word in text
    assert ours.teacher.name not in text
    call_command("subject_access", *asked, "--format", "json")
    assert json.loads(file.read_bytes())["pupil"] == ours.pupil.name


def test_the_command_knows_the_schools_own_pupils_alone(
    ours: WholeSchool, theirs: WholeSchool, tmp_path: Path
) -> None:
    asked = ("--school", ours.school.urn, "--pupil", str(theirs.pupil.public_id))
    with pytest.raises(CommandError, match="holds no such pupil"):
        call_command("subject_access", *asked, "--output", str(tmp_path / "x.pdf"), stdout=io.StringIO())
