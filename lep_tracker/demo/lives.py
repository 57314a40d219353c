"""The lives of all children of the demo: plain values, the same for the same running year, whatever the day."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from lep_tracker.demo.attendance import attendance_of
from lep_tracker.demo.children import (
    ELSEWHERE,
    NEEDS_PLAN,
    Groups,
    Namer,
    Person,
    Talent,
    UpnIssuer,
    groups_of,
    heritage_of,
    person_of,
    talent_of,
)
from lep_tracker.demo.paths import Plan, Stay, plans_of, stays_of
from lep_tracker.demo.source import FIRST_EARLY_YEAR, FIRST_YEAR, Block, Source, source
from lep_tracker.demo.teaching import Judged, Learning, entered_on, judge
from schools.calendar import AcademicYear, YearGroup
from schools.services.enrolments import Characteristics

# Who is past Year 11 today was in it in the first year.
COHORTS = range(YearGroup.N2, YearGroup.Y11 - FIRST_YEAR + 1)


@dataclass(frozen=True)
class Record:
    """What a school's record says of a child for one year, counted from the running one."""

    urn: str
    year: int
    year_group: YearGroup
    class_name: str
    characteristics: Characteristics


@dataclass(frozen=True)
class Child:
    """One child at all its schools, in the order of time; `judged` is what those schools judged themselves."""

    person: Person
    upn: str
    stays: tuple[Stay, ...]
    records: tuple[Record, ...]
    judged: tuple[Judged, ...]

    @property
    def urns(self) -> list[str]:
        """The schools, each once, in the order in which the child first came to them."""
        return list(dict.fromkeys(stay.urn for stay in self.stays))

    def school_before(self, urn: str) -> str:
        """The school of the partnership from which the child came to this one; "" for none."""
        return dict(zip(self.urns[1:], self.urns, strict=False)).get(urn, "")


@dataclass(frozen=True)
class Lives:
    """All children, those who have left too."""

    running: AcademicYear
    children: tuple[Child, ...]


@dataclass(frozen=True)
class _Beginning:
    """A child before it is known who is in which class."""

    plan: Plan
    person: Person
    talent: Talent
    groups: Groups
    stays: tuple[Stay, ...]
    # Where the child stands in the lists from which classes are made.
    place: float
    chance: random.Random


@lru_cache(maxsize=2)
def whole_lives(running: AcademicYear) -> Lives:
    """Everything up to the end of the running year, what has not happened yet too."""
    made_from = source()
    beginnings = list(_beginnings(made_from, running))
    classes = _classes(made_from, beginnings, running)
    issuer = UpnIssuer()
    return Lives(
        running,
        tuple(_child(each, classes[number], issuer, running) for number, each in enumerate(beginnings)),
    )


def lives_until(today: dt.date) -> Lives:
    """What has happened before the day, in its own academic year and the three before it; today nothing is entered yet."""
    running = AcademicYear.containing(today)
    known = (_known(child, running, today) for child in whole_lives(running).children)
    return Lives(running, tuple(child for child in known if child.stays))


def _known(child: Child, running: AcademicYear, today: dt.date) -> Child:
    stays = tuple(
        replace(stay, ends_on=None) if stay.ends_on and stay.ends_on >= today else stay
        for stay in child.stays
        if stay.starts_on <= today
    )
    urns = {stay.urn for stay in stays}
    records = tuple(record for record in child.records if record.urn in urns)
    if not any(stay.touches(running) for stay in stays):
        records = tuple(record for record in records if record.year < 0)
    begun = {(record.urn, record.year) for record in records}
    judged = tuple(
        each
        for each in child.judged
        if (each.urn, each.year) in begun and (each.year < 0 or entered_on(each, running) < today)
    )
    return replace(child, stays=stays, records=records, judged=judged)


def _beginnings(made_from: Source, running: AcademicYear) -> Iterator[_Beginning]:
    namer = Namer()
    for home in made_from.schools:
        if not home.cohort:
            continue
        for cohort in COHORTS:
            for plan, chance in plans_of(made_from, home, cohort):
                beginning = _beginning(plan, chance, made_from, namer, running)
                if beginning.stays:
                    yield beginning


