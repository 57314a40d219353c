"""How a school is set up, as a leader writes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django import forms
from django.conf import settings

from schools.calendar import YearGroup
from schools.identifiers import read_dfe_number
from schools.models import School
from schools.queries.school_settings import SchoolFacts, facts_of, has_given_out
from schools.services.school_settings import SettingsRefusedError, refuse_impossible

_LIMIT = (
    "From governors, and in what leaves the school, together with what they could be worked out from. Empty: {}, as everywhere here. "
    "Choose it before figures are given out: then it stays."
)
_STAYS = "Figures of this school have been given out with this limit, so it stays: a higher one as well would tell, beside the first, what each holds back."
_YEAR_GROUPS = [(str(each.value), each.label) for each in YearGroup]


def _year_group(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=_YEAR_GROUPS, coerce=lambda value: YearGroup(int(value))
    )


class SchoolSettingsForm(forms.Form):
    """A form without data holds the school as it is."""

    name = forms.CharField(
        label="Name of the school", max_length=200, error_messages={"required": "A school needs a name."}
    )
    dfe_number = forms.CharField(
        label="DfE number",
        max_length=20,
        help_text="Seven digits, such as 860/2210.",
        error_messages={"required": "A school needs a DfE number, seven digits such as 860/2210."},
    )
    lowest_year_group = _year_group("Lowest year group")
    highest_year_group = _year_group("Highest year group")

    own_small_count = forms.IntegerField(label="Hold back numbers from 1 to", required=False)
    requires_second_factor = forms.BooleanField(
        label="Ask everybody for a second step at sign-in",
        required=False,
        help_text="A code from an app on their phone, or a passkey, after the password. Best for every account that sees pupils.",
    )

    def __init__(self, data: Mapping[str, Any] | None, *, school: School) -> None:
        now = asdict(facts_of(school)) | {"dfe_number": school.formatted_dfe_number}
        super().__init__(data, initial=now)
        self._school = school
        held_back = self.fields["own_small_count"]
        # Nothing of it can be sent then: the value stays.
        held_back.disabled = has_given_out(school)
        held_back.widget.attrs["placeholder"] = f"{settings.SMALL_COUNT}, as everywhere on this site"
        held_back.help_text = _STAYS if held_back.disabled else _LIMIT.format(settings.SMALL_COUNT)

    def clean_dfe_number(self) -> str:
        try:
            return read_dfe_number(self.cleaned_data["dfe_number"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> None:
        super().clean()
        if not self.errors:
            try:
                refuse_impossible(self._school, self.facts)
            except SettingsRefusedError as refusal:
                self.add_error(refusal.field, str(refusal))

    @property
    def facts(self) -> SchoolFacts:
        """What was written; the form has to be valid."""
        return SchoolFacts(**self.cleaned_data)

    @property
    def is_asked(self) -> bool:
        """Whether something was sent that can be shown."""
        return self.is_bound and self.is_valid()
