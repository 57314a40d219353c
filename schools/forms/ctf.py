"""For whom a common transfer file is written, and of whom."""

from __future__ import annotations

from typing import Any

from django import forms

from schools.ctf_values import UNKNOWN_SCHOOL, CtfSchool
from schools.identifiers import read_dfe_number
from schools.models import School
from schools.queries.ctf import Chosen

ONE, OTHER = "one", "other"


class CtfForm(forms.Form):
    """A choice of pupils and a school; `one` is the name of a pupil who was chosen by a link."""

    whom = forms.ChoiceField(label="Of whom")
    destination = forms.ChoiceField(label="For which school", required=False)
    dfe_number = forms.CharField(
        label="DfE number of another school",
        required=False,
        max_length=8,
        help_text="Three digits of the local authority and four of the school, such as 860/4001.",
    )

    def __init__(
        self, *args: Any, offered: list[Chosen], schools: list[School], one: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        every = [(each.key, f"{each.label} ({each.count:,})") for each in offered if each.count]
        self.fields["whom"].choices = [(ONE, one), *every] if one else every  # type: ignore[attr-defined]
        beside = [(each.dfe_number, f"{each.name} ({each.formatted_dfe_number})") for each in schools]
        self.fields["destination"].choices = [  # type: ignore[attr-defined]
            ("", "Not known yet"),
            *beside,
            (OTHER, "Another school, by its DfE number"),
        ]
        self.names = {each.dfe_number: each for each in schools}

    def clean(self) -> dict[str, Any]:
        """The number of another school is needed where one is chosen, and has seven digits."""
        said = super().clean() or {}
        if said.get("destination") == OTHER:
            try:
                said["number"] = read_dfe_number(said.get("dfe_number", ""))
            except ValueError:
                self.add_error("dfe_number", "Write the seven digits of its DfE number, such as 860/4001.")
        else:
            said["number"] = said.get("destination", "")
        return said

    @property
    def number(self) -> str:
        """The destination's DfE number, or XXXXXXX."""
        return str(self.cleaned_data["number"]) or UNKNOWN_SCHOOL

    @property
    def school(self) -> CtfSchool:
        """The destination as the file's head names it; nothing where nobody knows."""
        number = str(self.cleaned_data["number"])
        beside = self.names.get(number)
        return CtfSchool(authority=number[:3], establishment=number[3:], urn=beside.urn if beside else "")
