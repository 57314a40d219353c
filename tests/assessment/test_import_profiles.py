"""Profiles that come in: what an outcome means in points, what stays, and what is refused."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from openpyxl import Workbook

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import EYFS_AREAS
from assessment.models import Judgement, JudgementEvent, Reason
from assessment.services.loading import Said, load_judgements
from schools.calendar import EyfsFramework, YearGroup
from schools.models import Pupil, PupilYear, Role, School, SchoolYear
from tests.conftest import member, signed_in
from tests.reports.reception import YEAR, reception

__all__ = ["reception"]
pytestmark = pytest.mark.django_db
CODES = [f"E{number:02}" for number in range(1, 18)]
UPNS = {"Ann": "B801200005001", "Bob": "Q801200005002", "Cat": "E801200005003"}


def load(tmp_path: Path, school: School, text: str, *more: str) -> list[str]:
    path = tmp_path / "profiles.csv"
    path.write_text(text, encoding="utf-8")
    return run(path, school, *more)


def run(path: Path, school: School, *more: str) -> list[str]:
    output = io.StringIO()
    call_command("import_profiles", path, "--school", school.urn, "--year", "2025/26", *more, stdout=output)
    return output.getvalue().splitlines()


def held(forename: str, code: str) -> tuple[int | None, str, str, str]:
    goal = next(goal for goals in EYFS_AREAS.values() for goal in goals if goal.code == code)
    row = Judgement.objects.get(pupil__forename=forename, academic_year=YEAR, subject=goal.number)
    return row.points, row.reason, row.note, row.source


@pytest.fixture
def named(reception: School) -> School:
    """The Reception worked out by hand; Bob's and Cat's judgements are taken away."""
    for forename, upn in UPNS.items():
        Pupil.objects.filter(forename=forename).update(upn=upn)
    Judgement.objects.in_school(reception).filter(pupil__forename__in=["Bob", "Cat"]).delete()
    return reception


def row(forename: str, *codes: str) -> str:
    return ",".join([UPNS[forename], *codes])


HEADINGS = ",".join(["UPN", *CODES])


def test_an_outcome_is_kept_as_the_points_that_stand_for_it_and_says_so(
    named: School, tmp_path: Path
) -> None:
    text = "\n".join([HEADINGS, row("Bob", "1", "2", "A", *[""] * 14)])
    lines = load(tmp_path, named, text, "--dry-run")
    assert lines[0].startswith("A dry run")
    assert not Judgement.objects.filter(pupil__forename="Bob").exists()
    lines = load(tmp_path, named, text)
    assert lines[0].endswith("3 outcomes; 3 new, 0 changed, 0 unchanged, 14 blank.")
    assert held("Bob", "E01") == (
        20,
        "",
        "EYFS profile: 1 (emerging). 20 points stand for it: nobody judged in points.",
        "imported",
    )
    assert held("Bob", "E02")[0] == 21
    assert held("Bob", "E03") == (None, "not_required", "EYFS profile: A (not assessed)", "imported")
    # The same again changes nothing.
    events = JudgementEvent.objects.count()
    assert load(tmp_path, named, text)[0].endswith("3 outcomes; 0 new, 0 changed, 3 unchanged, 14 blank.")
    assert JudgementEvent.objects.count() == events
    # What was taken from a profile gives way to a corrected one.
    corrected = "\n".join([HEADINGS, row("Bob", "2", "2", "1", *[""] * 14)])
    assert "0 new, 2 changed, 1 unchanged" in load(tmp_path, named, corrected)[0]
    assert (held("Bob", "E01")[0], held("Bob", "E03")[:2]) == (21, (20, ""))


def test_finer_points_that_mean_the_same_and_reasons_stay(named: School, tmp_path: Path) -> None:
    ann = Judgement.objects.filter(pupil__forename="Ann", academic_year=YEAR)
    ann.filter(subject=201).update(points=19)
    ann.filter(subject=202).update(points=30)
    ann.filter(subject=203).update(points=None, reason=Reason.ABSENT)
    text = "\n".join([HEADINGS, row("Ann", "1", "2", "A", *["2"] * 14)])
    lines = load(tmp_path, named, text)
    assert "0 new, 0 changed, 17 unchanged" in lines[0]
    assert [held("Ann", code)[:2] for code in CODES[:3]] == [(19, ""), (30, ""), (None, "absent")]


def test_what_contradicts_a_teachers_judgement_is_refused_as_a_whole(named: School, tmp_path: Path) -> None:
    Judgement.objects.filter(pupil__forename="Ann", academic_year=YEAR, subject=203).update(
        points=None, reason=Reason.ABSENT
    )
    text = "\n".join([HEADINGS, row("Bob", *["2"] * 17), row("Ann", "1", "A", "2", *["2"] * 14)])
    with pytest.raises(CommandError) as refused:
        load(tmp_path, named, text)
    said = str(refused.value)
    assert "nothing was imported. 3 problems:" in said
    assert "Row 3, E01: '1' contradicts what is held of Ann" in said
    assert "Listening, attention and understanding: 21 points. Correct the marksheet, or this cell." in said
    assert "Row 3, E02: 'A' contradicts what is held" in said
    assert "Self-regulation: absent." in said
    assert not Judgement.objects.filter(pupil__forename="Bob").exists()


def test_what_somebody_judged_since_is_no_longer_of_the_profile(named: School, tmp_path: Path) -> None:
    load(tmp_path, named, "\n".join([HEADINGS, row("Bob", "2", "2", "2", *[""] * 14)]))
    bob = Judgement.objects.filter(pupil__forename="Bob", academic_year=YEAR)
    # Points from another system's file, which says nothing of notes; and a teacher's own words.
    of_file = Said(1, bob[0].pupil_id, 201, YEAR, AssessmentTerm.SUMMER, 17)
    load_judgements(school=named, said=[of_file], by=None)
    assert held("Bob", "E01") == (17, "", "", "imported")
    bob.filter(subject=201).update(
        note="EYFS profile: 2 (expected). 21 points stand for it: nobody judged in points."
    )
    noted = f"{held('Bob', 'E02')[2]}\nShy at first."
    bob.filter(subject=202).update(note=noted)
    with pytest.raises(CommandError, match="2 problems"):
        load(tmp_path, named, "\n".join([HEADINGS, row("Bob", "2", "1", "1", *[""] * 14)]))
    assert [held("Bob", code)[0] for code in CODES[:3]] == [17, 21, 21]
    assert held("Bob", "E02")[2] == noted


def test_a_row_a_goal_is_read_too(named: School, tmp_path: Path) -> None:
    text = (
        "UPN,Subject,Academic Year,Term,Outcome\n"
        f"{UPNS['Bob']},EYFS Writing,2025/26,Summer,2\n{UPNS['Bob']},E01,2025/26,Summer,A\n{UPNS['Bob']},E02,,,\n"
    )
    assert "2 outcomes; 2 new, 0 changed, 0 unchanged, 1 blank." in load(tmp_path, named, text)[0]
    assert (held("Bob", "E10")[0], held("Bob", "E01")[1]) == (21, "not_required")


def test_the_file_of_the_page_comes_in_again(named: School, tmp_path: Path) -> None:
    head: Client = signed_in(member(named, Role.HEAD))
    address = f"/schools/{named.urn}/{YEAR.slug}/dashboard/early-years/profile"
    for ending in ("csv", "xlsx"):
        path = tmp_path / f"profile.{ending}"
        path.write_bytes(head.get(f"{address}.{ending}?term=summer&show=reached").content)
        assert "17 outcomes; 0 new, 0 changed, 17 unchanged" in run(path, named)[0]


def test_what_is_refused_is_named(named: School, tmp_path: Path) -> None:
    PupilYear.objects.filter(pupil__forename="Cat").update(year_group=YearGroup.Y1)
    lines = [
        "UPN,E01,E02",
        f"{UPNS['Bob']},3,x",
        f"{UPNS['Cat']},2,2",
        "P801200005999,2,2",
        ",2,2",
        f"{UPNS['Ann']},2,",
        f"{UPNS['Ann']},1,",
    ]
    with pytest.raises(CommandError) as refused:
        load(tmp_path, named, "\n".join(lines))
    said = str(refused.value)
    only = "is not an outcome of the profile of 2021: write 1 (emerging), 2 (expected) or A (not assessed)."
    assert f"Row 2, E01: '3' {only}" in said
    assert f"Row 2, E02: 'x' {only}" in said
    assert "was in Year 1 in 2025/26: profiles are of Reception." in said
    assert "Row 4, UPN: 'P801200005999'" in said
    assert "Row 5, UPN: the cell is blank" in said
    assert "Row 7, E01: row 6 says 2 of Ann" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("UPN,G01,G02\nB801200005001,1,1\n", "The columns G01 and G02 are of another framework: in 2025/26"),
        ("UPN,Surname\nB801200005001,Brough\n", "needs the UPN and either a column for each goal"),
        (
            "UPN,Subject,Academic Year,Term,Outcome\nB801200005001,E01,2024/25,Spring,2\n",
            "Row 2, Academic Year: '2024/25' is not what is imported: profiles are of the end of Reception, Summer 2025/26.",
        ),
        ("UPN,Subject,Outcome\nB801200005001,,2\n", "Row 2, Subject: the cell is blank."),
    ],
)
def test_another_kind_of_file_is_refused(named: School, tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CommandError) as refused:
        load(tmp_path, named, text)
    assert said in str(refused.value)


def test_a_profile_of_2012_has_exceeding(named: School, tmp_path: Path) -> None:
    SchoolYear.objects.in_school(named).filter(academic_year=YEAR).update(
        eyfs_framework=EyfsFramework.OF_2012
    )
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["UPN", "G01", "G02"])
    sheet.append([UPNS["Bob"], 3, 1])
    path = tmp_path / "profiles.xlsx"
    book.save(path)
    assert "2 outcomes; 2 new" in run(path, named)[0]
    assert (held("Bob", "G01")[0], held("Bob", "G02")[0]) == (23, 20)
