"""What figures are asked for, from an address: when, measured how, of whom."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms

from assessment.engine.subjects import EYFS_AREAS, SUBJECTS, Subject, is_early_years
from reports.documents.figure_pupils import OVER_CODES, SUBJECT_CODES, Part
from reports.documents.shown_figures import OVER_SUBJECTS
from reports.queries.figures import COMBINED, GOOD_LEVEL_OF_DEVELOPMENT
from reports.queries.groups import BY_SLUG
from reports.queries.scope import Filters, Measure, Scope
from schools.access import Access
from schools.calendar import EyfsFramework, TermName, YearGroup
from schools.models import SchoolYear
from schools.permissions import Permission
from schools.queries.classes import classes_for
from schools.queries.rolls import year_groups_for
from schools.queries.terms import reporting_term

TERMS = {term.label.lower(): term for term in TermName}
TILES, TABLE = "tiles", "table"


class FigureFilterForm(forms.Form):
    """The filters of a page of figures. An unknown choice is an error and counts as not made.

    Whoever sees no names chooses the term alone: any other choice, beside what it leaves out, would tell of a few pupils.
    """

    term = forms.ChoiceField(required=False, choices=[(key, term.label) for key, term in TERMS.items()])
    measure = forms.ChoiceField(
        label="Progress",
        required=False,
        choices=[
            (Measure.YEAR.value, "This year"),
            (Measure.TERM.value, "This term"),
            (Measure.PHASE.value, "This phase"),
            (Measure.KEY_STAGE.value, "This key stage"),
        ],
    )
    group = forms.ChoiceField(
        required=False,
        choices=[("", "All pupils"), *((slug, group.name) for slug, group in BY_SLUG.items())],
    )
    class_group = forms.ChoiceField(label="Class", required=False)
    view = forms.ChoiceField(required=False, choices=[(TILES, ""), (TABLE, "")], widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, str], *, access: Access, today: dt.date) -> None:
        self.access = access
        self.last_term = reporting_term(access, today)
        defaults = {"term": self.last_term.label.lower(), "measure": Measure.YEAR.value}
        super().__init__({**defaults, **{name: value for name, value in data.items() if value}})
        for name in defaults.keys() & self.fields.keys():
            self.fields[name].initial = defaults[name]
        if access.may(Permission.SEE_OWN_CLASSES):
            classes = classes_for(access).order_by("name", "pk").values_list("public_id", "name")
            self._choose("class_group", "All classes", [(str(key), name) for key, name in classes])
        else:
            for name in ("measure", "group", "class_group"):
                self.fields.pop(name, None)
        self.full_clean()

    def _choose(self, name: str, everything: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = [("", everything), *choices]

    @property
    def asks_for_more(self) -> bool:
        """Whether the address asks for what is not here, or not for this viewer."""
        offered = {"measure", "group", "class_group"} - set(self.fields)
        return bool(self.errors) or any(
            self.data.get(name) not in {None, Measure.YEAR.value} for name in offered
        )

    @property
    def is_table(self) -> bool:
        """Whether the figures are wanted as a table instead of tiles."""
        return self._chosen("view") == TABLE

    def _chosen(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or "")

    def scope(self) -> Scope:
        """Of the whole school, or what of it the filters leave; for this viewer."""
        class_group, group = self._chosen("class_group"), self._chosen("group")
        return Scope(
            schools=(self.access.school,),
            academic_year=self.access.academic_year,
            term=TERMS.get(self._chosen("term"), self.last_term),
            measure=Measure(self._chosen("measure") or Measure.YEAR),
            filters=Filters(
                class_id=uuid.UUID(class_group) if class_group else None,
                group=BY_SLUG[group].key if group else None,
            ),
            viewer=self.access,
        )

    def chosen(self) -> dict[str, str]:
        """What links to the same figures carry: the term always, so that a link means the same next term."""
        chosen = {"term": self.scope().term.label.lower()}
        if self.scope().measure is not Measure.YEAR:
            chosen["measure"] = self._chosen("measure")
        return chosen | {name: self._chosen(name) for name in ("group", "class_group") if self._chosen(name)}

    def chosen_of_year_group(self) -> dict[str, str]:
        """What links to a year group's page carry: the same without the group, as it shows all of them."""
        return {name: value for name, value in self.chosen().items() if name != "group"}

    def narrowed_to(self) -> list[str]:
        """What a file's title says of the choices: the group by name, but no class's."""
        group = [BY_SLUG[self._chosen("group")].name] if self._chosen("group") else []
        if self._chosen("class_group"):
            return [*group, "one class"]
        return group if self.scope().own_classes_of is None else [*group, "own classes"]

    def whom(self) -> list[str]:
        """The names of the group and the class that the figures are narrowed to."""
        return [self._label_of(name) for name in ("group", "class_group") if self._chosen(name)]

    def _label_of(self, name: str) -> str:
        """What was chosen, in words."""
        field: Any = self.fields[name]
        return str(dict(field.choices)[self._chosen(name)])


