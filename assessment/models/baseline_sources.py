"""From which area of learning a subject goes on: what a partnership has chosen in the place of what is shipped."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from assessment.models.subjects import Subject
from schools.calendar import EyfsFramework
from schools.models import Partnership
from schools.models.school_owned import tracked


@tracked
class BaselineSource(models.Model):
    """The area whose last judgement in Reception a partnership's schools offer as a subject's Baseline; no area: nothing is offered.

    Where there is no row the shipped area holds (assessment.engine.subjects.baseline_source). It concerns what is offered from now on:
    a Baseline that somebody confirmed stays.
    """

    partnership = models.ForeignKey(
        Partnership, on_delete=models.PROTECT, related_name="baseline_sources", db_index=False
    )
    framework = models.SmallIntegerField(
        choices=[(framework.value, str(framework.value)) for framework in EyfsFramework]
    )
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+", db_index=False)
    area = models.ForeignKey(
        Subject, on_delete=models.PROTECT, related_name="+", db_index=False, null=True, blank=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "framework", "subject"], name="baselinesource_once"
            ),
            models.CheckConstraint(
                name="baselinesource_framework_known", condition=Q(framework__in=list(EyfsFramework))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} from {self.area or 'nothing'}, {self.framework}"
