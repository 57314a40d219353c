"""Days on which entry begins and ends, as leaders give them."""

from __future__ import annotations

import datetime as dt

from django import forms


def day_field(label: str, help_text: str = "") -> forms.DateField:
    """A day that may be left out, with the browser's own calendar."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, help_text=help_text)


def not_past(on: dt.date | None, today: dt.date, instead: str) -> dt.date | None:
    """The day as it was given; ValidationError for one before today, which says what to do `instead`."""
    if on is not None and on < today:
        raise forms.ValidationError(f"That day has passed. {instead}")
    return on
