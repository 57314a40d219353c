"""What the demo's teachers judge: points that look like children's, and now and then a reason instead.

A child's talent lasts, a drift about it comes and goes (who was far up one year is less far up the next), the schools do what
`fixtures/demo/partnership.json` says of them, and after each summer some of it is forgotten.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from functools import cache

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.expectations import LEP
from assessment.engine.point_scale import FIRST_POINT, LAST_POINT, first_point_of
from assessment.engine.subjects import EYFS_AREAS, MATHEMATICS, READING, SCIENCE, SUBJECTS, WRITING
from lep_tracker.demo.children import Groups, Talent
from lep_tracker.demo.source import FIRST_YEAR, DemoSchool
from schools.calendar import YearGroup, statutory_eyfs_framework

BASELINE, AUTUMN, SPRING, SUMMER = AssessmentTerm
TERMS = (AUTUMN, SPRING, SUMMER)
# In points: how far the middle of all children stands above the lower edge of the range.
_ABOVE_EDGE = {READING.number: 1.2, WRITING.number: 0.6, MATHEMATICS.number: 1.05, SCIENCE.number: 1.3}
# In points: what is forgotten by the end of Autumn and of Spring, and found again by Summer.
_DIP = {BASELINE: 0.25, AUTUMN: 0.55, SPRING: 0.2, SUMMER: 0.0}
_DIP_AT_A_NEW_SCHOOL = 0.35
_PERSISTS, _DRIFT = 0.84, 0.24
_UNEVEN = 0.42
# Points in the middle of all children in an area of learning, before what is easy or hard about it.
_EARLY = {
    (YearGroup.N2, BASELINE): 14.4,
    (YearGroup.N2, AUTUMN): 15.5,
    (YearGroup.N2, SPRING): 16.5,
    (YearGroup.N2, SUMMER): 17.4,
    (YearGroup.R, BASELINE): 17.4,
    (YearGroup.R, AUTUMN): 18.6,
    (YearGroup.R, SPRING): 19.8,
    (YearGroup.R, SUMMER): 22.0,
}
_EARLY_SPREAD = 0.95
# By the last two figures of the area's code; the goals of literacy and number are the hard ones.
_EASE = {"08": 0.0, "09": -0.25, "10": -0.45, "11": -0.1, "12": -0.1, "06": 0.5, "13": 0.2}
# An area leans on the talent for a subject.
_LEANS_ON = {"08": 0, "09": 0, "10": 1, "11": 2, "12": 2, "15": 3}
# Before the goal is judged nobody is given it.
_HIGHEST = {YearGroup.N2: 19, YearGroup.R: 20}
_GOAL_HIGHEST = 22


@dataclass(frozen=True)
class Circumstance:
    """Where a child is in a term of a year, counted from the running one."""

    school: DemoSchool
    year: int
    term: AssessmentTerm
    year_group: YearGroup
    is_new_here: bool
    here_from: dt.date


class Learner:
    """One child through the years: ask for the terms in the order of time, each once."""

    def __init__(self, chance: random.Random, talent: Talent, groups: Groups, born_in_month: int) -> None:
        self._chance, self._talent, self._groups = chance, talent, groups
        # From -0.5, born in August, to 0.5, born in September.
        self._older = 0.5 - ((born_in_month - 9) % 12) / 11
        self._drift = [chance.gauss(0, 0.42) for _ in SUBJECTS]
        self._own = {area: chance.gauss(0, 0.24) for area in range(1, 18)}

    def pass_term(self) -> None:
        """The drift goes on, at school or away."""
        self._drift = [_PERSISTS * each + self._chance.gauss(0, _DRIFT) for each in self._drift]

    def points(self, at: Circumstance, subject: int) -> int:
        """In one of the four subjects, by number."""
        spread = 1.95 + 0.07 * at.year_group
        level = self._talent.of_subject[subject - 1] + self._drift[subject - 1] + self._standing(at)
        points = (
            _edge(at.year_group, at.term)
            + _ABOVE_EDGE[subject]
            + spread * level
            - self._dip(at)
            - self._talent.yearly_loss * at.year_group
            + self._chance.gauss(0, _UNEVEN)
        )
        return _on_scale(points, LAST_POINT)

    def early_points(self, at: Circumstance, area: int) -> int:
        """In the area of that place, 1 to 17, in the framework."""
        place = f"{area:02}"
        leans_on = _LEANS_ON.get(place)
        talent = self._talent.general if leans_on is None else self._talent.of_subject[leans_on]
        drift = self._drift[leans_on or 0]
        points = (
            _EARLY[at.year_group, at.term]
            + _EASE.get(place, 0.1)
            + _EARLY_SPREAD * (talent + drift + self._standing(at) + self._own[area])
            + self._chance.gauss(0, 0.25)
        )
        is_goal = at.year_group is YearGroup.R and at.term is SUMMER
        return _on_scale(points, _GOAL_HIGHEST if is_goal else _HIGHEST[at.year_group])

    def _standing(self, at: Circumstance) -> float:
        """What the school and the child's groups do, in standard deviations."""
        standing = _by_now(at.school.level, at)
        if self._groups.is_premium(at.year):
            standing -= _by_now(at.school.premium_gap, at)
        if self._groups.is_eal:
            standing -= max(-0.1, 0.4 - 0.08 * max(0, at.year_group))
        # The year's youngest are younger by a smaller part of their lives each year.
        return standing + self._older * max(0.15, 0.55 - 0.05 * max(0, at.year_group))

    def _dip(self, at: Circumstance) -> float:
        moved = _DIP_AT_A_NEW_SCHOOL if at.is_new_here and at.term in {BASELINE, AUTUMN} else 0.0
        return _DIP[at.term] + moved


def _by_now(ends_of_years: tuple[float, ...], at: Circumstance) -> float:
    """What a year ends with, reached term by term from what the year before ended with."""
    if at.year < FIRST_YEAR:
        return ends_of_years[0]
    before, after = ends_of_years[at.year - FIRST_YEAR : at.year - FIRST_YEAR + 2]
    return before + (after - before) * at.term / SUMMER


@cache
def _edge(year_group: YearGroup, term: AssessmentTerm) -> int:
    """The lower edge of the range, of a Baseline that of the Summer before; beyond Year 9 as if it went on."""
    if term.term is None:
        return first_point_of(year_group - 1) + LEP.ranges[-1][0]
    return first_point_of(year_group) + LEP.ranges[term - 1][0]


def _on_scale(points: float, highest: int) -> int:
    return max(FIRST_POINT, min(highest, round(points)))


@cache
def area_numbers(academic_year: int) -> dict[int, int]:
    """The places 1 to 17 of the areas of the year's framework, with the areas' numbers."""
    areas = EYFS_AREAS[statutory_eyfs_framework(academic_year)]
    return {place: area.number for place, area in enumerate(areas, start=1)}


# The Baseline of Year 1 is offered from the goals: word reading, writing, number.
OFFERED_FROM = {READING.number: 9, WRITING.number: 10, MATHEMATICS.number: 11}
