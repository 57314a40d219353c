"""Importing rolls in tests, and looking at what came of it."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from schools.models import ChangeSet, ClassGroup, Enrolment, Pupil, PupilYear, School, SchoolYear
from schools.row_security import visible_to
from tests.schools.files import upn, write_csv

HEADINGS = ["UPN", "Surname", "Forename", "DOB", "Year"]


ELSIE = [upn(1), "Brough", "Elsie", "15/01/2018", "Year 3"]


NOAH = [upn(2), "Cox", "Noah", "02/03/2017", "4"]


class Import:
    """Runs the command for a school and gives its report as lines."""

    def __init__(self, school: School, folder: Path) -> None:
        self.school, self.folder = school, folder

    def __call__(
        self, *rows: list[object], year: str = "2025/26", name: str = "roll.csv", **options: object
    ) -> list[str]:
        path = write_csv(self.folder / name, rows)
        return self.file(path, year=year, **options)

    def file(self, path: Path, *, year: str = "2025/26", **options: object) -> list[str]:
        out = io.StringIO()
        arguments = [str(path), "--school", self.school.urn, "--year", year]
        call_command("import_pupils", *arguments, stdout=out, **options)
        return out.getvalue().splitlines()

    def refused(self, *rows: list[object], **options: object) -> list[str]:
        """The report of a file that is not taken, without the name of the file."""
        before = self.held()
        with pytest.raises(CommandError) as refused:
            self(*rows, **options)
        assert refused.value.returncode == 1
        assert self.held() == before
        return str(refused.value).removeprefix("roll.csv: ").splitlines()

    def held(self) -> tuple[int, ...]:
        """How much the school holds, its history included."""
        with visible_to(self.school):
            models = (Pupil, PupilYear, Enrolment, ClassGroup, ChangeSet, SchoolYear)
            return tuple(model.objects.count() for model in models)


@pytest.fixture
def load(school: School, tmp_path: Path) -> Import:
    return Import(school, tmp_path)


def pupil(school: School, surname: str) -> Pupil:
    with visible_to(school):
        return Pupil.objects.get(surname=surname)


def year_of(school: School, surname: str, start: int = 2025) -> PupilYear:
    with visible_to(school):
        return PupilYear.objects.select_related("class_group").get(
            pupil__surname=surname, academic_year=start
        )


def stays(school: School, surname: str) -> list[tuple[dt.date, bool, dt.date | None]]:
    with visible_to(school):
        found = Enrolment.objects.filter(pupil__surname=surname).order_by("starts_on")
        return list(found.values_list("starts_on", "is_start_assumed", "ends_on"))
