"""A whole school as a file: what is in it, how a cell is written, and what other apps add to it.

A zip of CSVs: one for each table of the school and its history, a few for what the school hangs on outside of its wall, a manifest and checksums.
Rows refer to one another by numbers that hold within the file alone. docs/files.md says it to whoever reads such a file, and
docs/decisions/0034-a-whole-school-as-a-file.md why it is so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FORMAT = "lep-tracker whole school"
VERSION = 1
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
# For people: no import reads them.
DICTIONARY, WORKBOOK = "data-dictionary.csv", "school.xlsx"

ACCOUNTS, SCHOOLS, PARTNERSHIPS = "accounts.csv", "schools.csv", "partnerships.csv"
"""Whom and what the school's rows name outside of its wall."""
HEADINGS: Mapping[str, tuple[str, ...]] = {
    ACCOUNTS: ("number", "email", "name"),
    SCHOOLS: ("number", "urn", "dfe_number", "name", "lowest_year_group", "highest_year_group"),
    PARTNERSHIPS: (
        "number",
        "name",
        "requires_second_factor",
        "allows_own_steps",
        "word_below",
        "word_at",
        "word_above",
    ),
}

# A spreadsheet runs a text that begins so; the apostrophe itself, so that it can be told from one that was put before.
_MARKED = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
# As it is in rows that allow nothing at all: the empty text.
_EMPTY = "'"


class WholeSchoolRefused(Exception):
    """The file is not taken in, or cannot be made; the message says why, in words that quote no row."""


def cell_of_text(text: str | None, *, may_be_nothing: bool = False) -> str:
    """A text as its cell: with an apostrophe before it where a spreadsheet would run it, or it begins with one itself."""
    if text is None:
        return ""
    if not text:
        return _EMPTY if may_be_nothing else ""
    return f"'{text}" if text.startswith(_MARKED) else text


def text_of_cell(cell: str, *, may_be_nothing: bool = False) -> str | None:
    """The text that `cell_of_text` wrote; None for nothing."""
    if not cell and may_be_nothing:
        return None
    return cell.removeprefix("'")


@dataclass(frozen=True)
class Telling:
    """What an app may ask while its own outside rows are written: the school's partnership, and the number of a row."""

    partnership: Any
    numbered: Callable[[str], Mapping[int, int]]
    """Of a table, the numbers by their rows' keys, as far as rows have been told of."""
    number: Callable[[str, int], int]
    """The number of a row of a table by its key, a new one where it has none yet."""


@dataclass(frozen=True)
class Taking:
    """What an app may ask while its own outside rows are taken in."""

    partnership: Any
    is_new_partnership: bool
    key: Callable[[str, int], int]
    """The key here of what has a number in the file. WholeSchoolRefused where there is no such number."""
    say: Callable[[str], None]
    """Something that whoever takes the school in has to be told."""


@dataclass(frozen=True)
class Outside:
    """Rows outside the wall that the school hangs on, and that an app brings along by itself: in which file, and how they are matched here.

    `tell` gives a line for each row that was told of, its number first. `take` gives, by number, the keys of the rows here; it raises
    WholeSchoolRefused where what is here would make another school of it.
    """

    file: str
    table: str
    headings: tuple[str, ...]
    tell: Callable[[Telling], Iterable[Sequence[object]]]
    take: Callable[[Sequence[Mapping[str, str]], Taking], Mapping[int, int]]


_outside: list[Outside] = []
_keys_kept: set[str] = set()
_numbers: dict[tuple[str, str], str] = {
    # A record outlasts its account: no reference.
    ("schools_auditrecord", "account"): "schools_user",
}


def bring_along(outside: Outside) -> None:
    """Let these rows go with every school; in an app's `ready()`."""
    if outside.file not in {each.file for each in _outside}:
        _outside.append(outside)


def keep_keys(table: str) -> None:
    """The rows of the table have the same keys in every installation; in an app's `ready()`."""
    _keys_kept.add(table)


def count_as_key(table: str, column: str, of: str) -> None:
    """The column is a plain number that is the key of a row of another table; in an app's `ready()`."""
    _numbers[table, column] = of


def outside() -> Sequence[Outside]:
    """What apps bring along, in the order in which it is taken in."""
    return tuple(_outside)


def has_kept_keys(table: str) -> bool:
    return table in _keys_kept


def plain_key(table: str, column: str) -> str:
    """Of which table a column that is no foreign key holds keys; empty where it holds none."""
    return _numbers.get((table, column), "")
