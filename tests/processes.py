"""For tests that start real processes and kill them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


@contextmanager
def reachable_folder() -> Iterator[Path]:
    """A folder that the user of a PostgreSQL server can enter: pytest's own ones are open to their owner alone."""
    folder = Path(tempfile.mkdtemp(prefix="lep-test-", dir=_quick_disk()))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _quick_disk() -> str:
    memory = os.statvfs("/dev/shm")
    is_usable = memory.f_bavail * memory.f_frsize > 2**30 and not memory.f_flag & os.ST_NOEXEC
    return "/dev/shm" if is_usable and os.access("/dev/shm", os.W_OK) else "/tmp"


def copied(made: Path, to: Path) -> Path:
    """The files of a stopped server once more; the programs may be the same files."""
    to.mkdir()
    shutil.copystat(made, to)
    for each in made.iterdir():
        link = ["--link"] if each.name.startswith("postgresql-") else []
        subprocess.run(["cp", "--archive", *link, each, to], check=True)
    return to


def wait_until(condition: Callable[[], object], *, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} seconds"
        time.sleep(0.01)


def environment(**variables: str | None) -> dict[str, str]:
    """This process's environment without what the tests' own database set in it; None takes a variable out."""
    changed = {"LEP_TESTS_IN": None, "LEP_DATA_DIR": None, "DATABASE_URL": None, "DATABASE_OWNER_URL": None}
    merged = {**os.environ, **changed, **variables}
    return {name: value for name, value in merged.items() if value is not None}


def python(*arguments: str, **variables: str | None) -> subprocess.Popen[str]:
    """Python in the checkout, as a group of its own, with both outputs to read."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=CHECKOUT,
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finished(process: subprocess.Popen[str], *, seconds: float = 60) -> tuple[int, str, str]:
    """Its exit code and what it wrote to both outputs."""
    out, err = process.communicate(timeout=seconds)
    return process.returncode, out, err


def killed(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate(timeout=30)
