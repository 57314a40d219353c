"""The first page of a school, by what one may see."""

from __future__ import annotations

import datetime as dt

import pytest

from schools.calendar import YearGroup
from schools.models import Role, School
from schools.queries.classes import class_lines
from schools.queries.home import home, shown_count
from schools.queries.pupils import pupil_page
from schools.queries.rolls import RollFilter, roll
from tests.schools.small_school import TODAY, access_of, school_pupil, teacher_of


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0"),
        (1, "1 to 5"),
        (5, "1 to 5"),
        (6, "about 10"),
        (14, "about 10"),
        (15, "about 20"),
        (1234, "about 1,230"),
    ],
)
def test_small_counts_are_held_back_from_those_who_see_no_names(count: int, shown: str) -> None:
    assert shown_count(count, sees_names=False) == shown
    assert shown_count(count, sees_names=True) == f"{count:,}"


def test_the_home_of_a_leader_counts_every_year_group(small_school: School) -> None:
    page = home(access_of(small_school, Role.HEAD), today=TODAY)
    assert [(line.year_group, line.pupils) for line in page.year_groups] == [
        (YearGroup.R, 1),
        (YearGroup.Y3, 1),
        (YearGroup.Y4, 6),
    ]
    assert (page.pupils, page.as_at, page.has_no_pupils) == ("8", TODAY, False)
    assert [(term.name, term.is_current) for term in page.terms] == [
        ("Autumn", True),
        ("Spring", False),
        ("Summer", False),
    ]


def test_a_governor_gets_no_pupil_from_any_query(small_school: School) -> None:
    governor = access_of(small_school, Role.GOVERNOR)
    assert roll(governor, RollFilter(), today=TODAY).lines == ()
    assert class_lines(governor, today=TODAY) == []
    pupil = school_pupil(small_school, "Ada")
    assert pupil_page(governor, pupil.public_id, today=TODAY) is None
    page = home(governor, today=TODAY)
    assert (page.pupils, page.own_classes, page.classes, page.year_groups) == ("about 10", (), (), ())
    assert not page.sees_names


def test_the_home_of_a_teacher_counts_the_classes_taught_beside_the_school(small_school: School) -> None:
    page = home(teacher_of(small_school, "3/4"), today=TODAY)
    # Dan and Eve, of the eight on roll; 4A is not this teacher's.
    assert (page.own_pupils, page.pupils, page.classes) == (2, "8", ())
    assert [line.name for line in page.own_classes] == ["3/4"]
    assert not page.sees_everybody


@pytest.mark.parametrize(("on", "is_past"), [("2026-08-31", False), ("2026-09-01", True)])
def test_a_year_is_past_when_the_next_begins(small_school: School, on: str, is_past: bool) -> None:
    page = home(access_of(small_school, Role.HEAD), today=dt.date.fromisoformat(on))
    assert page.is_past is is_past
