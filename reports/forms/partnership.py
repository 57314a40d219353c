"""What figures of a partnership are asked for, from an address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms

from assessment.engine.assessment_points import Phase
from assessment.engine.expectations import FIRST_YEAR_GROUP, LAST_YEAR_GROUP
from assessment.engine.subjects import SUBJECTS
from reports.documents.partnership import SORTS
from reports.documents.partnership_groups import PAIRS
from reports.forms.figures import TERMS
from reports.queries.partnership import last_term_begun, last_term_given_out
from reports.queries.scope import Scope
from schools.access import Access, PartnershipAccess
from schools.bands import in_words
from schools.calendar import YearGroup
from schools.permissions import Permission
from schools.queries.releases import term_to_be_shown
from schools.queries.terms import reporting_term

_SUBJECTS = {subject.code.lower(): subject.number for subject in SUBJECTS}
# Those in which something is expected, and whose year groups are given out.
_PHASES = {
    phase.label.lower(): phase
    for phase in Phase
    if phase.first >= FIRST_YEAR_GROUP and phase.last <= LAST_YEAR_GROUP
}
_YEAR_GROUPS = {each.code: each for each in YearGroup if FIRST_YEAR_GROUP <= each <= LAST_YEAR_GROUP}


class SubjectForm(forms.Form):
    """The subject alone. An unknown choice is an error and counts as not made."""

    subject = forms.ChoiceField(
        required=False, choices=[(subject.code.lower(), subject.name) for subject in SUBJECTS]
    )

    defaults: Mapping[str, str] = {"subject": SUBJECTS[0].code.lower()}

    def __init__(self, data: Mapping[str, str]) -> None:
        super().__init__({**self.defaults, **{name: value for name, value in data.items() if value}})
        for name, value in self.defaults.items():
            self.fields[name].initial = value
        self.full_clean()

    def _chosen(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or self.defaults.get(name, ""))

    @property
    def is_all_here(self) -> bool:
        """Whether there is all that the address asks for: no unknown choice, and nothing to choose that these pages do not have."""
        return not self.errors and self.data.keys() <= self.fields.keys()

    @property
    def subject_wanted(self) -> int:
        return _SUBJECTS[self._chosen("subject")]

    def chosen(self) -> dict[str, str]:
        """What links to the same figures carry."""
        return {name: self._chosen(name) for name in self.fields if self._chosen(name)}


class SideBySideForm(SubjectForm):
    """Term, subject, year group, and in which order."""

    term = forms.ChoiceField(required=False, choices=[(key, term.label) for key, term in TERMS.items()])
    phase = forms.ChoiceField(
        required=False,
        choices=[("", "Years 1 to 9"), *((code, phase.label) for code, phase in _PHASES.items())],
    )
    year_group = forms.ChoiceField(
        required=False,
        choices=[("", "All year groups"), *((code, each.label) for code, each in _YEAR_GROUPS.items())],
    )
    group = forms.ChoiceField(
        required=False, choices=[("", "All pupils"), *((code, pair[0]) for code, pair in PAIRS.items())]
    )
    sort = forms.ChoiceField(
        label="Order",
        required=False,
        choices=lambda: [
            ("", "Name"),
            ("judged", "Judged"),
            ("share", in_words("At or above")),
            ("progress", "Progress"),
        ],
    )

    field_order = ("term", "subject", "phase", "year_group", "group", "sort")

    def __init__(self, data: Mapping[str, str], *, access: PartnershipAccess, today: dt.date) -> None:
        self.access = access
        # Rather one that there are figures of than the running one, of which nobody has given out any.
        last = last_term_given_out(access.schools, access.academic_year) or last_term_begun(
            access.schools, access.academic_year, today
        )
        self.defaults = {**SubjectForm.defaults, "term": last.label.lower()}
        super().__init__(data)
        if self.year_group_wanted is None:
            self._leave_out("sort", "progress")
        if self.pair_wanted:
            self._leave_out("sort", "judged", "share", "progress")

    def _leave_out(self, name: str, *codes: str) -> None:
        field: Any = self.fields[name]
        field.choices = [choice for choice in field.choices if choice[0] not in codes]

    @property
    def pair_wanted(self) -> tuple[str, str] | None:
        """The group that was chosen, and the one it is compared with."""
        return PAIRS.get(self._chosen("group"))

    @property
    def phase_wanted(self) -> Phase | None:
        return _PHASES.get(self._chosen("phase"))

    @property
    def notes(self) -> list[str]:
        """What is shown otherwise than was chosen, a sentence each."""
        year_group, phase = self.year_group_wanted, self.phase_wanted
        if self.pair_wanted:
            more = bool(year_group or phase)
            return (
                ["Of groups each school gives out Years 1 to 9 together, and no phase or year group."]
                if more
                else []
            )
        if year_group and phase and year_group not in phase:
            return [f"{year_group.label} is not in {phase.label}: it is {year_group.label} that is shown."]
        return []

    @property
    def is_all_here(self) -> bool:
        return super().is_all_here and not self.notes

    @property
    def year_group_wanted(self) -> YearGroup | None:
        return _YEAR_GROUPS.get(self._chosen("year_group"))

    @property
    def sort_wanted(self) -> str:
        """A key of SORTS."""
        return self._chosen("sort") if self._chosen("sort") in SORTS else ""

    def scope(self) -> Scope:
        """Of all its schools. Small numbers are held back by the document, for there is no school of which the reader is a member."""
        return Scope(
            schools=self.access.schools,
            academic_year=self.access.academic_year,
            term=TERMS[self._chosen("term")],
        )


class SchoolTermForm(SubjectForm):
    """Of a school beside the others: the term, and the subject of its transitions. Other choices would make further differences between them."""

    term = forms.ChoiceField(required=False, choices=[(key, term.label) for key, term in TERMS.items()])

    field_order = ("term", "subject")

    def __init__(self, data: Mapping[str, str], *, access: Access, today: dt.date) -> None:
        self.access = access
        sees_names = access.may(Permission.SEE_OWN_CLASSES)
        opens_on = (reporting_term if sees_names else term_to_be_shown)(access, today)
        self.defaults = {**SubjectForm.defaults, "term": opens_on.label.lower()}
        super().__init__(data)

    def scope(self) -> Scope:
        """Of the school alone, for this viewer."""
        return Scope(
            schools=(self.access.school,),
            academic_year=self.access.academic_year,
            term=TERMS[self._chosen("term")],
            viewer=self.access,
        )
