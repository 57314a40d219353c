"""The steps of the scale in nursery and Reception."""

from __future__ import annotations

import pytest

from assessment.engine.scale_steps import scale_steps
from schools.calendar import EyfsFramework

OF_2012, OF_2021 = EyfsFramework.OF_2012, EyfsFramework.OF_2021


@pytest.mark.parametrize("framework", EyfsFramework)
def test_each_point_is_in_exactly_one_step(framework: EyfsFramework) -> None:
    steps = scale_steps(framework)
    assert [points for step in steps for points in range(step.first, step.last + 1)] == list(range(1, 102))
    assert len({step.first for step in steps}) == len(steps)


def test_below_the_stages_then_three_steps_each_then_the_goal() -> None:
    steps = scale_steps(OF_2012)
    assert [(step.first, step.last, step.code) for step in steps[:3]] == [
        (1, 2, "1\N{EN DASH}2"),
        (3, 3, "00-11e"),
        (4, 4, "00-11d"),
    ]
    assert [(step.code, step.name, step.stage) for step in steps[-4:]] == [
        ("40-60d", "Developing", "40-60 months"),
        ("40-60s", "Secure", "40-60 months"),
        ("ELG", "Expected", "Early Learning Goal"),
        ("ELG exceeding", "Exceeding", "Early Learning Goal"),
    ]
    # Below the stages one, six stages of three, expected and, under 2012 alone, exceeding.
    assert len(steps) == 21
    assert len(scale_steps(OF_2021)) == 20


@pytest.mark.parametrize(
    ("points", "framework", "code"),
    [
        (2, OF_2021, "1\N{EN DASH}2"),
        (16, OF_2021, "30-50d"),
        (20, OF_2012, "40-60s"),
        (21, OF_2012, "ELG"),
        (22, OF_2012, "ELG"),
        (23, OF_2012, "ELG exceeding"),
        (23, OF_2021, "ELG"),
        (101, OF_2021, "ELG"),
    ],
)
def test_the_step_of_points(points: int, framework: EyfsFramework, code: str) -> None:
    assert [step.code for step in scale_steps(framework) if points in step] == [code]
