"""The roll-over into a new school year while it is planned: whom it concerns, and where they are to go."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from schools.calendar import AcademicYear, TermName, YearGroup, default_term_dates
from schools.models import (
    ClassGroup,
    Enrolment,
    Goes,
    Membership,
    PupilYear,
    Role,
    RollOver,
    RollOverClass,
    RollOverMove,
    RollOverPupil,
    School,
    SchoolYear,
    Term,
)
from schools.permissions import PERMISSIONS_BY_ROLE, Permission
from schools.queries.rolls import BY_NAME
from schools.queries.terms import Dates

NO_CLASS = "none"


def new_year_of(academic_year: AcademicYear) -> AcademicYear:
    return AcademicYear(academic_year + 1)


def dates_of(school: School, academic_year: AcademicYear) -> Dates:
    """The days of an opened year's terms; empty where it is not opened."""
    opened = SchoolYear.objects.in_school(school).filter(academic_year=academic_year, is_for_copies=False)
    rows = Term.objects.in_school(school).filter(academic_year__in=opened.values("academic_year"))
    return {TermName(row.term): (row.starts_on, row.ends_on) for row in rows.order_by("term")}


def planned_dates(plan: RollOver) -> Dates:
    """The days that the plan gives the new year's terms, or those that it has been opened with."""
    opened = dates_of(plan.school, new_year_of(AcademicYear(plan.academic_year)))
    return opened or {term: (plan.dates[2 * at], plan.dates[2 * at + 1]) for at, term in enumerate(TermName)}


def last_day_of(school: School, academic_year: AcademicYear) -> dt.date:
    """The last day of Summer."""
    dates = dates_of(school, academic_year) or default_term_dates(academic_year)
    return dates[TermName.SUMMER][1]


class Remains(Enum):
    """Whether a pupil of the year is there for the next."""

    GOES_ON = "a stay goes on into the new year"
    GONE = "the last stay ends before it"
    PLACED = "there is a record of the new year already"


@dataclass(frozen=True)
class Person:
    """A pupil of the year that ends. `stay` is the key of the stay that goes on, `began` its first day, `left_on` the last day of one who is gone."""

    pupil_id: int
    public_id: uuid.UUID
    name: str
    class_id: int | None
    year_group: YearGroup
    remains: Remains
    stay: int | None
    began: dt.date | None
    left_on: dt.date | None


def people_of(school: School, academic_year: AcademicYear, new_year_begins: dt.date) -> list[Person]:
    """Everybody with a record of the year, by name. Needs the school open; three queries."""
    stays: dict[int, list[Enrolment]] = defaultdict(list)
    for stay in Enrolment.objects.in_school(school).order_by("starts_on"):
        stays[stay.pupil_id].append(stay)
    placed = set(
        PupilYear.objects.in_school(school)
        .filter(academic_year=new_year_of(academic_year))
        .values_list("pupil_id", flat=True)
    )
    rows = PupilYear.objects.in_school(school).filter(
        academic_year=academic_year, pupil__school=school, pupil__anonymised_at=None
    )
    return [
        _person(row, stays[row.pupil_id], new_year_begins, is_placed=row.pupil_id in placed)
        for row in rows.select_related("pupil").order_by(*BY_NAME)
    ]


def _person(row: PupilYear, stays: list[Enrolment], begins: dt.date, *, is_placed: bool) -> Person:
    going_on = next((each for each in stays if each.ends_on is None or each.ends_on >= begins), None)
    remains = Remains.GOES_ON if going_on else Remains.GONE
    return Person(
        pupil_id=row.pupil_id,
        public_id=row.pupil.public_id,
        name=row.pupil.name,
        class_id=row.class_group_id,
        year_group=YearGroup(row.year_group),
        remains=Remains.PLACED if is_placed else remains,
        stay=going_on.pk if going_on else None,
        began=going_on.starts_on if going_on else None,
        left_on=None if going_on or not stays else stays[-1].ends_on,
    )


@dataclass(frozen=True)
class Block:
    """The pupils of one year group of one class, and where they go: up into a class of the plan, into none yet, or out of the school."""

    key: str
    class_id: int | None
    class_public_id: uuid.UUID | None
    class_name: str
    year_group: YearGroup
    goes: Goes
    to_class: int | None
    # To go, and of these with an exception; with a record of the new year already.
    pupils: int
    exceptions: int
    placed: int

    @property
    def class_key(self) -> str:
        return str(self.class_public_id or NO_CLASS)


