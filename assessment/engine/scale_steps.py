"""The steps of the scale on which nursery and Reception children stand, as an analysis of one area lists them.

Source: LEP expectations, point scale; the statutory profiles of 2012 and 2021. That the 1 and 2 points below the first stage are one step is derived.
"""

from __future__ import annotations

from dataclasses import dataclass

from assessment.engine.eyfs import goal_range
from assessment.engine.point_scale import EYFS_STAGES, FIRST_POINT, LAST_POINT
from schools.calendar import EyfsFramework


@dataclass(frozen=True)
class ScaleStep:
    """One step: `first` to `last` points, both within it; `stage` is the heading that it stands under."""

    first: int
    last: int
    code: str
    name: str
    stage: str

    def __contains__(self, points: int) -> bool:
        return self.first <= points <= self.last


def scale_steps(framework: EyfsFramework) -> tuple[ScaleStep, ...]:
    """Every step from 1 to 101 points, the lowest first: each point is in exactly one.

    Below the first stage, the three steps of each stage, and the Early Learning Goal: expected and exceeding, under 2021 expected alone.
    Emerging is no step: at the end of Reception it is whoever stands at a lower one.
    """
    *stages, goal = EYFS_STAGES
    below = ScaleStep(
        FIRST_POINT, stages[0].first - 1, "1\N{EN DASH}2", "Below the first stage", "Below the first stage"
    )
    steps = [
        ScaleStep(stage.first, stage.last, stage.code, stage.name.split()[-1], stage.name.rpartition(" ")[0])
        for stage in stages
    ]
    reached = goal_range(framework)
    steps.append(ScaleStep(reached.low, reached.high, "ELG", "Expected", goal.name))
    if reached.high < LAST_POINT:
        steps.append(ScaleStep(reached.high + 1, LAST_POINT, "ELG exceeding", "Exceeding", goal.name))
    return (below, *steps)
