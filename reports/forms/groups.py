"""What the page of groups is asked for, from an address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from django import forms

from reports.documents.figure_pupils import SUBJECT_CODES
from reports.forms.figures import FigureFilterForm, first_subject, subject_choices
from reports.queries.choices import framework_to_choose_in, year_groups_to_choose
from reports.queries.figures import GOOD_LEVEL_OF_DEVELOPMENT
from reports.queries.groups import Group
from reports.queries.scope import Scope
from schools.access import Access
from schools.calendar import YearGroup
from schools.permissions import Permission


class GroupsForm(FigureFilterForm):
    """The filters of the page: in what, of whom, and which two groups are crossed. It shows all groups, so none is a filter.

    Whoever sees no names chooses the term alone.
    """

    group = None  # type: ignore[assignment]
    crossed_with = None  # type: ignore[assignment]
    view = None  # type: ignore[assignment]
    year_group = forms.ChoiceField(required=False)
    subject = forms.ChoiceField(required=False)
    first = forms.ChoiceField(label="Cross", required=False)
    second = forms.ChoiceField(label="with", required=False)

    field_order = ("term", "phase", "year_group", "subject", "measure", "class_group", "first", "second")
    group_fields: Mapping[str, str] = {"first": "No group", "second": "No group"}

    def __init__(self, data: Mapping[str, str], *, access: Access, today: dt.date) -> None:
        super().__init__(self._as_crossed(data, access), access=access, today=today)
        if not access.may(Permission.SEE_OWN_CLASSES):
            for name in ("year_group", "subject", "first", "second"):
                del self.fields[name]
            return
        year_groups = year_groups_to_choose(access, self.taken)
        framework = framework_to_choose_in(access, self.taken)
        self._first_subject = first_subject(year_groups, framework)
        self._choose("year_group", "All year groups", [(each.code, each.label) for each in year_groups])
        subjects: forms.Field = self.fields["subject"]
        subjects.choices = subject_choices(access, year_groups, framework)  # type: ignore[attr-defined]
        self.data = {"subject": self._first_subject, **self.data}
        subjects.initial = self.data["subject"]
        self.full_clean()

    @staticmethod
    def _as_crossed(data: Mapping[str, str], access: Access) -> Mapping[str, str]:
        """The address with the groups that another page was narrowed to as those that are crossed here."""
        if not access.may(Permission.SEE_OWN_CLASSES):
            return data
        said = dict(data)
        for name, narrowed in (("first", "group"), ("second", "crossed_with")):
            group = said.pop(narrowed, "")
            said[name] = said.get(name) or group
        return said

    @property
    def subject_wanted(self) -> int:
        """The number of a subject or area, or of what is over several."""
        return SUBJECT_CODES[self._chosen("subject") or self._first_subject]

    @property
    def crossed(self) -> tuple[Group, Group] | None:
        """The two groups that are crossed; None where not two of them are chosen."""
        first, second = self.group_chosen("first"), self.group_chosen("second")
        return (first, second) if first and second and first is not second else None

    def scope(self) -> Scope:
        """Narrowed to the year group."""
        scope = super().scope()
        code = self._chosen("year_group")
        year_group = YearGroup.from_code(code) if code else None
        if "subject" in self.fields and self.subject_wanted == GOOD_LEVEL_OF_DEVELOPMENT:
            year_group = YearGroup.R
        return replace(scope, filters=replace(scope.filters, year_group=year_group))

    def chosen_figures(self) -> dict[str, str]:
        """What links to pupils carry."""
        year_group = self.scope().filters.year_group
        return super().chosen() | ({} if year_group is None else {"year_group": year_group.code})

    def chosen(self) -> dict[str, str]:
        """What links to the same page and its files carry."""
        names = ("year_group", "subject", "first", "second")
        return super().chosen() | {name: self._chosen(name) for name in names if self._chosen(name)}

    def chosen_of_dashboard(self) -> dict[str, str]:
        """What the link to the dashboard carries: all that filters there too."""
        return super().chosen()

    @property
    def chosen_query(self) -> str:
        """The same as an address has it."""
        return urlencode(self.chosen())

    def narrowed_to(self) -> list[str]:
        """What a file's title says of the choices, with the year group."""
        year_group = self.scope().filters.year_group
        return [*([] if year_group is None else [year_group.label]), *super().narrowed_to()]
