"""Saves beside the worker: how long they take while it makes a year group's pages, at the site as `script/server` serves it."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

from django.conf import settings
from django.utils import timezone

from bench.classes import Staff, cells
from bench.large_world import YEAR
from bench.measure import Measure
from bench.serving import Client, served
from bench.wide_sheet import YEAR_GROUP, wide_school
from bench.world import sign_in
from reports.job_kinds import PUPIL_PAGES
from schools.models import Job, JobState
from schools.row_security import visible_to
from schools.services import jobs

LIMIT = 1.3
# People at work at a time, each with a save every tenth of a second where it is answered by then.
CLIENTS, PAUSE = 3, 0.1
SECONDS, TURNS = 4.0, 4
_PATIENCE = 60.0


def measures() -> list[Measure]:
    """The 95th percentile of both, in milliseconds, over all turns: with and without by turns, each with hundreds of saves.

    The worker makes the pages of a year group of 240; in the turns without it, it is stopped where it stands.
    """
    staff = wide_school()
    visitor = sign_in(staff.teacher)
    with served() as port, _working(staff) as (worker, job):
        clients = [Client(port, visitor, cell) for cell in cells(staff)[:CLIENTS]]
        beside: list[float] = []
        alone: list[float] = []
        _saves(clients)
        for _ in range(TURNS):
            os.killpg(worker.pid, signal.SIGSTOP)
            alone += _saves(clients)
            os.killpg(worker.pid, signal.SIGCONT)
            beside += _saves(clients)
            job.refresh_from_db()
            if job.state != JobState.RUNNING:
                raise RuntimeError(f"The worker is no longer at work: {job}.")
    value, floor = (p95(each) for each in (beside, alone))
    return [
        Measure(
            "save_beside_worker_p95", round(value, 1), "ms", round(floor, 1), round(value / floor, 2), LIMIT
        )
    ]


def p95(times: Sequence[float]) -> float:
    """The slowest twentieth begins here."""
    return statistics.quantiles(times, n=20)[-1]


def _saves(clients: Sequence[Client]) -> list[float]:
    """Milliseconds of each, of all together."""
    end = time.monotonic() + SECONDS
    with ThreadPoolExecutor(len(clients)) as pool:
        return [each for found in pool.map(lambda client: _at_a_pace(client, end), clients) for each in found]


def _at_a_pace(client: Client, end: float) -> list[float]:
    found = []
    while (began := time.monotonic()) < end:
        client.save()
        took = time.monotonic() - began
        found.append(took * 1000)
        time.sleep(max(0.0, PAUSE - took))
    return found


@contextmanager
def _working(staff: Staff) -> Iterator[tuple[subprocess.Popen[bytes], Job]]:
    """The worker as `script/server` starts it, with a year group's pages in its hands, which are cancelled after the block."""
    Job.objects.filter(state__in=[JobState.WAITING, JobState.RUNNING]).update(
        state=JobState.CANCELLED, finished_at=timezone.now()
    )
    with visible_to(staff.school):
        job = jobs.ask(
            school=staff.school,
            academic_year=YEAR,
            kind=PUPIL_PAGES.code,
            arguments={"whom": f"year-{int(YEAR_GROUP)}", "term": "summer"},
            by=staff.head,
        )
    worker = subprocess.Popen(
        [sys.executable, settings.BASE_DIR / "manage.py", "worker", "--beside", str(os.getpid())],
        stdout=subprocess.DEVNULL,
        # It makes each job in a process of its own: both are stopped together.
        start_new_session=True,
    )
    try:
        _wait(worker, job)
        yield worker, job
    finally:
        jobs.cancel(job=job, by=staff.head)
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGCONT)
        worker.terminate()
        worker.wait(_PATIENCE)


def _wait(worker: subprocess.Popen[bytes], job: Job) -> None:
    """Until some pages are made, so that what is loaded once has been."""
    end = time.monotonic() + _PATIENCE
    while worker.poll() is None and time.monotonic() < end:
        job.refresh_from_db()
        if job.done >= 3:
            return
        time.sleep(0.1)
    raise RuntimeError("The worker did not begin.")
