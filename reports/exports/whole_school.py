"""A whole school as a zip: a CSV for each table, a manifest, checksums; and for people a workbook and a dictionary of every column."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import tempfile
import tomllib
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any

from django.conf import settings

from reports.documents.whole_school import dictionary, sheets
from reports.exports.excel import write_sheets
from schools.interchange import (
    ACCOUNTS,
    DICTIONARY,
    FORMAT,
    HEADINGS,
    MANIFEST,
    PARTNERSHIPS,
    SCHOOLS,
    SUMS,
    VERSION,
    WORKBOOK,
    Telling,
    cell_of_text,
    outside,
)
from schools.models import Partnership, Pupil, School
from schools.queries.whole_school import (
    Numbers,
    accounts_told,
    cells,
    migrations_applied,
    partnerships_told,
    schools_told,
    tables,
)

Told = Callable[[str], None]


@dataclass(frozen=True)
class Written:
    """What went out: rows by file, and how many pupils are named."""

    rows: Mapping[str, int]
    pupils: int

    @property
    def described(self) -> str:
        """`312 pupils, 40,120 rows in 52 files`."""
        return f"{self.pupils:,} pupils, {sum(self.rows.values()):,} rows in {len(self.rows)} files"


@dataclass
class _Archive:
    """A zip that is being written, with the sums of what is in it."""

    zip: zipfile.ZipFile
    sums: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def file(self, name: str) -> Iterator[IO[bytes]]:
        with self.zip.open(_entry(name), "w", force_zip64=True) as into:
            counted = _Counted(into)
            yield counted  # type: ignore[misc]  # what writes to it needs no more of a file
        self.sums[name], self.sizes[name] = counted.sum.hexdigest(), counted.size

    def csv(self, name: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Lines end as the form prescribes (RFC 4180), and so a text with either half of it is quoted."""
        count = 0
        with self.file(name) as into:
            text = io.TextIOWrapper(into, "utf-8", newline="", write_through=False)
            writer = csv.writer(text)
            writer.writerow(headings)
            for row in rows:
                writer.writerow(row)
                count += 1
            text.flush()
            text.detach()
        self.rows[name] = count


class _Counted(io.RawIOBase):
    """Passes on what it is given, and counts and sums it."""

    def __init__(self, into: IO[bytes]) -> None:
        self._into, self.sum, self.size = into, hashlib.sha256(), 0

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self.sum.update(content)
        self.size += len(content)
        return self._into.write(content)


def _entry(name: str) -> zipfile.ZipInfo:
    # One day for all: two files of the same rows are alike.
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def write_whole_school(
    school: School, into: IO[bytes], *, made_at: dt.datetime, told: Told = lambda _: None
) -> Written:
    """Write everything of the school; `told` is called with the name of each file before it is written.

    Needs the school open, in a transaction that sees one moment (`one_picture`). Row by row: no table is held in memory.
    """
    numbers = Numbers(school)
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as zipped:
        archive = _Archive(zipped)
        for table in tables():
            told(table.file)
            archive.csv(table.file, [column.name for column in table.columns], cells(table, school, numbers))
        of_tables = list(archive.rows)
        _write_outside(archive, school, numbers)
        rows = dict(archive.rows)
        told(WORKBOOK)
        _write_for_people(archive, school)
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "program": program_version(),
            "made_at": made_at.isoformat(timespec="seconds"),
            "school": {"urn": school.urn, "name": school.name},
            "migrations": migrations_applied(),
            "tables": of_tables,
            "rows": rows,
            "bytes": archive.sizes,
            "numbers": numbers.counts,
            "sha256": archive.sums,
        }
        with archive.file(MANIFEST) as file:
            file.write(json.dumps(manifest, indent=1, ensure_ascii=False).encode())
        sums = "".join(f"{value}  {name}\n" for name, value in sorted(archive.sums.items()))
        zipped.writestr(_entry(SUMS), sums)
    return Written(rows, Pupil.objects.in_school(school).unmerged().count())


def _write_outside(archive: _Archive, school: School, numbers: Numbers) -> None:
    telling = Telling(school.partnership, numbers.numbered, numbers.number)
    for each in outside():
        archive.csv(each.file, each.headings, map(_line, each.tell(telling)))
    numbers.number(Partnership._meta.db_table, school.partnership_id)
    for name, lines in (
        (PARTNERSHIPS, partnerships_told(numbers)),
        (SCHOOLS, schools_told(numbers)),
        (ACCOUNTS, accounts_told(school, numbers)),
    ):
        archive.csv(name, HEADINGS[name], map(_line, lines))


def _line(values: Sequence[object]) -> list[str]:
    return [
        cell_of_text(value) if isinstance(value, str) else "" if value is None else str(value)
        for value in values
    ]


def _write_for_people(archive: _Archive, school: School) -> None:
    lines = dictionary()
    archive.csv(
        DICTIONARY, lines.headings, ([cell_of_text(str(value or "")) for value in row] for row in lines.rows)
    )
    # A workbook is written back and forth, which a file in a zip cannot be.
    with tempfile.SpooledTemporaryFile(max_size=2**24) as workbook:
        write_sheets(workbook, [*sheets(school), lines])
        workbook.seek(0)
        with archive.file(WORKBOOK) as into:
            while piece := workbook.read(2**16):
                into.write(piece)


def program_version() -> str:
    """As the program's own description says it."""
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])
