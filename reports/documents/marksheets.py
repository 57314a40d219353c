"""Marksheets as tables to keep: what a sheet shows, in values, and how much of the sheets is entered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assessment.engine.expected_range import Attainment
from assessment.engine.subjects import SUBJECTS
from assessment.models import Reason
from assessment.queries.completion import ClassCompletion, Share
from assessment.queries.marksheets import EMPTY, Column, ColumnKind, Held, Row, Sheet
from reports.documents.tables import Table, Value
from schools.calendar import AcademicYear, TermName

_OWN = ("Pupil", "Class", "Year group")


def marksheet_table(sheet: Sheet, title: str) -> Table:
    """The sheet as it is shown; what its colours say stands in a column of words beside each."""
    return Table(
        title=f"{sheet.subject.full_name} {title} {sheet.term.label} {AcademicYear(sheet.at.academic_year).slug}",
        headings=(*_OWN, *(heading for column in sheet.columns for heading in _headings(column))),
        rows=[
            (
                row.name,
                row.class_name or None,
                row.year_group.label,
                *(value for column in sheet.columns for value in _values(row, column)),
            )
            for row in sheet.rows
        ],
    )


def _headings(column: Column) -> Iterator[str]:
    if column.kind is not ColumnKind.JUDGEMENT:
        yield f"Steps {column.label.lower()}"
        yield f"Progress {column.label.lower()}"
        return
    name = " ".join(part for part in (column.label, column.detail) if part)
    yield name
    yield f"{name}: against the expected range"


def _values(row: Row, column: Column) -> Iterator[Value]:
    if column.kind is ColumnKind.JUDGEMENT:
        held = row.held.get(column.at, EMPTY)
        yield held.points if held.points is not None else _reason(held)
        yield Attainment(held.attainment).label.lower() if held.attainment else None
        return
    measure = row.measure(column.kind)
    yield measure.steps if measure else None
    yield measure.outcome.label.lower() if measure and measure.outcome else None


def _reason(held: Held) -> str | None:
    return Reason(held.reason).label.lower() if held.reason else None


def completion_table(classes: Sequence[ClassCompletion], term: TermName, year: AcademicYear) -> Table:
    """How much of each class's sheets is entered: for each subject, and for the areas of learning together."""
    names = [*(subject.name for subject in SUBJECTS), "Areas of learning"]
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
