"""A whole school, table by table: which tables and columns there are is asked of the models, so that none has to be remembered here."""

from __future__ import annotations

import json
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from functools import cache, lru_cache
from typing import Any

from django.db import connection, models, transaction
from django.db.migrations.loader import MigrationLoader

from schools.interchange import cell_of_text, has_kept_keys, plain_key
from schools.models import ImportPaper, JobPaper, Membership, OfferedPupil, Partnership, School, User
from schools.row_security import visible_to, walled_models

_OFFERS = (
    "an offer stands between two schools of one installation; what became of it is told in both histories"
)
TABLES_LEFT_OUT: Mapping[type[models.Model], str] = {
    JobPaper: "files that somebody asked for, which are removed after a day",
    ImportPaper: "files that are being taken in, and their rows as they were shown: what came of them stands in the records and their histories",
    OfferedPupil: _OFFERS,
    OfferedPupil.pgh_event_model: _OFFERS,  # type: ignore[attr-defined]  # the stubs do not know it
}
COLUMNS_LEFT_OUT: Mapping[str, str] = {
    "school_id": "it is this school's",
    "pgh_id": "a counter of the database; the order of the lines is its order",
    "pgh_context_id": "the history library's, always empty",
}
SECRETS = frozenset({"key_hash"})
"""Of whoever holds what they open: made anew where the school is taken in, so that no link of a letter works there."""
_ROWS_AT_A_TIME = 5_000


@dataclass(frozen=True)
class Column:
    """A column as a file has it. `refers` is the table whose row's number it holds; `is_context` that of a history, in which an account is named."""

    name: str
    type: str
    refers: str = ""
    is_text: bool = False
    may_be_nothing: bool = False
    is_context: bool = False


@dataclass(frozen=True)
class TableFile:
    """A table of the school as a CSV: its columns, and by what its rows are in order."""

    table: str
    columns: tuple[Column, ...]
    of: type[models.Model]
    is_history: bool

    @property
    def file(self) -> str:
        return f"{self.table}.csv"

    @property
    def order(self) -> str:
        return "pgh_id" if self.is_history else "id"

    @property
    def whose(self) -> str:
        """How its rows of a school are found."""
        if self.of is School:
            return "pgh_obj_id" if self.is_history else "id"
        return "school_id"


@cache
def tables() -> tuple[TableFile, ...]:
    """Every table of a school, histories first: an event of long ago stands before the one of its row's coming in."""
    owned = [School, getattr(School, "pgh_event_model"), *walled_models()]  # noqa: B009  # the stubs do not know it
    found = [_table(model) for model in owned if model not in TABLES_LEFT_OUT]
    referred = {column.refers for table in found for column in table.columns}
    # A key that nothing names is not worth a column.
    kept = [
        TableFile(
            each.table,
            tuple(
                one for one in each.columns if one.name != "id" or each.is_history or each.table in referred
            ),
            each.of,
            each.is_history,
        )
        for each in found
    ]
    return tuple(sorted(kept, key=lambda each: (not each.is_history, each.of is not School, each.table)))


def _table(model: type[models.Model]) -> TableFile:
    tracked = getattr(model, "pgh_tracked_model", None)
    columns = tuple(
        _column(model, field)
        for field in model._meta.concrete_fields
        if not field.generated and field.column not in COLUMNS_LEFT_OUT and field.column not in SECRETS
    )
    return TableFile(model._meta.db_table, columns, tracked or model, tracked is not None)


def _column(model: type[models.Model], field: Any) -> Column:
    tracked = getattr(model, "pgh_tracked_model", None)
    table = model._meta.db_table
    of_row = tracked._meta.db_table if tracked else table
    if field.column == "id":
        refers = of_row
    elif field.is_relation:
        refers = field.related_model._meta.db_table
    else:
        refers = plain_key(of_row, field.column)
    return Column(
        name=field.column,
        type=_type(field),
        refers="" if has_kept_keys(refers) else refers,
        is_text=isinstance(field, models.CharField | models.TextField),
        may_be_nothing=field.null,
        is_context=field.column == "pgh_context",
    )


def _type(field: Any) -> str:
    """Without its length, to which PostgreSQL would cut a text off instead of refusing it."""
    kind = (
        field.rel_db_type(connection) if field.is_relation or field.primary_key else field.db_type(connection)
    )
    name, bracket, rest = str(kind).partition("(")
    return name + rest.partition(")")[2] if bracket else name


