from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from lep_tracker.access_table import access_page
from reports.management.output import write_out


class Command(BaseCommand):
    help = "Which role opens which address, and may send something there. Reads no rows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--output", metavar="FILE", type=Path, help="without it: standard output")

    def handle(self, **options: Any) -> None:
        write_out(self.stdout, access_page().encode(), options["output"])
