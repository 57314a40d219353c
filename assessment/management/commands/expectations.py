from __future__ import annotations

import datetime as dt
import re
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Q

from assessment.engine.expectations import LEP, Expectations
from assessment.models import ExpectationVersion
from assessment.services.expectations import add_version
from schools.calendar import TermName
from schools.models import Partnership


def _range(text: str) -> tuple[int, int]:
    """`-1..0`: points from the first Entering point of the pupil's year."""
    match = re.fullmatch(r"(-?\d{1,2})\.\.(-?\d{1,2})", text)
    if match is None or int(match[1]) > int(match[2]):
        raise ArgumentTypeError(f"{text!r} is not a range: write the lower and the higher end as in -1..0.")
    return int(match[1]), int(match[2])


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not a date: write it as in 2026-09-01.") from error


class Command(BaseCommand):
    help = (
        "Show what a partnership expects of its pupils; with --from, expect otherwise from that day on and measure its "
        "judgements again. Ranges count from the first Entering point of the pupil's year: the LEP's are "
        "--autumn=-1..0 --spring=1..2 --summer=3..5 --steps 3 2 2. What is not given is as the LEP expects it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--partnership", required=True, help="its name")
        parser.add_argument("--from", dest="holds_from", type=_day, metavar="2026-09-01")
        parser.add_argument("--name", default="Own expectations", help="what the version is called")
        for term, lep in zip(TermName, LEP.ranges, strict=True):
            parser.add_argument(f"--{term.label.lower()}", type=_range, default=lep, metavar="LOW..HIGH")
        parser.add_argument(
            "--steps", type=int, nargs=3, default=list(LEP.steps), metavar=("AUTUMN", "SPRING", "SUMMER")
        )

    def handle(self, **options: Any) -> None:
        partnership = Partnership.objects.filter(name=options["partnership"]).first()
        if partnership is None:
            raise CommandError(f"There is no partnership called {options['partnership']!r}.")
        if options["holds_from"]:
            self._add(partnership, options)
        versions = ExpectationVersion.objects.filter(Q(partnership=None) | Q(partnership=partnership))
        for version in versions.order_by("partnership_id", "holds_from"):
            expected = version.expectations
            ranges = "  ".join(
                f"{term.label} {low}..{high}"
                for term, (low, high) in zip(TermName, expected.ranges, strict=True)
            )
            self.stdout.write(f"{version}: {ranges}  steps {' '.join(map(str, expected.steps))}")

    def _add(self, partnership: Partnership, options: dict[str, Any]) -> None:
        try:
            expectations = Expectations(
                ranges=(options["autumn"], options["spring"], options["summer"]),
                steps=tuple(options["steps"]),
            )
            with transaction.atomic():
                add_version(
                    partnership=partnership,
                    name=options["name"],
                    holds_from=options["holds_from"],
                    expectations=expectations,
                    by=None,
                )
        except ValueError as error:
            raise CommandError(str(error)) from error
