"""What the three bands are to be called, as a lead of a partnership chooses it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django import forms

from schools.bands import LONGEST_WORD, USUAL, BandWords


def _word(usual: str) -> forms.CharField:
    return forms.CharField(
        label=f"Instead of {usual}",
        max_length=LONGEST_WORD,
        error_messages={
            "required": "Give a word.",
            "max_length": f"Use {LONGEST_WORD} characters at most.",
        },
    )


class BandWordsForm(forms.Form):
    """Without data it holds the words that hold now."""

    below = _word(USUAL.below)
    at = _word(USUAL.at)
    above = _word(USUAL.above)

    def __init__(self, data: Mapping[str, Any] | None, *, now: BandWords) -> None:
        super().__init__(data, initial=asdict(now))
        self._now = now

    def clean(self) -> None:
        super().clean()
        if self.errors:
            return
        if problem := self.words.problem():
            raise forms.ValidationError(problem)
        if self.words == self._now:
            raise forms.ValidationError("That is what they are called already.")

    @property
    def words(self) -> BandWords:
        """What was chosen; the form has to be valid, or to be asked while it is cleaned."""
        return BandWords(**self.cleaned_data)
