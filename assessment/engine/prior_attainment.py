"""Prior attainment: low, middle or high where the phase began. Derived; this is the one place of the rule.

Taken are reading, writing and mathematics, each where progress over the phase starts (`progress.start_of_phase`): the Baseline of the phase's first year,
else the Summer before it, else the first Baseline or judgement marked *on entry* within the phase. From the last, which may come later, the
steps expected since the phase began are taken off, so that nobody is high for having joined late. The average of the three is held
against the range of the Summer before the phase, by the expectations that each was measured by; before Year 1 that is the Early
Learning Goal, 21 to 22. Under it is low, over it high. Whoever has not all three starts is in none, as is everybody before Year 1 and above Year 11.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm, Phase, phase_of
from assessment.engine.expectations import LEP, Expectations
from assessment.engine.expected_range import ExpectedRange
from assessment.engine.progress import Judged, first_year_of_phase, start_of_phase
from schools.calendar import TermName, YearGroup


class PriorAttainment(IntEnum):
    """Against the range of the Summer before the phase."""

    LOW = 1
    MIDDLE = 2
    HIGH = 3


# The phases that begin with judgements in subjects.
PHASES = (Phase.KS1, Phase.LKS2, Phase.UKS2, Phase.KS3, Phase.KS4)
GOAL = ExpectedRange(21, 22)


def prior_attainment(
    histories: Sequence[Sequence[Judged]],
    at: AssessmentPoint,
    year_groups: Mapping[int, YearGroup],
    expectations: Expectations = LEP,
) -> PriorAttainment | None:
    """By the histories of one pupil in the three subjects, as known before `at`; `year_groups` as in `progress.phase_to_date`."""
    phase = phase_of(year_groups[at.academic_year])
    if phase not in PHASES or phase is None:
        return None
    placed = [_placed(history, at, year_groups, phase, expectations) for history in histories]
    known = [points for points in placed if points is not None]
    if not known or len(known) < len(placed):
        return None
    expected = range_before(phase, expectations)
    if sum(known) < expected.low * len(known):
        return PriorAttainment.LOW
    return PriorAttainment.HIGH if sum(known) > expected.high * len(known) else PriorAttainment.MIDDLE


def range_before(phase: Phase, expectations: Expectations = LEP) -> ExpectedRange:
    """What is expected at the end of the Summer before the phase: 33 to 35 before Year 3, the Early Learning Goal before Year 1."""
    if phase is Phase.KS1:
        return GOAL
    return expectations.subject_range(YearGroup(phase.first - 1), TermName.SUMMER)


def _placed(
    history: Sequence[Judged],
    at: AssessmentPoint,
    year_groups: Mapping[int, YearGroup],
    phase: Phase,
    expectations: Expectations,
) -> int | None:
    """The points of the start, less the steps expected since the phase began where it came later."""
    held = sorted(
        (each for each in history if each.points is not None and each.at < at), key=lambda each: each.at
    )
    start = start_of_phase(held, at, year_groups, phase)
    if start is None or start.points is None:
        return None
    first = first_year_of_phase(at, year_groups, phase)
    if first is not None and start.at <= AssessmentPoint(first, AssessmentTerm.BASELINE):
        return start.points
    years = year_groups[start.at.academic_year] - phase.first
    return start.points - years * expectations.steps_a_year - expectations.steps_before[start.at.term]
