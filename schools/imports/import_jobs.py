"""What the worker does with a file that somebody brought: a door like a view, which asks the importer of its kind."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from django.db import connection, transaction

from schools.access import Access
from schools.import_kinds import Importer, kinds_for
from schools.job_kinds import JobFailedError, JobKind, MadeFile, Work
from schools.models import ImportPaper, ImportRun, ImportState
from schools.permissions import Permission
from schools.services.import_runs import LOOK, TAKE, StaleError, asked_of, keep_shown, take_in

LOOKING = JobKind(
    code=LOOK,
    name="Looking at a file",
    permission=Permission.IMPORT_FILES,
    page="imports",
    maker="schools.imports.import_jobs.look",
)
TAKING = JobKind(
    code=TAKE,
    name="Taking a file in",
    permission=Permission.IMPORT_FILES,
    page="imports",
    maker="schools.imports.import_jobs.take",
)
NOT_HERE = "This file is not here any more, or it waits for something else."
# What was found stands on the import's page, from where it goes when a pupil's record is removed.
_DONE = MadeFile("import.txt", "text/plain; charset=utf-8", b"Done: see the page of the import.")
# Seconds between two words of how far it is.
_TELL_EVERY = 1.0


def look(work: Work) -> MadeFile:
    """Read the file and keep what it would change; writes no record."""
    work.tell(0, 0)
    with _Telling(work) as telling, work.inside() as access:
        run, paper = _run_of(access, work.arguments["run"], ImportState.LOOKING)
        if run.state != ImportState.LOOKING:
            return _DONE
        with _on_disk(paper) as path:
            found = _importer(access, run)(asked_of(access, run, paper, path=path, told=telling.tell))
        keep_shown(run=run, found=found)
    return _DONE


def take(work: Work) -> MadeFile:
    """Write what was shown, whole, in one transaction with the note that it is done; begun again, it does nothing twice."""
    work.tell(0, 0)
    with _Telling(work) as telling, work.inside() as access:
        run, paper = _run_of(access, work.arguments["run"], ImportState.TAKING, ImportState.DONE)
        if run.state == ImportState.DONE:
            return _DONE
        try:
            with _on_disk(paper) as path, transaction.atomic():
                asked = asked_of(access, run, paper, path=path, told=telling.tell, write=True)
                found = take_in(run=run, paper=paper, importer=_importer(access, run), asked=asked)
        except StaleError as stale:
            found = stale.found
            keep_shown(run=run, found=found, is_stale=not found.refused)
    return _DONE


def _run_of(access: Access, key: str, *states: ImportState) -> tuple[ImportRun, ImportPaper]:
    """The run, which nobody else steps on meanwhile, and its paper."""
    runs = ImportRun.objects.in_school(access.school).select_for_update(of=("self",))
    run = runs.filter(public_id=key, state__in=[*states, ImportState.SHOWN]).first()
    paper = ImportPaper.objects.in_school(access.school).filter(run=run).first() if run else None
    if run is None or paper is None or (run.state in states[:1] and paper.content is None):
        raise JobFailedError(NOT_HERE)
    if run.state == ImportState.SHOWN and ImportState.TAKING in states:
        raise JobFailedError(NOT_HERE)
    return run, paper


def _importer(access: Access, run: ImportRun) -> Importer:
    """As whoever asked may bring such a file now, whatever they might when they asked."""
    kind = next((kind for kind in kinds_for(access) if kind.code == run.kind), None)
    if kind is None:
        raise JobFailedError(
            "You may not take in such files, or this version of the site does not know them."
        )
    return kind.load()


@contextmanager
def _on_disk(paper: ImportPaper) -> Iterator[Path]:
    """The file, under a name that says nothing."""
    with tempfile.NamedTemporaryFile(prefix="import-", suffix=".data") as file:
        file.write(bytes(paper.content or b""))
        file.flush()
        yield Path(file.name)


class _Telling:
    """Says how far it is while a transaction is open: in a thread of its own, whose connection has no school open.

    What telling raises, because nobody wants it any more or it took too long, comes out where it was told, and the transaction is undone.
    """

    def __init__(self, work: Work) -> None:
        self._work, self._last = work, time.monotonic()
        self._thread = ThreadPoolExecutor(max_workers=1)

    def __enter__(self) -> Self:
        return self

    def tell(self, done: int, out_of: int) -> None:
        if time.monotonic() - self._last < _TELL_EVERY:
            return
        self._thread.submit(self._work.tell, done, out_of).result()
        self._last = time.monotonic()

    def __exit__(self, *_: object) -> None:
        # The connection is each thread’s own.
        self._thread.submit(lambda: connection.close()).result()  # noqa: PLW0108
        self._thread.shutdown()
