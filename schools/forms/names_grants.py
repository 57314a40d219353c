"""A grant of names, as a head writes it."""

from __future__ import annotations

import datetime as dt

from django import forms


class NamesGrantForm(forms.Form):
    """What for, and until when."""

    purpose = forms.CharField(label="What the names are needed for", max_length=300)
    ends_on = forms.DateField(label="Until and with", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: object, today: dt.date, longest: int, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.today, self.longest = today, longest

    def clean_ends_on(self) -> dt.date:
        ends_on: dt.date = self.cleaned_data["ends_on"]
        if not 0 <= (ends_on - self.today).days <= self.longest:
            raise forms.ValidationError("Choose a day from today to a year from now.")
        return ends_on
