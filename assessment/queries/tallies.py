"""The line above a marksheet: how much is entered, and how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from assessment.engine.expected_range import Attainment
from assessment.engine.progress import Progress, ProgressMeasure
from assessment.engine.rounding import rounded_quotient
from assessment.models import Reason


@dataclass(frozen=True)
class Tally:
    """What is entered for the sheet's term, of the pupils on roll on its last day.

    Averages have one decimal, half up, and are None of nobody. Steps and progress are those of this year.
    """

    pupils: int
    entered: int
    reasons: int
    below: int
    at: int
    above: int
    average_points: Decimal | None
    measured: int
    less: int
    expected: int
    more: int
    average_steps: Decimal | None
    absent: int = 0
    new: int = 0
    not_required: int = 0
    # Odd steps that nobody has confirmed.
    to_check: int = 0

    @property
    def told_reasons(self) -> list[tuple[int, str]]:
        """How many have each reason, of those that some have."""
        told = ((self.absent, "absent"), (self.new, "new"), (self.not_required, "not required"))
        return [(number, word) for number, word in told if number]

    @property
    def coloured(self) -> int:
        """Those that have an expected range."""
        return self.below + self.at + self.above

    @property
    def at_ends(self) -> int:
        """Where above begins, in a bar of below, at and above."""
        return self.below + self.at

    @property
    def missing(self) -> int:
        """Neither points nor a reason."""
        return self.pupils - self.entered - self.reasons


def count(
    *,
    points: Sequence[int | None],
    reasons: Sequence[str],
    attainments: Sequence[int | None],
    this_year: Sequence[ProgressMeasure | None],
    to_check: int = 0,
) -> Tally:
    """Of the pupils on roll on the last day of the term, each in the same place of all four; None and "" where there is nothing."""
    entered = [each for each in points if each is not None]
    measures = [each for each in this_year if each]
    outcomes = [each.outcome for each in measures]
    return Tally(
        pupils=len(points),
        entered=len(entered),
        reasons=sum(1 for each in reasons if each),
        below=attainments.count(Attainment.BELOW),
        at=attainments.count(Attainment.AT),
        above=attainments.count(Attainment.ABOVE),
        average_points=_average(entered),
        measured=len(measures),
        less=outcomes.count(Progress.LESS),
        expected=outcomes.count(Progress.EXPECTED),
        more=outcomes.count(Progress.MORE),
        average_steps=_average([each.steps for each in measures]),
        absent=reasons.count(Reason.ABSENT),
        new=reasons.count(Reason.NEW),
        not_required=reasons.count(Reason.NOT_REQUIRED),
        to_check=to_check,
    )


def _average(values: Sequence[int]) -> Decimal | None:
    return rounded_quotient(sum(values), len(values), 1) if values else None
