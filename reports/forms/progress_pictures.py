"""What the pictures of progress and the lists that start conversations are asked for, from an address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from django import forms

from assessment.engine.conversations import Conversation
from assessment.engine.expected_range import Attainment
from assessment.engine.progress import Progress
from assessment.engine.subjects import SUBJECTS
from assessment.queries.school_subjects import subjects_in_sight
from reports.documents.conversations import years_with_lists
from reports.documents.progress_selections import Axis, Counted, Selection
from reports.forms.figures import FigureFilterForm
from reports.queries.choices import year_groups_to_choose
from reports.queries.scope import Scope
from schools.access import Access
from schools.calendar import YearGroup

_ATTAINMENTS = {each.name.lower(): each for each in Attainment}
_PROGRESSES = {each.name.lower(): each for each in Progress}
_NUMBERS = {subject.code.lower(): subject.number for subject in SUBJECTS}
_MOST_STEPS = 100


class PictureForm(FigureFilterForm):
    """The filters of the pictures, and in what the matrix is."""

    view = None  # type: ignore[assignment]
    phase = None  # type: ignore[assignment]
    ignored = frozenset({"phase"})
    by = forms.ChoiceField(
        label="Matrix in", required=False, choices=[("", "Stages"), (Axis.POINTS.value, "Points")]
    )

    @property
    def axis(self) -> Axis:
        return Axis(self._chosen("by") or Axis.STAGES)

    def chosen(self) -> dict[str, str]:
        """With the matrix as it was chosen."""
        by = {"by": self._chosen("by")} if self._chosen("by") else {}
        return super().chosen() | by

    def scope_of(self, year_group: YearGroup) -> Scope:
        """Narrowed to the year group."""
        scope = self.scope()
        return replace(scope, filters=replace(scope.filters, year_group=year_group))


class SelectionForm(PictureForm):
    """The same, and which cell. An unknown choice is an error and counts as not made."""

    by = forms.ChoiceField(required=False, choices=[(each.value, "") for each in Axis])
    counted = forms.ChoiceField(required=False, choices=[(each.value, "") for each in Counted])
    attainment = forms.ChoiceField(required=False, choices=[(each, "") for each in _ATTAINMENTS])
    progress = forms.ChoiceField(required=False, choices=[(each, "") for each in _PROGRESSES])
    start = forms.CharField(required=False, max_length=10)
    now = forms.CharField(required=False, max_length=10)
    steps = forms.IntegerField(required=False, min_value=-_MOST_STEPS, max_value=_MOST_STEPS)

    def selection(self) -> Selection:
        """Whom the address means."""
        return Selection(
            counted=Counted(self._chosen("counted") or Counted.ON_ROLL),
            attainment=_ATTAINMENTS.get(self._chosen("attainment")),
            progress=_PROGRESSES.get(self._chosen("progress")),
            axis=self.axis,
            start=self._chosen("start"),
            now=self._chosen("now"),
            steps=self.cleaned_data.get("steps"),
        )


class ConversationForm(FigureFilterForm):
    """Which list, of whom, in what. Progress is always this year's."""

    measure = None  # type: ignore[assignment]
    view = None  # type: ignore[assignment]
    year_group = forms.ChoiceField(required=False)
    subject = forms.ChoiceField(required=False)
    ignored = frozenset({"measure"})
    says_of_ignored: Mapping[str, str] = {"measure": "Progress here is always this year’s."}
    show = forms.ChoiceField(
        required=False, choices=[(each.value, "") for each in Conversation], widget=forms.HiddenInput
    )
    field_order = ("term", "year_group", "subject", "group", "crossed_with", "class_group")

    def __init__(self, data: Mapping[str, str], *, access: Access, today: dt.date) -> None:
        super().__init__(data, access=access, today=today)
        offered = years_with_lists(year_groups_to_choose(access, self.taken))
        self._choose("year_group", "All year groups", [(each.code, each.label) for each in offered])
        in_sight = subjects_in_sight(access.school, access.academic_year)
        self._in_sight = [subject.number for subject in in_sight]
        self._choose("subject", "All subjects", [(each.code.lower(), each.name) for each in in_sight])
        # Which list it is filters nothing.
        self.fields["show"].initial = self.data.get("show", "")
        self.full_clean()

    @property
    def shown(self) -> Conversation:
        """The list that is wanted; the first where none is."""
        return Conversation(self._chosen("show") or Conversation.FALLING_BACK)

    @property
    def subjects(self) -> list[int]:
        """Their numbers: the one that was chosen, else all that the school judges or has judged in the year."""
        chosen = self._chosen("subject")
        return [_NUMBERS[chosen]] if chosen else self._in_sight

    def chosen(self) -> dict[str, str]:
        """With year group and subject."""
        said = {name: self._chosen(name) for name in ("year_group", "subject") if self._chosen(name)}
        return super().chosen() | said

    def whom(self) -> list[str]:
        """With the year group and the subject that the list is narrowed to."""
        narrowed = [self._label_of(name) for name in ("year_group", "subject") if self._chosen(name)]
        return narrowed + super().whom()

    def scope(self) -> Scope:
        """Narrowed to the year group."""
        scope = super().scope()
        code = self._chosen("year_group")
        year_group = YearGroup.from_code(code) if code else None
        return replace(scope, filters=replace(scope.filters, year_group=year_group))
