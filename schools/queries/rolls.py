"""Who is on the roll, as people may see it. Names go only to those who may see them: start from pupils_for()."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, cast

from django.core.paginator import Page, Paginator
from django.db.models import (
    Case,
    Count,
    F,
    Func,
    Max,
    Min,
    Prefetch,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat, Lower

from schools.access import Access
from schools.calendar import YearGroup
from schools.models import ClassGroup, ClassTeacher, Enrolment, PupilYear, School, Sex, Term
from schools.permissions import Permission
from schools.queries.badges import Badge, badges
from schools.queries.roll_groups import Group, in_group

PAGE_LENGTH = 250
# Derived: whoever starts later than this after the year's first day is told apart as having joined.
SETTLING_IN = dt.timedelta(days=14)


class Standing(StrEnum):
    """How a pupil of the year stands to the roll on a day."""

    ON_ROLL = "on-roll"
    LEFT = "left"
    TO_COME = "to-come"


@dataclass(frozen=True)
class RollFilter:
    """What narrows a roll; `name` never stands in an address."""

    year_group: YearGroup | None = None
    class_id: uuid.UUID | None = None
    without_class: bool = False
    group: Group | None = None
    standing: Standing = Standing.ON_ROLL
    name: str = ""


@dataclass(frozen=True)
class Tally:
    """How many of the pupils shown are so."""

    label: str
    count: int
    # The filter that shows just these.
    group: Group


@dataclass(frozen=True)
class RollLine:
    """One pupil of a roll."""

    public_id: uuid.UUID
    name: str
    year_group: str
    class_name: str
    sex: str
    date_of_birth: dt.date
    badges: tuple[Badge, ...]
    note: str
    # As the law has it; `name` is as the child is called.
    surname: str
    forename: str


@dataclass(frozen=True)
class Roll:
    """A page of a roll: `count` pupils match of `total` who stand so to the roll on `counted_on`."""

    standing: Standing
    count: int
    total: int
    # False where the year holds nobody at all whom this person may see, however they stand.
    has_pupils: bool
    counted_on: dt.date
    summary: tuple[Tally, ...]
    lines: tuple[RollLine, ...]
    page: Page[PupilYear]

    @property
    def badge_key(self) -> list[Badge]:
        """The signs that occur on this page, each once, in the order of their first pupil."""
        return list(dict.fromkeys(badge for line in self.lines for badge in line.badges))


def school_days(access: Access) -> tuple[dt.date, dt.date]:
    """The first day of the year's Autumn and the last of its Summer at the school, both counted."""
    days = Term.objects.in_school(access.school).filter(academic_year=access.academic_year)
    found: dict[str, dt.date | None] = days.aggregate(first=Min("starts_on"), last=Max("ends_on"))
    year = access.academic_year
    return found["first"] or year.starts_on, found["last"] or year.ends_on


def counting_day(access: Access, today: dt.date) -> dt.date:
    """The day on which a year's roll is counted: today, but no day before the year's first or after its last.

    So those who left with the year are on its roll in the holidays and ever after, and those who start with it before.
    """
    return _clamped(today, *school_days(access))


def _clamped(day: dt.date, first: dt.date, last: dt.date) -> dt.date:
    return min(max(day, first), last)


# The same day for SQL by hand: `counting_parameters` are its parameters.
COUNTING_DAY_IN_SQL = """(
    SELECT least(greatest(%(today)s, coalesce(min(starts_on), %(first)s)), coalesce(max(ends_on), %(last)s))
    FROM schools_term WHERE school_id = %(school)s AND academic_year = %(year)s
)"""


def counting_parameters(access: Access, today: dt.date) -> dict[str, Any]:
    """What `COUNTING_DAY_IN_SQL` and `in_sight_in_sql` take; `first` and `last` stand for days that the school has not set."""
    year = access.academic_year
    return {
        "school": access.school.pk,
        "year": int(year),
        "today": today,
        "first": year.starts_on,
        "last": year.ends_on,
        "teacher": access.user.pk,
    }


def pupils_for(access: Access) -> QuerySet[PupilYear]:
    """The pupils of the year whose names this person may see: all, or those of the classes they teach."""
    of_year = PupilYear.objects.in_school(access.school).filter(
        pupil__school=access.school, academic_year=access.academic_year
    )
    if access.may(Permission.SEE_ALL_PUPILS):
        return of_year
    if access.may(Permission.SEE_OWN_CLASSES):
        # A pupil's class is always one of the same year.
        return of_year.filter(class_group__in=_taught(access))
    return of_year.none()


