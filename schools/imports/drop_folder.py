"""A folder into which a school's system puts files: what lies there, copied to safety, and put away with a report when something has become of it.

Only the file system is known here. Whoever may write into the folder may put anything there: nothing is followed that is not a plain file, and a file is
read from a copy, so that what was looked at is what is taken.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from schools.imports.text_tables import LARGEST

DONE, REFUSED = "done", "refused"
REPORT = ".report.txt"
_DIGITS = 16
_PIECE = 1024 * 1024
# What programs call a file while they write it.
_UNFINISHED = re.compile(
    r"[.~].*|.*~|.*\.(?:tmp|temp|part|partial|filepart|crdownload|download|upload|uploading|swp|lock)",
    re.IGNORECASE | re.DOTALL,
)
_REPORTED = re.compile(
    rf"\d{{8}}-\d{{6}}-([a-z0-9-]+)-([0-9a-f]{{{_DIGITS}}})(?:-\d+)?(?:\.[a-z0-9]{{1,5}})?{re.escape(REPORT)}"
)


class FolderError(Exception):
    """The folder cannot be worked in; in a sentence, without what it quotes."""


@dataclass(frozen=True)
class Dropped:
    """Something that lies there: its name and what the file system says of it."""

    name: str
    status: os.stat_result

    @property
    def is_file(self) -> bool:
        return stat.S_ISREG(self.status.st_mode)

    @property
    def changed_at(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.status.st_mtime, tz=dt.UTC)

    @property
    def ending(self) -> str:
        """Of its name, where it is a plain one."""
        found = Path(self.name).suffix.lower()
        return found if re.fullmatch(r"\.[a-z0-9]{1,5}", found) else ""

    def stem(self, called: str, digest: str) -> str:
        """What it is called when it is put away: the same however often it is begun. Of the name it came with nothing, as that may name somebody."""
        return f"{self.changed_at:%Y%m%d-%H%M%S}-{called}-{digest[:_DIGITS]}"


@dataclass(frozen=True)
class Copied:
    """A file's copy, and the sum of its bytes (SHA-256, in hexadecimal)."""

    of: Dropped
    path: Path
    digest: str


