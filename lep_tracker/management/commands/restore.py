"""`manage.py restore FILE`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lep_tracker.backups.files import BackupError, described
from lep_tracker.backups.restoring import restore


class Command(BaseCommand):
    help = "Take a backup into an empty database, compare every count with it, and bring it up to date. Whole, or not at all."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="what manage.py backup wrote")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            manifest = restore(file)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored what was there at {manifest.made_at}: {described(manifest)}. Every count agrees."
        )