class Numbers:
    """The numbers that stand for keys in one file: of each table from 1, in the order of the keys as far as its rows are the school's."""

    def __init__(self, school: School) -> None:
        self._school = school
        self._held: dict[str, array[int]] = {}
        self._more: dict[str, dict[int, int]] = {}
        self._own = {each.table: each for each in tables() if each.of is not School and not each.is_history}
        self._histories = {each.of._meta.db_table: each for each in tables() if each.is_history}
        self.named: set[int] = set()
        """Accounts that rows and histories name; records name others by number alone."""

    def number(self, table: str, key: int) -> int:
        held = self._held.get(table)
        if held is None:
            held = self._held[table] = self._keys(table)
        place = bisect_left(held, key)
        if place < len(held) and held[place] == key:
            return place + 1
        more = self._more.setdefault(table, {})
        return more.setdefault(key, len(held) + len(more) + 1)

    def numbered(self, table: str) -> Mapping[int, int]:
        """Of a table outside the wall: numbers by key."""
        return self._more.get(table, {})

    @property
    def counts(self) -> dict[str, int]:
        """How many numbers each table has."""
        names = sorted({*self._held, *self._more})
        return {name: len(self._held.get(name, ())) + len(self._more.get(name, {})) for name in names}

    def _keys(self, table: str) -> array[int]:
        """Of the school's rows, and of those that its history alone still knows, ascending."""
        own = self._own.get(table)
        if own is None:
            return array("q")
        union = f"SELECT id FROM {table} WHERE school_id = %(school)s"  # noqa: S608  # a model's own table
        if history := self._histories.get(table):
            union += f" UNION SELECT pgh_obj_id FROM {history.table} WHERE school_id = %(school)s"  # noqa: S608
        with connection.chunked_cursor() as cursor:
            cursor.execute(f"{union} ORDER BY 1", {"school": self._school.pk})
            return array("q", (key for (key,) in cursor))


@contextmanager
def one_picture(school: School) -> Iterator[None]:
    """The school open to be read, as it stood at one moment, for as long as the block lasts."""
    if connection.in_atomic_block:
        # Within a test's own transaction, or a caller's: it is theirs to see one moment.
        with visible_to(school):
            yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        with visible_to(school):
            yield


def cells(table: TableFile, school: School, numbers: Numbers) -> Iterator[list[str]]:
    """The rows of a table as the cells of its file, read piece by piece. Needs the school open, and one transaction."""
    chosen = ", ".join(
        f'"{column.name}"' if column.refers else f'"{column.name}"::text' for column in table.columns
    )
    written = [_writer(table, column, numbers) for column in table.columns]
    with connection.chunked_cursor() as cursor:
        cursor.itersize = _ROWS_AT_A_TIME  # type: ignore[attr-defined]  # psycopg's own, of a cursor at the server
        cursor.execute(
            f"SELECT {chosen} FROM {table.table} WHERE {table.whose} = %s ORDER BY {table.order}",  # noqa: S608
            [school.pk],
        )
        for row in cursor:
            yield [write(value) for write, value in zip(written, row, strict=True)]


def _writer(table: TableFile, column: Column, numbers: Numbers) -> Callable[[Any], str]:
    if column.refers:
        return _number_writer(table, column, numbers)
    if column.is_context:
        return _context_writer(numbers)
    if column.is_text:
        return lambda value: cell_of_text(value, may_be_nothing=column.may_be_nothing)
    return lambda value: "" if value is None else value


def _number_writer(table: TableFile, column: Column, numbers: Numbers) -> Callable[[Any], str]:
    refers, number = column.refers, numbers.number
    # A record may be of an account of another school, of which the school sees the number alone.
    is_named = refers == User._meta.db_table and table.table != "schools_auditrecord"

    def write(key: int | None) -> str:
        if key is None:
            return ""
        if is_named:
            numbers.named.add(key)
        return str(number(refers, key))

    return write


def _context_writer(numbers: Numbers) -> Callable[[str | None], str]:
    users = User._meta.db_table

    # Thousands of events of one request or change-set carry the same.
    @lru_cache(maxsize=_ROWS_AT_A_TIME)
    def write(context: str | None) -> str:
        if context is None:
            return ""
        said = json.loads(context)
        if said.get("user") is not None:
            numbers.named.add(said["user"])
            said["user"] = numbers.number(users, said["user"])
        return json.dumps(said)

    return write


def accounts_told(school: School, numbers: Numbers) -> Iterator[Sequence[object]]:
    """A line for each account that was named: an address only of those who have or had a role here. Needs the school open."""
    told = numbers.numbered(User._meta.db_table)
    events = getattr(Membership, "pgh_event_model")  # noqa: B009
    own = set(Membership.objects.in_school(school).values_list("user", flat=True))
    own |= set(events.objects.filter(school=school).values_list("user", flat=True))
    people = User.objects.in_bulk(list(told))
    for key, number in told.items():
        person = people.get(key)
        if person is None or key not in numbers.named:
            yield number, "", ""
        else:
            yield number, person.email if key in own else "", person.name


def schools_told(numbers: Numbers) -> Iterator[Sequence[object]]:
    """A line for each school that was named."""
    told = numbers.numbered(School._meta.db_table)
    for key, school in School.objects.in_bulk(list(told)).items():
        groups = int(school.lowest_year_group), int(school.highest_year_group)
        yield told[key], school.urn, school.dfe_number, school.name, *groups


def partnerships_told(numbers: Numbers) -> Iterator[Sequence[object]]:
    """A line for each partnership that was named."""
    told = numbers.numbered(Partnership._meta.db_table)
    for key, partnership in Partnership.objects.in_bulk(list(told)).items():
        settings = partnership.requires_second_factor, partnership.allows_own_steps
        asks = ("t" if each else "f" for each in settings)
        yield told[key], partnership.name, *asks, *astuple(partnership.band_words)


def migrations_applied() -> list[str]:
    """Those of our own apps, which say which tables and columns there are; none that only an earlier version of the program had."""
    known = MigrationLoader(connection)
    ours = {"schools", "assessment", "reports"}
    return sorted(
        f"{app}.{name}"
        for app, name in known.disk_migrations or {}
        if app in ours and (app, name) in known.applied_migrations
    )
