"""Which rows of two records of one child are in each other's way, and in words what they say: of whatever tables lead to a pupil.

Nothing here knows a topic. A model says what becomes of its rows (OnMerge), its constraints say of which rows one alone may stand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from itertools import product
from typing import Any, TypeGuard

from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.utils import timezone

from schools.calendar import AcademicYear, YearGroup
from schools.models import OnMerge, Pupil, School, SchoolOwned, User
from schools.queries.rolls import english

NOT_RECORDED = "Not recorded"
_LABELS = {"is_fsm6": "FSM6", "is_eal": "EAL", "sen_status": "SEN", "class_group": "Class", "upn": "UPN"}
# What says how a row came here, not what it says.
_PROVENANCE = frozenset({"school", "public_id", "origin_school", "origin_id", "source", "made_by_school"})


@dataclass(frozen=True)
class PupilKey:
    """A column by which rows of a table lead to a pupil."""

    model: type[SchoolOwned]
    field: models.ForeignKey[Any, Any]

    @property
    def name(self) -> str:
        """As it stands in forms: `assessment.judgement.pupil`."""
        return f"{self.model._meta.label_lower}.{self.field.name}"

    @property
    def content(self) -> list[models.Field[Any, Any]]:
        """The columns that say something of the pupil."""
        return list(_content(self.model, self.field))


@dataclass
class TableActs:
    """What becomes of the rows of one table: all but those removed are of the record that goes on afterwards."""

    key: PupilKey
    rows: tuple[list[Any], list[Any]]
    removed: list[int] = field(default_factory=list)
    changed: dict[int, dict[str, Any]] = field(default_factory=dict)
    # Of rows that say the same in both.
    alike: int = 0

    @property
    def title(self) -> str:
        called = self.key.model.called or (
            str(self.key.model._meta.verbose_name),
            str(self.key.model._meta.verbose_name_plural),
        )
        return called[1][:1].upper() + called[1][1:]

    @property
    def counts(self) -> tuple[int, int, int]:
        """Of the one record, of the other, and of the one that goes on."""
        one, other = map(len, self.rows)
        return one, other, one + other - len(self.removed)


def pupil_keys() -> tuple[PupilKey, ...]:
    """Every column of a school's tables that leads to a pupil."""
    return tuple(
        PupilKey(model, field)
        for model in apps.get_models()
        if issubclass(model, SchoolOwned)
        for field in model._meta.concrete_fields
        if _leads_to_pupil(field)
    )


def _leads_to_pupil(field: object) -> TypeGuard[models.ForeignKey[Any, Any]]:
    return isinstance(field, models.ForeignKey) and field.related_model is Pupil


def rows_of_records(key: PupilKey, school: School, pupils: Collection[int]) -> list[Any]:
    """The rows that lead to one of the pupils, with what they refer to; one query."""
    refers = [each.name for each in key.content if isinstance(each, models.ForeignKey)]
    rows = key.model.objects.in_school(school).filter(**{f"{key.field.name}__in": list(pupils)})
    return list(rows.select_related(*refers).order_by("pk") if refers else rows.order_by("pk"))


@cache
def _content(model: type[SchoolOwned], of: Any) -> tuple[Any, ...]:
    left_out = _PROVENANCE | model.measured_columns | model.counting_columns
    return tuple(
        each
        for each in model._meta.concrete_fields
        if not (
            each.primary_key
            or each.generated
            or each is of
            or each.name in left_out
            or each.attname in left_out
            or isinstance(each, models.DateTimeField)
            or (isinstance(each, models.ForeignKey) and each.related_model in (User, School))
        )
    )


def says(key: PupilKey, row: Any) -> tuple[Any, ...]:
    """What the row says, as plain values."""
    return tuple(getattr(row, each.attname) for each in key.content)


def in_each_others_way(
    key: PupilKey, mine: Sequence[Any], theirs: Sequence[Any]
) -> list[tuple[list[Any], list[Any]]]:
    """Sets of rows of which only one record's may stand: each with the rows of the one and of the other, in their order."""
    rules = list(_rules(key))
    sets: list[tuple[list[Any], list[Any]]] = []
    for one, other in product(mine, theirs):
        if not any(rule(one, other) for rule in rules):
            continue
        touching = [each for each in sets if one in each[0] or other in each[1]]
        joined = ([one], [other])
        for each in touching:
            sets.remove(each)
            joined[0].extend(row for row in each[0] if row not in joined[0])
            joined[1].extend(row for row in each[1] if row not in joined[1])
        sets.append(joined)
    return [(_in_order(each[0]), _in_order(each[1])) for each in sets]


