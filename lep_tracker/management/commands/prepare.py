"""`manage.py prepare`: what `script/server` does before it serves, in one Python process."""

from __future__ import annotations

import hashlib
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from lep_tracker import gunicorn_config
from lep_tracker.starting import port_problem
from schools.services.jobs import remove_old


class Command(BaseCommand):
    help = "Check that the port is free; bring the database, the static files and the demo partnership up to date."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        if problem := port_problem(gunicorn_config.host, settings.PORT):
            sys.exit(problem)
        self._step("Updating the database", "migrate", interactive=False, verbosity=0)
        # Files are kept a day whether or not a worker runs.
        remove_old(now=timezone.now())
        self._collect_static_files()
        if settings.LOADS_DEMO:
            call_command("demo")

    def _collect_static_files(self) -> None:
        """Compressing them takes seconds: only when one of them is not as it was."""
        stamp = Path(settings.STATIC_ROOT) / "collected"
        current = static_files_fingerprint()
        if stamp.is_file() and stamp.read_text() == current:
            return
        stamp.unlink(missing_ok=True)
        self._step("Collecting static files", "collectstatic", interactive=False, verbosity=0)
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(current)

    def _step(self, what: str, command: str, **options: Any) -> None:
        self.stdout.write(f"{what} ... ", ending="")
        self.stdout.flush()
        began = time.monotonic()
        call_command(command, **options)
        self.stdout.write(f"{time.monotonic() - began:.1f} s")


def static_files_fingerprint() -> str:
    """Changes whenever a static file of the site or of a package is added, removed or written."""
    files = [
        (path, Path(storage.path(path)).stat())
        for finder in get_finders()
        for path, storage in finder.list([])
    ]
    facts = sorted((path, found.st_size, found.st_mtime_ns) for path, found in files)
    return hashlib.sha256(repr(facts).encode()).hexdigest()
