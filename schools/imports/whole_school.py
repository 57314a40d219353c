"""Reads the file of a whole school. Nothing in it is believed: every file is counted and summed before a row of it is taken."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from schools.interchange import (
    DICTIONARY,
    FORMAT,
    HEADINGS,
    MANIFEST,
    SUMS,
    VERSION,
    WORKBOOK,
    WholeSchoolRefused,
    outside,
)
from schools.queries.whole_school import migrations_applied, tables

# What a partnership's largest school of thirty years comes to, several times.
LARGEST = 8 * 2**30
LARGEST_MANIFEST = 2**20
# CSVs of keys and dates come to a fifteenth; what comes to less than a hundredth was made to fill a disk.
_MOST_EXPANDED, _SMALL = 200, 2**26
# As zipfile meets what is none, is cut short, or packed in a way that it does not know.
_NO_ZIP = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError)
LONGEST_CELL = 16 * 2**20
_PIECE = 2**20


@dataclass(frozen=True)
class Opened:
    """A file that is whole: every byte has been held against its sum."""

    manifest: Mapping[str, Any]
    _zip: zipfile.ZipFile

    @property
    def urn(self) -> str:
        return str(self.manifest["school"]["urn"])

    @property
    def made_at(self) -> str:
        return str(self.manifest["made_at"])

    def count(self, table: str) -> int:
        """How many numbers stand for rows of a table."""
        return int(self.manifest["numbers"].get(table, 0))

    def rows_of(self, file: str) -> int:
        """How many rows a file has, by the manifest."""
        return int(self.manifest["rows"][file])

    def rows(self, file: str, headings: Sequence[str]) -> Iterator[list[str]]:
        """The rows of a CSV, one by one. WholeSchoolRefused where it has other columns, or not as many rows as it should."""
        count = 0
        with self._zip.open(file) as content:
            for count, row in enumerate(_lines(content, file)):
                if count == 0 and row != list(headings):
                    raise WholeSchoolRefused(f"{file} has other columns than it should.")
                if len(row) != len(headings):
                    raise WholeSchoolRefused(
                        f"{file}, row {count}: there are {len(row)} cells, not {len(headings)}."
                    )
                if count:
                    yield row
        if count != self.rows_of(file):
            raise WholeSchoolRefused(
                f"{file} has {count:,} rows, and not the {self.rows_of(file):,} that it should."
            )


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """The file of a whole school, after everything in it was held against its sum.

    Raises WholeSchoolRefused for what is none, is cut short or changed, is far too large, or was made by another version of the program.
    """
    limit = csv.field_size_limit(LONGEST_CELL)
    try:
        with zipfile.ZipFile(path) as archive:
            yield _checked(archive)
    except _NO_ZIP as error:
        raise WholeSchoolRefused(
            "This is no whole file of a school: it is no zip, or was cut short or changed."
        ) from error
    except OSError as error:
        raise WholeSchoolRefused(f"The file cannot be read: {error.strerror or 'it is damaged'}.") from error
    finally:
        csv.field_size_limit(limit)


def _checked(archive: zipfile.ZipFile) -> Opened:
    entries = _entries(archive)
    if MANIFEST not in entries or SUMS not in entries:
        raise WholeSchoolRefused("This is no file that export_school wrote: it has no manifest.")
    encoded, sums = _small(archive, MANIFEST), _small(archive, SUMS)
    manifest = _manifest(encoded)
    _refuse_other_files(entries, manifest)
    found = {MANIFEST: hashlib.sha256(encoded).hexdigest()}
    for name in sorted(entries.keys() - {MANIFEST, SUMS}):
        found[name] = _sum_of(archive, name)
    wanted = "".join(f"{value}  {name}\n" for name, value in sorted(found.items()))
    if sums != wanted.encode():
        raise WholeSchoolRefused(
            "The file is damaged or was changed: its checksums do not agree. Take a new one."
        )
    return Opened(manifest, archive)


def _entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    entries = {entry.filename: entry for entry in archive.infolist()}
    if len(entries) != len(archive.infolist()):
        raise WholeSchoolRefused("The file holds two files of one name.")
    size = sum(entry.file_size for entry in entries.values())
    packed = sum(entry.compress_size for entry in entries.values())
    if size > LARGEST or size > max(_SMALL, packed * _MOST_EXPANDED):
        raise WholeSchoolRefused(
            "The file would come to far more than a school holds. Nothing of it was read."
        )
    if any(entry.flag_bits & 1 for entry in entries.values()):
        raise WholeSchoolRefused("The file is locked with a password: take one that is not.")
    return entries


def _manifest(encoded: bytes) -> Mapping[str, Any]:
    try:
        manifest = json.loads(encoded)
        if manifest["format"] != FORMAT:
            raise WholeSchoolRefused("This is no file that export_school wrote.")
        if manifest["version"] != VERSION:
            raise WholeSchoolRefused(
                f"The file has form {manifest['version']}, this program knows {VERSION}: take it in with the version that made it."
            )
        made_of, known = set(manifest["migrations"]), set(migrations_applied())
        texts = [
            manifest["school"]["urn"],
            manifest["school"]["name"],
            manifest["made_at"],
            manifest["program"],
        ]
        numbers = [*manifest["rows"].values(), *manifest["numbers"].values()]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise WholeSchoolRefused("The file's manifest cannot be read: it is not whole.") from error
    if not all(isinstance(each, str) for each in texts) or not all(
        type(each) is int and each >= 0 for each in numbers
    ):
        raise WholeSchoolRefused("The file's manifest cannot be read: it is not whole.")
    if made_of != known:
        which = "a later" if made_of - known else "an earlier"
        raise WholeSchoolRefused(
            f"The file was made by {which} version of the program. Bring the older of the two up to date, and take a new file."
        )
    # No row needs more than a few, and a place is kept for each.
    if sum(manifest["numbers"].values()) > 1_000 + 10 * sum(manifest["rows"].values()):
        raise WholeSchoolRefused("The file's manifest names more rows than the file can hold.")
    return dict(manifest)


def _refuse_other_files(entries: Mapping[str, object], manifest: Mapping[str, Any]) -> None:
    ours = {table.file for table in tables()} | {each.file for each in outside()} | set(HEADINGS)
    if entries.keys() != ours | {DICTIONARY, WORKBOOK, MANIFEST, SUMS} or manifest["rows"].keys() != ours:
        raise WholeSchoolRefused("The file holds other files than it should.")


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as file:
        content = file.read(LARGEST_MANIFEST + 1)
    if len(content) > LARGEST_MANIFEST:
        raise WholeSchoolRefused(f"{name} is too long to be one.")
    return content


def _sum_of(archive: zipfile.ZipFile, name: str) -> str:
    """Read to its end: no more comes out of it than its entry says, or zipfile raises."""
    sums, said = hashlib.sha256(), archive.getinfo(name).file_size
    with archive.open(name) as file:
        while piece := file.read(_PIECE):
            sums.update(piece)
            said -= len(piece)
            if said < 0:
                raise WholeSchoolRefused(f"{name} is longer than it says.")
    return sums.hexdigest()


def _lines(content: IO[bytes], file: str) -> Iterator[list[str]]:
    text = io.TextIOWrapper(content, "utf-8", newline="")
    try:
        yield from csv.reader(_pieces(text), strict=True)
    except (csv.Error, UnicodeDecodeError) as error:
        raise WholeSchoolRefused(f"{file} cannot be read: it is no CSV in UTF-8.") from error


def _pieces(text: io.TextIOWrapper) -> Iterator[str]:
    """Lines, none of them so long that it fills the memory."""
    while line := text.readline(LONGEST_CELL):
        yield line
