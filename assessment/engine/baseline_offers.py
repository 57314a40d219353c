"""What is offered as a pupil's Baseline: the last judgement of Reception in the area that the subject goes on from.

Source: LEP expectations, Baselines: Reading from EYFS Reading, Writing from Writing, Mathematics from Numbers; Science has none. Derived, and said wherever it
is shown: which judgement is the last, where a child was in Reception twice, was absent in Summer, or was not in Reception at all.
An offer is no judgement until somebody confirms it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.expectations import LAST_YEAR_GROUP
from assessment.engine.progress import Judged, this_year
from assessment.engine.subjects import is_early_years
from schools.calendar import YearGroup

# How the note of a Baseline begins that says where its value came from.
ORIGIN = "Baseline from: "


@dataclass(frozen=True)
class JudgedArea:
    """One judgement of the early years in an area (by its number): points from 1 to 101, or a reason for having none."""

    at: AssessmentPoint
    area: int
    points: int | None
    reason: str = ""


@dataclass(frozen=True)
class Offer:
    """Points that somebody may confirm as the Baseline, and the judgement in an area that they are of.

    `passed_over`: why the last judgement of Reception has no points, where an earlier one is offered in its place. `is_repeated`: the child was in
    Reception in more than one year.
    """

    points: int
    at: AssessmentPoint
    area: int
    is_last_summer: bool
    passed_over: str = ""
    is_repeated: bool = False


class NoOffer(Enum):
    """Why nothing is offered."""

    # The subject goes on from no area, as Science.
    BY_HAND = "by hand"
    # There is no record of an earlier year here.
    FROM_ELSEWHERE = "from elsewhere"
    # The year before was a year in subjects, as of a child who repeats Year 1 or is older.
    IN_SUBJECTS = "in subjects"
    # The record goes from nursery to here.
    NOT_IN_RECEPTION = "not in Reception"
    # In Reception, but nothing was entered in the area.
    NOT_JUDGED = "not judged"
    # Nothing but reasons in the place of points.
    REASON = "reason"
    # Nothing but the Baseline at the start of Reception, which says what a child knew a year ago.
    ON_ENTRY_ALONE = "on entry alone"


def offer(
    areas: frozenset[int],
    year_groups: Mapping[int, YearGroup],
    history: Iterable[JudgedArea],
    year: int,
) -> Offer | NoOffer:
    """What is offered as the Baseline of the year in a subject that goes on from these areas, one of each framework; or why nothing is.

    `year_groups` is the pupil's year group in each academic year of the record; `history` may hold other areas and years too.
    """
    earlier = {each: group for each, group in year_groups.items() if each < year}
    found = _unasked(areas, earlier)
    if found is not None:
        return found
    in_reception = {each for each, group in earlier.items() if group is YearGroup.R}
    held = sorted(
        (each for each in history if each.area in areas and each.at.academic_year in in_reception),
        key=lambda each: each.at,
    )
    judged = [each for each in held if each.points is not None and each.at.term]
    if not judged:
        return _nothing(held)
    last = judged[-1]
    after = [each for each in held if each.at > last.at]
    return Offer(
        points=last.points or 0,
        at=last.at,
        area=last.area,
        is_last_summer=last.at == AssessmentPoint(year, AssessmentTerm.BASELINE).summer_before,
        passed_over=after[-1].reason if after else "",
        is_repeated=len(in_reception) > 1,
    )


def _unasked(areas: frozenset[int], earlier: Mapping[int, YearGroup]) -> NoOffer | None:
    """Why nothing is offered whatever was judged; None where the last year was one of Reception."""
    if not areas:
        return NoOffer.BY_HAND
    if not earlier:
        return NoOffer.FROM_ELSEWHERE
    last = earlier[max(earlier)]
    if last is YearGroup.R:
        return None
    return NoOffer.NOT_IN_RECEPTION if is_early_years(last) else NoOffer.IN_SUBJECTS


def _nothing(held: list[JudgedArea]) -> NoOffer:
    if any(each.points is not None for each in held):
        return NoOffer.ON_ENTRY_ALONE
    return NoOffer.REASON if held else NoOffer.NOT_JUDGED


def start_in(history: Iterable[Judged], year: int, year_group: YearGroup) -> Judged | None:
    """Where progress in the year would start, whatever will be judged at its end, by the rule of `this_year`; None is "no baseline"."""
    end = AssessmentPoint(year, AssessmentTerm.SUMMER)
    held = [each for each in history if each.at < end]
    measure = this_year([*held, Judged(end, 1)], end, year_group)
    return measure.start if measure else None


def needs_start(year_group: YearGroup) -> bool:
    """Year 1 to 9: where progress is measured, and has to start somewhere."""
    return not is_early_years(year_group) and year_group <= LAST_YEAR_GROUP


def with_origin(note: str, origin: str) -> str:
    """A judgement's note that says where its value came from, in a line of its own; an earlier such line goes, as an empty `origin` says."""
    lines = [line for line in note.splitlines() if not line.startswith(ORIGIN)]
    return "\n".join([*lines, *([f"{ORIGIN}{origin}"] if origin else [])])
