"""Which school a child of the demo is at, from when to when: chosen once, by a chance of the child's own.

Years are counted from the running one, which is 0; the dates follow from the calendar of the year that the demo is loaded in.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lep_tracker.demo.source import FIRST_YEAR, LAST_COHORT_FROM_NURSERY, DemoSchool, Source
from schools.calendar import AcademicYear, TermName, YearGroup, default_term_dates

LEAVES = 0.036
JOINS = 0.024
MOVES = 0.012
COMES_BACK = 0.2
STARTS_IN_NURSERY = 0.6
# Of those who join, so many do so on the first day of a year.
JOINS_IN_SEPTEMBER = 0.35
LEAVES_IN_JULY = 0.4
# The end of a year, as a part of it.
IN_JULY = 1.0
# These repeat a year: the school by which the child began, the year group by age today, the child's number, the year repeated.
REPEATS = {("990001", 4, 8): -1, ("990005", 6, 11): -2}


@dataclass(frozen=True)
class Moment:
    """A part of a year, 0 to 1; 0 is the first day of its Autumn."""

    year: int
    part: float = 0.0

    def day(self, running: AcademicYear) -> dt.date:
        """A weekday within a term."""
        term = min(int(self.part * 3), 2)
        starts_on, ends_on = default_term_dates(running + self.year)[TermName(term + 1)]
        day = starts_on + (ends_on - starts_on) * (self.part * 3 - term)
        return day - dt.timedelta(days=max(0, day.weekday() - 4)) if self.part else starts_on


@dataclass(frozen=True)
class Plan:
    """What befalls a child: `cohort` is the year group by age in the running year, above 11 for those who are past it.

    `home` is the first school by which the family belongs to the partnership, also of those who join later; `chooses` decides
    between middle schools, 0 to 99.
    """

    home: str
    cohort: int
    arrives: Moment
    chooses: int
    from_outside: bool = False
    leaves: Moment | None = None
    comes_back: Moment | None = None
    moves: Moment | None = None
    moves_to: str = ""
    repeats: int | None = None

    def year_group(self, year: int) -> YearGroup | None:
        """None before nursery and after Year 11."""
        held_back = self.repeats is not None and year >= self.repeats
        number = self.cohort + year - held_back
        return YearGroup(number) if YearGroup.N2 <= number <= YearGroup.Y11 else None

    def is_on_record(self, year: int) -> bool:
        """Whether the demo has the year: the last ones of everybody, and before them the early years of the young."""
        year_group = self.year_group(year)
        if year_group is None or year >= FIRST_YEAR:
            return year_group is not None
        return year_group <= YearGroup.R and self.cohort <= LAST_COHORT_FROM_NURSERY

    def is_away(self, year: int) -> bool:
        """Gone for the whole of the year, though not for ever before it."""
        if self.leaves is None or year <= self.leaves.year:
            return False
        return self.comes_back is None or year < self.comes_back.year


@dataclass(frozen=True)
class Stay:
    """At a school from a day on, to another or with no end; both days counted."""

    urn: str
    starts_on: dt.date
    ends_on: dt.date | None = None
    # Comes from a school that is not in the partnership.
    from_outside: bool = False

    def covers(self, day: dt.date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    def touches(self, academic_year: AcademicYear) -> bool:
        return self.starts_on <= academic_year.ends_on and (
            self.ends_on is None or academic_year.starts_on <= self.ends_on
        )


def plans_of(made_from: Source, home: DemoSchool, cohort: int) -> Iterator[tuple[Plan, random.Random]]:
    """The children of a first school's cohort with the chance that decides the rest of each life; then those who join it."""
    among = random.Random(f"{home.urn} {cohort}")  # one that says how many there are
    for number in range(home.cohort):
        chance = random.Random(f"{home.urn} {cohort} {number}")
        starts = YearGroup.N2 if number < home.cohort * STARTS_IN_NURSERY else YearGroup.R
        plan = Plan(home.urn, cohort, Moment(starts - cohort), chooses=chance.randrange(100))
        if plan.arrives.year <= 0:
            plan = replace(plan, repeats=REPEATS.get((home.urn, cohort, number)))
            yield _with_events(plan, made_from, chance), chance
    for year in range(FIRST_YEAR, 1):
        if not YearGroup.R <= cohort + year <= YearGroup.Y11:
            continue
        for number in range(sum(among.random() < JOINS for _ in range(home.cohort))):
            chance = random.Random(f"{home.urn} {cohort} joins {year} {number}")
            part = 0.0 if chance.random() < JOINS_IN_SEPTEMBER else chance.uniform(0.03, 0.95)
            chooses = chance.randrange(100)
            plan = Plan(home.urn, cohort, Moment(year, part), chooses=chooses, from_outside=True)
            yield _with_events(plan, made_from, chance), chance


