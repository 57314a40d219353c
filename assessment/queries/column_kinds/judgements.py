"""Columns of judgements, and of what a judgement says beside its points."""

from __future__ import annotations

from dataclasses import replace

from assessment.engine.expected_range import Attainment
from assessment.queries.column_kinds.kinds import (
    TERM,
    TERM_THAT_ENDS,
    YEAR,
    ColumnKind,
    Given,
    Seen,
    named_judgement,
)
from assessment.queries.column_kinds.settings import Choice, WhichSubject
from assessment.queries.columns import NOTHING, Column, Shown, judgement_column
from assessment.queries.sheet_rows import Row
from schools.calendar import AcademicYear

_TYPED = Choice(
    "typed",
    "Typing",
    options=(("yes", "Typed into"), ("no", "Only looked at")),
    default="yes",
)
_OF = (WhichSubject(), TERM, YEAR)


def _judgement(given: Given, seen: Seen) -> Column:
    subject = seen.subject(given)
    column = judgement_column(subject, seen.point(given), year=seen.at.academic_year, heading=subject.name)
    return replace(column, is_read_only=given["typed"] == "no" or column.is_of_an_earlier_year)


def _beside(given: Given, seen: Seen, code: str, label: str) -> Column:
    """A column that says something of a judgement; an earlier year's names it."""
    subject, at = seen.subject(given), seen.point(given)
    detail = at.term.label.lower()
    if at.academic_year != seen.at.academic_year:
        detail += f" {AcademicYear(at.academic_year).label}"
    return Column(
        key=f"{subject.code.lower()}.{code}-{at.term.label.lower()}-{at.academic_year}",
        label=label,
        detail=detail,
        heading=subject.name,
        subject=subject,
        reads=(seen.place(given),),
    )


def _attainment(given: Given, seen: Seen) -> Column:
    place = seen.place(given)

    def shows(row: Row) -> Shown:
        held = row.held_at(place).attainment
        if held is None:
            return NOTHING
        word = Attainment(held).label.lower()
        return Shown(word, word, f"is-{word}")

    return replace(_beside(given, seen, "attainment", "Attainment"), shows=shows)


def _expected_range(given: Given, seen: Seen) -> Column:
    place = seen.place(given)

    def shows(row: Row) -> Shown:
        expected = row.expected_at(place) if row.is_judged_in(seen.subject(given)) else None
        return Shown(expected.label, expected.label) if expected else NOTHING

    return replace(_beside(given, seen, "expected", "Expected"), shows=shows)


def _steps_to_range(given: Given, seen: Seen) -> Column:
    place = seen.place(given)

    def shows(row: Row) -> Shown:
        held = row.held_at(place)
        if held.points is None or held.expected_low is None:
            return NOTHING
        missing = max(0, held.expected_low - held.points)
        return Shown(missing, str(missing))

    return replace(_beside(given, seen, "to-range", "To the range"), shows=shows)


def _note(given: Given, seen: Seen) -> Column:
    place = seen.place(given)

    def shows(row: Row) -> Shown:
        note = row.held_at(place).note
        return Shown(note, note) if note else NOTHING

    return replace(_beside(given, seen, "note", "Note"), shows=shows, reads_notes=True)


KINDS_OF_JUDGEMENTS = (
    ColumnKind(
        code="judgement",
        name="Judgement",
        explained="The judgement of a term, or a Baseline, of this year or an earlier one.",
        settings=(*_OF, _TYPED),
        make=_judgement,
        named=named_judgement,
        has_number=True,
        is_judgement=True,
    ),
    ColumnKind(
        code="attainment",
        name="Attainment",
        explained="Below, at or above the expected range, in a word.",
        settings=_OF,
        make=_attainment,
    ),
    ColumnKind(
        code="expected_range",
        name="Target: the expected range",
        explained="The points expected of the pupil’s year group at the end of a term of this year.",
        settings=(WhichSubject(), TERM_THAT_ENDS),
        make=_expected_range,
    ),
    ColumnKind(
        code="steps_to_range",
        name="Points missing to the range",
        explained="How many points a judgement lacks to reach the expected range; 0 within or above it.",
        settings=_OF,
        make=_steps_to_range,
    ),
    ColumnKind(
        code="note",
        name="Note",
        explained="The note of a judgement, to read.",
        settings=_OF,
        make=_note,
    ),
)
