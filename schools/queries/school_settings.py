"""How a school is set up, and who changed it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass
from itertools import pairwise
from typing import Any

from django.apps import apps
from django.conf import settings

from schools.calendar import YearGroup
from schools.models import PackRelease, School, User


@dataclass(frozen=True)
class SchoolFacts:
    """What a leader may change of a school."""

    name: str
    dfe_number: str
    lowest_year_group: YearGroup
    highest_year_group: YearGroup
    # None: the installation's limit.
    own_small_count: int | None
    # Of everybody with a role at the school.
    requires_second_factor: bool

    @property
    def year_groups(self) -> frozenset[YearGroup]:
        """All from the lowest to the highest."""
        return frozenset(
            each for each in YearGroup if self.lowest_year_group <= each <= self.highest_year_group
        )


@dataclass(frozen=True)
class Changed:
    """One fact: what it is called, how it was, how it is or would be, as people write it."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class SettingsAct:
    """Facts that somebody changed together."""

    changes: tuple[Changed, ...]
    by: str
    at: dt.datetime


def facts_of(row: Any) -> SchoolFacts:
    """Those of a school, or of an event of its history."""
    return SchoolFacts(
        row.name,
        row.dfe_number,
        YearGroup(row.lowest_year_group),
        YearGroup(row.highest_year_group),
        row.own_small_count,
        row.requires_second_factor,
    )


def changes_between(before: SchoolFacts, after: SchoolFacts) -> tuple[Changed, ...]:
    """What is another than it was."""
    both = zip(_LABELS, _words(before), _words(after), strict=True)
    return tuple(Changed(label, was, now) for label, was, now in both if was != now)


_LABELS = (
    "Name",
    "DfE number",
    "Lowest year group",
    "Highest year group",
    "Held back: numbers from 1 to",
    "Second step at sign-in",
)


def _words(facts: SchoolFacts) -> tuple[str, ...]:
    name, dfe_number, lowest, highest, limit, asks = astuple(facts)
    held_back = str(limit) if limit else f"{settings.SMALL_COUNT}, as everywhere here"
    asked = "asked of everybody" if asks else "left to each"
    return name, f"{dfe_number[:3]}/{dfe_number[3:]}", lowest.label, highest.label, held_back, asked


def has_given_out(school: School) -> bool:
    """Whether figures of any term were given to somebody who sees no names; needs the school open."""
    return PackRelease.objects.in_school(school).exists()


def settings_history(school: School) -> list[SettingsAct]:
    """What was changed of the school, the latest first. Two queries."""
    events = apps.get_model("schools", "SchoolEvent").objects.filter(pgh_obj=school).order_by("pgh_id")
    return acts_between(events, lambda before, after: changes_between(facts_of(before), facts_of(after)))


def acts_between(
    events: Iterable[Any], changes: Callable[[Any, Any], tuple[Changed, ...]]
) -> list[SettingsAct]:
    """Who changed what from one event of a history to the next, the latest first; `events` the earliest first. Two queries."""
    in_order = list(events)
    people = {by for by in map(_by, in_order) if by is not None}
    names: dict[int | None, str] = dict(User.objects.filter(pk__in=people).values_list("pk", "name"))
    found: list[SettingsAct] = []
    for before, after in pairwise(in_order):
        if changed := changes(before, after):
            by = names.get(_by(after), "the operator")
            found.insert(0, SettingsAct(changed, by, after.pgh_created_at))
    return found


def _by(event: Any) -> int | None:
    """Whose act it was; None is the operator's."""
    by: int | None = (event.pgh_context or {}).get("user")
    return by
