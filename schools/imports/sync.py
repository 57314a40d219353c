"""One round through a school's drop folder: each file whole or not at all, put away with a report when its transaction has ended.

Ended at any moment, by whatever, the next round goes on where it was: a file is in the folder until it has been put away, an act carries the sum of its
file in its reason, and the report is written before the act ends and counts when it has (docs/decisions/0039-a-folder-at-night.md).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from django.db import Error, connection
from django.utils import timezone

from schools.calendar import AcademicYear
from schools.imports.drop_folder import DONE, REFUSED, Copied, DropFolder, Dropped, FolderError
from schools.imports.report import FileRefused
from schools.imports.text_tables import LARGEST
from schools.models import ChangeKind, ChangeSet, School
from schools.queries.taking_back import taken_back_by
from schools.row_security import visible_to
from schools.services.import_runs import chosen_columns
from schools.services.roll_plan import Update
from schools.services.worker import place_of
from schools.sync_kinds import Drop, DropKind, kind_of

log = logging.getLogger(__name__)

_MARK = ", by sync "


class Outcome(Enum):
    """What became of a file."""

    TAKEN = "taken"
    SEEN = "seen before"
    REFUSED = "refused"
    # Its turn comes the next time.
    LEFT = "left"
    # Something went wrong that is nobody's file's fault; it is left too.
    BROKE_OFF = "broke off"


@dataclass(frozen=True)
class Told:
    """What may be said aloud of a file: what it became, where it lies, what it was taken for, how much of what."""

    outcome: Outcome
    place: str = ""
    title: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Round:
    """What is asked for: of which school, in which folder. `quiet`: for so many seconds a file has to have lain there unchanged."""

    school: School
    folder: DropFolder
    academic_year: AcademicYear
    update: Update
    quiet: float
    dry_run: bool

    def go(self) -> Iterator[Told]:
        """Deal with what lies there, one after another: pupils before judgements, older files before newer ones. Raises FolderError."""
        waiting, left = self.folder.look(now=time.time(), quiet=self.quiet)
        if waiting and not self.dry_run:
            self.folder.prepare()
        with tempfile.TemporaryDirectory(prefix="sync-") as place:
            found = []
            for number, dropped in enumerate(waiting):
                if why := _refused_unread(dropped):
                    yield self._refuse(dropped, "odd", why, None)
                elif copied := self._copied(dropped, Path(place) / str(number)):
                    found.append((self._kind(copied), copied))
                else:
                    left += 1
            for kind, copied in sorted(found, key=lambda each: each[0].rank):
                yield self._deal_with(kind, copied)
        for _ in range(left):
            yield Told(Outcome.LEFT)

    def _copied(self, dropped: Dropped, to: Path) -> Copied | None:
        try:
            return self.folder.copy(dropped, to)
        except FolderError as error:
            log.warning("A file of a drop folder is left: %s", error)
            return None

    def _kind(self, copied: Copied) -> DropKind:
        with visible_to(self.school):
            return kind_of(copied.path, lambda kind: chosen_columns(self.school, kind))

    def _deal_with(self, kind: DropKind, copied: Copied) -> Told:
        called = kind.called(self.academic_year, self.update)
        stem = copied.of.stem(called, copied.digest)
        if self._is_seen(kind, called, copied):
            return self._seen(kind, stem, copied)
        try:
            counts = self._take(kind, stem, copied)
        except FileRefused as refused:
            if not self.dry_run:
                self.folder.forget_report(stem)
            return self._refuse(copied.of, called, refused, copied, kind)
        except Exception as error:  # whatever it is, other files wait
            log.error("A file of a drop folder is left, as something went wrong: %s", place_of(error))  # noqa: TRY400
            if not connection.is_usable():
                raise
            return Told(Outcome.BROKE_OFF, title=kind.title)
        place = "" if self.dry_run else self.folder.finish(copied.of, stem, copied)
        return Told(Outcome.TAKEN, place or "", kind.title, counts)

    def _take(self, kind: DropKind, stem: str, copied: Copied) -> Mapping[str, int]:
        """In one transaction; its last act before it ends is to write the report where it does not count yet."""
        name = copied.of.name.encode("utf-8", "replace").decode()
        with visible_to(self.school):
            drop = Drop(
                school=self.school,
                academic_year=self.academic_year,
                path=copied.path,
                update=self.update,
                dry_run=self.dry_run,
                reason=f"{kind.begins(self.academic_year)}{name}{self._mark(copied)}",
                columns=chosen_columns(self.school, kind.columns_as),
            )
            taken = kind.take(drop)
            if not self.dry_run:
                lines = [*_head(copied.of, copied, kind), "Taken in.", "", *taken.lines]
                self.folder.keep_report(stem, lines)
        return taken.counts

    def _seen(self, kind: DropKind, stem: str, copied: Copied) -> Told:
        if self.dry_run:
            return Told(Outcome.SEEN, title=kind.title)
        if place := self.folder.finish(copied.of, stem, copied):
            # Ended between the act and the putting away.
            return Told(Outcome.TAKEN, place, kind.title)
        lines = [*_head(copied.of, copied, kind), *_AGAIN]
        return Told(Outcome.SEEN, self.folder.put_away(copied.of, DONE, stem, lines, copied), kind.title)

    def _refuse(
        self,
        dropped: Dropped,
        called: str,
        why: FileRefused,
        copied: Copied | None,
        kind: DropKind | None = None,
    ) -> Told:
        title = kind.title if kind else ""
        if self.dry_run:
            return Told(Outcome.REFUSED, title=title)
        digest = (
            copied.digest if copied else hashlib.sha256(dropped.name.encode("utf-8", "replace")).hexdigest()
        )
        lines = [
            *_head(dropped, copied, kind),
            "Refused: nothing of it was taken.",
            "",
            why.why[:1].upper() + why.why[1:],
            *map(str, why.problems),
        ]
        stem = dropped.stem(called, digest)
        return Told(Outcome.REFUSED, self.folder.put_away(dropped, REFUSED, stem, lines, copied), title)

    def _mark(self, copied: Copied) -> str:
        """How the reason of an act ends that came of a file: what was asked for, and the file's sum."""
        missing = "of what is missing, " if self.update == "missing" else ""
        return f"{_MARK}{missing}{copied.digest[:16]}"

    def _is_seen(self, kind: DropKind, called: str, copied: Copied) -> bool:
        """Whether it was taken: by what acts say, and where nothing changed by what lies in done."""
        of_kind = [digest for name, digest in self.folder.taken() if name == called]
        digests = of_kind[:1] if kind.tells_all else of_kind
        if any(copied.digest.startswith(digest) for digest in digests):
            return True
        with visible_to(self.school):
            acts = ChangeSet.objects.in_school(self.school).filter(
                kind=ChangeKind.IMPORT,
                by=None,
                reason__startswith=kind.begins(self.academic_year),
                reason__contains=_MARK,
            )
            if not kind.tells_all:
                acts = acts.filter(reason__endswith=self._mark(copied))
            act = acts.order_by("-pk").first()
            return bool(act and act.reason.endswith(self._mark(copied)) and not taken_back_by(act))


