"""What cohorts over time and year groups compared are asked for, from an address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django import forms

from reports.documents.cohorts import CohortPart
from reports.forms.figures import FigureFilterForm
from reports.forms.progress_choices import since_of, with_one_measure
from schools.access import Access

# What is left out where an address narrows to a group that the school made, by either field.
_OWN_GROUP = "own_group"


class _OverYears(FigureFilterForm):
    """Figures of several years are as they are now: a snapshot is of one."""

    phase = None  # type: ignore[assignment]
    view = None  # type: ignore[assignment]
    snapshot = None  # type: ignore[assignment]
    offers_points = False
    ignored = frozenset({"phase", "measure"})
    says_of_ignored: Mapping[str, str] = {
        "measure": "Progress here is that of each year.",
        "phase": "This page is of one year group: no phase is chosen here.",
    }

    def __init__(self, data: Mapping[str, str], *, access: Access, today: dt.date) -> None:
        self._of_snapshot = bool(data.get("snapshot"))
        said = with_one_measure(data)
        self._of_point = since_of(said.get("measure", "")) is not None
        left_out = {"snapshot", *(["measure"] if self._of_point else [])}
        without = {name: value for name, value in said.items() if name not in left_out}
        super().__init__(without, access=access, today=today)

    @property
    def asks_for_more(self) -> bool:
        return self._of_snapshot or super().asks_for_more

    def _asked_beside(self) -> set[str]:
        return super()._asked_beside() | ({"measure"} if self._of_point else set())

    def chosen_of_other_years(self) -> dict[str, str]:
        """What the links between the two pages carry: the term and the groups, as the rest is of one of them."""
        return {name: said for name, said in self.chosen().items() if name not in {"class_group", "measure"}}


class CohortForm(_OverYears):
    """Of a cohort over time: whose children it is today. Progress is that of each year."""

    measure = None  # type: ignore[assignment]


class CohortPupilsForm(CohortForm):
    """The same, and which point and which part of its pupils."""

    at = forms.CharField(required=False, max_length=20)
    part = forms.ChoiceField(required=False, choices=[(part.value, "") for part in CohortPart])

    @property
    def at_wanted(self) -> str:
        return self._chosen("at")

    @property
    def part_wanted(self) -> CohortPart:
        return CohortPart(self._chosen("part") or CohortPart.MATCHED)


class SameAgeForm(_OverYears):
    """Of year groups compared: a class is of one year alone, and so is a group that the school made."""

    class_group = None  # type: ignore[assignment]
    offers_own_groups = False
    ignored = frozenset({"phase", "measure", "class_group", _OWN_GROUP})
    says_of_ignored: Mapping[str, str] = {
        **_OverYears.says_of_ignored,
        "measure": "Years are compared without a chosen start: progress here is each year’s own.",
        "class_group": "A class is of one year alone: here are all classes of each year group.",
        _OWN_GROUP: "A group that the school made is of one year alone: it narrows nothing here.",
    }

    def __init__(self, data: Mapping[str, str], *, access: Access, today: dt.date) -> None:
        own = {
            name for name in ("group", "crossed_with") if data.get(name, "").startswith(("own-", "not-own-"))
        }
        self._of_own_group = bool(own)
        without = {name: value for name, value in data.items() if name not in own}
        super().__init__(without, access=access, today=today)

    def _asked_beside(self) -> set[str]:
        return super()._asked_beside() | ({_OWN_GROUP} if self._of_own_group else set())
