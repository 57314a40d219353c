from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessment.engine.subjects import BY_NUMBER, EYFS_AREAS, SUBJECTS
from assessment.queries.baseline_sources import sources_of
from assessment.services.baseline_sources import choose_source
from schools.calendar import EyfsFramework
from schools.models import Partnership


class Command(BaseCommand):
    help = (
        "Show from which area of learning a partnership's schools offer a Baseline; with --subject and --area, offer it from that area from "
        "now on, with --subject and --framework alone from none. Baselines that were confirmed stay."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--partnership", required=True, help="its name")
        parser.add_argument("--subject", choices=[subject.code for subject in SUBJECTS])
        codes = [area.code for areas in EYFS_AREAS.values() for area in areas]
        parser.add_argument("--area", choices=codes, metavar="CODE", help="G01 to G17, or E01 to E17")
        parser.add_argument("--framework", type=int, choices=[each.value for each in EyfsFramework])

    def handle(self, **options: Any) -> None:
        partnership = Partnership.objects.filter(name=options["partnership"]).first()
        if partnership is None:
            raise CommandError(f"There is no partnership called {options['partnership']!r}.")
        areas = {area.code: area for each in EYFS_AREAS.values() for area in each}
        area = areas.get(options["area"] or "")
        framework = area.framework if area else options["framework"]
        if options["subject"] and framework:
            try:
                choose_source(
                    partnership=partnership,
                    framework=EyfsFramework(options["framework"] or framework),
                    subject=next(each for each in SUBJECTS if each.code == options["subject"]),
                    area=area,
                    by=None,
                )
            except ValueError as error:
                raise CommandError(str(error)) from error
        elif options["subject"] or framework:
            raise CommandError("Give --subject with --area, or with --framework for none.", returncode=2)
        for of, source in sources_of(partnership.pk).items():
            told = f"{source.code} {source.name}" if source else "nothing"
            self.stdout.write(f"{of.framework.value} {BY_NUMBER[of.subject].name}: {told}")
