"""The list of classes as a table to keep."""

from __future__ import annotations

from collections.abc import Sequence

from reports.documents.tables import Table
from schools.calendar import AcademicYear
from schools.queries.classes import ClassLine


def class_table(classes: Sequence[ClassLine], year: AcademicYear) -> Table:
    """The classes as they are listed."""
    return Table(
        title=f"Classes in {year.slug}",
        headings=("Class", "Pupils", "Year groups", "Teachers"),
        rows=[
            (each.name, each.pupils, each.year_groups or None, ", ".join(each.teachers) or None)
            for each in classes
        ],
    )
