"""What is no change of a row, and is kept all the same: who was refused, opened a pupil's page, took a file, signed in.

Two tables that the serving role may read and add to, and nothing else (lep_tracker/database_roles.py). Neither holds a name, an
address or anything that somebody typed.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from schools.models.school_owned import OnMerge, SameSchoolKey, SchoolOwned, known_in


class Happening(models.TextChoices):
    """What a record is of."""

    REFUSED = "refused", "Refused"
    REFUSED_MORE = "refused_more", "More was refused"
    PUPIL_SEEN = "pupil_seen", "Pupil’s page opened"
    EXPORT = "export", "File taken"
    SIGNED_IN = "signed_in", "Signed in"
    SIGN_IN_FAILED = "sign_in_failed", "Sign-in failed"
    SIGN_IN_FAILED_MORE = "failed_more", "More sign-ins failed"
    SIGNED_OUT = "signed_out", "Signed out"
    PASSWORD_CHANGED = "password_changed", "Password changed"
    PASSWORD_SET = "password_set", "Password set by a mailed link"
    SECOND_STEP_ADDED = "step_added", "Second step of sign-in added"
    SECOND_STEP_REMOVED = "step_removed", "Second step of sign-in removed"
    NAME_CORRECTED = "name_corrected", "Name corrected"


AT_A_SCHOOL = (Happening.REFUSED, Happening.REFUSED_MORE, Happening.PUPIL_SEEN, Happening.EXPORT)
# Refused at a partnership's door, and the files of its pages, are of no one school.
OF_AN_ACCOUNT = tuple(each for each in Happening if each is not Happening.PUPIL_SEEN)


class AuditRecord(SchoolOwned):
    """Something that happened at a school, by the database's clock. Without a history: it never changes.

    `account` is an account's number and no reference: the record outlasts the account. `detail` holds a few fixed facts:
    see docs/audit.md.
    """

    kept_back = "what happened at a school is told there"

    at = models.DateTimeField(db_default=Now(), editable=False)
    what = models.CharField(max_length=20, choices=Happening.choices)
    account = models.BigIntegerField(null=True)
    pupil = models.ForeignKey(related_name="+", null=True, db_index=False, **known_in("schools.Pupil"))
    # As the answer carries it (X-Request-ID); empty for what came with no request.
    request = models.CharField(max_length=36, blank=True)
    detail = models.JSONField(default=dict)

    called = ("record of who looked", "records of who looked")
    on_merge = OnMerge.STAYS

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            SameSchoolKey(
                name="auditrecord_pupil",
                fields=("pupil", "school"),
                to="schools.Pupil",
                to_fields=("id", "school"),
                # That somebody looked stays said when an import that brought the pupil is taken back.
                forgets="pupil",
            ),
            models.CheckConstraint(
                name="auditrecord_what_known", condition=Q(what__in=[str(each) for each in AT_A_SCHOOL])
            ),
        ]
        indexes = [
            models.Index(fields=["school", "at"], name="auditrecord_at"),
            models.Index(
                fields=["school", "pupil", "at"],
                name="auditrecord_of_pupil",
                condition=Q(pupil__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(Happening(self.what).label)


class AccountRecord(models.Model):
    """Something that happened to an account and not at a school: signing in, a password. Otherwise as AuditRecord.

    Outside the wall, for a person signs in before any school is known. A school reads those of its own people (schools/queries/audit.py).
    """

    at = models.DateTimeField(db_default=Now(), editable=False)
    what = models.CharField(max_length=20, choices=Happening.choices)
    # Empty where a sign-in was tried for an address that no account has.
    account = models.BigIntegerField(null=True)
    request = models.CharField(max_length=36, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="accountrecord_what_known", condition=Q(what__in=[str(each) for each in OF_AN_ACCOUNT])
            ),
        ]
        indexes = [
            models.Index(fields=["account", "at"], name="accountrecord_account"),
            models.Index(fields=["at"], name="accountrecord_at"),
        ]

    def __str__(self) -> str:
        return str(Happening(self.what).label)
