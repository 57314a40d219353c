"""Since when, or until when, a sheet's judgements may be entered: in words, for each of its year groups where they differ."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.queries.measuring import Measuring
from schools.calendar import YearGroup
from schools.queries.windows import EntryState


class Entry(NamedTuple):
    """`closed since 12 December`; of the year groups that `who` names, or of the whole sheet, which is not named."""

    who: str
    words: str
    is_open: bool


def entries(
    measuring: Measuring, at: AssessmentPoint, year_groups: Collection[YearGroup], today: dt.date
) -> tuple[Entry, ...]:
    """Of the sheet's term. Year groups of whom the same is true stand together; where it is the term's own state, nobody is named."""
    found: dict[EntryState, list[YearGroup]] = {}
    for year_group in sorted(year_groups):
        state = measuring.entry_state(at.academic_year, at.term, year_group, today)
        found.setdefault(state, []).append(year_group)
    is_of_term = len(found) == 1 and not any(
        measuring.window(at.academic_year, at.term, year_group) for year_group in year_groups
    )
    return tuple(
        Entry(
            "" if is_of_term else _together(of),
            state.words(at.academic_year, in_full=is_of_term),
            state.is_open,
        )
        for state, of in found.items()
    )


def closed_collections(
    measuring: Measuring, academic_year: int, year_groups: Collection[YearGroup], today: dt.date
) -> tuple[str, ...]:
    """What of the year is closed: `Autumn`, or `Spring of Year 4` where it is open for others. A Baseline that goes with Autumn is not named."""
    found: list[str] = []
    for term in AssessmentTerm:
        closed = [
            each
            for each in sorted(year_groups)
            if not measuring.is_open(academic_year, term, each, today)
            and (term is not AssessmentTerm.BASELINE or measuring.window(academic_year, term, each))
        ]
        if closed:
            of_some = f" of {_together(closed)}" if len(closed) < len(year_groups) else ""
            found.append(f"{term.label}{of_some}")
    return tuple(found)


def _together(year_groups: Collection[YearGroup]) -> str:
    """`Year 3`, `Year 3 and Year 4`, `Reception, Year 1 and Year 2`."""
    names = [each.label for each in sorted(year_groups)]
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
