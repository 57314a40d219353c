"""What a criteria grid suggests, at each boundary; percentages by grids of so many skills."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.engine.criteria_score import Nofan, suggest_for_eyfs, suggest_for_year
from assessment.engine.point_scale import read_points
from tests.assessment.engine.tables import STEP_CODES, YEAR_STEPS
from tests.unhurried import unhurried

NEVER, OCCASIONALLY, FREQUENTLY, ALWAYS, NATURALLY = Nofan


def grid(secure: int, of: int) -> list[Nofan]:
    return [FREQUENTLY] * secure + [OCCASIONALLY] * (of - secure)


def test_how_often_a_skill_is_seen_runs_from_never_to_naturally():
    assert [(each.name, each.value) for each in Nofan] == [
        ("NEVER", 0),
        ("OCCASIONALLY", 1),
        ("FREQUENTLY", 2),
        ("ALWAYS", 3),
        ("NATURALLY", 4),
    ]


def test_a_skill_is_secure_when_it_is_seen_at_least_frequently():
    assert {each.name: each.is_secure for each in Nofan} == {
        "NEVER": False,
        "OCCASIONALLY": False,
        "FREQUENTLY": True,
        "ALWAYS": True,
        "NATURALLY": True,
    }


# Of a thousand skills so many secure, and the step of Year 4 suggested. Entering to 25 %, Developing to 60 %,
# Securing to 80 % and its last point on to 90 %, Mastery from there; each stage in even shares, boundaries in
# the lower one.
BOUNDARIES = [
    (0, "E1"), (1, "E1"), (125, "E1"), (126, "E2"), (250, "E2"),
    (251, "D1"), (425, "D1"), (426, "D2"), (600, "D2"),
    (601, "S1"), (666, "S1"), (667, "S2"), (733, "S2"), (734, "S3"), (800, "S3"), (801, "S3"), (850, "S3"), (899, "S3"),
    (900, "M1"), (901, "M1"), (950, "M1"), (951, "M2"), (1000, "M2"),
]  # fmt: skip


@pytest.mark.parametrize(("secure", "step"), BOUNDARIES)
def test_the_share_of_secure_skills_suggests_a_step_of_the_grids_year(secure, step):
    assert suggest_for_year(grid(secure, of=1000), 4) == read_points(f"4{step}")


@pytest.mark.parametrize("year", range(1, 10))
def test_every_year_has_its_own_points(year):
    points = dict(zip(STEP_CODES, map(int, YEAR_STEPS[year].split()), strict=True))
    for secure, step in BOUNDARIES:
        assert suggest_for_year(grid(secure, of=1000), year) == points[step]


@pytest.mark.parametrize(
    ("secure", "of", "step"),
    [(1, 4, "E2"), (1, 3, "D1"), (3, 5, "D2"), (2, 3, "S1"), (11, 15, "S2"), (4, 5, "S3"), (9, 10, "M1"), (19, 20, "M1"), (7, 7, "M2")],
)  # fmt: skip
def test_a_share_on_a_boundary_is_in_the_lower_step_exactly(secure, of, step):
    # 2 of 3 is two thirds of the way, where S1 ends at 60 % + a third of 20 %; floats would not be sure.
    assert suggest_for_year(grid(secure, of=of), 2) == read_points(f"2{step}")


@pytest.mark.parametrize(
    ("secure", "step"),
    [(0, 0), (1, 0), (250, 0), (251, 1), (500, 1), (750, 1), (751, 2), (1000, 2)],
)
def test_an_early_stage_is_entering_to_25_developing_to_75_and_secure_above(secure, step):
    for band, steps in enumerate(
        [(3, 4, 5), (6, 7, 8), (9, 10, 11), (12, 13, 14), (15, 16, 17), (18, 19, 20)]
    ):
        assert suggest_for_eyfs(grid(secure, of=1000), band) == steps[step]


@pytest.mark.parametrize("skills", [[], [NEVER], [NEVER] * 12])
def test_nothing_secure_and_nothing_seen_suggests_nothing(skills):
    assert suggest_for_year(skills, 4) is None
    assert suggest_for_eyfs(skills, 5) is None


def test_something_seen_though_nothing_secure_is_entering():
    assert suggest_for_year([NEVER] * 9 + [OCCASIONALLY], 4) == 44
    assert suggest_for_eyfs([NEVER] * 9 + [OCCASIONALLY], 5) == 18


def test_always_and_naturally_count_as_frequently_does():
    assert suggest_for_year(iter([ALWAYS, NATURALLY, FREQUENTLY, NEVER]), 4) == read_points("4S3")


grids = st.lists(st.sampled_from(Nofan), min_size=1, max_size=30)


@unhurried
@given(grids, st.integers(1, 9), st.randoms())
def test_a_suggestion_is_on_its_year_whatever_the_order(skills, year, random):
    suggested = suggest_for_year(skills, year)
    assert (suggested is None) == (set(skills) == {NEVER})
    assert suggested is None or str(suggested) in YEAR_STEPS[year].split()
    shuffled = list(skills)
    random.shuffle(shuffled)
    assert suggest_for_year(shuffled, year) == suggested


@unhurried
@given(grids, st.integers(0, 29), st.integers(1, 9))
def test_one_more_secure_skill_never_suggests_less(skills, place, year):
    better = list(skills)
    better[place % len(skills)] = NATURALLY
    assert suggest_for_year(better, year) >= (suggest_for_year(skills, year) or 0)
    assert suggest_for_eyfs(better, 3) >= (suggest_for_eyfs(skills, 3) or 0)
