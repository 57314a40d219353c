"""How a leader lays out a marksheet: its name, the year groups it is for, and its columns, each with the settings of its kind."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django import forms
from django.http import QueryDict

from assessment.queries.column_kinds import KINDS, Around, ColumnKind, Setting
from assessment.queries.template_columns import LONGEST_TITLE, MOST_COLUMNS, Kept
from schools.calendar import YearGroup

_KEY = re.compile(r"[a-z0-9]{1,12}")
LONGEST_NAME = 60


class TemplateForm(forms.Form):
    """The name, and for which of the school's year groups; none chosen, for all."""

    name = forms.CharField(
        label="Name",
        max_length=LONGEST_NAME,
        error_messages={
            "required": "Give the marksheet a name.",
            "max_length": f"A name has at most {LONGEST_NAME} characters.",
        },
    )
    year_groups = forms.TypedMultipleChoiceField(
        label="For the year groups",
        required=False,
        coerce=YearGroup.from_code,
        widget=forms.CheckboxSelectMultiple,
        help_text="None ticked: for all that are judged so.",
    )

    def __init__(self, *args: Any, year_groups: Sequence[YearGroup], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["year_groups"]
        field.choices = [(each.code, each.label) for each in year_groups]


class FavouriteForm(forms.Form):
    """Which template is to be kept at hand, or no longer."""

    template = forms.CharField(max_length=40)
    keep = forms.TypedChoiceField(
        choices=[("yes", "Keep"), ("no", "Let go")], coerce=lambda said: said == "yes"
    )


class UseForm(forms.Form):
    """Whether a template is to be in use, or put away."""

    use = forms.TypedChoiceField(
        choices=[("yes", "Take up"), ("no", "Put away")], coerce=lambda said: said == "yes"
    )


class Act(NamedTuple):
    """A button: what it sends, the sign on it, and its name before that of the column."""

    value: str
    sign: str
    name: str


_ACTS = (
    ("up", "\N{UPWARDS ARROW}", "Move up:"),
    ("down", "\N{DOWNWARDS ARROW}", "Move down:"),
    ("remove", "\N{MULTIPLICATION SIGN}", "Remove"),
)


class ColumnForm(forms.Form):
    """One column: the fields are made from the settings of its kind. What is wrong with them the registry says, not the form."""

    def __init__(self, kept: Kept, kind: ColumnKind, around: Around, focus: str = "") -> None:
        key = kept["key"]
        names = ["title", *(setting.key for setting in kind.settings)]
        super().__init__({f"{key}-{name}": kept.get(name, "") for name in names}, prefix=key)
        self.kind, self.key = kind, key
        for setting in kind.settings:
            self.fields[setting.key] = _field(setting, around)
        self.fields["title"] = forms.CharField(
            label="Heading of your own",
            required=False,
            widget=forms.TextInput(attrs={"maxlength": LONGEST_TITLE}),
        )
        for name, field in self.fields.items():
            if focus == self.add_prefix(name):
                field.widget.attrs["autofocus"] = True
        self.full_clean()

    def acts(self) -> list[Act]:
        """What can be done with the column as a whole."""
        return [Act(f"{verb}-{self.key}", sign, name) for verb, sign, name in _ACTS]

    def blame(self, setting: str, message: str) -> None:
        """Say what is wrong, beside the setting where it is one's."""
        self.add_error(setting if setting in self.fields else None, message)


def _field(setting: Setting, around: Around) -> forms.Field:
    widget = forms.CheckboxSelectMultiple if setting.is_several else forms.Select
    return forms.Field(
        label=setting.label, required=False, widget=widget(choices=list(setting.choices(around)))
    )


def columns_sent(data: QueryDict) -> list[dict[str, Any]]:
    """The columns as the page sends them, in its order; what is not of its form is left out."""
    found = []
    for key in dict.fromkeys(data.getlist("column")[: MOST_COLUMNS + 1]):
        kind = KINDS.get(data.get(f"{key}-kind", ""))
        if kind is None or not _KEY.fullmatch(key):
            continue
        column: dict[str, Any] = {
            "key": key,
            "kind": kind.code,
            "title": data.get(f"{key}-title", "").replace("\0", "").strip(),
        }
        for setting in kind.settings:
            name = f"{key}-{setting.key}"
            column[setting.key] = data.getlist(name) if setting.is_several else data.get(name, "")
        found.append(column)
    return found


def with_another(columns: Sequence[Mapping[str, Any]], kind: ColumnKind) -> list[dict[str, Any]]:
    """The columns and one of the kind behind them: of the same subject as the last, and of a term that is not there yet."""
    taken = {column["key"] for column in columns}
    number = next(each for each in range(1, len(columns) + 2) if f"c{each}" not in taken)
    subject = next((column["subject"] for column in reversed(columns) if column.get("subject")), None)
    settings = {
        setting.key: subject
        if setting.key == "subject" and subject
        else ([] if setting.is_several else setting.default)
        for setting in kind.settings
    }
    new = {"kind": kind.code, **settings}
    there = [{name: column.get(name) for name in new} for column in columns]
    terms = [code for setting in kind.settings if setting.key == "term" for code, _ in setting.codes()]
    free = next((term for term in terms if new | {"term": term} not in there), None)
    if free:
        new["term"] = free
    return [*(dict(column) for column in columns), {"key": f"c{number}", "title": "", **new}]


def moved(columns: Sequence[Mapping[str, Any]], key: str, by: int) -> list[dict[str, Any]]:
    """The column with the key so many places further on; it stays where there is none."""
    left = [dict(column) for column in columns]
    place = next((place for place, column in enumerate(left) if column["key"] == key), None)
    if place is not None:
        left.insert(min(max(place + by, 0), len(left) - 1), left.pop(place))
    return left


def without(columns: Sequence[Mapping[str, Any]], key: str) -> list[dict[str, Any]]:
    """The columns but the one with the key."""
    return [dict(column) for column in columns if column["key"] != key]