# Of the classes that a person teaches, for SQL by hand over y (PupilYear): takes the keys of a school and of an account as `school` and `teacher`.
TAUGHT_IN_SQL = """y.class_group_id IN (
    SELECT c.class_group_id FROM schools_classteacher c
    JOIN schools_membership m ON m.id = c.membership_id AND m.school_id = c.school_id
    WHERE c.school_id = %(school)s AND m.school_id = %(school)s AND m.is_active AND m.user_id = %(teacher)s
)"""


def in_sight_in_sql(access: Access) -> str:
    """Whom `pupils_for` leaves of a year, for SQL by hand over y (PupilYear)."""
    if access.may(Permission.SEE_ALL_PUPILS):
        return "TRUE"
    return TAUGHT_IN_SQL if access.may(Permission.SEE_OWN_CLASSES) else "FALSE"


def taught_by(access: Access) -> QuerySet[ClassGroup]:
    """The classes of the year that this person teaches."""
    return ClassGroup.objects.in_school(access.school).filter(
        academic_year=access.academic_year, pk__in=_taught(access)
    )


def _taught(access: Access) -> QuerySet[ClassTeacher, Any]:
    """The keys of the classes that this person teaches, of whatever year."""
    taught: QuerySet[ClassTeacher] = ClassTeacher.objects.in_school(access.school).filter(
        membership__user=access.user, membership__is_active=True
    )
    return taught.values("class_group")


def year_groups_for(access: Access, of_class: ClassGroup | None = None) -> list[YearGroup]:
    """The year groups to choose from: those of the pupils in sight; for the whole school, the school's own too."""
    pupils = pupils_for(access)
    if of_class is not None:
        pupils = pupils.filter(class_group=of_class)
    present = {YearGroup(number) for number in pupils.values_list("year_group", flat=True).distinct()}
    if of_class is None and access.may(Permission.SEE_ALL_PUPILS):
        lowest, highest = access.school.lowest_year_group, access.school.highest_year_group
        present |= {YearGroup(number) for number in range(lowest, highest + 1)}
    return sorted(present)


def standing_on(
    pupil_years: QuerySet[PupilYear], school: School, day: dt.date, standing: Standing
) -> QuerySet[PupilYear]:
    """Those of the school's pupils who stand so to the roll on the day. The last day of a stay still counts as on roll."""
    begun = Enrolment.objects.in_school(school).filter(starts_on__lte=day)
    is_here = _has_one_of(begun.filter(Q(ends_on=None) | Q(ends_on__gte=day)))
    if standing is Standing.ON_ROLL:
        return pupil_years.filter(is_here)
    was_here = _has_one_of(begun)
    return pupil_years.exclude(is_here).filter(was_here if standing is Standing.LEFT else ~was_here)


def _has_one_of(stays: QuerySet[Enrolment]) -> Case:
    """Whether the pupil has one of these stays. A CASE, for which PostgreSQL reads them once and looks the pupils up.

    A bare condition it makes a join of, and looks in the stays anew for each pupil: the wall and the query both name the school, so that
    it expects one pupil (see docs/architecture.md).
    """
    return Case(When(pupil__in=stays.values("pupil"), then=Value(value=True)), default=Value(value=False))


