"""Which of a sheet's rows are shown, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from assessment.engine.expected_range import Attainment
from assessment.engine.progress import Progress
from assessment.queries.marksheets import Sheet
from assessment.queries.sheet_rows import Held, Place, Row


class Sort(StrEnum):
    """What rows are in order of; those of whom there is nothing to order by come last, and equals by name."""

    NAME = "name"
    GROUP = "group"
    POINTS = "points"
    STEPS = "steps"


class Entered(StrEnum):
    """Whether something is missing, or is to be checked as an unusual number of steps: of several subjects, in one of them."""

    MISSING = "missing"
    COMPLETE = "complete"
    TO_CHECK = "check"


NO_MEASURE = "none"


@dataclass(frozen=True)
class Arrangement:
    """How a sheet is looked at. Of several subjects one that matches is enough; progress is this year's, `none` of those without a measure."""

    sort: Sort = Sort.NAME
    attainment: Attainment | None = None
    progress: Progress | str | None = None
    entered: Entered | None = None

    @property
    def narrows(self) -> bool:
        """Whether it leaves rows out."""
        return any(each is not None for each in (self.attainment, self.progress, self.entered))


def arranged(sheet: Sheet, by: Arrangement) -> Sheet:
    """The sheet with the rows that match, in order: by name as they are."""
    places = [column.place for column in sheet.columns if column.is_in_focus and column.place]
    rows = [
        row for row in sheet.rows if _matches(row, [at for at in places if _is_judged(sheet, row, at)], by)
    ]
    if by.sort is not Sort.NAME:
        rows.sort(key=lambda row: _key(row, places, by.sort))
    return replace(sheet, rows=tuple(rows))


def _is_judged(sheet: Sheet, row: Row, place: Place) -> bool:
    return any(
        subject.number == place.subject and row.is_judged_in(subject) for subject in sheet.layout.subjects
    )


def _matches(row: Row, places: list[Place], by: Arrangement) -> bool:
    held = [row.held_at(place) for place in places]
    return (
        (by.attainment is None or any(one.attainment == by.attainment for one in held))
        and (by.progress is None or any(_outcome(row, place) == by.progress for place in places))
        and (by.entered is None or _is_entered(row, places, by.entered))
    )


def _is_entered(row: Row, places: list[Place], how: Entered) -> bool:
    if how is Entered.TO_CHECK:
        return any(row.odd(place) is not None for place in places)
    return (how is Entered.MISSING) == any(_is_empty(row.held_at(place)) for place in places)


def _is_empty(held: Held) -> bool:
    return held.points is None and not held.reason


def _outcome(row: Row, place: Place) -> Progress | str | None:
    """The progress of this year; `none` of a judgement without a measure, None of nothing."""
    if row.held_at(place).points is None:
        return None
    measure = row.this_year(place)
    return NO_MEASURE if measure is None else measure.outcome


def _key(row: Row, places: list[Place], sort: Sort) -> tuple[object, ...]:
    """Stable: rows come by name."""
    if sort is Sort.GROUP:
        return (row.year_group, row.class_name)
    average = _mean(_points(row, places) if sort is Sort.POINTS else _steps(row, places))
    return (average is None, average or Fraction(0))


def _points(row: Row, places: list[Place]) -> Iterator[int]:
    for place in places:
        points = row.held_at(place).points
        if points is not None:
            yield points


def _steps(row: Row, places: list[Place]) -> Iterator[int]:
    for place in places:
        measure = row.this_year(place)
        if measure is not None:
            yield measure.steps


def _mean(values: Iterator[int]) -> Fraction | None:
    found = list(values)
    return Fraction(sum(found), len(found)) if found else None
