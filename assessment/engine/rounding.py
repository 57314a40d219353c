"""Rounding as the partnership rounds: half up, halves away from zero, exactly and once (LEP expectations, measures)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache


def round_half_up(value: Fraction | Decimal | int, places: int = 0) -> Decimal:
    """Round exactly, halves away from zero: 62.5 to 63, -0.125 to -0.13 at two places; never -0.

    The answer has as many decimals as asked for. A float, which is not exact, is a TypeError; negative places
    are a ValueError.
    """
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a float: measures are computed exactly.")
    if places < 0:
        raise ValueError(f"Cannot round to {places} decimals.")
    exact = Fraction(value)
    return rounded_quotient(exact.numerator, exact.denominator, places)


@lru_cache(maxsize=8192)
def rounded_quotient(numerator: int, denominator: int, places: int) -> Decimal:
    """The quotient rounded so, in whole numbers alone: half the denominator more, then cut off. Kept, as a page has hundreds of the same few."""
    units = (2 * abs(numerator) * 10**places + denominator) // (2 * denominator)
    return Decimal(f"{-units if numerator < 0 else units}E-{places}")
