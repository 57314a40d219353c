"""What is asked of one judgement: a note beside it, an earlier value put back, odd steps confirmed."""

from __future__ import annotations

from django import forms

from assessment.forms.marksheets import Sight, Value, read_sight, read_value
from assessment.models.judgements import LONGEST_NOTE


class _CellForm(forms.Form):
    """`saw` is what the person saw in the cell; `because` a leader's reason for changing what is closed."""

    saw = forms.CharField(max_length=200)
    because = forms.CharField(required=False, max_length=500)

    def clean_saw(self) -> Sight:
        try:
            return read_sight(self.cleaned_data["saw"])
        except ValueError as error:
            raise forms.ValidationError("Not what a cell holds.") from error


class NoteForm(_CellForm):
    """A note; an empty one takes the note away."""

    note = forms.CharField(required=False, max_length=LONGEST_NOTE)
    share = forms.BooleanField(required=False)

    def clean_note(self) -> str:
        # Browsers send a line's end as two characters, and count it as one.
        return str(self.cleaned_data["note"]).replace("\r\n", "\n")


class PutBackForm(_CellForm):
    """An earlier value."""

    value = forms.CharField(max_length=30)

    def clean_value(self) -> Value:
        try:
            return read_value(self.cleaned_data["value"])
        except ValueError as error:
            raise forms.ValidationError("Not a value of a cell.") from error


class ConfirmForm(forms.Form):
    """How many steps are said to be right."""

    steps = forms.IntegerField(min_value=-100, max_value=100)


class CellAskedForm(forms.Form):
    """Which cell of a sheet: whose, and the key of its column."""

    pupil = forms.UUIDField()
    of = forms.CharField(max_length=60)


class JumpForm(CellAskedForm, ConfirmForm):
    """Odd steps in a cell of a sheet."""
