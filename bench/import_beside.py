"""Saves beside an import: how long they take while the worker takes ten thousand pupils into the same school, from when each was due.

Who waits for a lock is counted for as long as they wait: a save that is due while another is not answered yet counts from then, not from when it is sent.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

from django.conf import settings
from django.utils import timezone

from bench.classes import Staff, cells
from bench.large_world import YEAR
from bench.measure import Measure
from bench.serving import Client, served
from bench.wide_sheet import wide_school
from bench.working import p95
from bench.world import sign_in
from schools.access import inside
from schools.import_kinds import kind_of
from schools.models import ImportRun, ImportState, Job, JobState, Pupil
from schools.row_security import visible_to
from schools.services import import_runs
from schools.services.import_runs import Answers
from schools.services.taking_back import Taken

LIMIT = 1.3
PUPILS = 10_000
CLIENTS, PAUSE = 3, 0.1
SECONDS, TURNS = 4.0, 4
_PATIENCE = 900.0


def measures(*, pupils: int = PUPILS, turns: int = TURNS, to_its_end: bool = False) -> list[Measure]:
    """The 95th percentile of saves beside the import and while it is stopped where it stands, by turns, in milliseconds.

    It is measured while the file is looked at and while it is written. `to_its_end`: then the worker is killed in the middle of writing, nothing of the
    import may be there, another does it, all of it has to be there once, and it is taken back. Else it is cancelled. So nothing of it stays.
    """
    staff = wide_school()
    before = _pupils(staff)
    with _imported(staff, pupils) as run:
        found = [_beside(staff, run, turns)]
        if to_its_end:
            found.append(_killed(staff, run, before, pupils))
        elif _state(staff, run) == ImportState.DONE:
            # A quick machine was done before the last turn.
            _take_back(staff, run)
    if _pupils(staff) != before:
        raise RuntimeError("Something of the import stayed.")
    return found


def _beside(staff: Staff, run: ImportRun, turns: int) -> Measure:
    visitor = sign_in(staff.teacher)
    beside: list[float] = []
    alone: list[float] = []
    with served() as port, _working() as worker:
        clients = [Client(port, visitor, cell) for cell in cells(staff)[:CLIENTS]]
        _saves(clients)
        for phase in (ImportState.LOOKING, ImportState.TAKING):
            if phase is ImportState.TAKING:
                _wait(lambda: _state(staff, run) != ImportState.LOOKING)
                _confirm(staff, run)
            _wait(lambda: _is_running(staff, run))
            for _ in range(turns):
                os.killpg(worker.pid, signal.SIGSTOP)
                alone += _saves(clients)
                os.killpg(worker.pid, signal.SIGCONT)
                turn = _saves(clients)
                if _job(staff, run).state != JobState.RUNNING:
                    # It has ended meanwhile: what was saved after that was not beside it.
                    break
                beside += turn
    if not beside:
        raise RuntimeError("The import was done before anything could be measured beside it: import more.")
    value, floor = p95(beside), p95(alone)
    return Measure(
        "save_beside_import_p95", round(value, 1), "ms", round(floor, 1), round(value / floor, 2), LIMIT
    )


def _killed(staff: Staff, run: ImportRun, before: int, pupils: int) -> Measure:
    """How many pupils are there in the end, of as many as there should be."""
    if _state(staff, run) != ImportState.DONE:
        with _working() as worker:
            _take_up(staff, run)
            _wait(lambda: _job(staff, run).done > pupils / 3)
            os.killpg(worker.pid, signal.SIGKILL)
        if _pupils(staff) != before or _state(staff, run) != ImportState.TAKING:
            raise RuntimeError("The worker was killed, and something of the import is there.")
        with _working():
            _take_up(staff, run)
            _wait(lambda: _state(staff, run) == ImportState.DONE)
    there = _pupils(staff) - before
    _take_back(staff, run)
    # Neither fewer nor more.
    ratio = max(there / pupils, pupils / max(there, 1))
    return Measure("import_killed_then_done", there, "pupils", pupils, round(ratio, 4), 1.0)


def _take_back(staff: Staff, run: ImportRun) -> None:
    with visible_to(staff.school):
        run.refresh_from_db()
        is_back = isinstance(import_runs.take_run_back(run=run, by=staff.head), Taken)
        if not is_back:
            raise RuntimeError("The import could not be taken back.")


@contextmanager
def _imported(staff: Staff, pupils: int) -> Iterator[ImportRun]:
    """A file that was brought, and is given up after the block unless it was taken in."""
    Job.objects.filter(state__in=[JobState.WAITING, JobState.RUNNING]).update(
        state=JobState.CANCELLED, finished_at=timezone.now()
    )
    kind = kind_of("roll")
    if kind is None:
        raise RuntimeError("Rolls are not known as a kind of import.")
    with inside(staff.head, staff.school, YEAR) as access:
        run = import_runs.bring(
            access=access,
            kind=kind,
            academic_year=YEAR,
            update="all",
            is_whole=False,
            file_name="roll.csv",
            content=_content(pupils),
        )
    try:
        yield run
    finally:
        Job.objects.filter(state__in=[JobState.WAITING, JobState.RUNNING]).update(
            state=JobState.CANCELLED, finished_at=timezone.now()
        )
        with visible_to(staff.school):
            run.refresh_from_db()
            if run.state == ImportState.TAKING:
                import_runs.back_to_shown(run=run, by=staff.head)
            if run.state != ImportState.DONE:
                import_runs.give_up(run=run, by=staff.head)


def _content(pupils: int) -> bytes:
    """A roll of children whom the school does not know."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(["Surname", "Forename", "DOB", "Year", "Class"])
    born = dt.date(YEAR - 7, 9, 1)
    for number in range(pupils):
        day = born + dt.timedelta(days=number % 360)
        lines.writerow(
            [f"Import{number}", f"Bench{number}", f"{day:%d/%m/%Y}", "2", f"Import {number % 300}"]
        )
    return text.getvalue().encode()


