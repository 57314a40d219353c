"""A few new pupils, typed in by hand. Many come by the roll file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms

from schools.calendar import YearGroup
from schools.forms.days import day_field
from schools.identifiers import read_upn
from schools.models import ClassGroup, School, Sex
from schools.services.enrolments import UNCHANGED
from schools.services.roll_rows import RollRow

# How many at once.
ROWS = 5


class NewPupilForm(forms.Form):
    """One pupil; empty is nobody."""

    surname = forms.CharField(label="Legal surname", max_length=100, required=False)
    forename = forms.CharField(label="Legal forename", max_length=100, required=False)
    date_of_birth = day_field("Date of birth")
    sex = forms.ChoiceField(choices=[("", "Not recorded"), *Sex.choices], required=False)
    upn = forms.CharField(label="Unique pupil number", max_length=20, required=False)
    year_group = forms.ChoiceField(label="Year group")
    class_name = forms.ChoiceField(label="Class", required=False)
    entry = day_field("First day here")

    def __init__(
        self, data: Mapping[str, Any] | None, *, number: int, school: School, classes: list[ClassGroup]
    ) -> None:
        lowest, highest = school.lowest_year_group, school.highest_year_group
        super().__init__(data, prefix=str(number), initial={"year_group": str(int(lowest))})
        self.number = number
        year_groups = [(str(each), YearGroup(each).label) for each in range(lowest, highest + 1)]
        self.fields["year_group"].choices = year_groups  # type: ignore[attr-defined]
        names = [("", "No class yet"), *((group.name, group.name) for group in classes)]
        self.fields["class_name"].choices = names  # type: ignore[attr-defined]

    @property
    def is_empty(self) -> bool:
        """Whether nobody was written here; the form has to be valid."""
        return not any(self.cleaned_data[name] for name in ("surname", "forename", "date_of_birth", "upn"))

    def clean_upn(self) -> str:
        try:
            return read_upn(self.cleaned_data["upn"]) if self.cleaned_data["upn"] else ""
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if self.errors or self.is_empty:
            return said
        for name, missing in (
            ("surname", "Give the surname."),
            ("forename", "Give the forename."),
            ("date_of_birth", "Give the date of birth."),
        ):
            if not said[name]:
                self.add_error(name, missing)
        return said

    @property
    def row(self) -> RollRow:
        """What was written; the form has to be valid, and not empty."""
        said = self.cleaned_data
        born: dt.date = said["date_of_birth"]
        return RollRow(
            number=self.number,
            surname=said["surname"],
            forename=said["forename"],
            date_of_birth=born,
            upn=said["upn"],
            sex=said["sex"] or UNCHANGED,
            year_group=YearGroup(int(said["year_group"])),
            class_name=said["class_name"] or UNCHANGED,
            entry=said["entry"],
        )


def new_pupil_forms(
    data: Mapping[str, Any] | None, *, school: School, classes: list[ClassGroup]
) -> list[NewPupilForm]:
    """A few, one under the other."""
    return [
        NewPupilForm(data, number=number, school=school, classes=classes) for number in range(1, ROWS + 1)
    ]
