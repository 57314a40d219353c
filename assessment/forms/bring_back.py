"""A marksheet's file that is brought back, and what of it is to be written."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core import signing

from assessment.forms.marksheets import MOST_CELLS, Sight, TypedCell, Value

_SALT = "assessment.bring_back"
# As long as a sign-in lasts.
_SECONDS = 12 * 60 * 60


class FileForm(forms.Form):
    """The file. Which kind it is follows from what is in it."""

    file = forms.FileField(
        label="The filled-in workbook",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        help_text="The Excel workbook (.xlsx) that “Excel to fill in” gave you. Nothing is saved before you have seen what it changes.",
        error_messages={
            "required": "Choose the file that you filled in.",
            "empty": "The file is empty.",
        },
    )


def sealed(cells: Sequence[TypedCell], *, of: str, by: int) -> str:
    """The cells as a form carries them from the preview to the confirmation, so that nobody can alter them on the way.

    `of`: the address of their sheet; `by`: who saw the preview. Both have to be the same when they come back.
    """
    content = [
        [
            each.pupil.hex,
            each.column,
            each.text,
            each.saw.version,
            each.saw.value.points,
            each.saw.value.reason,
        ]
        for each in cells
    ]
    return signing.dumps({"of": of, "by": by, "cells": content}, salt=_SALT, compress=True)


class ConfirmForm(forms.Form):
    """`content`: all that could be written, sealed; `write`: the places in it of what is to be. A place is a number from 0."""

    content = forms.CharField()
    because = forms.CharField(required=False, max_length=500)

    def __init__(self, data: Any, *, of: str, by: int) -> None:
        super().__init__(data)
        self._of, self._by = of, by
        self._write = data.getlist("write")

    def clean_content(self) -> list[TypedCell]:
        try:
            said = signing.loads(self.cleaned_data["content"], salt=_SALT, max_age=_SECONDS)
        except signing.BadSignature as error:
            raise forms.ValidationError("This is not what was shown, or it was too long ago.") from error
        if (said["of"], said["by"]) != (self._of, self._by):
            raise forms.ValidationError("This is of another sheet.")
        return [
            TypedCell(uuid.UUID(hex=pupil), column, text, Sight(version, Value(points, reason)))
            for pupil, column, text, version, points, reason in said["cells"]
        ]

    @property
    def chosen(self) -> list[TypedCell]:
        """The cells to write; the form has to be valid. Conflicts say `place:file` or `place:here`, others their place."""
        cells: list[TypedCell] = self.cleaned_data["content"]
        wanted = [each for each in self._write[:MOST_CELLS] if each.isascii() and each.isdigit()]
        taken = [
            name.removeprefix("take-")
            for name, value in self.data.items()
            if name.startswith("take-") and value == "file"
        ]
        places = {
            int(each) for each in (*wanted, *taken) if each.isascii() and each.isdigit() and len(each) < 6
        }
        return [cell for place, cell in enumerate(cells) if place in places]