@contextmanager
def _working() -> Iterator[subprocess.Popen[bytes]]:
    """The worker as `script/server` starts it."""
    worker = subprocess.Popen(
        [sys.executable, settings.BASE_DIR / "manage.py", "worker", "--beside", str(os.getpid())],
        stdout=subprocess.DEVNULL,
        # It makes each job in a process of its own: both are stopped together.
        start_new_session=True,
    )
    try:
        yield worker
    finally:
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGCONT)
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(_PATIENCE)


def _confirm(staff: Staff, run: ImportRun) -> None:
    with inside(staff.head, staff.school, YEAR) as access:
        run.refresh_from_db()
        import_runs.confirm(access=access, run=run, answers=Answers({}))


def _take_up(staff: Staff, run: ImportRun) -> None:
    """The job of a worker that was killed is free as if its silence had lasted."""
    long_ago = timezone.now() - dt.timedelta(hours=1)
    Job.objects.filter(pk=_job(staff, run).pk).update(heartbeat_at=long_ago)


def _job(staff: Staff, run: ImportRun) -> Job:
    with visible_to(staff.school):
        run.refresh_from_db()
    return Job.objects.get(public_id=str(run.job))


def _is_running(staff: Staff, run: ImportRun) -> bool:
    state = _job(staff, run).state
    if state == JobState.FAILED:
        raise RuntimeError("The worker could not do it.")
    return bool(state == JobState.RUNNING)


def _state(staff: Staff, run: ImportRun) -> str:
    with visible_to(staff.school):
        run.refresh_from_db()
    return str(run.state)


def _pupils(staff: Staff) -> int:
    with visible_to(staff.school):
        return int(Pupil.objects.in_school(staff.school).count())


def _wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if until():
            return
        time.sleep(0.1)
    raise RuntimeError("The worker did not come to it.")


def _saves(clients: Sequence[Client]) -> list[float]:
    """Milliseconds of each, of all together."""
    for client in clients:
        # The server has ended what was quiet since the last turn; it is opened anew by itself.
        client.connection.close()
    begin = time.monotonic()
    with ThreadPoolExecutor(len(clients)) as pool:
        return [
            each for found in pool.map(lambda client: _when_due(client, begin), clients) for each in found
        ]


def _when_due(client: Client, begin: float) -> list[float]:
    found = []
    for number in range(int(SECONDS / PAUSE)):
        due = begin + number * PAUSE
        time.sleep(max(0.0, due - time.monotonic()))
        client.save()
        found.append((time.monotonic() - due) * 1000)
    return found
