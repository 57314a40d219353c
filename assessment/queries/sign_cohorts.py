"""What the pupils of a year group reached at the three points that signs are told by, and the signs that follow: what the review list is made of."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
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


_NOTHING = Held(None, None, None)


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
    year = AssessmentPoint(at.academic_year, AssessmentTerm.BASELINE)
    before = AssessmentPoint(at.academic_year - 1, AssessmentTerm.BASELINE)
    # In the order in which they count.
    points = (at, year, year.summer_before, before, before.summer_before)
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
    return {
        (pupil, subject): Held(
            _first((before, earlier), (before.summer_before, summer_before_last)),
            _first((year, baseline), (year.summer_before, last_summer)),
            now,
        )
        for pupil, subject, now, baseline, last_summer, earlier, summer_before_last in rows
    }


def _first(*reached: tuple[AssessmentPoint, int | None]) -> Reached | None:
    return next((Reached(at, points) for at, points in reached if points is not None), None)


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
            cohort = {key: held.get((key, number), _NOTHING) for key in keys}
            if any(of.now is not None for of in cohort.values()):
                yield BY_NUMBER[number], cohort


def cohort_signs(
    cohort: Mapping[int, Held],
    at: AssessmentPoint,
    expectations: Expectations,
    tolerances: Tolerances,
    only: Collection[int] | None = None,
) -> dict[int, Signs]:
    """Each pupil, or `only` these, beside all the others. Who stands as another did has the same peers' figures: they are worked out once."""
    everybody = Peers.of(
        Stretch(of.start.points, of.now) for of in cohort.values() if of.start and of.now is not None
    )
    beside_peers: dict[Stretch, tuple[SlowerThanPeers, Gap, Gap]] = {}

    def signs_of(of: Held) -> Signs:
        if of.start is None or of.now is None:
            return NOT_ENOUGH_DATA
        own = Stretch(of.start.points, of.now)
        if own not in beside_peers:
            peers = everybody.without(own)
            beside_peers[own] = (
                slower_than_peers(own, peers, tolerances),
                gap_not_closing(own, peers, tolerances),
                gap_widening(own, peers, tolerances),
            )
        slower, not_closing, widening = beside_peers[own]
        rate = previous_rate(of.earlier, of.start, Reached(at, of.now), expectations, tolerances)
        return Signs(slower, rate, not_closing, widening)

    wanted = cohort if only is None else [key for key in cohort if key in only]
    return {key: signs_of(cohort[key]) for key in wanted}
