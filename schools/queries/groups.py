"""The groups that a school made, and who is in them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Count

from schools.access import Access
from schools.calendar import YearGroup
from schools.models import CustomGroup, CustomGroupPupil
from schools.permissions import Permission
from schools.queries.rolls import BY_NAME, pupils_for


@dataclass(frozen=True)
class GroupLine:
    """A group with those of its pupils whom this person may see."""

    public_id: uuid.UUID
    name: str
    pupils: int


@dataclass(frozen=True)
class Candidate:
    """A pupil of the year, and whether the pupil is in the group."""

    pupil_id: int
    public_id: uuid.UUID
    name: str
    year_group: str
    is_in: bool


@dataclass(frozen=True)
class CandidateClass:
    """A class and its pupils; "" is no class."""

    name: str
    pupils: tuple[Candidate, ...]


def group_lines(access: Access) -> list[GroupLine]:
    """The year's groups by name; to who does not see everybody, those with pupils of their classes."""
    groups = CustomGroup.objects.in_school(access.school).filter(academic_year=access.academic_year)
    counts: dict[int, int] = dict(
        CustomGroupPupil.objects.in_school(access.school)
        .filter(academic_year=access.academic_year, pupil__in=pupils_for(access).values("pupil"))
        .values_list("group")
        .annotate(pupils=Count("pk"))
    )
    sees_all = access.may(Permission.SEE_ALL_PUPILS)
    return [
        GroupLine(group.public_id, group.name, counts.get(group.pk, 0))
        for group in groups.order_by("name", "pk")
        if sees_all or group.pk in counts
    ]


def candidates(access: Access, group: CustomGroup) -> list[CandidateClass]:
    """The pupils of the year by class, those without one last: whom a leader chooses from."""
    held = set(group.pupils.in_school(access.school).values_list("pupil_id", flat=True))
    by_class: dict[str, list[Candidate]] = {}
    for row in pupils_for(access).select_related("pupil", "class_group").order_by(*BY_NAME):
        name = row.class_group.name if row.class_group else ""
        by_class.setdefault(name, []).append(
            Candidate(
                row.pupil_id,
                row.pupil.public_id,
                row.pupil.name,
                YearGroup(row.year_group).label,
                row.pupil_id in held,
            )
        )
    return [
        CandidateClass(name, tuple(by_class[name]))
        for name in sorted(by_class, key=lambda each: (not each, each))
    ]