def roll(
    access: Access,
    wanted: RollFilter,
    *,
    today: dt.date,
    of_class: ClassGroup | None = None,
    page: int = 1,
    page_length: int = PAGE_LENGTH,
) -> Roll:
    """The roll of the school or of a class, as this person may see it: narrowed, by name, page by page."""
    first_day, last_day = school_days(access)
    day = _clamped(today, first_day, last_day)
    visible = pupils_for(access)
    if of_class is not None:
        visible = visible.filter(class_group=of_class)
    everybody = standing_on(visible, access.school, day, wanted.standing)
    matching = everybody.alias(any_name=_ANY_NAME).filter(_matches(wanted))
    counts = matching.aggregate(
        count=Count("pk"),
        girls=Count("pk", filter=in_group(Group.GIRLS)),
        boys=Count("pk", filter=in_group(Group.BOYS)),
        pupil_premium=Count("pk", filter=in_group(Group.PUPIL_PREMIUM)),
        sen=Count("pk", filter=in_group(Group.SEN)),
        eal=Count("pk", filter=in_group(Group.EAL)),
    )
    rows = (
        matching.select_related("pupil")
        .prefetch_related(
            Prefetch("pupil__enrolments", Enrolment.objects.in_school(access.school).order_by("starts_on"))
        )
        .order_by(*BY_NAME)
    )
    pages = Paginator(rows, page_length)
    pages.count = counts["count"]  # counted above, with the rest
    shown = cast("Page[PupilYear]", pages.get_page(page))
    total = everybody.count()
    # Read once: joined, PostgreSQL looks through the school's classes for each pupil.
    classes = ClassGroup.objects.in_school(access.school).filter(academic_year=access.academic_year)
    class_names = dict(classes.values_list("pk", "name"))
    return Roll(
        standing=wanted.standing,
        count=counts["count"],
        total=total,
        has_pupils=bool(total) or visible.exists(),
        counted_on=day,
        summary=(
            Tally("Girls", counts["girls"], Group.GIRLS),
            Tally("Boys", counts["boys"], Group.BOYS),
            Tally("Pupil premium", counts["pupil_premium"], Group.PUPIL_PREMIUM),
            Tally("SEN", counts["sen"], Group.SEN),
            Tally("EAL", counts["eal"], Group.EAL),
        ),
        lines=tuple(_line(row, class_names, first_day, today) for row in shown),
        page=shown,
    )


def _plain(text: Combinable) -> Func:
    """Without accents, capitals and apostrophes, hyphens as spaces: as people type names who look for them."""
    unaccented = Func(Lower(text), function="unaccent", output_field=TextField())
    return Func(unaccented, Value("-'"), Value(" "), function="translate", output_field=TextField())


# The order of every list of pupils; for PupilYear.
BY_NAME = (_plain(F("pupil__surname")), _plain(F("pupil__forename")), "pk")

_ANY_NAME = _plain(
    Concat(
        F("pupil__surname"),
        *(
            part
            for name in ("forename", "preferred_surname", "preferred_forename")
            for part in (Value(" "), F(f"pupil__{name}"))
        ),
        output_field=TextField(),
    )
)


def _matches(wanted: RollFilter) -> Q:
    matches = Q()
    if wanted.year_group is not None:
        matches &= Q(year_group=wanted.year_group)
    if wanted.without_class:
        matches &= Q(class_group=None)
    if wanted.class_id is not None:
        matches &= Q(class_group__public_id=wanted.class_id)
    if wanted.group is not None:
        matches &= in_group(wanted.group)
    for word in wanted.name.replace(",", " ").replace("-", " ").split():
        matches &= Q(any_name__contains=_plain(Value(word)))
    return matches


def _line(row: PupilYear, class_names: Mapping[int, str], first_day: dt.date, today: dt.date) -> RollLine:
    return RollLine(
        public_id=row.pupil.public_id,
        name=row.pupil.name,
        year_group=row.year_group.label,
        class_name=class_names.get(row.class_group_id or 0, ""),
        sex=Sex(row.pupil.sex).label if row.pupil.sex else "",
        date_of_birth=row.pupil.date_of_birth,
        badges=badges(row),
        note=note(list(row.pupil.enrolments.all()), first_day, today),
        surname=row.pupil.surname,
        forename=row.pupil.forename,
    )


class Stay(Protocol):
    """A stay on the roll; `ends_on` None goes on."""

    @property
    def starts_on(self) -> dt.date: ...
    @property
    def ends_on(self) -> dt.date | None: ...


def note(stays: Sequence[Stay], first_day: dt.date, today: dt.date) -> str:
    """What a reader of the roll would ask about: left, still to come, joined after the year had begun."""
    if not stays:
        return "No dates recorded"
    begun = [stay for stay in stays if stay.starts_on <= max(today, first_day)]
    if not begun:
        return f"Joins {english(stays[0].starts_on)}"
    stay = begun[-1]
    if stay.ends_on is not None:
        return f"{'Left' if stay.ends_on < today else 'Leaves'} {english(stay.ends_on)}"
    if stay.starts_on > first_day + SETTLING_IN:
        return f"Joined {english(stay.starts_on)}"
    return ""


def english(day: dt.date) -> str:
    """`3 November 2026`."""
    return f"{day.day} {day:%B %Y}"
