"""The numbers of the four signs in plain sentences, for whoever decides what follows. It decides nothing itself."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from assessment.engine.progress_signs import Gap, Outcome, PreviousRate, Sign, Signs, SlowerThanPeers
from assessment.engine.rounding import round_half_up


class SignFact(NamedTuple):
    """One sign: what is said of it, and from which numbers."""

    sign: Sign
    outcome: Outcome
    numbers: str

    @property
    def is_sign(self) -> bool:
        return self.outcome is Outcome.YES


def facts_of(signs: Signs) -> list[SignFact]:
    """All four, in the order of the Code."""
    rate = _rate(signs.previous_rate)
    if not rate and signs.slower.gain is not None:
        rate = "No earlier points to measure a rate from."
    return [
        SignFact(Sign.SLOWER, signs.slower.outcome, _slower(signs.slower)),
        SignFact(Sign.PREVIOUS_RATE, signs.previous_rate.outcome, rate),
        SignFact(Sign.GAP_NOT_CLOSING, signs.not_closing.outcome, _gap(signs.not_closing)),
        SignFact(Sign.GAP_WIDENING, signs.widening.outcome, _gap(signs.widening)),
    ]


def told(value: Fraction | int) -> str:
    """A figure with at most two decimals: `7`, `4.36`, `-0.5`."""
    return format(round_half_up(value, 2), "f").rstrip("0").rstrip(".")


def _slower(of: SlowerThanPeers) -> str:
    if of.gain is None:
        return ""
    if of.median is None or of.rank is None:
        others = f"Only {of.peers} other{'' if of.peers == 1 else 's'}" if of.peers else "Nobody else"
        return f"Gained {_points(of.gain)}. {others} started near the same point."
    return (
        f"Gained {_points(of.gain)}; the middle one of {of.peers} peers from the same start gained {told(of.median)}."
        f" Rank among them {told(of.rank)}, from 0 (all gained more) to 1 (all gained less)."
    )


def _rate(of: PreviousRate) -> str:
    if of.earlier_rate is None or of.rate is None or of.shortfall is None:
        return ""
    if of.shortfall > 0:
        beside = f"{_points(of.shortfall)} short of the earlier rate"
    elif of.shortfall < 0:
        beside = f"{_points(-of.shortfall)} more than at the earlier rate"
    else:
        beside = "just the earlier rate"
    return f"In the year before {_points(of.earlier_rate)} for each one expected, since the start {told(of.rate)}: {beside}."


def _gap(of: Gap) -> str:
    if of.at_start is None or of.now is None:
        if of.outcome is not Outcome.TOO_FEW_PEERS:
            return ""
        peers = f"Only {of.peers} peer{'' if of.peers == 1 else 's'}" if of.peers else "Nobody"
        return f"{peers} to compare with."
    return f"Beside the mean of {of.peers} peers at the start {_behind(of.at_start)}, now {_behind(of.now)}."


def _behind(gap: Fraction) -> str:
    if gap == 0:
        return "level"
    return f"{_points(gap)} behind" if gap > 0 else f"{_points(-gap)} ahead"


def _points(value: Fraction | int) -> str:
    number = told(value)
    return f"{number} point" if number == "1" else f"{number} points"
