from __future__ import annotations

import datetime as dt
import re
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import F, Q

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


def _name(text: str) -> str:
    longest = ExpectationVersion._meta.get_field("name").max_length or 0
    if not text.strip() or len(text) > longest:
        raise ArgumentTypeError(f"a name has 1 to {longest} characters.")
    return text


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not a date: write it as in 2026-09-01.") from error


class Command(BaseCommand):
    help = (
        "Show what a partnership expects of its pupils; with --from, expect otherwise from that day on and measure its "
        "judgements again. Ranges count from the first Entering point of the pupil's year: the LEP's are "
        "--autumn=-1..0 --spring=1..2 --summer=3..5 --steps 3 2 2. What is not given stays as the partnership expects it until that day."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--partnership", required=True, help="its name")
        parser.add_argument("--from", dest="holds_from", type=_day, metavar="2026-09-01")
        parser.add_argument(
            "--name", type=_name, help="what the new version is called; else: Own expectations"
        )
        for term in TermName:
            parser.add_argument(f"--{term.label.lower()}", type=_range, metavar="LOW..HIGH")
        parser.add_argument("--steps", type=int, nargs=3, metavar=("AUTUMN", "SPRING", "SUMMER"))

    def handle(self, **options: Any) -> None:
        partnership = Partnership.objects.filter(name=options["partnership"]).first()
        if partnership is None:
            raise CommandError(f"There is no partnership called {options['partnership']!r}.")
        versions = ExpectationVersion.objects.filter(Q(partnership=None) | Q(partnership=partnership))
        versions = versions.order_by("holds_from", F("partnership").asc(nulls_first=True))
        if options["holds_from"]:
            before = versions.filter(holds_from__lt=options["holds_from"]).last()
            self._add(partnership, before.expectations if before else LEP, options)
        elif any(options[given] is not None for given in ("name", "autumn", "spring", "summer", "steps")):
            raise CommandError("From which day on? Give --from as well.", returncode=2)
        for version in versions.all():
            expected = version.expectations
            ranges = "  ".join(
                f"{term.label} {low}..{high}"
                for term, (low, high) in zip(TermName, expected.ranges, strict=True)
            )
            self.stdout.write(f"{version}: {ranges}  steps {' '.join(map(str, expected.steps))}")

    def _add(self, partnership: Partnership, before: Expectations, options: dict[str, Any]) -> None:
        try:
            expectations = Expectations(
                ranges=(
                    options["autumn"] or before.ranges[0],
                    options["spring"] or before.ranges[1],
                    options["summer"] or before.ranges[2],
                ),
                steps=tuple(options["steps"] or before.steps),
            )
            with transaction.atomic():
                add_version(
                    partnership=partnership,
                    name=options["name"] or "Own expectations",
                    holds_from=options["holds_from"],
                    expectations=expectations,
                    by=None,
                )
        except ValueError as error:
            raise CommandError(str(error)) from error
