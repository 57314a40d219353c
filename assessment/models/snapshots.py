"""Snapshots: a term's figures frozen as the rows they are counted from, so that they can be counted again."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from schools.calendar import TermName
from schools.models import School, SchoolOwned, User
from schools.models.fields import AcademicYearField, YearGroupField
from schools.models.school_owned import OnMerge, SameSchoolKey, known_in, tracked
from schools.models.years import TERM_NAMES

# Characters of what is said about a snapshot.
LONGEST_NOTE = 100


@tracked
class Snapshot(SchoolOwned):
    """Somebody froze a term of the school: everything that its figures, and those of the terms before it, are counted from.

    Numbered from 1 in each school. The rows are in the tables below, one for each table that figures read.
    """

    academic_year = AcademicYearField()
    term = models.SmallIntegerField(choices=TERM_NAMES)
    number = models.IntegerField()
    note = models.CharField(max_length=LONGEST_NOTE, blank=True)
    # Nobody: the operator, by a command.
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.UniqueConstraint(fields=["school", "number"], name="snapshot_number"),
            models.CheckConstraint(name="snapshot_term_known", condition=Q(term__in=list(TermName))),
            models.CheckConstraint(name="snapshot_number_counts", condition=Q(number__gte=1)),
            SameSchoolKey(
                name="snapshot_of_year",
                fields=("school", "academic_year"),
                to="schools.SchoolYear",
                to_fields=("school", "academic_year"),
            ),
        ]

    def __str__(self) -> str:
        return f"Snapshot {self.number}"


class FrozenRow(SchoolOwned):
    """A row of another table as it stood when the snapshot was taken; `row_id` is that row's key, and columns have its columns' names.

    The serving role may add such rows, never change or delete them: it is told by the column `frozen_in_id`, as histories are by theirs
    (lep_tracker/database_roles.py). What never changes needs no history. There is a lot of it: no public id, and of keys those alone that say whose
    it is. What may be deleted in the living tables is a plain number here.
    """

    school = models.ForeignKey(
        School, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    public_id: Any = None
    kept_back = "figures that a school reported stay with it"
    frozen_in = models.ForeignKey(related_name="+", db_index=False, **known_in("assessment.Snapshot"))
    row_id = models.BigIntegerField()

    called = ("row of a snapshot", "rows of snapshots")
    on_merge = OnMerge.STAYS

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["school", "frozen_in", "row_id"], name="%(class)s_once"),
            SameSchoolKey(
                name="%(class)s_frozen_in",
                fields=("frozen_in", "school"),
                to="assessment.Snapshot",
                to_fields=("id", "school"),
            ),
        ]


class FrozenRowOfPupil(FrozenRow):
    """A frozen row about a pupil, with the key by which everything about a pupil is found."""

    pupil = models.ForeignKey(related_name="+", db_index=False, **known_in("schools.Pupil"))

    class Meta(FrozenRow.Meta):
        abstract = True
        constraints = [
            *FrozenRow.Meta.constraints,
            SameSchoolKey(
                name="%(class)s_pupil",
                fields=("pupil", "school"),
                to="schools.Pupil",
                to_fields=("id", "school"),
            ),
        ]
        # Whole-pupil walks.
        indexes = [models.Index(fields=["school", "pupil"], name="%(class)s_of")]


class SnapshotSchoolYear(FrozenRow):
    """A year's early years framework."""

    academic_year = AcademicYearField()
    eyfs_framework = models.SmallIntegerField()


class SnapshotTerm(FrozenRow):
    """A term's first and last day."""

    academic_year = AcademicYearField()
    term = models.SmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()


class SnapshotClassGroup(FrozenRow):
    """A class: the name it stands by in figures, and its id in addresses."""

    public_id = models.UUIDField()
    academic_year = AcademicYearField()
    name = models.CharField(max_length=50)


class SnapshotCustomGroup(FrozenRow):
    """A group that the school made, in the same way."""

    public_id = models.UUIDField()
    academic_year = AcademicYearField()
    name = models.CharField(max_length=50)


class SnapshotCustomGroupPupil(FrozenRowOfPupil):
    """Who was in such a group."""

    group_id = models.BigIntegerField()
    academic_year = AcademicYearField()


class SnapshotPupil(FrozenRowOfPupil):
    """What figures read of a pupil, and never a name."""

    sex = models.CharField(max_length=1, blank=True)
    date_of_birth = models.DateField()


class SnapshotEnrolment(FrozenRowOfPupil):
    """A stay on the roll."""

    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)


class SnapshotPupilYear(FrozenRowOfPupil):
    """What a pupil's record said for a year: year group, class, characteristics."""

    academic_year = AcademicYearField()
    year_group = YearGroupField()
    class_group_id = models.BigIntegerField(null=True, blank=True)
    sen_status = models.CharField(max_length=1, blank=True)
    is_pupil_premium = models.BooleanField(null=True, blank=True)
    is_fsm6 = models.BooleanField(null=True, blank=True)
    is_eal = models.BooleanField(null=True, blank=True)
    is_looked_after = models.BooleanField(null=True, blank=True)
    is_service_child = models.BooleanField(null=True, blank=True)
    ethnicity = models.CharField(max_length=4, blank=True)
    # Empty in snapshots from before they were held.
    attendance = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    is_disadvantaged = models.BooleanField(null=True, blank=True)
    is_previously_looked_after = models.BooleanField(null=True, blank=True)


class SnapshotJudgement(FrozenRowOfPupil):
    """A judgement, with the range it was measured by and the attainment that followed.

    Subjects have fixed keys and no version of the expectations ever changes, so both are numbers here.
    """

    academic_year = AcademicYearField()
    term = models.SmallIntegerField()
    subject_id = models.SmallIntegerField()
    points = models.SmallIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=12, blank=True)
    is_on_entry = models.BooleanField()
    expected_low = models.SmallIntegerField(null=True, blank=True)
    expected_high = models.SmallIntegerField(null=True, blank=True)
    attainment = models.SmallIntegerField(null=True, blank=True)
    expectation_version_id = models.BigIntegerField()


class SnapshotOwnExpectation(FrozenRowOfPupil):
    """Steps a year expected of one pupil, of those that the partnership allowed to count."""

    academic_year = AcademicYearField()
    steps_a_year = models.SmallIntegerField()
