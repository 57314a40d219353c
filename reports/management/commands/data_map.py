from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from reports.documents.data_map import data_map_page, data_map_table
from reports.exports.csv import to_csv
from reports.management.output import write_out


class Command(BaseCommand):
    help = "What the program holds of people: each table and column, why, on which lawful basis, how long. Reads no rows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=["md", "csv"], default="md")
        parser.add_argument("--output", metavar="FILE", type=Path, help="without it: standard output")

    def handle(self, **options: Any) -> None:
        content = data_map_page().encode() if options["format"] == "md" else to_csv(data_map_table())
        write_out(self.stdout, content, options["output"])
