"""From where progress is measured, as a choice and in addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from reports.documents.figure_pupils import point_label
from reports.queries.scope import Measure

USUAL = [
    (Measure.YEAR.value, "This year"),
    (Measure.TERM.value, "This term"),
    (Measure.PHASE.value, "This phase"),
    (Measure.KEY_STAGE.value, "This key stage"),
    (Measure.AFTER_EYFS.value, "Since the end of EYFS"),
]
_SINCE = "since-"
_TERMS = {term.label.lower(): term for term in AssessmentTerm}


def progress_choices(points: Sequence[AssessmentPoint]) -> list[tuple[str, object]]:
    """This year, term, phase and key stage, since the early years, and since each of these points."""
    since = [(since_code(each), f"Since {point_label(each)}") for each in points]
    return [*USUAL, *([("Since", since)] if since else [])]


def since_code(point: AssessmentPoint) -> str:
    """As it stands in addresses: `since-2024-summer` for the Summer of 2024/25."""
    return f"{_SINCE}{int(point.academic_year)}-{point.term.label.lower()}"


def since_of(code: str) -> AssessmentPoint | None:
    """The point that `since-2024-summer` names; None for any other choice, and for what names none."""
    year, _, term = code.removeprefix(_SINCE).partition("-")
    is_point = (
        code.startswith(_SINCE) and len(year) == 4 and year.isascii() and year.isdigit() and term in _TERMS
    )
    return AssessmentPoint(int(year), _TERMS[term]) if is_point else None


def with_one_measure(data: Mapping[str, str]) -> dict[str, str]:
    """The same address in its one form: `since=2024-summer`, of which there are links, is `measure=since-2024-summer`."""
    said = dict(data)
    since = said.pop("since", "")
    return said | {"measure": f"{_SINCE}{since}"} if since else said
