"""PostgreSQL's own programs for backups: which to run, and as whom."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from lep_tracker.backups.files import BackupError
from lep_tracker.postgres_programs import wheel_program

# PostgreSQL closes a connection that begins with more than 10,000 bytes, settings included.
LONGEST_LIST_OF_SCHOOLS = 8_000


def program(name: str, *, server_version: int) -> str:
    """The path of `pg_dump`, `pg_restore` or `psql`, not older than the server: the machine's own for a real server, else the wheel's.

    Raises BackupError where there is none.
    """
    own = None if settings.IS_DATABASE_EMBEDDED else shutil.which(name)
    for path in (own, str(wheel_program(name))):
        if path and _version(path) >= server_version // 10_000:
            return path
    raise BackupError(
        f"There is no {name} of PostgreSQL {server_version // 10_000} or later: install the client programs of the server's version."
    )


def _version(path: str) -> int:
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else 0


def address(*, schools: str = "") -> tuple[str, dict[str, str]]:
    """Of the database this connection is at, as its owner: libpq's address, and an environment with the password, which no list of processes shows.

    `schools` are open for the length of the connection.
    """
    at: dict[str, Any] = {**connection.settings_dict, **(settings.DATABASE_OWNER or {})}
    parts = {
        **at.get("OPTIONS", {}),
        "dbname": connection.settings_dict["NAME"],
        "user": at["USER"],
        "host": at["HOST"],
        "port": str(at["PORT"]),
    }
    if schools:
        parts["options"] = f"{parts.get('options', '')} -c app.school_ids={schools}".strip()
    environment = {
        **{name: value for name, value in os.environ.items() if name not in {"PGOPTIONS", "PGSERVICE"}},
        "LC_ALL": "C",
        "PGTZ": "UTC",
        "PGCLIENTENCODING": "UTF8",
        "PGAPPNAME": "lep_tracker backup",
    }
    if at.get("PASSWORD"):
        environment["PGPASSWORD"] = at["PASSWORD"]
    return make_conninfo(**{name: value for name, value in parts.items() if value}), environment


@contextmanager
def running(
    arguments: list[str], environment: dict[str, str], *, stdin: int | IO[bytes], stdout: int
) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    """The program and the file that takes what it says of errors; ended with the block, however that ends."""
    with TemporaryFile() as errors:
        process = subprocess.Popen(arguments, env=environment, stdin=stdin, stdout=stdout, stderr=errors)
        try:
            yield process, errors
        finally:
            if process.poll() is None:
                process.kill()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    _close(pipe)
            process.wait()


def _close(pipe: IO[bytes]) -> None:
    # What was still to be sent to a program that has ended.
    with suppress(BrokenPipeError):
        pipe.close()


def problem_in(errors: IO[bytes]) -> str:
    """The first error a program spoke of, without what PostgreSQL quotes of rows."""
    errors.seek(0)
    lines = errors.read().decode(errors="replace").splitlines()
    told = [line for line in lines if re.search(r"\b(ERROR|FATAL|error):", line)]
    line = re.sub(r"^.*?\b(ERROR|FATAL|error):\s+", "", (told or lines or ["it gave no reason"])[0])
    # `invalid input syntax for type integer: "Ann"`: the value stands in quotes after the colon.
    return re.sub(r'(: )"[^"]*"?$', r"\1…", line)
