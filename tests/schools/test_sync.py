"""A school's system puts files into a folder, and at night each is taken whole or not at all, once, and put away with a report."""

from __future__ import annotations

import io
import os
import stat
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from assessment.engine.assessment_points import AssessmentTerm
from assessment.models import Judgement
from schools.calendar import AcademicYear, TermName
from schools.imports import drop_folder
from schools.imports.sync import begin_alone, end_alone
from schools.models import ChangeSet, ColumnMapping, CtfResultRaw, Pupil, PupilYear, School, Term
from schools.row_security import visible_to
from schools.services.taking_back import take_back
from tests.factories import judged
from tests.schools.ctf_files import ctf, ctf_pupil, result, results
from tests.schools.files import as_csv, upn
from tests.schools.test_roll_loading import load, row

HEADINGS = ["Surname", "Forename", "DOB", "Year", "UPN", "Class"]
JUDGED = ["UPN", "Subject", "Academic Year", "Term", "Points"]


def line(name: str, number: int, group: str = "3A") -> list[object]:
    return [name, "Elsie", "15/01/2018", "3", upn(number), group]


class Night:
    """A drop folder of one school, and the command."""

    def __init__(self, school: School, year: AcademicYear, folder: Path) -> None:
        self.school, self.year, self.folder = school, year, folder
        folder.mkdir()

    def put(self, name: str, content: str | bytes, *, age: float = 3600) -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        then = time.time() - age
        os.utime(path, (then, then))
        return path

    def roll(self, name: str, *lines: list[object], age: float = 3600) -> Path:
        return self.put(name, as_csv([HEADINGS, *lines]), age=age)

    def judgements(self, name: str, points: int, *, age: float = 3600, pupil: int = 1) -> Path:
        said = [upn(pupil), "Mathematics", self.year.label, "Autumn", points]
        return self.put(name, as_csv([JUDGED, said]), age=age)

    def run(self, *, code: int = 0, folder: Path | None = None, **options: Any) -> str:
        out, err = io.StringIO(), io.StringIO()
        options = {"school": self.school.urn, **options}
        try:
            call_command("sync", str(folder or self.folder), stdout=out, stderr=err, **options)
            found = 0
        except CommandError as error:
            err.write(str(error))
            found = error.returncode
        said = out.getvalue() + err.getvalue()
        assert found == code, said
        # Whatever happens, nothing that a file says is said aloud, nor what it is called.
        for word in ("Ash", "Elm", "Elsie", upn(1), "/2018", "2018-01-", "secret"):
            assert word not in said.replace(str(self.folder), "")
        return said

    def counts(self, said: str) -> str:
        return said.strip().splitlines()[-1].partition("; ")[2]

    def waiting(self) -> list[str]:
        return sorted(each.name for each in self.folder.iterdir() if each.name not in {"done", "refused"})

    def put_away(self, where: str) -> list[str]:
        """What lies there beside the reports."""
        place = self.folder / where
        names = sorted(each.name for each in place.iterdir()) if place.exists() else []
        assert not [name for name in names if name.startswith(".")]
        return [name for name in names if not name.endswith(drop_folder.REPORT)]

    def report(self, where: str, number: int = -1) -> str:
        path = self.folder / where / f"{self.put_away(where)[number]}{drop_folder.REPORT}"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        return path.read_text(encoding="utf-8")

    def held(self) -> tuple[list[tuple[str, str]], int]:
        """Pupils and their classes, and how many acts there were."""
        with visible_to(self.school):
            rows = PupilYear.objects.order_by("pupil__surname").values_list(
                "pupil__surname", "class_group__name"
            )
            return list(rows), ChangeSet.objects.filter(kind="import").count()

    def points(self) -> list[int | None]:
        with visible_to(self.school):
            return list(Judgement.objects.order_by("pk").values_list("points", flat=True))


@pytest.fixture
def night(school: School, year: AcademicYear, tmp_path: Path) -> Night:
    return Night(school, year, tmp_path / "drop")


ONE_TAKEN = "1 taken, 0 seen before, 0 refused, 0 left and 0 broke off."


