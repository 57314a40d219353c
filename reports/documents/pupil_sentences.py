"""What a pupil's page says of where the pupil is heading, in one plain sentence each with its numbers; and why there is no measure.

Nothing is decided here: `assessment.engine` decided it.
"""

from __future__ import annotations

from assessment.engine.assessment_points import AssessmentPoint, Phase, Stretch
from assessment.engine.expectations import LAST_YEAR_GROUP
from assessment.engine.expected_range import Attainment
from assessment.engine.explaining import OWN_EXPECTATION, in_parts
from assessment.engine.progress import ProgressMeasure
from assessment.engine.progress_signs import Outcome, Sign
from assessment.engine.trajectory import Direction, Outlook, Standing
from assessment.queries.progress_signs import SubjectSigns
from schools.calendar import AcademicYear, YearGroup

_AGAINST = {Attainment.BELOW: "below", Attainment.AT: "in", Attainment.ABOVE: "above"}
_STAGE_NAMES = {
    Phase.EYFS: "Early years",
    Phase.KS1: "Key Stage 1",
    Phase.LKS2: "Lower Key Stage 2",
    Phase.UKS2: "Upper Key Stage 2",
    Phase.KS2: "Key Stage 2",
    Phase.KS3: "Key Stage 3",
    Phase.KS4: "Key Stage 4",
}


def name_of_stage(phase: Phase) -> str:
    """`Key Stage 2`, `Upper Key Stage 2`."""
    return _STAGE_NAMES[phase]


def when(at: AssessmentPoint) -> str:
    """`Autumn 2025/26`."""
    return f"{at.term.label} {AcademicYear(at.academic_year)}"


def signed(number: int) -> str:
    """`+3`, `0`, and with a proper minus sign what went down."""
    return f"\N{MINUS SIGN}{abs(number)}" if number < 0 else f"+{number}" if number else "0"


def say_stage_progress(measure: ProgressMeasure) -> str:
    """`14 steps since Summer 2023/24 (30), as many as the 14 expected.` Of nursery and Reception the steps alone."""
    since = f"{_steps(measure.steps)} since {when(measure.start.at)} ({measure.start.points})"
    if measure.expected is None:
        return f"{since}."
    whose = f" of this pupil ({OWN_EXPECTATION})" if measure.is_individual else ""
    expected = f"the {in_parts(measure.expected)} expected{whose}"
    if measure.steps == measure.expected:
        return f"{since}, as many as {expected}."
    return f"{since}, {'fewer' if measure.steps < measure.expected else 'more'} than {expected}."


def say_no_stage_progress(
    at: AssessmentPoint, year_group: YearGroup, phase: Stretch, *, is_judged: bool
) -> str:
    """Why there is no measure since the start of the stage."""
    if year_group > LAST_YEAR_GROUP:
        return f"No measure: steps are expected in Years 1 to 9, not in {year_group.label}."
    if not is_judged:
        return f"No measure: there are no points at the end of {when(at)}."
    return (
        f"No measure: no baseline. There are no points from the start of {phase.first.label}, "
        "and no earlier Baseline or first judgement on entry since."
    )


def say_direction(found: Direction, now: Standing, a_year_ago: Standing, at: AssessmentPoint) -> str:
    """`2 points short of the range (41, from 43); 4 points short at the end of Autumn 2024/25 (32, from 36).`"""
    before = AssessmentPoint(at.academic_year - 1, at.term)
    then = (
        f"{_points(a_year_ago.shortfall)} short at the end of {when(before)} ({a_year_ago.points}, from {a_year_ago.expected.low})"
        if a_year_ago.shortfall
        else f"not short of it at the end of {when(before)} ({a_year_ago.points}, from {a_year_ago.expected.low})"
    )
    gap = {
        Direction.CATCHING_UP: "The gap is closing",
        Direction.STEADY: "The gap has stayed the same",
        Direction.FALLING_BACK: "The gap is growing",
    }[found]
    here = f"{_points(now.shortfall)} short of the range now ({now.points}, from {now.expected.low})"
    return f"{gap}: {here}; {then}."