def _in_order(rows: Iterable[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: row.pk)


def _rules(key: PupilKey) -> Iterator[Any]:
    if key.model.on_merge is OnMerge.ONCE:
        yield lambda one, other: says(key, one) == says(key, other)
    for constraint in key.model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and key.field.name in constraint.fields:
            fields = [each for each in constraint.fields if each not in {"school", key.field.name}]
            yield _same(fields, nulls_are_one=constraint.nulls_distinct is False)
        elif isinstance(constraint, ExclusionConstraint):
            yield _at_once(key, constraint)


def _same(fields: Sequence[str], *, nulls_are_one: bool = False) -> Any:
    def rule(one: Any, other: Any) -> bool:
        values = [(_value(one, name), _value(other, name)) for name in fields]
        return all(mine == theirs and (nulls_are_one or mine is not None) for mine, theirs in values)

    return rule


def _at_once(key: PupilKey, constraint: ExclusionConstraint) -> Any:
    """Of rows that are the same in some columns no two may have a day in common."""
    same: list[str] = []
    days = ("", "")
    expressions: Iterable[tuple[Any, str]] = constraint.expressions
    for expression, operator in expressions:
        if operator == RangeOperators.EQUAL:
            same.append(expression.name)
        elif operator == RangeOperators.OVERLAPS:
            first, last = expression.get_source_expressions()[:2]
            days = (first.name, last.name)
    is_same = _same([each for each in same if each not in {"school", key.field.name}])
    starts, ends = days

    def rule(one: Any, other: Any) -> bool:
        return is_same(one, other) and have_a_day_in_common(
            (getattr(one, starts), getattr(one, ends)), (getattr(other, starts), getattr(other, ends))
        )

    return rule


def have_a_day_in_common(
    one: tuple[dt.date | None, dt.date | None], other: tuple[dt.date | None, dt.date | None]
) -> bool:
    """Of two times, each from a day to a day and both counted; without a first or a last day it is open there."""
    first = max(one[0] or dt.date.min, other[0] or dt.date.min)
    return first <= min(one[1] or dt.date.max, other[1] or dt.date.max)


def _value(row: Any, name: str) -> Any:
    return getattr(row, row._meta.get_field(name).attname)


def titled(key: PupilKey, row: Any) -> str:
    """What the row is about: `Judgement: 2025/26, Autumn, Reading`; where no constraint tells, what kind of row it is."""
    called = key.model.called or (str(key.model._meta.verbose_name),)
    named = next(
        (
            [each for each in constraint.fields if each not in {"school", key.field.name}]
            for constraint in key.model._meta.constraints
            if isinstance(constraint, models.UniqueConstraint) and key.field.name in constraint.fields
        ),
        [],
    )
    words = ", ".join(worded(row, key.model._meta.get_field(name)) for name in named)
    title = called[0][:1].upper() + called[0][1:]
    return f"{title}: {words}" if words else title


def told(key: PupilKey, rows: Sequence[Any], beside: Sequence[Any]) -> str:
    """What the rows say; of one row beside one other only where they differ."""
    columns = key.content
    if len(rows) == len(beside) == 1:
        columns = [
            each for each in columns if getattr(rows[0], each.attname) != getattr(beside[0], each.attname)
        ]
    return "; ".join(_told(key, row, columns, is_alone=len(rows) == len(beside) == 1) for row in rows)


def _told(key: PupilKey, row: Any, columns: Iterable[Any], *, is_alone: bool) -> str:
    said = [
        f"{label_of(each)}: {worded(row, each)}"
        for each in columns
        if is_alone or getattr(row, each.attname) not in (None, "")
    ]
    if key.model.later_by:
        said.append(f"entered {english(timezone.localdate(getattr(row, key.model.later_by)))}")
    return ", ".join(said)


def label_of(field: Any) -> str:
    """`is_pupil_premium` as `Pupil premium`."""
    if field.name in _LABELS:
        return _LABELS[field.name]
    words = str(field.name).removeprefix("is_").replace("_", " ")
    return words[:1].upper() + words[1:]


def worded(row: Any, field: Any) -> str:
    """What a column of the row says, in words."""
    value = getattr(row, field.attname)
    if value is None or value == "" or value == []:
        return NOT_RECORDED
    if isinstance(field, models.ForeignKey):
        return str(getattr(row, field.name))
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return in_words(value)


def in_words(value: Any) -> str:
    """A plain value."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, AcademicYear | YearGroup):
        return value.label
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return english(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def is_unsaid(value: Any) -> bool:
    """Whether nothing was recorded."""
    return value is None or value == ""


def moved_tables(rule: OnMerge | None = None) -> Iterator[PupilKey]:
    """The columns that are written when records are merged; those of one rule alone, if it is named."""
    for key in pupil_keys():
        if key.model.on_merge is not OnMerge.STAYS and rule in {None, key.model.on_merge}:
            yield key
