"""One job, done: taken, made as whoever asked may see the school now, and its file kept; or why not."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.utils import timezone

from schools.access import Access, inside
from schools.calendar import AcademicYear
from schools.job_kinds import (
    BROKE_OFF,
    SILENCE,
    JobFailedError,
    JobKind,
    MadeOfOldError,
    kind_of,
    longest,
)
from schools.models import Job, JobPaper
from schools.row_security import visible_to
from schools.services import jobs

log = logging.getLogger(__name__)

NOT_ALLOWED = "Your role at the school has changed, and no longer allows this."
NOT_KNOWN = "This version of the site does not know how to make it."
_MOST_MAKINGS = 3


def too_long() -> str:
    """What is said of a job that was ended for its length: after so many minutes."""
    minutes = round(longest().total_seconds() / 60)
    return f"It was not done after {minutes} minutes, and others wait. Choose less of it at once. If it is little already, tell whoever runs the site."


class TakenAwayError(Exception):
    """The job was cancelled, or another worker has it."""


class ToldToEndError(Exception):
    """The worker is to end."""


class _InHand:
    """A job in this worker's hands: the `Work` that its maker gets."""

    def __init__(
        self, job: Job, kind: JobKind, arguments: Mapping[str, Any], is_to_end: Callable[[], bool]
    ) -> None:
        self._job, self._kind, self._is_to_end = job, kind, is_to_end
        self.arguments = arguments

    @contextmanager
    def inside(self) -> Iterator[Access]:
        job = self._job
        with inside(job.asked_by, job.school, AcademicYear(job.academic_year)) as access:
            if not access.may(self._kind.permission):
                raise PermissionDenied
            yield access

    def tell(self, done: int, out_of: int) -> None:
        if self._is_to_end():
            raise ToldToEndError
        if _took_too_long(self._job):
            raise JobFailedError(too_long())
        if not jobs.beat(job=self._job, done=done, out_of=out_of):
            raise TakenAwayError


def do_next(*, is_to_end: Callable[[], bool] = lambda: False) -> Job | None:
    """Do the next job, if there is one; `is_to_end` is asked between its parts. Gives the job back as it was taken."""
    job = jobs.take(now=timezone.now())
    if job is not None:
        do(job, is_to_end=is_to_end)
    return job


def do(job: Job, *, is_to_end: Callable[[], bool]) -> None:
    """Do a job that was taken."""
    try:
        with _heart(job):
            _do(job, is_to_end)
    except TakenAwayError:
        pass
    except ToldToEndError:
        jobs.give_back(job=job)
    except PermissionDenied:
        jobs.fail(job=job, problem=NOT_ALLOWED)
    except JobFailedError as error:
        jobs.fail(job=job, problem=str(error))
    except Exception as error:  # noqa: BLE001  # whatever it is, others wait
        # By its id alone: what it is about stays behind the wall, and an error may quote it.
        log.error("A job of kind %s broke off: %s, %s", job.kind, job.public_id, place_of(error))  # noqa: TRY400
        jobs.fail(job=job, problem=BROKE_OFF.format(id=job.public_id))


def _do(job: Job, is_to_end: Callable[[], bool]) -> None:
    kind = kind_of(job.kind)
    if kind is None:
        raise JobFailedError(NOT_KNOWN)
    with visible_to(job.school):
        arguments = JobPaper.objects.in_school(job.school).get(job=job).arguments
    work = _InHand(job, kind, arguments, is_to_end)
    for left in reversed(range(_MOST_MAKINGS)):
        try:
            jobs.finish(job=job, made=kind.make(work))
        except MadeOfOldError:
            if not left:
                raise
        else:
            return


def place_of(error: BaseException) -> str:
    """An error by its type and where it was raised, without its words, which may quote a row: `KeyError at worker.py:57 (_do), jobs.py:12 (ask)`."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = [f"{Path(each.filename).name}:{each.lineno} ({each.name})" for each in frames]
    return f"{type(error).__name__} at {', '.join(places)}"


def _took_too_long(job: Job) -> bool:
    return job.started_at is not None and timezone.now() - job.started_at > longest()


@contextmanager
def _heart(job: Job) -> Iterator[None]:
    """Say that this worker lives for as long as the block lasts, whatever it is at: writing a large file takes minutes.

    No longer than a try may last: what hangs is taken up by another worker.
    """
    ended = Event()
    beating = Thread(target=_beat_until, args=(ended, job), daemon=True)
    beating.start()
    try:
        yield
    finally:
        ended.set()
        beating.join()


def _beat_until(ended: Event, job: Job) -> None:
    """In a thread of its own, which has a database connection of its own."""
    try:
        while not ended.wait(SILENCE.total_seconds() / 8) and not _took_too_long(job):
            try:
                if not jobs.live(job=job):
                    return
            except DatabaseError:
                # Away or being restarted: the work itself meets it too, and says so.
                connection.close()
    finally:
        connection.close()
