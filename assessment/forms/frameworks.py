"""Which framework of the early years a year is judged by."""

from __future__ import annotations

from django import forms

from schools.calendar import EyfsFramework


class FrameworkForm(forms.Form):
    """One of the two."""

    framework = forms.TypedChoiceField(
        choices=[(str(each.value), str(each.value)) for each in EyfsFramework],
        coerce=lambda value: EyfsFramework(int(value)),
    )
