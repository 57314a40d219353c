"""What the pages of the Good Level of Development and of the EYFS profile are asked for, from an address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from django import forms

from assessment.engine.subjects import EYFS_AREAS, Subject
from reports.documents.profile_parts import GoalPart, Show
from reports.forms.figures import FigureFilterForm
from reports.queries.choices import framework_to_choose_in
from reports.queries.scope import Scope
from schools.access import Access
from schools.calendar import YearGroup


class GoodLevelForm(FigureFilterForm):
    """The filters of the dashboard, of the children of Reception alone: no progress is measured, and there is no phase."""

    measure = None  # type: ignore[assignment]
    phase = None  # type: ignore[assignment]
    view = None  # type: ignore[assignment]
    ignored = frozenset({"measure", "phase"})
    highest_year_group = YearGroup.R

    def scope(self) -> Scope:
        """Narrowed to Reception."""
        scope = super().scope()
        return replace(scope, filters=replace(scope.filters, year_group=YearGroup.R))

    @property
    def why_not_beside_last_year(self) -> str:
        """Why what is shown has nothing of last year to stand beside; empty where it may have."""
        if self.taken:
            return "A snapshot is of one year: nothing of last year stands beside it."
        if self._chosen("class_group"):
            return "A class is of one year alone: nothing of last year stands beside it."
        if any(group.is_own for group in self._crossed()):
            return "A group that the school made is of one year alone: nothing of last year stands beside it."
        return ""


class ProfileForm(GoodLevelForm):
    """The same, and which of the children: by the whole profile, or by one goal."""

    show = forms.ChoiceField(
        label="Children",
        required=False,
        choices=[("" if each is Show.EVERYBODY else each.value, each.label) for each in Show],
    )
    goal = forms.ChoiceField(required=False)
    outcome = forms.ChoiceField(
        required=False,
        choices=[(each.value, each.label) for each in GoalPart],
        widget=forms.HiddenInput,
    )

    field_order = ("term", "show")

    def __init__(self, data: Mapping[str, str], *, access: Access, today: dt.date) -> None:
        super().__init__(data, access=access, today=today)
        self.framework = framework_to_choose_in(access, self.taken)
        self._goals = {goal.code.lower(): goal for goal in EYFS_AREAS[self.framework]}
        self._choose("goal", "All goals", [(code, goal.name) for code, goal in self._goals.items()])
        # A goal is chosen by the number that opens to it, and left by the way back.
        self.fields["goal"].widget = forms.HiddenInput()
        self.full_clean()

    @property
    def show_wanted(self) -> Show:
        return Show(self._chosen("show") or Show.EVERYBODY)

    @property
    def goal_wanted(self) -> Subject | None:
        return self._goals.get(self._chosen("goal"))

    @property
    def goal_part_wanted(self) -> GoalPart:
        return GoalPart(self._chosen("outcome") or GoalPart.JUDGED)

    def chosen_profile(self) -> dict[str, str]:
        """What links to the same list carry."""
        names = ("show", "goal", "outcome")
        narrowing = {name: self._chosen(name) for name in names if self._chosen(name)}
        return self.chosen() | narrowing