class YearGroupForm(FigureFilterForm):
    """Of a year group's page, which shows its groups side by side: none is chosen."""

    group = None  # type: ignore[assignment]


class FigurePupilsForm(FigureFilterForm):
    """The same, and which figure: year group, subject, and which part of its pupils."""

    part = forms.ChoiceField(
        label="Show", required=False, choices=[(part.value, part.label) for part in Part]
    )
    year_group = forms.ChoiceField(required=False)
    subject = forms.ChoiceField(required=False)

    field_order = ("year_group", "subject", "part")

    def __init__(self, data: Mapping[str, str], *, access: Access, today: dt.date) -> None:
        super().__init__(data, access=access, today=today)
        year_groups = year_groups_for(access)
        self._choose("year_group", "All year groups", [(each.code, each.label) for each in year_groups])
        framework = _framework(access)
        subjects: Any = self.fields["subject"]
        subjects.choices = _subject_choices(year_groups, framework)
        for name in ("term", "measure", "group", "class_group"):
            self.fields[name].widget = forms.HiddenInput()
        self._first_subject = _first_subject(year_groups, framework)
        self.data = {"part": Part.PUPILS.value, "subject": self._first_subject, **self.data}
        for name in ("year_group", "subject", "part"):
            # Which figure it is filters nothing.
            self.fields[name].initial = self.data.get(name, "")
        self.full_clean()

    @property
    def part_wanted(self) -> Part:
        return Part(self._chosen("part") or Part.PUPILS)

    @property
    def subject_wanted(self) -> int:
        """The number of a subject or area, or of what is over several."""
        return SUBJECT_CODES[self._chosen("subject") or self._first_subject]

    @property
    def year_group_wanted(self) -> YearGroup | None:
        if self.subject_wanted == GOOD_LEVEL_OF_DEVELOPMENT:
            return YearGroup.R
        code = self._chosen("year_group")
        return YearGroup.from_code(code) if code else None

    def chosen_figure(self) -> dict[str, str]:
        """What links to the same list carry."""
        figure = {
            name: self._chosen(name) for name in ("year_group", "subject", "part") if self._chosen(name)
        }
        return {**self.chosen(), **figure}

    def scope(self) -> Scope:
        """Narrowed to the year group."""
        scope = super().scope()
        return replace(scope, filters=replace(scope.filters, year_group=self.year_group_wanted))


def _framework(access: Access) -> EyfsFramework:
    year = SchoolYear.objects.in_school(access.school).get(academic_year=access.academic_year)
    return EyfsFramework(year.eyfs_framework)


def _first_subject(year_groups: list[YearGroup], framework: EyfsFramework) -> str:
    """Reading, unless everybody is in the early years."""
    is_older = not year_groups or not is_early_years(year_groups[-1])
    return (SUBJECTS if is_older else EYFS_AREAS[framework])[0].code.lower()


def _subject_choices(year_groups: list[YearGroup], framework: EyfsFramework) -> list[tuple[str, Any]]:
    """The subjects, and in a school with nursery or Reception the areas of its framework."""
    older = [*_choices(SUBJECTS), (OVER_CODES[COMBINED], OVER_SUBJECTS[COMBINED])]
    gld = (OVER_CODES[GOOD_LEVEL_OF_DEVELOPMENT], OVER_SUBJECTS[GOOD_LEVEL_OF_DEVELOPMENT])
    areas = [*_choices(EYFS_AREAS[framework]), gld]
    if not any(is_early_years(each) for each in year_groups):
        return list(older)
    if all(is_early_years(each) for each in year_groups):
        return list(areas)
    return [("From Year 1", older), ("Nursery and Reception", areas)]


def _choices(subjects: tuple[Subject, ...]) -> list[tuple[str, str]]:
    return [(subject.code.lower(), subject.name) for subject in subjects]
