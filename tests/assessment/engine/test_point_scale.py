"""Points, codes and labels, against the scale written out step by step."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.engine.point_scale import (
    code_of,
    first_point_of,
    is_on_scale,
    label_of,
    mastery_begins,
    read_points,
    stage_of,
)
from schools.calendar import YearGroup
from tests.assessment.engine.tables import (
    EARLY_STEPS,
    MASTERY,
    OVERLAPS,
    STAGE_NAMES,
    STEP_CODES,
    YEAR_GROUPS,
    YEAR_STEPS,
)
from tests.unhurried import unhurried

STEPS_OF_YEARS = [
    (year, code, int(points))
    for year, line in YEAR_STEPS.items()
    for code, points in zip(STEP_CODES, line.split(), strict=True)
]


def test_the_tables_of_the_tests_cover_the_whole_scale():
    held = {points for points, _, _ in EARLY_STEPS} | {points for _, _, points in STEPS_OF_YEARS}
    assert held == set(range(1, 102))
    assert len(STEPS_OF_YEARS) == 99
    assert len(OVERLAPS) == 20


@pytest.mark.parametrize("year_group", YEAR_GROUPS)
def test_early_steps_have_one_code_and_one_label_for_everybody(year_group):
    for points, code, label in EARLY_STEPS:
        assert (code_of(points, year_group), label_of(points, year_group)) == (code, label)


@pytest.mark.parametrize("year_group", YEAR_GROUPS)
def test_each_step_of_each_year_has_its_code_and_its_label(year_group):
    for year, step, points in STEPS_OF_YEARS:
        lower, upper = OVERLAPS.get(points, (year, year))
        named_after = lower if year_group <= lower else upper
        assert label_of(points, year_group).startswith(f"Year {named_after} ")
        assert code_of(points, year_group).startswith(str(named_after))
        if named_after == year:
            assert code_of(points, year_group) == f"{year}{step}"
            assert label_of(points, year_group) == f"Year {year} {STAGE_NAMES[step[0]]}"


@pytest.mark.parametrize(
    ("points", "year_group", "code", "label"),
    [
        (51, YearGroup.R, "4M1", "Year 4 Mastery"),
        (51, YearGroup.Y3, "4M1", "Year 4 Mastery"),
        (51, YearGroup.Y4, "4M1", "Year 4 Mastery"),
        (51, YearGroup.Y5, "5E1", "Year 5 Entering"),
        (52, YearGroup.Y4, "4M2", "Year 4 Mastery"),
        (52, YearGroup.Y13, "5E2", "Year 5 Entering"),
        (30, YearGroup.N1, "1M1", "Year 1 Mastery"),
        (31, YearGroup.Y2, "2E2", "Year 2 Entering"),
        (94, YearGroup.Y10, "10M2", "Year 10 Mastery"),
        (94, YearGroup.Y11, "11E2", "Year 11 Entering"),
        (101, YearGroup.Y13, "11M2", "Year 11 Mastery"),
        (100, YearGroup.Y1, "11M1", "Year 11 Mastery"),
    ],
)
def test_an_overlap_point_is_mastery_up_to_its_year_and_entering_above(points, year_group, code, label):
    assert (code_of(points, year_group), label_of(points, year_group)) == (code, label)


@pytest.mark.parametrize("spell", [str, str.upper, str.lower, lambda code: f" {code} "])
def test_every_code_is_read_in_any_case(spell):
    for points, code, _ in EARLY_STEPS:
        assert read_points(spell(code)) == points
    for year, step, points in STEPS_OF_YEARS:
        assert read_points(spell(f"{year}{step}")) == points


def test_a_stage_without_a_step_is_its_first_point():
    for year, line in YEAR_STEPS.items():
        points = [int(each) for each in line.split()]
        first = {"e": points[0], "d": points[2], "s": points[4], "m": points[7]}
        for letter, expected in first.items():
            assert read_points(f"{year}{letter}") == expected
            assert read_points(f"{year}{letter.upper()}") == expected


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("0-11e", 3),
        ("0-11S", 5),
        ("8-20d", 7),
        ("30–50d", 16),  # noqa: RUF001
        ("30 - 50 d", 16),
        ("elg", 21),
        ("elg+", 22),
        ("Year 4 Securing", 48),
        ("year 1 mastery", 30),
        ("30-50 months Developing", 16),
        ("Early Learning Goal", 21),
        ("1", 1),
        ("101", 101),
        (" 44 ", 44),
        ("044", 44),
    ],
)
def test_codes_and_numbers_are_read_as_people_write_them(text, points):
    assert read_points(text) == points


def test_every_number_of_the_scale_is_read():
    assert [read_points(str(points)) for points in range(1, 102)] == list(range(1, 102))


@pytest.mark.parametrize(
    "text",
    ["", " ", "0", "102", "-1", "1.5", "4E3", "4E0", "4D3", "4S4", "4M3", "12E1", "0E1", "4X", "E1", "ELG++",
     "ELG-", "40-60", "30-51d", "30-50m", "3050d", "1000", "²", "٤", "4E1 4E2", "4 4"],
)  # fmt: skip
def test_what_is_no_point_is_refused_with_the_text(text):
    with pytest.raises(ValueError, match="is not on the scale") as refused:
        read_points(text)
    assert repr(text) in str(refused.value)


def test_1_to_101_are_on_the_scale():
    assert [points for points in range(-5, 200) if is_on_scale(points)] == list(range(1, 102))


@pytest.mark.parametrize("points", [0, 102, -3])
def test_a_point_off_the_scale_has_no_stage(points):
    with pytest.raises(ValueError, match=f"^{points} is not on the scale of 1 to 101 points"):
        stage_of(points, YearGroup.Y4)


def test_a_year_starts_and_is_mastered_where_the_scale_says():
    for year, line in YEAR_STEPS.items():
        points = [int(each) for each in line.split()]
        assert (first_point_of(year), mastery_begins(year)) == (points[0], points[7])
    assert {year_group: mastery_begins(year_group) for year_group in MASTERY} == MASTERY


def test_a_stage_says_where_it_begins_and_ends():
    for points, code, _ in EARLY_STEPS[2:20]:
        stage = stage_of(points, YearGroup.R)
        assert (stage.code, stage.first, stage.last) == (code, points, points)
    for points in (21, 22):
        stage = stage_of(points, YearGroup.R)
        assert (stage.code, stage.first, stage.last) == ("ELG", 21, 22)
    year_4 = [stage_of(points, YearGroup.Y4) for points in (44, 46, 48, 51)]
    # 44 is Mastery of Year 3 to those below Year 4 alone.
    assert [(each.code, each.first, each.last) for each in year_4] == [
        ("4E", 44, 45),
        ("4D", 46, 47),
        ("4S", 48, 50),
        ("4M", 51, 52),
    ]


@unhurried
@given(st.integers(1, 101), st.sampled_from(YEAR_GROUPS))
def test_a_code_is_read_as_the_points_it_was_written_for(points, year_group):
    assert read_points(code_of(points, year_group)) == points


@unhurried
@given(st.integers(3, 101), st.sampled_from(YEAR_GROUPS))
def test_a_stage_holds_the_points_it_is_the_stage_of(points, year_group):
    stage = stage_of(points, year_group)
    assert points in stage
    assert stage.first <= points <= stage.last
    assert label_of(points, year_group) == stage.name
    assert code_of(points, year_group).startswith(stage.code)


@pytest.mark.parametrize("points", [*range(3, 102)])
def test_a_label_is_read_as_the_first_point_of_its_stage(points: int) -> None:
    for year_group in YearGroup:
        stage = stage_of(points, year_group)
        assert stage is not None
        assert read_points(label_of(points, year_group)) == stage.first <= points
