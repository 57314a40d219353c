"""Attendance: which percentages are good, which are absence, by the definitions of the Department for Education. Plain Python.

A percentage is that of the possible sessions which a pupil attended in the academic year so far. Whoever missed 10 % of them or more is
persistently absent, whoever missed 50 % or more severely absent (DfE, “Pupil absence in schools in England”, methodology). So the edges
belong to the absent: 90.0 is persistent absence, 50.0 is severe. Who is severely absent is persistently absent too.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from enum import IntEnum

# From here on attendance is good: a band that schools use, of no definition.
GOOD_FROM = 95
# Up to these, both counted, it is absence.
PERSISTENT_UP_TO, SEVERE_UP_TO = 90, 50
LOWEST, HIGHEST = Decimal(0), Decimal(100)
_STEP = Decimal("0.1")


class Band(IntEnum):
    """The four bands, each percentage in one of them; the two lowest together are persistent absence."""

    SEVERELY_ABSENT = 1
    ABSENT = 2
    BELOW_GOOD = 3
    GOOD = 4

    @property
    def label(self) -> str:
        return BAND_NAMES[self]


# Short, as charts cut long names; and exact, as one decimal place is held.
BAND_NAMES = {
    Band.GOOD: f"Attendance {GOOD_FROM}% or more",
    Band.BELOW_GOOD: f"Attendance {PERSISTENT_UP_TO}.1-{GOOD_FROM - 1}.9%",
    Band.ABSENT: f"Attendance {SEVERE_UP_TO}.1-{PERSISTENT_UP_TO}.0%",
    Band.SEVERELY_ABSENT: "Severely absent",
}
PERSISTENTLY_ABSENT = "Persistently absent"
NOT_RECORDED = "Attendance not recorded"


def band_of(percentage: Decimal) -> Band:
    """The band of a percentage from 0 to 100."""
    if percentage >= GOOD_FROM:
        return Band.GOOD
    if percentage > PERSISTENT_UP_TO:
        return Band.BELOW_GOOD
    return Band.ABSENT if percentage > SEVERE_UP_TO else Band.SEVERELY_ABSENT


def as_held(percentage: Decimal) -> Decimal:
    """To one decimal place, halves up, but never out of its band: 90.04 is no persistent absence, and is held as 90.1.

    ValueError for what is not from 0 to 100.
    """
    if not LOWEST <= percentage <= HIGHEST:
        raise ValueError(f"{percentage} is not a percentage from 0 to 100.")
    rounded = percentage.quantize(_STEP, ROUND_HALF_UP)
    if band_of(rounded) is band_of(percentage):
        return rounded
    return rounded + _STEP if rounded < percentage else rounded - _STEP


def in_words(percentage: Decimal) -> str:
    """`94.5%`, always with its one decimal place: 90.0 and 90.1 are on two sides of an edge."""
    return f"{percentage:.1f}%"
