"""The demo's accounts, their passwords, and what they are to the schools."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lep_tracker.data_directory import create_directory, data_directory
from lep_tracker.demo.source import Person, source
from schools.models import ClassGroup, Partnership, Role, School, User
from schools.row_security import visible_to
from schools.services import classes, memberships


@dataclass(frozen=True)
class DemoSignIn:
    """An account of the demo, with the password made for this installation."""

    email: str
    password: str
    roles: str


# For each address the password and the hash it had: comparing hashes is quick, checking passwords is not.
Kept = dict[str, dict[str, str]]


def make_accounts() -> list[tuple[User, str]]:
    """The demo's accounts with their passwords, made where they are missing; passwords stand in a file of the data directory.

    Accounts that are not in the file get a new password. One that was changed on the site is not known here.
    """
    kept = _kept_passwords()
    found = [_account(person, kept) for person in source().people]
    path = _password_file()
    create_directory(path.parent)
    path.touch(mode=0o600)
    path.write_text(json.dumps(kept), encoding="utf-8")
    return found


def sign_ins() -> list[DemoSignIn]:
    """The accounts (`make_accounts`) with what they are to the schools that are there, which is granted where it is missing."""
    found = []
    for person, (user, password) in zip(source().people, make_accounts(), strict=True):
        roles = list(_grant(user, person))
        partnership = Partnership.objects.filter(name=source().partnership).first()
        if person.leads and partnership:
            memberships.lead_partnership(partnership=partnership, user=user, by=None)
            roles.append("Partnership lead")
        found.append(DemoSignIn(user.email, password, ", ".join(roles)))
    return found


def _password_file() -> Path:
    return data_directory() / "demo-sign-ins.json"


def _kept_passwords() -> Kept:
    try:
        kept = json.loads(_password_file().read_text(encoding="utf-8"))
        return {
            email: {"password": entry["password"], "hash": entry["hash"]} for email, entry in kept.items()
        }
    except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError):
        # None yet, or not one that this version wrote: new passwords are made.
        return {}


def _account(person: Person, kept: Kept) -> tuple[User, str]:
    email = person.email
    user = User.objects.filter(email=email, is_demo=True).first()
    if user is None:
        user = User.objects.create_user(email, person.name, is_demo=True)
        kept.pop(email, None)
    if email not in kept:
        password = secrets.token_urlsafe(12)
        user.set_password(password)
        user.save(update_fields=["password"])
        kept[email] = {"password": password, "hash": user.password}
    is_known = kept[email]["hash"] == user.password
    return user, kept[email]["password"] if is_known else "(changed since)"


def _grant(user: User, person: Person) -> Iterator[str]:
    for urn, role, taught in person.memberships:
        school = School.objects.filter(urn=urn).first()
        if school is None:
            continue
        with visible_to(school):
            membership = memberships.grant(school=school, user=user, role=Role(role), by=None)
            for class_group in ClassGroup.objects.in_school(school).filter(name__in=taught):
                classes.assign_teacher(class_group=class_group, membership=membership, by=None)
        yield f"{membership} at {school.name}"
