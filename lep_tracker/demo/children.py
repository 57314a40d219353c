"""Who a child of the demo is, and what the record says of it in each year."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from lep_tracker.demo.source import FIRST_YEAR, Heritage
from schools.calendar import AcademicYear, YearGroup
from schools.identifiers import UPN_LETTERS
from schools.models import SenStatus, Sex
from schools.services.enrolments import Characteristics

# Where children who came from elsewhere were given their number: a school that is not there.
ELSEWHERE = "8619999"
# In standard deviations: how far below others a child is more likely to be found to need support.
_NEEDS_SUPPORT = ((-1.6, 0.82), (-0.9, 0.57), (-0.3, 0.28), (9.0, 0.08))
NEEDS_PLAN = 0.055
_IS_FSM6, _BECOMES_FSM6 = 0.19, 0.012
_T = TypeVar("_T")


@dataclass(frozen=True)
class Groups:
    """What decides a child's groups; years are counted from the running one, and None is never."""

    ethnicity: str
    is_eal: bool
    fsm6_from: int | None
    looked_after_from: int | None
    is_service_child: bool
    support_from: YearGroup | None
    support_until: YearGroup | None
    plan_from: YearGroup | None
    # Joined in the running year, and the school has not asked yet.
    is_unknown: bool

    def sen_status(self, year_group: YearGroup) -> SenStatus:
        if self.plan_from is not None and year_group >= self.plan_from:
            return SenStatus.PLAN
        begun = self.support_from is not None and year_group >= self.support_from
        over = self.support_until is not None and year_group > self.support_until
        return SenStatus.SUPPORT if begun and not over else SenStatus.NONE

    def is_premium(self, year: int) -> bool:
        return self.is_service_child or _since(self.fsm6_from, year) or _since(self.looked_after_from, year)

    def characteristics(self, year_group: YearGroup, year: int) -> Characteristics:
        if self.is_unknown:
            return Characteristics()
        return Characteristics(
            sen_status=self.sen_status(year_group),
            is_pupil_premium=self.is_premium(year),
            is_fsm6=_since(self.fsm6_from, year),
            is_disadvantaged=_since(self.fsm6_from, year) or _since(self.looked_after_from, year),
            is_eal=self.is_eal,
            is_looked_after=_since(self.looked_after_from, year),
            is_previously_looked_after=False,
            is_service_child=self.is_service_child,
            ethnicity=self.ethnicity,
        )


def _since(first: int | None, year: int) -> bool:
    return first is not None and year >= first


@dataclass(frozen=True)
class Person:
    """Who a child is, the same at each school."""

    key: uuid.UUID
    surname: str
    forename: str
    preferred_forename: str
    sex: Sex
    born_on: dt.date


@dataclass(frozen=True)
class Talent:
    """What a child brings along, in standard deviations: in general and for each of the four subjects; years apart from the rest."""

    general: float
    of_subject: tuple[float, float, float, float]
    # Points lost against others in each year, for a few with a plan.
    yearly_loss: float


def weighted(chance: random.Random, choices: Sequence[tuple[_T, float]]) -> _T:
    """One of them, by their weights."""
    return chance.choices([value for value, _ in choices], [weight for _, weight in choices])[0]


def heritage_of(chance: random.Random, heritages: Iterable[Heritage]) -> Heritage:
    return weighted(chance, [(heritage, heritage.share) for heritage in heritages])


class Namer:
    """Gives each child a name that nobody else in the partnership has, while there are enough."""

    def __init__(self) -> None:
        self._given: set[tuple[str, str]] = set()

    def name(self, chance: random.Random, heritage: Heritage, sex: Sex) -> tuple[str, str]:
        forenames = heritage.girls if sex is Sex.FEMALE else heritage.boys
        for _ in range(20):
            name = chance.choice(heritage.surnames), chance.choice(forenames)
            if name not in self._given:
                break
        self._given.add(name)
        return name


