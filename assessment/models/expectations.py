"""Versions of the expectations, each a partnership's own from a day on."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from assessment.engine.expectations import Expectations
from schools.models import Partnership
from schools.models.school_owned import tracked


@tracked
@pgtrigger.register(pgtrigger.Protect(name="stays_as_it_is", operation=pgtrigger.Update | pgtrigger.Delete))
class ExpectationVersion(models.Model):
    """What is expected of pupils from a day on, until the next version of the same partnership holds.

    No partnership: the shipped LEP expectations, which hold wherever a partnership has none of its own. A judgement is measured by
    the version that holds on the last day of its term; a Baseline on the first day of Autumn. Ranges count from the first
    Entering point of the pupil's year (7Y+16). The database lets no version be changed: judgements were
    measured by it. A new one is added.
    """

    partnership = models.ForeignKey(
        Partnership, on_delete=models.PROTECT, related_name="expectation_versions", null=True, blank=True
    )
    name = models.CharField(max_length=100)
    holds_from = models.DateField()
    autumn_low = models.SmallIntegerField()
    autumn_high = models.SmallIntegerField()
    spring_low = models.SmallIntegerField()
    spring_high = models.SmallIntegerField()
    summer_low = models.SmallIntegerField()
    summer_high = models.SmallIntegerField()
    autumn_steps = models.SmallIntegerField()
    spring_steps = models.SmallIntegerField()
    summer_steps = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "holds_from"], name="expectationversion_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="expectationversion_ranges_in_order",
                condition=Q(
                    autumn_low__lte=F("autumn_high"),
                    spring_low__lte=F("spring_high"),
                    summer_low__lte=F("summer_high"),
                ),
            ),
            models.CheckConstraint(
                name="expectationversion_steps_not_negative",
                condition=Q(autumn_steps__gte=0, spring_steps__gte=0, summer_steps__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, from {self.holds_from:%d/%m/%Y}"

    @property
    def expectations(self) -> Expectations:
        """The version as the engine reads it."""
        return Expectations(
            ranges=(
                (self.autumn_low, self.autumn_high),
                (self.spring_low, self.spring_high),
                (self.summer_low, self.summer_high),
            ),
            steps=(self.autumn_steps, self.spring_steps, self.summer_steps),
        )


def columns_of(expectations: Expectations) -> dict[str, int]:
    """The engine's expectations as the version's columns."""
    (autumn_low, autumn_high), (spring_low, spring_high), (summer_low, summer_high) = expectations.ranges
    autumn_steps, spring_steps, summer_steps = expectations.steps
    return {
        "autumn_low": autumn_low,
        "autumn_high": autumn_high,
        "spring_low": spring_low,
        "spring_high": spring_high,
        "summer_low": summer_low,
        "summer_high": summer_high,
        "autumn_steps": autumn_steps,
        "spring_steps": spring_steps,
        "summer_steps": summer_steps,
    }
