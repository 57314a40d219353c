"""Which subjects pages of figures tell of, where a school leaves some out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from assessment.engine.subjects import SUBJECTS, Subject
from assessment.queries.school_subjects import numbers_left_out
from reports.queries.figures import Figure
from reports.queries.pupil_progress import PupilRecord
from schools.calendar import YearGroup
from schools.models import School

T = TypeVar("T")


def unasked(figures: Iterable[Figure], school: School) -> frozenset[int]:
    """The numbers of subjects that the school leaves out and in which nobody of these is judged: nothing is told of them."""
    return numbers_left_out(school) - {each.subject for each in figures if each.assessed}


def subjects_of_record(record: PupilRecord, school: School) -> list[Subject]:
    """What a pupil's page tells of from Year 1: what the school judges, and what the pupil was judged in."""
    gone = numbers_left_out(school)
    return [subject for subject in SUBJECTS if subject.number not in gone or record.of(subject)]


def without_subjects(
    shown: Mapping[YearGroup, Mapping[int, T]], gone: frozenset[int]
) -> dict[YearGroup, dict[int, T]]:
    """What is shown of each year group, but of these subjects."""
    return {
        year: {subject: each for subject, each in of_year.items() if subject not in gone}
        for year, of_year in shown.items()
    }