def say_no_direction(now: Standing | None, at: AssessmentPoint, year_group: YearGroup) -> str:
    """Why nothing is said of a direction: nobody below, no points, or none a year ago."""
    if year_group > LAST_YEAR_GROUP:
        return f"No measure: a range is expected in Years 1 to 9, not in {year_group.label}."
    if now is None:
        return f"No measure: there are no points at the end of {when(at)}."
    if now.shortfall == 0:
        where = _AGAINST[now.expected.judge(now.points)]
        return f"Not asked: {now.points} is {where} the range, so there is no gap to close."
    before = AssessmentPoint(at.academic_year - 1, at.term)
    return (
        f"No measure: {_points(now.shortfall)} short of the range now ({now.points}, from {now.expected.low}), "
        f"but there are no points with a range at the end of {when(before)} to compare with."
    )


def say_outlook(found: Outlook, points: int, at: AssessmentPoint, stage: Phase, ends: AssessmentPoint) -> str:
    """`45 now (Autumn 2025/26) and 18 expected steps to come make 63 by Summer 2027/28, in the range 61 to 63.`"""
    where = f"{_AGAINST[found.attainment]} the range {found.expected.label}"
    to_come = found.projected - points
    if to_come == 0:
        return f"{points} at the end of {name_of_stage(stage)}, {where}."
    return (
        f"{points} ({when(at)}) and {to_come} expected steps to come make {found.projected} by {when(ends)}, "
        f"the end of {name_of_stage(stage)}: {where}."
    )


def say_no_outlook(year_group: YearGroup, *, is_judged: bool) -> str:
    """Why nothing is said of the end of the key stage."""
    if year_group > LAST_YEAR_GROUP:
        return f"No measure: a range is expected in Years 1 to 9, not in {year_group.label}."
    if not is_judged:
        return "No measure: there are no points yet to start from."
    return f"No measure: steps are expected from Year 1, not in {year_group.label}."


def _points(number: int) -> str:
    return f"{number} point{'' if number == 1 else 's'}"


def _steps(steps: int) -> str:
    if steps == 0:
        return "No step"
    return f"{abs(steps)} step{'' if abs(steps) == 1 else 's'}{' back' if steps < 0 else ''}"


_SIGNS_BRIEFLY = {
    Sign.SLOWER: "slower than peers",
    Sign.PREVIOUS_RATE: "slower than before",
    Sign.GAP_NOT_CLOSING: "gap not closing",
    Sign.GAP_WIDENING: "gap widening",
}
_UNTOLD = {Outcome.TOO_FEW_PEERS, Outcome.NOT_ENOUGH_DATA}


def say_signs(signs: SubjectSigns) -> str:
    """Which signs of less than expected progress there are, how many cannot be told, and what was decided about them."""
    if signs.why_not:
        return f"No sign can be told: {signs.why_not}."
    found = "; ".join(sign.label for sign in signs.shown)
    return " ".join(filter(None, (f"{found}." if found else "None found.", _untold(signs), _decided(signs))))


def say_signs_briefly(signs: SubjectSigns) -> str:
    """The same where room is dear."""
    if signs.why_not:
        return f"Not told: {signs.why_not}."
    found = ", ".join(_SIGNS_BRIEFLY[sign] for sign in signs.shown)
    return " ".join(filter(None, (f"{found[:1].upper()}{found[1:]}." if found else "", _untold(signs))))


def _untold(signs: SubjectSigns) -> str:
    """Told as what it is: not as no sign."""
    count = sum(fact.outcome in _UNTOLD for fact in signs.facts)
    return f"{count} of the four cannot be told." if count else ""


def _decided(signs: SubjectSigns) -> str:
    decision = signs.decision
    return f"Decided on {decision.on:%-d %B %Y}: {decision.decided.label.lower()}." if decision else ""
