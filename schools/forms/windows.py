"""What a leader says of one year group's entry: its first and last day, why it is reopened, that a fourth collection is meant."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from schools.calendar import YearGroup
from schools.forms.days import day_field, not_past
from schools.queries.windows import KEYS, WindowLine, is_beyond_the_usual


def read_key(text: str) -> tuple[int, YearGroup] | None:
    """`autumn-4`, `baseline-R`: a collection and a year group; None for anything else."""
    name, _, code = text.partition("-")
    year_group = next((each for each in YearGroup if each.code == code), None)
    return (KEYS[name], year_group) if name in KEYS and year_group is not None else None


class _Knowing(forms.Form):
    """A form that may open a fourth collection of the year, and then asks whether that is meant."""

    knows_workload = forms.BooleanField(
        required=False,
        error_messages={"required": "Tick this if a fourth collection is meant."},
    )

    def __init__(self, *args: Any, line: WindowLine, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"prefix": line.key}))
        self.warns = is_beyond_the_usual(line.term, line.year_group) and not line.is_fourth
        knows = self.fields["knows_workload"]
        knows.required = self.warns
        knows.label = f"Ask for a fourth collection for {line.year_group.label} all the same"


class DaysForm(_Knowing):
    """The first and the last day; one may be left open."""

    opens_on = day_field("First day of entry", "Leave it empty if entry is open.")
    closes_on = day_field("Last day of entry", "Leave it empty to end with the term.")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_closes_on(self) -> dt.date | None:
        return not_past(self.cleaned_data["closes_on"], self.today, "Close entry instead.")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        first, last = said.get("opens_on"), said.get("closes_on")
        if first and last and last < first:
            self.add_error("closes_on", "The last day of entry cannot come before the first.")
        if not (first or last or self.errors):
            self.add_error("opens_on", "Give a first or a last day.")
        return said


class ReopenWindowForm(_Knowing):
    """Why entry is reopened for the year group, and until when."""

    reason = forms.CharField(
        label="Reason",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why entry is reopened."},
    )
    until = day_field(
        "New last day of entry",
        "Leave it empty to keep entry open until somebody closes it, or closes the term after today.",
    )


class AsTermForm(forms.Form):
    """Why the year group follows the term again: asked for where that opens what is over."""

    reason = forms.CharField(label="Reason", required=False, max_length=500)

    def __init__(self, *args: Any, line: WindowLine, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"prefix": f"{line.key}-term"}))
