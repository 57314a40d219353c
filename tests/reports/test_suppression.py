"""What is hidden from those who may not see names: examples by hand, and an attack on every answer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reports.measures import (
    SMALL_COUNT,
    Line,
    ShownLine,
    is_small,
    suppress_groups,
    suppress_line,
    suppress_parts,
    suppress_table,
)
from tests.reports.attacker import worked_out
from tests.unhurried import unhurried

ROOT = Path(__file__).resolve().parents[2]


def test_counts_from_one_to_the_limit_are_small():
    assert SMALL_COUNT == 5
    assert [count for count in range(-1, 9) if is_small(count)] == [1, 2, 3, 4, 5]
    assert [count for count in range(9) if is_small(count, 2)] == [1, 2]
    assert [count for count in range(9) if is_small(count, 0)] == []


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        # Nothing is small.
        ((6, 10, 20), (6, 10, 20)),
        ((0, 0, 30), (0, 0, 30)),
        ((), ()),
        ((0, 0), (0, 0)),
        # One small count takes the smallest other one above nought along.
        ((3, 10, 20), (None, None, 20)),
        ((20, 10, 3), (20, None, None)),
        ((3, 0, 20), (None, 0, None)),
        # Two hidden that are together within the limit take a third along; 1 + 5 = 6 hide each other.
        ((1, 2, 20, 9), (None, None, 20, None)),
        ((5, 1, 20), (None, None, 20)),
        ((2, 3, 9), (None, None, None)),
        # A small sum hides all its parts, noughts too: 3, 0, 0 would say that all three are below.
        ((3, 0, 0), (None, None, None)),
        ((1, 1, 0, 2), (None, None, None, None)),
    ],
)
def test_parts_of_a_shown_sum(counts, shown):
    assert suppress_parts(counts) == shown


def test_the_limit_is_an_argument():
    assert suppress_parts((3, 10, 20), 2) == (3, 10, 20)
    assert suppress_parts((3, 10, 20), 10) == (None, None, 20)
    assert suppress_parts((3, 10, 20), 13) == (None, None, None)
    assert suppress_parts((3, 10, 20), 0) == (3, 10, 20)


def test_negative_counts_are_refused():
    with pytest.raises(ValueError, match=r"^A count of pupils is never negative\.$"):
        suppress_parts((3, -1))
    with pytest.raises(ValueError, match=r"^A count of pupils is never negative\.$"):
        suppress_table([[3, -1]])
    with pytest.raises(ValueError, match=r"^A count of pupils is never negative\.$"):
        suppress_line(Line(below=-1))


def test_a_table_without_small_counts_is_shown_whole():
    shown = suppress_table([[6, 0, 20], [10, 12, 20]])
    assert shown.cells == ((6, 0, 20), (10, 12, 20))
    assert (shown.row_totals, shown.column_totals, shown.total) == ((26, 42), (16, 12, 40), 68)


def test_a_hidden_cell_of_a_table_has_company_in_its_row_and_in_its_column():
    # 3 is hidden; 10 beside it; 8 under it and 12 across close the ring. The totals stay.
    shown = suppress_table([[3, 10, 20], [8, 12, 20], [30, 40, 50]])
    assert shown.cells == ((None, None, 20), (None, None, 20), (30, 40, 50))
    assert (shown.row_totals, shown.column_totals, shown.total) == ((33, 40, 120), (41, 62, 90), 193)


def test_a_cell_that_lies_on_no_ring_of_hidden_cells_is_not_left_to_be_worked_out():
    # Two hidden in each row and each column, yet the cell that joins the two blocks would follow from their
    # totals: the first two rows less the first two columns.
    rows = [[1, 9, 90, 80], [9, 9, 70, 60], [50, 90, 2, 9], [40, 70, 9, 9]]
    shown = suppress_table(rows)
    assert shown.cells == (
        (None, None, 90, 80),
        (None, None, 70, 60),
        (50, 90, None, None),
        (40, 70, None, None),
    )


def test_hidden_cells_of_a_column_are_together_over_the_limit():
    # 2 and 1 take 9 and 9 along, but the first column alone would be 23 - 20 = 3, so 20 goes, and with it 40.
    shown = suppress_table([[2, 9], [1, 9], [20, 40]])
    assert shown.cells == ((None, None), (None, None), (None, None))
    assert (shown.row_totals, shown.column_totals, shown.total) == ((11, 10, 60), (23, 58), 81)


def test_a_small_total_is_hidden_with_its_parts_and_with_another_total():
    shown = suppress_table([[3, 0, 0], [9, 20, 30], [40, 50, 60]])
    assert shown.cells[0] == (None, None, None)
    assert shown.row_totals == (None, None, 150)
    assert shown.column_totals == (52, 70, 90)
    assert shown.total == 212


def test_a_small_table_is_hidden_whole():
    shown = suppress_table([[2, 0], [0, 3]])
    assert shown.cells == ((None, None), (None, None))
    assert (shown.row_totals, shown.column_totals, shown.total) == ((None, None), (None, None), None)


def test_an_empty_table_has_nothing_to_hide():
    shown = suppress_table([])
    assert (shown.cells, shown.row_totals, shown.column_totals, shown.total) == ((), (), (), 0)


def test_rows_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match=r"^The rows of a table are of one length\.$"):
        suppress_table([[1, 2], [3]])


def test_a_line_without_small_counts_is_shown_whole():
    line = Line(below=7, at=12, above=0, total=500, not_included={"absent": 6})
    assert suppress_line(line) == line.shown()


def test_a_hidden_count_takes_its_share_along_but_leaves_the_average_of_all():
    shown = suppress_line(Line(below=4, at=20, above=16, total=1000))
    assert (shown.below, shown.at, shown.above, shown.counted, shown.pupils) == (None, 20, None, 40, 40)
    assert shown.percentage(shown.below) is None
    assert shown.percentage(shown.at) == 50
    assert shown.percentage(shown.above) is None
    assert shown.at_or_above is None
    assert str(shown.average()) == "25.00"


def test_at_or_above_stays_when_the_two_hide_each_other():
    shown = suppress_line(Line(below=20, at=12, above=3))
    assert (shown.below, shown.at, shown.above, shown.at_or_above) == (20, None, None, 15)


def test_a_small_group_shows_nothing_of_itself_not_even_all_or_none():
    assert suppress_line(Line(at=4, total=100)) == ShownLine(
        below=None, at=None, above=None, counted=None, pupils=None, not_included={}, total=None
    )


def test_a_large_group_may_be_all_of_one_kind():
    shown = suppress_line(Line(at=30, total=900))
    assert [shown.percentage(part) for part in (shown.below, shown.at, shown.above)] == [0, 100, 0]


def test_a_few_not_assessed_hide_the_figures_where_the_number_on_roll_is_known():
    shown = suppress_line(Line(below=20, at=30, above=10, total=1500, not_included={"absent": 4}))
    assert (shown.pupils, shown.counted, shown.missing, shown.not_included) == (
        64,
        None,
        None,
        {"absent": None},
    )
    assert shown.average() is None
    assert [shown.percentage(part) for part in (20, 30, 10)] == [None, None, None]
    assert [shown.below, shown.at, shown.above].count(None) >= 1


def test_a_few_not_assessed_hide_the_number_on_roll_where_it_stands_nowhere_else():
    line = Line(below=20, at=30, above=10, total=1500, not_included={"absent": 4})
    shown = suppress_line(line, roll_is_shown=False)
    assert (shown.pupils, shown.counted, shown.missing, shown.not_included) == (
        None,
        60,
        None,
        {"absent": None},
    )
    assert (shown.below, shown.at, shown.above, str(shown.average())) == (20, 30, 10, "25.00")


def test_few_for_one_reason_hide_behind_those_for_another():
    line = Line(
        below=20, at=30, above=10, total=1500, not_included={"absent": 4, "new": 7, "not required": 0}
    )
    shown = suppress_line(line)
    assert shown.not_included == {"absent": None, "new": None, "not required": 0}
    assert (shown.pupils, shown.counted, shown.missing, shown.below) == (71, 60, 11, 20)


def test_when_a_group_is_hidden_its_comparator_is_hidden_as_all_less_one_is_the_other():
    pupil_premium = Line(below=2, at=1, above=0, total=75)
    others = Line(below=20, at=10, above=9, total=1000)
    (group, comparator), everybody = suppress_groups([pupil_premium, others])
    hidden = ShownLine(
        below=None, at=None, above=None, counted=None, pupils=None, not_included={}, total=None
    )
    assert group == hidden
    assert comparator == hidden
    assert everybody == Line(below=22, at=11, above=9, total=1075).shown()


def test_a_hidden_count_of_a_group_is_hidden_of_its_comparator_too():
    (group, comparator), everybody = suppress_groups(
        [Line(below=2, at=10, above=10, total=550), Line(below=20, at=30, above=40, total=2250)]
    )
    assert (group.below, group.counted, group.pupils, str(group.average())) == (None, 22, 22, "25.00")
    assert (comparator.below, comparator.counted, str(comparator.average())) == (None, 90, "25.00")
    assert (everybody.below, everybody.at, everybody.above) == (22, 40, 50)


def test_those_of_whom_a_characteristic_is_not_known_count_as_a_third_group():
    lines = [Line(at=40, total=1000), Line(at=30, total=750), Line(at=2, total=50)]
    (group, comparator, unknown), everybody = suppress_groups(lines)
    assert (unknown.pupils, comparator.pupils, group.pupils) == (None, None, 40)
    assert (everybody.pupils, everybody.at) == (72, 72)


def test_a_nought_of_a_small_group_that_the_nought_of_everybody_tells_stays():
    (group, comparator), everybody = suppress_groups([Line(at=2, above=1), Line(at=30, above=20)])
    assert (group.below, group.at, group.above, group.counted) == (0, None, None, None)
    assert (comparator.below, comparator.at, comparator.above, comparator.counted) == (0, None, None, None)
    assert (everybody.below, everybody.at, everybody.above) == (0, 32, 21)


def test_an_average_of_all_needs_the_total_of_each_group():
    _, everybody = suppress_groups([Line(at=40, total=1000), Line(at=40)])
    assert everybody.mean is None
    assert everybody.counted == 80


small_numbers = st.sampled_from([0, 0, 1, 2, 3, 4, 5, 7])
limits = st.integers(1, 3)


@unhurried
@given(st.lists(small_numbers, min_size=1, max_size=6), limits)
def test_no_part_of_a_sum_can_be_worked_out(counts, limit):
    shown = suppress_parts(counts, limit)
    hidden = {place for place, count in enumerate(shown) if count is None}
    if is_small(sum(counts), limit):
        assert len(hidden) == len(counts)
        hidden |= {"total"}
    assert all(count is None or count == counts[place] for place, count in enumerate(shown))
    assert not any(is_small(count, limit) for count in shown if count is not None)
    parts = dict(enumerate(counts))
    assert worked_out(parts, {"total": list(parts)}, frozenset(hidden), limit) == []


@unhurried
@given(st.lists(small_numbers, max_size=8), limits)
def test_no_part_is_hidden_without_need(counts, limit):
    hidden = [
        count for count, shown in zip(counts, suppress_parts(counts, limit), strict=True) if shown is None
    ]
    small = [count for count in counts if is_small(count, limit)]
    if not small:
        assert hidden == []
    elif not is_small(sum(counts), limit):
        assert len(hidden) <= max(len(small) + 1, 2)
        assert 0 not in hidden


tables = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.lists(small_numbers, min_size=width, max_size=width), min_size=1, max_size=3)
)


def named(rows):
    """Everything there is to know of a table, its cells, and what they add up to."""
    cells = {(y, x): count for y, row in enumerate(rows) for x, count in enumerate(row)}
    sums = {("row", y): [(y, x) for x in range(len(row))] for y, row in enumerate(rows)}
    sums |= {("column", x): [(y, x) for y in range(len(rows))] for x in range(len(rows[0]))}
    sums["total"] = list(cells)
    return cells | {name: sum(cells[part] for part in parts) for name, parts in sums.items()}, cells, sums


def answers(shown):
    answer = {(y, x): count for y, row in enumerate(shown.cells) for x, count in enumerate(row)}
    answer |= {("row", y): count for y, count in enumerate(shown.row_totals)}
    answer |= {("column", x): count for x, count in enumerate(shown.column_totals)}
    return answer | {"total": shown.total}


@settings(unhurried, max_examples=250)
@given(tables, limits)
@example([[1, 1, 0], [4, 5, 0], [4, 4, 0]], 2)
@example([[1, 0], [0, 7]], 3)
@example([[0, 3, 0], [3, 0, 7], [0, 7, 0]], 3)
def test_nothing_hidden_in_a_table_can_be_worked_out(rows, limit):
    true, cells, sums = named(rows)
    shown = suppress_table(rows, limit)
    answer = answers(shown)
    attack(true, answer, cells, sums, limit)
    assert (shown.total is None) == is_small(true["total"], limit)
    if not any(is_small(count, limit) for count in true.values()):
        assert None not in answer.values()


lines = st.builds(
    Line,
    below=small_numbers,
    at=small_numbers,
    above=small_numbers,
    total=st.just(99),
    not_included=st.dictionaries(st.sampled_from(["absent", "new"]), small_numbers),
)


@settings(unhurried, max_examples=250)
@given(st.lists(lines, min_size=1, max_size=2), limits, st.booleans())
def test_nothing_hidden_of_groups_can_be_worked_out(groups, limit, roll_is_shown):
    shown, everybody = suppress_groups(groups, limit, roll_is_shown=roll_is_shown)
    reasons = list(everybody.not_included)
    parts, sums, answer = {}, {}, {}
    for row, line in enumerate(groups):
        cells = {(row, part): getattr(line, part) for part in ("below", "at", "above")}
        missing = {(row, reason): line.not_included.get(reason, 0) for reason in reasons}
        parts |= cells | missing
        sums[row, "counted"] = list(cells)
        sums[row, "pupils"] = [*cells, *missing]
    for part in ["below", "at", "above", *reasons]:
        sums["all", part] = [(row, part) for row in range(len(groups))]
    for part in ("counted", "pupils"):
        sums["all", part] = [cell for row in range(len(groups)) for cell in sums[row, part]]
    for row, line in [*enumerate(shown), ("all", everybody)]:
        for part in ("below", "at", "above", "counted", "pupils"):
            answer[row, part] = getattr(line, part)
        answer |= {(row, reason): count for reason, count in line.not_included.items()}
    true = parts | {name: sum(parts[part] for part in of) for name, of in sums.items()}
    attack(true, answer, parts, sums, limit)
    assert all((line.mean is None) == (not line.counted) for line in [*shown, everybody])
    if roll_is_shown:
        assert (everybody.pupils is None) == is_small(true["all", "pupils"], limit)


small_tables = st.lists(st.lists(small_numbers, min_size=2, max_size=2), min_size=2, max_size=3)


@settings(unhurried, max_examples=150)
@given(small_tables, limits)
@example([[0, 7, 4], [3, 7, 7], [7, 7, 0]], 3)
def test_nothing_of_a_table_is_hidden_without_need(rows, limit):
    true, cells, sums = named(rows)
    answer = answers(suppress_table(rows, limit))
    hidden = {name for name, count in answer.items() if count is None}
    few = {name for name in sums if is_small(true[name], limit)}
    small = {name for name in hidden if is_small(true[name], limit)}
    small |= {part for name in few for part in sums[name]}
    for name in hidden - small if "total" not in few else ():
        assert worked_out(cells, sums, frozenset(hidden - {name}), limit), name


def test_the_same_counts_always_hide_the_same():
    script = (
        "from reports.measures import *;"
        "print(suppress_table([[3, 9, 9, 9], [9, 9, 9, 9], [9, 9, 4, 9]]));"
        "print(suppress_groups([Line(3, 9, 9, 1, {'absent': 9, 'new': 9}), Line(9, 9, 2, 1, {'absent': 9}), Line(9, 9, 9)]))"
    )
    prints = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            cwd=ROOT,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(prints) == 1


def attack(true, answer, parts, sums, limit):
    assert answer.keys() == true.keys()
    assert all(count is None or count == true[name] for name, count in answer.items())
    assert not any(is_small(count, limit) for count in answer.values() if count is not None)
    hidden = frozenset(name for name, count in answer.items() if count is None)
    if len(hidden) < len(answer):
        assert worked_out(parts, sums, hidden, limit) == []


def test_the_attacker_finds_what_is_badly_hidden():
    parts = {"a": 3, "b": 10, "c": 0}
    assert worked_out(parts, {"all": "abc"}, frozenset("a"), 5) == [("a",)]
    assert worked_out(parts, {"all": "abc"}, frozenset("ac"), 5) == [("a", "c")]
    assert worked_out(parts, {"all": "abc"}, frozenset("ab"), 5) == []
    bridge = {"a": 9, "b": 9, "c": 9, "d": 9, "e": 7}
    sums = {"one": "abe", "two": "cd", "left": "ac", "right": "bd"}
    assert worked_out(bridge, sums, frozenset("abcde"), 5) == [("e",)]
