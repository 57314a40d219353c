"""Taking back what a person did to judgements, and doing it again: only where nobody changed the cell since."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum

from django.db import transaction

from assessment.engine.assessment_points import AssessmentTerm
from assessment.queries.acts import Act, Change, Content, Stack, acts_on, cells_of, changes_of
from assessment.queries.measuring import Measuring
from assessment.queries.sheet_rows import Cell
from assessment.services.judgements import Records
from assessment.services.recording import Entering, is_late, lock_records
from assessment.services.whole_cells import Standing, standing_in, write_whole
from schools.history import recorded
from schools.models import ChangeKind, User
from schools.services.changes import change_set
from schools.services.turns import take_turn_beside_others


class Kept(Enum):
    """Why a cell was left as it stands."""

    # Somebody changed it after the act.
    CHANGED = "changed"
    # The term is closed for entry there, and whoever wished may not change what is closed, or gave no reason.
    CLOSED = "closed"
    # The person may not, or no longer, enter for the pupil.
    NOT_THEIRS = "not theirs"


@dataclass(frozen=True)
class Left:
    """A cell that was left alone: why, what `stands` there (None: nothing), and who changed it last, None for an import."""

    cell: Cell
    why: Kept
    stands: Content | None = None
    changed_by: User | None = None


@dataclass(frozen=True)
class TakenBack:
    """What became of one act: which it was, the cells that say again what they said before it (None: nothing), and those left alone."""

    act: Act
    restored: dict[Cell, Content | None]
    left: tuple[Left, ...]

    @property
    def is_refused(self) -> bool:
        """Whether nothing was done because a term is closed: the act can still be taken back, with a reason or when it is open.

        One closed cell is enough: an act that was taken back in part would be done with, and the rest could not be taken back any more.
        """
        return any(each.why is Kept.CLOSED for each in self.left)


@dataclass(frozen=True)
class NotNext:
    """Nothing was done, for the act that was named is not the next one: it `is_done` already, or others came after it.

    `next` is the act that would be taken back; `cells` are those of the act that was named, which a page may show as they stood before.
    """

    is_done: bool
    next: Act | None
    cells: frozenset[Cell]


@dataclass(frozen=True)
class Where:
    """The sheet that somebody stands on: its pupils, and the subjects and terms of the year that can be entered there."""

    pupil_ids: Sequence[int]
    places: Collection[tuple[int, AssessmentTerm]]


def undo(
    *, entering: Entering, where: Where, may_enter_for: Collection[int], measuring: Measuring, named: str = ""
) -> TakenBack | NotNext | None:
    """Take back the last act of this person on the sheet, whole, as one change-set; None where there is none. Needs the school open.

    `named` is the key of the act that the person saw as the last one: another is not taken back in its place. "" means whichever it is.
    A cell that is not just as the act left it, that is closed, or whose pupil is not among `may_enter_for`, is left alone and told. Where
    the act emptied the cell, the judgement is there again; where it made one, it is gone. The saves of a cell go on counting.
    """
    return _take_back(ChangeKind.UNDO, entering, where, may_enter_for, measuring, named)


def redo(
    *, entering: Entering, where: Where, may_enter_for: Collection[int], measuring: Measuring, named: str = ""
) -> TakenBack | NotNext | None:
    """Take back the last `undo` of this person on the sheet, in the same way; None after another act."""
    return _take_back(ChangeKind.REDO, entering, where, may_enter_for, measuring, named)


def _take_back(
    kind: ChangeKind,
    entering: Entering,
    where: Where,
    may_enter_for: Collection[int],
    measuring: Measuring,
    named: str,
) -> TakenBack | NotNext | None:
    with transaction.atomic():
        # One after the other: two at the same time would both take back the same act.
        User.objects.select_for_update(no_key=True).only("pk").get(pk=entering.by.pk)
        school, by, year = entering.school, entering.by, entering.academic_year
        stack = acts_on(
            school=school, by=by, academic_year=year, pupil_ids=where.pupil_ids, places=where.places
        )
        act = stack.top(kind)
        if named and named != (act.key if act else ""):
            return _not_next(entering, stack, act, named)
        if act is None:
            return None
        cells = cells_of(school=school, by=by, academic_year=year, act=act.key)
        take_turn_beside_others(school)
        records = lock_records(entering, {cell.pupil_id for cell in cells})
        changes = changes_of(school=school, academic_year=year, act=act.key, cells=cells)
        stands = standing_in(entering, cells)
        theirs = {pupil for pupil, _ in records} & set(may_enter_for)
        late = {
            cell for cell in cells if cell.pupil_id in theirs and is_late(entering, cell, records, measuring)
        }
        kept = {
            change.cell: _why_kept(change, theirs, is_late=change.cell in late, entering=entering)
            for change in changes
        }
        if act.was is ChangeKind.REPAIR:
            _keep_pairs(kept)
        meant = [change for change in changes if kept[change.cell] is None]
        left = _left(changes, kept, stands)
        if any(each.why is Kept.CLOSED for each in left):
            return TakenBack(act, {}, left)
        _write(kind, entering, act, meant, stands, records, measuring, late)
        return TakenBack(act, {change.cell: change.before for change in meant}, left)


def _not_next(entering: Entering, stack: Stack, act: Act | None, named: str) -> NotNext | None:
    """None where there is nothing left, and nobody did what was named."""
    is_done = named in stack.taken_back
    if not is_done and act is None:
        return None
    cells = cells_of(school=entering.school, by=entering.by, academic_year=entering.academic_year, act=named)
    return NotNext(is_done, act, frozenset(cells))


def _keep_pairs(kept: dict[Cell, Kept | None]) -> None:
    """A judgement that was moved is put back at both ends or at neither: else it would stand nowhere."""
    whys = {(cell.pupil_id, cell.subject): why for cell, why in kept.items() if why is not None}
    for cell, why in kept.items():
        if why is None:
            kept[cell] = whys.get((cell.pupil_id, cell.subject))


def _why_kept(
    change: Change, may_enter_for: Collection[int], *, is_late: bool, entering: Entering
) -> Kept | None:
    if change.cell.pupil_id not in may_enter_for:
        return Kept.NOT_THEIRS
    if not change.is_as_left:
        return Kept.CHANGED
    return Kept.CLOSED if is_late and not entering.changes_closed else None


def _left(
    changes: Sequence[Change], kept: dict[Cell, Kept | None], stands: dict[Cell, Standing]
) -> tuple[Left, ...]:
    by = {change.changed_by for change in changes if kept[change.cell] is Kept.CHANGED}
    people = User.objects.in_bulk([key for key in by if key]) if by else {}
    return tuple(
        Left(change.cell, why, stands[change.cell].content, people.get(change.changed_by or 0))
        for change in changes
        if (why := kept[change.cell]) is not None
    )


def _write(
    kind: ChangeKind,
    entering: Entering,
    act: Act,
    changes: Sequence[Change],
    stands: dict[Cell, Standing],
    records: Records,
    measuring: Measuring,
    late: set[Cell],
) -> None:
    reason = entering.reason.strip() if any(change.cell in late for change in changes) else ""
    # Also where nothing could be put back: the act is done with, and the one before it comes next.
    with (
        recorded(undoes=act.key),
        change_set(school=entering.school, kind=kind, by=entering.by, reason=reason),
    ):
        write_whole(
            entering,
            {change.cell: change.before for change in changes},
            stands=stands,
            records=records,
            measuring=measuring,
            versions={change.cell: change.version + 1 for change in changes if not stands[change.cell].key},
            sources={change.cell: change.source for change in changes},
        )
