"""Cells written whole: the value with its note, its mark *on entry* and what was confirmed of it. For what puts back, and for what moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.db import connection

from assessment.engine.assessment_points import AssessmentTerm
from assessment.models import Judgement, Source
from assessment.queries.acts import Content
from assessment.queries.measuring import Measuring
from assessment.queries.sheet_rows import Cell
from assessment.services.judgements import Entry, Provenance, Records, write_entries
from assessment.services.recording import Entering


class Standing(NamedTuple):
    """What stands in a cell; `key` is the row's, and `version` counts its saves: both 0 of an empty cell."""

    content: Content | None = None
    version: int = 0
    key: int = 0


def standing_in(entering: Entering, cells: Iterable[Cell]) -> dict[Cell, Standing]:
    """What stands in each of the cells."""
    found = dict.fromkeys(cells, Standing())
    rows = Judgement.objects.in_school(entering.school).filter(
        academic_year=entering.academic_year,
        pupil__in={cell.pupil_id for cell in found},
        subject__in={cell.subject for cell in found},
        term__in={cell.term for cell in found},
    )
    for row in rows.values_list(
        "pupil_id", "subject_id", "term", "version", "pk", *Content._fields
    ).iterator():
        cell = Cell(row[0], row[1], AssessmentTerm(row[2]))
        if cell in found:
            found[cell] = Standing(Content(*row[5:]), row[3], row[4])
    return found


# What the writing of many leaves as it is: what was confirmed, and the count of the saves where a row is made anew.
_REST = """
UPDATE assessment_judgement AS held
SET confirmed_steps = wanted.confirmed_steps, version = GREATEST(held.version, wanted.version)
FROM unnest(%s::bigint[], %s::smallint[], %s::smallint[], %s::smallint[], %s::integer[])
    AS wanted (pupil_id, subject_id, term, confirmed_steps, version)
WHERE held.school_id = %s AND held.academic_year = %s AND held.pupil_id = wanted.pupil_id
    AND held.subject_id = wanted.subject_id AND held.term = wanted.term
    AND (held.confirmed_steps IS DISTINCT FROM wanted.confirmed_steps OR held.version < wanted.version)
"""


def write_whole(
    entering: Entering,
    contents: Mapping[Cell, Content | None],
    *,
    stands: Mapping[Cell, Standing],
    records: Records,
    measuring: Measuring,
    versions: Mapping[Cell, int] | None = None,
    sources: Mapping[Cell, Source] | None = None,
) -> None:
    """Let the cells say just this, measured anew; None empties a cell. Held, and checked, by the caller; inside an act.

    `versions`: the lowest number that a cell's saves may go on with, so that they never count back. `sources`: how what the cells say came to be, where
    it is put back; else it came by what is `entering`.
    """
    filled = {cell: content for cell, content in contents.items() if content is not None}
    emptied = [stands[cell].key for cell in contents.keys() - filled.keys() if stands[cell].key]
    if emptied:
        Judgement.objects.in_school(entering.school).filter(pk__in=emptied).delete()
    if not filled:
        return
    of_source: dict[Source, list[Entry]] = {}
    for cell, content in filled.items():
        source = (sources or {}).get(cell, entering.source)
        of_source.setdefault(source, []).append(_entry(entering, cell, content))
    for source, entries in of_source.items():
        write_entries(
            school=entering.school,
            entries=entries,
            provenance=Provenance(source=source, by=entering.by),
            records=records,
            measuring=measuring,
        )
    rest = [
        (*cell, content.confirmed_steps, (versions or {}).get(cell, 0)) for cell, content in filled.items()
    ]
    with connection.cursor() as cursor:
        columns = [list(column) for column in zip(*rest, strict=True)]
        cursor.execute(_REST, [*columns, entering.school.pk, entering.academic_year])


def _entry(entering: Entering, cell: Cell, content: Content) -> Entry:
    return Entry(
        cell.pupil_id,
        cell.subject,
        entering.academic_year,
        cell.term,
        content.points,
        content.reason,
        is_on_entry=content.is_on_entry,
        note=content.note,
    )
