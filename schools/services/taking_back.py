"""Taking back a whole act: every row that a change-set wrote says again what it said before, or nothing is done at all.

Not what a person typed into a sheet, cell by cell (assessment/services/undoing.py): an import, a new school year, pupils merged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction

from schools.history import recorded
from schools.models import ChangeKind, ChangeSet, User
from schools.queries.act_rows import Table, TableRows, Was, quoted
from schools.queries.obstacles import Obstacle, Why
from schools.queries.taking_back import ActRows, Count, Preview, preview_of, rows_of
from schools.services.changes import change_set
from schools.services.turns import take_turn_alone
from schools.signals import records_corrected


@dataclass(frozen=True)
class Taken:
    """The act was taken back, by `change`, which can be taken back in its turn: then everything stands as the act left it."""

    change: ChangeSet
    counts: tuple[Count, ...]


@dataclass(frozen=True)
class NotTaken:
    """Nothing was done. `taken_back_by` is who did it before; else the `obstacles` say why; neither: the act changed nothing that is held."""

    obstacles: tuple[Obstacle, ...] = ()
    taken_back_by: ChangeSet | None = None


def take_back(*, change: ChangeSet, by: User | None, reason: str = "") -> Taken | NotTaken:
    """Take back a change-set, all of it or nothing, as a change-set of its own (ChangeKind.UNDO). Needs the school open.

    Rows that it made are removed, rows that it changed say what they said before, rows that it removed are there again under their old ids.
    Refused where a row does not stand as the act left it, or a row made since hangs on one that would be removed. Judgements are
    measured again. Histories keep both acts. `schools.queries.taking_back.preview_of` says beforehand what would become of it.
    """
    with transaction.atomic():
        take_turn_alone(change.school)
        rows = rows_of(change)
        _lock(change, rows)
        preview = preview_of(change, rows)
        if not preview.is_possible:
            return NotTaken(preview.obstacles, preview.taken_back_by)
        try:
            return Taken(_write(change, preview, by, reason), preview.counts)
        except IntegrityError:
            # Something made since has the place, or the number, of a row that would be there again.
            return NotTaken((Obstacle(Why.TAKEN, ("record", "records"), 1),))


def _lock(change: ChangeSet, rows: Iterable[ActRows]) -> None:
    """What is looked at is what is written over; who does not take turns waits here too."""
    with connection.cursor() as cursor:
        for each in rows:
            cursor.execute(
                f"SELECT FROM {each.table.name} WHERE school_id = %s AND id = ANY(%s) ORDER BY id FOR UPDATE",
                [change.school_id, each.keys],
            )


def _write(change: ChangeSet, preview: Preview, by: User | None, reason: str) -> ChangeSet:
    school = change.school
    with (
        transaction.atomic(),
        recorded(takes_back=str(change.public_id)),
        change_set(school=school, kind=ChangeKind.UNDO, by=by, reason=reason or change.reason) as undo,
    ):
        for each in preview.tables:
            _remove(change, each.table, each.removed)
        for each in preview.tables:
            _restore(change, each)
        for each in preview.tables:
            _return(each.table, each.returned)
        # Now, so that the caller hears of it: keys between rows are else looked at when the transaction ends.
        connection.check_constraints()
        records_corrected.send(
            sender=None, school=school, pupil_ids=_pupils(preview.tables), academic_year=None
        )
    return undo


def _pupils(tables: Sequence[TableRows]) -> list[int] | None:
    """Of whom judgements may be measured by something else now; None: of anybody, as a table is of no pupils."""
    pupils = {was.pupil for each in tables for was in each.rows}
    return None if None in pupils else sorted(each for each in pupils if each)


def _remove(change: ChangeSet, table: Table, rows: Sequence[Was]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {table.name} WHERE school_id = %s AND id = ANY(%s)",  # noqa: S608
                [change.school_id, [was.row for was in rows]],
            )


def _restore(change: ChangeSet, each: TableRows) -> None:
    if not each.restored:
        return
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                _UPDATE.format(table=each.table.name, history=each.table.history, said=_said(each.table)),
                [[was.before for was in each.restored], change.school_id],
            )
    except IntegrityError:
        # One row after the other they would be in each other's way: two pupils whose UPNs were exchanged.
        _remove(change, each.table, each.restored)
        _return(each.table, each.restored)


_UPDATE = """
UPDATE {table} AS held SET {said} FROM {history} AS event
WHERE event.pgh_id = ANY(%s) AND held.id = event.pgh_obj_id AND held.school_id = %s
"""


def _said(table: Table) -> str:
    """Counts of saves go on from where they are: who has the page open notices."""
    return ", ".join(
        f"{quoted(column)} = held.{quoted(column)} + 1"
        if column in table.model.counting_columns
        else f"{quoted(column)} = event.{quoted(column)}"
        for column in table.columns
        if column not in {"id", "school_id"}
    )


def _return(table: Table, rows: Sequence[Was]) -> None:
    if not rows:
        return
    columns = ", ".join(map(quoted, table.columns))
    values = ", ".join(
        f"{quoted(column)} + 1" if column in table.model.counting_columns else quoted(column)
        for column in table.columns
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table.name} ({columns}) SELECT {values} FROM {table.history}"  # noqa: S608
            " WHERE pgh_id = ANY(%s) ORDER BY pgh_obj_id",
            [[was.before for was in rows]],
        )
