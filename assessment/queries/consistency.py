"""Whether each judgement stands beside the range, the version and the attainment that the engine gives it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.expected_range import ExpectedRange
from assessment.models import Judgement
from assessment.queries.measuring import Measured, Measuring
from schools.models import PupilYear, School


@dataclass(frozen=True)
class Disagreement:
    """A judgement whose row says otherwise than the engine."""

    judgement_id: int
    held: Measured
    right: Measured


@dataclass(frozen=True)
class Checked:
    """How many judgements of a school were looked at, and which disagree with the engine."""

    judgements: int
    disagreements: tuple[Disagreement, ...]


def check(
    school: School,
    *,
    pupil_ids: Sequence[int] | None = None,
    academic_year: int | None = None,
    measuring: Measuring | None = None,
) -> Checked:
    """Compare the school's judgements (of these pupils, of this year) with the engine; needs the school open.

    `measuring`: another than the school's own, to see what would disagree.
    """
    records = PupilYear.objects.in_school(school)
    rows = Judgement.objects.in_school(school)
    if pupil_ids is not None:
        records, rows = records.filter(pupil__in=pupil_ids), rows.filter(pupil__in=pupil_ids)
    if academic_year is not None:
        records, rows = records.filter(academic_year=academic_year), rows.filter(academic_year=academic_year)
    facts = {
        (pupil, year): (year_group, born_on)
        for pupil, year, year_group, born_on in records.values_list(
            "pupil_id", "academic_year", "year_group", "pupil__date_of_birth"
        )
    }
    measuring = measuring or Measuring(school)
    seen, found = 0, []
    for row in _rows(rows):
        if (row.pupil_id, row.academic_year) not in facts:
            # A pupil who came between the two readings: measured just now.
            continue
        seen += 1
        year_group, born_on = facts[row.pupil_id, row.academic_year]
        right = measuring.measure(
            subject=row.subject_id,
            year_group=year_group,
            date_of_birth=born_on,
            academic_year=row.academic_year,
            term=AssessmentTerm(row.term),
        )
        held = Measured(row.expected_low, row.expected_high, row.expectation_version_id)
        if held != right or row.attainment != _attainment(row.points, held):
            found.append(Disagreement(row.id, held, right))
    return Checked(seen, tuple(found))


def _rows(rows: object) -> Iterator[Judgement]:
    wanted = ("pupil_id", "subject_id", "academic_year", "term", "points", "attainment")
    ranges = ("expected_low", "expected_high", "expectation_version_id")
    yield from rows.values_list("id", *wanted, *ranges, named=True).iterator(chunk_size=5_000)  # type: ignore[attr-defined]


def _attainment(points: int | None, held: Measured) -> int | None:
    if points is None or held.low is None or held.high is None:
        return None
    return ExpectedRange(held.low, held.high).judge(points).value
