"""Saying that a class's judgements of a term are complete. It is a statement, not a lock: what is complete can still be changed."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from assessment.engine.subjects import Subject
from assessment.models import CompletedSheet
from schools.calendar import TermName
from schools.models import ClassGroup, User
from schools.services.changes import acting


def complete_sheets(
    *, class_group: ClassGroup, term: TermName, subjects: Iterable[Subject | None], by: User
) -> None:
    """Say that the class's sheets of these subjects are complete, now and by this person; None is all areas of learning together.

    Needs the school open. What was said before is said anew.
    """
    with acting(by):
        for number in _numbers(subjects):
            CompletedSheet.objects.update_or_create(
                school=class_group.school,
                class_group=class_group,
                academic_year=class_group.academic_year,
                term=term,
                subject_id=number,  # type: ignore[misc]
                defaults={"completed_by": by, "completed_at": timezone.now()},
            )


def reopen_sheets(
    *, class_group: ClassGroup, term: TermName, subjects: Iterable[Subject | None], by: User
) -> bool:
    """Take back what was said of these sheets, and say whether anything had been. Needs the school open; who had said it stays in the history."""
    wanted = _numbers(subjects)
    with acting(by):
        said = CompletedSheet.objects.in_school(class_group.school).filter(class_group=class_group, term=term)
        keys = [key for key, subject in said.values_list("pk", "subject") if subject in wanted]
        said.filter(pk__in=keys).delete()
    return bool(keys)


def _numbers(subjects: Iterable[Subject | None]) -> list[int | None]:
    return [subject.number if subject else None for subject in subjects]
