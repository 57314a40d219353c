"""What narrows a roll, from an address; and a name to look for, from a form that is never in an address."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django import forms

from schools.calendar import YearGroup
from schools.models import ClassGroup
from schools.queries.roll_groups import GROUP_NAMES, Group
from schools.queries.rolls import RollFilter, Standing

NO_CLASS = "none"


class RollFilterForm(forms.Form):
    """The filters of a roll. An unknown choice is an error, not a filter."""

    year_group = forms.TypedChoiceField(required=False, coerce=YearGroup.from_code, empty_value=None)
    class_group = forms.ChoiceField(label="Class", required=False)
    group = forms.TypedChoiceField(
        required=False,
        coerce=Group,
        empty_value=None,
        choices=[("", "All pupils"), *((group.value, name) for group, name in GROUP_NAMES.items())],
    )
    standing = forms.TypedChoiceField(
        label="Roll",
        required=False,
        coerce=Standing,
        empty_value=Standing.ON_ROLL,
        choices=[
            ("", "On roll"),
            (Standing.LEFT.value, "Left"),
            (Standing.TO_COME.value, "Still to come"),
        ],
    )

    def __init__(
        self, *args: Any, year_groups: list[YearGroup], classes: list[ClassGroup] | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        # A choice of one is none.
        if len(year_groups) < 2:
            del self.fields["year_group"]
        else:
            self._choose(
                "year_group", "All year groups", [(group.code, group.label) for group in year_groups]
            )
        if classes is None:
            del self.fields["class_group"]
        else:
            offered = [(str(group.public_id), group.name) for group in classes]
            self._choose("class_group", "All classes", [*offered, (NO_CLASS, "No class")])

    def _choose(self, name: str, everything: str, choices: list[tuple[str, str]]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = [("", everything), *choices]

    def chosen_names(self) -> list[str]:
        """What the roll is narrowed to, in the words of the choices; how its pupils stand to it is not among them."""
        chosen = {name: self.cleaned_data.get(name) for name in ("year_group", "class_group", "group")}
        return [self._label(name, value) for name, value in chosen.items() if value]

    def _label(self, name: str, value: YearGroup | str) -> str:
        labels = dict(cast("list[tuple[str, str]]", cast("forms.ChoiceField", self.fields[name]).choices))
        return labels[value.code if isinstance(value, YearGroup) else str(value)]

    def wanted(self, *, name: str = "") -> RollFilter:
        """The filter; a choice that is not offered counts as not made, and the form shows it as an error."""
        self.full_clean()
        chosen = self.cleaned_data
        class_group = chosen.get("class_group", "")
        return RollFilter(
            year_group=chosen.get("year_group"),
            class_id=uuid.UUID(class_group) if class_group not in {"", NO_CLASS} else None,
            without_class=class_group == NO_CLASS,
            group=chosen.get("group"),
            standing=chosen.get("standing") or Standing.ON_ROLL,
            name=name,
        )


class NameSearchForm(forms.Form):
    """A pupil's name, or part of one, sent in a request's body: names never stand in addresses."""

    name = forms.CharField(
        label="Find a pupil",
        required=False,
        max_length=100,
        widget=forms.SearchInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
