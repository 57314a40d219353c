"""A range of points, and where points lie against it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from assessment.engine.point_scale import LAST_POINT


class Attainment(IntEnum):
    """Where a pupil is against the expectation for the age. Red, green and blue are only ever shown beside the word."""

    BELOW = 1
    AT = 2
    ABOVE = 3

    @property
    def label(self) -> str:
        """As people read it: `Below`, `At`, `Above`."""
        return self.name.capitalize()


@dataclass(frozen=True)
class ExpectedRange:
    """The points expected, from `low` to `high`, both within it; a `high` of 101 leaves nothing above."""

    low: int
    high: int

    def judge(self, points: int) -> Attainment:
        """Below under the range, at within it, above over it."""
        if points < self.low:
            return Attainment.BELOW
        return Attainment.AT if points <= self.high else Attainment.ABOVE

    @property
    def label(self) -> str:
        """`43 to 44`, or `21 or more` where there is nothing above."""
        return f"{self.low} or more" if self.high == LAST_POINT else f"{self.low} to {self.high}"
