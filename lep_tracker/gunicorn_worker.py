"""gunicorn's worker with threads, which leaves connections to the worker that has fewer.

All workers are woken by a new connection, and the first to ask for it gets it: of eight browsers that come at about the same time, all
eight went to one worker, and stayed there for as long as their connections were kept, beside another that had nothing to do. One worker
runs Python on one processor at a time.
"""

from __future__ import annotations

import mmap
import signal
import socket
import sys
import threading
import time
from queue import SimpleQueue
from typing import Any

from gunicorn.workers.base import Worker
from gunicorn.workers.gthread import ThreadWorker

# Seconds for which a new connection is left to a worker with fewer: that one may be at a request, whose thread lets others of the
# process run every 5 ms.
_TO_OTHERS = 0.015
# Seconds between two connections that a worker gives up.
_BETWEEN_TWO = 0.1
_PLACES, _NOBODY = 64, -1
_ENDING = frozenset({signal.SIGINT, signal.SIGQUIT, signal.SIGTERM})


class _Connections:
    """How many connections each worker has open, in memory that the master shares with those forked from it.

    What stands here decides who waits a moment, never whether a connection is taken or a request answered: a wrong number costs milliseconds.
    """

    def __init__(self) -> None:
        self._open = memoryview(mmap.mmap(-1, _PLACES * 4)).cast("i")
        for place in range(_PLACES):
            self._open[place] = _NOBODY

    def tell(self, age: int, number: int) -> None:
        """Of the worker of this age: gunicorn counts its workers from 1, and never gives a number twice."""
        self._open[age % _PLACES] = number

    def remove(self, age: int) -> None:
        self._open[age % _PLACES] = _NOBODY

    def fewest_of_others(self, age: int) -> int:
        """Of the one with fewest; more than anybody has where there is no other."""
        others = (each for place, each in enumerate(self._open) if place != age % _PLACES)
        return min((each for each in others if each != _NOBODY), default=sys.maxsize)


_connections = _Connections()


class EvenWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A worker with threads and about as many connections as the others have."""

    # By the clock that only goes on: until when new connections are left to others, and from when one of its own may be given up.
    _leaves_until = _gives_up_from = 0.0

    # Where signals go until the worker hears them itself: the master's own list, of which a forked worker has a copy.
    heard_before: SimpleQueue[int]

    def init_process(self) -> None:
        self._giving_up = threading.Lock()
        super().init_process()

    def init_signals(self) -> None:
        """From here on the worker hears signals; one that told it to end a moment before, just forked, would be lost, and the server end a minute late."""
        super().init_signals()
        while not self.heard_before.empty():
            if self.heard_before.get_nowait() in _ENDING:
                sys.exit(0)

    def handle_quit(self, sig: int, frame: Any) -> None:
        """End at once, as any worker does.

        The one with threads would close the pool of its threads first, and wait for a lock. Where the signal comes while this very thread has it, to hand a request to the
        pool, that is for ever: until the master kills it, a minute later.
        """
        Worker.handle_quit(self, sig, frame)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer; and where another worker has fewer by two, end the connection with the answer: the browser's next goes there.

        So it is after a start, when all come to the worker that is there first.
        """
        if self._is_to_give_up_one():
            req.force_close()
        return super().handle_request(req, conn)

    def _is_to_give_up_one(self) -> bool:
        """At most ten a second, that what has left for the other is there, and counted, before the next does."""
        if self.nr_conns < _connections.fewest_of_others(self.age) + 2:
            return False
        with self._giving_up:
            now = time.monotonic()
            if now < self._gives_up_from:
                return False
            self._gives_up_from = now + _BETWEEN_TWO
            return True

    def accept(self, listener: socket.socket) -> None:
        """Take a new connection; where another worker has fewer, only if that one has not taken it after a moment."""
        now = time.monotonic()
        was_left = self._leaves_until <= now < self._leaves_until + _TO_OTHERS
        if not was_left and _connections.fewest_of_others(self.age) < self.nr_conns:
            self._leaves_until = now + _TO_OTHERS
            self.set_accept_enabled(enabled=False)
            return
        super().accept(listener)
        _connections.tell(self.age, self.nr_conns)

    def set_accept_enabled(self, enabled: bool) -> None:  # noqa: FBT001  # as gunicorn calls it
        """As gunicorn does before it waits for what comes next, but not while connections are left to others."""
        if not (enabled and time.monotonic() < self._leaves_until):
            super().set_accept_enabled(enabled)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """As gunicorn does, no longer than connections are left to others. Those that were closed, in many places of its own, are counted here.

        So a worker that has not begun, or is told to end, is none that others leave anything to.
        """
        if self.alive:
            _connections.tell(self.age, self.nr_conns)
        else:
            _connections.remove(self.age)
        left = self._leaves_until - time.monotonic()
        super().wait_for_and_dispatch_events(min(timeout, left) if left > 0 else timeout)


def forget(worker: Any) -> None:
    """The worker has ended, however it did."""
    _connections.remove(worker.age)
