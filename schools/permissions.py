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
    SEE_FIGURES = (
        "see figures of attainment and progress; where one may see no names, small numbers are held back"
    )
    RECORD_JUDGEMENTS = "enter judgements for the pupils one sees by name"
    MAKE_PACK = "make and download the governors' pack"
    MANAGE_GROUPS = "make groups of pupils, and say who is in them"
    MANAGE_TERMS = "close terms for entry and reopen them, and change what is closed, with a reason"
    MANAGE_SCHOOL = "say how the school is set up: its name, DfE number and year groups, and how small a number is held back"
    LAY_OUT_MARKSHEETS = "lay out the marksheets that the school's teachers find"
    TAKE_SNAPSHOTS = "freeze a term, so that its figures can be counted again as they were"
    SEE_PARTNERSHIP = "see the school beside the others of its partnership together, and by name those that its pupils came from or went to"
    GRANT_NAMES = "let the leads of the partnership see names, for a purpose and until a day"
    SUBJECT_ACCESS = "hand out everything that is held about one pupil"
    TAKE_EVERYTHING = "take out everything that the school holds, as one file"
    CORRECT_PUPILS = "correct what a pupil's record says, and merge two records of one child, with a reason"
    IMPORT_FILES = (
        "take in files of pupils (and of judgements, who may enter these), and take such an import back"
    )
    MOVE_PUPILS = "offer pupils who leave to another school of the partnership, and take in those that another one offers"
    REMOVE_PUPILS = (
        "say how long records are kept, and anonymise, erase or sever those that are not to be kept"
    )
    MANAGE_PEOPLE = "let teachers, subject leaders and governors in and out, and say what they teach and lead"
    MANAGE_MANAGERS = "give and take every role, those of heads and administrators among them"
    SEE_AUDIT = "see what happened at the school: who opened which pupil's page, took which file, was refused, signed in"
    REVIEW_SIGNS = "see by name who shows signs of less than expected progress, and decide what follows"


_ON_THE_STAFF = frozenset(
    {
        Permission.SEE_SCHOOL,
        Permission.SEE_OWN_CLASSES,
        Permission.SEE_STAFF,
        Permission.SEE_FIGURES,
    }
)
_TEACHING = _ON_THE_STAFF | {Permission.RECORD_JUDGEMENTS}
_OVERSEEING = _ON_THE_STAFF | {
    Permission.SEE_ALL_PUPILS,
    Permission.MAKE_PACK,
    Permission.MANAGE_GROUPS,
    Permission.SEE_PARTNERSHIP,
}
_LEADING = _OVERSEEING | {Permission.RECORD_JUDGEMENTS, Permission.LAY_OUT_MARKSHEETS}
_ANSWERING = _LEADING | {
    Permission.MANAGE_SCHOOL,
    Permission.MANAGE_TERMS,
    Permission.REVIEW_SIGNS,
    Permission.TAKE_SNAPSHOTS,
    Permission.SEE_AUDIT,
    Permission.SUBJECT_ACCESS,
    Permission.CORRECT_PUPILS,
    Permission.IMPORT_FILES,
    Permission.MOVE_PUPILS,
}

PERMISSIONS_BY_ROLE: dict[Role, frozenset[Permission]] = {
    Role.TEACHER: _TEACHING,
    Role.SUBJECT_LEADER: _LEADING,
    # A SENCO who also teaches holds that role beside this one.
    Role.SENCO: _OVERSEEING | {Permission.REVIEW_SIGNS},
    Role.ASSESSMENT_LEADER: _ANSWERING,
    Role.HEAD: _ANSWERING
    | {
        Permission.GRANT_NAMES,
        Permission.TAKE_EVERYTHING,
        Permission.REMOVE_PUPILS,
        Permission.MANAGE_PEOPLE,
        Permission.MANAGE_MANAGERS,
    },
    # No names anywhere: a governor sees numbers, and small ones are held back.
    Role.GOVERNOR: frozenset(
        {
            Permission.SEE_SCHOOL,
            Permission.SEE_FIGURES,
            Permission.MAKE_PACK,
            Permission.SEE_PARTNERSHIP,
        }
    ),
    # Takes in the school's files of pupils, and so meets names there; no judgements, no figures, and no pages of pupils.
    Role.OFFICE: frozenset({Permission.SEE_SCHOOL, Permission.SEE_STAFF, Permission.IMPORT_FILES}),
    # Keeps the accounts, and sees no pupil's name and no attainment.
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.SEE_SCHOOL,
            Permission.SEE_STAFF,
            Permission.MANAGE_SCHOOL,
            Permission.MANAGE_PEOPLE,
            Permission.SEE_AUDIT,
        }
    ),
}

# Who holds the permission gives and takes these roles. Nobody changes their own (schools/services/staff.py).
ROLES_GIVEN_BY: dict[Permission, frozenset[Role]] = {
    Permission.MANAGE_PEOPLE: frozenset({Role.TEACHER, Role.SUBJECT_LEADER, Role.GOVERNOR}),
    Permission.MANAGE_MANAGERS: frozenset(Role),
}


def may_for_everybody(roles: Iterable[Role], permission: Permission) -> bool:
    """Whether one of the roles alone has the permission and sees every pupil.

    Roles add up, but not to this: a SENCO who teaches a class sees everybody as the one and enters for the class as the other.
    """
    return any({permission, Permission.SEE_ALL_PUPILS} <= PERMISSIONS_BY_ROLE[role] for role in roles)


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """What somebody with these roles may do: all that any of them may."""
    return frozenset().union(*(PERMISSIONS_BY_ROLE[role] for role in roles))


def roles_given_by(roles: Iterable[Role]) -> tuple[Role, ...]:
    """The roles that somebody with these roles may give to others, and take from them; in the order of Role."""
    held = permissions_of(roles)
    given = frozenset().union(*(those for permission, those in ROLES_GIVEN_BY.items() if permission in held))
    return tuple(role for role in Role if role in given)
