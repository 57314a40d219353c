"""What steps a year of a pupil's own do to this year's progress: now, and as it would be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessment.engine.explaining import in_parts
from assessment.engine.progress import ProgressMeasure, Yardstick, this_year
from assessment.engine.subjects import SUBJECTS, Subject
from assessment.queries.snapshots import TakenSnapshot
from reports.documents.marks import PROGRESS_MARKS, Mark
from reports.documents.pupil_sentences import signed
from reports.queries.pupil_progress import PupilRecord
from schools.models import Partnership

COUNT_HERE = "Pupils with SEN for whom steps of their own were agreed are measured by those."


def own_steps_said(partnership: Partnership, snapshot: TakenSnapshot | None = None) -> str:
    """Beside progress of several pupils, wherever the partnership allows own steps, or the snapshot holds some; else empty. How many pupils have some
    is not said, nor whether anybody has: it would tell of one child.
    """
    return COUNT_HERE if (snapshot.has_own_steps if snapshot else partnership.allows_own_steps) else ""


@dataclass(frozen=True)
class Measured:
    """One subject's progress this year; empty where there is no measure."""

    steps: str = ""
    expected: str = ""
    mark: Mark | None = None


@dataclass(frozen=True)
class Effect:
    """A subject's progress this year now, and then."""

    subject: str
    now: Measured
    then: Measured


def effects(record: PupilRecord, steps_a_year: int | None) -> tuple[Effect, ...]:
    """With so many steps expected in the year in view; None: everybody's."""
    year = record.at.academic_year
    others = {each: steps for each, steps in record.own_steps.items() if each != year}
    then = others if steps_a_year is None else others | {year: steps_a_year}
    return tuple(
        Effect(each.name, _measured(record, each, record.own_steps), _measured(record, each, then))
        for each in SUBJECTS
    )


def _measured(record: PupilRecord, subject: Subject, own_steps: Mapping[int, int]) -> Measured:
    held = record.of(subject)
    end = held.get(record.at)
    yardstick = Yardstick(end.expectations if end else record.expectations, own_steps)
    measure = this_year([each.judged for each in held.values()], record.at, record.now.year_group, yardstick)
    return _told(measure) if measure else Measured()


def _told(measure: ProgressMeasure) -> Measured:
    return Measured(
        signed(measure.steps),
        "" if measure.expected is None else in_parts(measure.expected),
        PROGRESS_MARKS[measure.outcome] if measure.outcome else None,
    )
