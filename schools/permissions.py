"""Who may do what: the whole policy on one screen. Code asks for a permission, never for a role."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from schools.models import Role


class Permission(StrEnum):
    """One ability each."""

    SEE_SCHOOL = "see the school: its terms, year groups and numbers"
    SEE_OWN_CLASSES = "see the pupils of the classes one teaches, by name"
    SEE_ALL_PUPILS = "see every pupil of the school, by name"
    SEE_STAFF = "see who works at the school, in which role"


_TEACHING = frozenset({Permission.SEE_SCHOOL, Permission.SEE_OWN_CLASSES, Permission.SEE_STAFF})
_LEADING = _TEACHING | {Permission.SEE_ALL_PUPILS}

PERMISSIONS_BY_ROLE: dict[Role, frozenset[Permission]] = {
    Role.TEACHER: _TEACHING,
    Role.SUBJECT_LEADER: _LEADING,
    Role.SENCO: _LEADING,
    Role.ASSESSMENT_LEADER: _LEADING,
    Role.HEAD: _LEADING,
    # No names anywhere: a governor sees numbers, and small ones are held back.
    Role.GOVERNOR: frozenset({Permission.SEE_SCHOOL}),
}


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """What somebody with these roles may do: all that any of them may."""
    return frozenset().union(*(PERMISSIONS_BY_ROLE[role] for role in roles))