class DropFolder:
    """One school's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def look(self, *, now: float, quiet: float) -> tuple[list[Dropped], int]:
        """What waits there, oldest first, and how many files are left for the next time: named as unfinished, or changed within so many seconds."""
        waiting, left = [], 0
        try:
            names = sorted(each.name for each in self.path.iterdir())
        except OSError as error:
            raise FolderError(f"The folder cannot be read: {error.strerror}.") from error
        for name in names:
            with suppress(FileNotFoundError):
                found = Dropped(name, (self.path / name).lstat())
                if stat.S_ISDIR(found.status.st_mode):
                    continue
                is_quiet = abs(now - found.status.st_mtime) >= quiet or not found.is_file
                if is_quiet and not _UNFINISHED.fullmatch(name):
                    waiting.append(found)
                else:
                    left += 1
        return sorted(waiting, key=lambda each: (each.status.st_mtime_ns, each.name)), left

    def copy(self, dropped: Dropped, to: Path) -> Copied | None:
        """The file's bytes in another place, which nobody changes; None where it changes meanwhile or is gone. Raises FolderError where it cannot be read."""
        try:
            source = os.open(self.path / dropped.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise FolderError(f"It cannot be read: {error.strerror}.") from error
        digest = hashlib.sha256()
        with os.fdopen(source, "rb") as file, to.open("xb") as copy:
            is_whole = _is_same(os.fstat(source), dropped.status)
            while is_whole and (piece := file.read(_PIECE)):
                digest.update(piece)
                copy.write(piece)
                is_whole = copy.tell() <= LARGEST
            is_whole = is_whole and _is_same(os.fstat(source), dropped.status)
        return Copied(dropped, to, digest.hexdigest()) if is_whole else None

    def prepare(self) -> None:
        """The two folders beside the files, for their owner alone. Raises FolderError where they cannot be written into."""
        for name in (DONE, REFUSED):
            place = self.path / name
            try:
                with suppress(FileExistsError):
                    place.mkdir(mode=0o700)
                if not stat.S_ISDIR(place.lstat().st_mode):
                    raise FolderError(f"{name} is not a folder but something else: remove it.")
                if not os.access(place, os.W_OK | os.X_OK) or not os.access(self.path, os.W_OK | os.X_OK):
                    raise FolderError(f"Files cannot be moved to {name}: the folders must be writable.")
            except OSError as error:
                raise FolderError(f"The folder {name} cannot be made: {error.strerror}.") from error

    def taken(self) -> list[tuple[str, str]]:
        """What was taken in so far and lies in done: as what, and the beginning of its sum; the last one first."""
        with suppress(OSError), os.scandir(self.path / DONE) as entries:
            reports = [(entry, said) for entry in entries if (said := _REPORTED.fullmatch(entry.name))]
            at = [(entry.stat(follow_symlinks=False).st_mtime_ns, said) for entry, said in reports]
            return [(said[1], said[2]) for _, said in sorted(at, key=lambda each: each[0], reverse=True)]
        return []

    def keep_report(self, stem: str, lines: Iterable[str]) -> None:
        """Write the report of what is about to be taken, where nobody looks for it yet: it counts when the file is put away."""
        _write(self._kept(stem), lines)

    def forget_report(self, stem: str) -> None:
        """The file was not taken after all."""
        self._kept(stem).unlink(missing_ok=True)

    def finish(self, dropped: Dropped, stem: str, copied: Copied) -> str | None:
        """Put a file away that was taken, with the report that was kept, and say where; None where there is none: it was put away before, and this is another."""
        name = self._free(DONE, stem, dropped.ending)
        report = self.path / DONE / f"{name}{REPORT}"
        if self._kept(stem).exists():
            self._kept(stem).replace(report)
        elif not report.exists():
            return None
        self._move(dropped, self.path / DONE / name, copied)
        return f"{DONE}/{name}"

    def put_away(
        self, dropped: Dropped, where: str, stem: str, lines: Iterable[str], copied: Copied | None
    ) -> str:
        """Put it into the folder with a report of these lines beside it; gives where it is now, within the folder."""
        name = self._free(where, stem, dropped.ending)
        _write(self.path / where / f"{name}{REPORT}", lines)
        self._move(dropped, self.path / where / name, copied)
        return f"{where}/{name}"

    def _free(self, where: str, stem: str, ending: str) -> str:
        names = (f"{stem}{f'-{number}' if number > 1 else ''}{ending}" for number in count(1))
        return next(name for name in names if not os.path.lexists(self.path / where / name))

    def _kept(self, stem: str) -> Path:
        return self.path / DONE / f".{stem}{REPORT}"

    def _move(self, dropped: Dropped, to: Path, copied: Copied | None) -> None:
        """What was read goes there. Where something else has come under its name meanwhile, that waits for the next time."""
        here = self.path / dropped.name
        with suppress(FileNotFoundError):
            if copied is None or _is_same(here.lstat(), dropped.status):
                here.rename(to)
                return
        if copied is not None:
            made = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with os.fdopen(made, "wb") as file:
                file.write(copied.path.read_bytes())


def _is_same(now: os.stat_result, before: os.stat_result) -> bool:
    return all(
        getattr(now, name) == getattr(before, name) for name in ("st_dev", "st_ino", "st_size", "st_mtime_ns")
    )


def _write(path: Path, lines: Iterable[str]) -> None:
    """For the owner's eyes alone, and there whole or not at all."""
    half = path.with_name(f".{path.name.lstrip('.')}.half")
    half.unlink(missing_ok=True)
    made = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(made, "w", encoding="utf-8", errors="replace") as file:
        file.writelines(f"{line}\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
