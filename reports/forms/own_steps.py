"""Steps a year of one pupil's own, and why."""

from __future__ import annotations

from django import forms

from assessment.models.own_expectations import LONGEST_REASON, MOST_STEPS

_WHOLE = f"A whole number from 0 to {MOST_STEPS}."


class OwnStepsForm(forms.Form):
    """What is agreed on."""

    steps_a_year = forms.IntegerField(
        label="Steps a year",
        min_value=0,
        max_value=MOST_STEPS,
        help_text=f"{_WHOLE} They are shared over the terms as everybody’s 7 are: 3/7 in Autumn, 2/7 in Spring, 2/7 in Summer.",
        error_messages={
            "required": _WHOLE,
            "invalid": _WHOLE,
            "min_value": _WHOLE,
            "max_value": _WHOLE,
        },
    )
    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Who agreed on it, and on what grounds. Whoever may see the pupil reads it.",
        error_messages={
            "required": "Say why, in a sentence or two.",
            "max_length": f"A reason has at most {LONGEST_REASON} characters.",
        },
    )
