"""Takes a whole school in, with its history: all of it or nothing."""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol

from django.db import DatabaseError, connection, transaction

from schools.bands import BandWords
from schools.history import recorded
from schools.interchange import (
    ACCOUNTS,
    HEADINGS,
    PARTNERSHIPS,
    SCHOOLS,
    Taking,
    WholeSchoolRefused,
    has_kept_keys,
    outside,
    text_of_cell,
)
from schools.models import ChangeKind, ChangeSet, Partnership, School, User
from schools.queries.whole_school import SECRETS, Column, TableFile, tables
from schools.row_security import visible_to
from schools.services.changes import change_set
from schools.services.named_only import (
    account_named,
    partnership_named,
    refuse_taken,
    school_named,
)

_ROWS_AT_A_TIME = 2_000
_KEYS_AT_A_TIME = 50_000


class Given(Protocol):
    """The file of a school, as its reader gives it."""

    @property
    def urn(self) -> str: ...
    @property
    def made_at(self) -> str: ...
    def count(self, table: str) -> int:
        """How many numbers stand for rows of a table."""

    def rows(self, file: str, headings: Sequence[str]) -> Iterator[list[str]]:
        """The rows of a file. Raises WholeSchoolRefused where it is not what it should be."""


@dataclass
class TakenIn:
    """The school that is here now, how many rows came with it, and what whoever took it in has to know."""

    school: School
    rows: int = 0
    said: list[str] = field(default_factory=list)


def take_in(*, given: Given, by: User | None, told: Callable[[str], None] = lambda _: None) -> TakenIn:
    """Make the school with everything of it; `told` is called with the name of each file before it is taken.

    Public ids, times, and who did what stay. Roles are suspended until somebody here takes their people back; accounts are matched by their address,
    and made without a password. Raises WholeSchoolRefused; then nothing is here.
    """
    try:
        with transaction.atomic(), recorded(user=by.pk if by else None):
            return _Taker(given, by, told).take()
    except DatabaseError as error:
        # Raised at the end of the transaction.
        raise WholeSchoolRefused(
            f"The file contradicts itself{_where(error)}. Nothing was taken in."
        ) from error


def _where(error: DatabaseError) -> str:
    """The rule that was broken: never the row, which the database's own words quote."""
    said = getattr(error.__cause__, "diag", None)
    rule = getattr(said, "constraint_name", None)
    return f" (the database’s rule {rule})" if rule else ""


