"""Files of whole schools for tests: written, read, and changed as somebody might who means harm."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from reports.exports.whole_school import write_whole_school
from schools.imports.whole_school import opened
from schools.interchange import DICTIONARY, MANIFEST, SUMS, WORKBOOK
from schools.models import School
from schools.queries.whole_school import one_picture
from schools.services.taking_in import TakenIn, take_in
from tests.conftest import empty_tables

Rows = list[list[str]]


def elsewhere() -> None:
    """From here on it is another installation: nothing is there."""
    empty_tables()


def exported(school: School, to: Path) -> Path:
    """The school's file, for a test that keeps what it wrote open."""
    with to.open("xb") as file, one_picture(school):
        write_whole_school(school, file, made_at=timezone.now())
    return to


def imported(file: Path) -> TakenIn:
    with opened(file) as given:
        return take_in(given=given, by=None)


def analysis(school: School, *years: str) -> str:
    """The figures of every term and measure."""
    said = io.StringIO()
    for year in years:
        for term in ("autumn", "spring", "summer"):
            for measure in ("year", "term", "phase", "key-stage"):
                call_command(
                    *("analyse", "--school", school.urn, "--year", year, "--term", term),
                    *("--measure", measure),
                    stdout=said,
                )
    return said.getvalue()


def contents(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows_in(content: bytes) -> Rows:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def tables_of(file: Path) -> dict[str, Rows]:
    """Every CSV but the dictionary, with its headings."""
    return {
        name: rows_in(content)
        for name, content in contents(file).items()
        if name.endswith(".csv") and name != DICTIONARY
    }


def written(rows: Rows) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def changed(
    file: Path,
    to: Path,
    *,
    rows: Mapping[str, Callable[[Rows], Rows]] | None = None,
    manifest: Callable[[dict[str, Any]], None] = lambda _: None,
) -> Path:
    """The file with other rows or another manifest, and sums that agree: whoever changes it can count, too."""
    held = contents(file)
    said = json.loads(held[MANIFEST])
    for name, change in (rows or {}).items():
        headings, *lines = rows_in(held[name])
        after = change(lines)
        held[name] = written([headings, *after])
        said["rows"][name] = len(after)
    manifest(said)
    held[MANIFEST] = json.dumps(said).encode()
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in held.items() if name != SUMS}
    held[SUMS] = "".join(f"{value}  {name}\n" for name, value in sorted(sums.items())).encode()
    return packed(held, to)


def packed(held: Mapping[str, bytes], to: Path) -> Path:
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in held.items():
            archive.writestr(name, content)
    return to


FOR_PEOPLE = {WORKBOOK, DICTIONARY, MANIFEST, SUMS}
