"""A marksheet on paper: names, what was judged last in small, and empty boxes to write into."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from assessment.queries.columns import Column
from assessment.queries.differences import shown_value
from assessment.queries.marksheets import Sheet
from assessment.queries.sheet_rows import Row
from reports.documents.marksheet_workbook import expected_line

# Longer names are set smaller, so that thirty rows stay on one page.
_LONG = 30
# More columns than these leave each no room for a heading in full size.
_MANY = 9


@dataclass(frozen=True)
class BlankColumn:
    """A heading, and what stands `over` it and its neighbours, as a subject does over its terms; `is_box`: one writes here."""

    heading: str
    over: str
    is_box: bool


@dataclass(frozen=True)
class BlankCell:
    """`value` stands there already; `last`, in small, is what was judged before."""

    value: str
    last: str
    is_box: bool


@dataclass(frozen=True)
class BlankRow:
    """One pupil, numbered as the page counts them; `told`: class and year group, where the sheet has several."""

    number: int
    name: str
    told: str
    is_long: bool
    cells: tuple[BlankCell, ...]


@dataclass(frozen=True)
class MarksheetBlank:
    """The sheet on paper."""

    school: str
    title: str
    name: str
    when: str
    teachers: str
    made_on: dt.date
    expected: str
    columns: tuple[BlankColumn, ...]
    rows: tuple[BlankRow, ...]
    is_dense: bool
    # Whether the first column is that of the ages.
    has_ages: bool = False

    @property
    def groups(self) -> list[tuple[str, int]]:
        """What stands over neighbouring columns, and over how many; nothing at all where it stands over none."""
        if not any(column.over for column in self.columns):
            return []
        together = groupby(self.columns, key=lambda column: column.over)
        return [(over, len(list(columns))) for over, columns in together]

    @property
    def has_boxes(self) -> bool:
        """Whether there is anything to write into."""
        return any(column.is_box for column in self.columns)


def marksheet_blank(
    sheet: Sheet,
    *,
    school: str,
    title: str,
    when: str,
    with_class: bool,
    teachers: Sequence[str] = (),
    made_on: dt.date,
) -> MarksheetBlank:
    """The sheet to print: its judgements, and of its other columns those that say something of somebody."""
    columns = [
        column
        for column in sheet.columns
        if column.place or any(column.shows and column.shows(row).text for row in sheet.rows)
    ]
    # Beside the name it would be cut off where that is long.
    ages = (BlankColumn("Age in months", "", is_box=False),) if sheet.has_ages else ()
    several = len({row.year_group for row in sheet.rows}) > 1
    return MarksheetBlank(
        school=school,
        title=title,
        name=sheet.layout.name,
        when=when,
        teachers=", ".join(teachers),
        made_on=made_on,
        expected=expected_line(sheet),
        columns=(*ages, *(_column(column) for column in columns)),
        rows=tuple(
            BlankRow(
                number,
                row.name,
                _told(row, with_class=with_class, with_year_group=several),
                len(row.name) > _LONG,
                (*(_age(row) for _ in ages), *(_cell(row, column) for column in columns)),
            )
            for number, row in enumerate(sheet.rows, start=1)
        ),
        is_dense=len(columns) > _MANY,
        has_ages=sheet.has_ages,
    )


def _column(column: Column) -> BlankColumn:
    return BlankColumn(
        " ".join(part for part in (column.label, column.detail) if part),
        column.heading if column.heading != column.label else "",
        column.is_in_focus,
    )


def _age(row: Row) -> BlankCell:
    return BlankCell("" if row.age_in_months is None else str(row.age_in_months), "", is_box=False)


def _told(row: Row, *, with_class: bool, with_year_group: bool) -> str:
    parts = (
        row.class_name if with_class else "",
        row.year_group.label if with_year_group else "",
    )
    return " · ".join(part for part in parts if part)


def _cell(row: Row, column: Column) -> BlankCell:
    if column.place is None:
        return BlankCell(column.shows(row).text if column.shows else "", "", is_box=False)
    held = row.held_at(column.place)
    before = row.before(column.place) if column.is_in_focus else None
    value = shown_value(held.points, held.reason)
    return BlankCell(value, "" if before is None else str(before), column.is_in_focus)
