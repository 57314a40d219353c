"""What people are to a school or a partnership. What each role may do: schools/permissions.py."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from schools.models.people import User
from schools.models.school import Partnership
from schools.models.school_owned import SameSchoolKey, SchoolOwned, known_in, tracked


class Role(models.TextChoices):
    """The roles at a school; a person may hold several."""

    TEACHER = "teacher", "Teacher"
    SUBJECT_LEADER = "subject_leader", "Subject leader"
    SENCO = "senco", "SENCO"
    ASSESSMENT_LEADER = "assessment_leader", "Assessment leader"
    HEAD = "head", "Head teacher"
    GOVERNOR = "governor", "Governor"
    OFFICE = "office", "School office"
    ADMINISTRATOR = "administrator", "Administrator"


@tracked
class Membership(SchoolOwned):
    """A person holds a role at a school, until it is ended; while it is suspended it gives nothing, and comes back as it was.

    The wall lets people read their own memberships too, so that the door can tell which schools are theirs.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    is_active = models.BooleanField(default=True)
    is_suspended = models.BooleanField(default=False)

    called = ("role", "roles")

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.UniqueConstraint(fields=["school", "user", "role"], name="membership_once"),
            models.CheckConstraint(name="membership_role_known", condition=Q(role__in=Role.values)),
            # What is asked everywhere is is_active: a role that is suspended is not active.
            models.CheckConstraint(
                name="membership_suspended_gives_nothing",
                condition=Q(is_active=False) | Q(is_suspended=False),
            ),
        ]

    def __str__(self) -> str:
        return str(Role(self.role).label)


@tracked
class SubjectLead(SchoolOwned):
    """Somebody leads a subject at the school, by the role of subject leader. It says who is asked; what one sees follows from the role.

    `subject` is its code for ever, of those offered in schools/led_subjects.py.
    """

    membership = models.ForeignKey(related_name="led", **known_in("schools.Membership"))
    subject = models.CharField(max_length=60)

    called = ("led subject", "led subjects")

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.UniqueConstraint(fields=["school", "membership", "subject"], name="subjectlead_once"),
            models.CheckConstraint(name="subjectlead_has_subject", condition=~Q(subject="")),
            SameSchoolKey(
                name="subjectlead_membership",
                fields=("membership", "school"),
                to="schools.Membership",
                to_fields=("id", "school"),
            ),
        ]

    def __str__(self) -> str:
        return self.subject


@tracked
class PartnershipMembership(models.Model):
    """A person leads a partnership: sees its schools side by side, never a pupil's name."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="partnership_memberships")
    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "partnership"], name="partnershipmembership_once")
        ]

    def __str__(self) -> str:
        return "Partnership lead"
