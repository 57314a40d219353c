"""A school whose judgements come in from files, and files of judgements."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from assessment.models import Judgement
from schools.calendar import AcademicYear, YearGroup
from schools.models import ChangeKind, ChangeSet, School
from schools.row_security import visible_to
from schools.services import years
from tests.factories import on_roll
from tests.schools.files import upn, write_csv, write_workbook

YEAR = AcademicYear(2025)
HEADINGS = ["UPN", "Subject", "Academic Year", "Term", "Points"]
WIDE = [*HEADINGS, "Reason", "Note", "On Entry"]
ELSIE, NOAH, LEAVER, RECEPTION = upn(1), upn(2), upn(3), upn(4)
NEITHER = "is not on the scale: write 1 to 101, or a code such as 4E1, 30-50d or ELG."
TERMS = "is not a term. Write Baseline, Autumn, Spring or Summer alone, without a year."

JudgementEvent = Judgement.pgh_event_model  # type: ignore[attr-defined]


def elsie(
    points: object = 44, *more: object, subject: object = "Reading", term: object = "Autumn"
) -> list[object]:
    """A row of Elsie Brough, of Year 4."""
    return [ELSIE, subject, "2025/26", term, points, *more]


class Import:
    """Runs the command for a school and gives its report as lines."""

    def __init__(self, school: School, folder: Path) -> None:
        self.school, self.folder = school, folder

    def __call__(self, *rows: list[object], **options: object) -> list[str]:
        return self.file(write_csv(self.folder / "judgements.csv", rows), **options)

    def file(self, path: Path, **options: object) -> list[str]:
        out = io.StringIO()
        call_command("import_judgements", str(path), "--school", self.school.urn, stdout=out, **options)
        return out.getvalue().splitlines()

    def refused(self, *rows: list[object], **options: object) -> list[str]:
        """The report of a file that is not taken, without the name of the file."""
        return self.file_refused(write_csv(self.folder / "judgements.csv", rows), **options)

    def file_refused(self, path: Path, **options: object) -> list[str]:
        before = self.written()
        with pytest.raises(CommandError) as refused:
            self.file(path, **options)
        assert refused.value.returncode == 1
        assert self.written() == before
        return str(refused.value).removeprefix(f"{path.name}: ").splitlines()

    def problem(self, *rows: list[object]) -> str:
        """The one thing that is wrong with the rows below these headings."""
        first, *problems = self.refused(*rows)
        assert first == "nothing was imported. 1 problem:"
        (problem,) = problems
        return problem

    def written(self) -> tuple[int, int, int]:
        """How many judgements there are, how many events, how many change-sets of files."""
        with visible_to(self.school):
            files = ChangeSet.objects.filter(kind=ChangeKind.IMPORT)
            return Judgement.objects.count(), JudgementEvent.objects.count(), files.count()

    def held(self) -> list[tuple[object, ...]]:
        """What is held: forename, subject, year, term, points, reason, on entry, note."""
        with visible_to(self.school):
            return list(
                Judgement.objects.order_by("pupil__upn", "subject", "academic_year", "term").values_list(
                    *("pupil__forename", "subject_id", "academic_year", "term"),
                    *("points", "reason", "is_on_entry", "note"),
                )
            )

    def values(self) -> list[tuple[object, ...]]:
        """Of what is held the points, the reason, on entry and the note."""
        return [row[4:] for row in self.held()]


@pytest.fixture
def load(school: School, tmp_path: Path) -> Import:
    """A school with a child of Year 4 (Elsie), of Year 5 (Noah), one of Year 4 who left, and one in Reception."""

    def child(upn: str, name: str, year_group: YearGroup, ends_on: dt.date | None = None) -> None:
        forename, surname = name.split()
        names = {"pupil__upn": upn, "pupil__forename": forename, "pupil__surname": surname}
        on_roll(school, YEAR, year_group=year_group, ends_on=ends_on, **names)

    with visible_to(school):
        years.open_year(school=school, academic_year=YEAR, by=None)
        child(ELSIE, "Elsie Brough", YearGroup.Y4)
        child(NOAH, "Noah Cox", YearGroup.Y5)
        child(LEAVER, "Leo Last", YearGroup.Y4, ends_on=dt.date(2025, 10, 1))
        child(RECEPTION, "Rosa Small", YearGroup.R)
    return Import(school, tmp_path)


def first_line(load: Import, text: str) -> str:
    return f"{load.school.name} (URN {load.school.urn}): {text}"


Write = Callable[[Path, list[list[object]]], Path]


ROWS = [
    HEADINGS,
    elsie(44),
    elsie("4S1", subject="Maths", term="Spring term"),
    [NOAH, "writing", "2025-26", "Baseline", "50"],
]


def in_csv(folder: Path, rows: list[list[object]]) -> Path:
    return write_csv(folder / "file.csv", rows)


def in_semicolons(folder: Path, rows: list[list[object]]) -> Path:
    path = folder / "file.csv"
    path.write_text("\n".join(";".join(map(str, row)) for row in rows), encoding="utf-16")
    return path


def in_workbook(folder: Path, rows: list[list[object]]) -> Path:
    return write_workbook(folder / "file.xlsx", rows)
