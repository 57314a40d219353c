"""What the demo is made from: `fixtures/demo/`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings

from schools.calendar import YearGroup

FOLDER = settings.BASE_DIR / "fixtures" / "demo"
# The running year is 0, the years before it are counted back to this one; what was before is not in the demo.
FIRST_YEAR = -3
# But of those who are in Year 4 and below today also nursery and Reception, so that what they were judged there stands behind their Baselines.
FIRST_EARLY_YEAR, LAST_COHORT_FROM_NURSERY = -5, YearGroup.Y4


@dataclass(frozen=True)
class Block:
    """Year groups that are taught in the same classes; `by_age` fills the classes from the youngest to the oldest."""

    year_groups: tuple[YearGroup, ...]
    names: tuple[str, ...]
    by_age: bool


@dataclass(frozen=True)
class DemoSchool:
    """A school and how its children do.

    `cohort` is how many a year group start there of those who are in the partnership from the beginning. `feeds`: of a hundred
    children, how many go on to which school. `level` and `premium_gap` are in standard deviations, at the end of the year before the
    first and of each year.
    """

    name: str
    urn: str
    dfe_number: str
    lowest: YearGroup
    highest: YearGroup
    cohort: int
    feeds: dict[str, int]
    level: tuple[float, ...]
    premium_gap: tuple[float, ...]
    baselines: tuple[YearGroup, ...]
    class_with_gaps: str
    blocks: tuple[Block, ...]

    def teaches(self, year_group: YearGroup) -> bool:
        return self.lowest <= year_group <= self.highest


@dataclass(frozen=True)
class Heritage:
    """Where a family's names come from: its share of a thousand, how many of it learn English as another language."""

    share: int
    eal: float
    ethnicities: dict[str, int]
    surnames: tuple[str, ...]
    girls: tuple[str, ...]
    boys: tuple[str, ...]


@dataclass(frozen=True)
class Person:
    """Somebody with a sign-in; memberships are (URN, role, names of the classes taught)."""

    name: str
    email: str
    memberships: tuple[tuple[str, str, tuple[str, ...]], ...]
    leads: bool


@dataclass(frozen=True)
class Source:
    """The whole of it."""

    partnership: str
    schools: tuple[DemoSchool, ...]
    people: tuple[Person, ...]
    heritages: tuple[Heritage, ...]

    def school(self, urn: str) -> DemoSchool:
        return next(school for school in self.schools if school.urn == urn)


@cache
def source() -> Source:
    """Read once."""
    partnership = json.loads((FOLDER / "partnership.json").read_text(encoding="utf-8"))
    names = json.loads((FOLDER / "names.json").read_text(encoding="utf-8"))
    return Source(
        partnership=partnership["partnership"],
        schools=tuple(_school(entry) for entry in partnership["schools"]),
        people=tuple(_person(entry) for entry in partnership["people"]),
        heritages=tuple(_heritage(entry, names) for entry in names.values()),
    )


def _year_groups(codes: list[str]) -> tuple[YearGroup, ...]:
    return tuple(YearGroup.from_code(code) for code in codes)


def _school(entry: dict[str, Any]) -> DemoSchool:
    return DemoSchool(
        name=entry["name"],
        urn=entry["urn"],
        dfe_number=entry["dfe_number"],
        lowest=YearGroup.from_code(entry["lowest"]),
        highest=YearGroup.from_code(entry["highest"]),
        cohort=entry["cohort"],
        feeds=entry["feeds"],
        level=tuple(entry["level"]),
        premium_gap=tuple(entry["premium_gap"]),
        baselines=_year_groups(entry["baselines"]),
        class_with_gaps=entry["class_with_gaps"],
        blocks=tuple(
            Block(_year_groups(block["years"]), tuple(block["names"]), by_age=block.get("by_age", False))
            for block in entry["classes"]
        ),
    )


def _person(entry: dict[str, Any]) -> Person:
    return Person(
        name=entry["name"],
        email=entry["email"],
        memberships=tuple((urn, role, tuple(taught)) for urn, role, taught in entry["memberships"]),
        leads=entry.get("leads", False),
    )


def _heritage(entry: dict[str, Any], names: dict[str, Any]) -> Heritage:
    def listed(kind: str) -> tuple[str, ...]:
        """A list, or the name of the heritage whose list it shares."""
        found = entry[kind]
        return tuple(names[found][kind] if isinstance(found, str) else found)

    return Heritage(
        share=entry["share"],
        eal=entry["eal"],
        ethnicities=entry["ethnicities"],
        surnames=listed("surnames"),
        girls=listed("girls"),
        boys=listed("boys"),
    )
