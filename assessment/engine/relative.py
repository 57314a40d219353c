"""A judgement said by the one before it: the same again, or so many steps from it."""

from __future__ import annotations

import re

from assessment.engine.point_scale import FIRST_POINT, LAST_POINT, is_on_scale

# A hyphen, and the minus and the dash that word processors and spreadsheets make of it.
_STEPS = re.compile(r"([+\-\N{MINUS SIGN}\N{EN DASH}])\s*([0-9]{0,3})")


def read_steps(text: str) -> int | None:
    """How many steps from the judgement before: 0 for `=`, 1 for `+`, -3 for `-3`; None for whatever is said in another way."""
    written = text.strip()
    if written == "=":
        return 0
    found = _STEPS.fullmatch(written)
    if not found:
        return None
    size = int(found[2] or 1)
    return size if found[1] == "+" else -size


def points_from(before: int | None, steps: int) -> int:
    """The points so many steps from those before; ValueError, in words for whoever typed it, where there are none or the scale ends sooner."""
    if before is None:
        raise ValueError(
            "There is no point before this one, since last Summer, to take or to step from. Type the points."
        )
    points = before + steps
    if not is_on_scale(points):
        number = f"{abs(steps)} step{'' if abs(steps) == 1 else 's'}"
        raise ValueError(
            f"{number} {'above' if steps > 0 else 'below'} {before} is off the scale, which goes from {FIRST_POINT} to {LAST_POINT}."
        )
    return points
