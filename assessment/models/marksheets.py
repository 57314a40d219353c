"""Marksheets that a school lays out itself, the favourites of its people, and which sheets are said to be complete."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from assessment.models.subjects import Subject
from schools.calendar import TermName
from schools.models import SchoolOwned, User
from schools.models.fields import AcademicYearField, YearGroupField
from schools.models.school_owned import SameSchoolKey, known_in, tracked
from schools.models.years import TERM_NAMES


@tracked
class MarksheetTemplate(SchoolOwned):
    """A marksheet as a leader lays it out: a name, columns in order, the year groups it is for (none named: for all).

    `columns` is a list of objects, each with its `kind`; what a kind is and which settings it takes is in the registry of
    columns (assessment/queries/column_kinds/), which checks them when they are saved and again when they are read.
    """

    name = models.CharField(max_length=60)
    columns = models.JSONField()
    year_groups = ArrayField(YearGroupField(), default=list, blank=True)
    # A template that is put away is on nobody's list; its history stays.
    is_in_use = models.BooleanField(default=True)

    called = ("marksheet", "marksheets")

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.UniqueConstraint(F("school"), Lower("name"), name="marksheettemplate_once"),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class FavouriteTemplate(SchoolOwned):
    """Somebody keeps a template at hand; `template` is its public id, or the code of one that is shipped."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    template = models.CharField(max_length=40)

    called = ("favourite marksheet", "favourite marksheets")

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.UniqueConstraint(fields=["school", "user", "template"], name="favouritetemplate_once"),
        ]


@tracked
class CompletedSheet(SchoolOwned):
    """A teacher said that a class's judgements of a term in a subject are complete; reopening takes the row away.

    No subject: the areas of learning, all together.
    """

    academic_year = AcademicYearField()
    term = models.SmallIntegerField(choices=TERM_NAMES)
    class_group = models.ForeignKey(related_name="completed_sheets", **known_in("schools.ClassGroup"))
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    completed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    completed_at = models.DateTimeField(default=timezone.now)

    called = ("completed marksheet", "completed marksheets")

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["school", "class_group", "term", "subject"],
                name="completedsheet_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="completedsheet_term_known", condition=Q(term__in=list(TermName))),
            # A class is of one year.
            SameSchoolKey(
                name="completedsheet_class",
                fields=("class_group", "school", "academic_year"),
                to="schools.ClassGroup",
                to_fields=("id", "school", "academic_year"),
            ),
        ]
