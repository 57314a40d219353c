"""Whether a class's sheet is said to be complete, by whom, and how much is empty."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Max

from assessment.engine.subjects import EYFS_AREAS, Kind, Subject
from assessment.models import CompletedSheet, Judgement
from assessment.queries.layouts import ALL_AREAS, ALL_SUBJECTS, Layout
from schools.access import Access
from schools.calendar import TermName
from schools.models import ClassGroup
from schools.queries.rolls import pupils_for


@dataclass(frozen=True)
class Completed:
    """What is said of the sheets that stand on one page: `subjects`, where None is all areas of learning together.

    `by` and `at` are of the latest statement; `open_subjects` those of which nothing is said. `is_changed_since`: a judgement of a complete
    one was entered, changed or emptied after it.
    """

    subjects: tuple[Subject | None, ...]
    open_subjects: tuple[Subject | None, ...]
    by: str = ""
    at: dt.datetime | None = None
    is_changed_since: bool = False

    @property
    def is_complete(self) -> bool:
        """All of them."""
        return not self.open_subjects

    @property
    def names(self) -> str:
        """Those that are complete where others are not: `Reading and Writing`."""
        names = [subject.name if subject else "Areas of learning" for subject in self.said]
        return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part) if names else ""

    @property
    def said(self) -> list[Subject | None]:
        """Those of which somebody said that they are complete."""
        return [subject for subject in self.subjects if subject not in self.open_subjects]

    @property
    def open_names(self) -> str:
        """Those of which nothing is said."""
        return ", ".join(subject.name if subject else "Areas of learning" for subject in self.open_subjects)


def completed_together(layout: Layout) -> tuple[Subject | None, ...]:
    """What a layout's page is marked complete for: its subject, all subjects, the areas together (None); nothing for one that a school laid out."""
    if layout.code == ALL_SUBJECTS:
        return layout.subjects
    if layout.code == ALL_AREAS:
        return (None,)
    subject = layout.subject
    if subject is None or layout.code != subject.code.lower():
        return ()
    return (None,) if subject.kind is Kind.EYFS_AREA else (subject,)


def completed(access: Access, class_group: ClassGroup, layout: Layout) -> Completed | None:
    """What is said of the class's sheets on this page; None where the page is not marked complete. One query, and three more where something is said."""
    subjects = completed_together(layout)
    if not subjects:
        return None
    term = TermName(layout.at.term)
    numbers = {subject.number if subject else None: subject for subject in subjects}
    said = [
        row
        for row in CompletedSheet.objects.in_school(access.school)
        .filter(class_group=class_group, term=term)
        .select_related("completed_by")
        if row.subject_id in numbers
    ]
    if not said:
        return Completed(subjects, subjects)
    last = max(said, key=lambda row: row.completed_at)
    told = {row.subject_id for row in said}
    return Completed(
        subjects,
        tuple(subject for number, subject in numbers.items() if number not in told),
        by=last.completed_by.name,
        at=last.completed_at,
        is_changed_since=_is_changed(access, class_group, term, said, _areas(layout)),
    )


def _areas(layout: Layout) -> frozenset[int]:
    """All areas of learning of the framework that the sheet is of, by number; none of a sheet of subjects."""
    framework = layout.subjects[0].framework
    return frozenset(area.number for area in EYFS_AREAS[framework]) if framework else frozenset()


def _is_changed(
    access: Access,
    class_group: ClassGroup,
    term: TermName,
    said: Sequence[CompletedSheet],
    areas: frozenset[int],
) -> bool:
    """Whether a judgement of one of them has been entered, changed or emptied since."""
    of = {
        "school": access.school,
        "academic_year": access.academic_year,
        "term": term,
        "pupil__in": list(pupils_for(access).filter(class_group=class_group).values_list("pupil", flat=True)),
    }
    entered = dict(
        Judgement.objects.filter(**of).values_list("subject").annotate(at=Max("entered_at")).order_by()
    )
    first = min(row.completed_at for row in said)
    events = apps.get_model("assessment", "JudgementEvent").objects.filter(
        **of, pgh_label="delete", pgh_created_at__gt=first
    )
    emptied = dict(events.values_list("subject").annotate(at=Max("pgh_created_at")).order_by())
    return any(
        found[number] > row.completed_at
        for row in said
        for found in (entered, emptied)
        for number in (areas if row.subject_id is None else {row.subject_id})
        if number in found
    )
