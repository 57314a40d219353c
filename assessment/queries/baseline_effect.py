"""What another choice of areas would do to what a partnership's schools offer: counted, for who may see no name."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.baseline_offers import JudgedArea, Offer, offer
from assessment.engine.subjects import SUBJECTS
from assessment.models import Judgement
from schools.calendar import AcademicYear, YearGroup
from schools.models import Enrolment, PupilYear, School
from schools.queries.terms import last_days
from schools.row_security import visible_to

Areas = Mapping[int, frozenset[int]]


@dataclass
class Effect:
    """Of the pupils of Year 1 to whom no Baseline stands in a subject: how many are `offered` something now, how many would be `then`, and how many other points."""

    pupils: int = 0
    offered: int = 0
    then: int = 0
    other_points: int = 0


def effects(
    schools: Sequence[School], academic_year: int, now: Areas, then: Areas, *, today: dt.date
) -> dict[int, Effect]:
    """By subject, over all the schools, each opened in its turn; of those on roll today or later, as on the desk. Four queries a school.

    Reads no more than the role that counts may.
    """
    found = {subject.number: Effect() for subject in SUBJECTS}
    for school in schools:
        with visible_to(school):
            day = min(today, max(last_days(school, academic_year).values()))
            _count(school, academic_year, day, (now, then), found)
    return found


def _count(
    school: School, academic_year: int, day: dt.date, areas: tuple[Areas, Areas], found: dict[int, Effect]
) -> None:
    years: dict[int, dict[int, YearGroup]] = defaultdict(dict)
    here = Enrolment.objects.in_school(school).filter(pupil=OuterRef("pupil")).exclude(ends_on__lt=day)
    in_year_one = PupilYear.objects.in_school(school).filter(
        Exists(here), academic_year=academic_year, year_group=YearGroup.Y1
    )
    pupils = list(in_year_one.values_list("pupil_id", flat=True))
    earlier = PupilYear.objects.in_school(school).filter(pupil__in=pupils, academic_year__lt=academic_year)
    for pupil, year, year_group in earlier.values_list("pupil_id", "academic_year", "year_group"):
        years[pupil][year] = YearGroup(year_group)
    histories, held = _judged(school, academic_year, pupils, *areas)
    for pupil in pupils:
        for subject, effect in found.items():
            if (pupil, subject) in held:
                continue
            before, after = (
                offer(of[subject], years[pupil], histories[pupil], academic_year) for of in areas
            )
            effect.pupils += 1
            effect.offered += isinstance(before, Offer)
            effect.then += isinstance(after, Offer)
            effect.other_points += (
                isinstance(before, Offer) and isinstance(after, Offer) and before.points != after.points
            )


def _judged(
    school: School, academic_year: int, pupils: Sequence[int], *areas: Areas
) -> tuple[Mapping[int, list[JudgedArea]], set[tuple[int, int]]]:
    """What was judged in the areas before the year; and where a Baseline of it stands already, by pupil and subject."""
    histories: dict[int, list[JudgedArea]] = defaultdict(list)
    held: set[tuple[int, int]] = set()
    numbers = sorted(frozenset().union(*(one for of in areas for one in of.values())))
    rows = Judgement.objects.in_school(school).filter(
        pupil__in=pupils,
        academic_year__lte=academic_year,
        subject__in=[*numbers, *(subject.number for subject in SUBJECTS)],
    )
    for pupil, year, term, subject, points in rows.values_list(
        "pupil_id", "academic_year", "term", "subject_id", "points"
    ):
        at = AssessmentPoint(AcademicYear(year), AssessmentTerm(term))
        if subject in numbers and year < academic_year:
            histories[pupil].append(JudgedArea(at, subject, points))
        elif year == academic_year and at.term is AssessmentTerm.BASELINE:
            held.add((pupil, subject))
    return histories, held
