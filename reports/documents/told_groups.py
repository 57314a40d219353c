"""What may be told of groups to those who see no names: what the governors' pack of the term tells, and nothing else.

Its figures are those that are given out (`reports.documents.releases`). Any other table of groups would give away what the pack holds back.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from reports.documents.dashboard import term_title
from reports.documents.governor_groups import Comparison
from reports.documents.governor_report import pack_of
from reports.documents.releases import ToKeep, not_yet, released
from reports.documents.tables import Table, Value
from reports.queries.scope import Scope


@dataclass(frozen=True)
class ToldGroups:
    """The pack's groups beside one another, over the year groups that it tells of. `as_of` as in `Released`."""

    title: str
    as_of: dt.date | None
    to_keep: tuple[ToKeep, ...]
    has_judgements: bool
    year_groups: str
    subjects: tuple[str, ...]
    comparisons: tuple[Comparison, ...]
    small_count: int
    # While the term is not over: from when a look gives out what is newer, and in a sentence that nothing is told yet.
    given_from: dt.date | None = None
    not_yet: str = ""


def told_groups(scope: Scope) -> ToldGroups:
    """Of the scope's one school, which has to be open."""
    given = released(scope)
    pack = pack_of(given.figures, scope, made_on=dt.date.min, limit=scope.schools[0].small_count)
    first = pack.comparisons[0] if pack.comparisons else None
    return ToldGroups(
        title=term_title(scope),
        as_of=given.as_of,
        to_keep=given.to_keep,
        has_judgements=not pack.is_empty,
        year_groups=pack.year_groups,
        subjects=tuple(share.name for share in first.of_group) if first else (),
        comparisons=pack.comparisons,
        small_count=pack.small_count,
        given_from=given.given_from,
        not_yet=not_yet(scope.term, given),
    )


def told_groups_table(told: ToldGroups) -> Table:
    """The same as it is shown: a line a group, and a line for the gap."""
    rows: list[list[Value]] = []
    for each in told.comparisons:
        rows.append([each.group, *(str(share.at_or_above) for share in each.of_group)])
        rows.append([each.other, *(str(share.at_or_above) for share in each.of_other)])
        rows.append(["Gap", *(str(gap) for gap in each.gaps)])
    return Table(f"Groups, {told.title}", ["Group", *told.subjects], rows)
