"""A group beside the one it is compared with, school by school: exactly what each school's governors' pack tells of the two, from the figures that it gave out last."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from assessment.engine.subjects import BY_NUMBER
from reports.documents.governor_cells import Cell, Share
from reports.documents.governor_groups import COMPARED
from reports.documents.governor_report import pack_of
from reports.documents.releases import figures_of
from reports.documents.tables import Table, Value
from reports.queries.groups import GROUPS
from reports.queries.partnership import GivenOut, given_out_last
from reports.queries.scope import Scope
from schools.models import School

_SLUGS = {group.name: group.slug for group in GROUPS}
PAIRS = {_SLUGS[group]: (group, other) for group, other in COMPARED}
"""What can be chosen, as it stands in addresses: what the pack compares, which alone is given out."""


@dataclass(frozen=True)
class SchoolGroups:
    """One school: the two shares over Years 1 to 9 and the gap; None with a `note` why."""

    name: str
    note: str = ""
    given_out: dt.date | None = None
    of_group: Share | None = None
    of_other: Share | None = None
    gap: Cell | None = None


@dataclass(frozen=True)
class GroupsSideBySide:
    """The page: `group` beside `other` at each school."""

    title: str
    group: str
    other: str
    lines: tuple[SchoolGroups, ...]


def groups_side_by_side(scope: Scope, subject: int, pair: tuple[str, str], limit: int) -> GroupsSideBySide:
    """A line a school of the scope, by name; one query. `limit`: counts of 1 to this many are hidden, by the pack's rule."""
    found = given_out_last(scope.schools, scope.academic_year, scope.term)
    lines = [
        _line(scope, school, found.get(school.pk), subject, pair, max(limit, school.small_count))
        for school in scope.schools
    ]
    return GroupsSideBySide(
        title=f"{pair[0]} beside {pair[1].lower()}, {BY_NUMBER[subject].name}, {scope.term.label} {scope.academic_year.label}",
        group=pair[0],
        other=pair[1],
        lines=tuple(sorted(lines, key=lambda line: line.name)),
    )


def _line(
    scope: Scope,
    school: School,
    given: GivenOut | None,
    subject: int,
    pair: tuple[str, str],
    limit: int,
) -> SchoolGroups:
    if given is None:
        return SchoolGroups(school.name, "Has given out nothing for this term yet")
    one = replace(scope, schools=(school,))
    pack = pack_of(figures_of(given.kept), one, made_on=given.day, limit=limit)
    told = next((each for each in pack.comparisons if (each.group, each.other) == pair), None)
    if told is None:
        return SchoolGroups(school.name, "Nothing judged in Years 1 to 9", given.day)
    place = [share.name for share in told.of_group].index(BY_NUMBER[subject].name)
    return SchoolGroups(
        school.name, "", given.day, told.of_group[place], told.of_other[place], told.gaps[place]
    )


def groups_side_by_side_table(shown: GroupsSideBySide) -> Table:
    """The page as a table: `c` where a figure is held back, as in the pack."""
    headings = (
        "School",
        "Given out on",
        f"Judged: {shown.group}",
        f"At or above (%): {shown.group}",
        f"Judged: {shown.other}",
        f"At or above (%): {shown.other}",
        "Gap",
    )
    return Table(f"Schools side by side, {shown.title}", headings, [_row(line) for line in shown.lines])


def _row(line: SchoolGroups) -> list[Value]:
    row: list[Value] = [line.name, f"{line.given_out:%d/%m/%Y}" if line.given_out else None]
    if line.of_group is None or line.of_other is None or line.gap is None:
        return [*row, line.note, None, None, None, None]
    cells = (
        line.of_group.judged,
        line.of_group.at_or_above,
        line.of_other.judged,
        line.of_other.at_or_above,
        line.gap,
    )
    return [*row, *(cell.sign if cell.value is None else cell.value for cell in cells)]
