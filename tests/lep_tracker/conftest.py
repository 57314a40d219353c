from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lep_tracker.embedded_postgres import EmbeddedPostgres
from tests.processes import copied, reachable_folder


@pytest.fixture(scope="session")
def made_database() -> Iterator[Path]:
    """The files of a stopped server, to be copied: making them takes longer than all else."""
    with reachable_folder() as folder:
        server = EmbeddedPostgres(folder / "data", is_durable=False)
        server.start()
        server.stop()
        yield server.directory


@pytest.fixture
def folder() -> Iterator[Path]:
    with reachable_folder() as folder:
        yield folder


@pytest.fixture
def stopped_server(folder: Path, made_database: Path) -> Iterator[EmbeddedPostgres]:
    """A server of the test's own, which it may start and kill."""
    server = EmbeddedPostgres(copied(made_database, folder / "data"), is_durable=False)
    yield server
    server.stop()
