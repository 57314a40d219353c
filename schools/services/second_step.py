"""Asking a school's people for a second step, and helping those who lost theirs."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction

from schools.audit import record_of_account
from schools.models import Happening, Partnership, School, SecondStepRemoval, User
from schools.services.sessions import end_sessions


def require_second_factor(place: School | Partnership, *, is_required: bool) -> None:
    """Ask everybody with a role there for a second step, from their next page on; or no longer."""
    place.requires_second_factor = is_required
    place.save(update_fields=["requires_second_factor"])


@transaction.atomic
def remove_second_factor(user: User, *, by: User | None) -> bool:
    """Take away codes, passkeys and codes on paper of a person who lost them, and sign them out everywhere.

    False where there was nothing to take away. It is kept who did it; `by` None is the operator. Until the person has set up a new one, the
    password alone lets in: whoever takes it away has to know that it is them who ask.
    """
    removed, _ = Authenticator.objects.filter(user_id=user.pk).delete()
    if removed:
        SecondStepRemoval.objects.create(user=user, by=by)
        record_of_account(Happening.SECOND_STEP_REMOVED, user.pk, "")
        end_sessions(user)
    return bool(removed)
