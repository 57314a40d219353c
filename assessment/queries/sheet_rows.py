"""What a marksheet holds of one pupil: judgements by subject and point, and the steps between them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.expected_range import ExpectedRange
from assessment.engine.odd_jumps import OddJump, is_odd, odd_jump
from assessment.engine.progress import Judged, ProgressMeasure, Yardstick, between, this_term, this_year
from assessment.engine.subjects import Kind, Subject, is_early_years
from assessment.queries.measuring import Measuring
from assessment.queries.sheet_pupils import Facts
from schools.calendar import YearGroup
from schools.queries.badges import Badge


class Place(NamedTuple):
    """Which of a pupil's judgements: the subject or area by its number, and the assessment point."""

    subject: int
    at: AssessmentPoint


class Cell(NamedTuple):
    """Which judgement of the year: whose, in which subject or area, at its start or the end of which term."""

    pupil_id: int
    subject: int
    term: AssessmentTerm


class Held(NamedTuple):
    """What stands in a cell. `version` counts its saves; 0 is an empty cell."""

    points: int | None = None
    reason: str = ""
    attainment: int | None = None
    expected_low: int | None = None
    expected_high: int | None = None
    version: int = 0
    is_on_entry: bool = False
    expectation_version: int = 0
    has_note: bool = False
    confirmed_steps: int | None = None
    # What the note says, where the sheet asks for it.
    note: str = ""


EMPTY = Held()
_NOTHING_SAID = Yardstick()
_LATEST_FIRST = tuple(reversed(AssessmentTerm))
Measure = Callable[[list[Judged], AssessmentPoint, YearGroup, Yardstick], ProgressMeasure | None]


@dataclass(frozen=True)
class Row:
    """One pupil: judgements by place, and the steps that follow from them.

    `is_counted`: on roll on the last day of the sheet's term (LEP expectations, measures). `open_terms`: what of the year may be entered for the
    pupil's year group, by whoever may enter at all. `facts`: characteristics, as the record of the year says them.
    """

    pupil_id: int
    public_id: uuid.UUID
    name: str
    badges: tuple[Badge, ...]
    note: str
    year_group: YearGroup
    class_name: str
    held: Mapping[Place, Held]
    is_counted: bool
    open_terms: frozenset[AssessmentTerm]
    yardsticks: Mapping[int, Yardstick]
    facts: Facts
    # A cell and the summary line ask for the same measure.
    _measured: dict[tuple[Measure, Place], ProgressMeasure | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    # So do a cell, what is asked of it, and how much is asked.
    _befores: dict[Place, int | None] = field(default_factory=dict, init=False, repr=False, compare=False)
    # And a subject's judgements are asked for again with each measure.
    _histories: dict[int, list[Judged]] = field(default_factory=dict, init=False, repr=False, compare=False)
    measuring: Measuring
    # Completed months on the last day of the sheet's term at the school; of a child who is judged in areas.
    age_in_months: int | None = None

    def held_at(self, place: Place) -> Held:
        """What stands there."""
        return self.held.get(place, EMPTY)

    def is_judged_in(self, subject: Subject) -> bool:
        """Nursery and Reception are judged in areas, Year 1 and above in subjects."""
        return is_early_years(self.year_group) == (subject.kind is Kind.EYFS_AREA)

    def this_term(self, place: Place) -> ProgressMeasure | None:
        """The steps since the judgement before, no earlier than the start of the year."""
        return self._measure(this_term, place)

    def this_year(self, place: Place) -> ProgressMeasure | None:
        """The steps since the start of the year."""
        return self._measure(this_year, place)

    def between(self, start: Place, end: Place) -> ProgressMeasure | None:
        """The steps from one judgement to a later one in the same subject."""
        return between(self._history(end), start.at, end.at, self.year_group, self._yardstick(end))

    def expected_at(self, place: Place) -> ExpectedRange | None:
        """The range expected there of the pupil's year group, judged or not; the place is of the year in view."""
        low, high, _ = self.measuring.measure(
            subject=place.subject,
            year_group=self.year_group,
            date_of_birth=self.facts.date_of_birth,
            academic_year=place.at.academic_year,
            term=place.at.term,
        )
        return None if low is None or high is None else ExpectedRange(low, high)

    def before(self, place: Place) -> int | None:
        """The latest points before this point, no earlier than the Summer before: what a teacher compares with."""
        if place not in self._befores:
            self._befores[place] = self._before(place)
        return self._befores[place]

    def _before(self, place: Place) -> int | None:
        subject, (year, at) = place
        for term in _LATEST_FIRST:
            if term < at:
                held = self.held.get(Place(subject, AssessmentPoint(year, term)))
                if held and held.points is not None:
                    return held.points
        return self.held_at(Place(subject, place.at.summer_before)).points

    def odd(self, place: Place) -> OddJump | None:
        """The steps this term that are to be asked about: odd ones that nobody has confirmed yet."""
        held = self.held_at(place)
        before = None if held.points is None else self.before(place)
        # Most are not odd; these are told apart before anything is measured.
        if held.points is None or before is None or not is_odd(held.points - before):
            return None
        jump = odd_jump(self.this_term(place))
        return None if jump and jump.steps == held.confirmed_steps else jump

    def _measure(self, measure: Measure, place: Place) -> ProgressMeasure | None:
        key = (measure, place)
        if key not in self._measured:
            self._measured[key] = measure(
                self._history(place), place.at, self.year_group, self._yardstick(place)
            )
        return self._measured[key]

    def _history(self, place: Place) -> list[Judged]:
        history = self._histories.get(place.subject)
        if history is None:
            history = self._histories[place.subject] = [
                Judged(each.at, one.points, one.is_on_entry)
                for each, one in self.held.items()
                if each.subject == place.subject
            ]
        return history

    def _yardstick(self, place: Place) -> Yardstick:
        return self.yardsticks.get(self.held_at(place).expectation_version, _NOTHING_SAID)
