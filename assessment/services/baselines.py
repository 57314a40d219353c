"""Baselines that somebody confirms: offered ones, and those that are typed beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assessment.engine.assessment_points import AssessmentTerm
from assessment.models import Source
from assessment.queries.baseline_desk import offers_for
from assessment.queries.measuring import Measuring
from assessment.queries.sheet_rows import Cell
from assessment.services.recording import Entering, Outcome, Stored, Wish, lock_records, record
from schools.models import ChangeKind
from schools.services.turns import take_turn_beside_others


@dataclass(frozen=True)
class WantedBaseline:
    """A pupil's Baseline in a subject as a person wants it, over what the person `saw` there.

    `is_offered`: the points are those that were offered, and are confirmed. `origin`: where a typed value came from, such as the former school's record;
    kept in the note. Neither points nor a reason empties the cell.
    """

    pupil_id: int
    subject: int
    points: int | None
    reason: str
    saw: Stored
    is_offered: bool = False
    origin: str = ""

    @property
    def cell(self) -> Cell:
        """The one that it is to stand in."""
        return Cell(self.pupil_id, self.subject, AssessmentTerm.BASELINE)


def enter_baselines(
    *, entering: Entering, wanted: Sequence[WantedBaseline], measuring: Measuring | None = None
) -> dict[Cell, Outcome]:
    """Write the Baselines as one act, which one undo takes back; what became of each, as `record` says. Needs the school open.

    What is confirmed is written as offered only if just that is offered still: where the judgement in Reception was changed meanwhile, or the area that it
    is taken from, it is a conflict and nothing is written. `measuring` as in `record`.
    """
    if not wanted:
        return {}
    # As `record` does: what is offered is read when nobody else writes for these pupils.
    take_turn_beside_others(entering.school)
    lock_records(entering, {each.pupil_id for each in wanted})
    confirmed = {each.pupil_id for each in wanted if each.is_offered}
    offers = offers_for(entering.school, entering.academic_year, confirmed) if confirmed else {}
    outcomes: dict[Cell, Outcome] = {}
    wishes = []
    for each in wanted:
        now = offers.get(each.cell)
        if each.is_offered and (now is None or now.points != each.points):
            outcomes[each.cell] = Outcome.CONFLICT
        else:
            wishes.append(_wish(each))
    if wishes:
        act = replace(entering, act=ChangeKind.BASELINES, source=Source.TYPED)
        outcomes |= record(entering=act, wishes=wishes, measuring=measuring)
    return outcomes


def _wish(wanted: WantedBaseline) -> Wish:
    return Wish(
        wanted.cell,
        wanted.points,
        wanted.reason,
        wanted.saw,
        source=Source.OFFERED if wanted.is_offered else None,
        origin=wanted.origin.strip(),
    )
