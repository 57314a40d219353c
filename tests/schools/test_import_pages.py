"""The pages of imports with files that are none, with many rows, and in a school that came from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from schools.calendar import AcademicYear
from schools.forms import imports as forms
from schools.imports import import_jobs
from schools.models import (
    FsmPeriod,
    ImportPaper,
    ImportRun,
    ImportState,
    PupilYear,
    Role,
    School,
    SenNeed,
    YearlyClaim,
)
from schools.row_security import visible_to
from tests.conftest import member, signed_in
from tests.schools.files import as_csv, upn, write_workbook
from tests.schools.test_imports import HEADINGS, JUDGED, Desk, counts, line


@pytest.fixture(autouse=True)
def _in_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """How far it is is told by another connection, which does not see what a test has not committed."""
    monkeypatch.setattr(import_jobs, "_TELL_EVERY", 3600.0)


@pytest.fixture
def desk(school: School, year: AcademicYear) -> Desk:
    head = member(school, Role.HEAD)
    return Desk(school, year, head, signed_in(head))


def test_what_is_no_such_file_is_said_in_a_sentence_and_nothing_is_lost(
    desk: Desk, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    judged = as_csv([JUDGED, [upn(1), "Mathematics", desk.year.label, "Autumn", "44"]]).encode()
    files = {
        "a PDF called a roll": (b"%PDF-1.7 and more", "This is a PDF, not a table."),
        "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "Nothing was imported"),
        "blank lines": (b"\r\n\r\n  \r\n", "The file is empty"),
        "a file of judgements": (judged, "No column was found for"),
        "a letter": (b"Dear office,\r\nplease find the roll.\r\n", "No row of headings was found"),
        "a workbook cut off": (
            write_workbook(tmp_path / "roll.xlsx", [HEADINGS]).read_bytes()[:900],
            "Nothing was imported",
        ),
    }
    for name, (content, said) in files.items():
        with subtests.test(name):
            html = desk.bring(content)
            assert said in desk.html("?step=changes") or said in html
            assert "Import what is shown" not in html
            assert desk.state() == ImportState.SHOWN
            desk.post("give-up")
            with visible_to(desk.school):
                assert not ImportPaper.objects.exclude(content=None).exists()
    assert desk.names() == []


def test_a_title_above_the_headings_and_headings_said_again_do_no_harm(desk: Desk) -> None:
    rows = [["Roll of autumn"], HEADINGS, line("Ash", 1), HEADINGS, line("Elm", 2)]
    assert counts(desk.bring(as_csv(rows)))["new"] == 2


def test_a_file_that_is_too_large_or_missing_is_refused_before_it_is_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "LARGEST", 1000)
    said = {"kind": "roll", "academic_year": str(int(desk.year)), "update": "all"}
    for file, why in (
        (SimpleUploadedFile("roll.csv", b"x" * 1001), "The file is larger than"),
        (SimpleUploadedFile("roll.csv", b""), "The file is empty."),
        (None, "Choose the file."),
    ):
        answer = desk.client.post(desk.list, {**said, **({"file": file} if file else {})})
        assert answer.status_code == 422
        assert why in answer.content.decode()
    with visible_to(desk.school):
        assert not ImportRun.objects.exists()


def test_the_pages_ask_the_database_no_more_for_more_rows(desk: Desk) -> None:
    """Measured at 1 and at 40 rows, and at 1 and 4 imports."""

    def asked(pupils: int) -> dict[str, int]:
        content = as_csv([HEADINGS, *(line(f"Name{number}", number) for number in range(1, pupils + 1))])
        desk.bring(content)
        shown = {
            query: queries(desk, desk.page + query)
            for query in ("?step=columns", "", "?step=changes&show=new")
        }
        desk.post("confirm")
        return {**shown, "report": queries(desk, desk.page), "file": queries(desk, f"{desk.page}report.csv")}

    few = asked(1)
    one_import = queries(desk, desk.list)
    assert asked(40) == few
    for _ in range(2):
        desk.bring(as_csv([HEADINGS, line("Other", 50)]))
    assert queries(desk, desk.list) == one_import
    assert max(*few.values(), one_import) <= 20


def queries(desk: Desk, there: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert desk.client.get(there).status_code == 200
    return len(caught)


def test_imports_of_another_installation_stand_there_without_their_rows(desk: Desk) -> None:
    """A whole school's file takes the runs along, and neither the files nor what they named."""
    desk.bring(as_csv([HEADINGS, line("Ash", 1)]))
    desk.post("confirm")
    done = desk.page
    desk.bring(as_csv([HEADINGS, line("Elm", 2)]))
    with visible_to(desk.school):
        ImportPaper.objects.all().delete()
    assert "The rows of this report are not kept here any more" in desk.client.get(done).content.decode()
    # What waited there waits for nothing here.
    assert "This file was not imported" in desk.html()
    assert "1 new" in desk.client.get(desk.list).content.decode()
    assert desk.client.get(f"{done}report.csv").status_code == 404


def test_what_follows_from_a_file_is_taken_back_with_it(desk: Desk) -> None:
    """Free school meals begin a period, from which values of the year follow."""
    desk.bring(as_csv([HEADINGS, line("Ash", 1)]))
    desk.post("confirm")

    def held() -> list[object]:
        with visible_to(desk.school):
            years = PupilYear.objects.order_by("pk").values_list(
                "pupil__surname", "is_pupil_premium", "is_fsm6"
            )
            return [*years, FsmPeriod.objects.count(), SenNeed.objects.count(), YearlyClaim.objects.count()]

    before = held()
    headings = [*HEADINGS, "FSM", "SEN Need", "Pupil Premium"]
    rows = [[*line(name, number), "Y", "SLCN", "Y"] for number, name in ((1, "Ash"), (2, "Elm"))]
    desk.bring(as_csv([headings, *rows]))
    desk.post("confirm")
    assert desk.state() == ImportState.DONE
    with visible_to(desk.school):
        assert (FsmPeriod.objects.count(), SenNeed.objects.count()) == (2, 2)
    html = desk.post("take-back")
    assert "The import is taken back" in html, html
    assert held() == before
