"""What is told of several schools is attacked: movers beside their year groups, sums beside their schools, other schools beside one's own."""

from __future__ import annotations

import random
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.documents.beside_partnership import FEWEST_OTHER_SCHOOLS, others_together
from reports.documents.partnership import added_up, school_line
from reports.measures import is_small
from reports.partnership_hiding import nearest_ten, told_tenths, told_together
from reports.queries.figures import COMBINED, Figure
from schools.calendar import YearGroup
from schools.models import Partnership, School
from tests.unhurried import unhurried

LIMIT = 5
MATHS = 3
PARTS = st.tuples(*[st.integers(0, 30)] * 3)


@pytest.mark.parametrize(
    ("count", "told"), [(0, 0), (1, 10), (5, 10), (14, 10), (15, 20), (34, 30), (35, 40)]
)
def test_numbers_to_the_nearest_ten(count: int, told: int) -> None:
    assert nearest_ten(count) == told


@pytest.mark.parametrize(
    ("parts", "others", "told"),
    [
        # Nobody, and too few.
        ((0, 0, 0), (9, 9, 9), None),
        ((2, 2, 1), (0, 0, 0), None),
        # 12 of 44 are 27 %, told as 30; one of the year group's 45 did not move, who could as well be none or ten.
        ((12, 24, 8), (1, 0, 0), (30, 50, 20)),
        # Here no other numbers would be printed alike in which whoever is below or above and did not move is none, or more than five.
        ((11, 25, 8), (1, 0, 0), None),
        ((20, 20, 10), (0, 0, 0), (40, 40, 20)),
        # 100 % of about ten: all six or all fourteen.
        ((0, 10, 0), (0, 0, 0), (0, 100, 0)),
        # Six below and two who stayed below: of eight below six at least have to be shares of 100 %: the two are 0 to 3.
        ((6, 0, 0), (2, 0, 0), (100, 0, 0)),
    ],
)
def test_shares_of_movers(parts, others, told) -> None:
    assert told_tenths(parts, others, LIMIT) == told


def everything(parts, others):
    return [
        sum(counts[place] for place in range(3) if some[place])
        for counts in (parts, others)
        for some in product((False, True), repeat=3)
        if any(some)
    ]


def printed(parts):
    whole = sum(parts)
    # In decimals, and told apart from how the page rounds: half up.
    return nearest_ten(whole), [int(10 * part / whole + 0.5) * 10 for part in parts]


@settings(unhurried, max_examples=150)
@given(PARTS, st.tuples(*[st.integers(0, 8)] * 3))
def test_no_few_can_be_worked_out_of_movers_beside_their_year_group(parts, others) -> None:
    """The attacker knows the year group whole, tries all numbers that would be printed alike, and looks for a few that are few in all."""
    told = told_tenths(parts, others, LIMIT)
    if told is None:
        return
    whole = [one + two for one, two in zip(parts, others, strict=True)]
    worlds = [
        everything(world, [all_ - part for all_, part in zip(whole, world, strict=True)])
        for world in product(*(range(each + 1) for each in whole))
        if sum(world) and printed(world) == (nearest_ten(sum(parts)), list(told))
    ]
    for place, true in enumerate(everything(parts, others)):
        if is_small(true, LIMIT):
            assert any(not is_small(world[place], LIMIT) for world in worlds)


def figure(school: int, year: int, subject: int, below: int, at: int, above: int, missing: int = 0) -> Figure:
    judged = below + at + above
    return Figure(school, year, subject, 1, judged + missing, judged, below, at, above, 0, 0, 0, 0, 0, 0)


def figures_of(school: int, chance: random.Random, years: tuple[int, ...]) -> list[Figure]:
    return [
        figure(
            school, year, subject, *(chance.randint(0, 20) for _ in range(3)), missing=chance.randint(0, 3)
        )
        for year in years
        for subject in (1, 2, 3, 4, COMBINED)
    ]


@pytest.mark.parametrize("seed", range(12))
def test_the_sum_of_schools_tells_nothing_that_is_hidden_of_one(seed: int) -> None:
    """The line of all schools is added up from what stands above it; so taking lines from it leaves nought."""
    chance = random.Random(seed)
    school = School(
        name="A",
        partnership=Partnership(),
        urn="100000",
        lowest_year_group=YearGroup.R,
        highest_year_group=YearGroup.Y4,
    )
    for year_group in (None, YearGroup.Y2):
        lines = [
            school_line(school, figures_of(number, chance, (1, 2, 3)), MATHS, year_group, LIMIT)
            for number in range(5)
        ]
        whole = [line.line for line in lines if line.line and line.has_bar]
        total = added_up(whole)
        for name in ("below", "at", "above", "counted"):
            assert getattr(total, name) == sum(getattr(line, name) for line in whole)
        for line in lines:
            counts = [part.count for part in line.parts]
            assert not any(is_small(count, LIMIT) for count in counts if count is not None)
            # Without the number judged nothing is told of progress: of nobody here.
            assert line.progress is None


@pytest.mark.parametrize("seed", range(12))
def test_other_schools_together_are_three_or_more_and_none_of_them_can_be_worked_out(seed: int) -> None:
    """One of three who takes its own figures away is left with two; year groups are of different pupils, and there is no sum of them."""
    chance = random.Random(seed)
    theirs = {
        number: figures_of(number, chance, chance.choice([(1, 2), (2, 3), (2,)])) for number in range(4)
    }
    for (year, subject), (line, schools) in others_together(theirs, LIMIT).items():
        if line is None:
            assert schools < FEWEST_OTHER_SCHOOLS
            continue
        assert schools >= FEWEST_OTHER_SCHOOLS
        assert line.counted is not None
        mine = [
            each
            for found in theirs.values()
            for each in found
            if (each.year_group, each.subject) == (year, subject)
        ]
        assert all(line.counted > each.assessed for each in mine if each.assessed <= LIMIT)
        assert line.pupils is None
    # Two schools alone are never added up.
    two = others_together({number: theirs[number] for number in (0, 1)}, LIMIT)
    assert all(line is None for line, _ in two.values())


