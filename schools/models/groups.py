"""Groups of pupils that a school makes itself: a booster group, a maths set, a nurture group."""

from __future__ import annotations

from django.db import models
from django.db.models import F
from django.db.models.functions import Lower

from schools.models.fields import AcademicYearField
from schools.models.school_owned import OnMerge, SameSchoolKey, SchoolOwned, known_in, tracked


@tracked
class CustomGroup(SchoolOwned):
    """A named group of pupils of one academic year; a pupil may be in several, of any class and year group."""

    academic_year = AcademicYearField()
    name = models.CharField(max_length=50)

    called = ("group", "groups")

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.UniqueConstraint(F("school"), F("academic_year"), Lower("name"), name="customgroup_once"),
            models.UniqueConstraint(
                fields=["id", "school", "academic_year"], name="customgroup_id_school_year"
            ),
            SameSchoolKey(
                name="customgroup_of_year",
                fields=("school", "academic_year"),
                to="schools.SchoolYear",
                to_fields=("school", "academic_year"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class CustomGroupPupil(SchoolOwned):
    """A pupil is in a group, by the record of the group's year."""

    kept_back = "a group is the school's own"

    group = models.ForeignKey(related_name="pupils", **known_in("schools.CustomGroup"))
    pupil = models.ForeignKey(related_name="custom_groups", **known_in("schools.Pupil"))
    academic_year = AcademicYearField()

    called = ("place in a group", "places in groups")
    on_merge = OnMerge.ONCE

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.UniqueConstraint(fields=["school", "group", "pupil"], name="customgrouppupil_once"),
            SameSchoolKey(
                name="customgrouppupil_group",
                fields=("group", "school", "academic_year"),
                to="schools.CustomGroup",
                to_fields=("id", "school", "academic_year"),
            ),
            SameSchoolKey(
                name="customgrouppupil_pupil_year",
                fields=("school", "pupil", "academic_year"),
                to="schools.PupilYear",
                to_fields=("school", "pupil", "academic_year"),
            ),
        ]
