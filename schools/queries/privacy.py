"""Whom to turn to about what is held."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings

from schools.models import ChangeKind, ChangeSet, School


@dataclass(frozen=True)
class Contact:
    """An e-mail address or a web address, as it is shown and as it is opened; both empty where nobody is named."""

    shown: str
    url: str


def contact_of(school: School | None) -> Contact:
    """The school's own; the site's where it names none, or no school is in view. What is neither kind of address is shown and not opened."""
    said = (school.data_protection_contact if school else "") or settings.COMPLAINTS_CONTACT
    if said.startswith(("https://", "http://")):
        return Contact(said.split("://", 1)[1].rstrip("/"), said)
    return Contact(said, f"mailto:{said}" if "@" in said else "")


def erased_since(school: School, day: dt.date) -> int:
    """How many pupils were erased on that day or later: what was frozen before counts without them."""
    # One act a child, of however many records that had been merged.
    acts = ChangeSet.objects.in_school(school).filter(kind=ChangeKind.ERASE, made_at__date__gte=day)
    return int(acts.count())
