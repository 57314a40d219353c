"""The processes of a PostgreSQL server, found by what they run and where they stand, not by a number in a file.

A number may have been given to another process since, and a killed server leaves its number and its children behind.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path


def postgres_processes_in(folder: Path) -> set[int]:
    """The server's processes and those of a dead one: they run `postgres` and stand in its data directory."""
    if not folder.is_dir():
        return set()
    wanted = folder.stat()
    return {
        int(process.name)
        for process in Path("/proc").iterdir()
        if process.name.isdigit() and _is_postgres_in(process, wanted)
    }


def _is_postgres_in(process: Path, folder: os.stat_result) -> bool:
    try:
        program = (process / "exe").readlink().name.removesuffix(" (deleted)")
        return program == "postgres" and os.path.samestat((process / "cwd").stat(), folder)
    except OSError:  # it has ended, or is another user's
        return False


def postmaster_among(processes: set[int], cluster: Path) -> int | None:
    try:
        process = int((cluster / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None
    return process if process in processes else None


def end(cluster: Path, processes: set[int], how: signal.Signals, *, patience: float = 5) -> None:
    """Signal some processes of a cluster and wait until all its processes have gone; at the end of patience, kill."""
    deadline = time.monotonic() + patience
    _signal(processes, how)
    while remaining := postgres_processes_in(cluster):
        if time.monotonic() > deadline:
            _signal(remaining, signal.SIGKILL)
        time.sleep(0.02)


def _signal(processes: set[int], how: signal.Signals) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, how)
