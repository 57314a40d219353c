"""The codes of the scale that a sheet's script offers while one is typed."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from assessment.engine.point_scale import EARLY_LEARNING_GOAL, EYFS_STAGES, STAGES_BY_YEAR, Stage
from assessment.engine.subjects import Kind
from assessment.queries.layouts import Layout
from schools.calendar import EyfsFramework


def offered_codes(layout: Layout) -> str:
    """Of each stage its code, its name, its first and its last points.

    On a sheet of areas the stages of the early years come first, on one of subjects those of the years; `ELG+` is not offered under 2021, which has
    no exceeding: whoever types it is understood.
    """
    return _offered(layout.kind, layout.subjects[0].framework)


@cache
def _offered(kind: Kind, framework: EyfsFramework | None) -> str:
    years = [stage for stages in STAGES_BY_YEAR.values() for stage in stages]
    early = [_of_framework(stage, framework) for stage in EYFS_STAGES]
    stages = [*early, *years] if kind is Kind.EYFS_AREA else [*years, *early]
    return ";".join(f"{stage.code}|{stage.name}|{stage.first}|{stage.last}" for stage in stages)


def _of_framework(stage: Stage, framework: EyfsFramework | None) -> Stage:
    if EARLY_LEARNING_GOAL in stage and framework is EyfsFramework.OF_2021:
        return replace(stage, last=stage.first)
    return stage
