"""What taking back a whole change-set would change, and what stands in the way: read from the histories, of whatever tables it wrote to.

Nothing here knows what an act was about. Its rows are found by the change-set's id in each history, and by the moment that all events of a
transaction share; of each row the event before the act says what it said. A row may be given back what it said before as long as it stands as
the act left it: whoever changed it since, and then changed it back, is not in the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connection, models

from schools.models import ChangeKind, ChangeSet, SchoolOwned
from schools.queries.act_rows import Table, TableRows, Was, called, counted, quoted
from schools.queries.obstacles import Obstacle, obstacles


class Count(NamedTuple):
    """What taking back does to one table: rows removed, rows that say again what they said, rows that are there again."""

    called: tuple[str, str]
    removed: int
    restored: int
    returned: int

    def __str__(self) -> str:
        """`12 judgements: 10 removed, 2 say again what they said before`."""
        parts = [
            f"{number:,} {said}"
            for number, said in (
                (self.removed, "removed"),
                (self.restored, "as before"),
                (self.returned, "there again"),
            )
            if number
        ]
        return f"{counted(self.removed + self.restored + self.returned, self.called)}: {', '.join(parts)}"


@dataclass(frozen=True)
class Preview:
    """What taking back would change, table by table, and what stands in the way; `taken_back_by` says that it has been done."""

    tables: tuple[TableRows, ...]
    obstacles: tuple[Obstacle, ...]
    taken_back_by: ChangeSet | None

    @property
    def counts(self) -> tuple[Count, ...]:
        return tuple(
            Count(called(each.table.model), len(each.removed), len(each.restored), len(each.returned))
            for each in self.tables
        )

    @property
    def is_possible(self) -> bool:
        return bool(self.tables) and not self.obstacles and self.taken_back_by is None


def tables() -> Iterator[Table]:
    """Every tracked table of schools' rows whose writes can be taken back."""
    for events in apps.get_models():
        model = getattr(events, "pgh_tracked_model", None)
        if model and issubclass(model, SchoolOwned) and model.is_taken_back:
            yield Table(model, events)


def preview_of(change: ChangeSet, rows: Sequence[ActRows] | None = None) -> Preview:
    """What taking the change-set back would do now. Needs the school open; reads each history of the school once, unless told the rows."""
    rows = rows_of(change) if rows is None else rows
    standing = [table for each in rows if (table := _standing(change, each)).rows]
    done = taken_back_by(change)
    return Preview(tuple(standing), () if done else tuple(obstacles(change, standing)), done)


def taken_back_by(change: ChangeSet) -> ChangeSet | None:
    """The act that took this one back, unless that has been taken back itself."""
    undone = _history_of_acts().filter(
        school_id=change.school_id,
        pgh_label="insert",
        kind=ChangeKind.UNDO,
        pgh_context__takes_back=str(change.public_id),
    )
    last = undone.order_by("pgh_id").last()
    if last is None:
        return None
    by: ChangeSet = ChangeSet.objects.get(school_id=change.school_id, pk=last.pgh_obj_id)
    return None if taken_back_by(by) else by


def _history_of_acts() -> models.QuerySet[Any]:
    events: Any = apps.get_model("schools", "ChangeSetEvent")
    return events.objects.all()  # type: ignore[no-any-return]


class ActRows(NamedTuple):
    """The rows of one table that an act wrote to, with its first and its last event of each."""

    table: Table
    keys: list[int]
    first: list[int]
    last: list[int]


def rows_of(change: ChangeSet) -> list[ActRows]:
    """Which rows the act wrote to. All its events bear the moment at which its transaction began."""
    began = _history_of_acts().filter(school_id=change.school_id, pgh_obj_id=change.pk, pgh_label="insert")
    at = began.values_list("pgh_created_at", flat=True).first()
    found = []
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(
                f"SELECT pgh_obj_id, min(pgh_id), max(pgh_id) FROM {table.history}"  # noqa: S608
                " WHERE school_id = %s AND pgh_created_at = %s AND pgh_context->>'change_set' = %s"
                " GROUP BY pgh_obj_id ORDER BY pgh_obj_id",
                [change.school_id, at, str(change.public_id)],
            )
            if rows := cursor.fetchall():
                found.append(ActRows(table, *(list(column) for column in zip(*rows, strict=True))))
    return found


def _row(alias: str, columns: Iterable[str]) -> str:
    return f"ROW({', '.join(f'{alias}.{quoted(column)}' for column in columns)})"


# Rows that say afterwards what they said before are not of the act: they follow from others, or were changed and changed back.
_STANDING = """
WITH told AS (
    SELECT act.row, act.first, act.last, max(pgh_id) FILTER (WHERE pgh_id < act.first) AS before, max(pgh_id) AS now
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS act (row, first, last)
    JOIN {history} AS event ON event.pgh_obj_id = act.row AND event.school_id = %s
    GROUP BY act.row, act.first, act.last
)
SELECT told.row, {pupil},
    CASE began.pgh_label WHEN 'insert' THEN NULL WHEN 'delete' THEN began.pgh_id ELSE told.before END,
    began.pgh_label <> 'insert', ended.pgh_label <> 'delete',
    (ended.pgh_label = 'delete') = (now.pgh_label = 'delete') AND (ended.pgh_label = 'delete' OR {ended} IS NOT DISTINCT FROM {now})
FROM told
JOIN {history} AS began ON began.pgh_id = told.first
JOIN {history} AS ended ON ended.pgh_id = told.last
JOIN {history} AS now ON now.pgh_id = told.now
LEFT JOIN {history} AS before
    ON before.pgh_id = CASE began.pgh_label WHEN 'update' THEN told.before WHEN 'delete' THEN began.pgh_id END
WHERE CASE
    WHEN began.pgh_label = 'insert' THEN ended.pgh_label <> 'delete'
    WHEN ended.pgh_label = 'delete' OR before.pgh_id IS NULL THEN true
    ELSE {before} IS DISTINCT FROM {ended}
END
ORDER BY told.row
"""


def _standing(change: ChangeSet, act: ActRows) -> TableRows:
    table = act.table
    pupil = f"ended.{quoted(table.pupil)}::bigint" if table.pupil else "NULL::bigint"
    rows = {name: _row(name, table.content) for name in ("before", "ended", "now")}
    with connection.cursor() as cursor:
        cursor.execute(
            _STANDING.format(history=table.history, pupil=pupil, **rows),
            [act.keys, act.first, act.last, change.school_id],
        )
        return TableRows(table, [Was(*each) for each in cursor.fetchall()])
