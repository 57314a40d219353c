"""What a person enters on a marksheet: written over what that person saw, and over nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.baseline_offers import with_origin
from assessment.engine.profile import without_profile_note
from assessment.models import Judgement, Source
from assessment.queries.measuring import Measuring
from assessment.queries.sheet_rows import Cell
from assessment.services.judgements import Entry, Provenance, Records, write_entries
from schools.access import Access
from schools.calendar import YearGroup
from schools.history import recorded
from schools.models import ChangeKind, School, User
from schools.permissions import Permission
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
    """One cell as a person wants it: `points` (1 to 101), a `reason`, or neither to empty it; and what the person `saw` there.

    `source`: how this one came here, where it is another way than the act's. `origin`: where the value of a Baseline came from, which its
    note says from now on, "" for nowhere in particular; None leaves the note as it is.
    """

    cell: Cell
    points: int | None
    reason: str
    saw: Stored
    source: Source | None = None
    origin: str | None = None

    @property
    def empties(self) -> bool:
        """Whether nothing is to be left there."""
        return self.points is None and not self.reason

    def stands_in(self, stored: Stored) -> bool:
        """Whether the cell says so already."""
        return (self.points, self.reason) == (stored.points, stored.reason)


class Outcome(Enum):
    """What became of a wish."""

    SAVED = "saved"
    # Somebody else saved the cell since it was seen: nothing was written.
    CONFLICT = "conflict"
    # The cell says where the pupil started, or holds a note, which would be lost with it: it is not emptied.
    KEPT = "kept"
    # The pupil's year group is closed for entry there, and whoever wished may not change what is closed, or gave no reason.
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class Entering:
    """Who enters, in which year; `reason` is a leader's, for changing what is closed.

    `act`: what it is called where many cells are written as one; None for cells typed one by one.
    """

    school: School
    by: User
    academic_year: int
    today: dt.date
    may_change_closed: bool = False
    reason: str = ""
    act: ChangeKind | None = None
    source: Source = Source.TYPED

    @property
    def changes_closed(self) -> bool:
        """Whether what is closed may be changed all the same."""
        return self.may_change_closed and bool(self.reason.strip())


def entering_by(
    access: Access, *, reason: str = "", act: ChangeKind | None = None, source: Source = Source.TYPED
) -> Entering:
    """Who has come through the door, today, in the year that is open there; who manages the terms may change what is closed."""
    return Entering(
        school=access.school,
        by=access.user,
        academic_year=access.academic_year,
        today=timezone.localdate(),
        may_change_closed=access.may(Permission.MANAGE_TERMS),
        reason=reason,
        act=act,
        source=source,
    )


def record(
    *, entering: Entering, wishes: Sequence[Wish], measuring: Measuring | None = None
) -> dict[Cell, Outcome]:
    """Write each wish whose cell still is as the person saw it; what became of each. Needs the school open.

    A cell counts as unseen when its version or its content differ: a row that was emptied and filled again begins its versions
    anew. One that says what is wished already is saved, whoever wrote it, also where it is closed by now: a save whose answer was lost is sent
    again. A note and the mark *on entry* stay: a cell that has one is changed, not emptied.
    `measuring` must not have read anything yet: here it reads under the turn, and who gave it may go on with it. Raises ValueError for a
    pupil without a record of the year.
    """
    wanted = {wish.cell: wish for wish in wishes}
    measuring = measuring or Measuring(entering.school)
    take_turn_beside_others(entering.school)
    records = lock_records(entering, {cell.pupil_id for cell in wanted})
    held = _held(entering, wanted)
    late = {cell for cell in wanted if is_late(entering, cell, records, measuring)}
    outcomes = {
        cell: _outcome(wish, held[cell], is_closed=cell in late and not entering.changes_closed)
        for cell, wish in wanted.items()
    }
    changed = [
        wish
        for cell, wish in wanted.items()
        if outcomes[cell] is Outcome.SAVED and not wish.stands_in(held[cell].stored)
    ]
    if changed:
        with one_act(entering, is_late=any(wish.cell in late for wish in changed)):
            _write(entering, changed, held, records, measuring)
    return outcomes


def is_late(entering: Entering, cell: Cell, records: Records, measuring: Measuring) -> bool:
    """Whether teachers may not enter there any more, or not yet."""
    record = records.get((cell.pupil_id, entering.academic_year))
    if record is None:
        raise ValueError("A judgement needs the pupil's record of its academic year.")
    return not measuring.is_open(entering.academic_year, cell.term, record[0], entering.today)


@contextmanager
def one_act(entering: Entering, *, is_late: bool) -> Iterator[None]:
    """One act of the person: of many cells at once it has a name; in a closed term it is a leader's, whose reason its history carries."""
    kind = entering.act or (ChangeKind.AFTER_CLOSING if is_late else None)
    if kind is None:
        # No savepoint: what is refused is refused before anything is written, and a failed statement ends the transaction of the open school.
        with recorded(user=entering.by.pk):
            yield
        return
    reason = entering.reason.strip() if is_late else ""
    with change_set(school=entering.school, kind=kind, by=entering.by, reason=reason):
        yield


