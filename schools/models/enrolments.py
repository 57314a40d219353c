"""When a pupil was at the school, and what was true of the pupil in each academic year."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from schools.attendance import HIGHEST, LOWEST
from schools.calendar import YearGroup
from schools.models.fields import AcademicYearField, YearGroupField, days_between
from schools.models.school_owned import Handed, OnMerge, SameSchoolKey, known_in, tracked


@tracked
class Enrolment(Handed):
    """A stay on the school's roll, from its first to its last day, both counted.

    Children leave and come back: a pupil may have several stays, never two at once. A blank entry date means the first day of
    the first academic year on whose roll the pupil stands (LEP expectations, time); that day is then held here
    and is_start_assumed says so.
    """

    kept_back = "a stay is at one school; the receiving school writes its own"

    pupil = models.ForeignKey(related_name="enrolments", **known_in("schools.Pupil"))
    starts_on = models.DateField()
    is_start_assumed = models.BooleanField(default=False)
    ends_on = models.DateField(null=True, blank=True)

    called = ("stay on the roll", "stays on the roll")
    on_merge = OnMerge.JOINS

    class Meta(Handed.Meta):
        constraints = [
            *Handed.Meta.constraints,
            models.CheckConstraint(
                name="enrolment_starts_first", condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))
            ),
            ExclusionConstraint(
                name="enrolment_one_at_a_time",
                expressions=[
                    (F("school"), RangeOperators.EQUAL),
                    (F("pupil"), RangeOperators.EQUAL),
                    (days_between("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
            ),
            SameSchoolKey(
                name="enrolment_pupil",
                fields=("pupil", "school"),
                to="schools.Pupil",
                to_fields=("id", "school"),
            ),
        ]


class SenStatus(models.TextChoices):
    """Special educational needs provision, as the school census codes it."""

    NONE = "N", "No SEN"
    SUPPORT = "K", "SEN support"
    PLAN = "E", "EHC plan"


@tracked
class PupilYear(Handed):
    """What a pupil's record says for one academic year: year group, class, characteristics.

    The year group is the recorded one, not the one by age. A characteristic that was never supplied is null or empty and puts the
    pupil in neither group.
    """

    speaks_of = ("academic_year",)

    pupil = models.ForeignKey(related_name="years", **known_in("schools.Pupil"))
    academic_year = AcademicYearField()
    year_group = YearGroupField()
    class_group = models.ForeignKey(
        related_name="pupil_years", null=True, blank=True, **known_in("schools.ClassGroup")
    )
    sen_status = models.CharField(max_length=1, choices=SenStatus.choices, blank=True)
    is_pupil_premium = models.BooleanField(null=True, blank=True)
    is_fsm6 = models.BooleanField(null=True, blank=True)
    is_disadvantaged = models.BooleanField(null=True, blank=True)
    is_eal = models.BooleanField(null=True, blank=True)
    is_looked_after = models.BooleanField(null=True, blank=True)
    is_previously_looked_after = models.BooleanField(null=True, blank=True)
    is_service_child = models.BooleanField(null=True, blank=True)
    # Raw census code, local four-letter extensions included; rolled up to a main group where it is reported.
    ethnicity = models.CharField(max_length=4, blank=True)
    # Per cent of the possible sessions of the academic year so far: schools.attendance.
    attendance = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)

    called = ("pupil’s record of a year", "pupils’ records of a year")
    on_merge = OnMerge.MOVES
    merges_by_value = True

    class Meta(Handed.Meta):
        constraints = [
            *Handed.Meta.constraints,
            # Judgements hang on this triple.
            models.UniqueConstraint(fields=["school", "pupil", "academic_year"], name="pupilyear_once"),
            models.CheckConstraint(
                name="pupilyear_year_group_known",
                condition=Q(year_group__gte=YearGroup.N1, year_group__lte=YearGroup.Y13),
            ),
            models.CheckConstraint(
                name="pupilyear_sen_known", condition=Q(sen_status__in=["", *SenStatus.values])
            ),
            models.CheckConstraint(
                name="pupilyear_attendance_per_cent",
                condition=Q(attendance__gte=LOWEST, attendance__lte=HIGHEST),
            ),
            SameSchoolKey(
                name="pupilyear_pupil",
                fields=("pupil", "school"),
                to="schools.Pupil",
                to_fields=("id", "school"),
            ),
            SameSchoolKey(
                name="pupilyear_of_year",
                fields=("school", "academic_year"),
                to="schools.SchoolYear",
                to_fields=("school", "academic_year"),
            ),
            # With the year in it, a class of last year cannot be given to a pupil of this year.
            SameSchoolKey(
                name="pupilyear_class",
                fields=("class_group", "school", "academic_year"),
                to="schools.ClassGroup",
                to_fields=("id", "school", "academic_year"),
            ),
        ]
        indexes = [
            models.Index(fields=["school", "academic_year", "class_group"], name="pupilyear_by_class"),
            models.Index(fields=["school", "academic_year", "year_group"], name="pupilyear_by_year_group"),
        ]

    def as_copied(self) -> dict[str, Any]:
        """In no class: the pupil was in none of the receiving school's."""
        return {"class_group_id": None}
