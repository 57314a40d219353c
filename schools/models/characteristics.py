"""What was true of a pupil from one day to another, which schools the pupil came through, and where a year's value came from.

Figures count what stands in the year's record (PupilYear); periods are what its flags are worked out from while the year is open
(schools/services/characteristics.py, docs/rules.md).
"""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from schools.models.fields import AcademicYearField, days_between
from schools.models.people import User
from schools.models.school_owned import Handed, OnMerge, SameSchoolKey, known_in, tracked

# Characters of a reason.
LONGEST_REASON = 500


class PeriodSource(models.TextChoices):
    """How a row came here."""

    TYPED = "typed", "Typed in"
    IMPORTED = "imported", "From a file"
    COPIED = "copied", "From the school before"


def _of_pupil(name: str) -> SameSchoolKey:
    return SameSchoolKey(
        name=f"{name}_pupil", fields=("pupil", "school"), to="schools.Pupil", to_fields=("id", "school")
    )


def _starts_first(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=f"{name}_starts_first",
        condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
    )


def _source_known(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(name=f"{name}_source_known", condition=Q(source__in=PeriodSource.values))


def _one_at_a_time(name: str, *beside: str) -> ExclusionConstraint:
    """No two rows of a pupil, alike in `beside`, have a day in common."""
    same = [(F(column), RangeOperators.EQUAL) for column in ("school", "pupil", *beside)]
    days = (days_between("starts_on", "ends_on"), RangeOperators.OVERLAPS)
    return ExclusionConstraint(name=name, expressions=[*same, days])


class FsmKind(models.TextChoices):
    """What free school meals are granted for. Until August 2026 there was one kind; Targeted and Expanded since."""

    TARGETED = "targeted", "Targeted"
    EXPANDED = "expanded", "Expanded"
    LEGACY = "legacy", "Before September 2026"
    UNKNOWN = "unknown", "Kind not known"


class UkCountry(models.TextChoices):
    """Where free school meals were granted, as the census codes it."""

    ENGLAND = "ENG", "England"
    NORTHERN_IRELAND = "NIR", "Northern Ireland"
    SCOTLAND = "SCT", "Scotland"
    WALES = "WLS", "Wales"


@tracked
class FsmPeriod(Handed):
    """Free school meals were granted from a day to a day, both counted; one kind at a time. An empty end goes on.

    Not the meals that every child has from Reception to Year 2.
    """

    pupil = models.ForeignKey(related_name="fsm_periods", **known_in("schools.Pupil"))
    kind = models.CharField(max_length=10, choices=FsmKind.choices)
    country = models.CharField(max_length=3, choices=UkCountry.choices, default=UkCountry.ENGLAND)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=8, choices=PeriodSource.choices)

    called = ("period of free school meals", "periods of free school meals")
    on_merge = OnMerge.MOVES

    class Meta(Handed.Meta):
        constraints = [
            *Handed.Meta.constraints,
            _of_pupil("fsmperiod"),
            _starts_first("fsmperiod"),
            _source_known("fsmperiod"),
            _one_at_a_time("fsmperiod_one_at_a_time"),
            models.CheckConstraint(name="fsmperiod_kind_known", condition=Q(kind__in=FsmKind.values)),
            models.CheckConstraint(name="fsmperiod_country_known", condition=Q(country__in=UkCountry.values)),
        ]


@tracked
class SenPeriod(Handed):
    """A status of special educational needs was held from a day to a day, both counted; one at a time. An empty end goes on.

    `code` is what was recorded, of a code set that changes over the years (schools/sen_codes.py); `status` what it counts as in figures: N, K or E,
    empty where nobody knows.
    """

    pupil = models.ForeignKey(related_name="sen_periods", **known_in("schools.Pupil"))
    code = models.CharField(max_length=10)
    status = models.CharField(max_length=4, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=8, choices=PeriodSource.choices)

    called = ("period of SEN", "periods of SEN")
    on_merge = OnMerge.MOVES

    class Meta(Handed.Meta):
        constraints = [
            *Handed.Meta.constraints,
            _of_pupil("senperiod"),
            _starts_first("senperiod"),
            _source_known("senperiod"),
            _one_at_a_time("senperiod_one_at_a_time"),
            models.CheckConstraint(name="senperiod_says_which", condition=~Q(code="")),
        ]


@tracked
class SenNeed(Handed):
    """A type of need, ranked: 1 is the primary one. Days are often not told: an empty one is open.

    `need` is a code of schools/sen_codes.py, or what a file said.
    """

    pupil = models.ForeignKey(related_name="sen_needs", **known_in("schools.Pupil"))
    rank = models.SmallIntegerField()
    need = models.CharField(max_length=10)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=8, choices=PeriodSource.choices)

    called = ("type of need", "types of need")
    on_merge = OnMerge.MOVES

    class Meta(Handed.Meta):
        constraints = [
            *Handed.Meta.constraints,
            _of_pupil("senneed"),
            _starts_first("senneed"),
            _source_known("senneed"),
            _one_at_a_time("senneed_one_of_a_rank", "rank"),
            _one_at_a_time("senneed_once", "need"),
            models.CheckConstraint(name="senneed_ranked", condition=Q(rank__gte=1, rank__lte=9)),
            models.CheckConstraint(name="senneed_says_which", condition=~Q(need="")),
        ]


class CareKind(models.TextChoices):
    """Whether a local authority looks after the child, or did and gave the child to a new family."""

    IN_CARE = "in_care", "Looked after"
    PREVIOUSLY = "previously", "Previously looked after"


