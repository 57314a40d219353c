"""An academic year at a school: its terms, its early years framework, its classes."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from schools.calendar import FIRST_ACADEMIC_YEAR, LAST_ACADEMIC_YEAR, EyfsFramework, TermName
from schools.models.fields import AcademicYearField, days_between
from schools.models.school_owned import SameSchoolKey, SchoolOwned, known_in, tracked

TERM_NAMES = [(term.value, term.label) for term in TermName]


@tracked
class SchoolYear(SchoolOwned):
    """A school has opened an academic year: pupils, classes and judgements of that year hang on it."""

    academic_year = AcademicYearField()
    # Held here, so that a year goes on being judged by the framework it was judged by.
    eyfs_framework = models.SmallIntegerField(
        choices=[(framework.value, str(framework.value)) for framework in EyfsFramework]
    )
    # Nobody opened the year here: it holds what pupils brought along from the school where they were then. It is in no list of years.
    is_for_copies = models.BooleanField(default=False, db_default=False)

    called = ("school year", "school years")

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.UniqueConstraint(fields=["school", "academic_year"], name="schoolyear_once"),
            models.CheckConstraint(
                name="schoolyear_in_range",
                condition=Q(academic_year__gte=FIRST_ACADEMIC_YEAR, academic_year__lte=LAST_ACADEMIC_YEAR),
            ),
            models.CheckConstraint(
                name="schoolyear_eyfs_framework_known", condition=Q(eyfs_framework__in=list(EyfsFramework))
            ),
        ]

    def __str__(self) -> str:
        return str(self.academic_year)


@tracked
class Term(SchoolOwned):
    """The first and the last day of a term at a school, both belonging to it, and until when it is open for entry.

    Open until a leader closes it (`closed_at`) or the last day of entry that a leader set (`entry_ends_on`) has passed; then
    only a leader changes its judgements, with a reason (LEP expectations, time).
    """

    academic_year = AcademicYearField()
    term = models.SmallIntegerField(choices=TERM_NAMES)
    starts_on = models.DateField()
    ends_on = models.DateField()
    entry_ends_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.UniqueConstraint(fields=["school", "academic_year", "term"], name="term_once"),
            models.CheckConstraint(name="term_known", condition=Q(term__in=list(TermName))),
            models.CheckConstraint(name="term_starts_first", condition=Q(starts_on__lt=F("ends_on"))),
            ExclusionConstraint(
                name="term_apart",
                expressions=[
                    (F("school"), RangeOperators.EQUAL),
                    (days_between("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
            ),
            SameSchoolKey(
                name="term_of_year",
                fields=("school", "academic_year"),
                to="schools.SchoolYear",
                to_fields=("school", "academic_year"),
            ),
        ]

    def __str__(self) -> str:
        return f"{TermName(self.term).label} {self.academic_year}"

    def is_open_for_entry(self, today: dt.date) -> bool:
        """Whether teachers may enter judgements of the term; its last day of entry is still open."""
        return self.closed_at is None and (self.entry_ends_on is None or today <= self.entry_ends_on)


@tracked
class ClassGroup(SchoolOwned):
    """A class of one academic year; its pupils may be of several year groups."""

    academic_year = AcademicYearField()
    name = models.CharField(max_length=50)

    called = ("class", "classes")

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.UniqueConstraint(F("school"), F("academic_year"), Lower("name"), name="classgroup_once"),
            models.UniqueConstraint(
                fields=["id", "school", "academic_year"], name="classgroup_id_school_year"
            ),
            SameSchoolKey(
                name="classgroup_of_year",
                fields=("school", "academic_year"),
                to="schools.SchoolYear",
                to_fields=("school", "academic_year"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class ClassTeacher(SchoolOwned):
    """Somebody teaches a class; a class may have several teachers and a teacher several classes."""

    class_group = models.ForeignKey(related_name="teachers", **known_in("schools.ClassGroup"))
    membership = models.ForeignKey(related_name="taught", **known_in("schools.Membership"))

    called = ("teacher of a class", "teachers of classes")

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.UniqueConstraint(fields=["class_group", "membership"], name="classteacher_once"),
            SameSchoolKey(
                name="classteacher_class",
                fields=("class_group", "school"),
                to="schools.ClassGroup",
                to_fields=("id", "school"),
            ),
            SameSchoolKey(
                name="classteacher_membership",
                fields=("membership", "school"),
                to="schools.Membership",
                to_fields=("id", "school"),
            ),
        ]
