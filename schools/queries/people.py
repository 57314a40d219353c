"""Who works at a school, who is suspended there, and who is invited."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from schools.access import Access
from schools.led_subjects import names_of
from schools.models import ClassGroup, ClassTeacher, Invitation, Membership, Role, SubjectLead, User

# Neither ended; whoever holds one cannot be invited.
_HELD = Q(is_active=True) | Q(is_suspended=True)


@dataclass(frozen=True)
class PersonLine:
    """A person with every role held at the school, the classes taught in the year in view, and the subjects led."""

    # The public id of the first role held: the person's in addresses of this school.
    key: uuid.UUID
    user: User
    held: tuple[Role, ...]
    classes: tuple[str, ...]
    subject_codes: tuple[str, ...]
    is_suspended: bool

    @property
    def name(self) -> str:
        return self.user.name

    @property
    def email(self) -> str:
        return self.user.email

    @property
    def roles(self) -> tuple[str, ...]:
        return tuple(str(role.label) for role in self.held)

    @property
    def subjects(self) -> tuple[str, ...]:
        return names_of(self.subject_codes)

    @property
    def last_sign_in(self) -> dt.datetime | None:
        return self.user.last_login

    @property
    def state(self) -> str:
        if not self.user.is_active:
            return "Account closed"
        return "Suspended" if self.is_suspended else "Active"


def people_of(access: Access, *, suspended: bool = False) -> list[PersonLine]:
    """Everybody with a role at the school that has not been ended, by name; `suspended` gives those too whose roles rest, or whose account is closed."""
    return _lines(access, _HELD if suspended else Q(is_active=True, user__is_active=True))


def person_at(access: Access, key: uuid.UUID) -> PersonLine | None:
    """The person, active or suspended, by the public id of any role that they held here; None for nobody."""
    of_key = Membership.objects.in_school(access.school).filter(public_id=key).values("user")
    found = _lines(access, _HELD & Q(user__in=of_key))
    return found[0] if found else None


def _lines(access: Access, whom: Q) -> list[PersonLine]:
    rows: dict[int, list[Membership]] = {}
    for row in Membership.objects.in_school(access.school).filter(whom).select_related("user"):
        rows.setdefault(row.user_id, []).append(row)
    memberships = {row.pk: row.user_id for each in rows.values() for row in each}
    classes = _by_user(
        memberships,
        ClassTeacher.objects.in_school(access.school)
        .filter(class_group__academic_year=access.academic_year)
        .order_by("class_group__name")
        .values_list("membership", "class_group__name"),
    )
    subjects = _by_user(
        memberships,
        SubjectLead.objects.in_school(access.school).order_by("pk").values_list("membership", "subject"),
    )
    lines = [_line(each, classes, subjects) for each in rows.values()]
    return sorted(lines, key=lambda line: (line.name, line.user.pk))


def _by_user(memberships: dict[int, int], pairs: Iterable[tuple[int, str]]) -> dict[int, dict[str, None]]:
    """What hangs from each person's roles, in order and once."""
    found: dict[int, dict[str, None]] = {}
    for membership, what in pairs:
        if membership in memberships:
            found.setdefault(memberships[membership], {})[what] = None
    return found


def _line(
    rows: list[Membership], classes: dict[int, dict[str, None]], subjects: dict[int, dict[str, None]]
) -> PersonLine:
    user, held = rows[0].user, {row.role for row in rows}
    return PersonLine(
        key=min(rows, key=lambda row: row.pk).public_id,
        user=user,
        held=tuple(role for role in Role if role in held),
        classes=tuple(classes.get(user.pk, ())),
        subject_codes=tuple(subjects.get(user.pk, ())),
        is_suspended=all(row.is_suspended for row in rows),
    )


@dataclass(frozen=True)
class InvitationLine:
    """An invitation that waits, or ran out; of classes that are gone it says nothing."""

    invitation: Invitation
    classes: tuple[str, ...]
    is_over: bool

    @property
    def name(self) -> str:
        return self.invitation.name

    @property
    def email(self) -> str:
        return self.invitation.email

    @property
    def held(self) -> tuple[Role, ...]:
        return tuple(role for role in Role if role in self.invitation.roles)

    @property
    def roles(self) -> tuple[str, ...]:
        return tuple(str(role.label) for role in self.held)

    @property
    def subjects(self) -> tuple[str, ...]:
        return names_of(self.invitation.subjects)

    @property
    def state(self) -> str:
        return "Invitation ran out" if self.is_over else "Invited"


def invitations_of(access: Access, *, now: dt.datetime) -> list[InvitationLine]:
    """Those who have not come in yet, by name."""
    waiting = Invitation.objects.in_school(access.school).filter(accepted_at=None, withdrawn_at=None)
    invitations = list(waiting.select_related("invited_by").order_by("name", "pk"))
    wanted = {key for each in invitations for key in each.classes}
    names = dict(
        ClassGroup.objects.in_school(access.school)
        .filter(public_id__in=wanted)
        .order_by("name")
        .values_list("public_id", "name")
    )
    return [
        InvitationLine(
            each,
            tuple(name for key, name in names.items() if key in each.classes),
            is_over=each.expires_at <= now,
        )
        for each in invitations
    ]


def classes_to_teach(access: Access) -> dict[str, ClassGroup]:
    """The classes of the year in view by their public ids, by name."""
    groups = ClassGroup.objects.in_school(access.school).filter(academic_year=access.academic_year)
    return {str(group.public_id): group for group in groups.order_by("name", "pk")}