def test_other_schools_together_by_hand() -> None:
    """Three are told whole; of the fourth four are above, which hides it; in Year 3 there are two."""
    theirs = {
        1: [figure(1, 2, MATHS, 6, 10, 8), figure(1, 3, MATHS, 6, 10, 8)],
        2: [figure(2, 2, MATHS, 0, 12, 9), figure(2, 3, MATHS, 7, 7, 7)],
        3: [figure(3, 2, MATHS, 10, 20, 0, missing=2)],
        4: [figure(4, 2, MATHS, 10, 20, 4)],
    }
    for found in theirs.values():
        years = sorted({each.year_group for each in found})
        found += [
            figure(found[0].school_id, year, subject, 0, 0, 0)
            for year in years
            for subject in (1, 2, 4, COMBINED)
        ]
    together = others_together(theirs, LIMIT)
    line, schools = together[2, MATHS]
    assert line is not None
    assert (line.below, line.at, line.above, line.counted, line.pupils, schools) == (16, 42, 17, 75, None, 3)
    assert together[3, MATHS] == (None, 2)


# Numbers of a year group that has gone to two schools, and of whom a few have gone to neither; as a whole they are told elsewhere.
LEAVING = st.tuples(*[st.integers(0, 12)] * 3)


def worlds_of(parts, whole):
    """All numbers of those who moved, of one pair, that would be printed as these are."""
    return {
        world
        for world in product(*(range(each + 1) for each in whole))
        if sum(world) and printed(world) == printed(parts)
    }


@settings(unhurried, max_examples=40)
@given(LEAVING, LEAVING, st.tuples(*[st.integers(0, 5)] * 3))
def test_no_few_can_be_worked_out_of_two_pairs_beside_their_year_group(first, second, stayed) -> None:
    """Both pairs of one old school are told together: whoever takes both from the year group has, of each few, another number that is none or more.

    As in the page: of each pair the others are those who are in no pair, as if the numbers of the other pair were known; here they are not even known.
    """
    told = [told_tenths(parts, stayed, LIMIT) for parts in (first, second)]
    if None in told:
        return
    whole = tuple(sum(each) for each in zip(first, second, stayed, strict=True))
    of_second = worlds_of(second, whole)
    possible = [
        (one, two)
        for one in worlds_of(first, whole)
        for two in of_second
        if all(a + b <= all_ for a, b, all_ in zip(one, two, whole, strict=True))
    ]
    truth = (first, second)
    for which in (0, 1):
        for some in product((False, True), repeat=3):
            places = [place for place in range(3) if some[place]]
            if places and is_small(sum(truth[which][place] for place in places), LIMIT):
                assert any(
                    not is_small(sum(world[which][place] for place in places), LIMIT) for world in possible
                )
    for some in product((False, True), repeat=3):
        places = [place for place in range(3) if some[place]]
        if places and is_small(sum(stayed[place] for place in places), LIMIT):
            assert any(
                not is_small(sum(whole[place] - one[place] - two[place] for place in places), LIMIT)
                for one, two in possible
            )


@st.composite
def subjects_of_one_pair(draw):
    """The same children in three subjects at both ends: so many moved and so many stayed, each judged in everything."""
    moved, stayed = draw(st.integers(6, 18)), draw(st.integers(0, 5))

    def split(count: int) -> tuple[int, int, int]:
        below = draw(st.integers(0, count))
        at = draw(st.integers(0, count - below))
        return below, at, count - below - at

    return {
        (subject, end): (split(moved), [split(stayed)])
        for subject in ("reading", "writing", "mathematics")
        for end in ("then", "now")
    }


@settings(unhurried, max_examples=20)
@given(subjects_of_one_pair())
def test_no_few_can_be_worked_out_of_the_tables_of_several_subjects(tables) -> None:
    """The attacker has every table of the pair, knows each year group whole, and that all were judged in everything: only numbers of children that fit every
    table are left. By plain trying, with another rounding than the page's.
    """
    told = told_together(tables, LIMIT)
    whole = {
        key: [sum(each) for each in zip(parts, beside[0], strict=True)]
        for key, (parts, beside) in tables.items()
    }
    worlds = {key: worlds_of(tables[key][0], whole[key]) for key in told}
    counts = (
        set.intersection(*({sum(world) for world in found} for found in worlds.values())) if told else set()
    )
    for key, found in worlds.items():
        parts, (others,) = tables[key]
        assert told[key] == tuple(printed(parts)[1])
        fitting = [
            everything(world, [all_ - part for all_, part in zip(whole[key], world, strict=True)])
            for world in found
            if sum(world) in counts
        ]
        for place, true in enumerate(everything(parts, others)):
            if is_small(true, LIMIT):
                assert any(not is_small(world[place], LIMIT) for world in fitting)


def test_subjects_that_together_would_tell_are_not_told_together() -> None:
    """Thirty-eight moved and five stayed. Each table alone could as well be of fewer than 38 children, so that more than five had stayed; all three together could not."""
    tables = {
        "reading": ((19, 0, 19), [(2, 2, 1)]),
        "writing": ((11, 13, 14), [(1, 1, 3)]),
        "mathematics": ((13, 14, 11), [(4, 1, 0)]),
    }
    assert all(told_tenths(parts, beside[0], LIMIT) for parts, beside in tables.values())
    assert told_together(tables, LIMIT) == {"mathematics": (30, 40, 30)}
