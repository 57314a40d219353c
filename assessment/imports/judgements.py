"""A file of judgements in the long form, one row a judgement, into what is said of the school's pupils."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from assessment.engine.subjects import BY_NUMBER
from assessment.imports.judgement_cells import (
    GENERAL_POINTS,
    HEADINGS,
    LABELS,
    NEEDED,
    read_academic_year,
    read_note,
    read_points_in,
    read_reason,
    read_subject,
    read_term,
    read_upn,
)
from assessment.models import Reason
from assessment.queries.records import KnownPupil, Records
from assessment.services.loading import Cell as JudgedCell
from assessment.services.loading import Said
from schools.calendar import AcademicYear
from schools.imports.headings import HeadingSet, normalised
from schools.imports.report import FileRefused, Problem, counted, listed, quoted
from schools.imports.tables import Row, Table, read_table
from schools.imports.values import Cell, Unreadable, is_blank, read_flag, text_of
from schools.models import School

# A file with so many faults is another kind of file: the rest of it is not read.
MOST_PROBLEMS = 1_000

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class JudgementsFile:
    """What a file of judgements says, once it is known that all of it can be taken."""

    table: Table
    said: Sequence[Said]
    # By the pupil's key, those of the school.
    names: dict[int, str]
    # Rows with neither points nor a reason, and those of them that have a note.
    skipped: int
    skipped_notes: int
    # Rows that say again what an earlier row says.
    repeated: int

    @property
    def unused_headings(self) -> tuple[str, ...]:
        """Columns of which nothing is kept."""
        known = (column.heading for name, column in self.table.columns.items() if name not in LABELS)
        return (*known, *self.table.unknown_headings)


def read_judgements(
    path: Path,
    *,
    school: School,
    progress: Callable[[Iterable[Row]], Iterable[Row]] = iter,
    headings: HeadingSet = HEADINGS,
) -> JudgementsFile:
    """Read a file of judgements of this school's pupils; needs the school open.

    Raises FileRefused for what is no such file, and with every problem for one that cannot be taken whole. `progress`
    is handed the rows and hands them on.
    """
    table = read_table(path, headings=headings, such_as="UPN, Subject, Academic Year, Term, Points")
    _refuse_wrong_columns(table)
    reading = _Reading(table, school)
    for row in progress(table.rows):
        reading.take(row)
        if len(reading.problems) >= MOST_PROBLEMS:
            break
    if reading.problems:
        count = len(reading.problems)
        found = (
            f"The first {counted(count, 'problem')}" if count >= MOST_PROBLEMS else counted(count, "problem")
        )
        raise FileRefused(f"nothing was imported. {found}:", reading.problems)
    return JudgementsFile(
        table=table,
        said=list(reading.said.values()),
        names={pupil.pk: pupil.name for pupil in reading.records.pupils.values()},
        skipped=reading.skipped,
        skipped_notes=reading.skipped_notes,
        repeated=reading.repeated,
    )


def _refuse_wrong_columns(table: Table) -> None:
    missing = [LABELS[name] for name in NEEDED if name not in table.columns]
    if missing:
        raise FileRefused(
            f"No column was found for: {listed(missing)}."
            f" Row {table.heading_row} was read as the headings: {listed(table.all_headings)}."
        )
    points = table.heading("points")
    rivals = [heading for heading, counts in table.repeated_headings if counts == points]
    if rivals and normalised(points) in {normalised(each) for each in GENERAL_POINTS}:
        raise FileRefused(
            f"The columns {listed([points, *rivals])} may each hold the points. Give the right one the heading Points."
        )


class _Reading:
    """One walk through the rows of a file."""

    def __init__(self, table: Table, school: School) -> None:
        self.table, self.school = table, school
        self.records = Records(school)
        self.said: dict[JudgedCell, Said] = {}
        self.problems: list[Problem] = []
        self.skipped = self.skipped_notes = self.repeated = 0

    def take(self, row: Row) -> None:
        if is_blank(row.cells["points"]) and is_blank(row.cells.get("reason")):
            self.skipped += 1
            self.skipped_notes += not is_blank(row.cells.get("note"))
            return
        found = len(self.problems)
        pupil = self._needed(row, "upn", self._pupil)
        year = self._needed(row, "academic_year", read_academic_year)
        term = self._needed(row, "term", read_term)
        subject = self._subject(row, pupil, year)
        points, reason = self._judged(row)
        on_entry, note = self._flag(row, "on_entry"), self._note(row)
        if len(self.problems) == found and pupil and year and term is not None and subject:
            self._keep(Said(row.number, pupil.pk, subject, year, term, points, reason, on_entry, note), pupil)

    def _problem(self, row: Row, name: str, what: str, *, quote: bool = True) -> None:
        value = text_of(row.cells.get(name)) if quote else ""
        heading = self.table.heading(name, otherwise=LABELS[name])
        self.problems.append(Problem(row=row.number, column=heading, value=value, what=what))

    def _read(self, row: Row, name: str, read: Callable[[Cell], T]) -> T | None:
        """What the cell says; None, and a problem more, where it cannot be read."""
        try:
            return read(row.cells[name])
        except Unreadable as error:
            self._problem(row, name, str(error))
            return None

    def _needed(self, row: Row, name: str, read: Callable[[Cell], T]) -> T | None:
        if is_blank(row.cells[name]):
            label = LABELS[name] if name == "upn" else LABELS[name].lower()
            self._problem(row, name, f"the cell is blank. Every judgement needs its {label}.")
            return None
        return self._read(row, name, read)

    def _pupil(self, cell: Cell) -> KnownPupil:
        pupils = self.records.pupils
        if isinstance(cell, str) and (known := pupils.get(cell)):
            return known
        if known := pupils.get(read_upn(cell)):
            return known
        raise Unreadable(f"is not the UPN of any pupil that {self.school.name} has. Import the roll first.")

    def _subject(self, row: Row, pupil: KnownPupil | None, year: AcademicYear | None) -> int | None:
        """The subject's number; it hangs on the year group, and without a record of the year there is none."""
        if pupil is None or year is None:
            if is_blank(row.cells["subject"]):
                self._needed(row, "subject", text_of)
            return None
        year_group = self.records.year_group(pupil.pk, year)
        if year_group is None:
            what = f"{pupil.name} has no record for {year}: import that year’s roll first."
            self._problem(row, "academic_year", what, quote=False)
            return None
        framework = self.records.framework(year)
        subject = self._needed(row, "subject", lambda cell: read_subject(cell, year_group, framework))
        return subject.number if subject else None

    def _judged(self, row: Row) -> tuple[int | None, str]:
        """Points, or a reason; never both."""
        has_points, has_reason = not is_blank(row.cells["points"]), not is_blank(row.cells.get("reason"))
        reason = self._read(row, "reason", read_reason) if has_reason else None
        points = self._read(row, "points", read_points_in) if has_points else None
        if points is not None and reason is not None:
            what = f"stands beside the reason {Reason(reason).label.lower()}. Leave one of the two blank."
            self._problem(row, "points", what)
        return points, reason.value if reason else ""

    def _flag(self, row: Row, name: str) -> bool | None:
        """None where the file has no such column; a blank is a no."""
        if name not in row.cells:
            return None
        return False if is_blank(row.cells[name]) else self._read(row, name, read_flag)

    def _note(self, row: Row) -> str | None:
        """None where there is none, so that the one that is there stays."""
        return None if is_blank(row.cells.get("note")) else self._read(row, "note", read_note)

    def _keep(self, said: Said, pupil: KnownPupil) -> None:
        first = self.said.setdefault(said.cell, said)
        if first is said:
            return
        if first[1:] == said[1:]:
            self.repeated += 1
            return
        place = f"{pupil.name}, {BY_NUMBER[said.subject].full_name}, {said.term.label} {AcademicYear(said.academic_year)}"
        self.problems.append(
            Problem(
                row=said.number,
                column=self.table.heading("points"),
                what=f"row {first.number} says of {place} {_in_words(first)}, this row {_in_words(said)}."
                " Remove one of the two rows.",
            )
        )


def _in_words(said: Said) -> str:
    """Points or a reason, and the rest that is said: `44`, `absent, on entry`."""
    words = [str(said.points) if said.points is not None else Reason(said.reason).label.lower()]
    if said.is_on_entry is not None:
        words.append("on entry" if said.is_on_entry else "not on entry")
    if said.note is not None:
        words.append(f"with the note {quoted(said.note)}")
    return ", ".join(words)
