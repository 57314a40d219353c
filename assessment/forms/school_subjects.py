"""Which subjects a school judges, as a leader ticks them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from assessment.engine.subjects import SUBJECTS
from assessment.queries.school_subjects import subjects_judged
from assessment.services.school_subjects import SubjectsRefusedError, refuse_impossible_subjects
from schools.models import School

_REFUSED = "Reading, writing and mathematics are counted together, so they cannot be left out."


class SchoolSubjectsForm(forms.Form):
    """A form without data holds what the school judges now."""

    subjects = forms.MultipleChoiceField(
        label="Subjects from Year 1",
        choices=[(subject.code, subject.name) for subject in SUBJECTS],
        widget=forms.CheckboxSelectMultiple,
        help_text=_REFUSED,
        error_messages={"required": _REFUSED, "invalid_choice": "There is no such subject."},
    )

    def __init__(self, data: Mapping[str, Any] | None, *, school: School) -> None:
        super().__init__(data, initial={"subjects": [subject.code for subject in subjects_judged(school)]})

    def clean_subjects(self) -> list[str]:
        judged: list[str] = self.cleaned_data["subjects"]
        try:
            refuse_impossible_subjects(judged)
        except SubjectsRefusedError as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return judged

    @property
    def judged(self) -> list[str]:
        """The codes that were ticked, in the order of the timetable; the form has to be valid."""
        ticked = set(self.cleaned_data["subjects"])
        return [subject.code for subject in SUBJECTS if subject.code in ticked]

    @property
    def is_asked(self) -> bool:
        """Whether something was sent that can be shown."""
        return self.is_bound and self.is_valid()
