from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from assessment.engine.subjects import Kind
from reports.documents.judgements import judgements_table
from reports.exports.csv import to_csv
from reports.exports.excel import to_xlsx
from reports.management.output import write_out
from reports.queries.judgements import long_rows
from schools.audit import record_operators_file
from schools.management.shell import academic_year, school_with
from schools.row_security import visible_to

FORMATS = {"csv": to_csv, "xlsx": to_xlsx}
KINDS = {"subjects": Kind.SUBJECT, "areas": Kind.EYFS_AREA}


class Command(BaseCommand):
    help = (
        "Every judgement of a school, one line each, as import_judgements takes them in: of all years and of subjects and early years areas, "
        "or of one year, or of one of the two. The file is the school's own: pupils are named in it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--school", required=True, metavar="URN")
        parser.add_argument("--year", type=academic_year, metavar="2025/26", help="without it: all years")
        parser.add_argument("--only", choices=list(KINDS), help="without it: both")
        parser.add_argument("--format", choices=list(FORMATS), default="csv")
        parser.add_argument("--output", metavar="FILE", type=Path, help="without it: standard output")

    def handle(self, **options: Any) -> None:
        school = school_with(options["school"])
        with visible_to(school):
            rows = long_rows(school, academic_year=options["year"], kind=KINDS.get(options["only"] or ""))
            table = judgements_table(rows, "Judgements")
            record_operators_file(school, "export_judgements", options["format"], table.pupils)
        write_out(self.stdout, FORMATS[options["format"]](table), options["output"])
