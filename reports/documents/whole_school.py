"""What people read of a whole school: its pupils, years, classes and judgements in words, and what each column of each file says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import BooleanField, Count

from reports.documents.judgements import HEADINGS as JUDGEMENTS
from reports.documents.judgements import long_line
from reports.documents.tables import Table, Value
from reports.queries.judgements import long_rows
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.interchange import ACCOUNTS, HEADINGS, PARTNERSHIPS, SCHOOLS, outside
from schools.models import ClassGroup, ClassTeacher, Enrolment, Pupil, PupilYear, School, SenStatus, Sex, Term
from schools.queries.whole_school import Column, TableFile, tables

_AT_A_TIME = 5_000


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook whose lines come one by one. Needs the school open while they do."""

    title: str
    headings: tuple[str, ...]
    rows: Iterator[tuple[Value, ...]]


def sheets(school: School) -> list[Sheet]:
    """The school in words, for whoever opens the file: what is asked for most, without keys and history."""
    return [
        Sheet(
            "Pupils",
            ("UPN", "Surname", "Forename", "Called", "Date of birth", "Sex", "On roll", "Disputed"),
            _pupils(school),
        ),
        Sheet(
            "Pupils’ years",
            (
                *("UPN", "Pupil", "Academic Year", "Year", "Class", "SEN"),
                *(_FLAGS.get(name, words) for name, words in _flags()),
                *("Ethnicity", "% Attendance"),
            ),
            _years(school),
        ),
        Sheet("Judgements", JUDGEMENTS, (long_line(row) for row in long_rows(school))),
        Sheet("Classes", ("Academic Year", "Class", "Teachers", "Pupils"), _classes(school)),
        Sheet("Terms", ("Academic Year", "Term", "First day", "Last day"), _terms(school)),
    ]


def _pupils(school: School) -> Iterator[tuple[Value, ...]]:
    stays: dict[int, list[str]] = {}
    for pupil, first, last in (
        Enrolment.objects.in_school(school).order_by("starts_on").values_list("pupil", "starts_on", "ends_on")
    ):
        stays.setdefault(pupil, []).append(f"{first} to {last}" if last else f"from {first}")
    # What was merged into another record is in the tables; here each child stands once.
    found = Pupil.objects.in_school(school).unmerged().order_by("surname", "forename", "pk")
    for one in found.iterator(chunk_size=_AT_A_TIME):
        called = one.name if one.preferred_surname or one.preferred_forename else None
        sex = Sex(one.sex).label if one.sex else None
        on_roll = ", ".join(stays.get(one.pk, ())) or None
        yield (
            one.upn or None,
            one.surname,
            one.forename,
            called,
            one.date_of_birth.isoformat(),
            sex,
            on_roll,
            one.disputed or None,
        )


def _years(school: School) -> Iterator[tuple[Value, ...]]:
    found = PupilYear.objects.in_school(school).select_related("pupil", "class_group")
    ordered = found.order_by("academic_year", "year_group", "pupil__surname", "pupil__forename", "pk")
    for row in ordered.iterator(chunk_size=_AT_A_TIME):
        yield (
            row.pupil.upn or None,
            row.pupil.name,
            row.academic_year.label,
            row.year_group.label,
            row.class_group.name if row.class_group else None,
            SenStatus(row.sen_status).label if row.sen_status else None,
            *(_YES[getattr(row, name)] for name, _ in _flags()),
            row.ethnicity or None,
            row.attendance,
        )


# What a school calls it, where a word made of the column's name is not that.
_FLAGS = {"is_fsm6": "FSM6", "is_eal": "EAL"}


def _flags() -> list[tuple[str, str]]:
    """Yes or no of a pupil's year, by column and in words: each that there is."""
    return [
        (field.name, str(field.verbose_name).removeprefix("is ").capitalize())
        for field in PupilYear._meta.concrete_fields
        if isinstance(field, BooleanField)
    ]


_YES = {True: "yes", False: "no", None: None}


