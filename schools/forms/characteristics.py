"""What was true of a pupil from day to day, and what a year's flag is set to, as somebody types it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from schools.forms.days import day_field
from schools.models import (
    CareArrangement,
    CareKind,
    CarePeriod,
    FsmKind,
    FsmPeriod,
    SenNeed,
    SenPeriod,
    SenStatus,
    UkCountry,
    YearlyFlag,
)
from schools.models.characteristics import LONGEST_REASON
from schools.sen_codes import SEN_STATUSES, SEN_TYPES
from schools.services.characteristics import Period

_NOT_KNOWN = ("", "Not known")


class PeriodForm(forms.Form):
    """The days, and why. Beside them what a form below adds."""

    model: ClassVar[type[Any]]
    starts_on = day_field("First day")
    ends_on = day_field("Last day", "Leave it empty while it goes on.")
    reason = forms.CharField(
        label="Why, or where it is from",
        max_length=LONGEST_REASON,
        required=False,
        help_text="Such as: letter of the council, seen on 3 March. Needed to correct or remove.",
    )
    is_start_needed: ClassVar[bool] = True

    def __init__(self, *args: Any, period: Period, **kwargs: Any) -> None:
        self.period = period
        self.names = [name for name in self.base_fields if name != "reason"]
        held = {name: getattr(period, name) for name in self.names} if period.pk else {}
        super().__init__(*args, **{"initial": held, **kwargs})
        self.fields["starts_on"].required = self.is_start_needed
        self.fields["starts_on"].error_messages["required"] = "Give the first day."

    def clean_reason(self) -> str:
        reason = str(self.cleaned_data["reason"]).strip()
        if self.period.pk and not reason:
            raise forms.ValidationError("Say why it is corrected or removed.")
        return reason

    def filled(self) -> Period:
        """The period with what the form says, not saved."""
        for name in self.names:
            setattr(self.period, name, self.cleaned_data[name])
        return self.period


class FsmForm(PeriodForm):
    """Free school meals."""

    model = FsmPeriod
    kind = forms.ChoiceField(
        choices=FsmKind.choices,
        help_text="From September 2026 only Targeted counts for FSM6 and pupil premium. A kind that is not known counts for nothing.",
    )
    country = forms.ChoiceField(
        choices=UkCountry.choices,
        initial=UkCountry.ENGLAND,
        help_text="Meals granted outside England do not count for FSM6.",
    )
    field_order = ("kind", "country", "starts_on", "ends_on", "reason")


class SenForm(PeriodForm):
    """A status of special educational needs."""

    model = SenPeriod
    code = forms.ChoiceField(
        label="Status", choices=[(each.code, each.label) for each in SEN_STATUSES.values()]
    )
    field_order = ("code", "starts_on", "ends_on", "reason")


class NeedForm(PeriodForm):
    """A type of need."""

    model = SenNeed
    is_start_needed = False
    need = forms.ChoiceField(label="Type of need", choices=list(SEN_TYPES.items()))
    rank = forms.IntegerField(min_value=1, max_value=9, initial=1, help_text="1 is the primary need.")
    field_order = ("need", "rank", "starts_on", "ends_on", "reason")


class CareForm(PeriodForm):
    """Looked after, or previously."""

    model = CarePeriod
    is_start_needed = False
    kind = forms.ChoiceField(choices=CareKind.choices)
    arrangement = forms.ChoiceField(
        label="How care ended", choices=[_NOT_KNOWN, *CareArrangement.choices], required=False
    )
    authority = forms.CharField(
        label="Local authority",
        max_length=4,
        required=False,
        help_text="Its number, such as 873.",
    )
    field_order = ("kind", "arrangement", "authority", "starts_on", "ends_on", "reason")

    def clean_authority(self) -> str:
        said = str(self.cleaned_data["authority"]).strip().upper()
        if said and not re.fullmatch(r"\d{3}|XXX|MMM", said):
            raise forms.ValidationError("Give the three digits of the local authority, or leave it empty.")
        return said

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("kind") == CareKind.IN_CARE:
            said["arrangement"] = ""
        return said


# By what stands in addresses.
FORMS: Mapping[str, type[PeriodForm]] = {
    "meals": FsmForm,
    "sen": SenForm,
    "needs": NeedForm,
    "care": CareForm,
}


class ValueForm(forms.Form):
    """One flag of one year, set by hand."""

    value = forms.ChoiceField(choices=[("yes", "Yes"), ("no", "No")], widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Why",
        max_length=LONGEST_REASON,
        help_text="Such as: the list of the Department for Education of 3 March says so.",
        error_messages={"required": "Say why it is set by hand."},
    )

    def __init__(self, *args: Any, flag: YearlyFlag, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].label = flag.label
        if flag is YearlyFlag.SEN:
            self.fields["value"].choices = SenStatus.choices  # type: ignore[attr-defined]
