"""How attainment and progress are marked where pupils stand by name: a word, and a mark beside it."""

from __future__ import annotations

from dataclasses import dataclass

from assessment.engine.expected_range import Attainment
from assessment.engine.progress import Progress


@dataclass(frozen=True)
class Mark:
    """A word, and the class of the mark beside it."""

    word: str
    mark: str


ATTAINMENT_MARKS = {
    Attainment.BELOW: Mark("Below", "is-below"),
    Attainment.AT: Mark("At", "is-at"),
    Attainment.ABOVE: Mark("Above", "is-above"),
}
PROGRESS_MARKS = {
    Progress.LESS: Mark("Less than expected", "is-below"),
    Progress.EXPECTED: Mark("Expected", "is-at"),
    Progress.MORE: Mark("More than expected", "is-above"),
}
