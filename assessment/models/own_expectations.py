"""What is expected of a pupil with special educational needs, instead of what is expected of everybody."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from schools.models import SchoolOwned, User
from schools.models.fields import AcademicYearField
from schools.models.school_owned import OnMerge, SameSchoolKey, known_in, tracked

MOST_STEPS = 14
# Characters of a reason.
LONGEST_REASON = 1000


@tracked
class OwnExpectation(SchoolOwned):
    """How many steps are expected of a pupil in an academic year, agreed for this pupil alone.

    It counts while the pupil's record of the year says SEN support or an EHC plan, and while the partnership allows it; else the row
    stays and everybody's steps count. Its history says what was agreed before.
    """

    pupil = models.ForeignKey(related_name="own_expectations", **known_in("schools.Pupil"))
    academic_year = AcademicYearField()
    steps_a_year = models.SmallIntegerField()
    reason = models.TextField()
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(default=timezone.now)

    kept_back = "each school agrees for itself what it expects of its pupils"
    on_merge = OnMerge.MOVES
    later_by = "agreed_at"
    called = ("agreement about steps a year", "agreements about steps a year")

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.UniqueConstraint(fields=["school", "pupil", "academic_year"], name="ownexpectation_once"),
            models.CheckConstraint(
                name="ownexpectation_steps_known",
                condition=Q(steps_a_year__gte=0, steps_a_year__lte=MOST_STEPS),
            ),
            models.CheckConstraint(name="ownexpectation_reasoned", condition=~Q(reason="")),
            # None for a year without the pupil's record of that year.
            SameSchoolKey(
                name="ownexpectation_pupil_year",
                fields=("school", "pupil", "academic_year"),
                to="schools.PupilYear",
                to_fields=("school", "pupil", "academic_year"),
            ),
        ]
