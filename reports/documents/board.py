"""The completion board as a table to keep: a line for each class and subject."""

from __future__ import annotations

from assessment.models import Reason
from assessment.queries.board import Board
from reports.documents.tables import Table
from schools.calendar import AcademicYear, TermName


def board_table(board: Board, term: TermName, year: AcademicYear) -> Table:
    """Classes and subjects with their state in words, and how many cells there are of each kind. Names teachers, and no pupil."""
    return Table(
        title=f"What is missing {term.label} {year.slug}",
        headings=(
            "Class",
            "Year groups",
            "Teachers",
            "Subject",
            "State",
            "Cells",
            "With points",
            *(reason.label for reason in Reason),
            "Empty",
        ),
        rows=[
            (
                each.line.name,
                each.line.year_groups,
                ", ".join(each.line.teachers) or None,
                share.label,
                f"{share.state}, changed since"
                if share.statement and share.statement.is_changed_since
                else share.state.value,
                share.cells,
                share.points,
                *(dict(share.reasons).get(reason, 0) for reason in Reason),
                share.missing,
            )
            for each in board.classes
            for share in each.shares
        ],
    )
