"""What a person did to judgements, read from the history: the acts that can be taken back, and what each of them changed.

An act is one request of the person (a cell that was typed), or one change-set (a fill, a paste). Its events carry the key of either. What takes an
act back, or does it again, is an act too: `undoes` in its context is the key of the act before. Nothing else is kept, so that undo goes on after
a reload, in another browser, and on every sheet that shows one of the cells.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from assessment.engine.assessment_points import AssessmentTerm
from assessment.models import Source
from assessment.queries.layouts import Layout
from assessment.queries.sheet_rows import Cell
from schools.access import Access
from schools.models import ChangeKind, School, User

# So long can a person take back what they did.
HELD_FOR = dt.timedelta(hours=24)
# What a person does on a sheet. An import, or a whole school measured again, is not taken back from one.
_ON_A_SHEET = [
    ChangeKind.AFTER_CLOSING,
    ChangeKind.PASTE,
    ChangeKind.FILL,
    ChangeKind.SHEET_FILE,
    ChangeKind.REPAIR,
    ChangeKind.BASELINES,
    ChangeKind.UNDO,
    ChangeKind.REDO,
]


class Act(NamedTuple):
    """One act: `kind` None is a cell typed, or its note; `cells` is how many cells of the sheet it changed; `undoes` is the act it took back.

    `was` is the kind of the act that all this began with, for what takes back, or does again.
    """

    key: str
    kind: ChangeKind | None
    undoes: str
    first: int
    cells: int
    was: ChangeKind | None = None

    @property
    def described(self) -> str:
        """`28 cells filled`."""
        return counted(self.cells, self.was)


# What was done to cells, after their number.
_DONE = {
    ChangeKind.PASTE: "pasted",
    ChangeKind.FILL: "filled",
    ChangeKind.SHEET_FILE: "brought back from Excel",
    ChangeKind.REPAIR: "moved or copied to another term",
    ChangeKind.BASELINES: "entered as Baselines",
}


def counted(cells: int, was: ChangeKind | None) -> str:
    """`1 cell changed`, `28 cells filled`."""
    done = _DONE.get(was, "changed") if was else "changed"
    return f"{cells} cell{'' if cells == 1 else 's'} {done}"


@dataclass(frozen=True)
class Stack:
    """What can be taken back, and what can be done again, the next one last; and the keys of what was taken back."""

    undo: tuple[Act, ...] = ()
    redo: tuple[Act, ...] = ()
    taken_back: frozenset[str] = frozenset()

    @property
    def undo_next(self) -> Act | None:
        """What undo takes back."""
        return self.top(ChangeKind.UNDO)

    @property
    def redo_next(self) -> Act | None:
        """What redo does again."""
        return self.top(ChangeKind.REDO)

    def top(self, kind: ChangeKind) -> Act | None:
        """What is next: for UNDO, or for REDO; None where there is nothing."""
        acts = self.redo if kind is ChangeKind.REDO else self.undo
        return acts[-1] if acts else None


# One query: the acts that changed cells of the sheet, by their first event; and whatever was taken back or done again, also where each
# one of their cells had been changed since and no event came of it. A cell that was emptied holds NULL; its event says what was there. What
# judgements are measured by is no part of what they say.
_ACTS = """
WITH recent AS MATERIALIZED (
    SELECT DISTINCT pupil_id FROM assessment_judgementevent
    WHERE school_id = %(school)s AND academic_year = %(year)s AND pupil_id = ANY(%(pupils)s)
        AND pgh_created_at > %(since)s AND (pgh_context->>'user')::bigint = %(user)s
), told AS (
    SELECT pgh_id, pupil_id, subject_id, term, pgh_created_at, pgh_context,
        CASE WHEN pgh_label <> 'delete' THEN ROW(points, reason, note, is_on_entry, confirmed_steps)::text END AS content
    FROM assessment_judgementevent
    WHERE school_id = %(school)s AND academic_year = %(year)s AND pupil_id = ANY(ARRAY(SELECT pupil_id FROM recent))
        AND (subject_id * 8 + term) = ANY(%(places)s)
), seen AS (
    SELECT *, LAG(content) OVER (PARTITION BY pupil_id, subject_id, term ORDER BY pgh_id) AS before FROM told
), acts AS (
    SELECT COALESCE(pgh_context->>'change_set', pgh_context->>'request') AS key, pgh_context->>'change_set' AS change,
        MAX(pgh_context->>'undoes') AS undoes, MIN(pgh_id) AS first, COUNT(DISTINCT (pupil_id, subject_id, term)) AS cells
    FROM seen
    WHERE content IS DISTINCT FROM before AND pgh_created_at > %(since)s AND (pgh_context->>'user')::bigint = %(user)s
    GROUP BY 1, 2
)
SELECT key, kind, undoes, first, cells
FROM acts LEFT JOIN schools_changeset AS change ON change.school_id = %(school)s AND change.public_id = acts.change::uuid
WHERE key IS NOT NULL AND (kind IS NULL OR kind = ANY(%(kinds)s))
UNION ALL
SELECT NULL, change.kind, event.pgh_context->>'undoes', 0, 0
FROM schools_changeset AS change JOIN schools_changesetevent AS event ON event.pgh_obj_id = change.id AND event.pgh_label = 'insert'
WHERE change.school_id = %(school)s AND change.by_id = %(user)s AND change.made_at > %(since)s AND change.kind IN ('undo', 'redo')
ORDER BY first
"""


def acts_on(
    *,
    school: School,
    by: User,
    academic_year: int,
    pupil_ids: Sequence[int],
    places: Iterable[tuple[int, AssessmentTerm]],
) -> Stack:
    """What this person did in the last 24 hours to these pupils' judgements of the year, in these subjects and terms. Needs the school open.

    An act is here if it touched one of the cells; it is taken back whole. What can be done again ends with the next act.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _ACTS,
            {
                **_whose(school, by, academic_year),
                "pupils": list(pupil_ids),
                "places": [subject * 8 + term for subject, term in places],
                "kinds": [kind.value for kind in _ON_A_SHEET],
            },
        )
        rows = cursor.fetchall()
    taken_back = frozenset(undoes for _, _, undoes, _, _ in rows if undoes)
    acts = [
        Act(key, ChangeKind(kind) if kind else None, undoes or "", first, cells)
        for key, kind, undoes, first, cells in rows
        if key
    ]
    by_key = {act.key: act for act in acts}
    left = [act._replace(was=_was(act, by_key)) for act in acts if act.key not in taken_back]
    last_new = max((act.first for act in acts if not act.undoes), default=0)
    return Stack(
        undo=tuple(act for act in left if act.kind is not ChangeKind.UNDO),
        redo=tuple(act for act in left if act.kind is ChangeKind.UNDO and act.first > last_new),
        taken_back=taken_back,
    )


