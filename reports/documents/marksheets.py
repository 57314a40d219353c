"""Marksheets as tables to keep: what a sheet shows, in values, and how much of the sheets is entered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assessment.engine.expected_range import Attainment
from assessment.engine.subjects import Subject
from assessment.models import Reason
from assessment.queries.columns import Column
from assessment.queries.completion import ClassCompletion, Share
from assessment.queries.marksheets import Sheet
from assessment.queries.sheet_rows import EMPTY, Held, Row
from reports.documents.tables import Table, Value
from schools.calendar import AcademicYear, TermName

_OWN = ("Pupil", "Class", "Year group")


def marksheet_table(sheet: Sheet, title: str) -> Table:
    """The sheet as it is shown, with ages where it has them; what its colours say stands in a column of words beside each."""
    ages = ("Age in months",) if sheet.has_ages else ()
    name = sheet.layout.full_name[:1].upper() + sheet.layout.full_name[1:]
    return Table(
        title=f"{name} {title} {sheet.term.label} {AcademicYear(sheet.at.academic_year).slug}",
        headings=(*_OWN, *ages, *(heading for column in sheet.columns for heading in _headings(column))),
        rows=[
            (
                row.name,
                row.class_name or None,
                row.year_group.label,
                *(row.age_in_months for _ in ages),
                *(value for column in sheet.columns for value in _values(row, column)),
            )
            for row in sheet.rows
        ],
        pupils=len(sheet.rows),
    )


def _headings(column: Column) -> Iterator[str]:
    above = f"{column.heading}: " if column.heading else ""
    if column.is_progress:
        words = " ".join(part for part in (column.detail, column.label.lower()) if part)
        yield f"{above}{words}" if above else words.capitalize()
        yield f"{above}progress" if above else f"Progress {column.label.lower()}"
        return
    name = above + " ".join(part for part in (column.label, column.detail) if part)
    yield name
    if column.place:
        yield f"{name}: against the expected range"


def _values(row: Row, column: Column) -> Iterator[Value]:
    if column.shows:
        shown = column.shows(row)
        yield shown.value
        if column.is_progress:
            yield shown.word or None
        return
    held = row.held.get(column.place, EMPTY) if column.place else EMPTY
    yield held.points if held.points is not None else _reason(held)
    yield Attainment(held.attainment).label.lower() if held.attainment else None


def _reason(held: Held) -> str | None:
    return Reason(held.reason).label.lower() if held.reason else None


def completion_table(
    classes: Sequence[ClassCompletion], subjects: Sequence[Subject], term: TermName, year: AcademicYear
) -> Table:
    """How much of each class's sheets is entered: for each of the subjects in sight, and for the areas of learning together."""
    names = [*(subject.name for subject in subjects), "Areas of learning"]
    return Table(
        title=f"Judgements entered {term.label} {year.slug}",
        headings=(
            "Class",
            "Year groups",
            *(heading for name in names for heading in (f"{name}: entered", f"{name}: of")),
        ),
        rows=[
            (
                each.line.name,
                each.line.year_groups,
                *(value for share in (*each.subjects, each.areas) for value in _shares(share)),
            )
            for each in classes
        ],
    )


def _shares(share: Share | None) -> tuple[Value, Value]:
    return (share.entered, share.cells) if share else (None, None)