def _classes(school: School) -> Iterator[tuple[Value, ...]]:
    taught: dict[int, list[str]] = {}
    for group, name in (
        ClassTeacher.objects.in_school(school)
        .order_by("membership__user__name")
        .values_list("class_group", "membership__user__name")
    ):
        taught.setdefault(group, []).append(name)
    found = ClassGroup.objects.in_school(school).annotate(size=Count("pupil_years"))
    for one in found.order_by("academic_year", "name"):
        yield one.academic_year.label, one.name, ", ".join(taught.get(one.pk, ())) or None, one.size


def _terms(school: School) -> Iterator[tuple[Value, ...]]:
    for one in Term.objects.in_school(school).order_by("academic_year", "term"):
        year = AcademicYear(one.academic_year).label
        yield year, TermName(one.term).label, one.starts_on.isoformat(), one.ends_on.isoformat()


# What stands in files of which there is no table.
_OUTSIDE = {
    "number": "By what other files name the row. Holds within this file alone.",
    "partnership": "The number of the partnership; empty for what is shipped with the program.",
    "email": "Address to sign in with, of those who have or had a role at the school; else empty.",
    "lowest_year_group": f"{int(YearGroup.N1)} is Nursery 1, {int(YearGroup.N2)} Nursery 2, 0 Reception, then 1 to 13.",
    "highest_year_group": "In the same way.",
}
_OUTSIDE_TABLES = {ACCOUNTS: "schools_user", SCHOOLS: "schools_school", PARTNERSHIPS: "schools_partnership"}


def dictionary() -> Table:
    """Every column of every CSV in the file: what it holds, and what an empty cell means."""
    rows: list[tuple[Value, ...]] = []
    for table in tables():
        rows += [(table.file, column.name, *_said(table, column)) for column in table.columns]
    for file, headings in [*((each.file, each.headings) for each in outside()), *HEADINGS.items()]:
        of = _OUTSIDE_TABLES.get(file) or next(each.table for each in outside() if each.file == file)
        meant = _meanings(of)
        rows += [(file, name, "text", None, _OUTSIDE.get(name) or meant.get(name, "")) for name in headings]
    return Table("Dictionary", ("File", "Column", "Kind", "Empty", "What it says"), rows)


def _said(table: TableFile, column: Column) -> tuple[str, str | None, str]:
    if column.refers:
        kind = f"number of a row of {_FILES.get(column.refers, column.refers)}"
    else:
        kind = "text" if column.is_text else column.type
    empty = "nothing" if column.may_be_nothing else "empty text" if column.is_text else None
    return kind, empty, _meaning(table, column.name)


_FILES = {"schools_user": ACCOUNTS, "schools_partnership": PARTNERSHIPS}


def _meaning(table: TableFile, column: str) -> str:
    of = table.of._meta.db_table
    return _meanings(of).get(column) or _shared().get(column, "")


@cache
def _dictionary() -> str:
    return (settings.BASE_DIR / "docs" / "data-dictionary.md").read_text(encoding="utf-8")


@cache
def _meanings(table: str) -> dict[str, str]:
    found = re.search(rf"^### `{table}`\n(.*?)(?=^#|\Z)", _dictionary(), re.MULTILINE | re.DOTALL)
    return _rows(found[1]) if found else {}


@cache
def _shared() -> dict[str, str]:
    parts = _dictionary().split("\n## ")
    shared = "".join(part for part in parts if part.startswith(("Columns that many", "Histories")))
    frozen = re.search(r"^### Columns of frozen rows\n(.*?)(?=^#)", _dictionary(), re.MULTILINE | re.DOTALL)
    return _rows(frozen[1] if frozen else "") | _rows(shared)


def _rows(text: str) -> dict[str, str]:
    said: list[Any] = re.findall(r"^\| `(\w+)` \| (.+) \|$", text, re.MULTILINE)
    # Links are for the page; here a word is enough.
    return {name: re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", words).replace("`", "") for name, words in said}