@dataclass(frozen=True)
class Plan:
    """All that is written of a roll-over, read at once."""

    row: RollOver
    dates: Dates
    leaves_on: dt.date
    classes: tuple[RollOverClass, ...]
    moves: Mapping[tuple[int | None, int], RollOverMove]
    exceptions: Mapping[int, RollOverPupil]
    from_classes: tuple[ClassGroup, ...]
    people: tuple[Person, ...]

    @property
    def school(self) -> School:
        return self.row.school

    @property
    def new_year(self) -> AcademicYear:
        return new_year_of(AcademicYear(self.row.academic_year))

    @property
    def begins(self) -> dt.date:
        """The first day of the new year's Autumn."""
        return self.dates[TermName.AUTUMN][0]

    def goes(self, class_id: int | None, year_group: YearGroup) -> Goes:
        """What the pupils of a class and year group do where nobody said otherwise: the highest leave."""
        move = self.moves.get((class_id, year_group))
        if move:
            return Goes(move.goes)
        return Goes.LEAVES if year_group >= self.school.highest_year_group else Goes.UP

    def to_class(self, class_id: int | None, year_group: YearGroup) -> int | None:
        move = self.moves.get((class_id, year_group))
        return move.to_class_id if move else None

    @property
    def blocks(self) -> tuple[Block, ...]:
        """By year group and class, those without a class last."""
        by_block: dict[tuple[int | None, YearGroup], list[Person]] = defaultdict(list)
        for person in self.people:
            if person.remains is not Remains.GONE:
                by_block[person.class_id, person.year_group].append(person)
        named = {each.pk: each for each in self.from_classes}
        blocks = [self._block(named.get(key or 0), group, of) for (key, group), of in by_block.items()]
        return tuple(
            sorted(blocks, key=lambda each: (each.class_id is None, each.year_group, each.class_name))
        )

    def _block(self, of_class: ClassGroup | None, year_group: YearGroup, people: Iterable[Person]) -> Block:
        to_go = [person for person in people if person.remains is Remains.GOES_ON]
        class_id = of_class.pk if of_class else None
        return Block(
            key=f"{of_class.public_id if of_class else NO_CLASS}.{year_group.code}",
            class_id=class_id,
            class_public_id=of_class.public_id if of_class else None,
            class_name=of_class.name if of_class else "",
            year_group=year_group,
            goes=self.goes(class_id, year_group),
            to_class=self.to_class(class_id, year_group),
            pupils=len(to_go),
            exceptions=sum(person.pupil_id in self.exceptions for person in to_go),
            placed=sum(person.remains is Remains.PLACED for person in people),
        )


def plan_row(school: School, academic_year: AcademicYear) -> RollOver | None:
    """The plan of the year, if one was begun."""
    found: RollOver | None = (
        RollOver.objects.in_school(school)
        .filter(academic_year=academic_year)
        .select_related("school")
        .first()
    )
    return found


def read_plan(row: RollOver) -> Plan:
    """Needs the school open; nine queries, whatever it holds."""
    school, year = row.school, AcademicYear(row.academic_year)
    dates = planned_dates(row)
    of_plan = {"roll_over": row}
    moves = RollOverMove.objects.in_school(school).filter(**of_plan)
    return Plan(
        row=row,
        dates=dates,
        leaves_on=row.leaves_on or last_day_of(school, year),
        classes=tuple(RollOverClass.objects.in_school(school).filter(**of_plan).order_by("pk")),
        moves={(move.from_class_id, int(move.year_group)): move for move in moves},
        exceptions={
            each.pupil_id: each for each in RollOverPupil.objects.in_school(school).filter(**of_plan)
        },
        from_classes=tuple(ClassGroup.objects.in_school(school).filter(academic_year=year).order_by("name")),
        people=tuple(people_of(school, year, dates[TermName.AUTUMN][0])),
    )


@dataclass(frozen=True)
class Teacher:
    """Somebody who may teach a class, by the role in which they do."""

    pk: int
    public_id: uuid.UUID
    user_id: int
    name: str


_TEACHING = [role for role in Role if Permission.SEE_OWN_CLASSES in PERMISSIONS_BY_ROLE[role]]


def teachers_of(school: School) -> list[Teacher]:
    """Everybody who may teach a class there, once each, as a teacher where they are one; by name."""
    held = Membership.objects.in_school(school).filter(is_active=True, role__in=_TEACHING)
    by_user: dict[int, Membership] = {}
    for row in held.select_related("user"):
        before = by_user.get(row.user_id)
        if before is None or row.role == Role.TEACHER:
            by_user[row.user_id] = row
    rows = sorted(by_user.values(), key=lambda row: (row.user.name, row.pk))
    return [Teacher(row.pk, row.public_id, row.user_id, row.user.name) for row in rows]
