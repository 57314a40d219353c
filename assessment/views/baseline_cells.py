"""The baseline desk as the page shows it: rows, cells, and why something is offered or not, in words."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from assessment.engine.assessment_points import AssessmentPoint
from assessment.engine.baseline_offers import NoOffer, Offer
from assessment.engine.point_scale import code_of
from assessment.engine.subjects import BY_NUMBER, Subject
from assessment.models import Reason, Source
from assessment.queries.baseline_desk import Baseline, Desk, DeskCell, DeskRow
from assessment.queries.measuring import Measuring
from assessment.queries.provenance import in_a_word, told_moment
from assessment.views.cells import value_of
from schools.calendar import AcademicYear, YearGroup
from schools.queries.rolls import english

# Of Science nothing is said in each cell: its heading says it.
_WHY = {
    NoOffer.BY_HAND: "",
    NoOffer.FROM_ELSEWHERE: "",
    NoOffer.IN_SUBJECTS: "",
    NoOffer.NOT_IN_RECEPTION: "not in Reception here",
    NoOffer.NOT_JUDGED: "nothing entered in Reception",
    NoOffer.REASON: "no points in Reception, a reason alone",
    NoOffer.ON_ENTRY_ALONE: "judged on entry to Reception alone",
}


class Usual(NamedTuple):
    """What most offers of a subject are of: said once, in its heading."""

    area: int
    at: AssessmentPoint


@dataclass(frozen=True)
class Problem:
    """Why a cell was not saved: what was typed or ticked there, and in words what is in the way."""

    text: str
    why: str
    is_ticked: bool = False


def told_point(at: AssessmentPoint) -> str:
    """`Summer 2025/26`."""
    return f"{at.term.label} {AcademicYear(at.academic_year).label}"


def told_area(area: int) -> str:
    """`Word reading (2021 framework)`."""
    subject = BY_NUMBER[area]
    return f"{subject.name} ({subject.framework} framework)" if subject.framework else subject.name


class ShownCell:
    """One cell: the box with its sight, the offer, and what is said of both."""

    def __init__(
        self, row: DeskRow, cell: DeskCell, usual: Usual | None, problem: Problem | None, address: str
    ) -> None:
        self.subject = cell.subject
        self.key = f"{row.pupil.public_id}-{cell.subject.code}"
        self.problem, self.is_missing, self.address = problem, cell.is_missing, address
        self.offer = cell.offer
        stands = value_of(cell.held.points, cell.held.reason) if cell.held else ""
        self.stands = stands
        self.text = problem.text if problem else stands
        self.sight = f"{cell.held.version if cell.held else 0}:{stands}"
        self.is_ticked = bool(problem and problem.is_ticked)
        self.code = code_of(self.offer.points, YearGroup.R) if self.offer else ""
        self.departs = _departs(self.offer, usual) if self.offer else ""
        self.in_full = _in_full(self.offer) if self.offer else ""
        self.told = _told_held(cell.held) if cell.held else ""
        self.is_from_offer = bool(cell.held and cell.held.source is Source.OFFERED)
        self.why = "" if cell.held or self.offer else _why(cell)


def _departs(offer: Offer, usual: Usual | None) -> str:
    """In what an offer differs from most: its term, its area; and what it was taken in the place of."""
    said = []
    if usual is None or offer.at != usual.at:
        said.append(told_point(offer.at))
    if usual is None or offer.area != usual.area:
        said.append(told_area(offer.area))
    if offer.passed_over:
        said.append(f"then {in_a_word(Reason(offer.passed_over))}")
    return ", ".join(said)


def _in_full(offer: Offer) -> str:
    then = f", then {in_a_word(Reason(offer.passed_over))}" if offer.passed_over else ""
    return f"{told_area(offer.area)}, {told_point(offer.at)}{then}"


def _told_held(held: Baseline) -> str:
    """`confirmed by A. Teacher, 4 September 2026, 16:05`."""
    did = "confirmed" if held.source is Source.OFFERED else "entered"
    return f"{did} by {held.by or 'the operator'}, {told_moment(held.at)}"


def _why(cell: DeskCell) -> str:
    """Why nothing is offered, and where the year starts all the same."""
    if cell.start is not None:
        return f"starts from {cell.start.points}, {told_point(cell.start.at)}"
    return _WHY[cell.offered] if isinstance(cell.offered, NoOffer) else ""


class ShownRow:
    """One pupil: what is said beside the name, and the cells of the subjects that are looked at."""

    def __init__(
        self, row: DeskRow, cells: Sequence[ShownCell], today: dt.date, *, origin: str, asks_origin: str
    ) -> None:
        pupil = row.pupil
        self.public_id, self.name, self.class_name = pupil.public_id, pupil.name, pupil.class_name
        self.cells, self.origin, self.origin_problem = cells, origin, asks_origin
        self.notes = [note for note in _notes(row) if note]
        self.asks_origin = row.is_from_elsewhere or pupil.year_group is not YearGroup.Y1
        self.is_open = row.entry.is_open
        self.can_enter = row.may_enter


def _notes(row: DeskRow) -> Iterable[str]:
    """What one has to know of a pupil who is not like the others."""
    pupil, offers = row.pupil, [cell.offered for cell in row.cells]
    if pupil.year_group is not YearGroup.Y1:
        yield pupil.year_group.label
    if row.is_from_elsewhere:
        first = min((stay.starts_on for stay in pupil.stays), default=None)
        yield f"no earlier record here{f', since {english(first)}' if first else ''}"
    elif any(offered is NoOffer.IN_SUBJECTS for offered in offers):
        without = [cell.subject.name for cell in row.cells if cell.is_missing]
        yield "repeats Year 1" if pupil.year_group is YearGroup.Y1 else f"no start in {', '.join(without)}"
    if any(isinstance(offered, Offer) and offered.is_repeated for offered in offers):
        yield "Reception twice: the latest judgement is offered"
    if not row.entry.is_open:
        yield "not open for entry"


@dataclass(frozen=True)
class Heading:
    """A subject's heading: what most offers are of, and the last day of that term."""

    subject: Subject
    usual: Usual | None
    measured_on: dt.date | None

    @property
    def told(self) -> str:
        """`Word reading, Summer 2025/26`; of a subject of which nothing is offered how it is entered."""
        if self.usual is None:
            return "type a value"
        return f"offered: {BY_NUMBER[self.usual.area].name}, {told_point(self.usual.at)}"

    @property
    def in_full(self) -> str:
        """The same with the framework and the day."""
        if self.usual is None or self.measured_on is None:
            return ""
        return f"{told_area(self.usual.area)}, term ended {english(self.measured_on)}"


