"""What was rolled over already, and whether it can still be taken back."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from schools.calendar import AcademicYear
from schools.models import ChangeKind, ChangeSet, PupilYear, School, SchoolYear, SeptemberTick
from schools.queries.taking_back import Preview, preview_of


@dataclass(frozen=True)
class Done:
    """One roll-over that was carried out. `obstacles` say why it cannot be taken back; `taken_back_on` that it was."""

    public_id: uuid.UUID
    at: dt.datetime
    by: str
    what: str
    obstacles: tuple[str, ...]
    taken_back_on: dt.datetime | None

    @property
    def is_possible(self) -> bool:
        return not self.obstacles and self.taken_back_on is None


def done_for(school: School, new_year: AcademicYear) -> list[Done]:
    """What was carried out for the year, the latest first. Needs the school open; reads its histories once for each."""
    changes = ChangeSet.objects.in_school(school).filter(
        kind=ChangeKind.ROLL_OVER, reason__startswith=f"{new_year}: "
    )
    return [_done(change) for change in changes.select_related("by").order_by("-pk")]


def _done(change: ChangeSet) -> Done:
    preview = preview_of(change)
    return Done(
        public_id=change.public_id,
        at=change.made_at,
        by=change.by.name if change.by else "The operator",
        what=change.reason.partition(": ")[2],
        # Ticks go with it.
        obstacles=tuple(str(each) for each in preview.obstacles if each.called != SeptemberTick.called),
        taken_back_on=preview.taken_back_by.made_at if preview.taken_back_by else None,
    )


def ticks_on(change: ChangeSet) -> QuerySet[SeptemberTick]:
    """What was ticked in September of the pupils whom it placed, and of the whole year where it opened it."""
    preview = preview_of(change)
    years = SchoolYear.objects.filter(pk__in=_removed(preview, SchoolYear))
    placed = PupilYear.objects.in_school(change.school).filter(pk__in=_removed(preview, PupilYear))
    of_pupils = Q(academic_year__in=placed.values("academic_year"), pupil__in=placed.values("pupil"))
    ticks: QuerySet[SeptemberTick] = SeptemberTick.objects.in_school(change.school)
    return ticks.filter(Q(academic_year__in=years.values("academic_year")) | of_pupils)


def _removed(preview: Preview, model: type[SchoolYear | PupilYear]) -> list[int]:
    return [was.row for each in preview.tables if each.table.model is model for was in each.removed]
