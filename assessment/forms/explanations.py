"""What about a pupil's colours is asked."""

from __future__ import annotations

from django import forms

from assessment.queries.explanations import MEASURES, POINTS
from schools.calendar import TermName

_TERMS = {term.label.lower(): term for term in TermName}


class WhyForm(forms.Form):
    """Progress at the end of which term, and which part of the year is asked about. An unknown choice is none."""

    term = forms.TypedChoiceField(
        required=False,
        coerce=_TERMS.__getitem__,
        empty_value=None,
        choices=[(key, term.label) for key, term in _TERMS.items()],
    )
    of = forms.ChoiceField(required=False, choices=[(key, key) for key in (*POINTS, *MEASURES)])

    def asked(self) -> tuple[TermName | None, str]:
        """The term, None where none was chosen; the key of the part, empty where none was."""
        self.full_clean()
        return self.cleaned_data.get("term"), self.cleaned_data.get("of", "")
