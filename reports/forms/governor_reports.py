"""Which term a pack is wanted of, from an address."""

from __future__ import annotations

import datetime as dt

from django import forms

from schools.access import Access
from schools.calendar import TermName
from schools.queries.terms import reporting_term


class TermForm(forms.Form):
    """A term by its name in small letters; anything else counts as none chosen."""

    term = forms.ChoiceField(required=False, choices=[(term.label.lower(), term.label) for term in TermName])

    def chosen(self, access: Access, *, today: dt.date) -> TermName:
        """The term asked for, else the one that pages open on."""
        name = self.cleaned_data.get("term") if self.is_valid() else None
        return TermName[name.upper()] if name else reporting_term(access, today)
