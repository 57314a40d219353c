"""Gives the tests a database of their own; named in pyproject.toml, so that it is there before the settings are read.

Without DATABASE_URL that is an embedded server beside the one of the site, quick and not durable: started for the
session, shared by its workers, stopped by the last session to end. With DATABASE_URL it is that server, and
DATABASE_OWNER_URL must name the owner.
"""

from __future__ import annotations

import os
from contextlib import ExitStack

import pytest

from lep_tracker.embedded_postgres import EmbeddedPostgresError, data_directory, embedded

_is_embedded = not os.environ.get("DATABASE_URL")
_is_first_process = "LEP_TESTS_IN" not in os.environ
_session = ExitStack()

if _is_embedded and _is_first_process:
    os.environ["LEP_TESTS_IN"] = os.environ["LEP_DATA_DIR"] = str(data_directory() / "tests")
    os.environ["LEP_DATABASE_DURABLE"] = "0"


def pytest_configure() -> None:
    if not (_is_embedded and _is_first_process):
        return
    try:
        _session.enter_context(embedded().in_use())
    except EmbeddedPostgresError as error:
        raise pytest.UsageError(str(error)) from error


def pytest_unconfigure() -> None:
    _session.close()
