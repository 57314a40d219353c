"""Which grants of names there are, and who read what by them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

from schools.access import open_grants
from schools.models import NamesGrant, NamesReading, School

# Of each grant; the history keeps all of them.
SHOWN_READINGS = 50


@dataclass(frozen=True)
class GrantLine:
    """A grant as the head's page has it, with what was read by it, the latest first: the last SHOWN_READINGS of `readings_count`."""

    grant: NamesGrant
    is_open: bool
    readings: tuple[NamesReading, ...]
    readings_count: int


def grant_lines(school: School, today: dt.date) -> list[GrantLine]:
    """Every grant of the school, the latest first; three queries."""
    holding = set(open_grants([school], today).values_list("pk", flat=True))
    numbered = NamesReading.objects.in_school(school).annotate(
        place=Window(RowNumber(), partition_by=[F("grant")], order_by=[F("read_at").desc(), F("pk").desc()]),
        whole=Window(Count("pk"), partition_by=[F("grant")]),
    )
    readings: dict[int, list[NamesReading]] = {}
    counts: dict[int, int] = {}
    for reading in numbered.filter(place__lte=SHOWN_READINGS).select_related("read_by").order_by("place"):
        readings.setdefault(reading.grant_id, []).append(reading)
        counts[reading.grant_id] = reading.whole
    grants = NamesGrant.objects.in_school(school).select_related("granted_by", "partnership").order_by("-pk")
    return [
        GrantLine(grant, grant.pk in holding, tuple(readings.get(grant.pk, ())), counts.get(grant.pk, 0))
        for grant in grants
    ]
