"""The plan of a new school year, as a leader writes it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from schools.calendar import TermName
from schools.forms.days import day_field
from schools.models import CustomGroup, Goes
from schools.queries.roll_over import Block, Person, Plan, Teacher
from schools.queries.rolls import english
from schools.queries.terms import Dates
from schools.services.roll_over_draft import PlannedClass, PlannedMove, PlannedPupil
from schools.services.years import DatesRefusedError, refuse_dates

_ENDS = {"starts_on": "First day", "ends_on": "Last day"}
_LEAVE = Goes.LEAVES.value
# How many classes can be added at once.
_MORE = 2


def _key(term: TermName, end: str) -> str:
    return f"{term.label.lower()}-{end}"


class PlanDatesForm(forms.Form):
    """The new year's terms, and the last day on roll of those who leave."""

    def __init__(self, data: Mapping[str, Any] | None, *, plan: Plan) -> None:
        held = {
            _key(term, end): day
            for term, days in plan.dates.items()
            for end, day in zip(_ENDS, days, strict=True)
        }
        super().__init__(data, initial=held | {"leaves_on": plan.row.leaves_on})
        self._plan = plan
        for term in TermName:
            for end, label in _ENDS.items():
                field = day_field(f"{label} of {term.label}")
                field.required = True
                self.fields[_key(term, end)] = field
        usual = (
            f"Empty: {english(plan.leaves_on)}."
            if not plan.row.leaves_on
            else "Empty: the last day of Summer."
        )
        self.fields["leaves_on"] = day_field("Last day on roll of those who leave", usual)

    def clean(self) -> None:
        super().clean()
        if not self.errors:
            try:
                refuse_dates(self._plan.school, self._plan.new_year, self.dates)
            except DatesRefusedError as refusal:
                self.add_error(_key(refusal.term, refusal.end), str(refusal))

    @property
    def dates(self) -> Dates:
        """What was written; the form has to be valid."""
        return {
            term: (self.cleaned_data[_key(term, "starts_on")], self.cleaned_data[_key(term, "ends_on")])
            for term in TermName
        }

    @property
    def terms(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields, term by term."""
        return [(term.label, [self[_key(term, end)] for end in _ENDS]) for term in TermName]


class PlannedClassForm(forms.Form):
    """A class of the new year; without a name it is taken away, or not made."""

    name = forms.CharField(label="Name of the class", max_length=50, required=False)
    teachers = forms.MultipleChoiceField(
        label="Who teaches it", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        key: int | None,
        prefix: str,
        initial: Mapping[str, Any],
        teachers: Sequence[Teacher],
    ) -> None:
        super().__init__(data, prefix=prefix, initial=dict(initial))
        self.key = key
        self._names = {str(teacher.public_id): teacher.name for teacher in teachers}
        offered = self.fields["teachers"]
        offered.choices = list(self._names.items())  # type: ignore[attr-defined]

    @property
    def taught_by(self) -> str:
        """The names of who is to teach it, for the closed list."""
        chosen = [str(each) for each in self["teachers"].value() or []]
        return ", ".join(self._names[each] for each in chosen if each in self._names)

    @property
    def planned(self) -> PlannedClass:
        """What was written; the form has to be valid."""
        teachers = tuple(uuid.UUID(each) for each in self.cleaned_data["teachers"])
        return PlannedClass(self.key, self.cleaned_data["name"], teachers)


def class_forms(
    plan: Plan, teachers: Sequence[Teacher], data: Mapping[str, Any] | None = None
) -> list[PlannedClassForm]:
    """One for each class of the plan, and a few for more."""
    held = [
        PlannedClassForm(
            data,
            key=each.pk,
            prefix=str(each.public_id),
            initial={"name": each.name, "teachers": [str(one) for one in each.teachers]},
            teachers=teachers,
        )
        for each in plan.classes
    ]
    more = [
        PlannedClassForm(data, key=None, prefix=f"more-{at}", initial={}, teachers=teachers)
        for at in range(1, _MORE + 1)
    ]
    return [*held, *more]


def _class_choices(plan: Plan) -> list[tuple[str, str]]:
    return [(str(each.public_id), each.name) for each in plan.classes]


class MoveForm(forms.Form):
    """Where the pupils of a class and year group go."""

    to = forms.ChoiceField(label="Goes to", required=False)

    def __init__(self, data: Mapping[str, Any] | None, *, plan: Plan, block: Block) -> None:
        classes = {each.pk: str(each.public_id) for each in plan.classes}
        now = _LEAVE if block.goes is Goes.LEAVES else classes.get(block.to_class or 0, "")
        super().__init__(data, prefix=block.key, initial={"to": now})
        self.block = block
        self._plan = plan
        self.fields["to"].label = f"{block.class_name or 'No class'}, {block.year_group.label}"
        choices = [("", "No class yet"), *_class_choices(plan)]
        self.fields["to"].choices = [*choices, (_LEAVE, "Leave the school")]  # type: ignore[attr-defined]

    @property
    def planned(self) -> PlannedMove:
        """What was chosen; the form has to be valid."""
        said, block = self.cleaned_data["to"], self.block
        to_class = next((each for each in self._plan.classes if str(each.public_id) == said), None)
        of = next((each for each in self._plan.from_classes if each.pk == block.class_id), None)
        return PlannedMove(of, block.year_group, Goes.LEAVES if said == _LEAVE else Goes.UP, to_class)


class PlannedPupilForm(forms.Form):
    """What becomes of one pupil; left alone, what becomes of the class."""

    goes = forms.ChoiceField(
        label="What happens", required=False, choices=[("", "As the class"), *Goes.choices]
    )
    to_class = forms.ChoiceField(label="Class", required=False)
    leaves_on = day_field("Last day, if leaving")

    def __init__(self, data: Mapping[str, Any] | None, *, plan: Plan, person: Person) -> None:
        said = plan.exceptions.get(person.pupil_id)
        classes = {each.pk: str(each.public_id) for each in plan.classes}
        initial = (
            {
                "goes": said.goes,
                "to_class": classes.get(said.to_class_id or 0, ""),
                "leaves_on": said.leaves_on,
            }
            if said
            else {}
        )
        super().__init__(data, prefix=str(person.public_id), initial=initial)
        self.person = person
        self._plan = plan
        usual = [("", "As the class"), *_class_choices(plan)]
        self.fields["to_class"].choices = usual  # type: ignore[attr-defined]

    @property
    def planned(self) -> PlannedPupil:
        """What was chosen; the form has to be valid."""
        said = self.cleaned_data
        to_class = next(
            (each for each in self._plan.classes if str(each.public_id) == said["to_class"]), None
        )
        goes = Goes(said["goes"]) if said["goes"] else None
        return PlannedPupil(self.person.pupil_id, goes, to_class, said["leaves_on"])

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        day: dt.date | None = said.get("leaves_on")
        if day and said.get("goes") != _LEAVE:
            self.add_error("leaves_on", "Choose “Leaves the school” too, or leave the day empty.")
        return said


class PlanGroupsForm(forms.Form):
    """Which of the school's own groups go along."""

    groups = forms.MultipleChoiceField(
        label="Groups to copy", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Mapping[str, Any] | None, *, plan: Plan, groups: Iterable[CustomGroup]) -> None:
        super().__init__(data, initial={"groups": [str(each) for each in plan.row.groups]})
        offered = self.fields["groups"]
        offered.choices = [(str(each.public_id), each.name) for each in groups]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[uuid.UUID]:
        """What was ticked; the form has to be valid."""
        return [uuid.UUID(each) for each in self.cleaned_data["groups"]]
