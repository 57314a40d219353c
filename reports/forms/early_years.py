"""What the pages of nursery and Reception are asked for, from an address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from django import forms

from assessment.engine.subjects import EYFS_AREAS, is_early_years
from reports.documents.early_years_entry import EntryPart
from reports.documents.figure_pupils import SUBJECT_CODES
from reports.forms.figures import FigureFilterForm
from reports.queries.choices import framework_to_choose_in, year_groups_to_choose
from reports.queries.prime_areas import PRIME_MEASURES
from reports.queries.scope import Scope
from schools.access import Access
from schools.bands import in_words
from schools.calendar import YearGroup

_ALL = "all"


class EarlyYearsForm(FigureFilterForm):
    """Whose children, and what their groups and their way from nursery are shown in.

    The page opens on the oldest of the nursery and Reception year groups in sight: each is judged by its own age, so that together they are a choice.
    """

    measure = None  # type: ignore[assignment]
    phase = None  # type: ignore[assignment]
    view = None  # type: ignore[assignment]
    year_group = forms.ChoiceField(required=False)
    subject = forms.ChoiceField(label="Groups and over time in", required=False)

    field_order = (
        "term",
        "year_group",
        "subject",
        "over",
        "group",
        "crossed_with",
        "class_group",
        "snapshot",
    )
    ignored = frozenset({"phase", "measure"})
    highest_year_group = YearGroup.R

    def __init__(self, data: Mapping[str, str], *, access: Access, today: dt.date) -> None:
        super().__init__(data, access=access, today=today)
        self.year_groups = [
            each for each in year_groups_to_choose(access, self.taken) if is_early_years(each)
        ]
        self.framework = framework_to_choose_in(access, self.taken)
        offered: list[tuple[str, object]] = [(each.code, each.label) for each in reversed(self.year_groups)]
        if len(offered) > 1:
            offered.append((_ALL, "Nursery and Reception"))
        self._offer("year_group", offered)
        self._offer("subject", self._subjects())
        self.data = {**{name: self.fields[name].initial for name in ("year_group", "subject")}, **self.data}
        self.full_clean()

    def _offer(self, name: str, choices: list[tuple[str, object]]) -> None:
        """The choices of a field of which one always holds: the first, where none is named."""
        field = self.fields[name]
        field.choices = choices  # type: ignore[attr-defined]
        # It filters nothing, so no filter is marked as chosen.
        field.initial = self._first(choices)

    @staticmethod
    def _first(choices: list[tuple[str, object]]) -> str:
        if not choices:
            return ""
        value, label = choices[0]
        return str(label[0][0]) if isinstance(label, list) else value

    def _subjects(self) -> list[tuple[str, object]]:
        primes = [(measure.code, measure.name) for measure in PRIME_MEASURES]
        return [("Prime areas together", primes), *self._areas()]

    def _areas(self) -> list[tuple[str, object]]:
        """The areas of the year's framework under their headings."""
        by_heading: dict[str, list[tuple[str, str]]] = {}
        for area in EYFS_AREAS[self.framework]:
            by_heading.setdefault(area.area_of_learning, []).append((area.code.lower(), area.name))
        return list(by_heading.items())

    @property
    def year_group_wanted(self) -> YearGroup | None:
        """None for nursery and Reception together, and where there is neither."""
        code = self._chosen("year_group") or str(self.fields["year_group"].initial)
        return YearGroup.from_code(code) if code and code != _ALL else None

    @property
    def subject_wanted(self) -> int:
        """The number of an area, or of prime areas together."""
        return SUBJECT_CODES[self._chosen("subject") or str(self.fields["subject"].initial)]

    def scope(self) -> Scope:
        """Narrowed to the year group."""
        scope = super().scope()
        return replace(scope, filters=replace(scope.filters, year_group=self.year_group_wanted))

    def chosen_of_tabs(self) -> dict[str, str]:
        """What links to the other early years pages carry."""
        code = self._chosen("year_group")
        return {**super().chosen(), **({"year_group": code} if code else {})}

    def chosen_of_groups(self) -> dict[str, str]:
        """What links to the pupils of groups carry: all groups are shown, so that none narrows them."""
        year_group = self.year_group_wanted
        of_year_group = {} if year_group is None else {"year_group": year_group.code}
        kept = {
            name: value for name, value in super().chosen().items() if name not in {"group", "crossed_with"}
        }
        return {**kept, **of_year_group}

    def chosen_of_page(self) -> dict[str, str]:
        """What links to the same page and its files carry."""
        subject = self._chosen("subject")
        return {**self.chosen_of_tabs(), **({"subject": subject} if subject else {})}


class AspectsForm(EarlyYearsForm):
    """In one area, over the terms of the year, or over the years at the end of the same term."""

    subject = forms.ChoiceField(label="Area", required=False)
    over = forms.ChoiceField(label="Side by side", required=False)

    TERMS, YEARS = "terms", "years"

    def __init__(self, data: Mapping[str, str], *, access: Access, today: dt.date) -> None:
        super().__init__(data, access=access, today=today)
        self._offer("over", [(self.TERMS, "The terms of this year"), (self.YEARS, "This term, year by year")])
        self.data = {"over": self.TERMS, **self.data}
        self.full_clean()

    def _subjects(self) -> list[tuple[str, object]]:
        return self._areas()

    @property
    def is_of_one_year(self) -> bool:
        """Whether it is narrowed to what is of one year alone: a class, a group that the school made, a snapshot."""
        return bool(
            self._chosen("class_group") or self.taken or any(group.is_own for group in self._crossed())
        )

    @property
    def over_years(self) -> bool:
        """Whether years stand side by side instead of terms."""
        return self._chosen("over") == self.YEARS and not self.is_of_one_year

    @property
    def notes(self) -> list[str]:
        """And that years cannot stand side by side where what is chosen is of one."""
        said = super().notes
        if self._chosen("over") == self.YEARS and self.is_of_one_year:
            said.append(
                "A class, a group that the school made and a snapshot are of one year alone: here are the terms of this one."
            )
        return said

    @property
    def is_all_here(self) -> bool:
        return super().is_all_here and not (self._chosen("over") == self.YEARS and self.is_of_one_year)

    def chosen_of_page(self) -> dict[str, str]:
        over = {"over": self.YEARS} if self._chosen("over") == self.YEARS else {}
        return super().chosen_of_page() | over


class EntryChildrenForm(EarlyYearsForm):
    """Of a list of children from entry until now: in which area, and which of them."""

    subject = forms.ChoiceField(label="Area", required=False)
    part = forms.ChoiceField(
        label="Show",
        required=False,
        choices=lambda: [
            (each.value, in_words(each.label[0].upper() + each.label[1:])) for each in EntryPart
        ],
    )

    def __init__(self, data: Mapping[str, str], *, access: Access, today: dt.date) -> None:
        super().__init__(data, access=access, today=today)
        for name in ("term", "year_group", "group", "crossed_with", "class_group", "snapshot"):
            if name in self.fields:
                self.fields[name].widget = forms.HiddenInput()
        self.fields["part"].initial = EntryPart.MATCHED.value
        self.data = {"part": EntryPart.MATCHED.value, **self.data}
        self.full_clean()

    def _subjects(self) -> list[tuple[str, object]]:
        return self._areas()

    @property
    def part_wanted(self) -> EntryPart:
        return EntryPart(self._chosen("part") or EntryPart.MATCHED)

    def chosen_of_page(self) -> dict[str, str]:
        return {**super().chosen_of_page(), "part": self.part_wanted.value}
