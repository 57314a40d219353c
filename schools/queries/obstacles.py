"""What stands in the way of taking an act back: rows that were changed since, or hang on what would go, or would lead nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.apps import apps
from django.db import connection, models

from schools.models import ChangeSet, SchoolOwned
from schools.models.school_owned import SameSchoolKey
from schools.queries.act_rows import TableRows, called, counted, pupil_column, quoted


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


def obstacles(change: ChangeSet, standing: Sequence[TableRows]) -> Iterator[Obstacle]:
    """What stands in the way of an act, of which these rows stand. Needs the school open; a few queries for each table that leads to one of the act."""
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
    column = pupil_column(model)
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
