"""Two records beside each other, and the act that made them one."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.apps import apps

from schools.calendar import AcademicYear, YearGroup
from schools.identifiers import is_temporary_upn
from schools.models import ChangeKind, ChangeSet, Enrolment, Pupil, PupilYear
from schools.queries.merge_rows import TableActs
from schools.queries.merging import MergePlan, identity_lines, stay_in_words
from schools.queries.taking_back import Count, Preview, preview_of

FIRST, SECOND = "First record", "Second record"


@dataclass(frozen=True)
class Line:
    """One thing that is held, as each of the two records says it; lines of text each."""

    label: str
    said: tuple[tuple[str, ...], tuple[str, ...]]

    @property
    def differs(self) -> bool:
        return self.said[0] != self.said[1]


@dataclass(frozen=True)
class MergeAct:
    """That the two were made one: who did it, when and why, and whether it can be taken back."""

    change: ChangeSet
    by: str
    preview: Preview

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """How many rows of each kind stand otherwise than before the merge."""
        return tuple(
            (_called(each), each.removed + each.restored + each.returned) for each in self.preview.counts
        )

    @property
    def obstacles(self) -> tuple[str, ...]:
        return tuple(str(each) for each in self.preview.obstacles)


def _called(count: Count) -> str:
    return count.called[1][:1].upper() + count.called[1][1:]


def beside(plan: MergePlan) -> tuple[Line, ...]:
    """Who the child is by each record, when it was here, in which classes, and how much was judged. No query."""
    who = [
        Line(label, ((_flagged(label, said[0]),), (_flagged(label, said[1]),)))
        for label, said in identity_lines(plan.records)
    ]
    here = _of(plan, Enrolment)
    years = _of(plan, PupilYear)
    return (
        *who,
        Line("At this school", _both(here, _stays)),
        Line("Year by year", _both(years, _years)),
        Line("Judgements", (_judged(plan, 0), _judged(plan, 1))),
    )


def _flagged(label: str, said: str) -> str:
    return f"{said} (temporary)" if label == "UPN" and is_temporary_upn(said) else said


def _of(plan: MergePlan, model: type[Any]) -> TableActs:
    return next(each for each in plan.tables if each.key.model is model)


def _both(table: TableActs, words: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return words(table.rows[0]) or ("None",), words(table.rows[1]) or ("None",)


def _stays(rows: list[Enrolment]) -> tuple[str, ...]:
    return tuple(
        stay_in_words(*days) for days in sorted(((row.starts_on, row.ends_on) for row in rows), key=_first)
    )


def _first(days: tuple[dt.date, dt.date | None]) -> dt.date:
    return days[0]


def _years(rows: list[PupilYear]) -> tuple[str, ...]:
    return tuple(
        f"{row.academic_year.label}: {YearGroup(row.year_group).label}{f', {row.class_group.name}' if row.class_group else ''}"
        for row in sorted(rows, key=lambda row: row.academic_year)
    )


def _judged(plan: MergePlan, place: int) -> tuple[str, ...]:
    counted = Counter(
        int(row.academic_year)
        for each in plan.tables
        if each.key.model.measured_columns
        for row in each.rows[place]
    )
    return tuple(f"{AcademicYear(year).label}: {counted[year]}" for year in sorted(counted)) or ("None",)


def merge_act(kept: Pupil, merged: Pupil) -> MergeAct | None:
    """The latest act that made `merged` a part of `kept`; None where there is none. Needs the school open; reads its histories once."""
    events: Any = apps.get_model("schools", "PupilEvent").objects
    contexts = events.filter(
        school_id=kept.school_id, pgh_obj_id=merged.pk, merged_into=kept.pk, pgh_label="update"
    ).values_list("pgh_context__change_set", flat=True)
    acts = ChangeSet.objects.in_school(kept.school).filter(
        kind=ChangeKind.MERGE, public_id__in=[each for each in contexts if each]
    )
    change = acts.select_related("by", "school").order_by("-pk").first()
    if change is None:
        return None
    return MergeAct(change, change.by.name if change.by else "The operator", preview_of(change))
