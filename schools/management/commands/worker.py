"""`manage.py worker`: makes what was asked for on a page and takes longer than a page may."""

from __future__ import annotations

import logging
import os
import select
import signal
import time
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections, connection
from django.utils import timezone

from schools.management.shell import say
from schools.services.giving_way import give_way
from schools.services.jobs import remove_old
from schools.services.worker import do_next, place_of
from schools.services.worker_apart import do_next_apart

log = logging.getLogger(__name__)

# Seconds: after a job it looks again at once, then less and less often.
_FIRST_SLEEP, _LONGEST_SLEEP, _SLOWER = 0.2, 2.0, 1.5
# After something went wrong outside of a job: the same again each time, up to a minute.
_LONGEST_PAUSE = 60.0
_TIDY_EVERY = 600.0


class Command(BaseCommand):
    help = "Make what was asked for and takes longer than a page may: governors' packs, all pupils' pages. Runs until it is told to end."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once",
            action="store_true",
            help="do what waits now, remove old files, and end",
        )
        parser.add_argument(
            "--beside",
            type=int,
            metavar="PID",
            help="end when this process does: script/server gives the server's",
        )

    def handle(self, *args: Any, once: bool, beside: int | None, **options: Any) -> None:
        self._is_told, self._is_alone = False, (_watch(beside) if beside else lambda: False)
        # Once: whoever starts it waits for it, and ends it.
        self._do_next = do_next if once else do_next_apart
        if once:
            remove_old(now=timezone.now())
            while self._one():
                pass
            return
        if beside and os.getpid() != os.getpgrp():
            # Ctrl-C in the server's terminal ends the server, and so the worker.
            os.setsid()
        give_way()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._tell)
        # A terminal was closed: whether the server goes on is the server's, and the worker does as it does.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        self._serve()

    def _tell(self, *_: Any) -> None:
        self._is_told = True

    def _is_to_end(self) -> bool:
        return self._is_told or self._is_alone()

    def _serve(self) -> None:
        sleep, pause, tidied = _FIRST_SLEEP, _LONGEST_SLEEP, float("-inf")
        while not self._is_to_end():
            try:
                if time.monotonic() - tidied > _TIDY_EVERY:
                    remove_old(now=timezone.now())
                    tidied = time.monotonic()
                sleep = _FIRST_SLEEP if self._one() else min(_LONGEST_SLEEP, sleep * _SLOWER)
                pause = _LONGEST_SLEEP
            except Exception as error:  # noqa: BLE001  # whatever it is, people wait
                # Mostly the database is away or being restarted: a job in hand is taken up again when its silence has lasted.
                log.error("The worker tries again in %d seconds: %s", pause, place_of(error))  # noqa: TRY400
                connection.close()
                sleep, pause = pause, min(_LONGEST_PAUSE, pause * 2)
            self._sleep(sleep)
            close_old_connections()

    def _sleep(self, seconds: float) -> None:
        """Long sleeps end soon after it is told to end."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not self._is_to_end():
            time.sleep(min(left, _LONGEST_SLEEP))

    def _one(self) -> bool:
        job = self._do_next(is_to_end=self._is_to_end)
        if job and self.stdout.isatty():
            job.refresh_from_db(fields=["state"])
            say(self.stdout, f"{timezone.localtime():%H:%M:%S} {job}")
        return job is not None


def _watch(process_id: int) -> Callable[[], bool]:
    """Whether the process is gone, asked as often as you like; another that gets its number is not taken for it."""
    try:
        process = os.pidfd_open(process_id)
    except ProcessLookupError:
        return lambda: True
    return lambda: bool(select.select([process], [], [], 0)[0])
