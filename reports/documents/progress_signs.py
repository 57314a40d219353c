"""The review list as a table to keep: a line for each pupil and subject, with the signs, their numbers and what was decided."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from assessment.engine.progress_signs import Sign
from assessment.engine.rounding import round_half_up
from assessment.queries.progress_signs import PupilSigns, ReviewList, SubjectSigns
from reports.documents.tables import Table, Value

HEADINGS = (
    "List",
    "Pupil",
    "Year group",
    "Class",
    "SEN",
    "Subject",
    "Points at the start",
    "Points now",
    "Signs",
    *(sign.label for sign in Sign),
    "Gain",
    "Median gain of peers",
    "Rank among them",
    "Peers from the same start",
    "Rate before",
    "Rate since the start",
    "Points short of the earlier rate",
    "Gap to peers at the start",
    "Gap to peers now",
    "Peers",
    "Decision this term",
    "Reason",
    "Decided by",
    "Decided on",
    "Decision before",
)


def review_table(found: ReviewList, title: str) -> Table:
    """The parts of the list in their order on the page; the last is of those of whom nothing can be said, and why. It names pupils."""
    return Table(
        title=title,
        headings=HEADINGS,
        rows=[
            *_rows("To consider first", found.first),
            *_rows("Other signs", found.others),
            *_rows("Decided, no sign now", found.settled),
            *_rows("Not enough data", found.not_enough),
        ],
        pupils=len(
            {
                pupil.public_id
                for part in (found.first, found.others, found.settled, found.not_enough)
                for pupil in part
            }
        ),
    )


def _rows(part: str, pupils: Iterable[PupilSigns]) -> Iterable[tuple[Value, ...]]:
    for pupil in pupils:
        for of in pupil.subjects:
            whose = (pupil.name, pupil.year_group.label, pupil.class_name or None, pupil.sen)
            reached = (of.start.points if of.start else None, of.now)
            said = f"{part}: {of.why_not}" if of.why_not else part
            # Of whom nothing can be said has no signs counted, and no peers: that is not 0.
            shown = None if of.why_not else len(of.shown)
            yield (said, *whose, of.subject.name, *reached, shown, *_signs(of), *_decided(of))


def _signs(of: SubjectSigns) -> tuple[Value, ...]:
    signs = of.signs
    slower, rate, gap = signs.slower, signs.previous_rate, signs.not_closing
    outcomes = (slower.outcome, rate.outcome, gap.outcome, signs.widening.outcome)
    return (
        *(outcome.value for outcome in outcomes),
        slower.gain,
        _told(slower.median),
        _told(slower.rank),
        None if of.why_not else slower.peers,
        _told(rate.earlier_rate),
        _told(rate.rate),
        _told(rate.shortfall),
        _told(gap.at_start),
        _told(gap.now),
        None if of.why_not else gap.peers,
    )


def _told(value: Fraction | None) -> Decimal | None:
    return None if value is None else round_half_up(value, 2)


def _decided(of: SubjectSigns) -> tuple[Value, ...]:
    decision, before = of.decision, of.before
    last = f"{before.when}, {before.on:%d/%m/%Y}: {before.decided.label}" if before else None
    if decision is None:
        return (None, None, None, None, last)
    return (decision.decided.label, decision.reason, decision.by, f"{decision.on:%d/%m/%Y}", last)
