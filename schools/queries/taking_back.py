"""What taking back a whole change-set would change, and what stands in the way: read from the histories, of whatever tables it wrote to.

Nothing here knows what an act was about. Its rows are found by the change-set's id in each history, and by the moment that all events of a
transaction share; of each row the event before the act says what it said. A row may be given back what it said before as long as it stands as
the act left it: whoever changed it since, and then changed it back, is not in the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connection, models

from schools.models import ChangeKind, ChangeSet, SchoolOwned
from schools.models.school_owned import SameSchoolKey


class Why(Enum):
    """What stands in the way of a row; the words go on after how many rows."""

    CHANGED = "changed since"
    HANGS = "made since for what would be removed"
    GONE = "would lead to what has been removed since"
    FORGOTTEN = "whose earlier state is not held any more"
    TAKEN = "would stand where something else stands now"


@dataclass(frozen=True)
class Obstacle:
    """Rows of one table that stand in the way, for one reason; `pupil_ids` are the pupils they are about, where they are about pupils."""

    why: Why
    called: tuple[str, str]
    count: int
    pupil_ids: frozenset[int] = frozenset()

    def __str__(self) -> str:
        return f"{counted(self.count, self.called)} {self.why.value}"


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


def counted(count: int, called: tuple[str, str]) -> str:
    """`1 judgement`, `12 judgements`."""
    return f"{count:,} {called[0] if count == 1 else called[1]}"


class Was(NamedTuple):
    """One row of the act: `before` is the event that holds what it said earlier, None where it was not there; `stands` is whether it is there now."""

    row: int
    pupil: int | None
    before: int | None
    was_there: bool
    stands: bool
    is_as_left: bool


@dataclass(frozen=True)
class Table:
    """A tracked table of schools' rows, with its history."""

    model: type[SchoolOwned]
    events: type[models.Model]

    @property
    def name(self) -> str:
        return quoted(self.model._meta.db_table)

    @property
    def history(self) -> str:
        return quoted(self.events._meta.db_table)

    @property
    def columns(self) -> list[str]:
        """Those that the history holds: all but what the database derives."""
        own = {each.name for each in self.events._meta.concrete_fields}
        return [str(each.column) for each in self.model._meta.concrete_fields if each.name in own]

    @property
    def content(self) -> list[str]:
        """Those that say something by themselves: what follows from other records, and counts of saves, are no content."""
        return [
            each
            for each in self.columns
            if each not in self.model.measured_columns | self.model.counting_columns
        ]

    @property
    def pupil(self) -> str:
        return _pupil_column(self.model)


@dataclass
class TableRows:
    """What the act did to one table, as it stands now."""

    table: Table
    rows: list[Was] = field(default_factory=list)

    @property
    def removed(self) -> list[Was]:
        """Rows that the act made."""
        return [each for each in self.rows if not each.was_there]

    @property
    def restored(self) -> list[Was]:
        """Rows that were there before and are there after."""
        return [each for each in self.rows if each.was_there and each.stands]

    @property
    def returned(self) -> list[Was]:
        """Rows that the act removed."""
        return [each for each in self.rows if each.was_there and not each.stands]


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


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def called(model: type[models.Model]) -> tuple[str, str]:
    """One row of the table in a school's words, and several."""
    return getattr(model, "called", None) or (
        str(model._meta.verbose_name),
        str(model._meta.verbose_name_plural),
    )


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
    return Preview(tuple(standing), () if done else tuple(_obstacles(change, standing)), done)


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


def _pupil_column(model: type[models.Model]) -> str:
    """The column by which a row leads to a pupil; "" where it leads to none."""
    if model._meta.label == "schools.Pupil":
        return "id"
    names = {each.name: str(each.column) for each in model._meta.concrete_fields}
    return names.get("pupil", "")


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


def _obstacles(change: ChangeSet, standing: Sequence[TableRows]) -> Iterator[Obstacle]:
    by_model: dict[type[models.Model], TableRows] = {each.table.model: each for each in standing}
    for each in standing:
        changed = [was for was in each.rows if not was.is_as_left]
        yield from _obstacle(Why.CHANGED, each.table.model, [was.pupil for was in changed])
        forgotten = [was for was in each.rows if was.was_there and was.before is None]
        yield from _obstacle(Why.FORGOTTEN, each.table.model, [was.pupil for was in forgotten])
    for model, key in _keys():
        target = by_model.get(apps.get_model(key.to))
        if target and not key.forgets and (target.removed or _may_move(key, target)):
            hanging = _hanging(change, model, key, target, by_model.get(model))
            yield from _obstacle(Why.HANGS, model, hanging)
        if model in by_model:
            lost = _lost(change, by_model[model], key, target)
            yield from _obstacle(Why.GONE, model, lost)


