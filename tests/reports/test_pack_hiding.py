"""What the governors' pack may show: examples by hand, and a reader who tries all numbers."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.measures import Line, gap, is_small, percentage, share
from reports.pack_hiding import (
    ShownShares,
    hide_year_groups,
    may_tell_gap,
    may_tell_gaps,
    show_shares,
)
from tests.reports.attacker import worked_out
from tests.unhurried import unhurried

PARTS = ("below", "at", "above")


def told(line):
    return line.below, line.at, line.above, line.counted


def test_year_groups_without_small_counts_are_shown_with_their_sum():
    rows, everybody = hide_year_groups([Line(10, 20, 8), Line(6, 7, 0)], 5)
    assert [told(row) for row in rows] == [(10, 20, 8, 38), (6, 7, 0, 13)]
    assert told(everybody) == (16, 27, 8, 51)


def test_few_above_hide_those_at_and_the_share_at_or_above_stays():
    rows, everybody = hide_year_groups([Line(10, 9, 3), Line(11, 20, 15), Line(12, 30, 12)], 5)
    # In the row the two hide each other; in the columns two of the next year group's do.
    assert told(rows[0]) == (10, None, None, 22)
    assert (rows[0].at_or_above, rows[0].percentage(rows[0].at_or_above)) == (12, 55)
    assert [row.below for row in rows] == [10, 11, 12]
    assert told(everybody) == (33, 59, 30, 122)


def test_few_below_hide_the_share_that_would_tell_them():
    rows, _ = hide_year_groups([Line(2, 20, 18), Line(9, 20, 18)], 5)
    assert (rows[0].below, rows[0].at_or_above, rows[0].above) == (None, None, 18)


def test_a_small_year_group_shows_nothing_and_takes_another_number_along():
    rows, everybody = hide_year_groups([Line(1, 2, 0), Line(9, 20, 18), Line(10, 20, 20)], 5)
    assert told(rows[0]) == (None, None, None, None)
    assert [row.counted for row in rows].count(None) == 2
    assert everybody.counted == 100


def test_one_year_group_is_its_own_sum_and_none_has_none():
    rows, everybody = hide_year_groups([Line(10, 9, 3)], 5)
    assert rows == (everybody,)
    assert told(everybody) == (10, None, None, 22)
    assert hide_year_groups([], 5)[0] == ()


small_numbers = st.sampled_from([0, 0, 1, 2, 3, 4, 5, 7])
lines = st.builds(Line, below=small_numbers, at=small_numbers, above=small_numbers)


@unhurried
@given(st.lists(lines, min_size=1, max_size=3), st.integers(1, 3))
def test_nothing_hidden_of_year_groups_can_be_worked_out(years, limit):
    rows, everybody = hide_year_groups(years, limit)
    cells = {(place, part): getattr(line, part) for place, line in enumerate(years) for part in PARTS}
    sums = {(place, "counted"): [(place, part) for part in PARTS] for place in range(len(years))}
    sums |= {("all", part): [(place, part) for place in range(len(years))] for part in PARTS}
    sums["all", "counted"] = list(cells)
    true = cells | {name: sum(cells[part] for part in parts) for name, parts in sums.items()}
    answer = {
        (place, name): getattr(line, name)
        for place, line in [*enumerate(rows), ("all", everybody)]
        for name in (*PARTS, "counted")
    }
    assert all(count is None or count == true[name] for name, count in answer.items())
    assert not any(is_small(count, limit) for count in answer.values() if count is not None)
    hidden = frozenset(name for name, count in answer.items() if count is None)
    if len(hidden) < len(answer):
        assert worked_out(cells, sums, hidden, limit) == []


def test_shares_of_many_are_told_apart():
    # 20, 15 and 10 of 45; 46 were judged. 20 of 46 would be 43 %; 8, 6 and 4 of 18 would print the same.
    assert show_shares((20, 15, 10), 46, 5) == ShownShares(44, 33, 22, 56)


def test_few_are_told_together_with_their_neighbours():
    assert show_shares((39, 4, 3), 46, 5) == ShownShares(less=85, expected_or_more=15)
    assert show_shares((3, 4, 39), 46, 5) == ShownShares(more=85, expected_or_less=15)


def test_few_altogether_tell_nothing():
    assert show_shares((44, 1, 1), 46, 5) == ShownShares()
    assert show_shares((1, 2, 1), 46, 5) == ShownShares()
    assert show_shares((0, 0, 0), 46, 5) == ShownShares()
    assert show_shares((2, 40, 2), 46, 5).is_hidden
    # 3 per cent of 188 could be 6 of 190, but is a share of 5.
    assert show_shares((137, 46, 5), 190, 5) == ShownShares(less=73, expected_or_more=27)


def test_nothing_is_hidden_where_no_count_is_small():
    assert show_shares((1, 2, 1), 46, 0) == ShownShares(25, 50, 25, 75)


def fits(world, shown):
    less, expected, more = world
    whole = sum(world)
    printed = {
        "less": less,
        "expected": expected,
        "more": more,
        "expected_or_more": expected + more,
        "expected_or_less": less + expected,
    }
    return all(getattr(shown, name) in {None, percentage(count, whole)} for name, count in printed.items())


numbers = st.sampled_from([0, 0, 1, 2, 3, 5, 8, 11])


@unhurried
@given(st.tuples(numbers, numbers, numbers), st.integers(0, 6), st.integers(1, 3))
def test_whoever_tries_all_numbers_learns_no_small_one_from_shares(parts, others, limit):
    counted = sum(parts)
    out_of = counted + others
    shown = show_shares(parts, out_of, limit)
    if shown == ShownShares():
        return
    worlds = [
        world
        for world in product(range(out_of + 1), repeat=3)
        if 0 < sum(world) <= out_of and fits(world, shown)
    ]
    assert parts in worlds
    asked = [
        lambda world: world[0],
        lambda world: world[1],
        lambda world: world[2],
        lambda world: world[0] + world[1],
        lambda world: world[1] + world[2],
        lambda world: world[0] + world[2],
        sum,
        lambda world: out_of - sum(world),
    ]
    for count in asked:
        if is_small(count(parts), limit):
            assert any(not is_small(count(world), limit) for world in worlds)


def test_a_few_of_whom_it_is_not_known_hide_neither_group():
    # 3 of 190 are in neither: the shares stay, the numbers go.
    beside = ((30, 23), (56, 78), (87, 103))
    assert may_tell_gap(beside, 5)
    assert may_tell_gaps([beside, beside], 5)
    assert may_tell_gaps([], 5)


@pytest.mark.parametrize(
    "beside",
    [
        ((3, 23), (56, 78), (61, 103)),  # few below in the group
        ((30, 23), (56, 4), (88, 28)),  # few at or above in the other
        ((0, 0), (56, 78), (58, 79)),  # nobody in the group
    ],
)
def test_a_group_with_few_of_a_kind_is_not_told_by_its_share(beside):
    assert not may_tell_gap(beside, 5)


pairs = st.tuples(st.integers(0, 9), st.integers(0, 9))


@unhurried
@given(pairs, pairs, st.tuples(st.integers(0, 3), st.integers(0, 3)), st.integers(1, 3))
def test_whoever_tries_all_numbers_learns_no_small_one_from_a_gap(group, other, neither, limit):
    everybody = tuple(map(sum, zip(group, other, neither, strict=True)))
    if not may_tell_gap((group, other, everybody), limit):
        return

    def printed(one, two):
        shares = [share(pair[1], sum(pair)) for pair in (one, two)]
        return (
            percentage(one[1], sum(one)),
            percentage(two[1], sum(two)),
            gap(*shares),
        )

    wanted = printed(group, other)
    worlds = [
        (one, two, tuple(whole - a - b for whole, a, b in zip(everybody, one, two, strict=True)))
        for one in product(*(range(count + 1) for count in everybody))
        if sum(one) and percentage(one[1], sum(one)) == wanted[0]
        for two in product(*(range(count - taken + 1) for count, taken in zip(everybody, one, strict=True)))
        if sum(two) and printed(one, two) == wanted
    ]
    true = (group, other, neither)
    for place in range(3):
        for count in (lambda pair: pair[0], lambda pair: pair[1], sum):
            if is_small(count(true[place]), limit):
                assert any(not is_small(count(world[place]), limit) for world in worlds)
