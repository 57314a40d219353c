"""Each job in a process of its own, which is ended when it takes too long: whatever a job hangs in, the worker goes on with what others asked for.

Makers ask after their time between two parts (`Work.tell`); what hangs inside a part, in a library or in the database, never asks.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import select
import signal
import time
from collections.abc import Callable
from typing import NoReturn

from django.db import connection
from django.utils import timezone

from schools.job_kinds import kind_of, longest
from schools.models import Job
from schools.services import jobs
from schools.services.giving_way import let_database_give_way
from schools.services.worker import do, place_of, too_long

log = logging.getLogger(__name__)

GRACE = dt.timedelta(seconds=5)
"""So long after its time a job may end by itself."""
TO_END = dt.timedelta(seconds=30)
"""So long it has, when the worker is told to end, to come to the end of a part."""
_LOOK_EVERY = 0.5  # seconds


class ProcessEndedError(Exception):
    """The process that made the job ended by itself before it was done: the job is taken up again when its silence has lasted."""


def do_next_apart(*, is_to_end: Callable[[], bool] = lambda: False) -> Job | None:
    """Do the next job, if there is one, in a process of its own. Gives the job back as it was taken.

    Not inside a transaction, and from a process without other threads. Raises ProcessEndedError.
    """
    job = jobs.take(now=timezone.now())
    if job is None:
        return None
    if kind := kind_of(job.kind):
        # Loaded here, it need not be loaded for each job.
        kind.load()
    # No two processes may share a connection.
    connection.close()
    parent = os.getpid()
    child = os.fork()
    if not child:
        _be_the_child(job, lambda: is_to_end() or os.getppid() != parent)
    _wait_for(child, job, is_to_end)
    return job


def _be_the_child(job: Job, is_to_end: Callable[[], bool]) -> NoReturn:
    status = 1
    try:
        with connection.cursor() as cursor:
            # What a killed process has asked the database for ends too.
            cursor.execute("SET client_connection_check_interval = '2s'")
            cursor.execute("SET statement_timeout = %s", [int(longest().total_seconds() * 1000)])
        let_database_give_way()
        do(job, is_to_end=is_to_end)
        status = 0
    except BaseException as error:  # noqa: BLE001  # nothing may come out of a forked process but its end
        log.error("The process of job %s ended: %s", job.public_id, place_of(error))  # noqa: TRY400
    finally:
        os._exit(status)


def _wait_for(child: int, job: Job, is_to_end: Callable[[], bool]) -> None:
    """Until it ends, or its time has passed."""
    process = os.pidfd_open(child)
    try:
        too_late, told_at = time.monotonic() + (longest() + GRACE).total_seconds(), None
        while not select.select([process], [], [], _LOOK_EVERY)[0]:
            now = time.monotonic()
            if told_at is None and is_to_end():
                signal.pidfd_send_signal(process, signal.SIGTERM)
                told_at = now
            if now > too_late:
                _kill(child)
                log.error("A job of kind %s was ended for its length: %s", job.kind, job.public_id)
                jobs.fail(job=job, problem=too_long())
                return
            if told_at is not None and now - told_at > TO_END.total_seconds():
                _kill(child)
                jobs.give_back(job=job)
                return
    finally:
        os.close(process)
    _, status = os.waitpid(child, 0)
    if status:
        raise ProcessEndedError


def _kill(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