def _obstacle(why: Why, model: type[models.Model], pupils: Sequence[int | None]) -> Iterator[Obstacle]:
    if pupils:
        yield Obstacle(why, called(model), len(pupils), frozenset(each for each in pupils if each))


def _keys() -> Iterator[tuple[type[models.Model], SameSchoolKey]]:
    """Which table leads to which, by which columns. What stands outside the wall is no part of an act: it is neither removed nor there again."""
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if isinstance(constraint, SameSchoolKey) and issubclass(
                apps.get_model(constraint.to), SchoolOwned
            ):
                yield model, constraint


def _columns(model: type[models.Model], fields: Iterable[str]) -> list[str]:
    return [quoted(str(model._meta.get_field(each).column)) for each in fields]  # type: ignore[union-attr]


def _pairs(model: type[models.Model], key: SameSchoolKey, here: str, there: str) -> str:
    ours, theirs = _columns(model, key.fields), _columns(apps.get_model(key.to), key.to_fields)
    return " AND ".join(f"{there}.{their} = {here}.{our}" for our, their in zip(ours, theirs, strict=True))


def _hanging(
    change: ChangeSet,
    model: type[models.Model],
    key: SameSchoolKey,
    target: TableRows,
    own: TableRows | None,
) -> list[int | None]:
    """Rows, not of the act, that lead to one which would be removed, or be another's: of which pupils."""
    column = _pupil_column(model)
    pupil = f"held.{quoted(column)}" if column else "NULL"
    moved = ""
    values: list[Any] = [[was.row for was in target.removed]]
    if _may_move(key, target):
        columns = _columns(target.table.model, key.to_fields)
        now, then = (f"ROW({', '.join(f'{of}.{each}' for each in columns)})" for of in ("gone", "back"))
        moved = (
            f" OR EXISTS (SELECT FROM {target.table.history} AS back"  # noqa: S608
            f" WHERE back.pgh_id = ANY(%s) AND back.pgh_obj_id = gone.id AND {now} IS DISTINCT FROM {then})"
        )
        values.append([was.before for was in target.restored])
    there, there_values = _there_again(model, key, target, "held")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {pupil} FROM {quoted(model._meta.db_table)} AS held"  # noqa: S608
            f" JOIN {target.table.name} AS gone ON {_pairs(model, key, 'held', 'gone')}"
            f" WHERE held.school_id = %s AND gone.school_id = %s AND (gone.id = ANY(%s){moved})"
            f" AND held.id <> ALL(%s){there}",
            [
                change.school_id,
                change.school_id,
                *values,
                [was.row for was in own.rows] if own else [],
                *there_values,
            ],
        )
        return [each for (each,) in cursor.fetchall()]


def _may_move(key: SameSchoolKey, target: TableRows) -> bool:
    """Whether rows that say again what they said are found by something else than their ids: a pupil's record of a year, which was merged."""
    return bool(target.restored) and "id" not in key.to_fields


def _there_again(
    model: type[models.Model], key: SameSchoolKey, target: TableRows, here: str
) -> tuple[str, list[Any]]:
    """SQL, with its values, that leaves out whatever leads to a row that is there again, or where it was before."""
    before = [was.before for was in target.returned]
    before += [was.before for was in target.restored] if _may_move(key, target) else []
    if not before:
        return "", []
    return (
        (
            f" AND NOT EXISTS (SELECT FROM {target.table.history} AS again"
            f" WHERE again.pgh_id = ANY(%s) AND {_pairs(model, key, here, 'again')})"
        ),
        [before],
    )


def _lost(
    change: ChangeSet, own: TableRows, key: SameSchoolKey, target: TableRows | None
) -> list[int | None]:
    """Rows that would lead nowhere with what they said before: of which pupils."""
    before = {was.before: was.pupil for was in own.rows if was.before is not None}
    there = apps.get_model(key.to)
    values: list[Any] = [
        list(before),
        change.school_id,
        [was.row for was in target.removed] if target else [],
    ]
    again, more = _there_again(own.table.model, key, target, "said") if target else ("", [])
    said = " AND ".join(f"said.{each} IS NOT NULL" for each in _columns(own.table.model, key.fields))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT said.pgh_id FROM {own.table.history} AS said WHERE said.pgh_id = ANY(%s) AND {said}"  # noqa: S608
            f" AND NOT EXISTS (SELECT FROM {quoted(there._meta.db_table)} AS held WHERE held.school_id = %s"
            f" AND held.id <> ALL(%s) AND {_pairs(own.table.model, key, 'said', 'held')}){again}",
            [*values, *more],
        )
        return [before[event] for (event,) in cursor.fetchall()]
