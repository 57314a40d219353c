"""Judgements in the long form: one row each, as `import_judgements` takes them in."""

from __future__ import annotations

from collections.abc import Iterable

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import BY_NUMBER
from reports.documents.tables import Table, Value
from reports.queries.judgements import LongRow
from schools.calendar import AcademicYear

HEADINGS = (
    "UPN",
    "Subject",
    "Academic Year",
    "Term",
    "Points",
    "Reason",
    "Note",
    "On Entry",
    # For whoever reads it; no import looks at it.
    "Pupil",
)


def judgements_table(rows: Iterable[LongRow], title: str) -> Table:
    """Points as numbers, so that no spreadsheet takes a code for another; a reason in their place where there are none."""
    found = list(rows)
    pupils = {(row.upn, row.surname, row.forename) for row in found}
    return Table(title, HEADINGS, [long_line(row) for row in found], len(pupils))


def long_line(row: LongRow) -> tuple[Value, ...]:
    """A judgement as a line under HEADINGS."""
    return (
        row.upn or None,
        BY_NUMBER[row.subject].full_name,
        AcademicYear(row.academic_year).label,
        AssessmentTerm(row.term).label,
        row.points,
        row.reason.replace("_", " ") or None,
        row.note or None,
        "yes" if row.is_on_entry else None,
        f"{row.surname}, {row.forename}",
    )
