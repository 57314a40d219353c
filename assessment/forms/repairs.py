"""From which term to which judgements are moved or copied, and for whom."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from assessment.engine.assessment_points import AssessmentTerm
from assessment.forms.marksheets import Sight, read_sight

TERMS = {term.label.lower(): term for term in AssessmentTerm}
_CHOICES = [(code, term.label) for code, term in TERMS.items()]
MOVE, COPY = "move", "copy"


class RepairForm(forms.Form):
    """The two terms, and whether the judgements leave the first."""

    source = forms.TypedChoiceField(
        label="They stand in", choices=_CHOICES, coerce=TERMS.__getitem__, empty_value=None
    )
    target = forms.TypedChoiceField(
        label="They belong in", choices=_CHOICES, coerce=TERMS.__getitem__, empty_value=None
    )
    how = forms.ChoiceField(
        label="What to do",
        choices=[(MOVE, "Move them"), (COPY, "Copy them, and leave them where they stand")],
        widget=forms.RadioSelect,
        initial=MOVE,
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "source" in cleaned and cleaned["source"] == cleaned.get("target"):
            self.add_error("target", "Choose another term than the one where they stand.")
        return cleaned

    @property
    def terms(self) -> tuple[AssessmentTerm, AssessmentTerm]:
        """From which to which; the form has to be valid."""
        return self.cleaned_data["source"], self.cleaned_data["target"]

    @property
    def copies(self) -> bool:
        """Whether they stay where they stand, too; the form has to be valid."""
        return bool(self.cleaned_data["how"] == COPY)


@dataclass(frozen=True)
class Taken:
    """A pupil whose judgement is to go, and what the preview showed in both terms."""

    pupil: uuid.UUID
    source: Sight
    target: Sight


def taken(data: Mapping[str, Any], pupils: Iterable[uuid.UUID]) -> list[Taken]:
    """Those of the pupils for whom the preview's form says so; what is not of the form is left out."""
    found = []
    for pupil in pupils:
        if data.get(f"take-{pupil}") != "take":
            continue
        try:
            sights = [read_sight(data.get(f"{part}-{pupil}", "")) for part in ("source", "target")]
        except ValueError:
            continue
        found.append(Taken(pupil, *sights))
    return found
