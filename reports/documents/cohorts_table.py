"""A cohort over time as a table to keep."""

from __future__ import annotations

from reports.documents.cohorts import CohortOverTime, CohortPoint
from reports.documents.figure_pupils import point_label
from reports.documents.tables import Table, Value

_HEADINGS = (
    "At the end of",
    "As",
    "Judged then and now",
    "Below",
    "At",
    "Above",
    "At or above (%)",
    "The same children now (%)",
    "Change (percentage points)",
    "Average points",
    "Progress measured",
    "Less than expected",
    "Expected",
    "More than expected",
    "Expected or more (%)",
    "Average steps",
    "Everybody then: on roll",
    "Everybody then: judged",
    "Everybody then: at or above (%)",
    "In another year group then",
    "Came since",
    "Left since",
)


def cohort_table(shown: CohortOverTime) -> Table:
    """The page's two tables as one, a line a point."""
    return Table(
        f"{shown.title}, to {point_label(shown.scope.at)}", _HEADINGS, [_line(each) for each in shown.points]
    )


def _line(point: CohortPoint) -> list[Value]:
    counts = point.counts
    of = point.everybody
    return [
        point.label,
        point.year_group.label,
        *(counts[part] for part in ("matched", "below", "at", "above")),
        point.share,
        point.share_now,
        point.moved,
        point.points,
        *(counts[part] for part in ("measured", "progress_below", "progress_expected", "progress_above")),
        point.progress_share,
        point.steps,
        *((of.pupils, of.judged, of.percentage) if of else (None,) * 3),
        counts["other_group"],
        *((counts["came"], counts["left"]) if of else (None,) * 2),
    ]
