"""Gaps in pupils, and how gaps move: by tables."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.measures import GapMovement, Movement, gap_movement, pupils_to_close
from tests.unhurried import unhurried


@pytest.mark.parametrize(
    ("part", "whole", "others", "of_others", "more"),
    [
        (10, 18, 16, 22, 4),  # 55.6 and 72.7: 13 are 72.2, 14 are 77.8
        (11, 20, 13, 20, 2),
        (1, 2, 1, 2, 0),  # level
        (2, 2, 1, 2, 0),  # ahead
        (0, 3, 4, 4, 3),  # all of them
        (0, 3, 1, 100, 1),  # less than one pupil is one
        (0, 0, 4, 4, 0),
        (0, 3, 0, 0, 0),
        (0, 3, 0, 5, 0),
    ],
)
def test_how_many_more_close_a_gap(part, whole, others, of_others, more):
    assert pupils_to_close(part, whole, others, of_others) == more


@given(st.data())
@unhurried
def test_so_many_close_it_and_one_fewer_does_not(data):
    whole, of_others = data.draw(st.integers(1, 40)), data.draw(st.integers(1, 40))
    part, others = data.draw(st.integers(0, whole)), data.draw(st.integers(0, of_others))
    more = pupils_to_close(part, whole, others, of_others)
    assert part + more <= whole
    assert Fraction(part + more, whole) >= Fraction(others, of_others)
    assert not more or Fraction(part + more - 1, whole) < Fraction(others, of_others)
    # Everybody together is no other target than all the others.
    everybody = Fraction(part + more + others, whole + of_others)
    assert Fraction(part + more, whole) >= everybody


@pytest.mark.parametrize(
    ("before", "now", "movement", "points"),
    [
        (-18, -12, Movement.NARROWING, 6),
        (18, 12, Movement.NARROWING, 6),
        (-12, -18, Movement.WIDENING, 6),
        (0, -3, Movement.WIDENING, 3),
        (-3, 0, Movement.NARROWING, 3),
        (-10, 4, Movement.REVERSED, 14),
        (4, -10, Movement.REVERSED, 14),
        (-10, -10, Movement.UNCHANGED, 0),
        (0, 0, Movement.UNCHANGED, 0),
        (Fraction(-51, 5), -10, Movement.UNCHANGED, 0),
        (Fraction(-1, 5), Fraction(1, 5), Movement.UNCHANGED, 0),
        # Rounded once: -16.5 to -12.2 is 4.3, not 17 - 12.
        (Fraction(-33, 2), Fraction(-61, 5), Movement.NARROWING, 4),
    ],
)
def test_how_a_gap_moves(before, now, movement, points):
    assert gap_movement(Fraction(before), Fraction(now)) == GapMovement(movement, points)


def test_without_a_gap_at_either_end_nothing_moves():
    assert gap_movement(None, Fraction(1)) is None
    assert gap_movement(Fraction(1), None) is None
