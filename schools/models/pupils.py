"""Pupils, as one school knows them."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from schools.identifiers import UPN_PATTERN
from schools.models.school_owned import (
    Handed,
    OnMerge,
    SameSchoolKey,
    SchoolOwnedQuerySet,
    known_in,
    tracked,
)


class Sex(models.TextChoices):
    """As the school census records it."""

    FEMALE = "F", "Girl"
    MALE = "M", "Boy"


def listed_name(surname: str, forename: str, preferred_surname: str, preferred_forename: str) -> str:
    """As registers print it and the child is called: `Brough, Elsie`."""
    return f"{preferred_surname or surname}, {preferred_forename or forename}"


class PupilQuerySet(SchoolOwnedQuerySet):
    def unmerged(self) -> Self:
        """Without the records that were merged into another: those are kept for what tells of the past, and count nowhere."""
        return self.filter(merged_into=None)

    def named(self) -> Self:
        """Without the records that were anonymised."""
        return self.filter(anonymised_at=None)


@tracked
class Pupil(Handed):
    """One child at one school.

    person_key is shared by the copies of the child at the schools of the partnership.
    Only what tracking needs is held: no addresses, contacts or medical notes.
    """

    person_key = models.UUIDField(default=uuid.uuid4, editable=False)
    upn = models.CharField("UPN", max_length=13, blank=True)
    surname = models.CharField(max_length=100)
    forename = models.CharField(max_length=100)
    preferred_surname = models.CharField(max_length=100, blank=True)
    preferred_forename = models.CharField(max_length=100, blank=True)
    date_of_birth = models.DateField()
    sex = models.CharField(max_length=1, choices=Sex.choices, blank=True)
    # What somebody says is wrong, while the school checks it (UK GDPR, Art. 18); empty: nothing is disputed.
    disputed = models.CharField(max_length=500, blank=True)
    # When the name and all that tells who it was were taken away for good.
    anonymised_at = models.DateTimeField(null=True, blank=True, editable=False)
    # A second record of a child, whose rows are the other record's now. It is on no roll and in no list; it keeps the number that leads here, and what
    # cannot be written again goes on naming it: snapshots, records of who looked, the history.
    merged_into = models.ForeignKey(
        related_name="merged_records", null=True, blank=True, editable=False, **known_in("schools.Pupil")
    )

    objects: ClassVar[Any] = PupilQuerySet.as_manager()

    # Of `merged_into`: what was merged into the one leads to the other.
    on_merge = OnMerge.MOVES

    class Meta(Handed.Meta):
        constraints = [
            *Handed.Meta.constraints,
            models.UniqueConstraint(fields=["school", "upn"], condition=~Q(upn=""), name="pupil_upn"),
            models.UniqueConstraint(fields=["school", "person_key"], name="pupil_person_once"),
            models.CheckConstraint(name="pupil_upn_form", condition=Q(upn="") | Q(upn__regex=UPN_PATTERN)),
            models.CheckConstraint(name="pupil_sex_known", condition=Q(sex__in=["", *Sex.values])),
            models.CheckConstraint(name="pupil_named", condition=~Q(surname="") & ~Q(forename="")),
            models.CheckConstraint(name="pupil_merged_into_another", condition=~Q(merged_into=F("id"))),
            SameSchoolKey(
                name="pupil_merged_into",
                fields=("merged_into", "school"),
                to="schools.Pupil",
                to_fields=("id", "school"),
            ),
        ]
        indexes = [models.Index(fields=["school", "surname", "forename", "id"], name="pupil_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """As registers print it and the child is called: `Brough, Elsie`."""
        return listed_name(self.surname, self.forename, self.preferred_surname, self.preferred_forename)

    @property
    def full_name(self) -> str:
        """The legal name, forename first."""
        return f"{self.forename} {self.surname}"
