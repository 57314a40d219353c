"""Of whom pages are wanted, all at once."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from reports.forms.governor_reports import TERMS
from schools.access import Access
from schools.calendar import TermName, YearGroup
from schools.models import PupilYear
from schools.queries.classes import classes_for
from schools.queries.rolls import pupils_for

# While it is made each page takes about three megabytes.
MOST_PUPILS = 400
_EVERYBODY = "everybody"


class PupilPagesForm(forms.Form):
    """A class, a year group or everybody, of those that the person may see."""

    whom = forms.ChoiceField(label="Whose pages")
    term = forms.ChoiceField(label="As at the end of", choices=TERMS)

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._access = access
        years = pupils_for(access).order_by("year_group").values_list("year_group", flat=True).distinct()
        field: Any = self.fields["whom"]
        classes = classes_for(access).order_by("name", "pk").values_list("public_id", "name")
        everybody = pupils_for(access).count()
        if everybody > MOST_PUPILS:
            field.help_text = too_many(everybody)
        field.choices = [
            *([(_EVERYBODY, "Everybody you see")] if everybody <= MOST_PUPILS else []),
            ("Classes", [(f"class-{public_id}", name) for public_id, name in classes]),
            ("Year groups", [(f"year-{int(year)}", YearGroup(year).label) for year in years]),
        ]

    def clean_whom(self) -> str:
        """Not more at once than a file holds."""
        whom = str(self.cleaned_data["whom"])
        chosen = pupils_of(self._access, whom).count()
        if chosen > MOST_PUPILS:
            raise ValidationError(too_many(chosen))
        return whom

    @property
    def arguments(self) -> dict[str, str]:
        """What the worker is asked for; of a valid form."""
        return {"whom": self.cleaned_data["whom"], "term": self.cleaned_data["term"]}


def too_many(chosen: int) -> str:
    """The sentence for whoever chose more pupils than one file holds."""
    return f"These are {chosen} pupils, and one file holds {MOST_PUPILS}: choose a class or a year group."


def pupils_of(access: Access, whom: str) -> QuerySet[PupilYear]:
    """Those of the chosen that this person may see, class by class and by name."""
    pupils = pupils_for(access)
    kind, _, which = whom.partition("-")
    if kind == "class":
        pupils = pupils.filter(class_group__public_id=uuid.UUID(which))
    elif kind == "year":
        pupils = pupils.filter(year_group=int(which))
    return pupils.order_by("class_group__name", "pupil__surname", "pupil__forename", "pk")


def term_named(name: str) -> TermName:
    """The term by its name in small letters."""
    return TermName[name.upper()]
