"""Judgements that were entered in the wrong term: moved or copied to another, pupil by pupil, as one act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from assessment.engine.assessment_points import AssessmentTerm
from assessment.queries.acts import Content
from assessment.queries.measuring import Measuring
from assessment.queries.repairs import combined, is_too_long
from assessment.queries.sheet_rows import Cell
from assessment.services.recording import EMPTY, Entering, Stored, is_late, lock_records, one_act
from assessment.services.whole_cells import Standing, standing_in, write_whole
from schools.models import ChangeKind
from schools.services.turns import take_turn_beside_others


@dataclass(frozen=True)
class Move:
    """One pupil's judgement in a subject from one term to another, and what the person `saw` in both."""

    source: Cell
    to: AssessmentTerm
    saw_source: Stored
    saw_target: Stored = EMPTY

    @property
    def target(self) -> Cell:
        """Where it goes."""
        return self.source._replace(term=self.to)


class Repaired(Enum):
    """What became of a pupil's judgement."""

    DONE = "done"
    # Somebody changed one of the two cells since they were seen: nothing was written for this pupil.
    CHANGED = "changed"
    # A term is closed there for the pupil's year group, and whoever wished may not change what is closed, or gave no reason.
    CLOSED = "closed"
    # The notes of both terms are too long to stand together: nothing was written for this pupil.
    NOTES = "notes"


def repair(
    *,
    entering: Entering,
    moves: Sequence[Move],
    copies: bool = False,
    measuring: Measuring | None = None,
) -> dict[Cell, Repaired]:
    """Move each judgement, or copy it where `copies`; what became of each, by where it stood. Needs the school open.

    Only where both cells still are as they were seen. The judgement is measured anew at its new term. Its note goes along; where both cells
    have one, both stand there, unless that is longer than a note may be. The mark *on entry* moves too, and is not copied: a pupil starts once. All is one change-set, which `undo`
    takes back as one. Raises ValueError for a pupil without a record of the year.
    """
    measuring = measuring or Measuring(entering.school)
    take_turn_beside_others(entering.school)
    records = lock_records(entering, {move.source.pupil_id for move in moves})
    stands = standing_in(entering, [cell for move in moves for cell in (move.source, move.target)])
    late = {cell for cell in stands if is_late(entering, cell, records, measuring)}
    outcomes = {
        move.source: _outcome(
            move,
            stands,
            copies=copies,
            is_closed=not (entering.changes_closed or _touched(move, copies=copies).isdisjoint(late)),
        )
        for move in moves
    }
    done = [move for move in moves if outcomes[move.source] is Repaired.DONE]
    if done:
        act = replace(entering, act=ChangeKind.REPAIR)
        with one_act(act, is_late=any(not _touched(move, copies=copies).isdisjoint(late) for move in done)):
            write_whole(
                act,
                _contents(done, stands, copies=copies),
                stands=stands,
                records=records,
                measuring=measuring,
            )
    return outcomes


def _touched(move: Move, *, copies: bool) -> set[Cell]:
    """The cells that it changes."""
    return {move.target} if copies else {move.source, move.target}


def _outcome(move: Move, stands: Mapping[Cell, Standing], *, copies: bool, is_closed: bool) -> Repaired:
    seen = {move.source: move.saw_source, move.target: move.saw_target}
    moved, before = stands[move.source].content, stands[move.target].content
    if moved is None or any(_stored(stands[cell]) != saw for cell, saw in seen.items()):
        return Repaired.CHANGED
    if is_closed:
        return Repaired.CLOSED
    return (
        Repaired.NOTES
        if is_too_long(combined(moved, before, copies=copies), moved, before)
        else Repaired.DONE
    )


def _stored(standing: Standing) -> Stored:
    content = standing.content
    return Stored(content.points, content.reason, standing.version) if content else EMPTY


def _contents(
    moves: Sequence[Move], stands: Mapping[Cell, Standing], *, copies: bool
) -> dict[Cell, Content | None]:
    contents: dict[Cell, Content | None] = {}
    for move in moves:
        moved, before = stands[move.source].content, stands[move.target].content
        if moved is None:
            continue
        contents[move.target] = combined(moved, before, copies=copies)
        if not copies:
            contents[move.source] = None
    return contents
