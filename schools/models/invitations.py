"""Whom a school has invited, and to what. Until it is accepted an invitation gives nothing, and makes no account."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from schools.models.memberships import Role
from schools.models.people import User
from schools.models.school_owned import SchoolOwned, tracked


@tracked
class Invitation(SchoolOwned):
    """Somebody may join the school in these roles, by a link that was sent to the address: once, and until `expires_at`.

    Of the link's key only the hash is kept. A new letter has a new key, so that the link of the letter before works no more.
    """

    email = models.EmailField()
    name = models.CharField(max_length=200)
    roles = ArrayField(models.CharField(max_length=20))
    # The public ids of classes; one that is gone by then is not given.
    classes = ArrayField(models.UUIDField(), default=list)
    # Codes, as in SubjectLead.
    subjects = ArrayField(models.CharField(max_length=60), default=list)
    key_hash = models.CharField(max_length=64)
    # Empty: the operator.
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["school", "email"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="invitation_waits_once",
            ),
            models.UniqueConstraint(fields=["school", "key_hash"], name="invitation_key_once"),
            models.CheckConstraint(name="invitation_email_small", condition=Q(email=Lower("email"))),
            models.CheckConstraint(
                name="invitation_roles_known",
                condition=Q(roles__contained_by=Role.values) & Q(roles__len__gt=0),
            ),
            models.CheckConstraint(
                name="invitation_ends_once", condition=Q(accepted_at=None) | Q(withdrawn_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.name
