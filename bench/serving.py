"""Saves of 8 clients at once beside those of one, at the site as `script/server` serves it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from bench.classes import Cell, cells
from bench.measure import Measure
from bench.wide_sheet import wide_school
from bench.world import Visitor, headers, sign_in

CLIENTS, TURNS, SECONDS = 8, 7, 1.5
LIMIT = 1.4
_PATIENCE = 60.0


def measures() -> list[Measure]:
    """A rate: the value is that of 8, the floor that of 1, and the ratio should reach its limit. Each client saves a cell of its own."""
    staff = wide_school()
    visitor = sign_in(staff.teacher)
    with served() as port:
        clients = [Client(port, visitor, cell) for cell in cells(staff)[:CLIENTS]]
        _rate(clients)
        pairs = [(_rate(clients), _rate(clients[:1])) for _ in range(TURNS)]
    value, floor = (statistics.median(column) for column in zip(*pairs, strict=True))
    return [
        Measure(
            f"saves_{CLIENTS}_clients",
            round(value, 1),
            "saves/s",
            round(floor, 1),
            round(value / floor, 2),
            LIMIT,
        )
    ]


@dataclass
class Client:
    """One person at one cell, on a connection that stays open."""

    port: int
    visitor: Visitor
    cell: Cell

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("localhost", self.port)

    def save_until(self, end: float) -> int:
        """How many saves were answered before the end."""
        saved = 0
        while time.monotonic() < end:
            self.save()
            saved += 1
        return saved

    def save(self) -> None:
        """One save, until it is answered."""
        self.cell.save(self._send)

    def _send(self, path: str, fields: Mapping[str, str]) -> None:
        sent = headers(self.visitor, f"http://localhost:{self.port}")
        self.connection.request("POST", path, urlencode(fields), sent)
        answer = self.connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")


def _rate(clients: Sequence[Client]) -> float:
    """Saves a second, of all together."""
    began = time.monotonic()
    with ThreadPoolExecutor(len(clients)) as pool:
        saved: int = sum(pool.map(lambda client: client.save_until(began + SECONDS), clients))
    return saved / (time.monotonic() - began)


@contextmanager
def served() -> Iterator[int]:
    """The site by gunicorn, with its own numbers of workers and threads, on a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    ours = {
        name: value
        for name, value in os.environ.items()
        if name not in {"LEP_WORKERS", "LEP_THREADS", "LEP_BIND", "LEP_SITE_ADDRESS"}
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "python:lep_tracker.gunicorn_config"],
        env={**ours, "LEP_PORT": str(port)},
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait(server, port)
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(_PATIENCE)


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + _PATIENCE
    while server.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The site was not served.")
