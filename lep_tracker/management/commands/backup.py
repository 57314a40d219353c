"""`manage.py backup FILE`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lep_tracker.backups.files import BackupError, described
from lep_tracker.backups.making import make


class Command(BaseCommand):
    help = "Write everything in the database to one file, counted and with checksums. Needs the owner of the database."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="must not be there yet")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            manifest = make(file)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{file}: {described(manifest)}.")