def headings(desk: Desk, subjects: Iterable[Subject]) -> list[Heading]:
    """What most of the offers on the desk are of, subject by subject."""
    found = []
    for subject in subjects:
        counts = Counter(
            Usual(cell.offered.area, cell.offered.at)
            for row in desk.rows
            for cell in row.cells
            if cell.subject == subject and isinstance(cell.offered, Offer)
        )
        usual = counts.most_common(1)[0][0] if counts else None
        found.append(Heading(subject, usual, _ended(desk.measuring, usual) if usual else None))
    return found


def _ended(measuring: Measuring, usual: Usual) -> dt.date:
    return measuring.measured_on(usual.at.academic_year, usual.at.term)


@dataclass(frozen=True)
class OfClass:
    """A class of which there is somebody on the desk: how many of them, and how many without a start."""

    name: str
    class_id: uuid.UUID | None
    pupils: int
    missing: int


def classes_of(desk: Desk, keys: Mapping[str, uuid.UUID]) -> list[OfClass]:
    """By name, with the keys of the classes by theirs."""
    pupils = Counter(row.pupil.class_name for row in desk.rows)
    missing = Counter(row.pupil.class_name for row in desk.missing)
    return [
        OfClass(name or "No class", keys.get(name), pupils[name], missing[name]) for name in sorted(pupils)
    ]
