"""What somebody decided about a pupil who showed signs of less than expected progress."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from assessment.models.subjects import Subject
from schools.calendar import TermName
from schools.models import Handed, User
from schools.models.fields import AcademicYearField
from schools.models.school_owned import OnMerge, SameSchoolKey, known_in, tracked
from schools.models.years import TERM_NAMES

# Characters of a reason.
LONGEST_REASON = 1000


class Decided(models.TextChoices):
    """What follows from having looked."""

    NO_ACTION = "no_action", "No action now"
    ADAPT = "adapt", "Adapt teaching and review"
    REFER = "refer", "Refer to the SENCO"
    SUPPORTED = "supported", "Already supported"


@tracked
class SignDecision(Handed):
    """Somebody looked at a pupil's progress in a subject at the end of a term, and decided what follows, and why.

    Each decision is a row of its own; the latest counts, and the ones before it are kept. `signs` are those that stood there when it was taken.
    """

    pupil = models.ForeignKey(related_name="sign_decisions", **known_in("schools.Pupil"))
    academic_year = AcademicYearField()
    term = models.SmallIntegerField(choices=TERM_NAMES)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    decided = models.CharField(max_length=10, choices=Decided.choices)
    reason = models.TextField()
    signs = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    called = ("decision about progress", "decisions about progress")
    on_merge = OnMerge.MOVES

    class Meta(Handed.Meta):
        constraints = [
            *Handed.Meta.constraints,
            models.CheckConstraint(name="signdecision_term_known", condition=Q(term__in=list(TermName))),
            models.CheckConstraint(name="signdecision_known", condition=Q(decided__in=Decided.values)),
            models.CheckConstraint(name="signdecision_reasoned", condition=~Q(reason="")),
            # No decision about a year without the pupil's record of that year.
            SameSchoolKey(
                name="signdecision_pupil_year",
                fields=("school", "pupil", "academic_year"),
                to="schools.PupilYear",
                to_fields=("school", "pupil", "academic_year"),
            ),
        ]
        indexes = [
            models.Index(fields=["school", "academic_year", "term", "pupil"], name="signdecision_by_term")
        ]
