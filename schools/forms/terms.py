"""What a leader says of a term's entry: its last day, or why it is reopened."""

from __future__ import annotations

import datetime as dt

from django import forms

from schools.forms.days import day_field, not_past


class LastDayForm(forms.Form):
    """The last day of entry; left empty, the term stays open until it is closed."""

    on = day_field("Last day of entry")

    def __init__(self, *args: object, today: dt.date, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.today = today

    def clean_on(self) -> dt.date | None:
        return not_past(self.cleaned_data["on"], self.today, "Close the term instead.")


class ReopenForm(forms.Form):
    """Why a term is reopened, and until when."""

    reason = forms.CharField(
        label="Reason",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why the term is reopened."},
    )
    until = day_field(
        "New last day of entry", "Leave it empty to keep the term open until somebody closes it."
    )
