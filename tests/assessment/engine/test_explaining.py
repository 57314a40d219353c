"""Why a judgement has no colour, in words: each reason by its own circumstances."""

from __future__ import annotations

import pytest

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.expectations import Circumstances
from assessment.engine.explaining import say_no_range
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
