"""Pupils whom one school of a partnership offers to another: the offer, and whom it is of."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q

from schools.models.fields import AcademicYearField
from schools.models.people import User
from schools.models.school import School
from schools.models.school_owned import SameSchoolKey, SchoolOwned, UuidV7, known_in, tracked

# Characters of why an offer is refused.
LONGEST_REASON = 300


class OfferState(models.TextChoices):
    """Where an offer stands. One that stands past its last day is over too (`stands_on`)."""

    OFFERED = "offered", "Offered"
    ACCEPTED = "accepted", "Accepted"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


class TransferOffer(models.Model):
    """That one school offers pupils to another of its partnership: ids, days, counts and a state, and nobody's name.

    Outside the wall, for the receiving school has to find an offer while the offering one is closed. Whom it is of stands behind the wall of the
    offering school, in `OfferedPupil`, as long as the offer stands.
    """

    public_id = models.UUIDField(db_default=UuidV7(), editable=False, unique=True)
    from_school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    to_school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    # The last day on the roll of the offering school: 31 August at the end of a year. The year is the one of the day after.
    last_day = models.DateField()
    academic_year = AcademicYearField()
    offered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()
    # The last day on which it can be accepted.
    stands_until = models.DateField()
    state = models.CharField(max_length=10, choices=OfferState.choices, default=OfferState.OFFERED)
    pupils = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField(default=0)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # The acts of the two schools by which pupils were taken in last, by their public ids: what can be taken back.
    taken_in_by = models.UUIDField(null=True, blank=True)
    handed_over_by = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "from_school"], name="transferoffer_id_school"),
            models.CheckConstraint(
                name="transferoffer_state_known", condition=Q(state__in=OfferState.values)
            ),
            models.CheckConstraint(
                name="transferoffer_two_schools", condition=~Q(from_school=F("to_school"))
            ),
            models.CheckConstraint(
                name="transferoffer_counts", condition=Q(pupils__gte=1, accepted__lte=F("pupils"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id}: {OfferState(self.state).label}"

    @property
    def first_day(self) -> dt.date:
        """The first day at the receiving school, if nobody says otherwise."""
        return self.last_day + dt.timedelta(days=1)

    def stands_on(self, today: dt.date) -> bool:
        """Whether it can be accepted, refused or withdrawn on the day."""
        return self.state == OfferState.OFFERED and today <= self.stands_until

    def has_expired_by(self, today: dt.date) -> bool:
        """Whether it was offered, nobody answered in time, and the day has passed."""
        return self.state == OfferState.OFFERED and today > self.stands_until


@tracked
class OfferedPupil(SchoolOwned):
    """A pupil of an offer, by the id that the pupil has in addresses, while nobody has taken the pupil in or ended the offer.

    Behind the wall of the offering school. No key of the pupil's row: an offer keeps nobody from being erased.
    """

    offer = models.ForeignKey(related_name="offered", **known_in("schools.TransferOffer"))
    pupil_key = models.UUIDField()

    called = ("pupil on offer", "pupils on offer")

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.UniqueConstraint(fields=["school", "offer", "pupil_key"], name="offeredpupil_once"),
            SameSchoolKey(
                name="offeredpupil_offer",
                fields=("offer", "school"),
                to="schools.TransferOffer",
                to_fields=("id", "from_school"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pupil_key)
