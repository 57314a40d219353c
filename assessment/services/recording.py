"""What a person enters on a marksheet: written over what that person saw, and over nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from django.db.models import QuerySet

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.models import Judgement, Source
from assessment.queries.measuring import Measuring
from assessment.services.judgements import Entry, Provenance, Records, write_entries
from schools.calendar import TermName
from schools.history import recorded
from schools.models import ChangeKind, PupilYear, School, User
from schools.services.changes import change_set
from schools.services.turns import take_turn_beside_others


class Stored(NamedTuple):
    """What stands in a cell: points or a reason, and how often it was saved; an empty cell was saved 0 times."""

    points: int | None = None
    reason: str = ""
    version: int = 0


EMPTY = Stored()


@dataclass(frozen=True)
class Wish:
    """One cell as a person wants it: `points` (1 to 101), a `reason`, or neither to empty it; and what the person `saw` there."""

    pupil_id: int
    points: int | None
    reason: str
    saw: Stored

    @property
    def empties(self) -> bool:
        """Whether nothing is to be left there."""
        return self.points is None and not self.reason

    def stands_in(self, cell: Stored) -> bool:
        """Whether the cell says so already."""
        return (self.points, self.reason) == (cell.points, cell.reason)


class Outcome(Enum):
    """What became of a wish."""

    SAVED = "saved"
    # Somebody else saved the cell since it was seen: nothing was written.
    CONFLICT = "conflict"
    # The cell says where the pupil started, or holds a note, which would be lost with it: it is not emptied.
    KEPT = "kept"


class TermClosed(Exception):
    """The term is closed for entry, and whoever wanted to write may not change what is closed, or gave no reason."""


@dataclass(frozen=True, kw_only=True)
class Entering:
    """Who enters, in which subject, at which assessment point; `reason` is a leader's, for changing what is closed."""

    school: School
    by: User
    subject: int
    at: AssessmentPoint
    today: dt.date
    may_change_closed: bool = False
    reason: str = ""


def record(
    *, entering: Entering, wishes: Sequence[Wish], measuring: Measuring | None = None
) -> dict[int, Outcome]:
    """Write each wish whose cell still is as the person saw it; what became of each, by pupil. Needs the school open.

    A cell counts as unseen when its version or its content differ: a row that was emptied and filled again begins its versions
    anew. One that says what is wished already is saved, whoever wrote it: a save whose answer was lost is sent again. A note and the mark *on entry* stay:
    a cell that has one is changed, not emptied.
    `measuring` must not have read anything yet: here it reads under the turn, and who gave it may go on with it. Raises TermClosed, and ValueError for a pupil without a record of the year.
    """
    wanted = {wish.pupil_id: wish for wish in wishes}
    measuring = measuring or Measuring(entering.school)
    take_turn_beside_others(entering.school)
    is_late = not _is_open(measuring, entering.at, entering.today)
    if is_late and not (entering.may_change_closed and entering.reason.strip()):
        raise TermClosed
    records = _lock(entering, wanted)
    held = {
        pupil_id: _Cell(*cell)
        for pupil_id, *cell in _rows(entering, wanted).values_list("pupil_id", *_Cell._fields)
    }
    outcomes, entries, emptied = {}, [], []
    for pupil_id, wish in wanted.items():
        cell = held.get(pupil_id, _Cell())
        outcomes[pupil_id] = _outcome(wish, cell)
        if outcomes[pupil_id] is not Outcome.SAVED or wish.stands_in(cell.stored):
            continue
        if wish.empties:
            emptied.append(pupil_id)
        else:
            entries.append(_entry(entering, wish, cell))
    if entries or emptied:
        with _act(entering, is_late=is_late):
            write_entries(
                school=entering.school,
                entries=entries,
                provenance=Provenance(source=Source.TYPED, by=entering.by),
                records=records,
                measuring=measuring,
            )
            if emptied:
                _rows(entering, emptied).delete()
    return outcomes


@contextmanager
def _act(entering: Entering, *, is_late: bool) -> Iterator[None]:
    """One act of the person; in a closed term a leader's, whose reason its history carries."""
    if not is_late:
        # No savepoint: what is refused is refused before anything is written, and a failed statement ends the transaction of the open school.
        with recorded(user=entering.by.pk):
            yield
        return
    with change_set(
        school=entering.school,
        kind=ChangeKind.AFTER_CLOSING,
        by=entering.by,
        reason=entering.reason.strip(),
    ):
        yield


def _is_open(measuring: Measuring, at: AssessmentPoint, today: dt.date) -> bool:
    """Whether teachers may enter judgements of this point. A Baseline is entered with Autumn, and closes with it (derived)."""
    term = measuring.term(at.academic_year, at.term.term or TermName.AUTUMN)
    return term is None or term.is_open_for_entry(today)


def _lock(entering: Entering, pupil_ids: Iterable[int]) -> Records:
    """Let nobody else enter for these pupils until this act has ended, and read what their judgements are measured by.

    The pupil's record is there before any judgement is: two who fill an empty cell at the same time meet at it.
    """
    year = entering.at.academic_year
    locked = (
        PupilYear.objects.in_school(entering.school)
        .filter(academic_year=year, pupil__in=list(pupil_ids), pupil__school=entering.school)
        .order_by("pk")
        .select_for_update(no_key=True, of=("self",))
        .values_list("pupil_id", "year_group", "pupil__date_of_birth")
    )
    return {(pupil, year): (year_group, born_on) for pupil, year_group, born_on in locked}


def _rows(entering: Entering, pupil_ids: Iterable[int]) -> QuerySet[Judgement]:
    rows: QuerySet[Judgement] = Judgement.objects.in_school(entering.school).filter(
        pupil__in=list(pupil_ids),
        subject=entering.subject,
        academic_year=entering.at.academic_year,
        term=entering.at.term,
    )
    return rows


class _Cell(NamedTuple):
    """What stands in a cell, and what of it a save leaves as it is."""

    points: int | None = None
    reason: str = ""
    version: int = 0
    is_on_entry: bool = False
    note: str = ""

    @property
    def stored(self) -> Stored:
        """What a person sees of it."""
        return Stored(self.points, self.reason, self.version)


def _outcome(wish: Wish, cell: _Cell) -> Outcome:
    if wish.stands_in(cell.stored):
        return Outcome.SAVED
    if cell.stored != wish.saw:
        return Outcome.CONFLICT
    return Outcome.KEPT if wish.empties and (cell.is_on_entry or cell.note) else Outcome.SAVED


def _entry(entering: Entering, wish: Wish, cell: _Cell) -> Entry:
    return Entry(
        wish.pupil_id,
        entering.subject,
        entering.at.academic_year,
        AssessmentTerm(entering.at.term),
        wish.points,
        wish.reason,
        is_on_entry=cell.is_on_entry,
        note=cell.note,
    )
