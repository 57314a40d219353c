"""Common transfer files in tests: from pieces of text, as systems write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from schools.ctf_values import CtfPupil
from schools.imports.ctf import CtfFile, read_ctf
from schools.imports.report import FileRefused
from tests.schools.files import upn

SAMPLE = Path(__file__).parents[2] / "fixtures" / "ctf" / "sample_ctf25_leaver.xml"


def one(tag: str, text: object) -> str:
    """An element with this text; none where it is None."""
    return "" if text is None else f"<{tag}>{text}</{tag}>"


def ctf_pupil(
    serial: int | None = 1,
    surname: str | None = "Brough",
    forename: str | None = "Elsie",
    born: str | None = "2018-01-15",
    *,
    sex: str = "<Sex>F</Sex>",
    year: str | None = "3",
    basic: str = "",
    rest: str = "",
) -> str:
    """A pupil's element; `basic` goes into BasicDetails behind the year group, `rest` after it."""
    details = one("NCyearActual", year) + basic
    return one(
        "Pupil",
        one("UPN", None if serial is None else upn(serial))
        + one("Surname", surname)
        + one("Forename", forename)
        + one("DOB", born)
        + sex
        + (one("BasicDetails", details) if details else "")
        + rest,
    )


def ctf(
    *pupils: str,
    version: str | None = "25.0",
    qualifier: str = "full",
    source: str = "<LEA>860</LEA><Estab>2345</Estab><SchoolName>Sample Primary School</SchoolName><AcademicYear>2025</AcademicYear>",
    destination: str = "",
    declaration: str = '<?xml version="1.0" encoding="UTF-8"?>',
) -> str:
    """A whole file as text."""
    header = (
        one("DocumentName", "Common Transfer File")
        + one("CTFversion", version)
        + one("DateTime", "2026-07-17T15:05:00")
        + one("DocumentQualifier", qualifier)
        + one("SourceSchool", source)
        + (one("DestSchool", destination) if destination else "")
    )
    return declaration + one("CTfile", one("Header", header) + one("CTFpupilData", "".join(pupils)))


def result(
    component: str,
    value: object,
    *,
    subject: str = "MAT",
    method: str = "TA",
    year: str = "2025",
    qualifier: str = "NA",
) -> str:
    """A StageAssessment, its elements in the order of the structure."""
    return one(
        "StageAssessment",
        one("Locale", "ENG") + one("Year", year) + one("Subject", subject) + one("Method", method)
        + one("Component", component) + one("ResultStatus", "R") + one("ResultQualifier", qualifier) + one("Result", value),
    )  # fmt: skip


def results(stage: str, *each: str) -> str:
    """The StageAssessments of one stage."""
    return one("StageAssessments", one("KeyStage", one("Stage", stage) + "".join(each)))


def written(
    folder: Path, content: str | bytes, *, name: str = "anything.txt", encoding: str = "utf-8"
) -> Path:
    """The file on disk, its name no help."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def read(folder: Path, content: str | bytes, *, encoding: str = "utf-8") -> CtfFile:
    return read_ctf(written(folder, content, encoding=encoding))


def only(file: CtfFile) -> CtfPupil:
    """The one pupil of a file that has no problems."""
    assert [str(problem) for problem in file.problems] == []
    (pupil,) = file.pupils
    return pupil


def problems(folder: Path, *pupils: str) -> list[str]:
    return [str(problem) for problem in read(folder, ctf(*pupils)).problems]


def refusal(folder: Path, content: str | bytes, *, encoding: str = "utf-8") -> str:
    with pytest.raises(FileRefused) as refused:
        read(folder, content, encoding=encoding)
    return str(refused.value)