class _Taker:
    def __init__(self, given: Given, by: User | None, told: Callable[[str], None]) -> None:
        self._given, self._by, self._told = given, by, told
        # Of rows outside the wall: key by number. Of the school's own: keys by number, from 1.
        self._outer: dict[str, Mapping[int, int]] = {}
        self._inner: dict[str, array[int]] = {}
        self._said: list[str] = []
        self._rows = 0

    def take(self) -> TakenIn:
        refuse_taken(self._given.urn)
        self._outer[Partnership._meta.db_table], made = self._partnerships()
        self._outer[User._meta.db_table] = self._accounts()
        own, partnership = self._own_school()
        self._outer[School._meta.db_table] = self._schools(own)
        for each in outside():
            rows = [
                dict(zip(each.headings, line, strict=True)) for line in self._lines(each.file, each.headings)
            ]
            taking = Taking(partnership, partnership.pk in made, self._key, self._said.append)
            self._outer[each.table] = {**self._outer.get(each.table, {}), **each.take(rows, taking)}
        school = School(
            pk=self._outer[School._meta.db_table][own], partnership=partnership, urn=self._given.urn
        )
        with visible_to(school):
            # The change-set of the coming in is the last of them.
            before = [table for table in tables() if table.of in (School, ChangeSet)]
            for table in before:
                self._table(table, school)
            with change_set(school=school, kind=ChangeKind.TAKEN_IN, by=self._by, reason=self._reason()):
                for table in tables():
                    if table not in before:
                        self._table(table, school)
            with connection.cursor() as cursor:
                # Now, and not at the end of the transaction: so it can be said.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            school.refresh_from_db()
        return TakenIn(school, self._rows, self._said)

    def _reason(self) -> str:
        return f"Everything of the school, written out on {self._given.made_at[:10]}"

    # What stands outside the wall.

    def _lines(self, file: str, headings: Sequence[str]) -> list[list[str]]:
        lines = [[text_of_cell(cell) or "" for cell in row] for row in self._given.rows(file, headings)]
        self._rows += len(lines)
        return lines

    def _numbered(self, file: str) -> Iterator[tuple[int, list[str]]]:
        for number, *values in self._lines(file, HEADINGS[file]):
            yield _whole(number, file), values

    def _partnerships(self) -> tuple[Mapping[int, int], set[int]]:
        found: dict[int, int] = {}
        made: set[int] = set()
        for number, (name, requires, allows, *words) in self._numbered(PARTNERSHIPS):
            partnership, is_new = partnership_named(
                name,
                requires_second_factor=requires == "t",
                allows_own_steps=allows == "t",
                words=BandWords(*words),
            )
            found[number] = partnership.pk
            made |= {partnership.pk} if is_new else set()
        return found, made

    def _accounts(self) -> Mapping[int, int]:
        return {
            number: account_named(email, name, unknown_as=f"{number}.{self._given.urn}").pk
            for number, (email, name) in self._numbered(ACCOUNTS)
        }

    def _own_school(self) -> tuple[int, Partnership]:
        """The number of the school itself, and its partnership here."""
        (table,) = (each for each in tables() if each.of is School and not each.is_history)
        headings = [column.name for column in table.columns]
        rows = list(self._given.rows(table.file, headings))
        if len(rows) != 1:
            raise WholeSchoolRefused(f"{table.file} does not hold one school.")
        row = dict(zip(headings, rows[0], strict=True))
        if row["urn"] != self._given.urn:
            raise WholeSchoolRefused("The file says two things about which school it is of.")
        refuse_taken(row["urn"], row["dfe_number"])
        key = self._key(Partnership._meta.db_table, _whole(row["partnership_id"], table.file))
        return _whole(row["id"], table.file), Partnership.objects.get(pk=key)

    def _schools(self, own: int) -> Mapping[int, int]:
        found = {number: school_named(*values) for number, values in self._numbered(SCHOOLS) if number != own}
        return {**found, own: self._key_of_own_school()}

    def _key_of_own_school(self) -> int:
        """That of the row which stood for it while it was known by name only, else a new one."""
        table = School._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE urn = %s RETURNING id", [self._given.urn])  # noqa: S608
            found = cursor.fetchone()
            if not found:
                cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
                found = cursor.fetchone()
        return int(found[0])

    # What stands behind it.

    def _key(self, table: str, number: int) -> int:
        outer = self._outer.get(table)
        if outer is not None:
            if number not in outer:
                raise WholeSchoolRefused(f"The file names a row of {table} that is not in it.")
            return outer[number]
        inner = self._inner.get(table)
        if inner is None:
            inner = self._inner[table] = _new_keys(table, self._given.count(table))
        if not 0 < number <= len(inner):
            raise WholeSchoolRefused(f"The file names a row of {table} that is not in it.")
        return inner[number - 1]

    def _table(self, table: TableFile, school: School) -> None:
        self._told(table.file)
        rows = self._given.rows(table.file, [column.name for column in table.columns])
        written = [self._reader(table, column) for column in table.columns]
        statement = _insertion(table)
        with connection.cursor() as cursor:
            while piece := list(islice(rows, _ROWS_AT_A_TIME)):
                columns = [
                    [read(cell) for cell in cells]
                    for read, cells in zip(written, zip(*piece, strict=True), strict=True)
                ]
                self._insert(cursor, table, statement, [*columns, school.pk])
                self._rows += len(piece)

    def _insert(self, cursor: Any, table: TableFile, statement: str, values: list[Any]) -> None:
        try:
            cursor.execute(statement, values if table.whose == "school_id" else values[:-1])
        except DatabaseError as error:
            raise WholeSchoolRefused(
                f"{table.file} holds something that the database does not take{_where(error)}. Nothing was taken in."
            ) from error

    def _reader(self, table: TableFile, column: Column) -> Callable[[str], str | int | None]:
        if column.refers:
            return lambda cell: self._key(column.refers, _whole(cell, table.file)) if cell else None
        if column.is_context:
            return _Contexts(table.file, self._key)
        if column.is_text:
            return lambda cell: text_of_cell(cell, may_be_nothing=column.may_be_nothing)
        if column.type in _DAYS:
            return lambda cell: _day(cell, table.file)
        return lambda cell: cell or None


