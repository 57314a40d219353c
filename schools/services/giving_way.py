"""A worker's processes give way to people who save judgements: its own, and the one that the database answers it with."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from django.db import connection

NICE = 19
"""The least share of a processor that there is."""


def give_way() -> None:
    """Everything else goes before this process and those that it starts."""
    os.nice(NICE)
    if os.getsid(0) == os.getpid():
        # The session of somebody's terminal is not its to slow down.
        _let_session_give_way(os.getpid())


def let_database_give_way() -> None:
    """The same for the process of PostgreSQL that serves this connection, where it runs on this machine and is ours to slow down.

    Half of what a page costs is worked out there, and at the priority of a save, unless told otherwise.
    """
    if not str(connection.settings_dict["HOST"]).startswith("/"):
        # Not by a socket of this machine: the number may be anybody's here.
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (process,) = cursor.fetchone()
    with suppress(OSError):
        if Path(f"/proc/{process}/cmdline").read_bytes().startswith(b"postgres:"):
            os.setpriority(os.PRIO_PROCESS, process, NICE)
            _let_session_give_way(process)


def _let_session_give_way(process: int) -> None:
    """Where Linux groups processes by session (sched(7), autogroup) it shares a processor out between the sessions first, the server's, each of the
    database's and the worker's, and looks at niceness only within each.
    """
    with suppress(OSError):
        Path(f"/proc/{process}/autogroup").write_text(str(NICE), encoding="ascii")
