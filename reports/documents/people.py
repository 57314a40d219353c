"""The list of people as a table to keep."""

from __future__ import annotations

from collections.abc import Sequence

from reports.documents.tables import Table
from schools.calendar import AcademicYear
from schools.queries.people import PersonLine


def people_table(people: Sequence[PersonLine], year: AcademicYear) -> Table:
    """The people as they are listed, their addresses in a column of their own."""
    return Table(
        title=f"People in {year.slug}",
        headings=("Name", "Email address", "Roles", "Classes"),
        rows=[
            (each.name, each.email, ", ".join(each.roles), ", ".join(each.classes) or None) for each in people
        ],
    )
