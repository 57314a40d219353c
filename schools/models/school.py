"""Partnerships and their schools: what stands outside every wall."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from schools.bands import LONGEST_WORD, USUAL, BandWords
from schools.calendar import (
    EyfsFramework,
    YearGroup,
    statutory_eyfs_framework,
)
from schools.identifiers import DFE_NUMBER_PATTERN, URN_PATTERN
from schools.models.fields import YearGroupField
from schools.models.tracking import tracked

LARGEST_SMALL_COUNT = 20
EYFS_FRAMEWORKS = [(framework.value, str(framework.value)) for framework in EyfsFramework]


@tracked
class Partnership(models.Model):
    """Schools that track by the same rules and hand pupils over to one another. Its history says who changed how it is set up."""

    name = models.CharField(max_length=200, unique=True)
    # Of everybody at its schools, and of who leads it.
    requires_second_factor = models.BooleanField(default=False)
    # Whether a pupil with SEN may have an expected number of steps of the own.
    allows_own_steps = models.BooleanField(default=False)
    # What below, at and above are called on its pages and papers.
    word_below = models.CharField(max_length=LONGEST_WORD, default=USUAL.below)
    word_at = models.CharField(max_length=LONGEST_WORD, default=USUAL.at)
    word_above = models.CharField(max_length=LONGEST_WORD, default=USUAL.above)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="partnership_words_apart",
                condition=~Q(word_below="")
                & ~Q(word_at="")
                & ~Q(word_above="")
                & ~Q(word_below=F("word_at"))
                & ~Q(word_below=F("word_above"))
                & ~Q(word_at=F("word_above")),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def band_words(self) -> BandWords:
        return BandWords(self.word_below, self.word_at, self.word_above)


@tracked
class School(models.Model):
    """One school; each row of it elsewhere carries its id. Its history says who changed how it is set up."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="schools")
    name = models.CharField(max_length=200)
    urn = models.CharField("URN", max_length=6, unique=True, validators=[RegexValidator(URN_PATTERN)])
    dfe_number = models.CharField(
        "DfE number", max_length=7, unique=True, validators=[RegexValidator(DFE_NUMBER_PATTERN)]
    )
    lowest_year_group = YearGroupField()
    highest_year_group = YearGroupField()
    # Blank: the framework that the law prescribed for each year.
    fixed_eyfs_framework = models.SmallIntegerField(choices=EYFS_FRAMEWORKS, null=True, blank=True)
    # Blank: the installation's. `small_count` is what holds.
    own_small_count = models.PositiveSmallIntegerField(null=True, blank=True)
    # By code: the subjects in which it does not judge its pupils any more, or not at all. Empty: it judges all.
    subjects_not_judged = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    # Of everybody with a role here.
    requires_second_factor = models.BooleanField(default=False)
    # Whom to turn to about what the school holds: an e-mail address or a web address. Blank: the site's (LEP_COMPLAINTS_CONTACT).
    data_protection_contact = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="school_urn_form", condition=Q(urn__regex=URN_PATTERN)),
            models.CheckConstraint(
                name="school_dfe_number_form", condition=Q(dfe_number__regex=DFE_NUMBER_PATTERN)
            ),
            models.CheckConstraint(
                name="school_year_groups_in_order",
                condition=Q(
                    lowest_year_group__gte=YearGroup.N1,
                    lowest_year_group__lte=F("highest_year_group"),
                    highest_year_group__lte=YearGroup.Y13,
                ),
            ),
            models.CheckConstraint(
                name="school_own_small_count_known",
                condition=Q(own_small_count=None) | Q(own_small_count__range=(1, LARGEST_SMALL_COUNT)),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def small_count(self) -> int:
        """Counts of its pupils from 1 to this many are held back from those who see no names: the school's own limit, and never less than the installation's. 0 hides nothing."""
        return max(int(settings.SMALL_COUNT), self.own_small_count or 0)

    @property
    def year_groups_label(self) -> str:
        """`Nursery 2 to Year 4`."""
        lowest, highest = YearGroup(self.lowest_year_group), YearGroup(self.highest_year_group)
        return lowest.label if lowest is highest else f"{lowest.label} to {highest.label}"

    @property
    def has_early_years(self) -> bool:
        """Whether it has a nursery or Reception."""
        return bool(self.lowest_year_group <= YearGroup.R)

    @property
    def formatted_dfe_number(self) -> str:
        """`860/2210`."""
        return f"{self.dfe_number[:3]}/{self.dfe_number[3:]}"

    def eyfs_framework_in(self, academic_year: int) -> EyfsFramework:
        """The framework that a year opened now would be judged by."""
        if self.fixed_eyfs_framework is not None:
            return EyfsFramework(self.fixed_eyfs_framework)
        return statutory_eyfs_framework(academic_year)
