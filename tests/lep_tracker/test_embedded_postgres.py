from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from lep_tracker import embedded_postgres
from lep_tracker.data_directory import space_problem
from lep_tracker.embedded_postgres import (
    DATABASE,
    PORT,
    EmbeddedPostgres,
    EmbeddedPostgresError,
    create_directory,
    data_directory,
)
from lep_tracker.postgres_processes import postgres_processes_in, postmaster_among
from lep_tracker.postgres_programs import server_user
from tests.processes import CHECKOUT, copied, finished, killed, python, wait_until

as_root_only = pytest.mark.skipif(os.geteuid() != 0, reason="PostgreSQL runs as another user only for root")

START = """
import sys
from pathlib import Path
from lep_tracker.embedded_postgres import EmbeddedPostgres
EmbeddedPostgres(Path(sys.argv[1]), is_durable=False).start()
"""


@pytest.fixture
def server(stopped_server: EmbeddedPostgres) -> EmbeddedPostgres:
    """A server that was stopped; its files survive a power cut, as those of the site do."""
    return EmbeddedPostgres(stopped_server.directory)


@pytest.fixture
def new_server(folder: Path) -> Iterator[EmbeddedPostgres]:
    """A server whose files have not been made."""
    server = EmbeddedPostgres(folder / "data", is_durable=False)
    yield server
    server.stop()


def ask(
    server: EmbeddedPostgres, query: str, *, role: str = "postgres", database: str = DATABASE
) -> list[Any]:
    address = {"host": str(server.socket_directory), "port": PORT, "user": role, "dbname": database}
    with psycopg.connect(**address) as connection:
        cursor = connection.execute(query)  # type: ignore[call-overload]
        return cursor.fetchall() if cursor.description else []


def postmaster_of(server: EmbeddedPostgres) -> int:
    process = postmaster_among(postgres_processes_in(server.cluster), server.cluster)
    assert process is not None
    return process


def kill_postmaster(server: EmbeddedPostgres) -> None:
    process = postmaster_of(server)
    os.kill(process, signal.SIGKILL)
    wait_until(lambda: process not in postgres_processes_in(server.cluster))


# --- what is made ------------------------------------------------------------------------------------------------


def test_start_makes_three_roles_that_row_security_binds(server: EmbeddedPostgres) -> None:
    server.start()
    roles = ask(
        server,
        "SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
        " WHERE rolname ~ '^lep' ORDER BY rolname",
    )
    assert roles == [
        ("lep_aggregate", False, False, False, False, False),
        ("lep_app", True, False, False, False, False),
        ("lep_owner", True, False, False, False, True),
    ]


def test_a_server_that_an_earlier_version_made_gets_the_roles_that_it_lacks(server: EmbeddedPostgres) -> None:
    """While it runs, as after an update, and once."""
    server.start()
    ask(server, "SELECT 1 FROM pg_roles WHERE rolname = 'lep_aggregate'")
    made = server.directory / "roles.sha256"
    wanted = made.read_text()
    made.write_text("an earlier one's")
    address = {"host": str(server.socket_directory), "dbname": "lep_tracker", "user": "postgres"}
    with psycopg.connect(**address, autocommit=True) as administrator:  # type: ignore[arg-type]
        administrator.execute("DROP OWNED BY lep_aggregate; DROP ROLE lep_aggregate")
    server.start()
    assert made.read_text() == wanted
    assert ask(server, "SELECT pg_has_role('lep_app', 'lep_aggregate', 'SET')") == [(True,)]


def test_start_makes_a_database_whose_schema_only_its_owner_changes(server: EmbeddedPostgres) -> None:
    server.start()
    database = (
        "SELECT pg_get_userbyid(datdba), datlocprovider, datlocale, pg_encoding_to_char(encoding),"
        " current_setting('TimeZone') FROM pg_database WHERE datname = current_database()"
    )
    rights = "SELECT has_schema_privilege('public', 'USAGE'), has_schema_privilege('public', 'CREATE')"
    assert ask(server, database) == [("lep_owner", "b", "C.UTF-8", "UTF8", "UTC")]
    assert ask(server, rights, role="lep_owner") == [(True, True)]
    assert ask(server, rights, role="lep_app") == [(True, False)]
    assert ask(server, "SELECT 1 FROM pg_extension WHERE extname = 'btree_gist'") == [(1,)]
    public = "SELECT count(*) FROM aclexplode((SELECT nspacl FROM pg_namespace WHERE nspname = 'public')) WHERE grantee = 0"
    assert ask(server, public) == [(0,)]


