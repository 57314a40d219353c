"""What somebody says of two records that may be one child's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from schools.models.duplicates import LONGEST_REASON
from schools.queries.duplicate_pairs import FIRST, SECOND
from schools.queries.duplicates import Record
from schools.queries.merging import Choices, MergePlan

_PLACES = ("0", "1")


class TwoRecordsForm(forms.Form):
    """Two records that nothing made alike."""

    one = forms.ChoiceField(label=FIRST)
    other = forms.ChoiceField(label=SECOND)

    def __init__(self, data: Mapping[str, Any] | None = None, *, records: Sequence[Record]) -> None:
        super().__init__(data)
        for name in ("one", "other"):
            field: Any = self.fields[name]
            field.choices = [("", "Choose"), *((str(each.public_id), _told(each)) for each in records)]
            field.error_messages["required"] = "Choose a record."

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("one") and given.get("one") == given.get("other"):
            self.add_error("other", "Choose another record than the first.")
        return given


def _told(record: Record) -> str:
    return ", ".join(each for each in (record.name, f"born {record.born}", record.last_seen) if each)


class ApartForm(forms.Form):
    """That they are two children."""

    reason = forms.CharField(
        label="How you know",
        max_length=LONGEST_REASON,
        help_text="Such as: twins; both are in Oak class.",
        error_messages={"required": "Say how you know."},
    )

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="id_apart_%s")


class MergeForm(forms.Form):
    """Whose record goes on, and of each difference which side stands."""

    keep = forms.ChoiceField(label="The record that goes on", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Why they are one child",
        max_length=LONGEST_REASON,
        help_text="Such as: came back in January, and the office made a second record.",
        error_messages={"required": "Say why they are one child."},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, plan: MergePlan) -> None:
        super().__init__(data)
        self._questions = [each.key for each in plan.questions]
        keep: Any = self.fields["keep"]
        keep.choices = list(zip(_PLACES, (FIRST, SECOND), strict=True))
        keep.initial = str(plan.keep)
        keep.help_text = (
            "Links and files lead to it from now on. The other is kept beside it with its history."
        )
        for question in plan.questions:
            self.fields[question.key] = forms.ChoiceField(
                label=question.title,
                choices=[
                    (place, f"{record}: {answer}")
                    for place, record, answer in zip(_PLACES, (FIRST, SECOND), question.answers, strict=True)
                ],
                widget=forms.RadioSelect,
                initial=str(question.chosen),
                error_messages={"required": "Choose which of the two stands."},
            )

    @property
    def of_questions(self) -> list[forms.BoundField]:
        return [self[key] for key in self._questions]

    @property
    def choices(self) -> Choices:
        """What was chosen; the form is valid."""
        given = self.cleaned_data
        return Choices(int(given["keep"]), {key: int(given[key]) for key in self._questions})
