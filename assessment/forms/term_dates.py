"""The dates of a year's three terms, as a leader writes them, and why those of a closed one change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms

from schools.access import Access
from schools.calendar import TermName
from schools.models import Term
from schools.queries.terms import Dates
from schools.services.years import DatesRefusedError, refuse_dates

_ENDS = {"starts_on": "First day", "ends_on": "Last day"}


def _key(term: TermName, end: str) -> str:
    """`autumn-starts_on`."""
    return f"{term.label.lower()}-{end}"


class TermDatesForm(forms.Form):
    """Without data it holds the dates as they are."""

    def __init__(
        self, data: Mapping[str, Any] | None, *, access: Access, terms: Mapping[TermName, Term]
    ) -> None:
        super().__init__(
            data,
            initial={_key(term, end): getattr(row, end) for term, row in terms.items() for end in _ENDS},
        )
        self._access = access
        for term in TermName:
            for end, label in _ENDS.items():
                self.fields[_key(term, end)] = forms.DateField(
                    label=f"{label} of {term.label}",
                    widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                    error_messages={"required": "Give a date.", "invalid": "Give a date."},
                )

    def clean(self) -> None:
        super().clean()
        if not self.errors:
            try:
                refuse_dates(self._access.school, self._access.academic_year, self.dates)
            except DatesRefusedError as refusal:
                self.add_error(_key(refusal.term, refusal.end), str(refusal))

    @property
    def dates(self) -> Dates:
        """What was written; the form has to be valid."""
        found: dict[TermName, tuple[dt.date, dt.date]] = {}
        for term in TermName:
            first, last = (self.cleaned_data[_key(term, end)] for end in _ENDS)
            found[term] = first, last
        return found

    @property
    def is_asked(self) -> bool:
        """Whether something was sent that can be shown."""
        return self.is_bound and self.is_valid()

    @property
    def terms(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields, term by term."""
        return [(term.label, [self[_key(term, end)] for end in _ENDS]) for term in TermName]


class ReasonForm(forms.Form):
    """Why the dates of a term change that is closed for entry; never in an address."""

    reason = forms.CharField(
        label="Reason",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why the dates of a closed term change."},
    )
