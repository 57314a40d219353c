"""Rounding, shares, averages and gaps, against figures worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.engine.rounding import round_half_up
from reports.measures import Line, average, gap, mean, median, percentage, share
from tests.unhurried import unhurried


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [
        (Decimal("62.5"), 0, "63"),
        (Decimal("62.49"), 0, "62"),
        (Decimal("-62.5"), 0, "-63"),
        (Decimal("-0.125"), 2, "-0.13"),
        (Decimal("0.125"), 2, "0.13"),
        (Decimal("2.675"), 2, "2.68"),
        (Fraction(1, 3), 2, "0.33"),
        (Fraction(2, 3), 2, "0.67"),
        (Fraction(-1, 2), 0, "-1"),
        (Fraction(-1, 3), 0, "0"),
        (Fraction(-1, 300), 2, "0.00"),
        (7, 0, "7"),
        (7, 2, "7.00"),
        (-7, 1, "-7.0"),
        (0, 2, "0.00"),
        (10**40 + 1, 1, "1" + "0" * 39 + "1.0"),
    ],
)
def test_halves_are_rounded_away_from_zero(value, places, rounded):
    assert str(round_half_up(value, places)) == rounded


def test_a_figure_is_whole_unless_asked_otherwise():
    assert str(round_half_up(Fraction(125, 2))) == "63"
    assert str(percentage(1, 3)) == "33"
    assert str(gap(Fraction(3, 2), Fraction(1))) == "1"


@pytest.mark.parametrize(
    ("values", "middle"),
    [
        ([], None),
        ([7], "7.0"),
        ([9, -2, 3], "3.0"),
        ([6, 7, 3, 7, 6, 7], "6.5"),
        ([-1, 0], "-0.5"),
        ([2, 2], "2.0"),
    ],
)
def test_a_median_is_the_middle_or_half_way(values, middle):
    found = median(values, 1)
    assert (None if found is None else str(found)) == middle


def test_a_number_that_is_not_exact_is_refused():
    with pytest.raises(TypeError, match=r"^0\.5 is a float: measures are computed exactly\.$"):
        round_half_up(0.5)


def test_rounding_to_tens_is_refused():
    with pytest.raises(ValueError, match=r"^Cannot round to -1 decimals\.$"):
        round_half_up(5, -1)


@unhurried
@given(st.fractions(), st.integers(0, 6))
def test_a_rounded_figure_is_at_most_half_a_unit_off_and_symmetric_about_zero(value, places):
    rounded = round_half_up(value, places)
    assert abs(Fraction(rounded) - value) <= Fraction(1, 2 * 10**places)
    assert Fraction(round_half_up(-value, places)) == -Fraction(rounded)
    assert not (rounded == 0 and rounded.is_signed())
    assert -rounded.as_tuple().exponent == places


@unhurried
@given(st.fractions(), st.fractions(), st.integers(0, 4))
def test_rounding_keeps_the_order(one, other, places):
    low, high = sorted([one, other])
    assert round_half_up(low, places) <= round_half_up(high, places)


@pytest.mark.parametrize(
    ("part", "whole", "places", "shown"),
    [
        (5, 8, 0, "63"),
        (3, 8, 0, "38"),
        (1, 8, 1, "12.5"),
        (0, 30, 0, "0"),
        (30, 30, 0, "100"),
        (1, 200, 0, "1"),
    ],
)
def test_a_percentage_is_rounded_half_up(part, whole, places, shown):
    assert str(percentage(part, whole, places)) == shown


def test_percentages_are_not_made_to_add_up_to_100():
    assert [percentage(1, 3), percentage(1, 3), percentage(1, 3)] == [33, 33, 33]
    assert [percentage(5, 8), percentage(3, 8)] == [63, 38]


def test_nobody_has_neither_a_share_nor_an_average():
    assert share(0, 0) is None
    assert percentage(0, 0) is None
    assert mean(0, 0) is None
    assert average(0, 0) is None


def test_an_average_has_two_places_unless_asked_otherwise():
    assert str(average(101, 8)) == "12.63"
    assert str(average(101, 8, places=1)) == "12.6"
    assert str(average(Fraction(-1, 4), 2)) == "-0.13"
    assert str(average(0, 3)) == "0.00"


def test_a_gap_is_rounded_once():
    # 4 of 9 and 5 of 9: 44.44 - 55.56 = -11.11 is -11, though 44 - 56 is -12.
    assert gap(share(4, 9), share(5, 9)) == -11
    # 1 of 3 and 1 of 6: 33.33 - 16.67 = 16.67 is 17, though 33 - 17 is 16.
    assert gap(share(1, 3), share(1, 6)) == 17


def test_a_gap_is_negative_when_the_group_is_behind():
    assert gap(mean(200, 8), mean(212, 8), places=1) == Decimal("-1.5")
    assert gap(mean(212, 8), mean(200, 8), places=1) == Decimal("1.5")


def test_there_is_no_gap_without_both_figures():
    assert gap(None, Fraction(1)) is None
    assert gap(Fraction(1), None) is None


def test_a_line_counts_those_in_it_and_those_it_leaves_out():
    line = Line(below=7, at=12, above=9, total=700, not_included={"absent": 1, "new": 2})
    assert (line.counted, line.pupils) == (28, 31)


def test_who_may_see_names_sees_every_figure_of_a_line():
    shown = Line(below=1, at=12, above=3, total=500, not_included={"absent": 1, "new": 2}).shown()
    assert (shown.below, shown.at, shown.above, shown.counted) == (1, 12, 3, 16)
    assert (shown.pupils, shown.missing, shown.not_included) == (19, 3, {"absent": 1, "new": 2})
    assert shown.at_or_above == 15
    assert [shown.percentage(part) for part in (shown.below, shown.at, shown.above)] == [6, 75, 19]
    assert str(shown.percentage(shown.below, places=1)) == "6.3"
    assert shown.share(shown.at_or_above) == Fraction(1500, 16)
    assert (str(shown.average()), str(shown.average(places=0))) == ("31.25", "31")


def test_a_line_of_nobody_has_counts_and_no_shares():
    shown = Line(total=0, not_included={"new": 4}).shown()
    assert (shown.counted, shown.below, shown.missing) == (0, 0, 4)
    assert shown.percentage(shown.below) is None
    assert shown.average() is None
