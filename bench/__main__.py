"""`python -m bench [--json]`: measures, prints, and exits with 1 where a ratio is over its limit."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lep_tracker.settings")

import django

from bench.measure import Measure, against
from lep_tracker.data_directory import data_directory
from lep_tracker.embedded_postgres import embedded
from lep_tracker.starting import loaded_application, plain_errors


def measures(*, large: bool) -> list[Measure]:
    from django.conf import settings

    settings.ROOT_URLCONF = "bench.urls"
    # No collectstatic for a measurement that serves no file.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STATIC_ROOT = settings.BASE_DIR / "static"

    from bench import (
        analysing,
        dashboard,
        groups,
        growth,
        import_beside,
        importing,
        marksheets,
        packing,
        partnership,
        pasting,
        pupil_page,
        serving,
        working,
    )
    from bench.world import Site, empty_page, prepare, sign_in

    application = loaded_application()
    _, _, head = prepare()
    return [
        against(
            "empty_page_behind_door",
            empty_page(application),
            Site(application, sign_in(head)).page("/bench/empty/"),
            limit=3.5,
        ),
        *marksheets.measures(application),
        *pasting.measures(application),
        *dashboard.measures(application),
        *groups.measures(application),
        *pupil_page.measures(application),
        *partnership.measures(application),
        *growth.measures(application, large=large),
        *serving.measures(),
        *working.measures(),
        *import_beside.measures(to_its_end=large),
        *analysing.measures(large=large),
        *packing.measures(),
        *(importing.measures() if large else []),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print a list of objects")
    parser.add_argument(
        "--large",
        action="store_true",
        help="also what takes minutes: a partnership of 400 schools, which is made the first time and kept; 200,000 judgements imported",
    )
    arguments = parser.parse_args()
    if os.environ.pop("DATABASE_URL", ""):
        sys.exit("script/bench fills a database of its own: unset DATABASE_URL.")
    os.environ["LEP_DATA_DIR"] = str(data_directory() / "bench")
    with plain_errors(), embedded().in_use():
        django.setup()
        found = measures(large=arguments.large)
    if arguments.json:
        print(json.dumps([asdict(measure) for measure in found], indent=2))
    else:
        for m in found:
            verdict = "ok" if m.is_within else "UNDER" if m.is_rate else "OVER"
            print(
                f"{m.name:32} {m.value:9.3f} {m.unit}  floor {m.floor:9.3f}  ratio {m.ratio:5.2f}  limit {m.limit:4.1f}  {verdict}"
            )
    return int(any(not measure.is_within for measure in found))


if __name__ == "__main__":
    sys.exit(main())
