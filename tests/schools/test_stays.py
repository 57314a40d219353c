"""What rolls say of a pupil's stays, taken in one after another and in any order."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schools.calendar import AcademicYear
from schools.services.stays import RollDates, Stay, StaysRefused, settle

DAY = dt.timedelta(days=1)


def day(text: str) -> dt.date:
    return dt.datetime.strptime(text, "%d/%m/%Y").date()


def stay(text: str) -> Stay:
    """`05/09/2023 - 20/12/2024`, `01/09/2023? -` for an assumed start that goes on."""
    start, end = (part.strip() for part in text.split("-"))
    return Stay(day(start.rstrip("?")), day(end) if end else None, is_start_assumed=start.endswith("?"))


def load(rolls: list[tuple[int, str, str]], *, only_missing: bool = False) -> tuple[list[str], list[str]]:
    """The stays after these rolls, each a year with its entry and its leaving date; and the notes made."""
    stays: tuple[Stay, ...] = ()
    years: set[AcademicYear] = set()
    notes = []
    for start, entry, leaving in rolls:
        year = AcademicYear(start)
        settled = settle(
            stays,
            RollDates(
                year=year,
                entry=day(entry) if entry else None,
                leaving=day(leaving) if leaving else None,
                on_record=years - {year},
                only_missing=only_missing,
            ),
        )
        stays, years = settled.stays, years | {year}
        notes += [settled.note] if settled.note else []
    return [written(each) for each in stays], notes


def written(each: Stay) -> str:
    end = f" {each.ends_on:%d/%m/%Y}" if each.ends_on else ""
    return f"{each.starts_on:%d/%m/%Y}{'?' if each.is_start_assumed else ''} -{end}"


@pytest.mark.parametrize(
    ("rolls", "stays"),
    [
        # Nothing is said: from the first day of the first year.
        ([(2023, "", ""), (2025, "", "")], ["01/09/2023? -"]),
        # A known entry date corrects what was assumed, and an earlier year does not move it.
        ([(2024, "08/01/2024", ""), (2022, "", ""), (2025, "", "")], ["08/01/2024 -"]),
        # Left and came back in a later year, with and without dates.
        ([(2024, "", "14/03/2025"), (2025, "", "")], ["01/09/2024? - 14/03/2025", "01/09/2025? -"]),
        (
            [(2023, "", ""), (2024, "", "14/03/2025"), (2025, "", "")],
            ["01/09/2023? - 14/03/2025", "01/09/2025? -"],
        ),
        (
            [(2023, "05/09/2023", ""), (2024, "05/09/2023", "20/12/2024"), (2025, "03/09/2025", "")],
            ["05/09/2023 - 20/12/2024", "03/09/2025 -"],
        ),
        (
            [(2023, "", ""), (2024, "", "20/12/2024"), (2025, "03/09/2025", "17/07/2026")],
            ["01/09/2023? - 20/12/2024", "03/09/2025 - 17/07/2026"],
        ),
        # The later roll still bears the first entry date.
        (
            [(2024, "", "14/03/2025"), (2025, "04/09/2023", "")],
            ["04/09/2023 - 14/03/2025", "01/09/2025? -"],
        ),
        # Came back on a day in the year; when the stay before ended, nobody said.
        (
            [(2022, "05/09/2022", ""), (2025, "10/11/2025", "")],
            ["05/09/2022 - 09/11/2025", "10/11/2025 -"],
        ),
        # Two rolls that contradict one another: the later year's stands.
        ([(2023, "05/09/2022", ""), (2025, "08/01/2024", "")], ["08/01/2024 -"]),
        # A leaving date and nothing before: gone again in the first year.
        ([(2024, "04/11/2024", "14/03/2025"), (2023, "", "")], ["04/11/2024 - 14/03/2025"]),
    ],
)
def test_rolls_make_the_same_stays_in_whatever_order_they_are_loaded(
    rolls: list[tuple[int, str, str]], stays: list[str]
) -> None:
    for order in permutations(rolls):
        assert load(list(order))[0] == stays, order


@pytest.mark.parametrize(
    ("before", "roll", "stays"),
    [
        # Entry dates corrected by the same year's roll.
        ("05/09/2025 -", (2025, "12/09/2025", ""), ["12/09/2025 -"]),
        ("05/09/2025 -", (2025, "01/09/2025", ""), ["01/09/2025 -"]),
        ("01/09/2025? -", (2025, "02/02/2024", ""), ["02/02/2024 -"]),
        # Leaving dates given, corrected and left out.
        ("05/09/2025 -", (2025, "", "19/12/2025"), ["05/09/2025 - 19/12/2025"]),
        ("05/09/2025 - 19/12/2025", (2025, "", "09/01/2026"), ["05/09/2025 - 09/01/2026"]),
        ("05/09/2025 - 19/12/2025", (2025, "05/09/2025", ""), ["05/09/2025 - 19/12/2025"]),
        # Another stay in the same year.
        (
            "05/09/2025 - 03/10/2025",
            (2025, "10/11/2025", ""),
            ["05/09/2025 - 03/10/2025", "10/11/2025 -"],
        ),
    ],
)
def test_a_roll_corrects_the_stay_it_speaks_of(
    before: str, roll: tuple[int, str, str], stays: list[str]
) -> None:
    year, entry, leaving = roll
    said = RollDates(AcademicYear(year), day(entry) if entry else None, day(leaving) if leaving else None)
    assert [written(each) for each in settle([stay(before)], said).stays] == stays


def test_what_was_not_taken_is_said() -> None:
    assert load([(2024, "08/01/2025", ""), (2023, "", "")])[1] == [
        "stands on the roll of 2023/24, but came on 08/01/2025 by the entry date."
    ]
    assert load([(2025, "08/01/2024", ""), (2024, "05/09/2022", "")])[1] == [
        "has the entry date 05/09/2022 here; 08/01/2024 on a later year’s roll stays."
    ]


@pytest.mark.parametrize(
    ("stays", "roll", "what", "is_leaving"),
    [
        (
            ["05/09/2025 - 03/10/2025", "10/11/2025 -"],
            (2025, "05/09/2025", "15/11/2025"),
            "runs into another stay of this pupil, the stay from 10/11/2025.",
            True,
        ),
        (
            ["05/09/2022 - 14/03/2025"],
            (2025, "08/01/2024", ""),
            "lies before the end of another stay of this pupil, the stay from 05/09/2022 to 14/03/2025.",
            False,
        ),
    ],
)
def test_dates_that_run_into_another_stay_are_refused(
    stays: list[str], roll: tuple[int, str, str], what: str, is_leaving: bool
) -> None:
    year, entry, leaving = roll
    said = RollDates(AcademicYear(year), day(entry), day(leaving) if leaving else None)
    with pytest.raises(StaysRefused) as refused:
        settle([stay(each) for each in stays], said)
    assert (str(refused.value), refused.value.is_leaving) == (what, is_leaving)


@pytest.mark.parametrize(
    ("before", "roll", "after"),
    [
        ("05/09/2025 -", (2025, "12/09/2025", "19/12/2025"), "05/09/2025 - 19/12/2025"),
        ("05/09/2025 - 19/12/2025", (2025, "", "09/01/2026"), "05/09/2025 - 19/12/2025"),
        ("01/09/2025? -", (2025, "12/09/2025", ""), "12/09/2025 -"),
    ],
)
def test_where_only_what_is_missing_is_filled_known_dates_stay(
    before: str, roll: tuple[int, str, str], after: str
) -> None:
    year, entry, leaving = roll
    said = RollDates(
        AcademicYear(year),
        day(entry) if entry else None,
        day(leaving) if leaving else None,
        only_missing=True,
    )
    assert [written(each) for each in settle([stay(before)], said).stays] == [after]


@st.composite
def honest_rolls(draw: st.DrawFn) -> list[tuple[int, str, str]]:
    """Rolls as a school would print them after each year, of a pupil who came and went: of each year the last stay.

    A year's roll may be missing, or leave out the entry date.
    """
    days = sorted(draw(st.sets(st.dates(dt.date(2020, 9, 1), dt.date(2026, 8, 31)), min_size=1, max_size=5)))
    stays = [(start, end) for start, end in zip(days[::2], [*days[1::2], None], strict=False) if start != end]
    rolls = []
    for start in range(2020, 2026):
        year = AcademicYear(start)
        here = [
            (begins, ends)
            for begins, ends in stays
            if begins <= year.ends_on and (ends is None or ends >= year.starts_on)
        ]
        if here and draw(st.booleans()):
            begins, ends = here[-1]
            leaving = f"{ends:%d/%m/%Y}" if ends and ends <= year.ends_on else ""
            rolls.append((start, f"{begins:%d/%m/%Y}" if draw(st.booleans()) else "", leaving))
    return rolls


@given(rolls=honest_rolls(), seed=st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_honest_rolls_agree_in_every_order_and_say_nothing_new_when_loaded_again(
    rolls: list[tuple[int, str, str]], seed
) -> None:
    stays = load(rolls)[0]
    shuffled = rolls[:]
    seed.shuffle(shuffled)
    assert load(shuffled)[0] == stays
    assert load([*shuffled, *rolls])[0] == stays


@given(
    rolls=st.lists(
        st.tuples(
            st.integers(2020, 2025),
            st.none() | st.dates(dt.date(2019, 9, 1), dt.date(2026, 8, 31)),
            st.none() | st.dates(dt.date(2020, 9, 1), dt.date(2027, 8, 31)),
        ),
        max_size=8,
    )
)
@settings(max_examples=300, deadline=None)
def test_no_rolls_make_stays_that_overlap(
    rolls: list[tuple[int, dt.date | None, dt.date | None]],
) -> None:
    stays: tuple[Stay, ...] = ()
    years: set[AcademicYear] = set()
    for start, entry, leaving in rolls:
        year = AcademicYear(start)
        if (entry and entry > year.ends_on) or (
            leaving and leaving < max(year.starts_on, entry or year.starts_on)
        ):
            continue
        try:
            stays = settle(stays, RollDates(year, entry, leaving, years - {year})).stays
        except StaysRefused:
            continue
        years.add(year)
        assert all(each.starts_on <= each.last_day for each in stays)
        assert all(one.last_day < other.starts_on for one, other in pairwise(stays))
        again = settle(stays, RollDates(year, entry, leaving, years - {year})).stays
        assert again == stays
