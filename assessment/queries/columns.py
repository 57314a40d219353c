"""The columns of a marksheet: judgements, which can be entered, and whatever follows from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.explaining import OWN_EXPECTATION
from assessment.engine.progress import Progress, ProgressMeasure
from assessment.engine.subjects import Subject
from assessment.queries.sheet_rows import Place, Row


class Shown(NamedTuple):
    """What a column that follows from others says of a pupil: a value for files, the text of the cell, its colour's class and word.

    `missing` stands in place of a value that there could be, and says why there is none.
    """

    value: int | Decimal | str | None = None
    text: str = ""
    mark: str = ""
    word: str = ""
    missing: str = ""


NOTHING = Shown()


@dataclass(frozen=True)
class Column:
    """One column: of judgements, at a `place`; or of what `shows` makes of a row.

    `key` is its name in addresses and in the page, once on a sheet: `reading.autumn`. `is_open`: this person may enter here, for the
    pupils whose year group may be entered. In the columns in focus one enters: those of the sheet's term.
    """

    key: str
    label: str
    detail: str = ""
    # What stands above several columns, as a subject does over its own.
    heading: str = ""
    subject: Subject | None = None
    place: Place | None = None
    shows: Callable[[Row], Shown] | None = None
    is_open: bool = False
    is_in_focus: bool = False
    is_of_an_earlier_year: bool = False
    # Judgements to look at, where whoever laid out the sheet wants nothing typed.
    is_read_only: bool = False
    # Beside its own judgement a column reads these; and some the notes of theirs.
    reads: tuple[Place, ...] = ()
    reads_notes: bool = False
    # Steps have an outcome beside their number, which files put in a column of its own.
    is_progress: bool = False

    def is_open_for(self, row: Row) -> bool:
        """Whether this person may enter here for this pupil."""
        return (
            self.is_open
            and self.place is not None
            and self.place.at.term in row.open_terms
            and (self.subject is None or row.is_judged_in(self.subject))
        )


def judgement_key(subject: Subject, term: AssessmentTerm) -> str:
    """`reading.autumn`: a judgement of the year in view."""
    return f"{subject.code.lower()}.{term.label.lower()}"


def judgement_column(
    subject: Subject,
    at: AssessmentPoint,
    *,
    year: int,
    label: str = "",
    heading: str = "",
    is_open: bool = False,
    is_in_focus: bool = False,
) -> Column:
    """A judgement; `year` is the one in view, and what is of another can only be looked at."""
    is_earlier = at.academic_year != year
    calendar_year = at.academic_year + (at.term is AssessmentTerm.SUMMER or at.term is AssessmentTerm.SPRING)
    key = (
        f"{subject.code.lower()}.{_earlier_key(at, year)}" if is_earlier else judgement_key(subject, at.term)
    )
    return Column(
        key=key,
        label=label or at.term.label,
        detail=str(calendar_year) if is_earlier else "",
        heading=heading,
        subject=subject,
        place=Place(subject.number, at),
        is_open=is_open and not is_earlier,
        is_in_focus=is_in_focus,
        is_of_an_earlier_year=is_earlier,
    )


def _earlier_key(at: AssessmentPoint, year: int) -> str:
    if at.academic_year == year - 1 and at.term is AssessmentTerm.SUMMER:
        return "last-summer"
    return f"{at.term.label.lower()}-{at.academic_year}"


_MARKS = {Progress.LESS: "is-below", Progress.EXPECTED: "is-at", Progress.MORE: "is-above"}
_WORDS = {
    Progress.LESS: "less than expected",
    Progress.EXPECTED: "expected",
    Progress.MORE: "more than expected",
}


def steps_shown(measure: ProgressMeasure | None, *, has_end: bool, missing: str) -> Shown:
    """Steps, coloured where a number is expected. Without a start it says so, and is never 0."""
    if measure is None:
        return Shown(missing=missing) if has_end else NOTHING
    if measure.outcome is None:
        return Shown(measure.steps, signed(measure.steps))
    whose = f", {OWN_EXPECTATION}" if measure.is_individual else ""
    word = f"{_WORDS[measure.outcome]}{whose}"
    return Shown(measure.steps, signed(measure.steps), _MARKS[measure.outcome], word)


def signed(steps: int) -> str:
    """`+3`, `0`, and with a real minus `-2`."""
    return f"+{steps}" if steps > 0 else str(steps).replace("-", "\N{MINUS SIGN}")


def this_term_column(
    subject: Subject,
    at: AssessmentPoint,
    *,
    label: str = "This term",
    detail: str = "steps",
    heading: str = "",
) -> Column:
    """Steps this term."""
    column = _steps_column(subject, at, Row.this_term, key="this-term", missing="no start")
    return replace(column, label=label, detail=detail, heading=heading)


def this_year_column(
    subject: Subject,
    at: AssessmentPoint,
    *,
    label: str = "This year",
    detail: str = "steps",
    heading: str = "",
) -> Column:
    """Steps this year."""
    column = _steps_column(subject, at, Row.this_year, key="this-year", missing="no baseline")
    return replace(column, label=label, detail=detail, heading=heading)


def _steps_column(
    subject: Subject,
    at: AssessmentPoint,
    steps: Callable[[Row, Place], ProgressMeasure | None],
    *,
    key: str,
    missing: str,
) -> Column:
    """Steps to the judgement at this point; `missing`: what is said where there is none to count them from."""
    place = Place(subject.number, at)

    def shows(row: Row) -> Shown:
        has_end = row.held_at(place).points is not None
        return steps_shown(steps(row, place), has_end=has_end, missing=missing)

    return Column(
        key=f"{subject.code.lower()}.{key}",
        label="",
        subject=subject,
        shows=shows,
        reads=(place,),
        is_progress=True,
    )
