"""Which pupils a conversation should begin with, in one subject at the end of a term.

Source: LEP expectations, reading the numbers fairly; `is_coasting` and `is_at_risk_of_slipping` are derived. A pupil may be on several lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assessment.engine.expected_range import Attainment
from assessment.engine.progress import Progress
from assessment.engine.trajectory import Direction, Standing, direction


class Conversation(StrEnum):
    """The lists, in the order in which they are read; the values stand in addresses."""

    FALLING_BACK = "falling-back"
    CATCHING_UP = "catching-up"
    AT_RISK = "at-risk"
    COASTING = "coasting"
    NO_BASELINE = "no-baseline"
    NOT_ASSESSED = "not-assessed"


@dataclass(frozen=True)
class Known:
    """What is known of one pupil in one subject: points with their range now and at the same term last year, and progress this year.

    `now` None: there are no points. `progress` None: nothing to start from.
    """

    now: Standing | None
    a_year_ago: Standing | None
    progress: Progress | None

    @property
    def direction(self) -> Direction | None:
        """How a pupil who is below moved since last year; None for the others, and without points then."""
        return direction(self.now, self.a_year_ago) if self.now else None


def attainment_of(standing: Standing) -> Attainment:
    """Against the range that the points were measured by."""
    return standing.expected.judge(standing.points)


def is_at_risk_of_slipping(now: Standing) -> bool:
    """Derived: at the lowest point of the range, so that one step less would have been below."""
    return now.points == now.expected.low


def is_coasting(now: Standing, progress: Progress | None) -> bool:
    """Derived: above the range, yet with less than expected progress this year; not without a start."""
    return attainment_of(now) is Attainment.ABOVE and progress is Progress.LESS


def conversations_about(known: Known) -> tuple[Conversation, ...]:
    """The lists that the pupil is on, in their order."""
    if known.now is None:
        return (Conversation.NOT_ASSESSED,)
    found = {
        Conversation.FALLING_BACK: known.direction is Direction.FALLING_BACK,
        Conversation.CATCHING_UP: known.direction is Direction.CATCHING_UP,
        Conversation.AT_RISK: is_at_risk_of_slipping(known.now),
        Conversation.COASTING: is_coasting(known.now, known.progress),
        Conversation.NO_BASELINE: known.progress is None,
    }
    return tuple(each for each, is_on in found.items() if is_on)