def test_roles_sql_may_run_again_and_takes_rights_that_are_too_strong(server: EmbeddedPostgres) -> None:
    server.start()
    ask(server, "ALTER ROLE lep_app SUPERUSER BYPASSRLS CREATEDB")
    psql = server.version_directory / "embedded_postgres/pginstall/bin/psql"
    address = ["--host", str(server.socket_directory), "--username=postgres", "--dbname=postgres"]
    subprocess.run([psql, "-Xq", *address, "--file", CHECKOUT / "lep_tracker/roles.sql"], check=True)
    strong = "SELECT rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = 'lep_app'"
    assert ask(server, strong) == [(False, False, False)]


def test_status_tells_where_and_how_much(server: EmbeddedPostgres) -> None:
    assert not server.status().is_running
    server.start()
    status = server.status()
    assert status.is_running
    assert status.directory == server.directory
    assert status.size > 10 * 2**20
    assert server.version_directory.name == f"postgresql-{status.version}"


def test_log_names_no_pupil(server: EmbeddedPostgres) -> None:
    server.start()
    ask(server, "CREATE TABLE pupil (name text PRIMARY KEY); INSERT INTO pupil VALUES ('Ada Lovelace')")
    for wrong in ("INSERT INTO pupil VALUES ('Ada Lovelace')", "SELECT 'Ada Lovelace'::integer"):
        with pytest.raises(psycopg.Error, match="Ada Lovelace"):
            ask(server, wrong)
    # A killed connection makes PostgreSQL tell what it was doing.
    busy = "SELECT pg_backend_pid(), 'Ada Lovelace'"
    with pytest.raises(psycopg.Error):
        ask(server, f"{busy}; COPY (SELECT 1) TO PROGRAM 'kill -9 $PPID'; SELECT pg_sleep(9)")
    server.start()
    assert "terminated by signal 9" in server.log.read_text()
    assert "Lovelace" not in server.log.read_text()


@pytest.mark.parametrize("pause", [0, 0.02, 0.05, 0.1])
def test_a_server_that_puts_itself_right_after_a_crash_ends_when_it_is_told_to(
    server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch, pause: float
) -> None:
    monkeypatch.setattr(embedded_postgres, "PATIENCE", 8.0)
    server.start()
    with pytest.raises(psycopg.Error):
        ask(server, "COPY (SELECT 1) TO PROGRAM 'kill -9 $PPID'; SELECT pg_sleep(9)")
    wait_until(lambda: "terminated by signal 9" in server.log.read_text())
    time.sleep(pause)
    server.stop()
    # Where it has to be killed, it does not come to say so.
    assert server.log.read_text().splitlines()[-1].endswith("database system is shut down")


def test_long_log_is_put_aside_at_start(server: EmbeddedPostgres) -> None:
    server.log.write_text("x" * (2**20 + 1))
    server.start()
    assert server.log.stat().st_size < 2**20
    assert server.log.with_suffix(".old.log").stat().st_size == 2**20 + 1