# PostgreSQL also takes "yesterday" and "infinity", which no page could show.
_DAYS = {"date", "timestamp with time zone"}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?\+00)?")


def _day(cell: str, file: str) -> str | None:
    if cell and not _DAY.fullmatch(cell):
        raise WholeSchoolRefused(f"{file} holds something other than a day or a time where one stands.")
    return cell or None


# What gives people something does not hold here: who gave it were others, and elsewhere. A role comes in suspended, a grant of names ended.
_ARRIVES = {
    ("schools_membership", "is_active"): "FALSE",
    ("schools_membership", "is_suspended"): "is_suspended::boolean OR is_active::boolean",
    (
        "schools_namesgrant",
        "ended_at",
    ): "CASE WHEN ended_at IS NULL AND ends_on::date >= current_date THEN now()"
    " ELSE ended_at::timestamp with time zone END",
}


class _Contexts:
    """Who and what of events: the account's number is the one here."""

    def __init__(self, file: str, key: Callable[[str, int], int]) -> None:
        self._file, self._key = file, key
        self._seen: dict[str, str] = {}

    def __call__(self, cell: str) -> str | None:
        if not cell:
            return None
        if cell not in self._seen:
            if len(self._seen) > _KEYS_AT_A_TIME:
                self._seen.clear()
            self._seen[cell] = self._said(cell)
        return self._seen[cell]

    def _said(self, cell: str) -> str:
        try:
            said = json.loads(cell)
            if said.get("user") is not None:
                said["user"] = self._key(User._meta.db_table, int(said["user"]))
        except (ValueError, TypeError, AttributeError, RecursionError, OverflowError) as error:
            raise WholeSchoolRefused(f"{self._file} holds a context that cannot be read.") from error
        return json.dumps(said)


def _whole(cell: str, file: str) -> int:
    if not (cell.isascii() and cell.isdecimal() and len(cell) < 12):
        raise WholeSchoolRefused(f"{file} holds something other than a number where a row is named.")
    return int(cell)


def _new_keys(table: str, count: int) -> array[int]:
    """As many new keys of a table, ascending. Others may take keys between them."""
    if has_kept_keys(table):
        return array("q")
    keys: array[int] = array("q")
    with connection.cursor() as cursor:
        while len(keys) < count:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, min(_KEYS_AT_A_TIME, count - len(keys))],
            )
            keys.extend(sorted(key for (key,) in cursor.fetchall()))
    return keys


def _insertion(table: TableFile) -> str:
    """A statement that takes a list for each column, as texts, and then the school's key."""
    names = [f'"{column.name}"' for column in table.columns]
    values = [_value(table, column) for column in table.columns]
    if table.whose == "school_id":
        names.append("school_id")
        values.append("%s::bigint")
    for secret in sorted(SECRETS & {one.column for one in table.of._meta.concrete_fields}):
        names.append(secret)
        # Of nothing that anybody holds.
        values.append("replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')")
    given = _names(column.name for column in table.columns)
    lists = ", ".join(f"%s::{'bigint' if column.refers else 'text'}[]" for column in table.columns)
    return (
        f"WITH given AS MATERIALIZED (SELECT * FROM unnest({lists}) WITH ORDINALITY AS given ({given}, nth))"  # noqa: S608  # models' own names
        f" INSERT INTO {table.table} ({', '.join(names)}) SELECT {', '.join(values)} FROM given ORDER BY nth"
    )


def _names(columns: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _value(table: TableFile, column: Column) -> str:
    return _ARRIVES.get((table.table, column.name), f'"{column.name}"::{column.type}')
