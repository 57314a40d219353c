"""A marksheet as a workbook to fill in: what stands in each cell, what may be typed there, and what its colour follows from."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assessment.engine.expected_range import Attainment
from assessment.imports.marksheet_identity import Identity, file_heading
from assessment.queries.columns import Column
from assessment.queries.differences import shown_value
from assessment.queries.marksheets import Sheet
from assessment.queries.measuring import Measuring
from assessment.queries.sheet_rows import Place, Row
from reports.documents.tables import Value
from schools.calendar import AcademicYear

# More columns of judgements than these leave no room for words beside each.
_MOST_WITH_WORDS = 8
# Longer texts, such as notes, have a wider column.
_SHORT = 14


@dataclass(frozen=True)
class FileColumn:
    """A column; `has_colours`: something is expected there of somebody. `is_text`: what stands there is longer than a few figures."""

    key: str
    heading: str
    is_judgement: bool
    is_open: bool
    has_colours: bool
    is_text: bool = False


@dataclass(frozen=True)
class FileCell:
    """What stands there, whether the person may type into it, and the expected range (None, None where nothing is expected).

    `attainment` is that of a cell that is not open: an open one follows what is typed.
    """

    value: Value
    is_open: bool = False
    low: int | None = None
    high: int | None = None
    attainment: Attainment | None = None


@dataclass(frozen=True)
class FileRow:
    """One pupil, on a sheet of areas with the `age` in months; `saws`: by key of column what stands in each cell of the year, as it is compared when the file comes back."""

    key: uuid.UUID
    name: str
    class_name: str
    year_group: str
    cells: tuple[FileCell, ...]
    saws: tuple[tuple[str, str], ...]
    age: int | None = None


@dataclass(frozen=True)
class MarksheetWorkbook:
    """All of it. `subtitle`: term, year, school, teachers; `expected`: the range of each year group in a line."""

    identity: Identity
    title: str
    subtitle: str
    expected: str
    columns: tuple[FileColumn, ...]
    rows: tuple[FileRow, ...]
    with_class: bool
    with_year_group: bool
    with_words: bool
    with_age: bool = False


def marksheet_workbook(
    sheet: Sheet, identity: Identity, measuring: Measuring, *, with_class: bool, teachers: Sequence[str] = ()
) -> MarksheetWorkbook:
    """The sheet to fill in; `measuring` may have read already. Needs the school open."""
    rows = tuple(_row(sheet, row, measuring) for row in sheet.rows)
    columns = tuple(
        FileColumn(
            key=column.key,
            heading=file_heading(column),
            is_judgement=column.place is not None,
            is_open=any(row.cells[place].is_open for row in rows),
            has_colours=any(row.cells[place].low is not None or row.cells[place].attainment for row in rows),
            is_text=column.place is None
            and any(len(str(row.cells[place].value or "")) > _SHORT for row in rows),
        )
        for place, column in enumerate(sheet.columns)
    )
    return MarksheetWorkbook(
        identity=identity,
        title=f"{identity.title} · {sheet.layout.name}",
        subtitle=" · ".join([identity.when, identity.school, ", ".join(teachers)]).strip(" ·"),
        expected=expected_line(sheet),
        columns=columns,
        rows=rows,
        with_class=with_class,
        with_year_group=len({row.year_group for row in rows}) > 1,
        with_words=sum(column.has_colours for column in columns) <= _MOST_WITH_WORDS,
        with_age=sheet.has_ages,
    )


def expected_line(sheet: Sheet) -> str:
    """`Year 4 expected 44 to 46; Year 5 expected 51 to 53`; "" where nothing is."""
    return "; ".join(f"{group.label} expected {expected.label}" for group, expected in sheet.expected_ranges)


def _row(sheet: Sheet, row: Row, measuring: Measuring) -> FileRow:
    return FileRow(
        key=row.public_id,
        name=row.name,
        class_name=row.class_name,
        year_group=row.year_group.label,
        cells=tuple(_cell(row, column, measuring) for column in sheet.columns),
        saws=tuple(_saws(sheet, row)),
        age=row.age_in_months,
    )


def _saws(sheet: Sheet, row: Row) -> Iterator[tuple[str, str]]:
    for column in sheet.columns:
        if column.place and not column.is_of_an_earlier_year:
            held = row.held_at(column.place)
            yield column.key, f"{held.version}:{shown_value(held.points, held.reason)}"


def _cell(row: Row, column: Column, measuring: Measuring) -> FileCell:
    if column.shows:
        shown = column.shows(row)
        return FileCell(shown.value if shown.value is not None else shown.missing or None)
    if column.place is None:
        return FileCell(None)
    held = row.held_at(column.place)
    value = held.points if held.points is not None else shown_value(None, held.reason) or None
    if column.is_open_for(row):
        low, high = _range(row, column.place, measuring)
        return FileCell(value, is_open=True, low=low, high=high)
    return FileCell(value, attainment=Attainment(held.attainment) if held.attainment else None)


def _range(row: Row, place: Place, measuring: Measuring) -> tuple[int | None, int | None]:
    """What a judgement that is entered now would be measured by."""
    measured = measuring.measure(
        subject=place.subject,
        year_group=row.year_group,
        date_of_birth=row.facts.date_of_birth,
        academic_year=AcademicYear(place.at.academic_year),
        term=place.at.term,
    )
    return measured.low, measured.high