def _refused_unread(dropped: Dropped) -> FileRefused | None:
    if stat.S_ISLNK(dropped.status.st_mode):
        return FileRefused("This is a link, not a file. Put the file itself here.")
    if not dropped.is_file:
        return FileRefused("This is not a file. Put files here, and nothing else.")
    if dropped.status.st_size > LARGEST:
        return FileRefused(f"The file is larger than {LARGEST // 2**20} MB.")
    return None


def _head(dropped: Dropped, copied: Copied | None, kind: DropKind | None) -> Iterable[str]:
    what = f"{kind.title}: " if kind else ""
    yield f"{what}{dropped.name!a}, last changed {_moment(dropped.changed_at)}, {dropped.status.st_size:,} bytes."
    if copied:
        yield f"SHA-256 {copied.digest}"
    yield f"Dealt with {_moment(timezone.now())}."


def _moment(when: dt.datetime) -> str:
    return f"{timezone.localtime(when):%d/%m/%Y %H:%M:%S}"


_AGAIN = (
    "Seen before: a file with the same bytes was taken in already. Nothing was done.",
    "To take it in again all the same, use manage.py import_pupils or import_judgements.",
)

# Any number that no other lock of the site has.
_ONE_AT_A_TIME = 8_202


def begin_alone() -> bool:
    """Whether nobody else syncs; then nobody else may until `end_alone`, or the end of the process."""
    with connection.cursor() as cursor:
        # What a killed one has asked the database for ends too, and its lock with it.
        cursor.execute("SET client_connection_check_interval = '2s'")
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_ONE_AT_A_TIME])
        (is_alone,) = cursor.fetchone()
    return bool(is_alone)


def end_alone() -> None:
    """Let others sync; where the database is away, it has seen to that."""
    with suppress(Error), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [_ONE_AT_A_TIME])
        cursor.execute("RESET client_connection_check_interval")
