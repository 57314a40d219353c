"""Inviting people to a school, and their coming in.

The link's key is 256 bits by chance, goes out in the letter alone and is kept as its hash. An invitation makes no account: the address is tried by the letter, and
whoever invites learns nothing of accounts that are there already.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.utils import timezone

from schools.models import ClassGroup, Invitation, Membership, Role, School, User
from schools.services.changes import acting
from schools.services.people import checked_name
from schools.services.staff import NotAllowedError, join, refuse_roles, refuse_unfitting
from schools.services.turns import take_turn_with_people

GOOD_FOR = dt.timedelta(days=7)


@dataclass(frozen=True)
class Sent:
    """An invitation with the key of its link, which is known only now."""

    invitation: Invitation
    key: str


def hash_of(key: str) -> str:
    """What is kept of a key. A hash without salt will do: nobody can guess a key of 256 bits."""
    return hashlib.sha256(key.encode()).hexdigest()


def checked_email(text: str) -> str:
    """The address in small letters; ValueError for what is none."""
    email = text.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise ValueError(f"{email!r} is not an email address.") from error
    return email


def invite(
    *,
    school: School,
    email: str,
    name: str,
    roles: Collection[Role],
    classes: Iterable[ClassGroup] = (),
    subjects: Collection[str] = (),
    by: User | None,
) -> Sent:
    """Let the person come in by a link for the next seven days. Needs the school open.

    Raises NotAllowedError for roles that are not `by`'s to give; ValueError for what is no address, name or role, for who has access already, and for
    who is invited already.
    """
    email, name, groups = checked_email(email), checked_name(name), list(classes)
    if not roles:
        raise ValueError("Choose at least one role.")
    refuse_unfitting(roles, has_classes=bool(groups), has_subjects=bool(subjects))
    with acting(by):
        take_turn_with_people(school)
        refuse_roles(school, roles, by)
        refuse_known(school, email)
        key = secrets.token_urlsafe(32)
        now = timezone.now()
        invitation = Invitation.objects.create(
            school=school,
            email=email,
            name=name,
            roles=[role.value for role in Role if role in roles],
            classes=[group.public_id for group in groups],
            subjects=sorted(subjects),
            key_hash=hash_of(key),
            invited_by=by,
            sent_at=now,
            expires_at=now + GOOD_FOR,
        )
    return Sent(invitation, key)


def refuse_known(school: School, email: str) -> None:
    """ValueError where the address has access to the school, is suspended there, or waits to come in. Needs the school open."""
    held = Membership.objects.in_school(school).filter(user__email=email)
    if any(row.is_active or row.is_suspended for row in held):
        raise ValueError(f"{email} is a person of this school already: change their access instead.")
    if waiting(school).filter(email=email).exists():
        raise ValueError(f"{email} is invited already: send that invitation again, or withdraw it.")


def waiting(school: School) -> QuerySet[Invitation]:
    """The invitations that were neither accepted nor withdrawn, those that have run out too."""
    rows: QuerySet[Invitation] = Invitation.objects.in_school(school).filter(
        accepted_at=None, withdrawn_at=None
    )
    return rows


def _waiting_one(school: School, invitation: Invitation) -> Invitation:
    """The invitation as it stands now, and for nobody else until the transaction ends."""
    take_turn_with_people(school)
    found: Invitation | None = waiting(school).filter(pk=invitation.pk).first()
    if found is None:
        raise NotAllowedError("This invitation has been accepted or withdrawn meanwhile.")
    return found


def send_again(*, school: School, invitation: Invitation, by: User | None) -> Sent:
    """A new link for seven days; the one before works no more. The invitation is now `by`'s. Needs the school open. Raises NotAllowedError."""
    with acting(by):
        found = _waiting_one(school, invitation)
        refuse_roles(school, [Role(role) for role in found.roles], by)
        key = secrets.token_urlsafe(32)
        found.key_hash = hash_of(key)
        found.invited_by = by
        found.sent_at = timezone.now()
        found.expires_at = found.sent_at + GOOD_FOR
        found.save(update_fields=["key_hash", "invited_by", "sent_at", "expires_at"])
    return Sent(found, key)


def withdraw(*, school: School, invitation: Invitation, by: User | None) -> None:
    """The link works no more. Needs the school open. Raises NotAllowedError."""
    with acting(by):
        found = _waiting_one(school, invitation)
        refuse_roles(school, [Role(role) for role in found.roles], by)
        found.withdrawn_at = timezone.now()
        found.save(update_fields=["withdrawn_at"])


def found_by(school: School, key: str) -> Invitation | None:
    """The invitation that the key opens now; None where it has been used, withdrawn, replaced or has run out. Needs the school open.

    None too where whoever invited may not give such roles any more: an invitation must not outlast the right to invite.
    """
    rows = waiting(school).filter(key_hash=hash_of(key), expires_at__gt=timezone.now())
    invitation: Invitation | None = rows.select_related("invited_by").first()
    if invitation is None:
        return None
    try:
        refuse_roles(school, [Role(role) for role in invitation.roles], invitation.invited_by)
    except NotAllowedError:
        return None
    return invitation


def accept(*, school: School, key: str, user: User) -> None:
    """The person, who has the address that was invited, comes in; the link has been used. Needs the school open.

    Raises NotAllowedError where the key opens nothing any more, or the invitation is somebody else's.
    """
    with acting(user):
        take_turn_with_people(school)
        invitation = found_by(school, key)
        if invitation is None or invitation.email != user.email or not user.is_active:
            raise NotAllowedError("This invitation is no longer good.")
        join(
            school=school,
            user=user,
            roles=[Role(role) for role in invitation.roles],
            classes=_classes(school, invitation.classes),
            subjects=invitation.subjects,
            by=user,
        )
        invitation.accepted_at = timezone.now()
        invitation.save(update_fields=["accepted_at"])


def accept_anew(*, school: School, key: str, name: str, password: str) -> User:
    """Make the account of the person who was invited, or set the password that it lacks, and come in. Needs the school open.

    The link reached the address, which is what a link for a forgotten password proves. Raises NotAllowedError as `accept` does, and for an account that has a
    password: its owner signs in.
    """
    with acting(None):
        take_turn_with_people(school)
        invitation = found_by(school, key)
        if invitation is None:
            raise NotAllowedError("This invitation is no longer good.")
        user = User.objects.filter(email=invitation.email).first()
        if user is None:
            user = User.objects.create_user(invitation.email, checked_name(name), password)
        elif user.has_usable_password():
            raise NotAllowedError("This address has an account. Sign in to accept.")
        else:
            user.set_password(password)
            user.save(update_fields=["password"])
        accept(school=school, key=key, user=user)
    return user


def _classes(school: School, public_ids: Collection[uuid.UUID]) -> list[ClassGroup]:
    return list(ClassGroup.objects.in_school(school).filter(public_id__in=public_ids).order_by("pk"))
