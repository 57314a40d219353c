"""A roll-over while it is being planned: what is to become of a year's classes and pupils in the year after it.

Nothing here has happened yet. What did happen is a change-set of kind ROLL_OVER (schools/services/roll_over.py).
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from schools.models.fields import AcademicYearField, YearGroupField
from schools.models.school_owned import OnMerge, SameSchoolKey, SchoolOwned, known_in, tracked


class Goes(models.TextChoices):
    """What becomes of pupils in the year to come."""

    UP = "up", "Moves up"
    HELD = "held", "Held back: the same year group again"
    UP_TWO = "up_two", "Moves up two year groups"
    LEAVES = "leaves", "Leaves the school"


@tracked
class RollOver(SchoolOwned):
    """The plan for the year after `academic_year`: one for each year of a school, kept when it has been carried out."""

    academic_year = AcademicYearField()
    # First and last day of Autumn, Spring and Summer, as the new year is opened; what an opened year has stands.
    dates = ArrayField(models.DateField(), size=6)
    # The last day on roll of those who leave; blank: the last day of Summer.
    leaves_on = models.DateField(null=True, blank=True)
    # The public ids of the school's own groups that go along.
    groups = ArrayField(models.UUIDField(), default=list, blank=True)

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.UniqueConstraint(fields=["school", "academic_year"], name="rollover_once"),
            models.CheckConstraint(name="rollover_has_six_dates", condition=Q(dates__len=6)),
            SameSchoolKey(
                name="rollover_of_year",
                fields=("school", "academic_year"),
                to="schools.SchoolYear",
                to_fields=("school", "academic_year"),
            ),
        ]


@tracked
class RollOverClass(SchoolOwned):
    """A class of the year to come, and who is to teach it."""

    roll_over = models.ForeignKey(related_name="classes", **known_in("schools.RollOver"))
    name = models.CharField(max_length=50)
    # The public ids of memberships; one that has ended by then teaches nothing.
    teachers = ArrayField(models.UUIDField(), default=list, blank=True)

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.UniqueConstraint("school", "roll_over", Lower("name"), name="rolloverclass_once"),
            SameSchoolKey(
                name="rolloverclass_roll_over",
                fields=("roll_over", "school"),
                to="schools.RollOver",
                to_fields=("id", "school"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class RollOverMove(SchoolOwned):
    """Where the pupils of one year group of one class go: a mixed-age class has a row for each of its year groups.

    `from_class` blank are those without a class; `to_class` blank: they have none yet.
    """

    roll_over = models.ForeignKey(related_name="moves", **known_in("schools.RollOver"))
    from_class = models.ForeignKey(related_name="+", null=True, blank=True, **known_in("schools.ClassGroup"))
    year_group = YearGroupField()
    goes = models.CharField(max_length=10, choices=Goes.choices)
    to_class = models.ForeignKey(
        related_name="moves", null=True, blank=True, **known_in("schools.RollOverClass")
    )

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["school", "roll_over", "from_class", "year_group"],
                nulls_distinct=False,
                name="rollovermove_once",
            ),
            models.CheckConstraint(name="rollovermove_goes_known", condition=Q(goes__in=Goes.values)),
            SameSchoolKey(
                name="rollovermove_roll_over",
                fields=("roll_over", "school"),
                to="schools.RollOver",
                to_fields=("id", "school"),
            ),
            SameSchoolKey(
                name="rollovermove_from_class",
                fields=("from_class", "school"),
                to="schools.ClassGroup",
                to_fields=("id", "school"),
            ),
            SameSchoolKey(
                name="rollovermove_to_class",
                fields=("to_class", "school"),
                to="schools.RollOverClass",
                to_fields=("id", "school"),
            ),
        ]


@tracked
class RollOverPupil(SchoolOwned):
    """A pupil who does not go where the others of the class go.

    `goes` blank: as they do, but into another class. `to_class` blank: into theirs, and of one held back into last year's again.
    """

    roll_over = models.ForeignKey(related_name="pupils", **known_in("schools.RollOver"))
    pupil = models.ForeignKey(related_name="+", **known_in("schools.Pupil"))
    goes = models.CharField(max_length=10, choices=Goes.choices, blank=True)
    to_class = models.ForeignKey(related_name="+", null=True, blank=True, **known_in("schools.RollOverClass"))
    leaves_on = models.DateField(null=True, blank=True)

    kept_back = "a plan of this school's own next year"
    called = ("plan for the new school year", "plans for the new school year")
    on_merge = OnMerge.MOVES

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.UniqueConstraint(fields=["school", "roll_over", "pupil"], name="rolloverpupil_once"),
            models.CheckConstraint(name="rolloverpupil_goes_known", condition=Q(goes__in=["", *Goes.values])),
            SameSchoolKey(
                name="rolloverpupil_roll_over",
                fields=("roll_over", "school"),
                to="schools.RollOver",
                to_fields=("id", "school"),
            ),
            SameSchoolKey(
                name="rolloverpupil_pupil",
                fields=("pupil", "school"),
                to="schools.Pupil",
                to_fields=("id", "school"),
            ),
            SameSchoolKey(
                name="rolloverpupil_to_class",
                fields=("to_class", "school"),
                to="schools.RollOverClass",
                to_fields=("id", "school"),
            ),
        ]