def test_pupils_come_before_judgements_and_older_files_before_newer_ones(night: Night) -> None:
    night.judgements("a.csv", 41, age=9000)
    night.roll("b.csv", line("Ash", 1, "3B"), line("Elm", 2), age=1000)
    night.roll("c.csv", line("Ash", 1, "3A"), line("Elm", 2), age=2000)
    night.put("d.dat", ctf(ctf_pupil(1, "ASH", rest=results("KS1", result("MAT", "EXS")))), age=500)

    said = night.run()

    assert "4 files; 4 taken" in said
    # The transfer file made a pupil of Ash; then the older roll, then the newer, then what was judged.
    assert [each.split(": ")[1].split(",")[0] for each in said.splitlines()[:4]] == [
        "Common transfer file",
        "Roll",
        "Roll",
        "Judgements",
    ]
    assert night.held() == ([("Ash", "3B"), ("Elm", "3A")], 4)
    assert night.points() == [41]
    with visible_to(night.school):
        assert CtfResultRaw.objects.count() == 1
        change = ChangeSet.objects.filter(kind="import").latest("pk")
        assert (change.by, change.reason[:30]) == (None, "Judgements from a.csv, by sync")
    assert night.waiting() == []
    assert night.put_away("refused") == []
    names = night.put_away("done")
    assert len(names) == 4
    assert sum(f"-roll-{int(night.year)}-" in name and name.endswith(".csv") for name in names) == 2
    for number in range(4):
        assert "Taken in." in night.report("done", number)
    assert "Elm, Elsie" not in said
    # Once more: there is nothing to do.
    assert "0 files" in night.run()
    assert night.held()[1] == 4


def test_the_report_is_what_the_import_says(night: Night) -> None:
    night.roll("secret Ash.csv", line("Ash", 1), line("Elm", 2))
    assert "2 new." in night.run()
    assert night.counts(night.run()) == "0 taken, 0 seen before, 0 refused, 0 left and 0 broke off."
    report = night.report("done").splitlines()
    assert report[0].startswith("Roll: 'secret Ash.csv', last changed ")
    assert "2 pupils; 2 new, 0 changed, 0 unchanged." in report[5]
    assert stat.S_IMODE((night.folder / "done").stat().st_mode) == 0o700
    night.roll("roll.csv", line("Ash", 1, "3B"), line("Elm", 2), age=600)
    assert "1 changed and 1 unchanged" in night.run()
    assert "Row 2, Ash, Elsie: class 3A → 3B." in night.report("done")


def test_a_file_that_was_taken_does_nothing_twice(night: Night) -> None:
    night.roll("roll.csv", line("Ash", 1))
    night.judgements("judged.csv", 41)
    night.run()
    with visible_to(night.school):
        Judgement.objects.update(points=45)
        PupilYear.objects.update(class_group=None)
    # The same bytes again, whatever they are called: what somebody did since stays.
    night.roll("again.csv", line("Ash", 1), age=200)
    night.judgements("again.txt", 41, age=200)
    assert night.counts(night.run()) == "0 taken, 2 seen before, 0 refused, 0 left and 0 broke off."
    assert (night.points(), night.held()) == ([45], ([("Ash", None)], 2))
    assert "Nothing was done." in night.report("done")
    # Also when somebody has tidied up.
    for each in (night.folder / "done").iterdir():
        each.unlink()
    night.roll("third.csv", line("Ash", 1))
    assert "1 seen before" in night.run()


def test_a_roll_says_all_anew_so_an_earlier_one_may_come_back(night: Night) -> None:
    for group in ("3A", "3B", "3A"):
        night.roll("roll.csv", line("Ash", 1, group))
        assert night.counts(night.run()) == ONE_TAKEN
        assert night.held()[0] == [("Ash", group)]
    # Judgements do not: what was judged since counts.
    for points in (41, 42):
        night.judgements("judged.csv", points)
        assert night.counts(night.run()) == ONE_TAKEN
    night.judgements("judged.csv", 41)
    assert "1 seen before" in night.run()
    assert night.points() == [42]


def test_what_was_taken_back_comes_in_again(night: Night) -> None:
    night.roll("roll.csv", line("Ash", 1))
    night.run()
    with visible_to(night.school):
        take_back(change=ChangeSet.objects.filter(kind="import").get(), by=None)
    for each in (night.folder / "done").iterdir():
        each.unlink()
    night.roll("roll.csv", line("Ash", 1))
    assert night.counts(night.run()) == ONE_TAKEN


@pytest.mark.parametrize(
    ("name", "age"),
    [
        ("roll.csv", 5),
        ("roll.csv.part", 9000),
        (".roll.csv", 9000),
        ("~$roll.xlsx", 9000),
        ("roll.csv~", 9000),
    ],
)
def test_a_file_that_is_being_written_is_left(night: Night, name: str, age: float) -> None:
    night.roll(name, line("Ash", 1), age=age)
    assert night.counts(night.run()) == "0 taken, 0 seen before, 0 refused, 1 left and 0 broke off."
    assert (night.waiting(), night.held()) == ([name], ([], 0))
    (night.folder / name).rename(night.folder / "whole.csv")
    assert "1 taken" in night.run(quiet_for=1)


