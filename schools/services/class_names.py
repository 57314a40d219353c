"""What classes are called a year later, and into which of them pupils move up: plain values in, plain values out, no database.

Only a proposal, which people change. A name tells year groups where it does (`3H`, `Year 3 Blue`, `3/4 Ash`); else the classes as they were (`Oak`) do (derived).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from schools.calendar import YearGroup

K = TypeVar("K")

_ONE = r"(?:Reception|1[0-3](?![0-9])|[1-9](?![0-9])|N[12]|R(?=[A-Z]?(?![A-Za-z])))"
# Where a word begins, or after the Y of `Y3`.
_YEAR_GROUPS = re.compile(rf"(?<![A-Za-z0-9])[Yy]?(?P<told>{_ONE}(?:\s?[/&+-]\s?{_ONE})*)")


@dataclass(frozen=True)
class ClassThere(Generic[K]):
    """A class of last year: `key` tells which, `year_groups` which its pupils are in."""

    key: K
    name: str
    year_groups: frozenset[YearGroup]


@dataclass(frozen=True)
class Proposal(Generic[K]):
    """The names of the classes to come, in the order of year groups, and for each class and year group where its pupils go.

    A move to "" is to a class that a person has to choose; None: they leave.
    """

    names: tuple[str, ...]
    moves: Mapping[tuple[K, YearGroup], str | None]


@dataclass(frozen=True)
class _Read:
    """A name taken apart: `3/4 Ash` is Years 3 and 4, and the rest of it, with a gap."""

    year_groups: tuple[YearGroup, ...]
    rest: tuple[str, str]
    # `Reception`, which becomes `Year 1` and not `1`.
    in_words: bool


def propose(classes: Iterable[ClassThere[K]], *, lowest: YearGroup, highest: YearGroup) -> Proposal[K]:
    """Where each year group of each class goes.

    Pupils of the highest year group, or above it, leave. Others go where their year group to come is taught already: in their own class, where it is of mixed ages; in
    the class whose name is theirs but for the year (`3H` to `4H`); in the only class of that year group, where it is of mixed ages or names tell nothing. Else a class
    of that name is made.
    """
    there = list(classes)
    readings = {each.name: _read(each.name, each.year_groups) for each in there}
    moves: dict[tuple[K, YearGroup], str | None] = {}
    for each in there:
        for year_group in sorted(each.year_groups):
            leaves = year_group >= highest
            moves[each.key, year_group] = (
                None if leaves else _next(each, YearGroup(year_group + 1), there, readings)
            )
    intake = [each.name for each in there if lowest in each.year_groups]
    names = {name.lower(): name for name in [*intake, *filter(None, moves.values())]}
    order = {each.name.lower(): min(each.year_groups, default=lowest) for each in there}
    order |= {name.lower(): min(read.year_groups) for name, read in readings.items() if read}
    arriving = {str(name).lower(): YearGroup(group + 1) for (_, group), name in moves.items() if name}
    return Proposal(
        tuple(
            sorted(
                names.values(),
                key=lambda name: (order.get(name.lower(), arriving.get(name.lower(), lowest)), name),
            )
        ),
        moves,
    )


def _next(
    of: ClassThere[K],
    year_group: YearGroup,
    there: Sequence[ClassThere[K]],
    readings: Mapping[str, _Read | None],
) -> str:
    read = readings[of.name]
    if year_group in (read.year_groups if read else of.year_groups):
        return of.name
    if read is None:
        return _only(each.name for each in there if year_group in each.year_groups)
    taught = {name: other for name, other in readings.items() if other and year_group in other.year_groups}
    same = [name for name, other in taught.items() if other.rest == read.rest]
    if same:
        return same[0]
    only = _only(taught)
    joins_older = bool(only) and len(taught[only].year_groups) > 1
    return only if joins_older or len(read.year_groups) > 1 else _stepped(read, year_group)


def _only(names: Iterable[str]) -> str:
    found = list(names)
    return found[0] if len(found) == 1 else ""


def _stepped(read: _Read, year_group: YearGroup) -> str:
    before, after = read.rest
    says_year = before.rstrip().lower().endswith(("year", "y"))
    code = year_group.label if read.in_words and not says_year else year_group.code
    return f"{before}{code}{after}"


def _read(name: str, present: Collection[YearGroup]) -> _Read | None:
    """None where the name tells no year groups, or others than its pupils are in: `Class 3` of Year 5."""
    found = _YEAR_GROUPS.search(name)
    if not found or not present:
        return None
    told = tuple(
        YearGroup.R if each == "Reception" else YearGroup.from_code(each)
        for each in re.findall(_ONE, found["told"])
    )
    if not set(present) <= set(told):
        return None
    before, after = name[: found.start("told")], name[found.end("told") :]
    return _Read(told, (before, after), found["told"] == "Reception")
