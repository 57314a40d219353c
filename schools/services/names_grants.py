"""A school's grants of names to the leads of its partnership, and the record of what was read by them."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from schools.models import NamesGrant, NamesReading, School, User
from schools.services.changes import acting

# Days; for longer a head grants again.
LONGEST = 366


def grant_names(
    *, school: School, purpose: str, starts_on: dt.date, ends_on: dt.date, by: User
) -> NamesGrant:
    """Let the leads of the partnership that the school is in now see names from the one day to the other, both included. Needs the school open.

    Raises ValueError for an end before the start, or further away than LONGEST days.
    """
    if not 0 <= (ends_on - starts_on).days <= LONGEST:
        raise ValueError("A grant ends on a day from today to a year from now.")
    with acting(by):
        return NamesGrant.objects.create(
            school=school,
            partnership_id=school.partnership_id,
            purpose=purpose,
            granted_by=by,
            starts_on=starts_on,
            ends_on=ends_on,
        )


def end_grant(*, grant: NamesGrant, by: User) -> None:
    """Take it back now; a second time changes nothing. Needs the school open."""
    if grant.ended_at is not None:
        return
    with acting(by):
        grant.ended_at = timezone.now()
        grant.save(update_fields=["ended_at"])


def record_reading(*, grant: NamesGrant, figure: str, by: User) -> NamesReading:
    """A lead opened this figure to its pupils. Needs the school open."""
    with acting(by):
        return NamesReading.objects.create(
            school=grant.school, grant=grant, read_by=by, read_at=timezone.now(), figure=figure[:200]
        )
