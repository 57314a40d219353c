"""Who works at a school."""

from __future__ import annotations

from dataclasses import dataclass

from schools.access import Access
from schools.models import ClassTeacher, Membership, Role


@dataclass(frozen=True)
class PersonLine:
    """A person with every role held at the school, and the classes taught in the year in view."""

    name: str
    email: str
    roles: tuple[str, ...]
    classes: tuple[str, ...]


def people_of(access: Access) -> list[PersonLine]:
    """Everybody with a role at the school that has not been ended, by name."""
    classes: dict[int, list[str]] = {}
    for user, name in (
        ClassTeacher.objects.in_school(access.school)
        .filter(class_group__academic_year=access.academic_year, membership__is_active=True)
        .order_by("class_group__name")
        .values_list("membership__user", "class_group__name")
    ):
        classes.setdefault(user, []).append(name)
    held: dict[int, list[Membership]] = {}
    for membership in (
        Membership.objects.in_school(access.school)
        .filter(is_active=True, user__is_active=True)
        .select_related("user")
        .order_by("user__name", "user")
    ):
        held.setdefault(membership.user_id, []).append(membership)
    return [
        PersonLine(
            name=memberships[0].user.name,
            email=memberships[0].user.email,
            roles=tuple(str(role.label) for role in Role if role in {row.role for row in memberships}),
            classes=tuple(classes.get(user, ())),
        )
        for user, memberships in held.items()
    ]
