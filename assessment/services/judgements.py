"""Writing judgements, many at a time."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from assessment.engine.assessment_points import AssessmentTerm
from assessment.models import Source
from assessment.queries.measuring import Measuring
from schools.calendar import YearGroup
from schools.models import PupilYear, School, User
from schools.services.changes import acting
from schools.services.turns import take_turn_beside_others

BATCH = 5_000
# Up to so many pupils are asked for by name of their key; for more the whole school's records of the years are read.
_FEW_PUPILS = 100


class Entry(NamedTuple):
    """What is to stand in one cell: points (1 to 101) or a reason, never both; the subject by its number."""

    pupil_id: int
    subject: int
    academic_year: int
    term: AssessmentTerm
    points: int | None
    reason: str = ""
    is_on_entry: bool = False
    note: str = ""

    @property
    def cell(self) -> tuple[int, int, int, int]:
        """Which cell it is, in the order of the index that most is read by."""
        return self.academic_year, self.term, self.subject, self.pupil_id


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """How entries came to be here: `by` None is the operator, `at` None is now.

    `made_by_school` None is the school that the rows belong to; `origin_school` is the one they were copied from.
    """

    source: Source
    by: User | None
    at: dt.datetime | None = None
    made_by_school: School | None = None
    origin_school: School | None = None


@dataclass(frozen=True)
class Written:
    """How many judgements were new, and how many were changed; what stood there already counts in neither."""

    new: int = 0
    changed: int = 0

    def __add__(self, other: Written) -> Written:
        return Written(self.new + other.new, self.changed + other.changed)


# Year group and date of birth by pupil and academic year.
Records = dict[tuple[int, int], tuple[YearGroup, dt.date]]

_UPSERT = """
INSERT INTO assessment_judgement AS held (
    school_id, pupil_id, subject_id, academic_year, term, points, reason, is_on_entry, note,
    expected_low, expected_high, expectation_version_id, origin_id,
    source, made_by_school_id, entered_by_id, entered_at, origin_school_id, version
)
SELECT %s, entry.*, %s, %s, %s, %s, %s, 1
FROM unnest(
    %s::bigint[], %s::smallint[], %s::smallint[], %s::smallint[], %s::smallint[], %s::text[], %s::boolean[], %s::text[],
    %s::smallint[], %s::smallint[], %s::bigint[], %s::uuid[]
) AS entry
ON CONFLICT (school_id, pupil_id, subject_id, academic_year, term) DO UPDATE SET
    points = excluded.points, reason = excluded.reason, is_on_entry = excluded.is_on_entry, note = excluded.note,
    expected_low = excluded.expected_low, expected_high = excluded.expected_high,
    expectation_version_id = excluded.expectation_version_id, source = excluded.source,
    made_by_school_id = excluded.made_by_school_id, entered_by_id = excluded.entered_by_id,
    entered_at = excluded.entered_at, version = held.version + 1,
    is_note_shareable = held.is_note_shareable AND held.note = excluded.note
WHERE (held.points, held.reason, held.is_on_entry, held.note)
    IS DISTINCT FROM (excluded.points, excluded.reason, excluded.is_on_entry, excluded.note)
RETURNING old.id IS NULL
"""


def record_many(
    *,
    school: School,
    entries: Sequence[Entry],
    provenance: Provenance,
    origin_ids: Sequence[uuid.UUID] | None = None,
    progress: Callable[[int], object] | None = None,
) -> Written:
    """Write the entries, all or none, over what stands in their cells; an entry that says what stands there changes nothing.

    Needs the school open. One entry a cell. `origin_ids` are the public ids of the rows copied, one an entry. `progress` is told how many more are
    written. Raises ValueError where a pupil has no record in an entry's year.
    """
    with acting(provenance.by):
        take_turn_beside_others(school)
        return write_entries(
            school=school,
            entries=entries,
            provenance=provenance,
            records=_records(school, entries),
            measuring=Measuring(school),
            origin_ids=origin_ids,
            progress=progress,
        )


def write_entries(
    *,
    school: School,
    entries: Sequence[Entry],
    provenance: Provenance,
    records: Records,
    measuring: Measuring,
    origin_ids: Sequence[uuid.UUID | None] | None = None,
    progress: Callable[[int], object] | None = None,
) -> Written:
    """As `record_many`, for an act that has the turn already, and has read under it the pupils' records and what it measures by."""
    written = Written()
    # In one order whoever writes: two who write the same cells would else wait for each other for ever.
    ordered = sorted(
        zip(entries, origin_ids or [None] * len(entries), strict=True), key=lambda one: one[0].cell
    )
    for start in range(0, len(ordered), BATCH):
        batch = ordered[start : start + BATCH]
        written += _upsert(school, batch, provenance, records, measuring)
        if progress:
            progress(len(batch))
    return written


def _records(school: School, entries: Iterable[Entry]) -> Records:
    pupils, years = {entry.pupil_id for entry in entries}, {entry.academic_year for entry in entries}
    of_years = PupilYear.objects.in_school(school).filter(academic_year__in=years)
    if len(pupils) <= _FEW_PUPILS:
        of_years = of_years.filter(pupil__in=pupils)
    return {
        (pupil, year): (year_group, born_on)
        for pupil, year, year_group, born_on in of_years.values_list(
            "pupil_id", "academic_year", "year_group", "pupil__date_of_birth"
        )
    }


def _upsert(
    school: School,
    batch: Sequence[tuple[Entry, uuid.UUID | None]],
    provenance: Provenance,
    records: Records,
    measuring: Measuring,
) -> Written:
    rows = []
    for entry, origin in batch:
        record = records.get((entry.pupil_id, entry.academic_year))
        if record is None:
            raise ValueError("A judgement needs the pupil's record of its academic year.")
        measured = measuring.measure(
            subject=entry.subject,
            year_group=record[0],
            date_of_birth=record[1],
            academic_year=entry.academic_year,
            term=entry.term,
        )
        rows.append((*entry, *measured, origin))
    with connection.cursor() as cursor:
        cursor.execute(
            _UPSERT,
            [
                school.pk,
                provenance.source,
                (provenance.made_by_school or school).pk,
                provenance.by.pk if provenance.by else None,
                provenance.at or timezone.now(),
                provenance.origin_school.pk if provenance.origin_school else None,
                *(list(column) for column in zip(*rows, strict=True)),
            ],
        )
        was_new = [is_new for (is_new,) in cursor.fetchall()]
    return Written(sum(was_new), len(was_new) - sum(was_new))
