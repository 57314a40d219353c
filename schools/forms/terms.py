"""What a leader says of a term's entry: its last day, or why it is reopened."""

from __future__ import annotations

import datetime as dt

from django import forms

_DAY = {"type": "date"}


class LastDayForm(forms.Form):
    """The last day of entry; left empty, the term stays open until it is closed."""

    on = forms.DateField(
        label="Last day of entry", required=False, widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d")
    )

    def __init__(self, *args: object, today: dt.date, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.today = today

    def clean_on(self) -> dt.date | None:
        on: dt.date | None = self.cleaned_data["on"]
        if on is not None and on < self.today:
            raise forms.ValidationError("That day has passed. Close the term instead.")
        return on


class ReopenForm(forms.Form):
    """Why a term is reopened, and until when."""

    reason = forms.CharField(
        label="Reason",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why the term is reopened."},
    )
    until = forms.DateField(
        label="New last day of entry",
        required=False,
        widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"),
        help_text="Leave it empty to keep the term open until somebody closes it.",
    )
