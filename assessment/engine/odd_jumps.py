"""Steps that a teacher is asked about, because a slip of the finger looks like them."""

from __future__ import annotations

from typing import NamedTuple

from assessment.engine.assessment_points import AssessmentPoint
from assessment.engine.progress import ProgressMeasure

# Derived: more is possible, and is asked about. A year is seven steps.
MOST_USUAL_STEPS = 6


class OddJump(NamedTuple):
    """More steps than usual, or a way down; `since` is the judgement before."""

    steps: int
    since: AssessmentPoint

    @property
    def label(self) -> str:
        """As people read it: `+8 since Summer`, with a real minus."""
        return f"{self.steps:+} since {self.since.term.label}".replace("-", "\N{MINUS SIGN}")


def odd_jump(this_term: ProgressMeasure | None) -> OddJump | None:
    """Whether the steps this term are to be asked about: more than six, or fewer than none; None where they are not (derived).

    Where nothing is measured (no start, a Baseline, Year 10 and above) nothing is asked. It forbids nothing.
    """
    if this_term is None or not is_odd(this_term.steps):
        return None
    return OddJump(this_term.steps, this_term.start.at)


def is_odd(steps: int) -> bool:
    """More than six, or fewer than none."""
    return not 0 <= steps <= MOST_USUAL_STEPS
