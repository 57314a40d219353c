"""What every way into the site does first: manage.py, the WSGI application and gunicorn's master."""

from __future__ import annotations

import errno
import gc
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import get_resolver

from lep_tracker.database_roles import DatabaseRefused
from lep_tracker.embedded_postgres import EmbeddedPostgresError, embedded

SECONDS_FOR_A_KILLED_SERVER_TO_LEAVE = 3.0


def start_embedded_database() -> None:
    """Have the embedded server running, unless DATABASE_URL names another; raises EmbeddedPostgresError."""
    if not os.environ.get("DATABASE_URL"):
        embedded().start()


def loaded_application() -> WSGIHandler:
    """The site with all that its requests need, which Python then no longer looks through for garbage: that took 3 ms of many a request."""
    application = get_wsgi_application()
    # Imports the views, and with them all the rest.
    get_resolver().url_patterns  # noqa: B018
    gc.collect()
    gc.freeze()
    return application


@contextmanager
def plain_errors() -> Iterator[None]:
    """Exit with code 1 and a sentence, not a traceback, for what is wrong around the site rather than in it."""
    try:
        yield
    except (EmbeddedPostgresError, DatabaseRefused, ImproperlyConfigured) as error:
        sys.exit(str(error))
    except OperationalError as error:
        sys.exit(database_problem(error))
    except ProgrammingError:
        # A table that is missing says so only when it is read. Else the statement is wrong, and the traceback tells where.
        if not is_behind():
            raise
        sys.exit("The database is empty or of an earlier version: run manage.py prepare first.")
    except KeyboardInterrupt:
        sys.exit(130)


def is_behind() -> bool:
    """Whether the database lacks tables or columns that this version of the site has."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def database_problem(error: OperationalError) -> str:
    """The sentence for an error of the database: which one it is, and what it said. No password is in it."""
    said = " ".join(str(error).split())
    if getattr(error.__cause__, "sqlstate", None):
        return f"The database refused: {said}"
    at = connection.settings_dict
    place = f"{at['HOST'] or 'localhost'}:{at['PORT'] or 5432}"
    return f"The database {at['NAME']} at {place} cannot be reached as the user {at['USER']}: {said}"


def port_problem(
    host: str, port: int, *, patience: float = SECONDS_FOR_A_KILLED_SERVER_TO_LEAVE
) -> str | None:
    """The sentence for an address that cannot be served on, or None. The workers of a killed server get some time."""
    if not 0 < port < 2**16:
        return f"LEP_PORT is {port}: write a number from 1 to 65535."
    deadline = time.monotonic() + patience
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    while True:
        try:
            socket.create_server((host, port), family=family).close()
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                return (
                    f"The site cannot be served on {host}, port {port} ({error}): set LEP_BIND or LEP_PORT."
                )
            if time.monotonic() > deadline:
                return f"Port {port} is in use by another program: stop that, or choose another port with LEP_PORT."
            time.sleep(0.1)
        else:
            return None
