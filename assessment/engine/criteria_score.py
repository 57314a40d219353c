"""A best-fit suggestion from a criteria grid: where on the scale the share of secure skills points to. Never a grade.

Source: LEP expectations, best-fit guide; how the points share a stage is derived.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from fractions import Fraction
from itertools import pairwise

from assessment.engine.point_scale import EYFS_BANDS, first_point_of


class Nofan(IntEnum):
    """How often a skill is seen."""

    NEVER = 0
    OCCASIONALLY = 1
    FREQUENTLY = 2
    ALWAYS = 3
    NATURALLY = 4

    @property
    def is_secure(self) -> bool:
        """Seen at least frequently."""
        return self >= Nofan.FREQUENTLY


# Up to what share of secure skills each step is suggested: the points of a stage share its span evenly. From 80 % to under 90 % it is
# still the last Securing point, for "almost all" begins at 90 %.
_ALMOST_ALL = Fraction(90, 100)
_YEAR_STAGES = ((Fraction(0), 0), (Fraction(25, 100), 2), (Fraction(60, 100), 4), (Fraction(80, 100), 7))
_MASTERY = (_ALMOST_ALL, 7, Fraction(95, 100), 8)
_EYFS_UPPER = (Fraction(25, 100), Fraction(75, 100), Fraction(1))


def _share_secure(skills: Iterable[Nofan]) -> Fraction | None:
    """Of all skills; None where none is secure and none was seen, or there are none."""
    held = list(skills)
    if not any(held):
        return None
    return Fraction(sum(skill.is_secure for skill in held), len(held))


def suggest_for_year(skills: Iterable[Nofan], year: int) -> int | None:
    """Points of the grid's year (1 to 9), its Entering to its Mastery; None where nothing was seen. Boundaries fall in the lower stage."""
    share = _share_secure(skills)
    if share is None:
        return None
    return first_point_of(year) + _offset(share)


def _offset(share: Fraction) -> int:
    begins, first, second_begins, second = _MASTERY
    if share >= begins:
        return second if share > second_begins else first
    for (low, offset), (high, next_offset) in pairwise(_YEAR_STAGES):
        if share <= high:
            span = (high - low) / (next_offset - offset)
            # The number of whole shares passed; standing on a boundary is still in the lower one.
            passed = -(-(share - low) // span) - 1
            return offset + max(0, int(passed))
    return _YEAR_STAGES[-1][1] - 1


def suggest_for_eyfs(skills: Iterable[Nofan], band: int) -> int | None:
    """Entering, Developing or Secure of an EYFS stage (0 for 0-11 months, to 5 for 40-60); None where nothing was seen."""
    share = _share_secure(skills)
    if share is None:
        return None
    _, _, entering = EYFS_BANDS[band]
    return entering + next(step for step, upper in enumerate(_EYFS_UPPER) if share <= upper)
