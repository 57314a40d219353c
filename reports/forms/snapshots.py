"""Which term is to be frozen, and what is said about it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from assessment.models.snapshots import LONGEST_NOTE
from schools.access import Access
from schools.calendar import TermName
from schools.queries.terms import reporting_term


class FreezeForm(forms.Form):
    """A term of the year that has begun, the latest first, and a note."""

    term = forms.TypedChoiceField(coerce=lambda value: TermName(int(value)))
    note = forms.CharField(required=False, max_length=LONGEST_NOTE)

    def __init__(self, data: Any = None, *, access: Access, today: dt.date) -> None:
        super().__init__(data)
        begun = [term for term in reversed(TermName) if term <= reporting_term(access, today)]
        field: Any = self.fields["term"]
        field.choices = [(term.value, term.label) for term in begun]
