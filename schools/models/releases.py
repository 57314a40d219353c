"""What has been given out of a school in figures."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from schools.calendar import TermName
from schools.models.fields import AcademicYearField
from schools.models.people import User
from schools.models.school_owned import SameSchoolKey, SchoolOwned, tracked
from schools.models.years import TERM_NAMES


@tracked
class PackRelease(SchoolOwned):
    """The figures of a term that were given out, in a governors' pack or on a page of somebody who sees no names, so that they can be again.

    What is given out later is held against them: two days that differ by a few pupils tell of these pupils (docs/governors-pack.md). The
    counts are those before small ones are held back, with no pupil in them.
    """

    academic_year = AcademicYearField()
    term = models.SmallIntegerField(choices=TERM_NAMES)
    # The number of the snapshot that the figures are of; none: as they stood on that day.
    snapshot = models.PositiveIntegerField(null=True, blank=True)
    figures = models.JSONField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    made_at = models.DateTimeField()

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.CheckConstraint(name="packrelease_term_known", condition=Q(term__in=list(TermName))),
            SameSchoolKey(
                name="packrelease_of_year",
                fields=("school", "academic_year"),
                to="schools.SchoolYear",
                to_fields=("school", "academic_year"),
            ),
        ]
        indexes = [models.Index(fields=["school", "academic_year", "term"], name="packrelease_of_term")]

    def __str__(self) -> str:
        return f"{TermName(self.term).label} {self.academic_year}"
