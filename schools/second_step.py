"""Who has to sign in with a second step, and has none yet: asked at each door."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.conf import settings

from schools.models import Membership, Partnership, School, User

# Codes on paper stand in for one of these and are no step by themselves.
STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class SecondStepNeeded(Exception):
    """A school or partnership of the person asks for a second step; lep_tracker.middleware leads to where one is set up."""


def has_second_step(user: User) -> bool:
    """Whether a code or a passkey is asked for when the person signs in."""
    found: bool = Authenticator.objects.filter(user_id=user.pk, type__in=STEPS).exists()
    return found


def people_without_second_step(school: School) -> tuple[int, int]:
    """How many people hold a role at the school, and how many of them have no second step yet. Needs the school open. Two queries."""
    people = set(
        Membership.objects.in_school(school)
        .filter(is_active=True, user__is_active=True)
        .values_list("user_id", flat=True)
    )
    with_one = Authenticator.objects.filter(user_id__in=people, type__in=STEPS).values_list(
        "user_id", flat=True
    )
    return len(people), len(people - set(with_one))


def is_asked(schools: Iterable[School], partnerships: Iterable[Partnership] = ()) -> bool:
    """Whether any of these, the partnership of any school, or the whole site asks for one."""
    at = tuple(schools)
    asking = (*partnerships, *(school.partnership for school in at))
    return (
        settings.REQUIRES_SECOND_FACTOR
        or any(school.requires_second_factor for school in at)
        or any(partnership.requires_second_factor for partnership in asking)
    )


def ask_second_step(user: User, schools: Iterable[School], partnerships: Iterable[Partnership] = ()) -> None:
    """Raise SecondStepNeeded for a person of these who has none. One query more, where one is asked for."""
    if is_asked(schools, partnerships) and not has_second_step(user):
        raise SecondStepNeeded
