"""The four signs of less than expected progress that the SEND Code of Practice names: what may lead somebody to consider a pupil.

Source: SEND Code of Practice: 0 to 25 years (2015), paragraph 6.17, progress which is significantly slower than that of peers starting
from the same baseline; fails to match or better the child's previous rate; fails to close the attainment gap to peers; widens it.
How much is "significantly" and which peers are "the same" the Code leaves open: `Tolerances` settles it (derived). A sign is a reason to look, never a finding.
Everything is of one pupil in one subject, from a start to now; peers are others with points at both. Figures are exact: whole numbers or fractions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from assessment.engine.assessment_points import AssessmentPoint
from assessment.engine.expectations import LEP, Expectations

_TERMS_A_YEAR = 3


class Outcome(Enum):
    """What is said of one sign; only `YES` is a sign, and only `NO` says that there is none."""

    YES = "Yes"
    NO = "No"
    DOES_NOT_APPLY = "Does not apply"
    TOO_FEW_PEERS = "Too few peers"
    NOT_ENOUGH_DATA = "Not enough data"


class Sign(Enum):
    """The signs, in the order of the Code: the word kept with a decision, and how people read it."""

    SLOWER = ("slower", "Slower than peers from the same start")
    PREVIOUS_RATE = ("previous_rate", "Slower than the pupil’s own rate before")
    GAP_NOT_CLOSING = ("gap_not_closing", "The gap to peers is not closing")
    GAP_WIDENING = ("gap_widening", "The gap to peers is widening")

    def __init__(self, code: str, label: str) -> None:
        self.code, self.label = code, label


@dataclass(frozen=True)
class Tolerances:
    """How much is let pass before it is a sign; in points, unless said otherwise.

    `same_start`: peers started at most so far from the pupil, and where these are fewer than `fewest_from_start` at most `near_start`.
    `behind_median`: the gain is so far below the peers' median; `lowest_share`: and among this share of them. `below_rate`: short of what the earlier rate would
    have given. `least_gap`: a smaller gap is none. `gap_moves`: a gap that moves by less stands still, so that it does not close, nor widen.
    """

    same_start: int = 1
    near_start: int = 2
    fewest_from_start: int = 8
    behind_median: Fraction = Fraction(2)
    lowest_share: Fraction = Fraction(1, 5)
    below_rate: Fraction = Fraction(1)
    fewest_for_gap: int = 5
    least_gap: Fraction = Fraction(1)
    gap_moves: Fraction = Fraction(1, 2)
    # Terms of the earlier stretch.
    fewest_terms: int = 2


DEFAULT = Tolerances()
# The Code's words alone, nothing let pass: the very same start, any lag, any gap. "Significantly" stays the lowest fifth, and a figure from few peers stays untold.
LITERAL = Tolerances(
    same_start=0,
    near_start=0,
    behind_median=Fraction(0),
    below_rate=Fraction(0),
    least_gap=Fraction(0),
    gap_moves=Fraction(0),
)


class Stretch(NamedTuple):
    """Somebody's points at the start and now."""

    start: int
    now: int

    @property
    def gain(self) -> int:
        """Points gained; below 0 where points were lost."""
        return self.now - self.start


@dataclass(frozen=True)
class Peers:
    """Others with points at both ends, put together once for a whole year group: how many, their points in all, and their gains by where they started."""

    count: int
    at_start: int
    now: int
    gains: Mapping[int, Sequence[int]]

    @classmethod
    def of(cls, stretches: Iterable[Stretch]) -> Peers:
        """These pupils."""
        gains: dict[int, list[int]] = {}
        count = at_start = now = 0
        for start, reached in stretches:
            gains.setdefault(start, []).append(reached - start)
            count, at_start, now = count + 1, at_start + start, now + reached
        return cls(count, at_start, now, gains)

    def without(self, pupil: Stretch) -> Peers:
        """The same less one of them, who stands so; ValueError where nobody does."""
        left = list(self.gains.get(pupil.start, ()))
        left.remove(pupil.gain)
        gains = {**self.gains, pupil.start: left}
        return Peers(self.count - 1, self.at_start - pupil.start, self.now - pupil.now, gains)

    def gains_from(self, start: int, within: int) -> list[int]:
        """The gains of those who started at most so far away, in order."""
        near = range(start - within, start + within + 1)
        return sorted(gain for each in near for gain in self.gains.get(each, ()))


class Reached(NamedTuple):
    """Points at an assessment point."""

    at: AssessmentPoint
    points: int


@dataclass(frozen=True)
class SlowerThanPeers:
    """Sign a. `rank` from 0 to 1: the share of the peers who gained less, those who gained as much counting half."""

    outcome: Outcome
    gain: int | None = None
    median: Fraction | None = None
    rank: Fraction | None = None
    peers: int = 0


@dataclass(frozen=True)
class PreviousRate:
    """Sign b. Rates are points gained for each step expected: 1 is as expected. `shortfall`: the points by which the gain misses the earlier rate; below 0 it betters it."""

    outcome: Outcome
    earlier_rate: Fraction | None = None
    rate: Fraction | None = None
    shortfall: Fraction | None = None


@dataclass(frozen=True)
class Gap:
    """Signs c and d. The peers' mean less the pupil's points, at the start and now; below 0 the pupil is ahead."""

    outcome: Outcome
    at_start: Fraction | None = None
    now: Fraction | None = None
    peers: int = 0


