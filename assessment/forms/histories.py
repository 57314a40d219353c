"""The file of a pupil's history from a school outside the partnership, and the same file once more when it is confirmed."""

from __future__ import annotations

import base64
from typing import Any

from django import forms
from django.core import signing

_SALT = "assessment.histories"
# As long as a sign-in lasts.
_SECONDS = 12 * 60 * 60
# The history of a year group of a hundred pupils is a tenth of it.
LARGEST = 500 * 1024


class HistoryForm(forms.Form):
    """The file. Which kind it is follows from what is in it."""

    file = forms.FileField(
        label="The history",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        help_text="The Excel workbook (.xlsx) that the other school got by “History as a file”. Nothing is taken in before you have seen what comes.",
        error_messages={"required": "Choose the file.", "empty": "The file is empty."},
    )

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(
                "The file is larger than 500 KB. Take the pupils in by several files, or ask whoever runs the site."
            )
        content: bytes = file.read()
        return content


def sealed(content: bytes, *, urn: str, by: int) -> str:
    """The file as a form carries it from the preview to the confirmation, so that nobody can alter it on the way."""
    said = {"urn": urn, "by": by, "file": base64.b64encode(content).decode()}
    return signing.dumps(said, salt=_SALT, compress=True)


class SealedHistoryForm(forms.Form):
    """What was sealed at this school for this person."""

    content = forms.CharField()

    def __init__(self, data: Any, *, urn: str, by: int) -> None:
        super().__init__(data)
        self._urn, self._by = urn, by

    def clean_content(self) -> bytes:
        try:
            said = signing.loads(self.cleaned_data["content"], salt=_SALT, max_age=_SECONDS)
        except signing.BadSignature as error:
            raise forms.ValidationError("This is not what was shown, or it was too long ago.") from error
        if (said["urn"], said["by"]) != (self._urn, self._by):
            raise forms.ValidationError("This was shown to somebody else, or at another school.")
        return base64.b64decode(said["file"])