def _write(
    entering: Entering,
    wishes: Sequence[Wish],
    held: Mapping[Cell, _Held],
    records: Records,
    measuring: Measuring,
) -> None:
    filled = [wish for wish in wishes if not wish.empties]
    # Mostly one: those that somebody confirmed and those typed beside them are one act of two sources.
    sources = {wish.source or entering.source for wish in filled} or {entering.source}
    for source in sorted(sources):
        write_entries(
            school=entering.school,
            entries=[
                _entry(entering, wish, held[wish.cell])
                for wish in filled
                if (wish.source or entering.source) == source
            ],
            provenance=Provenance(source=source, by=entering.by),
            records=records,
            measuring=measuring,
        )
    emptied = [held[wish.cell].key for wish in wishes if wish.empties]
    if emptied:
        Judgement.objects.in_school(entering.school).filter(pk__in=emptied).delete()


def lock_records(entering: Entering, pupil_ids: Iterable[int]) -> Records:
    """Let nobody else enter for these pupils until this act has ended, and read what their judgements are measured by.

    The pupil's record is there before any judgement is: two who fill an empty cell at the same time meet at it.
    """
    year = entering.academic_year
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, {"school": entering.school.pk, "year": int(year), "pupils": list(pupil_ids)})
        return {
            (pupil, year): (YearGroup(year_group), born_on)
            for pupil, year_group, born_on in cursor.fetchall()
        }


# One array of pupils in place of a parameter for each: a pasted block has hundreds.
_LOCK = """
SELECT record.pupil_id, record.year_group, pupil.date_of_birth
FROM schools_pupilyear AS record JOIN schools_pupil AS pupil ON pupil.id = record.pupil_id
WHERE record.school_id = %(school)s AND pupil.school_id = %(school)s
    AND record.academic_year = %(year)s AND record.pupil_id = ANY (%(pupils)s::bigint[])
ORDER BY record.id
FOR NO KEY UPDATE OF record
"""
# OFFSET as for a sheet's judgements: each pupil's are looked for by the index.
_STANDS = """
SELECT held.* FROM unnest(%(pupils)s::bigint[]) AS pupil CROSS JOIN LATERAL (
    SELECT pupil_id, subject_id, term, points, reason, version, is_on_entry, note, id
    FROM assessment_judgement
    WHERE school_id = %(school)s AND pupil_id = pupil AND subject_id = ANY (%(subjects)s::integer[])
        AND academic_year = %(year)s AND term = ANY (%(terms)s::integer[])
    OFFSET 0
) AS held
"""


class _Held(NamedTuple):
    """What stands in a cell, and what of it a save leaves as it is; `key` is the row's, 0 of an empty cell."""

    points: int | None = None
    reason: str = ""
    version: int = 0
    is_on_entry: bool = False
    note: str = ""
    key: int = 0

    @property
    def stored(self) -> Stored:
        """What a person sees of it."""
        return Stored(self.points, self.reason, self.version)


def _held(entering: Entering, cells: Iterable[Cell]) -> dict[Cell, _Held]:
    """What stands in each of the cells."""
    found = dict.fromkeys(cells, _Held())
    asked: dict[str, Any] = {
        "school": entering.school.pk,
        "year": int(entering.academic_year),
        "pupils": list({cell.pupil_id for cell in found}),
        "subjects": list({cell.subject for cell in found}),
        "terms": [int(term) for term in {cell.term for cell in found}],
    }
    with connection.cursor() as cursor:
        cursor.execute(_STANDS, asked)
        rows = cursor.fetchall()
    for row in rows:
        cell = Cell(row[0], row[1], AssessmentTerm(row[2]))
        if cell in found:
            found[cell] = _Held(*row[3:])
    return found


def _outcome(wish: Wish, held: _Held, *, is_closed: bool) -> Outcome:
    if wish.stands_in(held.stored):
        return Outcome.SAVED
    if is_closed:
        return Outcome.CLOSED
    if held.stored != wish.saw:
        return Outcome.CONFLICT
    return Outcome.KEPT if wish.empties and (held.is_on_entry or _own_words(held.note)) else Outcome.SAVED


def _own_words(note: str) -> str:
    """What somebody wrote of the pupil: where a value came from is said of the value, and goes with it."""
    return with_origin(without_profile_note(note), "")


def _entry(entering: Entering, wish: Wish, held: _Held) -> Entry:
    note = without_profile_note(held.note)
    return Entry(
        wish.cell.pupil_id,
        wish.cell.subject,
        entering.academic_year,
        wish.cell.term,
        wish.points,
        wish.reason,
        is_on_entry=held.is_on_entry,
        note=note if wish.origin is None else with_origin(note, wish.origin),
    )
