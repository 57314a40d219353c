"""What is said when pupils are offered to another school, and when those of another one are taken in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms

from schools.calendar import YearGroup
from schools.forms.days import day_field
from schools.models import ClassGroup, School, TransferOffer
from schools.models.moving import LONGEST_REASON
from schools.queries.offers import Offerable, Offered
from schools.services.receiving import Place

ANOTHER = "another"


class OfferForm(forms.Form):
    """Which school, after which day, and who."""

    to = forms.TypedChoiceField(label="To", error_messages={"required": "Choose a school."})
    last_day = day_field(
        "Last day on roll here",
        "31 August for a move at the end of the year. The first day there is the day after.",
    )
    pupils = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, error_messages={"required": "Tick at least one pupil."}
    )

    def __init__(
        self, *args: Any, schools: Sequence[School], pupils: Sequence[Offerable], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.schools = {str(school.pk): school for school in schools}
        to: Any = self.fields["to"]
        to.choices = [
            ("", "Choose"),
            *((key, f"{school.name}, {school.year_groups_label}") for key, school in self.schools.items()),
        ]
        to.coerce = self.schools.__getitem__
        self.fields["last_day"].required = True
        those: Any = self.fields["pupils"]
        those.choices = [(str(pupil.public_id), pupil.name) for pupil in pupils]


class RefusalForm(forms.Form):
    """Why nobody more of the offer is taken in."""

    reason = forms.CharField(
        label="Why",
        max_length=LONGEST_REASON,
        help_text="Both schools keep it: write it without a pupil’s name.",
        error_messages={"required": "Say why."},
    )


class TakeInForm(forms.Form):
    """The first day of those who are taken in together."""

    first_day = day_field("First day here")

    def __init__(self, *args: Any, offer: TransferOffer, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"first_day": offer.first_day}, **kwargs})
        self.offer = offer
        self.fields["first_day"].required = True

    def clean_first_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["first_day"]
        if day <= self.offer.last_day:
            last = f"{self.offer.last_day:%d/%m/%Y}"
            raise forms.ValidationError(f"The last day at the other school is {last}: choose a later one.")
        return day


class PlaceForm(forms.Form):
    """One pupil of an offer: taken in now or not, where to, and whether somebody here is the same child."""

    take = forms.BooleanField(required=False, initial=True)
    year_group = forms.TypedChoiceField(
        label="Year group", coerce=lambda value: YearGroup(int(value)), widget=forms.Select
    )
    class_id = forms.ChoiceField(label="Class", required=False)
    same_as = forms.ChoiceField(required=False, widget=forms.RadioSelect)
    both = forms.ChoiceField(
        label="Where both schools have judged",
        required=False,
        choices=[("ours", "Keep what is here"), ("theirs", "Take what comes")],
        widget=forms.RadioSelect,
        initial="ours",
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        offered: Offered,
        school: School,
        classes: Sequence[ClassGroup],
    ) -> None:
        super().__init__(data, prefix=str(offered.there.public_id))
        self.offered = offered
        groups: Any = self.fields["year_group"]
        groups.choices = [
            (str(int(group)), group.label)
            for group in YearGroup
            if school.lowest_year_group <= group <= school.highest_year_group
        ]
        groups.initial = str(int(offered.year_group_then))
        of_classes: Any = self.fields["class_id"]
        of_classes.choices = [
            ("", "No class yet"),
            *((str(group.public_id), group.name) for group in classes),
        ]
        same: Any = self.fields["same_as"]
        same.choices = [
            *((str(match.here.public_id), f"Yes: {match.here.name}, here") for match in offered.matches),
            *(() if self.is_certain else ((ANOTHER, "No, another child"),)),
        ]
        same.label = f"Is {offered.there.name} the same child?"
        same.initial = str(offered.matches[0].here.public_id) if self.is_certain else None

    @property
    def is_certain(self) -> bool:
        """Whether somebody here is the child by number, or by an earlier copy."""
        return any(match.is_certain for match in self.offered.matches)

    @property
    def both_judged(self) -> int:
        """The most cells that both schools have judged."""
        return max((match.both_judged for match in self.offered.matches), default=0)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("take") and self.offered.matches and not given.get("same_as"):
            self.add_error("same_as", "Say whether it is the same child.")
        return given

    def place(self, first_day: dt.date) -> Place | None:
        """Where the pupil is to stand; None for one who is not taken in now."""
        given = self.cleaned_data
        if not given["take"]:
            return None
        same_as = given["same_as"]
        return Place(
            pupil_key=self.offered.there.public_id,
            year_group=given["year_group"],
            class_id=UUID(given["class_id"]) if given["class_id"] else None,
            first_day=first_day,
            same_as=None if same_as in {"", ANOTHER} else UUID(same_as),
            takes_theirs=given["both"] == "theirs",
        )