def test_server_holds_neither_our_locks_nor_our_environment(
    server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEP_SECRET_KEY", "a-key-to-look-for")
    server.start()
    for process in postgres_processes_in(server.cluster):
        about = Path("/proc") / str(process)
        assert "a-key-to-look-for" not in (about / "environ").read_text()
        open_files = {str(descriptor.readlink()) for descriptor in (about / "fd").iterdir()}
        assert not {path for path in open_files if path.endswith("lock") and "/socket/" not in path}


# --- starting and stopping ------------------------------------------------------------------------------------------


def test_start_and_stop_may_be_repeated(server: EmbeddedPostgres) -> None:
    server.stop()
    server.start()
    first = postmaster_of(server)
    server.start()
    assert postmaster_of(server) == first
    server.stop()
    server.stop()
    assert not server.is_running()
    assert postgres_processes_in(server.cluster) == set()


def test_stop_of_a_server_that_was_never_made_does_nothing(folder: Path) -> None:
    EmbeddedPostgres(folder / "data").stop()
    assert not (folder / "data").exists()


def test_starts_at_the_same_time_make_one_server(new_server: EmbeddedPostgres) -> None:
    starts = [python("-c", START, str(new_server.directory)) for _ in range(4)]
    assert [finished(start) for start in starts] == [(0, "", "")] * 4
    processes = postgres_processes_in(new_server.cluster)
    parents = {int(Path(f"/proc/{process}/stat").read_text().split()[3]) for process in processes}
    assert parents & processes == {postmaster_of(new_server)}
    assert not new_server.cluster.with_name("cluster.new").exists()


def test_in_use_stops_the_server_with_the_last_user(server: EmbeddedPostgres) -> None:
    with server.in_use():
        with server.in_use():
            assert server.is_running()
        assert server.is_running()
    assert not server.is_running()


def test_programs_of_another_version_go_at_the_next_start(server: EmbeddedPostgres) -> None:
    other = server.version_directory.with_name("postgresql-18.0.0")
    other.mkdir()
    server.start()
    assert not other.exists()


# --- after a kill ----------------------------------------------------------------------------------------------------


def test_start_after_kill_of_the_postmaster_keeps_what_was_committed(server: EmbeddedPostgres) -> None:
    server.start()
    ask(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    kill_postmaster(server)
    server.start()
    assert ask(server, "SELECT answer FROM kept") == [(42,)]


def test_start_after_kill_of_the_postmaster_ends_a_busy_orphan(server: EmbeddedPostgres) -> None:
    server.start()
    query = "SELECT count(*) FROM pg_class a, pg_class b, pg_class c, pg_class d"
    address = f"host={server.socket_directory} user=postgres dbname={DATABASE}"
    client = python(
        "-c", "import psycopg, sys; psycopg.connect(sys.argv[1]).execute(sys.argv[2])", address, query
    )
    is_busy = "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_class d%' AND pid <> pg_backend_pid()"
    wait_until(lambda: ask(server, is_busy))
    kill_postmaster(server)
    assert postgres_processes_in(server.cluster) != set()
    server.start()
    assert ask(server, "SELECT 1") == [(1,)]
    assert finished(client)[0] == 1


MOMENTS: dict[str, Callable[[EmbeddedPostgres], bool]] = {
    "at once": lambda server: True,
    "while the programs are copied": lambda server: any(server.directory.glob("*.partial")),
    "when initdb begins": lambda server: server.cluster.with_name("cluster.new").exists(),
    "when initdb has written": lambda server: (
        server.cluster.with_name("cluster.new") / "PG_VERSION"
    ).exists(),
    "while the roles are made": lambda server: (
        server.cluster.with_name("cluster.new") / "postmaster.pid"
    ).exists(),
    "when the cluster is whole": lambda server: server.cluster.exists(),
}


def kill_a_start(server: EmbeddedPostgres, has_come: Callable[[EmbeddedPostgres], bool]) -> None:
    start = python("-c", START, str(server.directory))
    wait_until(lambda: has_come(server) or start.poll() is not None)
    with suppress(subprocess.TimeoutExpired):
        start.wait(timeout=random.uniform(0, 0.15))
    killed(start)


@pytest.mark.parametrize("moment", MOMENTS)
def test_start_after_a_kill_in_the_middle_of_the_first_start(
    new_server: EmbeddedPostgres, moment: str
) -> None:
    for _ in range(2):
        kill_a_start(new_server, MOMENTS[moment])
    new_server.start()
    assert ask(new_server, "SELECT 1", role="lep_app") == [(1,)]
    assert not new_server.cluster.with_name("cluster.new").exists()
    assert not any(new_server.directory.glob("*.partial"))
    assert postgres_processes_in(new_server.cluster) >= {postmaster_of(new_server)}


def test_start_while_a_killed_start_goes_on_waits_for_it(server: EmbeddedPostgres) -> None:
    start = python("-c", START, str(server.directory))
    wait_until(lambda: postgres_processes_in(server.cluster) or start.poll() is not None)
    killed(start)
    server.start()
    assert ask(server, "SELECT 1") == [(1,)]


def test_start_believes_no_number_that_another_process_has_now(server: EmbeddedPostgres) -> None:
    sleeper = subprocess.Popen(["sleep", "60"], user=server_user().pw_uid if os.geteuid() == 0 else None)
    try:
        socket = server.socket_directory / f".s.PGSQL.{PORT}"
        for stale in (server.cluster / "postmaster.pid", socket.with_name(socket.name + ".lock")):
            stale.write_text(
                f"{sleeper.pid}\n{server.cluster}\n1700000000\n{PORT}\n{server.socket_directory}\n\n"
            )
        assert not server.is_running()
        server.stop()
        assert sleeper.poll() is None
        server.start()
        assert ask(server, "SELECT 1") == [(1,)]
        assert sleeper.poll() is None
    finally:
        sleeper.kill()
        sleeper.wait()


def test_lock_of_a_killed_process_blocks_nobody(server: EmbeddedPostgres) -> None:
    code = START.replace(".start()", "._locked().__enter__(); print('locked', flush=True); input()")
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(server.directory)],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "locked\n"
    killed(holder)
    server.start()
    assert server.is_running()


# --- what is wrong is told in a sentence --------------------------------------------------------------------------------


def test_space_problem_tells_how_much_is_missing() -> None:
    assert space_problem(Path("/data"), free=300 * 2**20) is None
    problem = space_problem(Path("/data"), free=7 * 2**20, needed=300 * 2**20)
    assert problem is not None
    assert problem.startswith(
        "There is not enough space for the database in /data: 7 MB are free, 300 MB are needed."
    )


def test_failed_start_shows_the_end_of_the_log(server: EmbeddedPostgres) -> None:
    (server.cluster / "global" / "pg_control").write_bytes(b"")
    with pytest.raises(
        EmbeddedPostgresError, match=r"did not start; its log .*postgresql.log ends:\n(.*\n)*.*pg_control"
    ):
        server.start()


def test_data_of_another_major_version_are_not_touched(server: EmbeddedPostgres) -> None:
    (server.cluster / "PG_VERSION").write_text("17\n")
    with pytest.raises(
        EmbeddedPostgresError, match="were made by PostgreSQL 17, but PostgreSQL 18 is installed"
    ):
        server.start()


def test_path_that_a_shell_would_change_is_refused(folder: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match="quotes, dollar signs and backslashes"):
        EmbeddedPostgres(folder / "a$b").start()


def test_path_that_is_a_file_is_refused(folder: Path) -> None:
    (folder / "data").touch()
    with pytest.raises(EmbeddedPostgresError, match="cannot be used for the database"):
        EmbeddedPostgres(folder / "data").start()


@as_root_only
def test_folder_that_the_servers_user_cannot_enter_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(
        EmbeddedPostgresError, match=r"not run as root but as nobody, who cannot enter .*chmod o\+x"
    ):
        EmbeddedPostgres(tmp_path / "data").start()


@as_root_only
def test_folder_of_another_user_is_refused(folder: Path) -> None:
    (folder / "data").mkdir()
    os.chown(folder / "data", server_user().pw_uid, -1)
    with pytest.raises(EmbeddedPostgresError, match=r"belongs to another user \(nobody\)"):
        EmbeddedPostgres(folder / "data").start()


@as_root_only
def test_data_of_another_user_are_refused(server: EmbeddedPostgres) -> None:
    os.chown(server.cluster, 0, 0)
    with pytest.raises(EmbeddedPostgresError, match="belong to root, but PostgreSQL would run as nobody"):
        server.start()


# --- where things are ---------------------------------------------------------------------------------------------------


def test_socket_moves_out_of_a_path_that_is_too_long(folder: Path, made_database: Path) -> None:
    deep = folder / ("x" * 100)
    copied(made_database, deep)
    server = EmbeddedPostgres(deep)
    assert len(os.fsencode(server.socket_directory / f".s.PGSQL.{PORT}")) <= 107
    assert not server.socket_directory.is_relative_to(deep)
    try:
        server.start()
        assert ask(server, "SELECT 1") == [(1,)]
        assert server.socket_directory.stat().st_mode & 0o077 == 0
    finally:
        server.stop()
        server.socket_directory.rmdir()


def test_socket_is_not_put_into_a_folder_that_others_may_enter(folder: Path) -> None:
    server = EmbeddedPostgres(folder / ("x" * 100))
    server.socket_directory.mkdir()
    server.socket_directory.chmod(0o777)
    try:
        with pytest.raises(EmbeddedPostgresError, match="is not private to"):
            server.start()
    finally:
        server.socket_directory.rmdir()


def test_data_directory_is_chosen_or_named_after_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEP_DATA_DIR", "/srv/lep")
    assert data_directory() == Path("/srv/lep")
    monkeypatch.setenv("LEP_DATA_DIR", "")
    monkeypatch.setenv("XDG_DATA_HOME", "/share")
    base = Path("/var/lib/lep-tracker" if os.geteuid() == 0 else "/share/lep-tracker")
    assert data_directory().parent == base
    assert re.fullmatch(r"[A-Za-z0-9._-]+-[0-9a-f]{8}", data_directory().name)


def test_create_directory_is_private_but_for_passing_through(folder: Path) -> None:
    create_directory(folder / "one" / "two")
    create_directory(folder / "one" / "two")
    assert (folder / "one" / "two").stat().st_mode & 0o777 == (0o711 if os.geteuid() == 0 else 0o700)