@dataclass(frozen=True)
class Signs:
    """The four of one pupil in one subject."""

    slower: SlowerThanPeers
    previous_rate: PreviousRate
    not_closing: Gap
    widening: Gap

    @cached_property
    def shown(self) -> tuple[Sign, ...]:
        """The signs that there are, in order."""
        outcomes = (
            self.slower.outcome,
            self.previous_rate.outcome,
            self.not_closing.outcome,
            self.widening.outcome,
        )
        return tuple(sign for sign, each in zip(Sign, outcomes, strict=True) if each is Outcome.YES)


NOT_ENOUGH_DATA = Signs(
    SlowerThanPeers(Outcome.NOT_ENOUGH_DATA),
    PreviousRate(Outcome.NOT_ENOUGH_DATA),
    Gap(Outcome.NOT_ENOUGH_DATA),
    Gap(Outcome.NOT_ENOUGH_DATA),
)


def slower_than_peers(pupil: Stretch, peers: Peers, tolerances: Tolerances = DEFAULT) -> SlowerThanPeers:
    """Sign a: of the peers who started where the pupil did, the pupil's gain is among the lowest and well below the median.

    `peers` are without the pupil.
    """
    gains = peers.gains_from(pupil.start, tolerances.same_start)
    if len(gains) < tolerances.fewest_from_start:
        gains = peers.gains_from(pupil.start, tolerances.near_start)
    if len(gains) < tolerances.fewest_from_start:
        return SlowerThanPeers(Outcome.TOO_FEW_PEERS, gain=pupil.gain, peers=len(gains))
    middle = _median(gains)
    halves = sum(2 if gain < pupil.gain else 1 for gain in gains if gain <= pupil.gain)
    rank = Fraction(halves, 2 * len(gains))
    is_sign = (
        pupil.gain < middle
        and pupil.gain <= middle - tolerances.behind_median
        and rank <= tolerances.lowest_share
    )
    return SlowerThanPeers(_yes_or_no(is_sign=is_sign), pupil.gain, middle, rank, len(gains))


def previous_rate(
    earlier: Reached | None,
    start: Reached,
    now: Reached,
    expectations: Expectations = LEP,
    tolerances: Tolerances = DEFAULT,
) -> PreviousRate:
    """Sign b: the pupil gained fewer points since the start than at the rate of the stretch before it, from `earlier` to the start.

    Not enough data without an earlier point, where the stretch is too short, and where nothing was expected in one of the two. A match is no sign.
    """
    if earlier is None or _terms(earlier.at, start.at) < tolerances.fewest_terms:
        return PreviousRate(Outcome.NOT_ENOUGH_DATA)
    before = expectations.steps_between(earlier.at, start.at)
    since = expectations.steps_between(start.at, now.at)
    if before == 0 or since == 0:
        return PreviousRate(Outcome.NOT_ENOUGH_DATA)
    gain = now.points - start.points
    earlier_rate = Fraction(start.points - earlier.points, before)
    shortfall = earlier_rate * since - gain
    is_sign = shortfall > 0 and shortfall >= tolerances.below_rate
    return PreviousRate(_yes_or_no(is_sign=is_sign), earlier_rate, Fraction(gain, since), shortfall)


def gap_not_closing(pupil: Stretch, peers: Peers, tolerances: Tolerances = DEFAULT) -> Gap:
    """Sign c: the pupil was behind at the start, and is not less so now. Does not apply to whoever was not behind."""
    if peers.count < tolerances.fewest_for_gap:
        return Gap(Outcome.TOO_FEW_PEERS, peers=peers.count)
    at_start, now = _gaps(pupil, peers)
    if not _is_gap(at_start, tolerances):
        return Gap(Outcome.DOES_NOT_APPLY, at_start, now, peers.count)
    closes = now < at_start and now <= at_start - tolerances.gap_moves
    return Gap(_yes_or_no(is_sign=not closes), at_start, now, peers.count)


def gap_widening(pupil: Stretch, peers: Peers, tolerances: Tolerances = DEFAULT) -> Gap:
    """Sign d: the pupil is behind now, and more so than at the start; also one who was not behind then."""
    if peers.count < tolerances.fewest_for_gap:
        return Gap(Outcome.TOO_FEW_PEERS, peers=peers.count)
    at_start, now = _gaps(pupil, peers)
    widens = now > at_start + tolerances.gap_moves and _is_gap(now, tolerances)
    return Gap(_yes_or_no(is_sign=widens), at_start, now, peers.count)


def _median(ordered: Sequence[int]) -> Fraction:
    middle = len(ordered) // 2
    return Fraction(ordered[middle] + ordered[-middle - 1], 2)


def _gaps(pupil: Stretch, peers: Peers) -> tuple[Fraction, Fraction]:
    """At the start and now."""
    at_start = Fraction(peers.at_start, peers.count) - pupil.start
    now = Fraction(peers.now, peers.count) - pupil.now
    return at_start, now


def _is_gap(gap: Fraction, tolerances: Tolerances) -> bool:
    return gap > 0 and gap >= tolerances.least_gap


def _terms(start: AssessmentPoint, end: AssessmentPoint) -> int:
    """How many terms lie between; a Baseline stands where the Summer before it stood."""
    return (end.academic_year - start.academic_year) * _TERMS_A_YEAR + end.term - start.term


def _yes_or_no(*, is_sign: bool) -> Outcome:
    return Outcome.YES if is_sign else Outcome.NO