_SHORT = {
    "Abigail": "Abi",
    "Alexander": "Alex",
    "Benjamin": "Ben",
    "Elizabeth": "Lizzie",
    "Isabella": "Bella",
    "Joshua": "Josh",
    "Matthew": "Matt",
    "Rebecca": "Becky",
    "Samuel": "Sam",
    "Thomas": "Tom",
    "Victoria": "Tori",
    "Zachary": "Zac",
}


def person_of(
    chance: random.Random, namer: Namer, heritage: Heritage, cohort: int, running: AcademicYear
) -> Person:
    """Born in the year of the cohort; one in 250 in the summer before it, and so a year behind its age."""
    sex = chance.choice([Sex.FEMALE, Sex.MALE])
    surname, forename = namer.name(chance, heritage, sex)
    first_day = dt.date(running - 5 - cohort, 9, 1)
    days, is_late = chance.randrange(365), chance.random() < 1 / 250
    born_on = first_day - dt.timedelta(days=1 + days % 120) if is_late else first_day + dt.timedelta(days)
    is_shortened = chance.random() < 0.5
    return Person(
        # The year is in it: who is loaded in another year is another child.
        key=uuid.UUID(int=chance.getrandbits(112) << 16 | int(running), version=4),
        surname=surname,
        forename=forename,
        preferred_forename=_SHORT.get(forename, "") if is_shortened else "",
        sex=sex,
        born_on=born_on,
    )


def talent_of(chance: random.Random, sex: Sex, *, needs_plan: bool) -> Talent:
    """Girls read and write a little better, boys reckon a little better; subjects of one child go together."""
    general = chance.gauss(0, 0.86) - (1.5 if needs_plan else 0)
    tilt = 1 if sex is Sex.FEMALE else -1
    leaning = (0.09 * tilt, 0.17 * tilt, -0.05 * tilt, 0.0)
    own = [chance.gauss(0, 0.45) for _ in leaning]
    loss = chance.random() ** 2 * 4.5
    reading, writing, mathematics, science = (
        general + lean + its_own for lean, its_own in zip(leaning, own, strict=True)
    )
    return Talent(general, (reading, writing, mathematics, science), loss if needs_plan else 0.0)


def groups_of(
    chance: random.Random, heritage: Heritage, general: float, *, needs_plan: bool, may_be_unknown: bool
) -> Groups:
    """Families with free meals, mostly since before the demo's years; support found between Reception and Year 4."""
    fsm6_from = FIRST_YEAR if chance.random() < _IS_FSM6 else None
    years = [year for year in range(FIRST_YEAR, 1) if chance.random() < _BECOMES_FSM6]
    looked_after = [year for year in range(FIRST_YEAR, 1) if chance.random() < 0.0025]
    support_from = None
    likely = next(likely for limit, likely in _NEEDS_SUPPORT if general < limit)
    needs_support, found_in = (
        chance.random() < likely,
        chance.choices(range(-1, 6), [10, 24, 30, 20, 9, 5, 2])[0],
    )
    if needs_support or needs_plan:
        support_from = YearGroup(found_in)
    over, lasts = chance.random() < 0.22, chance.randint(1, 5)
    plan_after = chance.randint(0, 3)
    return Groups(
        ethnicity=weighted(chance, list(heritage.ethnicities.items())),
        is_eal=chance.random() < heritage.eal,
        fsm6_from=fsm6_from if fsm6_from is not None else next(iter(years), None),
        looked_after_from=next(iter(looked_after), None),
        is_service_child=chance.random() < 0.014,
        support_from=support_from,
        support_until=YearGroup(found_in + lasts) if support_from is not None and over else None,
        plan_from=YearGroup(min(found_in + plan_after, 9)) if needs_plan else None,
        is_unknown=chance.random() < 0.4 and may_be_unknown,
    )


class UpnIssuer:
    """Numbers as the first school of a child would have given them, one after the other."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, int], int] = {}

    def upn(self, dfe_number: str, year: int) -> str:
        serial = self._given[dfe_number, year] = self._given.get((dfe_number, year), 0) + 1
        number = f"{dfe_number}{year % 100:02}{serial:03}"
        check = sum(weight * int(digit) for weight, digit in enumerate(number, start=2)) % 23
        return UPN_LETTERS[check] + number
