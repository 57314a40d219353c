"""Judgements: what a teacher says of a pupil in a subject at an assessment point, and what it is measured by."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Case, F, Q, When
from django.utils import timezone

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.expected_range import Attainment
from assessment.engine.point_scale import FIRST_POINT, LAST_POINT
from assessment.models.expectations import ExpectationVersion
from assessment.models.subjects import Subject
from schools.models import Handed, School, User
from schools.models.fields import AcademicYearField
from schools.models.school_owned import OnMerge, SameSchoolKey, known_in, tracked_by

# Characters of a note that is written here; one that was imported may be longer.
LONGEST_NOTE = 500


class Reason(models.TextChoices):
    """Why there are no points. Not points, and in no average."""

    ABSENT = "absent", "Absent"
    NEW = "new", "New, not yet assessed"
    NOT_REQUIRED = "not_required", "Not required"


class Source(models.TextChoices):
    """How the judgement came to be here."""

    TYPED = "typed", "Typed"
    PASTED = "pasted", "Pasted"
    IMPORTED = "imported", "Imported"
    OFFERED = "offered", "Offered and confirmed"
    COPIED = "copied", "Copied from another school"


@tracked_by(
    # A cell's history, and what somebody can take back.
    models.Index(fields=["school", "academic_year", "pupil"], name="judgementevent_by_pupil")
)
class Judgement(Handed):
    """One pupil, one subject or EYFS area, one assessment point: points from 1 to 101, or a reason for having none.

    The range that it is measured by stands beside it, with the version of the expectations that gave it; attainment follows from
    these in the database and cannot go stale. Both range columns are empty where nothing is expected
    (Baselines, Years 10 and up): no colour, never a default one. `version` counts the saves, so that two people at one cell are noticed.
    """

    speaks_of = ("subject_id", "academic_year", "term")
    may_be_replaced = True
    measured_columns = frozenset({"expected_low", "expected_high", "expectation_version_id"})
    counting_columns = frozenset({"version"})
    on_merge = OnMerge.MOVES
    later_by = "entered_at"

    # This table is the largest by far: of the base's indexes it keeps those that something reads by.
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    origin_school = models.ForeignKey(
        School,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
    )
    pupil = models.ForeignKey(related_name="judgements", db_index=False, **known_in("schools.Pupil"))
    academic_year = AcademicYearField()
    term = models.SmallIntegerField(choices=[(term.value, term.label) for term in AssessmentTerm])
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+", db_index=False)
    points = models.SmallIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=12, choices=Reason.choices, blank=True)
    is_on_entry = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    # Whether the note goes along when the pupil changes school. Who writes a note says so; one that says something else is not marked any more.
    is_note_shareable = models.BooleanField(default=False, db_default=False)
    expected_low = models.SmallIntegerField(null=True, blank=True)
    expected_high = models.SmallIntegerField(null=True, blank=True)
    expectation_version = models.ForeignKey(
        ExpectationVersion, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    attainment = models.GeneratedField(
        expression=Case(
            When(Q(points=None) | Q(expected_low=None), then=None),
            When(points__lt=F("expected_low"), then=Attainment.BELOW.value),
            When(points__gt=F("expected_high"), then=Attainment.ABOVE.value),
            default=Attainment.AT.value,
        ),
        output_field=models.SmallIntegerField(null=True),
        db_persist=True,
    )
    source = models.CharField(max_length=10, choices=Source.choices)
    # The school whose teacher judged: another than `school` where the record was handed over.
    made_by_school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    # Nobody: the operator, by a command.
    entered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    entered_at = models.DateTimeField(default=timezone.now)
    version = models.IntegerField(default=1)
    # An odd number of steps since the judgement before that somebody has said is right: about these nobody is asked again.
    confirmed_steps = models.SmallIntegerField(null=True, blank=True)

    class Meta(Handed.Meta):
        constraints = [
            models.UniqueConstraint(fields=["school", "public_id"], name="judgement_public_id"),
            models.UniqueConstraint(
                fields=["school", "origin_school", "origin_id"],
                condition=Q(origin_school__isnull=False),
                name="judgement_copied_once",
            ),
            models.CheckConstraint(
                name="judgement_origin_whole",
                condition=Q(origin_school=None, origin_id=None)
                | Q(origin_school__isnull=False, origin_id__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["school", "pupil", "subject", "academic_year", "term"], name="judgement_once"
            ),
            models.CheckConstraint(name="judgement_term_known", condition=Q(term__in=list(AssessmentTerm))),
            models.CheckConstraint(
                name="judgement_points_or_reason",
                condition=Q(points__isnull=False, reason="") | Q(points=None, reason__in=Reason.values),
            ),
            models.CheckConstraint(
                name="judgement_on_scale",
                condition=Q(points=None) | Q(points__gte=FIRST_POINT, points__lte=LAST_POINT),
            ),
            models.CheckConstraint(
                name="judgement_range_whole",
                condition=Q(expected_low=None, expected_high=None) | Q(expected_low__lte=F("expected_high")),
            ),
            models.CheckConstraint(
                name="judgement_baseline_without_range",
                condition=~Q(term=AssessmentTerm.BASELINE.value) | Q(expected_low=None),
            ),
            models.CheckConstraint(name="judgement_source_known", condition=Q(source__in=Source.values)),
            models.CheckConstraint(name="judgement_version_counts", condition=Q(version__gte=1)),
            # No judgement of a year without the pupil's record of that year.
            SameSchoolKey(
                name="judgement_pupil_year",
                fields=("school", "pupil", "academic_year"),
                to="schools.PupilYear",
                to_fields=("school", "pupil", "academic_year"),
            ),
        ]
        indexes = [
            models.Index(
                fields=["school", "academic_year", "term", "subject", "pupil"], name="judgement_by_point"
            )
        ]

    def as_copied(self) -> dict[str, Any]:
        """As it stood, with the school that made it; the note only where it is marked."""
        return {"source": Source.COPIED} | ({} if self.is_note_shareable else {"note": ""})
