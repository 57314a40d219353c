from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessment.queries.snapshots import snapshot_numbered
from reports.documents.analysis import analysis
from reports.exports.csv import to_csv
from reports.exports.excel import to_xlsx
from reports.management.output import write_out
from reports.queries.scope import Measure, Scope, SnapshotEndsBeforeError
from schools.calendar import TermName
from schools.management.shell import academic_year, school_with
from schools.models import SchoolYear
from schools.row_security import visible_to

FORMATS = {"csv": to_csv, "xlsx": to_xlsx}
TERMS = {term.label.lower(): term for term in TermName}


class Command(BaseCommand):
    help = (
        "Attainment and progress of a school at the end of a term, one line for each year group, subject and group. "
        "The file is the school's own: small numbers are not hidden in it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--school", required=True, metavar="URN")
        parser.add_argument("--year", required=True, type=academic_year, metavar="2025/26")
        parser.add_argument("--term", required=True, choices=list(TERMS), type=str.lower)
        parser.add_argument(
            "--measure",
            choices=[measure.value for measure in Measure if measure is not Measure.FROM_TO],
            default=Measure.YEAR.value,
            help="from where progress is measured: the start of the year (the default), the term, the phase or the key stage",
        )
        parser.add_argument(
            "--snapshot",
            type=int,
            metavar="N",
            help="the figures of the school's snapshot N, of its term or one before, instead of those as they are now",
        )
        parser.add_argument("--format", choices=list(FORMATS), default="csv")
        parser.add_argument("--output", metavar="FILE", type=Path, help="without it: standard output")

    def handle(self, **options: Any) -> None:
        school = school_with(options["school"])
        scope = Scope(
            schools=(school,),
            academic_year=options["year"],
            term=TERMS[options["term"]],
            measure=Measure(options["measure"]),
        )
        with visible_to(school):
            if not (
                SchoolYear.objects.in_school(school)
                .filter(academic_year=scope.academic_year, is_for_copies=False)
                .exists()
            ):
                raise CommandError(
                    f"{school.name} holds nothing of {scope.academic_year}: import that year's roll first."
                )
            table = analysis(self._as_frozen(scope, options["snapshot"]))
        write_out(self.stdout, FORMATS[options["format"]](table), options["output"])

    def _as_frozen(self, scope: Scope, number: int | None) -> Scope:
        """The scope of the school's snapshot of this number; None leaves it as it is."""
        if number is None:
            return scope
        (school,) = scope.schools
        snapshot = snapshot_numbered(school, number)
        if snapshot is None:
            raise CommandError(f"{school.name} has no snapshot {number}.")
        try:
            return replace(scope, snapshot=snapshot)
        except SnapshotEndsBeforeError as error:
            raise CommandError(str(error)) from error
