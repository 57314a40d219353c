"""What narrows the list of what happened, from an address: codes, days and numbers, and nobody's name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.http import urlencode

from reports.queries.audit import AuditFilter, Person, Place
from reports.queries.audit_sources import SOURCES, Kind
from schools.forms.days import day_field

_NUMBERS = {source.number for source in SOURCES}


class AuditForm(forms.Form):
    """The filters. A choice that is not offered counts as not made."""

    kind = forms.TypedChoiceField(
        label="What",
        required=False,
        coerce=Kind,
        empty_value=None,
        choices=[("", "Everything"), *((each.value, each.label) for each in Kind)],
    )
    person = forms.TypedChoiceField(label="Who", required=False, coerce=int, empty_value=None)
    first = day_field("From")
    last = day_field("To")
    pupil = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, people: Sequence[Person]) -> None:
        super().__init__(data)
        offered = [(str(person.account), person.name) for person in people]
        cast("forms.ChoiceField", self.fields["person"]).choices = [("", "Everybody"), *offered]
        self.full_clean()

    def wanted(self) -> AuditFilter:
        chosen = self.cleaned_data
        return AuditFilter(
            kind=chosen.get("kind"),
            person=chosen.get("person"),
            pupil=chosen.get("pupil"),
            first_day=chosen.get("first"),
            last_day=chosen.get("last"),
        )

    def query(self, **more: str) -> str:
        """The choices that were understood, for an address."""
        chosen = {
            name: str(value.value if isinstance(value, Kind) else value)
            for name, value in self.cleaned_data.items()
            if value is not None
        }
        return urlencode({**chosen, **more})

    def without_pupil(self) -> str:
        """The same for any pupil."""
        return urlencode({name: value for name, value in self._said().items() if name != "pupil"})

    def _said(self) -> dict[str, str]:
        return {name: self.data[name] for name in self.cleaned_data if self.data.get(name)}


def place_in(text: str) -> Place | None:
    """Where a page begins, as `place_text` wrote it; None for anything else, which begins at the top."""
    at, _, rest = text.partition("~")
    source, _, key = rest.partition("~")
    if not (source.isdecimal() and key.isdecimal() and int(source) in _NUMBERS and len(key) < 19):
        return None
    try:
        moment = dt.datetime.fromisoformat(at)
    except ValueError:
        return None
    return Place(moment, int(source), int(key)) if moment.tzinfo else None


def place_text(place: Place) -> str:
    """The place for an address."""
    return f"{place.at.astimezone(dt.UTC).isoformat()}~{place.source}~{place.id}"
