"""What a pack is wanted of, from an address; and how it is to be made, from its form."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from assessment.queries.snapshots import TakenSnapshot, snapshots_for
from reports.documents.governor_sections import Section
from reports.documents.governor_words import LONGEST_TEXT
from schools.access import Access
from schools.calendar import TermName
from schools.permissions import Permission
from schools.queries.releases import term_to_be_shown
from schools.queries.rolls import english
from schools.queries.terms import reporting_term

TERMS = [(term.label.lower(), term.label) for term in TermName]


class TermForm(forms.Form):
    """A term by its name in small letters; anything else counts as none chosen."""

    term = forms.ChoiceField(required=False, choices=TERMS)

    def chosen(self, access: Access, *, today: dt.date) -> TermName:
        """The term asked for, else the one that pages open on."""
        name = self.cleaned_data.get("term") if self.is_valid() else None
        if name:
            return TermName[name.upper()]
        return (reporting_term if access.may(Permission.SEE_ALL_PUPILS) else term_to_be_shown)(access, today)


class PackForm(forms.Form):
    """How the pack of a term is to be made. What whoever sees no names may not choose is not among the fields."""

    file_format = forms.ChoiceField(choices=[("pdf", "PDF"), ("xlsx", "Excel")])
    snapshot = forms.ChoiceField(label="Figures", required=False)
    sections = forms.MultipleChoiceField(
        label="What goes in",
        required=False,
        choices=[(section.value, section.label) for section in Section],
        initial=[section.value for section in Section],
        widget=forms.CheckboxSelectMultiple,
    )
    doing = forms.CharField(
        label="What the school is doing",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": LONGEST_TEXT}),
    )
    # Only where earlier figures are held: neither is chosen beforehand.
    day = forms.ChoiceField(
        required=False,
        choices=[("given-out", ""), ("today", "Today’s figures")],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose one of the two."},
    )

    def __init__(
        self, *args: Any, access: Access, term: TermName, given_out_on: dt.date | None = None, **kwargs: Any
    ) -> None:
        """`given_out_on`: the day of the earlier figures that are held, of this year or the last; None where today's stand."""
        super().__init__(*args, **kwargs)
        self.term = term
        may_choose = access.may(Permission.SEE_ALL_PUPILS)
        taken = [each for each in snapshots_for(access) if each.holds(access.academic_year, term)]
        if taken:
            field: Any = self.fields["snapshot"]
            offered = [(str(each.number), f"Snapshot {each.number}, {each.when}") for each in taken]
            field.choices = [("", "No snapshot" if given_out_on else "As they are now"), *offered]
        else:
            del self.fields["snapshot"]
        if not may_choose:
            del self.fields["doing"]
        if may_choose and given_out_on:
            days: Any = self.fields["day"]
            days.choices = [("given-out", f"As given out on {english(given_out_on)}"), *days.choices[1:]]
        else:
            del self.fields["day"]

    def clean(self) -> dict[str, Any]:
        """A choice between the figures that were given out and today's is made by somebody, or is one of a snapshot."""
        given = super().clean() or {}
        if (
            "day" in self.fields
            and "day" not in self.errors
            and not (given.get("day") or given.get("snapshot"))
        ):
            self.add_error("day", "Choose which figures the pack is to have.")
        return given

    @property
    def arguments(self) -> dict[str, object]:
        """What the worker is asked for; of a valid form."""
        given = self.cleaned_data
        return {
            "term": self.term.label.lower(),
            "format": given["file_format"],
            "snapshot": int(given.get("snapshot") or 0),
            "sections": given["sections"],
            "doing": given.get("doing", ""),
            "anew": given.get("day") == "today",
        }


def snapshot_of(access: Access, number: int) -> TakenSnapshot | None:
    """The snapshot of that number, where the person may choose it."""
    return next((each for each in snapshots_for(access) if each.number == number), None)
