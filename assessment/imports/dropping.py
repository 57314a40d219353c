"""Judgements out of a drop folder: taken as `import_judgements` takes them. Closed terms do not bind it, and the report says where it went over them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from assessment.imports.importers import closed_among
from assessment.imports.judgement_cells import HEADINGS, NEEDED
from assessment.imports.judgement_report import judgement_report
from assessment.imports.judgements import read_judgements
from assessment.services.loading import load_judgements
from schools.imports.report import FileRefused, listed
from schools.imports.tables import headings_of
from schools.sync_kinds import Drop, DropKind, Taken


def take_judgements(drop: Drop) -> Taken:
    """Judgements in the long form."""
    school = drop.school
    file = read_judgements(drop.path, school=school, headings=HEADINGS.with_chosen(drop.columns))
    changes = load_judgements(
        school=school,
        said=file.said,
        by=None,
        dry_run=drop.dry_run,
        reason=drop.reason,
        only_missing=drop.update == "missing",
    )
    closed = closed_among(school, [*changes.added, *(each.said for each in changes.changed)])
    lines = [*judgement_report(file, changes, school=school, dry_run=drop.dry_run)]
    if closed:
        lines.append(f"Closed for entry, and changed all the same: {listed(closed)}.")
    counts = {
        "new": changes.new,
        "changed": len(changes.changed),
        "unchanged": changes.unchanged,
        "skipped": file.skipped,
        "closed terms changed": len(closed),
    }
    return Taken(counts, tuple(lines))


def _is_judgements(path: Path, columns: Mapping[str, str]) -> bool:
    try:
        found = {each.field for each in headings_of(path, headings=HEADINGS.with_chosen(columns))}
    except FileRefused:
        return False
    return found.issuperset(NEEDED)


JUDGEMENTS = DropKind(
    code="judgements",
    title="Judgements",
    rank=30,
    is_one=_is_judgements,
    take=take_judgements,
    columns_as="judgements",
    is_of_year=False,
)
