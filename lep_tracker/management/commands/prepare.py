"""`manage.py prepare`: what `script/server` does before it serves, in one Python process."""

from __future__ import annotations

import os
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from lep_tracker import gunicorn_config
from lep_tracker.starting import port_problem


class Command(BaseCommand):
    help = "Check that the port is free; bring the database, the static files and the demo partnership up to date."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        if problem := port_problem(gunicorn_config.host, settings.PORT):
            raise CommandError(problem)
        self._step("Updating the database", "migrate", interactive=False, verbosity=0)
        self._step("Collecting static files", "collectstatic", interactive=False, verbosity=0)
        is_demo = os.environ.get("LEP_DEMO") or ("0" if os.environ.get("DATABASE_URL") else "1")
        if is_demo == "1":
            call_command("demo")

    def _step(self, what: str, command: str, **options: Any) -> None:
        self.stdout.write(f"{what} ... ", ending="")
        self.stdout.flush()
        began = time.monotonic()
        call_command(command, **options)
        self.stdout.write(f"{time.monotonic() - began:.1f} s")
