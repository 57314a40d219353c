"""Judgements in the long form: out by a page or a command, and in again to the last one."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import EYFS_AREAS, MATHEMATICS
from assessment.models import Judgement
from schools.calendar import AcademicYear, EyfsFramework, YearGroup
from schools.models import Pupil, Role, School
from schools.row_security import visible_to
from schools.services import years
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory, PupilYearFactory, judged, on_roll
from tests.schools.files import upn

BASELINE, AUTUMN, SPRING, SUMMER = AssessmentTerm
WORD_READING = EYFS_AREAS[EyfsFramework.OF_2021][8]
READING_OF_2012 = EYFS_AREAS[EyfsFramework.OF_2012][8]
HEADINGS = ["UPN", "Subject", "Academic Year", "Term", "Points", "Reason", "Note", "On Entry", "Pupil"]


@pytest.fixture
def early(school: School, year: AcademicYear) -> School:
    """Amy of Year 1, who was in Reception last year, by the framework of 2012; Ben of Reception, whom another teacher has; Cal, who has no UPN."""
    last = AcademicYear(year - 1)
    with visible_to(school):
        School.objects.filter(pk=school.pk).update(fixed_eyfs_framework=2012)
        school.refresh_from_db()
        years.open_year(school=school, academic_year=last, by=None)
        group = ClassGroupFactory.create(school=school, academic_year=year, name="1A")
        amy = on_roll(school, last, year_group=YearGroup.R, pupil__forename="Amy", pupil__upn=upn(1)).pupil
        PupilYearFactory.create(
            school=school, academic_year=year, pupil=amy, year_group=YearGroup.Y1, class_group=group
        )
        ben = on_roll(school, year, year_group=YearGroup.R, pupil__forename="Ben", pupil__upn=upn(2)).pupil
        cal = on_roll(school, year, year_group=YearGroup.Y4, pupil__forename="Cal", pupil__upn="").pupil
        judged(amy, last, SUMMER, 21, subject=READING_OF_2012, note="=Knows 30-50 words")
        judged(amy, last, SPRING, None, subject=READING_OF_2012, reason="not_required")
        judged(amy, year, BASELINE, 20, subject=MATHEMATICS, is_on_entry=True)
        judged(ben, year, AUTUMN, 18, subject=WORD_READING)
        judged(cal, year, AUTUMN, 44, subject=MATHEMATICS)
    return school


def rows_of(content: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"))))


def exported(school: School, *more: str) -> str:
    output = io.StringIO()
    call_command("export_judgements", "--school", school.urn, *more, stdout=output)
    return output.getvalue()


def held(school: School) -> list[tuple[object, ...]]:
    fields = (
        "pupil__forename",
        "subject",
        "academic_year",
        "term",
        "points",
        "reason",
        "note",
        "is_on_entry",
    )
    with visible_to(school):
        return list(Judgement.objects.in_school(school).order_by(*fields[:4]).values_list(*fields))


def test_what_is_exported_comes_in_again_to_the_last_judgement(early: School, tmp_path: Path) -> None:
    content = exported(early)
    assert content.splitlines()[0].split(",") == HEADINGS
    rows = rows_of(content)
    found = [tuple(list(row.values())[1:8]) for row in rows if row["Pupil"].endswith(", Amy")]
    assert sorted(found) == [
        ("EYFS Reading", found[0][1], "Spring", "", "not required", "", ""),
        ("EYFS Reading", found[0][1], "Summer", "21", "", "'=Knows 30-50 words", ""),
        ("Mathematics", found[-1][1], "Baseline", "20", "", "", "yes"),
    ]
    # A pupil without a UPN is in the file, and is found by nothing: the rest comes in without that row.
    assert [row["UPN"] for row in rows if row["Pupil"].endswith(", Cal")] == [""]
    before = held(early)
    with visible_to(early):
        Judgement.objects.in_school(early).exclude(pupil__forename="Cal").delete()
    path = tmp_path / "judgements.csv"
    path.write_text("\n".join(line for line in content.splitlines() if not line.startswith(",")))
    call_command("import_judgements", str(path), "--school", early.urn, stdout=io.StringIO())
    assert held(early) == before


def test_a_year_areas_alone_and_a_workbook(early: School, year: AcademicYear, tmp_path: Path) -> None:
    last = AcademicYear(year - 1)
    assert {row["Academic Year"] for row in rows_of(exported(early, "--year", last.label))} == {last.label}
    areas = rows_of(exported(early, "--only", "areas"))
    assert {row["Subject"] for row in areas} == {"EYFS Reading", "EYFS Word reading"}
    assert {row["Subject"] for row in rows_of(exported(early, "--only", "subjects"))} == {"Mathematics"}
    path = tmp_path / "judgements.xlsx"
    exported(early, "--format", "xlsx", "--output", str(path))
    with visible_to(early):
        Pupil.objects.in_school(early).filter(forename="Cal").update(upn=upn(3))
    exported(early, "--format", "xlsx", "--output", str(path))
    output = io.StringIO()
    call_command("import_judgements", str(path), "--school", early.urn, "--dry-run", stdout=output)
    assert "5 judgements; 0 new, 0 changed, 5 unchanged" in output.getvalue()


def file_of(client: Client, school: School, year: AcademicYear, query: str = "") -> list[dict[str, str]]:
    response = client.get(reverse("judgements_file", args=[school.urn, year, "csv"]) + query)
    assert response.status_code == 200
    return rows_of(response.content.decode())


def test_a_page_gives_the_year_s_judgements_of_whom_one_sees(early: School, year: AcademicYear) -> None:
    head, teacher = member(early, Role.HEAD), member(early, Role.TEACHER)
    client = signed_in(head)
    names = [row["Pupil"].rpartition(" ")[2] for row in file_of(client, early, year)]
    assert sorted(names) == ["Amy", "Ben", "Cal"]
    assert [row["Subject"] for row in file_of(client, early, year, "?only=areas")] == ["EYFS Word reading"]
    assert file_of(signed_in(teacher), early, year) == []
    there = reverse("judgements_file", args=[early.urn, year, "csv"])
    assert signed_in(member(early, Role.GOVERNOR)).get(there).status_code == 403
    assert client.get(f"{there}?only=everything").status_code == 404
    assert there in client.get(reverse("marksheets", args=[early.urn, year])).content.decode()
