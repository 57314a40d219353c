"""What narrows the review list, and what is decided about a pupil on it."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping
from typing import Any

from django import forms

from assessment.engine.expectations import FIRST_YEAR_GROUP, LAST_YEAR_GROUP
from assessment.engine.subjects import SUBJECTS, Subject
from assessment.models import Decided
from assessment.models.progress_signs import LONGEST_REASON
from assessment.queries.school_subjects import subjects_in_sight
from schools.access import Access
from schools.calendar import TermName, YearGroup
from schools.queries.rolls import year_groups_for
from schools.queries.terms import reporting_term

_TERMS = {term.label.lower(): term for term in TermName}
_SUBJECTS = {subject.code: subject for subject in SUBJECTS}


class ReviewListForm(forms.Form):
    """Term, year group and subject, from an address. An unknown choice is an error and counts as not made."""

    term = forms.ChoiceField(required=False, choices=[(key, term.label) for key, term in _TERMS.items()])
    year_group = forms.ChoiceField(label="Year group", required=False)
    subject = forms.ChoiceField(required=False)

    def __init__(self, data: Mapping[str, str], *, access: Access, today: dt.date) -> None:
        self._asked = data
        self._last_term = reporting_term(access, today)
        term = self._last_term.label.lower()
        super().__init__({"term": term, **{name: value for name, value in data.items() if value}})
        self.fields["term"].initial = term
        subjects: Any = self.fields["subject"]
        in_sight = subjects_in_sight(access.school, access.academic_year)
        subjects.choices = [("", "All subjects"), *((each.code, each.name) for each in in_sight)]
        year_groups: Any = self.fields["year_group"]
        year_groups.choices = [
            ("", "All year groups"),
            *(
                (each.code, each.label)
                for each in year_groups_for(access)
                if FIRST_YEAR_GROUP <= each <= LAST_YEAR_GROUP
            ),
        ]
        self.full_clean()

    def _chosen(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or "")

    @property
    def says_when(self) -> bool:
        """Whether the address names a term that there is: without one nothing is decided."""
        return bool(self._asked.get("term")) and "term" not in self.errors

    @property
    def term_wanted(self) -> TermName:
        """The term in the address, else the one that is reported on."""
        return _TERMS.get(self._chosen("term"), self._last_term)

    @property
    def year_group_wanted(self) -> YearGroup | None:
        code = self._chosen("year_group")
        return YearGroup.from_code(code) if code else None

    @property
    def subject_wanted(self) -> Subject | None:
        return _SUBJECTS.get(self._chosen("subject"))

    def chosen(self) -> dict[str, str]:
        """What links to the same list carry: the term always, so that a link means the same next term."""
        narrowed = {name: self._chosen(name) for name in ("year_group", "subject") if self._chosen(name)}
        return {"term": self.term_wanted.label.lower(), **narrowed}


class _WordsField(forms.CharField):
    """Words in one line or several. A line break is one character, as browsers count it; what cannot be printed becomes a space."""

    def to_python(self, value: Any) -> str:
        words = str(value or "").replace("\r\n", "\n").replace("\r", "\n")
        printed = (
            " " if each not in "\n\t" and unicodedata.category(each) in {"Cc", "Cs"} else each
            for each in words
        )
        return str(super().to_python("".join(printed)))


class DecisionForm(forms.Form):
    """What follows, and why."""

    decided = forms.ChoiceField(
        label="What follows",
        choices=Decided.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what follows.", "invalid_choice": "Choose what follows."},
    )
    reason = _WordsField(
        label="Reason",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What you saw and whom you asked, so that whoever opens this next term need not ask again.",
        error_messages={
            "required": "Say why, in a sentence or two.",
            "max_length": f"A reason has at most {LONGEST_REASON} characters.",
        },
    )

    def clean_decided(self) -> Decided:
        return Decided(self.cleaned_data["decided"])
