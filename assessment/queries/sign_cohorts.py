"""What the pupils of a year group reached at the three points that signs are told by, and the signs that follow: what the review list is made of."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db.models import Max, Q, QuerySet

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.expectations import FIRST_YEAR_GROUP, LAST_YEAR_GROUP, Expectations
from assessment.engine.progress_signs import (
    NOT_ENOUGH_DATA,
    Gap,
    Peers,
    Reached,
    Signs,
    SlowerThanPeers,
    Stretch,
    Tolerances,
    gap_not_closing,
    gap_widening,
    previous_rate,
    slower_than_peers,
)
from assessment.engine.subjects import BY_NUMBER, Subject
from assessment.models import Judgement
from schools.access import Access
from schools.calendar import YearGroup
from schools.models import ClassGroup, PupilYear
from schools.queries.rolls import Standing, standing_on


class PupilOnRoll(NamedTuple):
    """A pupil with what the year's record says; `key` is the database's."""

    key: int
    public_id: uuid.UUID
    name: str
    year_group: YearGroup
    class_name: str
    sen_status: str


class Held(NamedTuple):
    """What a pupil reached in a subject; `start` without `now` and the other way round where one is missing."""

    earlier: Reached | None
    start: Reached | None
    now: int | None


NOTHING = Held(None, None, None)
_BesidePeers = tuple[SlowerThanPeers, Gap, Gap]


def on_roll(
    of_year: QuerySet[PupilYear], access: Access, day: dt.date, year_group: YearGroup | None
) -> list[PupilOnRoll]:
    """Those of them in Years 1 to 9 who were on roll that day, by year group and name."""
    of_year = of_year.filter(year_group__gte=FIRST_YEAR_GROUP, year_group__lte=LAST_YEAR_GROUP)
    if year_group is not None:
        of_year = of_year.filter(year_group=year_group)
    # Read beside the pupils: joined, they are looked up anew for each (see docs/architecture.md).
    classes = dict(
        ClassGroup.objects.in_school(access.school)
        .filter(academic_year=access.academic_year)
        .values_list("pk", "name")
    )
    rows = standing_on(of_year, access.school, day, Standing.ON_ROLL).select_related("pupil")
    pupils = [
        PupilOnRoll(
            row.pupil_id,
            row.pupil.public_id,
            row.pupil.name,
            YearGroup(row.year_group),
            classes.get(row.class_group_id, ""),
            row.sen_status,
        )
        for row in rows
    ]
    return sorted(pupils, key=lambda each: (each.year_group, each.name.casefold(), each.key))


def held_by(access: Access, at: AssessmentPoint, subjects: Sequence[Subject]) -> dict[tuple[int, int], Held]:
    """By pupil and subject what was reached at the three points, of everybody with any of them."""
    points = points_looked_at(at)
    wanted = Q()
    for point in points:
        wanted |= Q(academic_year=point.academic_year, term=point.term.value)
    columns = {
        f"p{number}": Max("points", filter=Q(academic_year=point.academic_year, term=point.term.value))
        for number, point in enumerate(points)
    }
    rows = (
        Judgement.objects.in_school(access.school)
        .filter(wanted, points__isnull=False, subject__in=[each.number for each in subjects])
        .values_list("pupil", "subject")
        .annotate(**columns)
        .order_by()
    )
    return {(pupil, subject): held_of(points, *found) for pupil, subject, *found in rows}


def points_looked_at(at: AssessmentPoint) -> tuple[AssessmentPoint, ...]:
    """Now; the two that the year may start from, in the order in which they count; and the two of a year before."""
    year = AssessmentPoint(at.academic_year, AssessmentTerm.BASELINE)
    before = AssessmentPoint(at.academic_year - 1, AssessmentTerm.BASELINE)
    return (at, year, year.summer_before, before, before.summer_before)


def held_of(at: Sequence[AssessmentPoint], now: int | None, *earlier: int | None) -> Held:
    """What the points at each of `points_looked_at` come to."""
    _, year, last_summer, before, summer_before_last = at
    of_year, of_last_summer, of_before, of_summer_before_last = earlier
    return Held(
        _first(before, of_before, summer_before_last, of_summer_before_last),
        _first(year, of_year, last_summer, of_last_summer),
        now,
    )


def _first(
    one: AssessmentPoint, points: int | None, other: AssessmentPoint, others: int | None
) -> Reached | None:
    if points is not None:
        return Reached(one, points)
    return None if others is None else Reached(other, others)


def cohorts(
    pupils: Iterable[PupilOnRoll], held: Mapping[tuple[int, int], Held]
) -> Iterable[tuple[Subject, dict[int, Held]]]:
    """For each subject and year group what each of its pupils reached, where anybody was judged now."""
    numbers = sorted({number for _, number in held})
    by_year_group: dict[YearGroup, list[int]] = defaultdict(list)
    for pupil in pupils:
        by_year_group[pupil.year_group].append(pupil.key)
    for number in numbers:
        for keys in by_year_group.values():
            cohort = {key: held.get((key, number), NOTHING) for key in keys}
            if any(of.now is not None for of in cohort.values()):
                yield BY_NUMBER[number], cohort


def cohort_signs(
    cohort: Mapping[int, Held], at: AssessmentPoint, expectations: Expectations, tolerances: Tolerances
) -> dict[int, Signs]:
    """Each pupil beside all the others. Who stands as another did has the same peers' figures: they are worked out once."""
    everybody = Peers.of(
        Stretch(of.start.points, of.now) for of in cohort.values() if of.start and of.now is not None
    )
    beside_peers: dict[Stretch, _BesidePeers] = {}

    def beside(own: Stretch) -> _BesidePeers:
        if own not in beside_peers:
            beside_peers[own] = _beside(own, everybody.without(own), tolerances)
        return beside_peers[own]

    return {key: _signs_of(of, at, expectations, tolerances, beside) for key, of in cohort.items()}


def signs_beside(
    of: Held, peers: Peers, at: AssessmentPoint, expectations: Expectations, tolerances: Tolerances
) -> Signs:
    """One pupil's, beside the others."""
    return _signs_of(of, at, expectations, tolerances, lambda own: _beside(own, peers, tolerances))


def _beside(own: Stretch, peers: Peers, tolerances: Tolerances) -> _BesidePeers:
    return (
        slower_than_peers(own, peers, tolerances),
        gap_not_closing(own, peers, tolerances),
        gap_widening(own, peers, tolerances),
    )


def _signs_of(
    of: Held,
    at: AssessmentPoint,
    expectations: Expectations,
    tolerances: Tolerances,
    beside: Callable[[Stretch], _BesidePeers],
) -> Signs:
    if of.start is None or of.now is None:
        return NOT_ENOUGH_DATA
    slower, not_closing, widening = beside(Stretch(of.start.points, of.now))
    rate = previous_rate(of.earlier, of.start, Reached(at, of.now), expectations, tolerances)
    return Signs(slower, rate, not_closing, widening)
