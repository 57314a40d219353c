"""Columns of steps, and of what is counted over several columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from assessment.engine.assessment_points import AssessmentPoint
from assessment.engine.rounding import round_half_up
from assessment.queries.column_kinds.kinds import (
    NOW,
    TERM_THAT_ENDS,
    ColumnKind,
    Given,
    Seen,
    is_before,
    when,
)
from assessment.queries.column_kinds.settings import (
    ColumnError,
    OtherColumn,
    OtherColumns,
    WhichSubject,
)
from assessment.queries.columns import (
    NOTHING,
    Column,
    Shown,
    steps_shown,
    this_term_column,
    this_year_column,
)
from assessment.queries.sheet_rows import Row

_SINCE = (WhichSubject(), TERM_THAT_ENDS)
_FROM = OtherColumn("start", "From", fits=lambda other: other.is_judgement)
_TO = OtherColumn("end", "To", fits=lambda other: other.is_judgement)
_OF = OtherColumns("columns", "Of the columns", fits=lambda other: other.has_number)


def _this_term(given: Given, seen: Seen) -> Column:
    subject, at = seen.subject(given), seen.point(given)
    detail = "steps" if given["term"] == NOW else f"steps, {at.term.label.lower()}"
    return replace(
        this_term_column(subject, at, detail=detail, heading=subject.name),
        key=_key(given, seen, "this-term"),
    )


def _this_year(given: Given, seen: Seen) -> Column:
    subject, at = seen.subject(given), seen.point(given)
    detail = "steps" if given["term"] == NOW else f"steps to {at.term.label.lower()}"
    return replace(
        this_year_column(subject, at, detail=detail, heading=subject.name),
        key=_key(given, seen, "this-year"),
    )


def _key(given: Given, seen: Seen, code: str) -> str:
    """The key that the steps up to the term in view have on every sheet; up to another term its own."""
    at = seen.point(given)
    end = "" if at == seen.at else f"-{at.term.label.lower()}"
    return f"{given['subject']}.{code}{end}"


def _between(given: Given, seen: Seen) -> Column:
    start, end = seen.made[given["start"]], seen.made[given["end"]]
    subject, first, last = end.subject, start.place, end.place
    if not (subject and first and last):
        raise TypeError("Steps are between two columns of judgements.")

    def shows(row: Row) -> Shown:
        if first.at >= last.at:
            return NOTHING
        return steps_shown(
            row.between(first, last),
            has_end=row.held_at(last).points is not None,
            missing="no start",
        )

    return Column(
        key=f"{subject.code.lower()}.between-{_slug(first.at)}-{_slug(last.at)}",
        label="Steps",
        detail=f"{when(first.at)} to {when(last.at)}",
        heading=subject.name,
        subject=subject,
        shows=shows,
        reads=(first, last),
        is_progress=True,
    )


def _slug(at: AssessmentPoint) -> str:
    return when(at).lower().replace(" ", "-")


def _check_between(given: Given, others: Mapping[str, Given]) -> None:
    start, end = others[given["start"]], others[given["end"]]
    if start["subject"] != end["subject"]:
        raise ColumnError("Steps go from one judgement to another in the same subject.", "end")
    if end["term"] == "baseline":
        raise ColumnError("A Baseline is where steps start; none end there.", "end")
    if end["year"] != "this":
        raise ColumnError("Steps end at a judgement of this year.", "end")
    if given["start"] == given["end"] or not is_before(start, end):
        raise ColumnError("Steps go from a judgement to a later one.", "end")


def _numbers(columns: list[Column], row: Row) -> list[Fraction]:
    """What is there in the columns: points, or the number that a column shows."""
    found: list[int | Decimal | str | None] = [
        row.held_at(column.place).points
        if column.place
        else column.shows(row).value
        if column.shows
        else None
        for column in columns
    ]
    return [Fraction(each) for each in found if isinstance(each, int | Decimal)]


def _over(given: Given, seen: Seen, label: str) -> tuple[Column, list[Column]]:
    """A column over several, and these; it is of their subject, where they have the same."""
    of = [seen.made[key] for key in given["columns"]]
    subjects = {column.subject for column in of}
    subject = subjects.pop() if len(subjects) == 1 else None
    column = Column(
        key=f"{subject.code.lower()}.{label.lower()}" if subject else label.lower(),
        label=label,
        detail=f"of {len(of)}",
        heading=subject.name if subject else "",
        subject=subject,
        reads=tuple(place for each in of for place in ((each.place,) if each.place else each.reads)),
    )
    return column, of


def _mean(given: Given, seen: Seen) -> Column:
    column, of = _over(given, seen, "Mean")

    def shows(row: Row) -> Shown:
        held = _numbers(of, row)
        if not held:
            return NOTHING
        mean = round_half_up(sum(held, Fraction()) / len(held), 1)
        return Shown(mean, str(mean))

    return replace(column, shows=shows)


def _count(given: Given, seen: Seen) -> Column:
    column, of = _over(given, seen, "Count")

    def shows(row: Row) -> Shown:
        there = len(_numbers(of, row))
        return Shown(there, str(there))

    return replace(column, shows=shows)


KINDS_OF_NUMBERS = (
    ColumnKind(
        code="steps_this_term",
        name="Steps this term",
        explained="The points gained since the judgement before, coloured against those expected.",
        settings=_SINCE,
        make=_this_term,
    ),
    ColumnKind(
        code="steps_this_year",
        name="Steps this year",
        explained="The points gained since the start of the year, coloured against those expected.",
        settings=_SINCE,
        make=_this_year,
    ),
    ColumnKind(
        code="steps_between",
        name="Steps between two columns",
        explained="The points gained from one judgement to another, coloured against those expected.",
        settings=(_FROM, _TO),
        make=_between,
        check=_check_between,
    ),
    ColumnKind(
        code="mean",
        name="Mean of columns",
        explained="The average of the points that are there, with one decimal.",
        settings=(_OF,),
        make=_mean,
    ),
    ColumnKind(
        code="count",
        name="Count of columns",
        explained="In how many of the columns there are points.",
        settings=(_OF,),
        make=_count,
    ),
)
