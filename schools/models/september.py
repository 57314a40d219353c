"""What a teacher has checked at the start of the year."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from schools.models.fields import AcademicYearField
from schools.models.people import User
from schools.models.school_owned import OnMerge, SameSchoolKey, SchoolOwned, known_in, tracked


class SeptemberCheck(models.TextChoices):
    """What is looked at of each class in September, in the order of the list."""

    MISSING = "missing", "Here last year, and not on this year’s roll"
    LEFT = "left", "On this year’s roll, but has left"
    NEW = "new", "New to the school since last year"
    WITHOUT_CLASS = "without_class", "Without a class"
    NOT_JUDGED = "not_judged", "Without a judgement to start from"
    NOT_SUPPLIED = "not_supplied", "Characteristics never supplied"
    GROUP = "group", "In a group of the school’s own"


@tracked
class SeptemberTick(SchoolOwned):
    """Somebody looked at this pupil, for this reason, and it is in order. Taking the tick away deletes the row; its history stays."""

    academic_year = AcademicYearField()
    pupil = models.ForeignKey(related_name="+", **known_in("schools.Pupil"))
    what = models.CharField(max_length=20, choices=SeptemberCheck.choices)
    ticked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    ticked_at = models.DateTimeField(default=timezone.now)

    kept_back = "a check of this school's own September"
    called = ("September check", "September checks")
    on_merge = OnMerge.ONCE

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["school", "academic_year", "pupil", "what"], name="septembertick_once"
            ),
            models.CheckConstraint(
                name="septembertick_what_known", condition=Q(what__in=SeptemberCheck.values)
            ),
            SameSchoolKey(
                name="septembertick_pupil",
                fields=("pupil", "school"),
                to="schools.Pupil",
                to_fields=("id", "school"),
            ),
            SameSchoolKey(
                name="septembertick_of_year",
                fields=("school", "academic_year"),
                to="schools.SchoolYear",
                to_fields=("school", "academic_year"),
            ),
        ]
