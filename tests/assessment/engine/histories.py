"""Histories written as people would tell them."""

from __future__ import annotations

from hypothesis import strategies as st

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.progress import Judged

TERMS = {
    "Baseline": AssessmentTerm.BASELINE,
    "Autumn": AssessmentTerm.AUTUMN,
    "Spring": AssessmentTerm.SPRING,
    "Summer": AssessmentTerm.SUMMER,
}


def when(text: str) -> AssessmentPoint:
    """`2025 Autumn`."""
    year, term = text.split()
    return AssessmentPoint(int(year), TERMS[term])


def history(*entries: str) -> list[Judged]:
    """`2025 Autumn 44`, `2025 Spring - ` for a reason in place of points, `2025 Autumn 44 on entry`."""
    judged = []
    for entry in entries:
        year, term, points, *rest = entry.split()
        judged.append(
            Judged(when(f"{year} {term}"), None if points == "-" else int(points), rest == ["on", "entry"])
        )
    return judged


MOMENTS = [AssessmentPoint(year, term) for year in (2022, 2023, 2024) for term in AssessmentTerm]
moments = st.sampled_from(MOMENTS)
# At each moment a judgement, one on entry, a reason, or nothing; mostly judgements, so that most histories
# measure something.
_kinds = st.sampled_from(["judged", "judged", "judged", "on entry", "reason", "nothing"])


@st.composite
def _histories(draw: st.DrawFn) -> list[Judged]:
    kinds = draw(st.tuples(*[_kinds] * len(MOMENTS)))
    points = draw(st.tuples(*[st.integers(1, 101)] * len(MOMENTS)))
    return [
        Judged(moment, None if kind == "reason" else each, kind == "on entry")
        for moment, kind, each in zip(MOMENTS, kinds, points, strict=True)
        if kind != "nothing"
    ]


histories = _histories()
