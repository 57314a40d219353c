"""What somebody decides about records that are due, and about one that is to be removed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import URLValidator, validate_email

from schools.forms.correcting import IdentityForm
from schools.forms.days import day_field
from schools.models import CountedFrom, Pupil, RetentionKind
from schools.models.privacy import LONGEST_REASON, LONGEST_TIME
from schools.queries.retention import Rule
from schools.services.enrolments import PupilDetails

_KEPT = "It is kept: write it without the pupil’s name."


def _reason(help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label="Reason",
        max_length=LONGEST_REASON,
        help_text=help_text,
        error_messages={"required": "Say why."},
    )


def _sure(label: str) -> forms.BooleanField:
    return forms.BooleanField(
        label=label, error_messages={"required": "Tick this: it cannot be undone, by nobody."}
    )


class ReviewForm(forms.Form):
    """Who of those that are due is anonymised now."""

    pupils = forms.MultipleChoiceField(error_messages={"required": "Tick at least one pupil."})
    reason = _reason(_KEPT)
    is_sure = _sure("Anonymise them for good. This cannot be undone.")

    def __init__(self, *args: Any, due: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"reason": "The retention rule was met."}, **kwargs})
        self.fields["pupils"].choices = [(key, key) for key in due]  # type: ignore[attr-defined]


class RulesForm(forms.Form):
    """How many years, counted from what, for each kind."""

    def __init__(self, *args: Any, rules: dict[RetentionKind, Rule], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, rule in rules.items():
            self.fields[f"{kind}_years"] = forms.IntegerField(
                label=kind.label, min_value=0, max_value=LONGEST_TIME, initial=rule.years
            )
            self.fields[f"{kind}_from"] = forms.ChoiceField(
                label=f"{kind.label}: counted",
                choices=[(each.value, f"years {each.label}") for each in CountedFrom],
                initial=rule.counted_from,
            )

    @property
    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"{kind}_years"], self[f"{kind}_from"]) for kind in RetentionKind]

    @property
    def rules(self) -> list[Rule]:
        said = self.cleaned_data
        return [
            Rule(kind, CountedFrom(said[f"{kind}_from"]), said[f"{kind}_years"]) for kind in RetentionKind
        ]


class ContactForm(forms.Form):
    """Whom to turn to about data protection: an e-mail address or a web address; empty: the site's."""

    contact = forms.CharField(
        label="E-mail address or web address",
        max_length=200,
        required=False,
        help_text="It stands at the foot of every page, and on the page about privacy.",
    )

    def clean_contact(self) -> str:
        contact: str = self.cleaned_data["contact"]
        if contact:
            check = validate_email if "@" in contact else URLValidator(schemes=["https", "http"])
            check(contact)
        return contact


class KeepForm(forms.Form):
    """Until when a record is kept, and why."""

    until = day_field("Keep until")
    reason = _reason("Such as: a sister is still at the school and a complaint is open.")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["until"].required = True

    def clean_until(self) -> dt.date:
        until: dt.date = self.cleaned_data["until"]
        if until < self.today:
            raise forms.ValidationError("That day has passed. Choose a later one.")
        return until


class AnonymiseForm(forms.Form):
    reason = _reason(_KEPT)
    is_sure = _sure("Anonymise this record for good. This cannot be undone.")


class EraseForm(forms.Form):
    reason = _reason(_KEPT)
    is_sure = _sure("Erase everything about this pupil for good. Figures of the past change.")


class SeverForm(IdentityForm):
    """Who the child is from now on. Sex and day of birth stay as they are: figures count by them."""

    reason = _reason("It is kept: write it without a name, and without saying that it was an adoption.")
    is_sure = _sure("Cut this child from the earlier identity for good. This cannot be undone.")

    def details(self, pupil: Pupil) -> PupilDetails:
        """The new identity."""
        names = [name for name in PupilDetails.__annotations__ if name in self.fields]
        said = {name: self.cleaned_data[name] for name in names}
        return PupilDetails(date_of_birth=pupil.date_of_birth, sex=pupil.sex, **said)
