"""A file of pupils, as a school's information system exports it, into the rows of a roll."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from schools.identifiers import read_dfe_number, read_upn, read_urn
from schools.imports import values
from schools.imports.headings import HeadingSet, normalised
from schools.imports.report import FileRefused, Problem, listed
from schools.imports.tables import Row, Table, read_table
from schools.imports.values import Cell, Unreadable, is_blank, text_of
from schools.models import School
from schools.services.roll_rows import RollProblem, RollRow

HEADINGS = HeadingSet.from_file(Path(__file__).with_name("column_synonyms.json"))
MOST_PUPILS = 100_000
LONGEST_NAME, LONGEST_CLASS = 100, 50


def _name(cell: Cell) -> str:
    return values.read_text(cell, longest=LONGEST_NAME)


def _class_name(cell: Cell) -> str:
    return values.read_text(cell, longest=LONGEST_CLASS)


def _upn(cell: Cell) -> str:
    text = text_of(cell)
    try:
        return read_upn(text)
    except ValueError as error:
        raise Unreadable(str(error).removeprefix(f"{text!r} ")) from error


@dataclass(frozen=True)
class Kept:
    """A field that we keep: what it is called in a roll and by people, and how its cells are read."""

    attribute: str
    label: str
    read: Callable[[Cell], Any]
    is_flag: bool = False


NEEDED = {
    "legal_surname": Kept("surname", "surname", _name),
    "legal_forename": Kept("forename", "forename", _name),
    "dob": Kept("date_of_birth", "date of birth", values.read_date),
    "nc_year": Kept("year_group", "year group", values.read_year_group),
}
OPTIONAL = {
    "upn": Kept("upn", "UPN", _upn),
    "preferred_surname": Kept("preferred_surname", "preferred surname", _name),
    "preferred_forename": Kept("preferred_forename", "preferred forename", _name),
    "sex": Kept("sex", "sex", values.read_sex),
    "class": Kept("class_name", "class", _class_name),
    "entry_date": Kept("entry", "entry date", values.read_date),
    "leaving_date": Kept("leaving", "leaving date", values.read_date),
    "sen_status": Kept("sen_status", "SEN status", values.read_sen_status),
    "ethnicity": Kept("ethnicity", "ethnicity", values.read_ethnicity),
    "attendance_pct": Kept("attendance", "attendance", values.read_attendance),
    # A blank is a no: systems leave the cell of whoever has no such mark empty.
    "pupil_premium": Kept("is_pupil_premium", "pupil premium", values.read_flag, is_flag=True),
    "fsm_ever6": Kept("is_fsm6", "FSM6", values.read_flag, is_flag=True),
    "eal": Kept("is_eal", "EAL", values.read_eal, is_flag=True),
    "looked_after": Kept("is_looked_after", "looked after", values.read_flag, is_flag=True),
    "disadvantaged": Kept("is_disadvantaged", "disadvantaged", values.read_flag, is_flag=True),
    "ever_in_care": Kept(
        "is_previously_looked_after", "previously looked after", values.read_left_care, is_flag=True
    ),
    "fsm": Kept("has_meals", "free school meals", values.read_flag, is_flag=True),
    "fsm_targeted": Kept("has_targeted_meals", "targeted free school meals", values.read_flag, is_flag=True),
    "fsm_expanded": Kept("has_expanded_meals", "expanded free school meals", values.read_flag, is_flag=True),
    "fsm_start": Kept("meals_since", "first day of free school meals", values.read_date),
    "fsm_end": Kept("meals_until", "last day of free school meals", values.read_date),
    "sen_primary_need": Kept("primary_need", "primary need", values.read_need),
    "sen_secondary_need": Kept("secondary_need", "secondary need", values.read_need),
    "service_child": Kept("is_service_child", "service child", values.read_service_child, is_flag=True),
}
KEPT = NEEDED | OPTIONAL
# What is kept with the days from and to which it is so.
DAY_TO_DAY = frozenset(
    {
        *("fsm", "fsm_targeted", "fsm_expanded", "fsm_start", "fsm_end"),
        *("sen_primary_need", "sen_secondary_need"),
    }
)
LABELS = {kept.attribute: kept.label for kept in KEPT.values()} | {"stays": "on roll"}
# Kept nothing of, but read: a guest is left out, and another school's file is refused.
CONSULTED = frozenset({"full_name", "enrol_status", "school_urn", "school_laestab"})

_TOTAL = re.compile(r"(?:grand |sub-?)?totals?\b", re.IGNORECASE)


@dataclass(frozen=True)
class PupilsFile:
    """What a file of pupils says: the rows that could be read, and what keeps the others out."""

    table: Table
    rows: tuple[RollRow, ...] = ()
    problems: tuple[Problem, ...] = ()
    guests: int = 0
    totals: int = 0
    # Headings that we know and keep nothing of.
    not_kept: tuple[str, ...] = field(default=())

    def in_words_of_the_file(self, problem: RollProblem) -> Problem:
        """A problem with a roll, under the heading that the column has in this file."""
        name = next((name for name, kept in KEPT.items() if kept.attribute == problem.field), "")
        return Problem(
            row=problem.row,
            column=_heading(self.table, name) if name else "",
            value=problem.value,
            what=problem.what,
        )


def read_pupils(
    path: Path,
    *,
    school: School,
    progress: Callable[[Iterable[Row]], Iterable[Row]] = iter,
    headings: HeadingSet = HEADINGS,
) -> PupilsFile:
    """Read a file of pupils of this school. Its problems are returned, not raised, so that all can be told at once.

    Raises FileRefused for what is no such file. `progress` is handed the rows and hands them on.
    """
    table = read_table(path, headings=headings)
    _refuse_missing_columns(table)
    reading = _Reading(table, school)
    for count, row in enumerate(progress(table.rows), start=1):
        if count > MOST_PUPILS:
            raise FileRefused(f"The file has more than {MOST_PUPILS:,} rows of pupils.")
        reading.take(row)
    not_kept = [
        column.heading
        for name, column in table.columns.items()
        if name not in KEPT and (name not in CONSULTED or (name == "full_name" and not reading.has_full_name))
    ]
    return PupilsFile(
        table, tuple(reading.rows), tuple(reading.problems), reading.guests, reading.totals, tuple(not_kept)
    )


def _names_apart(table: Table) -> bool:
    return "legal_surname" in table.columns and "legal_forename" in table.columns


def _heading(table: Table, name: str) -> str:
    if name in {"legal_surname", "legal_forename"} and not _names_apart(table):
        name = "full_name"
    return table.heading(name, otherwise=KEPT[name].label.capitalize() if name in KEPT else "Name")


def _refuse_missing_columns(table: Table) -> None:
    has_names = _names_apart(table) or "full_name" in table.columns
    missing = [
        kept.label
        for name, kept in NEEDED.items()
        if name not in table.columns and not (has_names and kept.attribute in {"surname", "forename"})
    ]
    if missing:
        raise FileRefused(
            f"No column was found for: {listed(missing)}."
            f" Row {table.heading_row} was read as the headings: {listed(table.all_headings)}."
        )


class _Reading:
    """One walk through the rows of a file."""

    def __init__(self, table: Table, school: School) -> None:
        self.table, self.school = table, school
        self.has_full_name = not _names_apart(table)
        self.names_go_surname_first = normalised(table.heading("full_name")) == "surnameforename"
        self.rows: list[RollRow] = []
        self.problems: list[Problem] = []
        self.guests = self.totals = 0

    def take(self, row: Row) -> None:
        if _TOTAL.match(text_of(row.first)) and is_blank(row.cells["dob"]):
            self.totals += 1
            return
        status = row.cells.get("enrol_status")
        if not is_blank(status) and values.is_guest(status):
            self.guests += 1
            return
        found = len(self.problems)
        self._check_school(row)
        said = self._names(row) | self._needed(row) | self._optional(row)
        if len(self.problems) == found:
            self.rows.append(RollRow(number=row.number, **_without_needless_names(said)))

    def _problem(self, row: Row, name: str, what: str) -> None:
        value = text_of(row.cells.get(name))
        heading = _heading(self.table, name)
        self.problems.append(Problem(row=row.number, column=heading, value=value, what=what))

    def _read(self, row: Row, name: str, read: Callable[[Cell], Any]) -> dict[str, Any]:
        """The field's value by its name in a roll; nothing where the cell cannot be read."""
        try:
            return {KEPT[name].attribute: read(row.cells[name])}
        except Unreadable as error:
            self._problem(row, name, str(error))
            return {}

    def _needed(self, row: Row) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for name, kept in NEEDED.items():
            if self.has_full_name and name.startswith("legal_"):
                continue
            if is_blank(row.cells[name]):
                self._problem(row, name, f"the cell is blank. Every pupil needs a {kept.label}.")
            else:
                said |= self._read(row, name, kept.read)
        return said

    def _optional(self, row: Row) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for name, kept in OPTIONAL.items():
            if name not in self.table.columns:
                continue
            if not is_blank(row.cells[name]):
                said |= self._read(row, name, kept.read)
            elif kept.is_flag:
                said[kept.attribute] = False
        return said

    def _names(self, row: Row) -> dict[str, Any]:
        """Surname and forename out of one column, where the file has no columns for each."""
        if not self.has_full_name:
            return {}
        text = text_of(row.cells["full_name"])
        surname, comma, forename = (part.strip() for part in text.partition(","))
        if not comma and self.names_go_surname_first and len(text.split()) == 2:
            surname, forename = text.split()
        if not text:
            self._problem(row, "full_name", "the cell is blank. Every pupil needs a name.")
        elif not (surname and forename):
            self._problem(row, "full_name", "is not a surname and a forename. Write it as Surname, Forename.")
        elif max(len(surname), len(forename)) > LONGEST_NAME or not text.isprintable():
            self._problem(row, "full_name", "is not a name, or longer than 100 characters.")
        return {"surname": surname, "forename": forename}

    def _check_school(self, row: Row) -> None:
        self._check_number(row, "school_urn", "URN", read_urn, self.school.urn)
        self._check_number(row, "school_laestab", "DfE number", _read_laestab, self.school.dfe_number)

    def _check_number(self, row: Row, name: str, label: str, read: Callable[[str], str], ours: str) -> None:
        text = text_of(row.cells.get(name))
        if not text:
            return
        try:
            number = read(text)
        except ValueError:
            self._problem(row, name, f"is not a {label}. That of {self.school.name} is {ours}.")
            return
        if number != ours:
            self._problem(row, name, f"is another school’s {label}. That of {self.school.name} is {ours}.")


def _read_laestab(text: str) -> str:
    return read_dfe_number(re.sub(r"[\s/-]", "", text))


def _without_needless_names(said: Mapping[str, Any]) -> dict[str, Any]:
    """A preferred name that is the legal one is none."""
    same = {
        f"preferred_{part}": ""
        for part in ("surname", "forename")
        if said.get(f"preferred_{part}") == said[part]
    }
    return {**said, **same}
