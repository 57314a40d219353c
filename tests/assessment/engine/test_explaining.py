"""Why a judgement has no colour, in words: each reason by its own circumstances."""

from __future__ import annotations

import datetime as dt

import pytest

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.expectations import Circumstances
from assessment.engine.explaining import BY_AGE, judged_against, say_no_range
from assessment.engine.subjects import Kind
from schools.calendar import EyfsFramework, YearGroup

BASELINE, AUTUMN = AssessmentTerm.BASELINE, AssessmentTerm.AUTUMN


@pytest.mark.parametrize(
    ("kind", "year_group", "term", "said"),
    [
        (
            Kind.SUBJECT,
            YearGroup.Y1,
            BASELINE,
            "A Baseline has no colour: it says where the year starts from, and nothing is expected of it.",
        ),
        (
            Kind.EYFS_AREA,
            YearGroup.Y1,
            AUTUMN,
            "No colour: areas of learning are measured in nursery and Reception, not in Year 1.",
        ),
        (
            Kind.SUBJECT,
            YearGroup.Y10,
            AUTUMN,
            "No colour: a range is expected in Years 1 to 9, not in Year 10.",
        ),
        (
            Kind.SUBJECT,
            YearGroup.R,
            AUTUMN,
            "No colour: in Reception areas of learning are measured, not subjects.",
        ),
    ],
)
def test_what_has_no_range_says_why(
    kind: Kind, year_group: YearGroup, term: AssessmentTerm, said: str
) -> None:
    assert say_no_range(Circumstances(kind, year_group, term, EyfsFramework.OF_2021, 60)) == said


BY_DAY = (
    "what is typical for age (derived)",
    f"Colours compare with what is typical for the age in months on 21 July 2026. {BY_AGE}.",
)


@pytest.mark.parametrize(
    ("year_groups", "term", "framework", "said"),
    [
        ([YearGroup.R], AssessmentTerm.SPRING, EyfsFramework.OF_2021, [BY_DAY]),
        (
            [YearGroup.R],
            AssessmentTerm.SUMMER,
            EyfsFramework.OF_2021,
            [
                (
                    "the Early Learning Goal",
                    "At the end of Reception the Early Learning Goal decides: 21 or more is expected. There is no exceeding in the framework of 2021.",
                )
            ],
        ),
        (
            [YearGroup.N2, YearGroup.R],
            AssessmentTerm.SUMMER,
            EyfsFramework.OF_2012,
            [
                BY_DAY,
                (
                    "the Early Learning Goal",
                    "At the end of Reception the Early Learning Goal decides: 21 to 22 is expected.",
                ),
            ],
        ),
        ([YearGroup.N1, YearGroup.N2], AssessmentTerm.SUMMER, EyfsFramework.OF_2021, [BY_DAY]),
    ],
)
def test_a_sheet_of_areas_says_what_its_colours_compare_with(
    year_groups: list[YearGroup], term: AssessmentTerm, framework: EyfsFramework, said: list[tuple[str, str]]
) -> None:
    assert list(judged_against(year_groups, term, dt.date(2026, 7, 21), framework)) == said
