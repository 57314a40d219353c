from __future__ import annotations

import http.client
import io
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import get_finder
from django.core.management import call_command

from lep_tracker.embedded_postgres import EmbeddedPostgres
from lep_tracker.starting import port_problem
from tests.processes import finished, python, wait_until

GUNICORN = ["-m", "gunicorn", "--config", "python:lep_tracker.gunicorn_config"]


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def variables(stopped_server: EmbeddedPostgres, port: int) -> dict[str, str]:
    place = str(stopped_server.directory)
    # Where script/server collects static files: these tests serve none, and a missing folder is warned of.
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
    return {
        "LEP_DATA_DIR": place,
        "LEP_DATABASE_DURABLE": "0",
        "LEP_PORT": str(port),
        "LEP_BIND": "127.0.0.1",
    }


def is_healthy(port: int) -> bool:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/health/", headers={"Host": f"localhost:{port}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return bool(response.read() == b"ok\n")
    except (urllib.error.URLError, ConnectionError):
        return False


def workers_of(master: int) -> set[int]:
    return {int(word) for word in Path(f"/proc/{master}/task/{master}/children").read_text().split()}


@contextmanager
def serving(stopped_server: EmbeddedPostgres, port: int) -> Iterator[subprocess.Popen[str]]:
    master = python(*GUNICORN, **variables(stopped_server, port))
    try:
        wait_until(lambda: is_healthy(port) or master.poll() is not None)
        yield master
    finally:
        master.terminate()
        master.communicate(timeout=30)


def test_site_is_served_from_nothing_and_says_where(stopped_server: EmbeddedPostgres, port: int) -> None:
    with serving(stopped_server, port) as master:
        assert is_healthy(port)
        assert len(workers_of(master.pid)) == 2
        master.send_signal(signal.SIGINT)
        assert finished(master) == (0, f"Serving on http://localhost:{port} (Ctrl-C stops it).\n", "")
    assert stopped_server.is_running()


def test_kill_of_a_worker_is_made_good(stopped_server: EmbeddedPostgres, port: int) -> None:
    with serving(stopped_server, port) as master:
        before = workers_of(master.pid)
        victim = min(before)
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: len(workers_of(master.pid) - {victim}) == 2)
        wait_until(lambda: is_healthy(port))


def test_connections_that_stay_are_shared_by_the_workers(stopped_server: EmbeddedPostgres, port: int) -> None:
    with serving(stopped_server, port) as master:
        browsers = [http.client.HTTPConnection("127.0.0.1", port) for _ in range(8)]

        def ask() -> list[int]:
            """One page for each browser, and how many connections each worker has then."""
            for browser in browsers:
                browser.request("GET", "/health/", headers={"Host": f"localhost:{port}"})
                assert browser.getresponse().read() == b"ok\n"
            return sorted(connections_of(worker, port) for worker in workers_of(master.pid))

        # At first all may have come to the worker that was there first.
        wait_until(lambda: ask() in ([3, 5], [4, 4]))
        # And to the one that is left, when the other ends.
        os.kill(min(workers_of(master.pid)), signal.SIGTERM)
        time.sleep(0.5)
        wait_until(lambda: ask() in ([3, 5], [4, 4]))
        for browser in browsers:
            browser.close()


def connections_of(worker: int, port: int) -> int:
    """How many the process holds that came to the port: state 01 is an open one."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    open_ones = {row[9] for row in rows if row[3] == "01" and row[1].endswith(f":{port:04X}")}
    held = set()
    # A worker that ended meanwhile holds none, nor does it hold what was closed since it was listed.
    with suppress(FileNotFoundError):
        for each in Path(f"/proc/{worker}/fd").iterdir():
            with suppress(FileNotFoundError):
                held.add(str(each.readlink()))
    return len({f"socket:[{inode}]" for inode in open_ones} & held)


def test_kill_of_the_master_leaves_its_port_to_the_next(stopped_server: EmbeddedPostgres, port: int) -> None:
    with serving(stopped_server, port) as master:
        workers = workers_of(master.pid)
        master.kill()
        assert port_problem("127.0.0.1", port, patience=20) is None
        wait_until(lambda: not {worker for worker in workers if Path(f"/proc/{worker}/exe").exists()})
    with serving(stopped_server, port) as master:
        assert is_healthy(port)


def test_site_outlives_a_kill_of_the_database(stopped_server: EmbeddedPostgres, port: int) -> None:
    with serving(stopped_server, port):
        postmaster = int((stopped_server.cluster / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGKILL)
        wait_until(lambda: not stopped_server.is_running())
        stopped_server.start()
        wait_until(lambda: is_healthy(port))


def test_unreachable_database_is_a_sentence(port: int) -> None:
    url = "postgresql://lep_app:a-secret@127.0.0.1:1/tracker"
    code, out, err = finished(python(*GUNICORN, DATABASE_URL=url, LEP_SECRET_KEY="any", LEP_PORT=str(port)))
    assert (code, out) == (1, "")
    assert err.startswith("The database tracker at 127.0.0.1:1 cannot be reached as the user lep_app: ")
    assert "a-secret" not in err


def test_superuser_is_not_served_with(stopped_server: EmbeddedPostgres, port: int) -> None:
    stopped_server.start()
    url = f"postgresql:///lep_tracker?host={stopped_server.socket_directory}&user=postgres"
    code, out, err = finished(python(*GUNICORN, DATABASE_URL=url, LEP_SECRET_KEY="any", LEP_PORT=str(port)))
    assert (code, out) == (1, "")
    assert err.startswith("The database role postgres is too strong to serve with: it is a superuser")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("name", ["LEP_PORT", "LEP_WORKERS", "LEP_THREADS"])
def test_number_that_is_none_is_a_sentence(name: str) -> None:
    assert finished(python(*GUNICORN, **{name: "many"})) == (
        1,
        "",
        f"{name} is 'many': write a whole number from 1 up.\n",
    )


def test_port_in_use_is_a_sentence(stopped_server: EmbeddedPostgres) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
        code, out, err = finished(python("manage.py", "prepare", **variables(stopped_server, port)))
    assert (code, out) == (1, "")
    assert (
        f"Port {port} is in use by another program: stop that, or choose another port with LEP_PORT." in err
    )


@pytest.mark.django_db(transaction=True)
def test_prepare_collects_static_files_only_when_one_changed(
    settings: Any, tmp_path: Path, port: int
) -> None:
    settings.LOADS_DEMO = False
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "one.css").write_text("p {}")
    settings.PORT = port
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STATICFILES_DIRS = [tmp_path / "given"]
    get_finder.cache_clear()

    def prepare() -> list[str]:
        out = io.StringIO()
        call_command("prepare", stdout=out)
        return [line.partition(" ... ")[0] for line in out.getvalue().splitlines()]

    assert prepare() == ["Updating the database", "Collecting static files"]
    assert (settings.STATIC_ROOT / "one.css").read_text() == "p {}"
    assert prepare() == ["Updating the database"]
    (tmp_path / "given" / "one.css").write_text("p {margin: 0}")
    assert prepare() == ["Updating the database", "Collecting static files"]
    get_finder.cache_clear()


def test_port_problem_names_an_address_that_is_not_ours() -> None:
    problem = port_problem("192.0.2.1", 8000)
    assert problem is not None
    assert problem.startswith("The site cannot be served on 192.0.2.1, port 8000 (")
    assert port_problem("127.0.0.1", 99999) == "LEP_PORT is 99999: write a number from 1 to 65535."
