"""Results of statutory assessments as a file told them, to the letter; and under which number files went out."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from schools.models.school_owned import Handed, OnMerge, SameSchoolKey, SchoolOwned, known_in, tracked


@tracked
class CtfResultRaw(Handed):
    """One StageAssessment of a common transfer file: nothing of it is changed, guessed or left out.

    What a row says in words follows from schools/statutory.py when it is shown. The same row twice is one; a corrected result is a row beside the
    earlier one, and the later row counts. `year` is the calendar year of the summer, as text.
    """

    pupil = models.ForeignKey(related_name="ctf_results", **known_in("schools.Pupil"))
    stage = models.CharField(max_length=20, blank=True)
    locale = models.CharField(max_length=20, blank=True)
    year = models.CharField(max_length=20, blank=True)
    subject = models.CharField(max_length=20, blank=True)
    method = models.CharField(max_length=20, blank=True)
    component = models.CharField(max_length=20, blank=True)
    status = models.CharField(max_length=20, blank=True)
    qualifier = models.CharField(max_length=20, blank=True)
    result = models.CharField(max_length=100, blank=True)
    result_date = models.DateField(null=True, blank=True)

    called = ("result of a statutory assessment", "results of statutory assessments")
    on_merge = OnMerge.ONCE

    class Meta(Handed.Meta):
        constraints = [
            *Handed.Meta.constraints,
            models.UniqueConstraint(
                fields=[
                    *("school", "pupil", "stage", "locale", "year", "subject", "method", "component"),
                    *("status", "qualifier", "result", "result_date"),
                ],
                nulls_distinct=False,
                name="ctfresultraw_once",
            ),
            SameSchoolKey(
                name="ctfresultraw_pupil",
                fields=("pupil", "school"),
                to="schools.Pupil",
                to_fields=("id", "school"),
            ),
        ]


@tracked
class CtfSerial(SchoolOwned):
    """How many common transfer files the school has written for a destination: the number in the name of the last one, 1 to 999, and then 1 again.

    `destination` is a DfE number, or XXXXXXX where nobody knew the school.
    """

    destination = models.CharField(max_length=7)
    last = models.PositiveSmallIntegerField()

    # A file that has gone out keeps its number.
    is_taken_back = False

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.UniqueConstraint(fields=["school", "destination"], name="ctfserial_once"),
            models.CheckConstraint(name="ctfserial_three_digits", condition=Q(last__gte=1, last__lte=999)),
        ]
