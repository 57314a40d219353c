"""Work that takes longer than a page may: asked for on a page, done by the worker (`manage.py worker`)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from schools.models.fields import AcademicYearField
from schools.models.people import User
from schools.models.school import School
from schools.models.school_owned import SameSchoolKey, SchoolOwned, UuidV7, known_in


class JobState(models.TextChoices):
    """Where a job stands."""

    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Being made"
    DONE = "done", "Ready"
    FAILED = "failed", "Not made"
    CANCELLED = "cancelled", "Cancelled"


class Job(models.Model):
    """That something was asked for, and how far it is: ids, a state and times, and nothing of what it is about.

    Outside the wall, for the worker has to find a job before it knows which school to open. What was asked for in words, what went wrong and
    the finished file stand behind the wall, in `JobPaper`.
    """

    public_id = models.UUIDField(db_default=UuidV7(), editable=False, unique=True)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    academic_year = AcademicYearField()
    kind = models.CharField(max_length=30)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.WAITING)
    # How often a worker has begun it since it was asked for, or was asked for again.
    attempts = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    out_of = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    # When its worker last said that it lives.
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "school"], name="job_id_school"),
            models.CheckConstraint(name="job_state_known", condition=Q(state__in=JobState.values)),
            models.CheckConstraint(
                name="job_running_lives", condition=~Q(state=JobState.RUNNING) | Q(heartbeat_at__isnull=False)
            ),
        ]
        indexes = [
            # What a worker looks for; finished jobs are not in it.
            models.Index(
                fields=["id"],
                name="job_open",
                condition=Q(state__in=[JobState.WAITING, JobState.RUNNING]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}: {JobState(self.state).label}"


class JobPaper(SchoolOwned):
    """What a job was asked for, why it failed, and its finished file, until it is removed: behind the wall.

    The one table of a school without a history, which would keep the files that are removed here after a day.
    """

    job = models.ForeignKey(related_name="papers", **known_in("schools.Job"))
    arguments = models.JSONField(default=dict)
    # Why it failed, in a sentence for whoever asked.
    problem = models.TextField(blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    content = models.BinaryField(null=True)

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.UniqueConstraint(fields=["school", "job"], name="jobpaper_once"),
            SameSchoolKey(
                name="jobpaper_job", fields=("job", "school"), to="schools.Job", to_fields=("id", "school")
            ),
        ]

    def __str__(self) -> str:
        return self.file_name or "no file yet"
