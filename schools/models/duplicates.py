"""Two records that look like one child's, and are not: somebody looked, and said so."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from schools.models.people import User
from schools.models.school_owned import OnMerge, SameSchoolKey, SchoolOwned, known_in, tracked

# Characters of a reason.
LONGEST_REASON = 500


@tracked
class ToldApart(SchoolOwned):
    """Somebody said that two records are two children; the pair is not asked about again.

    Two rows a pair, one of each pupil, which share `pair`: so each is among what is held of its pupil, and names nobody else.
    To look again takes both away; the history keeps them.
    """

    pupil = models.ForeignKey(related_name="told_apart", **known_in("schools.Pupil"))
    pair = models.UUIDField(default=uuid.uuid4, editable=False)
    reason = models.CharField(max_length=LONGEST_REASON)
    # Nobody: the operator.
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(default=timezone.now)

    kept_back = "each school looks at its own records"
    on_merge = OnMerge.ONCE
    called = ("pair said to be two children", "pairs said to be two children")

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.UniqueConstraint(fields=["school", "pupil", "pair"], name="toldapart_once"),
            models.CheckConstraint(name="toldapart_reasoned", condition=~Q(reason="")),
            SameSchoolKey(
                name="toldapart_pupil",
                fields=("pupil", "school"),
                to="schools.Pupil",
                to_fields=("id", "school"),
            ),
        ]