def test_what_is_put_there_meanwhile_waits_for_the_next_night(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = night.roll("roll.csv", line("Ash", 1))

    def written_over(folder: drop_folder.DropFolder, stem: str, lines: Any) -> None:
        keep(folder, stem, lines)
        night.roll("roll.csv", line("Ash", 1), line("Elm", 2), age=100)

    keep = drop_folder.DropFolder.keep_report
    monkeypatch.setattr(drop_folder.DropFolder, "keep_report", written_over)
    night.run()
    monkeypatch.undo()
    # What was read lies in done, and what came under its name is still there.
    (taken,) = night.put_away("done")
    assert (night.folder / "done" / taken).read_bytes().count(b"\n") == 2
    assert path.exists()
    night.run(quiet_for=1)
    assert night.held()[0] == [("Ash", "3A"), ("Elm", "3A")]


def test_a_refused_file_changes_nothing_and_keeps_no_other_back(night: Night) -> None:
    night.put("secret.csv", as_csv([HEADINGS, line("Ash", 1), ["Elm", "Noah", "31/02/2018", "3", "", "3A"]]))
    night.put("notes.txt", "Please see the attached roll.", age=4000)
    night.roll("good.csv", line("Oak", 3), age=300)
    said = night.run(code=1)
    assert "1 taken, 0 seen before, 2 refused" in said
    assert "2 files were refused" in said
    assert night.held() == ([("Oak", "3A")], 1)
    assert night.waiting() == []
    report = night.report("refused")
    assert "Refused: nothing of it was taken." in report
    assert "Row 3, DOB: '31/02/2018' is not a date. Write it as dd/mm/yyyy." in report
    assert "No row of headings was found" in night.report("refused", 0)
    # Put right, it comes in; refused again, it lies there twice.
    night.put("secret.csv", as_csv([HEADINGS, line("Ash", 1)]))
    assert night.counts(night.run()) == ONE_TAKEN
    for _ in range(2):
        night.put("notes.txt", "Please see the attached roll.", age=4000)
        night.run(code=1)
    assert len(night.put_away("refused")) == 4


def test_judgements_whose_roll_is_not_there_yet_come_in_when_it_is(night: Night) -> None:
    night.judgements("judged.csv", 41)
    night.run(code=1)
    night.roll("roll.csv", line("Ash", 1))
    night.judgements("judged.csv", 41)
    assert "2 taken" in night.run()
    assert night.points() == [41]


def test_who_may_be_known_is_joined_to_nobody(night: Night) -> None:
    with visible_to(night.school):
        load(night.school, row(1, surname="Ash"), row(2, surname="Elm", upn=upn(2)), year=night.year)
    before = night.held()
    # By name and birthday, with a UPN where none is held; and a new one who shares birthday and forename with somebody who is not in the file.
    for rows in (
        [line("Ash", 1), line("Elm", 2)],
        [line("Ash", 1), ["Oak", "Elsie", "15/01/2018", "3", "", "3A"]],
    ):
        night.roll("roll.csv", *rows)
        night.run(code=1)
        assert night.held() == before
        report = night.report("refused")
        assert "Row 2: Ash, Elsie, born 15/01/2018, UPN" in report
        assert "Held: Ash, Elsie, born 15/01/2018, no UPN." in report
    night.put("file.xml", ctf(ctf_pupil(1, "Ash")), age=60)
    assert "Common transfer file, refused" in night.run(code=1, quiet_for=1)
    assert "1 row may be of children whom the school has already" in night.report("refused")
    assert night.held() == before


def test_nobody_leaves_because_a_file_is_shorter(night: Night) -> None:
    night.roll("roll.csv", line("Ash", 1), line("Elm", 2))
    night.run()
    night.roll("roll.csv", line("Ash", 1, "3B"))
    night.run()
    assert night.held()[0] == [("Ash", "3B"), ("Elm", "3A")]
    with visible_to(night.school):
        assert Pupil.objects.filter(enrolments__ends_on=None).count() == 2


def test_closed_terms_do_not_bind_the_operator_and_are_told_of(night: Night) -> None:
    night.roll("roll.csv", line("Ash", 1))
    night.run()
    with visible_to(night.school):
        judged(Pupil.objects.get(), night.year, AssessmentTerm.AUTUMN, 40)
        Term.objects.filter(term=TermName.AUTUMN).update(entry_ends_on="2000-01-01")
    night.judgements("judged.csv", 44)
    assert "1 changed and 1 closed terms changed" in night.run()
    assert night.points() == [44]
    report = night.report("done", 0) + night.report("done")
    assert f"Closed for entry, and changed all the same: Autumn {night.year} in Year 3." in report


def test_only_what_is_missing_is_filled(night: Night) -> None:
    night.roll("roll.csv", line("Ash", 1))
    night.run()
    night.roll("roll.csv", line("Ash", 1, "3B"))
    assert "1 unchanged" in night.run(update="missing")
    assert night.held()[0] == [("Ash", "3A")]
    # All of the same file is another wish.
    night.roll("roll.csv", line("Ash", 1, "3B"))
    assert "1 changed" in night.run()


def test_a_heading_that_was_explained_on_the_page_is_understood(night: Night) -> None:
    with visible_to(night.school):
        ColumnMapping.objects.create(
            school=night.school, kind="roll", heading="family", field="legal_surname"
        )
    night.put("roll.csv", as_csv([["Family", *HEADINGS[1:]], line("Ash", 1)]))
    night.run()
    assert night.held()[0] == [("Ash", "3A")]


def test_a_dry_run_tells_and_touches_nothing(night: Night) -> None:
    night.roll("roll.csv", line("Ash", 1))
    night.put("odd.txt", "Nothing of use")
    said = night.run(dry_run=True, code=1)
    assert "A dry run" in said
    assert "1 taken, 0 seen before, 1 refused" in said
    assert (night.waiting(), night.held()) == (["odd.txt", "roll.csv"], ([], 0))
    assert not (night.folder / "done").exists()


def test_links_pipes_and_giants_are_refused_unread(night: Night, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(as_csv([HEADINGS, line("Ash", 1)]))
    (night.folder / "link.csv").symlink_to(secret)
    os.mkfifo(night.folder / "pipe.csv")
    (night.folder / "folder").mkdir()
    giant = night.put("giant.csv", "x")
    os.truncate(giant, 101 * 2**20)
    os.utime(giant, (1e9, 1e9))
    assert "3 refused" in night.run(code=1)
    reports = "".join(night.report("refused", number) for number in range(3))
    assert "This is a link, not a file." in reports
    assert "This is not a file." in reports
    assert "The file is larger than 100 MB." in reports
    assert secret.exists()
    assert (night.waiting(), night.held()) == (["folder"], ([], 0))


def test_a_folder_that_is_a_link_is_not_written_through(night: Night, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (night.folder / "done").symlink_to(tmp_path / "elsewhere")
    night.roll("roll.csv", line("Ash", 1))
    said = night.run(code=1)
    assert "done is not a folder" in said
    assert (night.waiting(), night.held(), list((tmp_path / "elsewhere").iterdir())) == (
        ["roll.csv"],
        ([], 0),
        [],
    )


def test_each_school_has_a_folder_by_its_urn(night: Night, other_school: School, tmp_path: Path) -> None:
    all_of_them = tmp_path / "all"
    all_of_them.mkdir()
    (all_of_them / "123 unknown").mkdir()
    (all_of_them / "loose.csv").write_text("Surname")
    theirs = Night(other_school, night.year, all_of_them / other_school.urn)
    ours = Night(night.school, night.year, all_of_them / night.school.urn)
    ours.roll("roll.csv", line("Ash", 1))
    theirs.roll("roll.csv", line("Elm", 2))
    said = night.run(folder=all_of_them, school=None)
    assert "2 names in the folder passed over" in said
    assert (ours.held()[0], theirs.held()[0]) == ([("Ash", "3A")], [("Elm", "3A")])
    assert len(ours.put_away("done")) == 1


def test_one_at_a_time(night: Night) -> None:
    night.roll("roll.csv", line("Ash", 1))
    begun, ended = threading.Event(), threading.Event()

    def another() -> None:
        assert begin_alone()
        begun.set()
        ended.wait(30)
        end_alone()
        connection.close()

    thread = threading.Thread(target=another)
    thread.start()
    begun.wait(30)
    try:
        assert "Another sync is at work" in night.run(code=1)
        assert night.held() == ([], 0)
    finally:
        ended.set()
        thread.join()
    assert night.counts(night.run()) == ONE_TAKEN


def test_wrong_usage_is_told_apart(night: Night, tmp_path: Path) -> None:
    assert "no such folder" in night.run(folder=tmp_path / "none", code=1)
    assert "There is no school" in night.run(school="000000", code=1)


class EndedError(BaseException):
    """As when the machine loses its power."""


@pytest.mark.parametrize("at", ["replace", "rename"])
def test_ended_after_the_act_it_is_put_away_with_its_report_the_next_time(
    night: Night, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    night.roll("roll.csv", line("Ash", 1))

    def ended(path: Path, to: Path) -> Path:
        if not to.name.startswith("."):
            raise EndedError
        return kept(path, to)

    kept = getattr(Path, at)
    monkeypatch.setattr(Path, at, ended)
    with pytest.raises(EndedError):
        call_command("sync", str(night.folder), school=night.school.urn, stdout=io.StringIO())
    monkeypatch.undo()
    assert night.held() == ([("Ash", "3A")], 1)
    assert night.waiting() == ["roll.csv"]
    with visible_to(night.school):
        # Somebody goes on meanwhile.
        PupilYear.objects.update(class_group=None)

    assert night.counts(night.run()) == ONE_TAKEN

    assert (night.held(), night.waiting()) == (([("Ash", None)], 1), [])
    assert "1 pupil; 1 new, 0 changed, 0 unchanged." in night.report("done")
