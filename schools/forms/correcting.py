"""A pupil's record as somebody corrects it."""

from __future__ import annotations

from typing import Any

from django import forms

from schools.attendance import HIGHEST, LOWEST
from schools.forms.days import day_field
from schools.identifiers import read_upn
from schools.models import Pupil, PupilYear, SenStatus, Sex
from schools.services.enrolments import Characteristics, PupilDetails

_NOT_RECORDED = ("", "Not recorded")
_YES_OR_NO = [_NOT_RECORDED, ("yes", "Yes"), ("no", "No")]
_VALUES = {"": None, "yes": True, "no": False}
_FLAGS = {
    "is_pupil_premium": "Pupil premium",
    "is_fsm6": "Free school meals in the last six years",
    "is_disadvantaged": "Disadvantaged",
    "is_eal": "English as an additional language",
    "is_looked_after": "Looked after",
    "is_previously_looked_after": "Previously looked after",
    "is_service_child": "Service child",
}


def _yes_or_no(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=_YES_OR_NO, required=False, coerce=lambda value: _VALUES[value], empty_value=None
    )


class IdentityForm(forms.Form):
    """What a child is called, and the number."""

    forename = forms.CharField(label="Legal forename", max_length=100)
    surname = forms.CharField(label="Legal surname", max_length=100)
    preferred_forename = forms.CharField(label="Called by this forename", max_length=100, required=False)
    preferred_surname = forms.CharField(label="Called by this surname", max_length=100, required=False)
    upn = forms.CharField(label="Unique pupil number", max_length=20, required=False)

    def clean_upn(self) -> str:
        try:
            return read_upn(self.cleaned_data["upn"]) if self.cleaned_data["upn"] else ""
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class CorrectionForm(IdentityForm):
    """The same with the date of birth, what is held of the year in view, and why it is corrected."""

    date_of_birth = day_field("Date of birth", "Judgements of the early years are measured again by it.")
    sex = forms.ChoiceField(choices=[_NOT_RECORDED, *Sex.choices], required=False)
    sen_status = forms.ChoiceField(label="SEN", choices=[_NOT_RECORDED, *SenStatus.choices], required=False)
    is_pupil_premium = _yes_or_no(_FLAGS["is_pupil_premium"])
    is_fsm6 = _yes_or_no(_FLAGS["is_fsm6"])
    is_disadvantaged = _yes_or_no(_FLAGS["is_disadvantaged"])
    is_eal = _yes_or_no(_FLAGS["is_eal"])
    is_looked_after = _yes_or_no(_FLAGS["is_looked_after"])
    is_previously_looked_after = _yes_or_no(_FLAGS["is_previously_looked_after"])
    is_service_child = _yes_or_no(_FLAGS["is_service_child"])
    attendance = forms.DecimalField(
        min_value=LOWEST,
        max_value=HIGHEST,
        decimal_places=1,
        required=False,
        help_text="Per cent of the possible sessions of the year so far.",
    )
    ethnicity = forms.RegexField(
        r"^[A-Za-z]{1,4}$",
        required=False,
        help_text="The census code, one to four letters.",
        error_messages={"invalid": "Give the census code: one to four letters."},
    )
    reason = forms.CharField(
        max_length=500,
        help_text="Such as: birth certificate seen on 3 March.",
        error_messages={"required": "Say why the record is corrected."},
    )
    field_order = (
        "forename",
        "surname",
        "preferred_forename",
        "preferred_surname",
        "date_of_birth",
        "sex",
        "upn",
    )

    def __init__(self, *args: Any, pupil: Pupil, year: PupilYear, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": _held(pupil, year), **kwargs})
        self.fields["date_of_birth"].required = True

    def clean_ethnicity(self) -> str:
        return str(self.cleaned_data["ethnicity"]).upper()

    @property
    def of_pupil(self) -> list[forms.BoundField]:
        """The fields of who the child is."""
        return [self[name] for name in self.fields if name in PupilDetails.__annotations__]

    @property
    def of_year(self) -> list[forms.BoundField]:
        """Those of the year in view."""
        return [self[name] for name in self.fields if name in Characteristics.__annotations__]

    @property
    def details(self) -> PupilDetails:
        return PupilDetails(**{name: self.cleaned_data[name] for name in PupilDetails.__annotations__})

    @property
    def characteristics(self) -> Characteristics:
        return Characteristics(**{name: self.cleaned_data[name] for name in Characteristics.__annotations__})


def _held(pupil: Pupil, year: PupilYear) -> dict[str, Any]:
    of_pupil = {name: getattr(pupil, name) for name in PupilDetails.__annotations__}
    of_year = {name: getattr(year, name) for name in Characteristics.__annotations__}
    words = {True: "yes", False: "no", None: ""}
    return of_pupil | {name: words[value] if name in _FLAGS else value for name, value in of_year.items()}


class DisputeForm(forms.Form):
    """What somebody says is wrong; empty where it is settled."""

    what = forms.CharField(
        label="What is disputed, and by whom",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It stands on the pupil’s page until the record is corrected, or this is emptied.",
    )