def places_of(layout: Layout) -> set[tuple[int, AssessmentTerm]]:
    """The subjects and terms of the year in view that one may enter on a sheet."""
    return {
        (column.place.subject, column.place.at.term)
        for column in layout.columns
        if column.is_open and column.place
    }


def acts_for(access: Access, layout: Layout, pupil_ids: Sequence[int]) -> Stack:
    """What the person in sight can take back on a sheet of these pupils; of one on which nothing can be entered nothing, without a query."""
    places = places_of(layout)
    if not places or not pupil_ids:
        return Stack()
    return acts_on(
        school=access.school,
        by=access.user,
        academic_year=access.academic_year,
        pupil_ids=pupil_ids,
        places=places,
    )


def _was(act: Act, by_key: Mapping[str, Act]) -> ChangeKind | None:
    while act.undoes in by_key:
        act = by_key[act.undoes]
    return None if act.undoes else act.kind


def _whose(school: School, by: User, academic_year: int) -> dict[str, Any]:
    return {"school": school.pk, "year": academic_year, "user": by.pk, "since": timezone.now() - HELD_FOR}


class Content(NamedTuple):
    """What a judgement says: points or a reason, its note, whether the pupil started there, and the odd number of steps that was confirmed."""

    points: int | None
    reason: str = ""
    note: str = ""
    is_on_entry: bool = False
    confirmed_steps: int | None = None


@dataclass(frozen=True)
class Change:
    """What an act did to a cell: what stood there `before` (None: nothing), and whether nobody changed the cell since.

    Where somebody did, `changed_by` is who did so last, None for the operator. `version` is the highest that the cell ever had. `source` is how what stood
    there before came to be; what was copied from another school counts as typed, for whoever puts it back does so here.
    """

    cell: Cell
    before: Content | None
    is_as_left: bool
    changed_by: int | None
    version: int
    source: Source = Source.TYPED