def _beginning(
    plan: Plan, chance: random.Random, made_from: Source, namer: Namer, running: AcademicYear
) -> _Beginning:
    heritage = heritage_of(chance, made_from.heritages)
    needs_plan = chance.random() < NEEDS_PLAN
    person = person_of(chance, namer, heritage, plan.cohort, running)
    talent = talent_of(chance, person.sex, needs_plan=needs_plan)
    is_new = plan.from_outside and plan.arrives.year == 0
    groups = groups_of(chance, heritage, talent.general, needs_plan=needs_plan, may_be_unknown=is_new)
    stays = tuple(stays_of(plan, made_from, running))
    return _Beginning(plan, person, talent, groups, stays, chance.random(), chance)


Places = dict[tuple[str, int], str]


def _classes(made_from: Source, beginnings: Sequence[_Beginning], running: AcademicYear) -> list[Places]:
    """For each child the class at each school in each year."""
    on_list: dict[tuple[str, int, YearGroup], list[int]] = defaultdict(list)
    for number, each in enumerate(beginnings):
        for urn, year, year_group in _years(each, running):
            on_list[urn, year, year_group].append(number)
    found: list[Places] = [{} for _ in beginnings]
    for school in made_from.schools:
        for year in range(FIRST_EARLY_YEAR, 1):
            for block in school.blocks:
                listed = [
                    (year_group, number)
                    for year_group in block.year_groups
                    for number in on_list[school.urn, year, year_group]
                ]
                for number, name in _shared_out(block, listed, beginnings):
                    found[number][school.urn, year] = name
    return found


def _years(of: _Beginning, running: AcademicYear) -> list[tuple[str, int, YearGroup]]:
    """Where the child stands in which year group, each school once a year."""
    found = {}
    for stay in of.stays:
        for year in range(FIRST_EARLY_YEAR, 1):
            year_group = of.plan.year_group(year)
            if (
                year_group is not None
                and of.plan.is_on_record(year)
                and stay.touches(AcademicYear(running + year))
            ):
                found[stay.urn, year] = year_group
    return [(urn, year, year_group) for (urn, year), year_group in found.items()]


def _shared_out(
    block: Block, listed: list[tuple[YearGroup, int]], beginnings: Sequence[_Beginning]
) -> Iterable[tuple[int, str]]:
    """Classes of the same size, by age or by the place that a child keeps from year to year."""

    def by_age(each: tuple[YearGroup, int]) -> tuple[int, int]:
        return each[0], -beginnings[each[1]].person.born_on.toordinal()

    def by_place(each: tuple[YearGroup, int]) -> float:
        return beginnings[each[1]].place

    in_order = sorted(listed, key=by_age) if block.by_age else sorted(listed, key=by_place)
    for position, (_, number) in enumerate(in_order):
        yield number, block.names[position * len(block.names) // len(in_order)]


def _characteristics(of: _Beginning, year_group: YearGroup, year: int) -> Characteristics:
    held = of.groups.characteristics(year_group, year)
    if of.groups.is_unknown:
        return held
    is_premium = of.groups.is_premium(year)
    return replace(held, attendance=attendance_of(of.person.key, year, year_group, is_premium=is_premium))


def _child(of: _Beginning, places: Places, issuer: UpnIssuer, running: AcademicYear) -> Child:
    years = _years(of, running)
    records = tuple(
        Record(urn, year, year_group, places[urn, year], _characteristics(of, year_group, year))
        for urn, year, year_group in years
    )
    learning = Learning(
        talent=of.talent,
        groups=of.groups,
        born_in_month=of.person.born_on.month,
        stays=of.stays,
        year_groups={(urn, year): year_group for urn, year, year_group in years},
        classes=places,
    )
    return Child(
        person=of.person,
        upn=_upn(of.plan, issuer, running),
        stays=of.stays,
        records=records,
        judged=tuple(judge(learning, of.chance, running)),
    )


def _upn(plan: Plan, issuer: UpnIssuer, running: AcademicYear) -> str:
    """Given by the first school in the year in which the child came there; to others, elsewhere, in Reception's."""
    if plan.from_outside:
        return issuer.upn(ELSEWHERE, running - plan.cohort)
    return issuer.upn(source().school(plan.home).dfe_number, running + plan.arrives.year)
