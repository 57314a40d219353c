"""One group's line, and a group beside the one it is compared with: the gap, in pupils too, and whether it narrows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from urllib.parse import urlencode

from reports.documents.figure_pupils import Part
from reports.documents.group_tallies import Tally
from reports.documents.tiles import signed
from reports.measures import (
    GapMovement,
    Movement,
    average,
    gap,
    gap_movement,
    is_small,
    percentage,
    pupils_to_close,
    share,
)


@dataclass(frozen=True)
class Told:
    """Of what the line's figures are told. Points of several year groups have no average worth telling, as each is expected elsewhere."""

    chosen: Mapping[str, str]
    small_count: int
    has_points: bool
    has_steps: bool


@dataclass(frozen=True)
class GroupLine:
    """One group. Shares and averages are rounded, and None where nobody is counted or they are not told; `query` with a part leads to its pupils.

    `is_few`: so few are on roll, compared or measured that a share says little.
    """

    name: str
    query: str
    tally: Tally
    share: Decimal | None
    progress_share: Decimal | None
    average_points: Decimal | None
    average_steps: Decimal | None
    is_few: bool


@dataclass(frozen=True)
class Since:
    """How the gap moved since an earlier point, of the same pupils: so many of the group and of the others were judged both times."""

    term: str
    words: str
    matched: int
    others: int
    part: Part

    @property
    def has_pupils(self) -> bool:
        """Whether somebody of both was judged both times."""
        return bool(self.matched and self.others)


@dataclass(frozen=True)
class GroupPair:
    """A group, the one it is compared with, and the gaps in percentage points: negative, the group is behind.

    `to_close` is how many more of the group at or above would close the gap, None where there is none; so `progress_to_close` with expected progress.
    """

    group: GroupLine
    comparator: GroupLine
    gap: Decimal | None
    progress_gap: Decimal | None
    to_close: int
    progress_to_close: int
    since: tuple[Since, ...]

    @property
    def has_few(self) -> bool:
        """Whether either side is so small that its shares say little."""
        return self.group.is_few or self.comparator.is_few

    @property
    def gap_text(self) -> str:
        """With its sign; empty where there is none."""
        return "" if self.gap is None else signed(self.gap)

    @property
    def progress_gap_text(self) -> str:
        """With its sign; empty where there is none."""
        return "" if self.progress_gap is None else signed(self.progress_gap)

    @property
    def closing(self) -> str:
        """`2 more pupils would close it`; that there is no gap, where the group is level or ahead."""
        return closing_words(self.gap, self.to_close)

    @property
    def closing_is_told(self) -> bool:
        """Not of a gap that is shown as 0, though a fraction of a point be left of it."""
        return bool(self.to_close and self.gap)

    @property
    def progress_closing_is_told(self) -> bool:
        """The same of progress."""
        return bool(self.progress_to_close and self.progress_gap)


def closing_words(points: Decimal | None, to_close: int) -> str:
    """What the gap is in pupils."""
    if points is None:
        return ""
    if to_close and points:
        return f"{to_close} more pupil{'' if to_close == 1 else 's'} would close it"
    return "ahead" if points > 0 else "" if points else "level"


def group_line(name: str, narrowed: Mapping[str, str], tally: Tally, told: Told) -> GroupLine:
    """`narrowed` is what an address adds for this group."""
    sizes = (tally.pupils, tally.compared, tally.coloured)
    return GroupLine(
        name=name,
        query=urlencode({**told.chosen, **narrowed}),
        tally=tally,
        share=percentage(tally.at_or_above, tally.compared),
        progress_share=percentage(tally.expected_or_more, tally.coloured),
        average_points=average(tally.points, tally.assessed, 1) if told.has_points else None,
        average_steps=average(tally.steps, tally.measured, 1) if told.has_steps else None,
        is_few=any(is_small(size, told.small_count) for size in sizes),
    )


def group_pair(
    group: GroupLine, comparator: GroupLine, terms: Mapping[Part, str], *, is_part: bool
) -> GroupPair:
    """`is_part`: the group is among those it is compared with. `terms` names the earlier points that the gap is followed from."""
    ours, theirs = group.tally, comparator.tally
    others = theirs.less(ours) if is_part else theirs
    # Of a group that is most of all pupils no number is told: its share is nearly theirs, and a few others would decide it.
    is_most = is_part and 2 * ours.pupils > theirs.pupils
    return GroupPair(
        group=group,
        comparator=comparator,
        gap=gap(ours.attainment, theirs.attainment),
        progress_gap=gap(ours.progress, theirs.progress),
        to_close=0
        if is_most
        else pupils_to_close(ours.at_or_above, ours.compared, others.at_or_above, others.compared),
        progress_to_close=0
        if is_most
        else pupils_to_close(ours.expected_or_more, ours.coloured, others.expected_or_more, others.coloured),
        since=tuple(_since(ours, theirs, part, term) for part, term in terms.items()),
    )


def _since(ours: Tally, theirs: Tally, part: Part, term: str) -> Since:
    (matched, now, before), (others, others_now, others_before) = _matched(ours, part), _matched(theirs, part)
    before_gap = _unrounded(share(before, matched), share(others_before, others))
    moved = gap_movement(before_gap, _unrounded(share(now, matched), share(others_now, others)))
    return Since(term, _words(moved, term), matched, others, part)


def _unrounded(ours: Fraction | None, theirs: Fraction | None) -> Fraction | None:
    return None if ours is None or theirs is None else ours - theirs


def _matched(tally: Tally, part: Part) -> tuple[int, int, int]:
    if part is Part.MATCHED:
        return tally.matched, tally.matched_now, tally.matched_before
    return tally.matched_summer, tally.matched_summer_now, tally.matched_summer_before


def _words(moved: GapMovement | None, term: str) -> str:
    if moved is None:
        return f"since {term} not known: nobody was judged both times"
    if moved.movement is Movement.UNCHANGED:
        return f"unchanged since {term}"
    points = f"{moved.points} point{'' if moved.points == 1 else 's'}"
    if moved.movement is Movement.REVERSED:
        return f"turned round by {points} since {term}"
    return f"{moved.movement} by {points} since {term}"
