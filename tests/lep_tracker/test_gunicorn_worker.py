"""A worker ends when it is told to, whatever it is just doing."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.workers.gthread import ThreadWorker

from lep_tracker.gunicorn_config import post_fork
from lep_tracker.gunicorn_worker import EvenWorker


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Any:
    """One just forked, in this process, which keeps its own signals."""
    monkeypatch.setattr(ThreadWorker, "init_signals", lambda self: None)
    made: Any = EvenWorker.__new__(EvenWorker)
    made.alive, made.cfg = True, SimpleNamespace(worker_int=lambda worker: None)
    return made


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGQUIT, signal.SIGTERM])
def test_what_the_master_said_before_the_worker_listened_ends_it(worker: Any, told: signal.Signals) -> None:
    heard: SimpleQueue[int] = SimpleQueue()
    post_fork(SimpleNamespace(SIG_QUEUE=heard), worker)
    heard.put(signal.SIGWINCH)
    worker.init_signals()
    assert heard.empty()
    heard.put(told)
    with pytest.raises(SystemExit) as ended:
        worker.init_signals()
    assert ended.value.code == 0


def test_a_worker_told_to_end_while_it_hands_on_a_request_waits_for_nothing(worker: Any) -> None:
    with ThreadPoolExecutor(max_workers=1) as worker.tpool:
        # As where the signal comes within `submit`.
        with worker.tpool._shutdown_lock, pytest.raises(SystemExit) as ended:
            worker.handle_quit(signal.SIGQUIT, None)
        assert ended.value.code == 0
    assert not worker.alive
