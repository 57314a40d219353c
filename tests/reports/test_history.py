"""A pupil's history as a file: what it says, and that another school takes it in."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from openpyxl import load_workbook

from assessment.engine.subjects import READING
from assessment.models import Judgement
from schools.calendar import AcademicYear, YearGroup
from schools.models import PupilYear, Role, SchoolYear
from schools.row_security import visible_to
from schools.services import years
from tests.conftest import member, signed_in
from tests.factories import SchoolFactory, judged, on_roll
from tests.moving import Move, a_move

pytestmark = pytest.mark.django_db


@pytest.fixture
def move(year: AcademicYear) -> Move:
    return a_move(year)


def history_of(move: Move, folder: Path) -> Path:
    address = reverse("pupil_history", args=[move.first.urn, move.year, move.pupil.public_id])
    response = signed_in(move.leader).get(address)
    assert "Brough" not in response.headers["Content-Disposition"]
    file = folder / "history.xlsx"
    file.write_bytes(response.content)
    return file


def take_in(file: Path, urn: str) -> str:
    said = io.StringIO()
    call_command("import_history", str(file), "--school", urn, stdout=said)
    return said.getvalue()


def test_the_file_is_read_by_people(move: Move, tmp_path: Path) -> None:
    with visible_to(move.first):
        Judgement.objects.filter(subject=READING.number).update(note="Reads at home.", is_note_shareable=True)
    workbook = load_workbook(history_of(move, tmp_path))
    assert workbook.sheetnames == ["Years", "Judgements"]
    _, *lines = workbook["Years"].iter_rows(values_only=True)
    assert [line[:9] for line in lines] == [
        ("H801200001001", "Brough", "Elsie", "15/01/2018", None, "Alder First School", year.label, group, "K")
        for year, group in ((AcademicYear(move.year - 1), "3"), (move.year, "4"))
    ]
    _, *lines = workbook["Judgements"].iter_rows(values_only=True)
    assert [(line[1], line[3], line[4], line[5], line[6], line[8]) for line in lines] == [
        ("Mathematics", "Summer", 39, None, None, "Alder First School"),
        ("Reading", "Autumn", None, "absent", "Reads at home.", "Alder First School"),
        ("Mathematics", "Autumn", 41, None, None, "Alder First School"),
    ]


def test_another_school_takes_the_file_in_once_and_its_past_figures_stay(move: Move, tmp_path: Path) -> None:
    outside = SchoolFactory.create(
        partnership__name="Another partnership",
        lowest_year_group=YearGroup.Y5,
        highest_year_group=YearGroup.Y8,
    )
    with visible_to(outside):
        years.open_year(school=outside, academic_year=move.year, by=None)
        here = on_roll(outside, move.year, year_group=YearGroup.Y5, pupil__upn="H801200001001").pupil
        other = on_roll(outside, move.year, year_group=YearGroup.Y5)
        judged(other.pupil, move.year, points=50)
    file = history_of(move, tmp_path)
    assert take_in(file, outside.urn) == f"{outside.name}: 1 year and 3 judgements taken in.\n"
    assert take_in(file, outside.urn) == f"{outside.name}: 0 years and 0 judgements taken in.\n"
    with visible_to(outside):
        before = PupilYear.objects.get(pupil=here, academic_year=move.year - 1)
        assert (before.year_group, before.sen_status, before.is_eal) == (YearGroup.Y3, "K", True)
        assert SchoolYear.objects.get(academic_year=move.year - 1).is_for_copies
        held = Judgement.objects.filter(pupil=here).order_by("academic_year", "subject")
        assert list(held.values_list("points", "reason", "made_by_school__name")) == [
            (39, "", "Alder First School"),
            (None, "absent", "Alder First School"),
            (41, "", "Alder First School"),
        ]
    with pytest.raises(CommandError, match="holds nothing of"):
        call_command(
            "analyse",
            "--school",
            outside.urn,
            "--year",
            AcademicYear(move.year - 1).label,
            "--term",
            "summer",
        )


def test_a_file_of_somebody_unknown_is_refused_whole(move: Move, tmp_path: Path) -> None:
    file = history_of(move, tmp_path)
    with pytest.raises(CommandError, match="not on record here"):
        take_in(file, move.middle.urn)
    with visible_to(move.middle):
        assert not SchoolYear.objects.filter(is_for_copies=True).exists()


def test_a_teacher_takes_no_history_away(move: Move) -> None:
    address = reverse("pupil_history", args=[move.first.urn, move.year, move.pupil.public_id])
    assert signed_in(member(move.first, Role.TEACHER)).get(address).status_code == 403
