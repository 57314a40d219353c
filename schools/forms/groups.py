"""A group's name, and who is in it."""

from __future__ import annotations

from django import forms


class GroupNameForm(forms.Form):
    """What a group is called."""

    name = forms.CharField(label="Name of the group", max_length=50)


class GroupPupilsForm(forms.Form):
    """The pupils of a group, by their public ids; those who are not offered are refused.

    `saw` is who was in the group when the page was opened.
    """

    pupils = forms.TypedMultipleChoiceField(required=False, coerce=str)

    def __init__(self, *args: object, offered: list[str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["pupils"]
        field.choices = [(each, each) for each in offered]  # type: ignore[attr-defined]
        self.offered = offered

    @property
    def saw(self) -> list[str]:
        """Who was in the group when the page was opened, of those who are still offered."""
        offered = set(self.offered)
        return [each for each in self.data.getlist("saw") if each in offered]  # type: ignore[attr-defined]