def cells_of(*, school: School, by: User, academic_year: int, act: str) -> set[Cell]:
    """The cells that this person's act wrote to, on whichever sheets."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT pupil_id, subject_id, term FROM assessment_judgementevent
            WHERE school_id = %(school)s AND academic_year = %(year)s AND pgh_created_at > %(since)s
                AND (pgh_context->>'user')::bigint = %(user)s
                AND COALESCE(pgh_context->>'change_set', pgh_context->>'request') = %(act)s
            """,
            {**_whose(school, by, academic_year), "act": act},
        )
        return {Cell(pupil, subject, AssessmentTerm(term)) for pupil, subject, term in cursor.fetchall()}


class _Event(NamedTuple):
    """One event of a cell, in the order in which they came."""

    pupil_id: int
    subject: int
    term: int
    key: str | None
    undoes: str | None
    user: int | None
    label: str
    version: int
    source: str
    points: int | None
    reason: str
    note: str
    is_on_entry: bool
    confirmed_steps: int | None

    @property
    def content(self) -> Content | None:
        """What the cell holds after it."""
        return None if self.label == "delete" else Content(*self[9:])


_EVENTS = """
SELECT pupil_id, subject_id, term, COALESCE(pgh_context->>'change_set', pgh_context->>'request'), pgh_context->>'undoes', (pgh_context->>'user')::bigint,
    pgh_label, version, source, points, reason, note, is_on_entry, confirmed_steps
FROM assessment_judgementevent
WHERE school_id = %(school)s AND academic_year = %(year)s AND pupil_id = ANY(%(pupils)s) AND (subject_id * 8 + term) = ANY(%(places)s)
ORDER BY pupil_id, subject_id, term, pgh_id
"""


def changes_of(*, school: School, academic_year: int, act: str, cells: Collection[Cell]) -> list[Change]:
    """What the act changed in the cells, as the history says now: read it under the locks of those who write there."""
    with connection.cursor() as cursor:
        cursor.execute(
            _EVENTS,
            {
                "school": school.pk,
                "year": academic_year,
                "pupils": sorted({cell.pupil_id for cell in cells}),
                "places": sorted({cell.subject * 8 + cell.term for cell in cells}),
            },
        )
        events = [_Event(*row) for row in cursor.fetchall()]
    found = []
    for (pupil, subject, term), of_cell in groupby(events, key=lambda event: event[:3]):
        cell = Cell(pupil, subject, AssessmentTerm(term))
        if cell in cells:
            change = _change(cell, list(of_cell), act)
            if change:
                found.append(change)
    return found


def _change(cell: Cell, events: Sequence[_Event], act: str) -> Change | None:
    """What the act did in the cell; None where it left what the cell says as it was."""
    changed = [
        event
        for event, earlier in zip(events, [None, *events], strict=False)
        if event.content != (earlier.content if earlier else None)
    ]
    own = [place for place, event in enumerate(changed) if event.key == act]
    if not own:
        return None
    states = _states(changed)
    # A history that does not begin with the row cannot say what stood there before.
    is_known = own[0] > 0 or changed[0].label == "insert"
    before = changed[own[0] - 1] if own[0] else None
    return Change(
        cell,
        before=before.content if before else None,
        is_as_left=is_known and states[own[-1]] == states[-1],
        changed_by=changed[-1].user,
        version=max(event.version for event in events),
        source=_source(before),
    )


def _source(before: _Event | None) -> Source:
    if before is None or before.source == Source.COPIED:
        return Source.TYPED
    return Source(before.source)


def _states(changed: Sequence[_Event]) -> list[int]:
    """For each event the number of the state that the cell is in after it; 0 is before the first.

    What takes an act back leads to the state before that act, so that older acts can be taken back in their turn. Who types the same value
    again makes a new state: it is theirs.
    """
    states: list[int] = []
    for place, event in enumerate(changed, start=1):
        undone = [at for at, each in enumerate(changed[: place - 1]) if each.key == event.undoes]
        if event.undoes and undone:
            states.append(states[undone[0] - 1] if undone[0] else 0)
        else:
            states.append(place)
    return states
