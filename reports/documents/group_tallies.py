"""How many pupils of each group stand where, in one subject at one point: each pupil is counted once in every group that the pupil is in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from assessment.engine.expected_range import Attainment
from assessment.engine.progress import Progress
from reports.documents.figure_pupils import Stand
from reports.measures import share
from reports.queries.groups import ALL


class Tally(NamedTuple):
    """One group counted. `compared` have a range to be in and `coloured` a colour of progress: above Year 9 and before Year 1 fewer than
    are judged or measured. `points` and `steps` are totals of who is assessed and measured, in a single subject.

    `matched` are compared now and at the end of the term before, `matched_summer` now and at the end of last Summer; of each, how many
    were at or above, now and then.
    """

    pupils: int = 0
    assessed: int = 0
    compared: int = 0
    at_or_above: int = 0
    measured: int = 0
    coloured: int = 0
    expected_or_more: int = 0
    points: int = 0
    steps: int = 0
    matched: int = 0
    matched_now: int = 0
    matched_before: int = 0
    matched_summer: int = 0
    matched_summer_now: int = 0
    matched_summer_before: int = 0

    @property
    def attainment(self) -> Fraction | None:
        """Per cent at or above of who is compared, not rounded."""
        return share(self.at_or_above, self.compared)

    @property
    def progress(self) -> Fraction | None:
        """Per cent with expected progress or more, not rounded."""
        return share(self.expected_or_more, self.coloured)

    def less(self, other: Tally) -> Tally:
        """Everybody else, of a group that is part of this one."""
        return Tally(*(mine - theirs for mine, theirs in zip(self, other, strict=True)))


NOBODY = Tally()


@dataclass(frozen=True)
class Counted:
    """The pupils that figures are of, with their groups, and what is counted of each."""

    groups: Mapping[int, frozenset[int]]
    of_pupil: Mapping[int, Tally]

    def tallies(self) -> dict[int, Tally]:
        """Every group with pupils in it."""
        # Column by column at the end: adding pupil by pupil made a new list for each of a pupil's twenty groups.
        rows: dict[int, list[Tally]] = defaultdict(list)
        for pupil, counts in self.of_pupil.items():
            for key in self.groups.get(pupil, ()):
                rows[key].append(counts)
        return {key: Tally(*map(sum, zip(*held, strict=True))) for key, held in rows.items()}

    def tally_of(self, pupils: Iterable[int]) -> Tally:
        """These pupils together."""
        return Tally(*map(sum, zip(NOBODY, *(self.of_pupil[pupil] for pupil in pupils), strict=True)))

    def members(self, key: int) -> set[int]:
        """The group's pupils."""
        return {pupil for pupil in self.of_pupil if key == ALL.key or key in self.groups.get(pupil, ())}


def counted(groups: Mapping[int, frozenset[int]], now: Mapping[int, Stand], *, has_summer: bool) -> Counted:
    """`now` has the attainments of before beside this term's; `has_summer`: that of last Summer is counted beside the term before."""
    return Counted(groups, {pupil: _counts(stand, has_summer=has_summer) for pupil, stand in now.items()})


_AT_OR_ABOVE = (Attainment.AT, Attainment.ABOVE)


def _counts(stand: Stand, *, has_summer: bool) -> Tally:
    only = stand.only
    return Tally(
        1,
        int(stand.is_judged),
        int(stand.attainment is not None),
        int(stand.attainment in _AT_OR_ABOVE),
        int(stand.is_measured),
        int(stand.progress is not None),
        int(stand.progress in (Progress.EXPECTED, Progress.MORE)),
        (only.points or 0) if only else 0,
        (only.steps or 0) if only else 0,
        *_matched(stand.attainment, stand.attainment_before),
        *_matched(stand.attainment, stand.attainment_last_summer if has_summer else None),
    )


def _matched(now: Attainment | None, before: Attainment | None) -> tuple[int, int, int]:
    if now is None or before is None:
        return 0, 0, 0
    return 1, int(now in _AT_OR_ABOVE), int(before in _AT_OR_ABOVE)