class CareArrangement(models.TextChoices):
    """How a child left care."""

    ADOPTED = "adopted", "Adopted"
    SPECIAL_GUARDIANSHIP = "sgo", "Special guardianship order"
    CHILD_ARRANGEMENTS = "cao", "Child arrangements order"


@tracked
class CarePeriod(Handed):
    """Looked after from a day to a day, both counted; or previously looked after, from a day that is often not told.

    One of a kind at a time: who was adopted may come into care again. `authority` is the local authority's number, or a code such as XXX.
    """

    pupil = models.ForeignKey(related_name="care_periods", **known_in("schools.Pupil"))
    kind = models.CharField(max_length=10, choices=CareKind.choices)
    arrangement = models.CharField(max_length=7, choices=CareArrangement.choices, blank=True)
    authority = models.CharField(max_length=4, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=8, choices=PeriodSource.choices)

    called = ("period of care", "periods of care")
    on_merge = OnMerge.MOVES

    class Meta(Handed.Meta):
        constraints = [
            *Handed.Meta.constraints,
            _of_pupil("careperiod"),
            _starts_first("careperiod"),
            _source_known("careperiod"),
            _one_at_a_time("careperiod_one_at_a_time", "kind"),
            models.CheckConstraint(name="careperiod_kind_known", condition=Q(kind__in=CareKind.values)),
            models.CheckConstraint(
                name="careperiod_arrangement_known",
                condition=Q(arrangement="")
                | Q(kind=CareKind.PREVIOUSLY, arrangement__in=CareArrangement.values),
            ),
            models.CheckConstraint(
                name="careperiod_begun", condition=Q(kind=CareKind.PREVIOUSLY) | Q(starts_on__isnull=False)
            ),
        ]


@tracked
class SchoolAttended(Handed):
    """A school that the pupil came through, as a file told it: this one or another, in this partnership or none of ours.

    `leaving_reason` is what the file said, as it said it. Nothing is worked out from these rows.
    """

    pupil = models.ForeignKey(related_name="schools_attended", **known_in("schools.Pupil"))
    dfe_number = models.CharField("DfE number", max_length=7, blank=True)
    urn = models.CharField("URN", max_length=6, blank=True)
    name = models.CharField(max_length=200, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    leaving_reason = models.CharField(max_length=100, blank=True)
    is_last = models.BooleanField(null=True, blank=True)
    source = models.CharField(max_length=8, choices=PeriodSource.choices)

    called = ("school attended", "schools attended")
    on_merge = OnMerge.ONCE

    class Meta(Handed.Meta):
        constraints = [
            *Handed.Meta.constraints,
            _of_pupil("schoolattended"),
            _starts_first("schoolattended"),
            _source_known("schoolattended"),
            models.CheckConstraint(
                name="schoolattended_says_which", condition=~Q(dfe_number="", urn="", name="")
            ),
        ]
        indexes = [models.Index(fields=["school", "pupil"], name="schoolattended_of")]


class YearlyFlag(models.TextChoices):
    """What a year's record says that periods can tell: values are the columns of PupilYear."""

    FSM6 = "is_fsm6", "FSM6"
    DISADVANTAGED = "is_disadvantaged", "Disadvantaged"
    PUPIL_PREMIUM = "is_pupil_premium", "Pupil premium"
    LOOKED_AFTER = "is_looked_after", "Looked after"
    PREVIOUSLY_LOOKED_AFTER = "is_previously_looked_after", "Previously looked after"
    SEN = "sen_status", "SEN"


class ClaimSource(models.TextChoices):
    """Who says what a year's value is; a later one in this list counts before an earlier one."""

    DERIVED = "derived", "Worked out from periods"
    IMPORTED = "imported", "From a file or the record"
    OVERRIDDEN = "overridden", "Set by hand"


@tracked
class YearlyClaim(Handed):
    """What one source says of a yearly flag of a pupil: once a source. The one that counts most stands in PupilYear.

    `value` is yes or no, or for SEN its status. `as_of` is the day it was true of; empty where nobody said. A value of PupilYear of which no claim
    says anything was recorded there before claims were kept, and counts as imported.
    """

    pupil = models.ForeignKey(related_name="yearly_claims", **known_in("schools.Pupil"))
    academic_year = AcademicYearField()
    flag = models.CharField(max_length=30, choices=YearlyFlag.choices)
    source = models.CharField(max_length=10, choices=ClaimSource.choices)
    value = models.CharField(max_length=4)
    as_of = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=LONGEST_REASON, blank=True)
    # Nobody: the operator, or worked out.
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    called = ("claim of a year’s value", "claims of a year’s values")
    on_merge = OnMerge.FOLLOWS_THE_YEAR

    class Meta(Handed.Meta):
        constraints = [
            *Handed.Meta.constraints,
            models.UniqueConstraint(
                fields=["school", "pupil", "academic_year", "flag", "source"], name="yearlyclaim_once"
            ),
            models.CheckConstraint(name="yearlyclaim_flag_known", condition=Q(flag__in=YearlyFlag.values)),
            models.CheckConstraint(
                name="yearlyclaim_source_known", condition=Q(source__in=ClaimSource.values)
            ),
            models.CheckConstraint(name="yearlyclaim_says", condition=~Q(value="")),
            models.CheckConstraint(
                name="yearlyclaim_reasoned", condition=~Q(source=ClaimSource.OVERRIDDEN, reason="")
            ),
            _of_pupil("yearlyclaim"),
            SameSchoolKey(
                name="yearlyclaim_of_year",
                fields=("school", "pupil", "academic_year"),
                to="schools.PupilYear",
                to_fields=("school", "pupil", "academic_year"),
            ),
        ]
