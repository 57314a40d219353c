"""The kinds of file that can be taken in on a page. Each app registers its own when it is ready; the pages and the worker know none of them.

A kind is an importer: one function that reads a file and says what it would change, and that writes just this when it is told to. So what was shown is what
is saved ([0032](docs/decisions/0032-imports-on-a-page.md)).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar, cast

from django.utils.module_loading import import_string

from schools.access import Access
from schools.calendar import AcademicYear
from schools.permissions import Permission

T = TypeVar("T")
# Of each list so many rows stand on the page; the file of the report has all.
ROWS_SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked of an importer. The school is open, as whoever asked may see it.

    `columns` says what headings mean (normalised heading to a field of the kind, "" for nothing); `same` whose a row is that asked, by its number: a pupil's
    key, or None for a child whom the school does not know yet; `leaving` who leaves, by their keys, with `leaving_on` as the last day. `because` is why what is closed is changed.
    `told` is called with how many rows of how many are dealt with. With `write` it is written, as one change-set, in the caller's transaction.
    """

    access: Access
    academic_year: AcademicYear
    path: Path
    file_name: str
    update: Literal["all", "missing"] = "all"
    is_whole: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)
    same: Mapping[int, int | None] = field(default_factory=dict)
    leaving: tuple[int, ...] = ()
    leaving_on: dt.date | None = None
    because: str = ""
    write: bool = False
    told: Callable[[int, int], object] = lambda done, out_of: None

    def reading(self, parts: Iterable[T]) -> Iterator[T]:
        """The parts of the file, as they are read; how many there are is not known before."""
        for number, part in enumerate(parts):
            if number % 500 == 0:
                self.told(0, 0)
            yield part

    def counting_to(self, out_of: int) -> Callable[[int], None]:
        """For a service that tells how many more have been dealt with."""
        done = 0

        def progress(more: int) -> None:
            nonlocal done
            done += more
            self.told(done, out_of)

        return progress

    @property
    def reason(self) -> str:
        """Why it was done, in the change-set: from which file, and what was given as a reason."""
        return f"{self.because} (from {self.file_name})" if self.because else f"from {self.file_name}"


@dataclass(frozen=True)
class FoundColumn:
    """A column of the file: its heading as it stands there, the same normalised, the field that it is taken for ("" for none), and the first value below."""

    heading: str
    key: str
    field: str
    sample: str = ""


@dataclass(frozen=True)
class Line:
    """One row in a list: its number in the file (0 for none), whom or what it is of, and what is said of it."""

    row: int
    name: str
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A list of rows. `key` is a word for addresses within the page, `count` how the number reads: `12 new`."""

    key: str
    title: str
    count: str
    lines: tuple[Line, ...]
    explained: str = ""


@dataclass(frozen=True)
class Question:
    """A row that may be of a child whom the school knows: what the file says, who is held, and their key."""

    row: int
    said: str
    held: str
    pupil: int
    why: str


@dataclass(frozen=True)
class Leaver:
    """A pupil on roll who does not stand in a whole file."""

    pupil: int
    name: str
    where: str


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a file says and would change. `refused` is why it cannot be taken; its problems, row by row, are in `problems`.

    `counts` are the numbers that stay when names are removed. `closed` are terms that are closed for entry and would be changed all the same, with a reason.
    """

    columns: tuple[FoundColumn, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    questions: tuple[Question, ...] = ()
    leavers: tuple[Leaver, ...] = ()
    closed: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    refused: str = ""
    problems: tuple[Line, ...] = ()
    # Whether something would be written, leavers aside.
    changes: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it waits for nothing but a confirmation."""
        return not self.refused and not self.questions

    def as_data(self) -> dict[str, Any]:
        """Plain values, for a column of JSON."""
        return asdict(self)


class Importer(Protocol):
    """Reads a file, says what it changes, and changes it where it is told to write.

    What is wrong with a file is said in `Found.refused`, never raised; then nothing is written. Raises what a transaction may raise.
    """

    def __call__(self, asked: Asked) -> Found: ...


@dataclass(frozen=True, kw_only=True)
class ImportKind:
    """A kind of file: its code in the database, its name, what it holds, and the dotted path of its Importer.

    `fields` are what a column may be, by code, in words; without any, columns cannot be chosen. `asks_update`: whether what is held may be kept and only what
    is empty filled. `asks_whole`: whether who is not in the file may have left. `names_year`: whether the file itself says of which years it is.
    `needs` is what who brings one has to be allowed beside taking files in: only they see such a file's rows and its report.
    """

    code: str
    name: str
    holds: str
    importer: str
    endings: str = ".csv,.xlsx"
    fields: Mapping[str, str] = field(default_factory=dict)
    asks_update: bool = False
    asks_whole: bool = False
    names_year: bool = False
    needs: Permission = Permission.IMPORT_FILES

    def load(self) -> Importer:
        return cast("Importer", import_string(self.importer))


_kinds: dict[str, ImportKind] = {}


def register(kind: ImportKind) -> None:
    """Let such files be taken in; in an app's `ready()`."""
    _kinds[kind.code] = kind


def kind_of(code: str) -> ImportKind | None:
    """The kind with the code; None for one that this version of the site does not know."""
    return _kinds.get(code)


def kinds_for(access: Access) -> tuple[ImportKind, ...]:
    """Those that this person may bring, in the order in which they were registered."""
    return tuple(kind for kind in _kinds.values() if access.may(kind.needs))
