"""What pupils are judged in, as rows that judgements refer to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from assessment.engine.subjects import Kind
from schools.calendar import EyfsFramework


class Subject(models.Model):
    """A subject or an EYFS area of learning; the shipped ones are written from the engine's list after each migrate.

    The key is the engine's number: the same on every installation, and never given anew.
    """

    id = models.SmallIntegerField(primary_key=True)
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.name) for kind in Kind])
    framework = models.SmallIntegerField(
        choices=[(framework.value, str(framework.value)) for framework in EyfsFramework],
        null=True,
        blank=True,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="subject_kind_known", condition=Q(kind__in=list(Kind))),
            models.CheckConstraint(
                name="subject_framework_of_areas",
                condition=Q(kind=Kind.EYFS_AREA, framework__isnull=False)
                | (~Q(kind=Kind.EYFS_AREA) & Q(framework=None)),
            ),
        ]

    def __str__(self) -> str:
        return self.name if self.framework is None else f"EYFS {self.name}"
