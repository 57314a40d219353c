"""`manage.py database start|stop|status`."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

from lep_tracker.embedded_postgres import embedded
from lep_tracker.starting import database_problem


class Command(BaseCommand):
    help = "Start or stop the embedded database, or say how it is (exit code 0: running, 1: not)."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["start", "stop", "status"])

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        if os.environ.get("DATABASE_URL"):
            self._real_server(action)
        else:
            {"start": self._start, "stop": self._stop, "status": self._status}[action]()

    def _start(self) -> None:
        was_running = embedded().is_running()
        embedded().start()
        self.stdout.write("The database was running already." if was_running else "The database is running.")

    def _stop(self) -> None:
        was_running = embedded().is_running()
        embedded().stop()
        self.stdout.write("The database is stopped." if was_running else "The database was not running.")

    def _status(self) -> None:
        status = embedded().status()
        self.stdout.write("The database is running." if status.is_running else "The database is not running.")
        self.stdout.write(f"files: {status.directory}")
        self.stdout.write(f"socket: {status.socket_directory}")
        self.stdout.write(f"version: PostgreSQL {status.version}")
        self.stdout.write(f"size: {status.size / 2**20:.0f} MB")
        if not status.is_running:
            sys.exit(1)

    def _real_server(self, action: str) -> None:
        if action != "status":
            raise CommandError("DATABASE_URL names a real server, which is not started or stopped from here.")
        try:
            connection.ensure_connection()
        except OperationalError as error:
            raise CommandError(database_problem(error)) from error
        at = connection.settings_dict
        self.stdout.write(
            f"DATABASE_URL names a real server, which can be reached: {at['NAME']} at {at['HOST']}, as {at['USER']}."
        )