def _with_events(plan: Plan, made_from: Source, chance: random.Random) -> Plan:
    """Leaving, coming back, moving within the partnership: one of them at most, in a year after the first."""
    for year in range(max(plan.arrives.year + 1, FIRST_YEAR), 1):
        year_group = plan.year_group(year)
        drawn, part = chance.random(), chance.uniform(0.05, 0.9)
        if year_group is None or plan.repeats is not None:
            continue
        if drawn < LEAVES:
            return _leaving(plan, year, part, chance)
        if drawn < LEAVES + MOVES and year_group <= YearGroup.Y8:
            others = [school.urn for school in made_from.schools if school.cohort and school.urn != plan.home]
            return replace(plan, moves=Moment(year, part), moves_to=chance.choice(others))
    return plan


def _leaving(plan: Plan, year: int, part: float, chance: random.Random) -> Plan:
    leaves = Moment(year, IN_JULY if chance.random() < LEAVES_IN_JULY else part)
    back = chance.random() < COMES_BACK
    next_part = chance.uniform(0.05, 0.5)
    if not back or year >= 0:
        return replace(plan, leaves=leaves)
    return replace(plan, leaves=leaves, comes_back=Moment(year + 1, next_part))


def _school_of(plan: Plan, made_from: Source, year: int, *, has_moved: bool) -> str:
    """The URN of the school that the child is at in a year. A move between middle schools is to the one not chosen."""
    year_group = plan.year_group(year)
    school = made_from.school(plan.home)
    if has_moved and year_group is not None and plan.moves is not None:
        moved_in = plan.year_group(plan.moves.year)
        if moved_in is not None and moved_in <= YearGroup.Y4:
            school = made_from.school(plan.moves_to)
    while year_group is not None and not school.teaches(year_group):
        school = made_from.school(_next(plan, school, has_moved=has_moved))
    return school.urn


def _next(plan: Plan, school: DemoSchool, *, has_moved: bool) -> str:
    limit, found = 0, []
    for urn, hundredths in school.feeds.items():
        limit += hundredths
        found.append((urn, plan.chooses < limit))
    chosen = next(urn for urn, is_chosen in found if is_chosen)
    moved_in = plan.year_group(plan.moves.year) if plan.moves and has_moved else None
    if moved_in is not None and moved_in > YearGroup.Y4 and len(found) > 1:
        return next(urn for urn, _ in found if urn != chosen)
    return chosen


def stays_of(plan: Plan, made_from: Source, running: AcademicYear) -> list[Stay]:
    """The stays that the demo's years see, in order; the last may go on past the running year."""
    stays: list[Stay] = []
    for year in range(plan.arrives.year, 1):
        july = Moment(year - 1, IN_JULY)
        if plan.year_group(year) is None:
            _end(stays, july.day(running))
            break
        if plan.is_away(year):
            continue
        has_moved = plan.moves is not None and year > plan.moves.year
        _be_at(
            stays, plan, _school_of(plan, made_from, year, has_moved=has_moved), _begins(plan, year), running
        )
        if plan.moves is not None and plan.moves.year == year:
            _move(stays, plan, _school_of(plan, made_from, year, has_moved=True), running)
        if plan.leaves is not None and plan.leaves.year == year:
            _end(stays, plan.leaves.day(running))
    first_day = AcademicYear(running + FIRST_YEAR).starts_on
    return [stay for stay in stays if stay.ends_on is None or stay.ends_on >= first_day]


def _begins(plan: Plan, year: int) -> Moment:
    if year == plan.arrives.year:
        return plan.arrives
    if plan.comes_back is not None and year == plan.comes_back.year:
        return plan.comes_back
    return Moment(year)


def _be_at(stays: list[Stay], plan: Plan, urn: str, begins: Moment, running: AcademicYear) -> None:
    """Stay on where the child was, or begin there after the July before."""
    goes_on = bool(stays) and stays[-1].ends_on is None
    if goes_on and stays[-1].urn == urn:
        return
    _end(stays, Moment(begins.year - 1, IN_JULY).day(running))
    from_outside = not goes_on and (plan.from_outside or bool(stays))
    stays.append(Stay(urn, begins.day(running), from_outside=from_outside))


def _move(stays: list[Stay], plan: Plan, urn: str, running: AcademicYear) -> None:
    """To another school from one weekday to the next; nobody moves to where they are."""
    if plan.moves is None or stays[-1].urn == urn:
        return
    last_day = plan.moves.day(running)
    _end(stays, last_day)
    stays.append(Stay(urn, last_day + dt.timedelta(days=3 if last_day.weekday() == 4 else 1)))


def _end(stays: list[Stay], day: dt.date) -> None:
    if stays and stays[-1].ends_on is None:
        stays[-1] = replace(stays[-1], ends_on=day)
