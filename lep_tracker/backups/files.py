"""The file of a backup: a tar archive of PostgreSQL's dump, a manifest of what must be in it, and the sums of both.

    lep_tracker.dump    pg_dump's custom format
    manifest.json       rows of each table and school, migrations, versions
    SHA256SUMS          as `sha256sum --check` reads it

Nothing of ours is needed to open it: `tar --extract`, `sha256sum --check SHA256SUMS`, `pg_restore`.
"""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

FORMAT = 1
DUMP, MANIFEST, SUMS = "lep_tracker.dump", "manifest.json", "SHA256SUMS"
_PIECE = 2**20
# A manifest of 2,000 schools and 100 tables has some megabytes.
_LONGEST_MANIFEST = 64 * 2**20


class BackupError(Exception):
    """One plain sentence for the person at the keyboard; it quotes no row."""


@dataclass(frozen=True)
class Manifest:
    """What the dump holds, counted in the same snapshot of the database."""

    made_at: str
    """UTC, ISO 8601."""
    program: str
    server: str
    migrations: list[str]
    """All that had run: `schools.0001_first_tables`."""
    tables: dict[str, int]
    """Rows of each table."""
    schools: dict[str, dict[str, int]]
    """Of each table behind the wall: rows by the school's key."""
    walled: list[str]
    """Tables with forced row security."""
    policies: int
    format: int = FORMAT

    def encoded(self) -> bytes:
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode()

    @classmethod
    def decoded(cls, encoded: bytes) -> Manifest:
        """Raises BackupError for what is no manifest, or one of a later format."""
        try:
            found = json.loads(encoded)
            if found["format"] != FORMAT:
                raise BackupError(
                    f"The backup has format {found['format']}, this program knows {FORMAT}: restore it with the version that made it."
                )
            return cls(**found)
        except (ValueError, TypeError, KeyError) as error:
            raise BackupError("The backup's manifest cannot be read: it is not whole.") from error


@contextmanager
def written_whole(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that is there under its name only when the block has ended well, on the disk, for its owner alone.

    Raises BackupError where the name is taken or the disk takes no more; then nothing is left behind.
    """
    if path.exists():
        raise BackupError(f"{path} is there already: choose another name, or move it away.")
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w+b") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            partial.rename(path)
            _sync_folder(path.parent)
        except BaseException:
            with suppress(FileNotFoundError):
                partial.unlink()
            raise
    except OSError as error:
        raise BackupError(f"The backup could not be written to {path}: {error.strerror}.") from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Writer:
    """Writes the archive while the dump is being made: its length is put into the archive's first header afterwards."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._sums = file, hashlib.sha256()
        file.write(_header(DUMP, 0))

    def take_dump(self, dump: IO[bytes]) -> int:
        """Copy the dump to its end; how many bytes that were."""
        length = 0
        while piece := dump.read(_PIECE):
            self._sums.update(piece)
            length += self._file.write(piece)
        self._file.write(_padding(length))
        self._file.seek(0)
        self._file.write(_header(DUMP, length))
        self._file.seek(0, os.SEEK_END)
        return length

    def finish(self, manifest: Manifest) -> None:
        encoded = manifest.encoded()
        self._add(MANIFEST, encoded)
        sums = f"{self._sums.hexdigest()}  {DUMP}\n{hashlib.sha256(encoded).hexdigest()}  {MANIFEST}\n"
        self._add(SUMS, sums.encode())
        self._file.write(bytes(2 * tarfile.BLOCKSIZE))

    def _add(self, name: str, content: bytes) -> None:
        self._file.write(_header(name, len(content)) + content + _padding(len(content)))


def _header(name: str, length: int) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = length, 0o600, int(time.time())
    # GNU's form also holds the length of what is larger than 8 GB.
    return entry.tobuf(tarfile.GNU_FORMAT)


def _padding(length: int) -> bytes:
    return bytes(-length % tarfile.BLOCKSIZE)


@contextmanager
def opened(path: Path) -> Iterator[tuple[Manifest, IO[bytes]]]:
    """The manifest and the dump of a backup, after every byte of both was held against its sum.

    Raises BackupError for what is no backup, cut short or changed.
    """
    try:
        with tarfile.open(path, "r:") as archive:
            entries = {entry.name: entry for entry in archive.getmembers()}
            if set(entries) != {DUMP, MANIFEST, SUMS}:
                raise BackupError(f"{path} is no whole backup of this program.")
            encoded = _content(archive, entries[MANIFEST])
            sums = {DUMP: _sum_of(_file_in(archive, entries[DUMP])), MANIFEST: _sum(encoded)}
            wanted = "".join(f"{sums[name]}  {name}\n" for name in (DUMP, MANIFEST))
            if _content(archive, entries[SUMS]) != wanted.encode():
                raise BackupError(f"{path} is damaged: its checksums do not agree. Use another backup.")
            yield Manifest.decoded(encoded), _file_in(archive, entries[DUMP])
    except tarfile.TarError as error:
        raise BackupError(f"{path} is no whole backup of this program.") from error
    except OSError as error:
        raise BackupError(f"The backup {path} could not be read: {error.strerror}.") from error


def _file_in(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> IO[bytes]:
    file = archive.extractfile(entry)
    if file is None:
        raise BackupError("The backup holds something other than files.")
    return file


def _content(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    if entry.size > _LONGEST_MANIFEST:
        raise BackupError("The backup's manifest is too long to be one.")
    return _file_in(archive, entry).read()


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _sum_of(file: IO[bytes]) -> str:
    sums = hashlib.sha256()
    while piece := file.read(_PIECE):
        sums.update(piece)
    return sums.hexdigest()


def described(manifest: Manifest) -> str:
    """What is in it, in a line without names."""
    facts: dict[str, Any] = {
        "schools": manifest.tables.get("schools_school", 0),
        "pupils": manifest.tables.get("schools_pupil", 0),
        "judgements": manifest.tables.get("assessment_judgement", 0),
    }
    counted = ", ".join(f"{number:,} {what}" for what, number in facts.items())
    return f"{counted}; {sum(manifest.tables.values()):,} rows in {len(manifest.tables)} tables"
