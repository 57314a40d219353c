"""Classes, their teachers and how many pupils they have."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from schools.access import Access
from schools.calendar import YearGroup
from schools.models import ClassGroup, ClassTeacher
from schools.permissions import Permission
from schools.queries.rolls import Standing, counting_day, pupils_for, standing_on, taught_by


@dataclass(frozen=True)
class ClassLine:
    """A class with the pupils on roll on the day of counting."""

    public_id: uuid.UUID
    name: str
    teachers: tuple[str, ...]
    year_groups: str
    pupils: int
    is_own: bool


def classes_for(access: Access) -> QuerySet[ClassGroup]:
    """The classes of the year whose pupils this person may see."""
    if access.may(Permission.SEE_ALL_PUPILS):
        return ClassGroup.objects.in_school(access.school).filter(academic_year=access.academic_year)
    if access.may(Permission.SEE_OWN_CLASSES):
        return taught_by(access)
    return ClassGroup.objects.none()


def teacher_names(access: Access) -> dict[int, tuple[str, ...]]:
    """The teachers of each class of the year, by the class's key."""
    names: dict[int, tuple[str, ...]] = {}
    for class_group, name in (
        ClassTeacher.objects.in_school(access.school)
        .filter(class_group__academic_year=access.academic_year, membership__is_active=True)
        .order_by("membership__user__name", "pk")
        .values_list("class_group", "membership__user__name")
    ):
        names[class_group] = (*names.get(class_group, ()), name)
    return names


def class_lines(access: Access, *, today: dt.date) -> list[ClassLine]:
    """The classes by name; those that this person teaches say so."""
    counts: dict[int, int] = {}
    year_groups: dict[int, list[YearGroup]] = {}
    on_roll = standing_on(pupils_for(access), access.school, counting_day(access, today), Standing.ON_ROLL)
    for class_group, year_group, pupils in (
        on_roll.exclude(class_group=None)
        .values_list("class_group", "year_group")
        .annotate(pupils=Count("pk"))
        .order_by("class_group", "year_group")
    ):
        counts[class_group] = counts.get(class_group, 0) + pupils
        year_groups.setdefault(class_group, []).append(YearGroup(year_group))
    teachers = teacher_names(access)
    taught = set(taught_by(access).values_list("pk", flat=True))
    # By their youngest year group, as children pass through; those without pupils last.
    in_order = sorted(
        classes_for(access).order_by("name", "pk"),
        key=lambda group: min(year_groups.get(group.pk, []), default=YearGroup.Y13 + 1),
    )
    return [
        ClassLine(
            public_id=group.public_id,
            name=group.name,
            teachers=teachers.get(group.pk, ()),
            year_groups=", ".join(year_group.label for year_group in year_groups.get(group.pk, [])),
            pupils=counts.get(group.pk, 0),
            is_own=group.pk in taught,
        )
        for group in in_order
    ]


def pupils_without_class(access: Access, *, today: dt.date) -> int:
    """How many pupils on roll this person may see who stand in no class."""
    day = counting_day(access, today)
    on_roll = standing_on(pupils_for(access), access.school, day, Standing.ON_ROLL)
    return on_roll.filter(class_group=None).count()
