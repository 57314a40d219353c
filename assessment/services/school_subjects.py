"""Leaving a subject out, and taking it up again."""

from __future__ import annotations

from collections.abc import Collection

from assessment.engine.subjects import SUBJECTS
from assessment.queries.school_subjects import MAY_BE_LEFT_OUT
from schools.models import School, User
from schools.services.changes import acting
from schools.services.turns import take_turn_alone


class SubjectsRefusedError(ValueError):
    """The school cannot judge just these; the message says why, in a school's words."""


def refuse_impossible_subjects(judged: Collection[str]) -> None:
    """Raises SubjectsRefusedError for codes of nothing that is judged, and where one of the three of the combined measure is missing."""
    if unknown := sorted(set(judged) - {subject.code for subject in SUBJECTS}):
        raise SubjectsRefusedError(f"There is no subject {unknown[0][:20]!r}.")
    missing = [
        subject.name for subject in SUBJECTS if subject not in MAY_BE_LEFT_OUT and subject.code not in judged
    ]
    if missing:
        raise SubjectsRefusedError(
            f"{missing[0]} cannot be left out: reading, writing and mathematics are counted together, and that takes all three."
        )


def judge_subjects(*, school: School, judged: Collection[str], by: User | None) -> bool:
    """Let the school judge these, given by code, and no others; say whether that changed anything. Needs the school open.

    It holds for what is asked for, in every year; judgements and figures stay. Nobody judges meanwhile. Raises SubjectsRefusedError as
    `refuse_impossible_subjects` does.
    """
    refuse_impossible_subjects(judged)
    left_out = [subject.code for subject in SUBJECTS if subject.code not in judged]
    with acting(by):
        take_turn_alone(school)
        row = School.objects.get(pk=school.pk)
        if list(row.subjects_not_judged) == left_out:
            return False
        School.objects.filter(pk=row.pk).update(subjects_not_judged=left_out)
    return True
