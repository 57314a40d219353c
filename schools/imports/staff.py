"""A list of staff, one person a row, into whom to invite."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from schools.imports.headings import HeadingSet
from schools.imports.report import FileRefused, Problem, listed, quoted
from schools.imports.tables import Row, Table, read_table
from schools.imports.values import Cell, Unreadable, is_blank, read_text, text_of
from schools.led_subjects import NAMES
from schools.models import Role
from schools.services.invitations import checked_email
from schools.services.people import checked_name
from schools.services.staff import refuse_unfitting
from schools.services.staff_list import StaffProblem, StaffRow

MOST_STAFF = 2_000
HEADINGS = HeadingSet(
    fields={
        "name": ("Name", "Full Name", "Staff Name", "Preferred Name", "Teacher"),
        "forename": ("Forename", "First Name", "Preferred Forename", "Legal Forename"),
        "surname": ("Surname", "Last Name", "Preferred Surname", "Legal Surname"),
        "email": ("Email", "Email Address", "Work Email", "School Email", "E-mail"),
        "roles": ("Role", "Roles", "Tracker Role"),
        "classes": ("Class", "Classes", "Class(es)", "Teaches", "Reg Group"),
        "subjects": ("Subject", "Subjects", "Subjects led", "Leads"),
    }
)
_OTHER_WORDS = {
    "class teacher": Role.TEACHER,
    "subject lead": Role.SUBJECT_LEADER,
    "sendco": Role.SENCO,
    "assessment lead": Role.ASSESSMENT_LEADER,
    "head": Role.HEAD,
    "headteacher": Role.HEAD,
    "admin": Role.ADMINISTRATOR,
}
_ROLES = {
    **{str(role.label).lower(): role for role in Role},
    **{role.value.replace("_", " "): role for role in Role},
    **_OTHER_WORDS,
}
_SUBJECT_WORDS = {"maths": "mathematics"}


@dataclass(frozen=True)
class StaffFile:
    """What a list says: the rows that could be read, and what keeps the others out."""

    table: Table
    rows: tuple[StaffRow, ...] = ()
    problems: tuple[Problem, ...] = ()

    def in_words_of_the_file(self, problem: StaffProblem) -> Problem:
        """A problem with a person, under the heading that the column has in this file."""
        heading = self.table.heading(problem.field, otherwise=problem.field.capitalize())
        return Problem(row=problem.row, column=heading, value=problem.value, what=problem.what)


def read_staff(path: Path) -> StaffFile:
    """Read a list of staff. Its problems are returned, not raised, so that all can be told at once.

    Raises FileRefused for what is no such file.
    """
    table = read_table(path, headings=HEADINGS, such_as="Name, Email, Role")
    has_name = "name" in table.columns or {"forename", "surname"} <= table.columns.keys()
    needed = {"name": has_name, "email": "email" in table.columns, "role": "roles" in table.columns}
    if missing := [label for label, is_there in needed.items() if not is_there]:
        raise FileRefused(
            f"No column was found for: {listed(missing)}."
            f" Row {table.heading_row} was read as the headings: {listed(table.all_headings)}."
        )
    reading = _Reading(table)
    for count, row in enumerate(table.rows, start=1):
        if count > MOST_STAFF:
            raise FileRefused(f"The file has more than {MOST_STAFF:,} rows of people.")
        reading.take(row)
    return StaffFile(table, tuple(reading.rows), tuple(reading.problems))


@dataclass
class _Reading:
    """One walk through the rows of a file."""

    table: Table
    rows: list[StaffRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    # In which row each address stands.
    seen: dict[str, int] = field(default_factory=dict)

    def take(self, row: Row) -> None:
        found = len(self.problems)
        said = {
            "name": self._read(row, "name", _name, cell=_whole_name(row)),
            "email": self._read(row, "email", self._new_email(row)),
            "roles": self._read(row, "roles", _roles),
            "class_names": self._read(row, "classes", _parts, blank=()),
            "subjects": self._read(row, "subjects", _subjects, blank=frozenset()),
        }
        if len(self.problems) == found:
            self._fit(row, said)
        if len(self.problems) == found:
            self.rows.append(StaffRow(number=row.number, **said))

    def _fit(self, row: Row, said: Mapping[str, Any]) -> None:
        try:
            refuse_unfitting(
                said["roles"], has_classes=bool(said["class_names"]), has_subjects=bool(said["subjects"])
            )
        except ValueError as error:
            self._problem(row, "roles", text_of(row.cells.get("roles")), f"does not fit. {error}")

    def _problem(self, row: Row, name: str, value: str, what: str) -> None:
        heading = self.table.heading(name, otherwise=name.capitalize())
        self.problems.append(Problem(row=row.number, column=heading, value=value, what=what))

    def _read(
        self,
        row: Row,
        name: str,
        read: Callable[[Cell], Any],
        *,
        cell: Cell = None,
        blank: Any = None,
    ) -> Any:
        cell = row.cells.get(name) if cell is None else cell
        if is_blank(cell):
            if blank is None:
                self._problem(
                    row, name, "", "the cell is blank. Everybody needs a name, an address and a role."
                )
            return blank
        try:
            return read(cell)
        except Unreadable as error:
            self._problem(row, name, text_of(cell), str(error))
            return None

    def _new_email(self, row: Row) -> Callable[[Cell], str]:
        def read(cell: Cell) -> str:
            try:
                email = checked_email(read_text(cell, longest=254))
            except Unreadable:
                raise
            except ValueError as error:
                raise Unreadable("is not an email address.") from error
            if email in self.seen:
                raise Unreadable(f"stands in row {self.seen[email]} too. Write one row for each person.")
            self.seen[email] = row.number
            return email

        return read


def _whole_name(row: Row) -> Cell:
    """The name of a row, put together where its parts stand apart."""
    if not is_blank(row.cells.get("name")):
        return row.cells["name"]
    parts = (text_of(row.cells.get(part)) for part in ("forename", "surname"))
    return " ".join(part for part in parts if part)


def _name(cell: Cell) -> str:
    try:
        return checked_name(read_text(cell, longest=200))
    except Unreadable:
        raise
    except ValueError as error:
        raise Unreadable("is not a name.") from error


def _parts(cell: Cell) -> tuple[str, ...]:
    """What stands between commas or semicolons, each once."""
    parts = (part.strip() for part in re.split(r"[,;]", read_text(cell, longest=500)))
    return tuple(dict.fromkeys(part for part in parts if part))


def _roles(cell: Cell) -> frozenset[Role]:
    parts = _parts(cell)
    unknown = [part for part in parts if part.lower() not in _ROLES]
    if unknown or not parts:
        known = listed(str(role.label) for role in Role)
        raise Unreadable(
            f"holds no role that is known by {listed(map(quoted, unknown))}. Write one of: {known}."
        )
    return frozenset(_ROLES[part.lower()] for part in parts)


def _subjects(cell: Cell) -> frozenset[str]:
    codes = {name.lower(): code for code, name in NAMES.items()} | {code: code for code in NAMES}
    codes |= {word: code for word, code in _SUBJECT_WORDS.items() if code in NAMES}
    parts = _parts(cell)
    unknown = [part for part in parts if part.lower() not in codes]
    if unknown:
        raise Unreadable(
            f"holds a subject that is not known: {listed(map(quoted, unknown))}. Write: {listed(NAMES.values())}."
        )
    return frozenset(codes[part.lower()] for part in parts)
