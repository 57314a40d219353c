"""What a partnership is to expect from a day on, as its lead chooses it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from assessment.engine.expectations import Expectations
from assessment.engine.point_scale import code_of, first_point_of
from assessment.models import ExpectationVersion
from assessment.queries.expectations import holding_on
from assessment.services.expectations import falls_somewhere
from schools.calendar import FIRST_ACADEMIC_YEAR, LAST_ACADEMIC_YEAR, TermName, YearGroup

# In the codes of this year group the ends of ranges are chosen; they count alike in every other.
SHOWN_FOR = YearGroup.Y4
_ENDS = range(-7, 10)
_MOST_STEPS = 9


def _end(label: str) -> forms.TypedChoiceField:
    first = first_point_of(SHOWN_FOR)
    choices = [(str(end), f"{code_of(first + end, SHOWN_FOR)} ({first + end} points)") for end in _ENDS]
    return forms.TypedChoiceField(label=label, choices=choices, coerce=int)


class ExpectationsForm(forms.Form):
    """Without data it holds what is expected now, and no day."""

    holds_from = forms.DateField(
        label="From which day on",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Terms that end on this day or later. The first day of a year is best: then no year is measured by both.",
        error_messages={"required": "Give the first day.", "invalid": "Give a date."},
    )

    def __init__(
        self, data: Mapping[str, Any] | None, *, now: Expectations, versions: Sequence[ExpectationVersion]
    ) -> None:
        self._versions = versions
        initial: dict[str, int] = {}
        for term in TermName:
            key = term.label.lower()
            low, high = now.ranges[term - 1]
            initial |= {f"{key}_low": low, f"{key}_high": high, f"{key}_steps": now.steps[term - 1]}
        super().__init__(data, initial=initial)
        for term in TermName:
            key = term.label.lower()
            self.fields[f"{key}_low"] = _end(f"{term.label}: from")
            self.fields[f"{key}_high"] = _end(f"{term.label}: to")
            self.fields[f"{key}_steps"] = forms.IntegerField(
                label=f"Steps in {term.label}", min_value=0, max_value=_MOST_STEPS
            )

    def clean_holds_from(self) -> dt.date:
        day: dt.date = self.cleaned_data["holds_from"]
        if not FIRST_ACADEMIC_YEAR < day.year < LAST_ACADEMIC_YEAR:
            raise forms.ValidationError("Give a date of this century.")
        if any(one.partnership_id and one.holds_from == day for one in self._versions):
            raise forms.ValidationError(
                "Something else holds from that day already, and cannot be taken back. Choose another day."
            )
        return day

    def clean(self) -> None:
        super().clean()
        if self.errors:
            return
        said = self.cleaned_data
        for term in TermName:
            key = term.label.lower()
            if said[f"{key}_low"] > said[f"{key}_high"]:
                self.add_error(f"{key}_high", "A range cannot end before it begins.")
        if not any(said[f"{term.label.lower()}_steps"] for term in TermName):
            self.add_error("summer_steps", "Expect some steps in the year.")
        if not self.errors:
            self._compare()

    def _compare(self) -> None:
        if falling := falls_somewhere(self.expectations):
            term, why = falling
            self.add_error(f"{term.label.lower()}_low", why)
        elif self.expectations == holding_on(self._versions, self.holds).expectations:
            self.add_error("holds_from", "That is what is expected from that day already.")

    @property
    def holds(self) -> dt.date:
        """From when; the form has to be valid."""
        day: dt.date = self.cleaned_data["holds_from"]
        return day

    @property
    def expectations(self) -> Expectations:
        """What was chosen; the form has to be valid, or to be asked while it is cleaned."""
        said = self.cleaned_data
        autumn, spring, summer = (
            (said[f"{term.label.lower()}_low"], said[f"{term.label.lower()}_high"]) for term in TermName
        )
        steps = tuple(said[f"{term.label.lower()}_steps"] for term in TermName)
        return Expectations(ranges=(autumn, spring, summer), steps=(steps[0], steps[1], steps[2]))

    @property
    def is_asked(self) -> bool:
        """Whether something was sent that can be shown."""
        return self.is_bound and self.is_valid()

    @property
    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields that hold for each year group, term by term."""
        return [
            (term.label, [self[f"{term.label.lower()}_{what}"] for what in ("low", "high", "steps")])
            for term in TermName
        ]


class VersionNameForm(forms.Form):
    """What the new version is called."""

    name = forms.CharField(
        label="What it is called",
        max_length=100,
        initial="Own expectations",
        help_text="Pages and the history name it so, such as “Decided in June”.",
        error_messages={"required": "Give it a name."},
    )
