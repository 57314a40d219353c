"""The pupils behind a figure as a table to keep."""

from __future__ import annotations

from reports.documents.figure_pupils import FigurePupil, FigurePupils
from reports.documents.tables import Table, Value

_HEADINGS = (
    "Pupil",
    "Year group",
    "Class",
    "Points",
    "Code",
    "Attainment",
    "Start",
    "Steps",
    "Expected steps",
    "Progress",
    "Not included because",
)
_HEADINGS_OVER = ("Pupil", "Year group", "Class", "Attainment", "Not included because")


def figure_pupils_table(found: FigurePupils, title: str) -> Table:
    """The list as it is shown."""
    if not found.is_over_subjects:
        return Table(title, _HEADINGS, [_row(line) for line in found.lines], len(found.lines))
    subjects = [result.subject for result in found.lines[0].results] if found.lines else []
    rows: list[list[Value]] = [
        [
            line.name,
            line.year_group,
            line.class_name,
            line.attainment.word if line.attainment else None,
            line.not_included or None,
            *(result.points for result in line.results),
        ]
        for line in found.lines
    ]
    return Table(title, [*_HEADINGS_OVER, *subjects], rows, len(found.lines))


def _row(line: FigurePupil) -> list[Value]:
    return [
        line.name,
        line.year_group,
        line.class_name,
        line.result.points,
        line.result.code or None,
        line.attainment.word if line.attainment else None,
        line.start or None,
        line.steps,
        _expected(line),
        line.progress.word if line.progress else None,
        line.not_included or None,
    ]


def _expected(line: FigurePupil) -> Value:
    """A number that can be added up where it is everybody's; parts of a step, and whose they are, in words."""
    if line.whose_steps:
        return f"{line.expected} ({line.whose_steps})"
    return int(line.expected) if line.expected else None
