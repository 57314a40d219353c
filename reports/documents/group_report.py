"""The page of groups: each group beside the one it is compared with, how the groups overlap, and any two of them crossed.

For those who see names. Whoever sees none is told what the governors' pack tells of groups (`told_groups`): any other table of groups would, laid beside the
pack and the dashboard, give away what either hides.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.expectations import LAST_YEAR_GROUP
from assessment.queries.snapshots import classes_as_frozen
from reports.documents.dashboard import term_title
from reports.documents.figure_pupils import OVER_CODES, Part, is_told_of, stands
from reports.documents.group_lines import GroupLine, GroupPair, Told, group_line, group_pair
from reports.documents.group_tallies import NOBODY, Counted, Tally, counted
from reports.documents.tables import Table, Value
from reports.documents.tiles import subject_code, subject_name
from reports.queries.figures import GOOD_LEVEL_OF_DEVELOPMENT
from reports.queries.group_members import group_members
from reports.queries.groups import ALL, BY_KEY, Group, class_of, outside_of
from reports.queries.scope import Scope
from schools.access import Access
from schools.models import ClassGroup

# Each group and what it is compared with: those who are known not to be in it, so that whoever nothing was supplied of is on neither side.
# Beside either kind of SEN stand those without any.
_PAIRS = (
    *(
        (2, 3),
        (4, 5),
        (40, 41),
        (26, 28),
        (6, 9),
        (7, 9),
        (8, 9),
        (10, 11),
        (12, 105),
        (29, 106),
        (13, 101),
        (27, 102),
    ),
    *((30, 130), (31, 131), (32, 132)),
    *((33, 133), (34, 134), (37, 137), (35, 135), (36, 136)),
    *((20, 120), (21, 121), (22, 122), (23, 123), (24, 124), (25, 125)),
)
# Whose overlaps are shown: those that a school asks after, not their opposites.
_OVERLAPPING = (4, 40, 26, 7, 8, 10, 12, 29, 13, 27, 30, 32, 37, 36, 2, 3)
# What is kept of an own group: itself and everybody else beside it.
Own = Sequence[tuple[Group, Group]]


@dataclass(frozen=True)
class Overlap:
    """How many pupils are in two groups; `is_whole` where both are the same, and so in that one."""

    count: int
    query: str
    is_whole: bool


@dataclass(frozen=True)
class OverlapRow:
    """A group, and its cell with each group up to and with itself: the two groups of a cell are told once."""

    name: str
    cells: tuple[Overlap, ...]


@dataclass(frozen=True)
class Crossing:
    """Two groups crossed: those in both beside those in the one alone, in the other alone and in neither, each with the gap between.

    `unknown` are those of whom it is not known whether they are in one of them. Without `beside`, `why_not` says why they are not crossed.
    """

    first: str
    second: str
    beside: tuple[GroupPair, ...] = ()
    unknown: int = 0
    why_not: str = ""

    @property
    def corners(self) -> tuple[GroupLine, ...]:
        """The four."""
        return (*(pair.group for pair in self.beside[:1]), *(pair.comparator for pair in self.beside))


@dataclass(frozen=True)
class GroupReport:
    """The whole page. `has_shares` and `has_progress` say of what the columns are; `is_told` whether the term has such figures at all."""

    scope: Scope
    title: str
    subject: str
    pupils: int
    query: str
    everybody: GroupLine
    pairs: tuple[GroupPair, ...]
    overlaps: tuple[OverlapRow, ...]
    crossing: Crossing | None
    has_shares: bool
    has_progress: bool
    has_points: bool
    has_steps: bool
    is_told: bool
    since: tuple[str, ...]

    @property
    def large(self) -> tuple[GroupPair, ...]:
        """The pairs that are told at once."""
        return tuple(pair for pair in self.pairs if not pair.has_few)

    @property
    def small(self) -> tuple[GroupPair, ...]:
        """Those of which a side is so small that its shares say little."""
        return tuple(pair for pair in self.pairs if pair.has_few)


def group_report(
    access: Access,
    scope: Scope,
    subject: int,
    own: Own,
    crossed: tuple[Group, Group] | None,
    chosen: dict[str, str],
) -> GroupReport:
    """`scope` is narrowed to a year group or not; `own` are the groups that the school made. Two queries or three, however many pupils and groups."""
    told = _told(scope, subject, chosen)
    found = _counted(access, scope, subject, own)
    tallies = found.tallies()
    everybody = tallies.get(ALL.key, NOBODY)
    names = {group.key: group for pair in own for group in pair} | BY_KEY
    classes = _classes(scope, tallies)
    pairs = [*_pairs(tallies, own), *((key, ALL.key) for key in classes)]
    lines = {
        key: group_line(*_naming(key, names, classes), tallies.get(key, NOBODY), told)
        for key in {key for pair in pairs for key in pair} | {ALL.key}
    }
    terms = _terms(scope, subject)
    crossing = _crossing(found, crossed, names, told, terms) if crossed else None
    return GroupReport(
        scope=scope,
        title=term_title(scope),
        subject=subject_name(subject),
        pupils=everybody.pupils,
        query=urlencode(chosen),
        everybody=lines[ALL.key],
        pairs=tuple(
            group_pair(lines[group], lines[comparator], terms, is_part=comparator == ALL.key)
            for group, comparator in pairs
        ),
        overlaps=_overlaps(found, tallies, own, told),
        crossing=crossing,
        has_shares=bool(everybody.compared),
        has_progress=bool(everybody.coloured),
        has_points=told.has_points,
        has_steps=told.has_steps,
        is_told=is_told_of(subject, scope.term),
        since=tuple(terms.values()),
    )


def _told(scope: Scope, subject: int, chosen: Mapping[str, str]) -> Told:
    is_single = subject not in OVER_CODES
    chosen = {**chosen, "subject": subject_code(subject)}
    year_group = scope.filters.year_group
    return Told(
        chosen=chosen,
        small_count=scope.schools[0].small_count,
        has_points=is_single and year_group is not None,
        has_steps=is_single and (year_group is None or year_group <= LAST_YEAR_GROUP),
    )


def _counted(access: Access, scope: Scope, subject: int, own: Own) -> Counted:
    # In Autumn last Summer is the term before, and told as that.
    has_summer = scope.at.term is not AssessmentTerm.AUTUMN
    now = stands(access, scope, subject)
    return counted(group_members(scope, access.school, own), now, has_summer=has_summer)


def _terms(scope: Scope, subject: int) -> dict[Part, str]:
    """The points that gaps are followed from: the end of the term before, and of last Summer where that is another; none of the Good Level."""
    if subject == GOOD_LEVEL_OF_DEVELOPMENT:
        return {}
    if scope.at.term is AssessmentTerm.AUTUMN:
        return {Part.MATCHED: "last Summer"}
    return {Part.MATCHED: scope.before.term.label, Part.MATCHED_SUMMER: "last Summer"}


def _pairs(tallies: Mapping[int, Tally], own: Own) -> Iterator[tuple[int, int]]:
    """Those of which the group has pupils."""
    made = [(group.key, others.key) for group, others in own]
    for group, comparator in [*_PAIRS, *made]:
        if group in tallies:
            yield group, comparator


def _classes(scope: Scope, tallies: Mapping[int, Tally]) -> dict[int, tuple[str, uuid.UUID]]:
    """The classes by name, where they are of one year group and not narrowed to one of them: else they are not alike."""
    if scope.filters.year_group is None or scope.filters.class_id is not None:
        return {}
    keys = {pk: key for key in tallies if (pk := class_of(key)) is not None}
    if scope.snapshot:
        rows = classes_as_frozen(scope.snapshot, keys)
    else:
        living = ClassGroup.objects.in_school(scope.schools[0]).filter(pk__in=keys).order_by("name", "pk")
        rows = list(living.values_list("pk", "name", "public_id"))
    return {keys[pk]: (f"Class {name}", public_id) for pk, name, public_id in rows}


def _naming(
    key: int, names: Mapping[int, Group], classes: Mapping[int, tuple[str, uuid.UUID]]
) -> tuple[str, dict[str, str]]:
    """The name of a group, and what an address says of it."""
    if key in classes:
        name, public_id = classes[key]
        return name, {"class_group": str(public_id)}
    if key == ALL.key:
        return "All pupils", {}
    return names[key].name, {"group": names[key].slug}


def _overlaps(found: Counted, tallies: Mapping[int, Tally], own: Own, told: Told) -> tuple[OverlapRow, ...]:
    groups = [BY_KEY[key] for key in _OVERLAPPING if key in tallies]
    groups += [group for group, _ in own if group.key in tallies]
    members = {group.key: found.members(group.key) for group in groups}
    # Encoded once: no choice of the page is a group, and slugs stand in addresses as they are.
    chosen = urlencode(told.chosen)

    def cell(row: Group, column: Group) -> Overlap:
        crossed = f"group={row.slug}" if row is column else f"group={row.slug}&crossed_with={column.slug}"
        query = f"{chosen}&{crossed}&part={Part.PUPILS.value}"
        return Overlap(len(members[row.key] & members[column.key]), query, row is column)

    return tuple(
        OverlapRow(row.name, tuple(cell(row, column) for column in groups[: place + 1]))
        for place, row in enumerate(groups)
    )


def _crossing(
    found: Counted,
    crossed: tuple[Group, Group],
    names: Mapping[int, Group],
    told: Told,
    terms: Mapping[Part, str],
) -> Crossing:
    first, second = crossed
    if outside_of(first.key) == second.key:
        return Crossing(
            first.name,
            second.name,
            why_not=f"Nobody is in both {first.name} and {second.name}: the one is who is known not to be in the other.",
        )
    # Beside those in both first whom the first group alone tells from them, then whom the second does.
    other_first, other_second = (names[outside_of(group.key)] for group in crossed)
    corners, known = [], 0
    for one, two in (
        (first, second),
        (other_first, second),
        (first, other_second),
        (other_first, other_second),
    ):
        pupils = found.members(one.key) & found.members(two.key)
        known += len(pupils)
        narrowed = {"group": one.slug, "crossed_with": two.slug}
        corners.append(group_line(f"{one.name} and {two.name}", narrowed, found.tally_of(pupils), told))
    both, *others = corners
    beside = tuple(group_pair(both, each, terms, is_part=False) for each in others)
    return Crossing(first.name, second.name, beside, len(found.of_pupil) - known)


_GAPS = ("Gap (percentage points)", "In pupils", "Progress gap (percentage points)")
_COUNTS = (
    "On roll",
    "Judged",
    "At or above",
    "At or above (%)",
    "Progress measured",
    "Expected progress or more",
    "Expected progress or more (%)",
    "Average points",
    "Average steps",
)


def groups_table(report: GroupReport) -> Table:
    """The groups as they are shown: a line for each group and one for what it is compared with, then the gap."""
    headings = ["Group", "Beside", *_COUNTS, *_GAPS]
    for since in report.pairs[0].since if report.pairs else ():
        headings += [f"Gap since {since.term}", "Judged both times", "Comparator judged both times"]
    rows: list[list[Value]] = [["All pupils", None, *_values(report.everybody)]]
    for pair in report.pairs:
        gaps = _gaps(pair)
        for since in pair.since:
            gaps += [since.words, since.matched, since.others]
        rows.append([pair.group.name, pair.comparator.name, *_values(pair.group), *gaps])
        rows.append([pair.comparator.name, None, *_values(pair.comparator)])
    for row in rows:
        row.extend([None] * (len(headings) - len(row)))
    return Table(f"Groups, {report.subject}, {report.title}", headings, rows)


def _gaps(pair: GroupPair) -> list[Value]:
    return [pair.gap, pair.closing or None, pair.progress_gap]


def _values(line: GroupLine) -> list[Value]:
    tally = line.tally
    return [
        tally.pupils,
        tally.assessed,
        tally.at_or_above if tally.compared else None,
        line.share,
        tally.measured,
        tally.expected_or_more if tally.coloured else None,
        line.progress_share,
        line.average_points,
        line.average_steps,
    ]


def overlaps_table(report: GroupReport) -> Table:
    """How many of one group are in another, each two groups once; last in a line how many are in the group itself."""
    names = [row.name for row in report.overlaps]
    rows: list[list[Value]] = [
        [row.name, *(cell.count for cell in row.cells), *[None] * (len(names) - len(row.cells))]
        for row in report.overlaps
    ]
    return Table(f"Overlaps of groups, {report.title}", ["Group", *names], rows)


def crossed_table(report: GroupReport) -> Table:
    """The four corners of the two groups, the gap of those in both beside each of the others, and of how many it is not known."""
    rows: list[list[Value]] = []
    nothing: list[Value] = [None] * len(_GAPS)
    if report.crossing and report.crossing.beside:
        both, *_ = report.crossing.corners
        rows.append([both.name, *_values(both), *nothing])
        rows += [
            [pair.comparator.name, *_values(pair.comparator), *_gaps(pair)] for pair in report.crossing.beside
        ]
        rows.append(["Not known", report.crossing.unknown, *[None] * (len(_COUNTS) - 1), *nothing])
    both_beside = [f"{gap}: in both beside these" for gap in _GAPS]
    return Table(
        f"Two groups crossed, {report.subject}, {report.title}", ["Pupils", *_COUNTS, *both_beside], rows
    )
