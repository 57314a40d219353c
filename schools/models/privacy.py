"""How long pupils' records are kept at a school, who was kept longer, and what was removed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from schools.models.people import User
from schools.models.school_owned import OnMerge, SameSchoolKey, SchoolOwned, known_in, tracked

# Characters of a reason.
LONGEST_REASON = 500
LONGEST_TIME = 99


class RetentionKind(models.TextChoices):
    """Whose records a rule is about; of several that hold for a pupil the one that keeps longest counts."""

    LEAVER = "leaver", "Everybody who has left"
    SECONDARY = "secondary", "Who was here in Year 7 or above"
    SEN = "sen", "Who had SEN support or an EHC plan here"


class CountedFrom(models.TextChoices):
    """What the years are counted from."""

    LEAVING = "leaving", "after leaving"
    BIRTH = "birth", "after birth"


@tracked
class RetentionRule(SchoolOwned):
    """A school's own rule for one kind of record; where there is none, the default of schools/queries/retention.py holds."""

    kind = models.CharField(max_length=10, choices=RetentionKind.choices)
    counted_from = models.CharField(max_length=10, choices=CountedFrom.choices)
    years = models.SmallIntegerField()

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.UniqueConstraint(fields=["school", "kind"], name="retentionrule_once"),
            models.CheckConstraint(
                name="retentionrule_kind_known", condition=Q(kind__in=RetentionKind.values)
            ),
            models.CheckConstraint(
                name="retentionrule_from_known", condition=Q(counted_from__in=CountedFrom.values)
            ),
            models.CheckConstraint(
                name="retentionrule_years", condition=Q(years__gte=0, years__lte=LONGEST_TIME)
            ),
        ]


@tracked
class RetentionHold(SchoolOwned):
    """Somebody looked at a record that was due and kept it until a day, for a reason; the latest counts."""

    kept_back = "each school keeps what it holds by its own rules"
    on_merge = OnMerge.MOVES
    called = ("reason for keeping the record longer", "reasons for keeping the record longer")

    pupil = models.ForeignKey(related_name="+", **known_in("schools.Pupil"))
    keep_until = models.DateField()
    reason = models.CharField(max_length=LONGEST_REASON)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.CheckConstraint(name="retentionhold_reasoned", condition=~Q(reason="")),
            SameSchoolKey(
                name="retentionhold_pupil",
                fields=("pupil", "school"),
                to="schools.Pupil",
                to_fields=("id", "school"),
            ),
        ]


class RemovalKind(models.TextChoices):
    """What was done to a pupil's record for good."""

    ANONYMISED = "anonymised", "Anonymised"
    ERASED = "erased", "Erased"
    SEVERED = "severed", "Cut from an earlier identity"


@tracked
class PupilRemoval(SchoolOwned):
    """That a record was removed, by whom and why; it does not say whose, but for an erased one, of which nothing else is left.

    The database removes nothing without such a row, and for one row one pupil (assessment/migrations/0009_characteristics.py).
    """

    kind = models.CharField(max_length=10, choices=RemovalKind.choices)
    # The public id that an erased pupil had. Of the other two it would lead from old files to the record that is left.
    pupil_key = models.UUIDField(null=True, blank=True)
    reason = models.CharField(max_length=LONGEST_REASON)
    # Nobody: the operator, by a command.
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    removed_on = models.DateField()
    is_done = models.BooleanField(default=False)

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.CheckConstraint(name="pupilremoval_kind_known", condition=Q(kind__in=RemovalKind.values)),
            models.CheckConstraint(name="pupilremoval_reasoned", condition=~Q(reason="")),
            models.CheckConstraint(
                name="pupilremoval_key_of_erased", condition=Q(pupil_key=None) | Q(kind=RemovalKind.ERASED)
            ),
        ]
