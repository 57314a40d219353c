"""How a marksheet is looked at, from its address: in which order, and which of its pupils."""

from __future__ import annotations

from django import forms

from assessment.engine.expected_range import Attainment
from assessment.engine.progress import Progress
from assessment.queries.arranging import NO_MEASURE, Arrangement, Entered, Sort
from schools.bands import in_words
from schools.queries.roll_groups import GROUP_NAMES, Group

_ATTAINMENT = {each.name.lower(): each for each in Attainment}
_PROGRESS = {each.name.lower(): each for each in Progress} | {NO_MEASURE: NO_MEASURE}


class ArrangementForm(forms.Form):
    """An unknown choice is an error and counts as not made."""

    sort = forms.TypedChoiceField(
        label="In order of",
        required=False,
        coerce=Sort,
        empty_value=Sort.NAME,
        choices=[
            ("", "Name"),
            (Sort.GROUP.value, "Year group and class"),
            (Sort.POINTS.value, "Points, lowest first"),
            (Sort.STEPS.value, "Steps this year, fewest first"),
        ],
    )
    group = forms.TypedChoiceField(
        required=False,
        coerce=Group,
        empty_value=None,
        choices=[("", "All pupils"), *((group.value, name) for group, name in GROUP_NAMES.items())],
    )
    attainment = forms.TypedChoiceField(
        required=False,
        coerce=_ATTAINMENT.__getitem__,
        empty_value=None,
        choices=lambda: [("", "Any"), *((code, in_words(each.label)) for code, each in _ATTAINMENT.items())],
    )
    progress = forms.TypedChoiceField(
        label="Progress this year",
        required=False,
        coerce=_PROGRESS.__getitem__,
        empty_value=None,
        choices=[
            ("", "Any"),
            *((each.name.lower(), each.label) for each in Progress),
            (NO_MEASURE, "No starting point"),
        ],
    )
    entered = forms.TypedChoiceField(
        label="Entered",
        required=False,
        coerce=Entered,
        empty_value=None,
        choices=[
            ("", "Entered or not"),
            (Entered.MISSING, "Not entered"),
            (Entered.COMPLETE, "Entered"),
            (Entered.TO_CHECK, "Steps to check"),
        ],
    )

    @property
    def group_chosen(self) -> Group | None:
        """Whose rows are looked at; None for everybody's."""
        self.full_clean()
        return self.cleaned_data.get("group")

    @property
    def arrangement(self) -> Arrangement:
        """The rest of what was chosen."""
        self.full_clean()
        chosen = self.cleaned_data
        return Arrangement(
            sort=chosen.get("sort") or Sort.NAME,
            attainment=chosen.get("attainment"),
            progress=chosen.get("progress"),
            entered=chosen.get("entered"),
        )

    @property
    def is_chosen(self) -> bool:
        """Whether anything is other than at first."""
        self.full_clean()
        return self.group_chosen is not None or self.arrangement != Arrangement()

    def narrowed_to(self) -> list[str]:
        """What the rows are narrowed to, in the words of the choices."""
        self.full_clean()
        return [
            str(dict(self.fields[name].choices)[self.data[name]])  # type: ignore[attr-defined]
            for name in ("group", "attainment", "progress", "entered")
            if self.cleaned_data.get(name) is not None
        ]
