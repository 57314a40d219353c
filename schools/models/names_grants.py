"""A school lets the leads of its partnership see names: for what, until when; and what was read by it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from schools.models.people import User
from schools.models.school import Partnership
from schools.models.school_owned import SameSchoolKey, SchoolOwned, known_in, tracked


@tracked
class NamesGrant(SchoolOwned):
    """Until and with `ends_on`, or until it is taken back, the leads of a partnership may open the school's figures to their pupils, and change nothing.

    The partnership is the one that the school was in then: in another one nobody has been let see anything.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=300)
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.CheckConstraint(name="namesgrant_has_purpose", condition=~Q(purpose="")),
            models.CheckConstraint(name="namesgrant_starts_first", condition=Q(starts_on__lte=F("ends_on"))),
        ]

    def __str__(self) -> str:
        return self.purpose


@tracked
class NamesReading(SchoolOwned):
    """A lead opened a figure to its pupils by a grant: who, when, which figure; no name of a pupil."""

    grant = models.ForeignKey(related_name="readings", **known_in("schools.NamesGrant"))
    read_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField()
    # As the page's heading says it: `Year 4 Mathematics, Autumn 2025/26: below`.
    figure = models.CharField(max_length=200)

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            SameSchoolKey(
                name="namesreading_grant",
                fields=("grant", "school"),
                to="schools.NamesGrant",
                to_fields=("id", "school"),
            ),
        ]
