from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from schools.models import Partnership, School
from schools.services.second_step import require_second_factor


class Command(BaseCommand):
    help = "Ask everybody at a school, or at all schools of a partnership, for a second step at sign-in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        place = parser.add_mutually_exclusive_group(required=True)
        place.add_argument("--school", metavar="URN")
        place.add_argument("--partnership", metavar="NAME")
        parser.add_argument("--off", action="store_true", help="ask no longer")

    def handle(self, **options: Any) -> None:
        place: School | Partnership | None
        if options["school"]:
            place = School.objects.filter(urn=options["school"]).first()
            missing = f"There is no school with the URN {options['school']!r}."
        else:
            place = Partnership.objects.filter(name=options["partnership"]).first()
            missing = f"There is no partnership called {options['partnership']!r}."
        if place is None:
            raise CommandError(missing)
        require_second_factor(place, is_required=not options["off"])
        asks = "no longer asks" if options["off"] else "asks"
        self.stdout.write(f"{place.name} {asks} its people for a second step at sign-in.")
