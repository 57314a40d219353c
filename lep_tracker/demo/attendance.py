"""How much of each year the children of the demo attend: drawn by a key of its own, so that nothing else of the demo hangs on it."""

from __future__ import annotations

import math
import random
import uuid
from decimal import Decimal

from schools.attendance import as_held
from schools.calendar import YearGroup

# Per cent of sessions that an ordinary child misses, and how many times as many with pupil premium; spread between children, and between a child's years.
_MISSED, _WITH_PREMIUM = 3.8, 1.7
_OF_CHILDREN, _OF_YEARS = 0.6, 0.4
# A few hardly come.
_HARDLY_COME = 0.006


def attendance_of(key: uuid.UUID, year: int, year_group: YearGroup, *, is_premium: bool) -> Decimal | None:
    """Per cent of the sessions of a year; None in nursery, which nobody has to attend. The same whenever it is asked."""
    if year_group < YearGroup.R:
        return None
    of_child, of_year = random.Random(f"attendance {key}"), random.Random(f"attendance {key} {year}")
    usual = _MISSED * (_WITH_PREMIUM if is_premium else 1)
    missed = usual * math.exp(of_child.gauss(0, _OF_CHILDREN) + of_year.gauss(0, _OF_YEARS))
    if of_year.random() < _HARDLY_COME:
        missed = of_year.uniform(50, 85)
    return as_held(Decimal(f"{100 - min(missed, 85):.4f}"))
