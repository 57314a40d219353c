"""Whose record is due to be removed, by which rule, since when. Nothing is removed without somebody who says so."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from schools.calendar import AcademicYear, YearGroup
from schools.models import (
    CountedFrom,
    Enrolment,
    Pupil,
    PupilYear,
    RetentionHold,
    RetentionKind,
    RetentionRule,
    School,
    SenStatus,
)


@dataclass(frozen=True)
class Rule:
    """So many years after leaving, or after birth."""

    kind: RetentionKind
    counted_from: CountedFrom
    years: int
    is_own: bool = False

    @property
    def words(self) -> str:
        """`6 years after leaving`."""
        return f"{self.years} year{'' if self.years == 1 else 's'} {self.counted_from.label}"

    def due_on(self, born_on: dt.date, left_on: dt.date) -> dt.date:
        """The day on which the record is due: the same day so many years on, 1 March for 29 February."""
        day = born_on if self.counted_from is CountedFrom.BIRTH else left_on
        try:
            return day.replace(year=day.year + self.years)
        except ValueError:
            return dt.date(day.year + self.years, 3, 1)


# The IRMS toolkit for schools: analysis of results current year + 6; a secondary record until 25, that of a pupil with SEN until 31. A
# primary school's record itself goes with the pupil; here is what it was analysed by.
DEFAULTS: Mapping[RetentionKind, Rule] = {
    rule.kind: rule
    for rule in (
        Rule(RetentionKind.LEAVER, CountedFrom.LEAVING, 6),
        Rule(RetentionKind.SECONDARY, CountedFrom.BIRTH, 25),
        Rule(RetentionKind.SEN, CountedFrom.BIRTH, 31),
    )
}


@dataclass(frozen=True)
class LeaverLine:
    """A pupil who has left and is still named: since when the record is due, by which rule; until when it is kept, and why."""

    public_id: uuid.UUID
    name: str
    left_on: dt.date
    # The year in which the pupil's page is.
    last_year: AcademicYear
    rule: Rule
    due_on: dt.date
    keep_until: dt.date | None
    kept_because: str

    def is_due(self, today: dt.date) -> bool:
        return self.due_on <= today and (self.keep_until is None or self.keep_until < today)


def rules_of(school: School) -> dict[RetentionKind, Rule]:
    """The school's rule for each kind, its own or the default."""
    own = {
        RetentionKind(row.kind): Rule(
            RetentionKind(row.kind), CountedFrom(row.counted_from), row.years, is_own=True
        )
        for row in RetentionRule.objects.in_school(school)
    }
    return {**DEFAULTS, **own}


def leavers(school: School, today: dt.date) -> list[LeaverLine]:
    """Everybody who has left for good and is not anonymised, by the day on which the record is due. Four queries."""
    rules = rules_of(school)
    holds: dict[int, RetentionHold] = {}
    for hold in RetentionHold.objects.in_school(school).order_by("pk"):
        holds[hold.pupil_id] = hold
    years = PupilYear.objects.in_school(school).filter(pupil=OuterRef("pk"))
    had_sen = Q(sen_status__in=[SenStatus.SUPPORT, SenStatus.PLAN])
    found = (
        Pupil.objects.in_school(school)
        .filter(anonymised_at=None)
        .exclude(enrolments__in=_still_here(school, today))
        .annotate(
            left_on=Max("enrolments__ends_on"),
            last_year=Max("years__academic_year"),
            had_sen=Exists(years.filter(had_sen)),
            was_secondary=Exists(years.filter(year_group__gte=YearGroup.Y7)),
        )
        .filter(left_on__isnull=False, last_year__isnull=False)
    )
    lines = [_line(pupil, rules, holds.get(pupil.pk)) for pupil in found]
    return sorted(lines, key=lambda line: (line.due_on, line.name))


def _still_here(school: School, today: dt.date) -> QuerySet[Enrolment]:
    found: QuerySet[Enrolment] = Enrolment.objects.in_school(school)
    return found.filter(Q(ends_on=None) | Q(ends_on__gte=today))


def _line(pupil: Pupil, rules: Mapping[RetentionKind, Rule], hold: RetentionHold | None) -> LeaverLine:
    of_pupil: dict[RetentionKind, bool] = {
        RetentionKind.LEAVER: True,
        RetentionKind.SECONDARY: pupil.was_secondary,  # type: ignore[attr-defined]
        RetentionKind.SEN: pupil.had_sen,  # type: ignore[attr-defined]
    }
    left_on: dt.date = pupil.left_on  # type: ignore[attr-defined]
    due = [
        (rules[kind].due_on(pupil.date_of_birth, left_on), kind) for kind, holds in of_pupil.items() if holds
    ]
    due_on, kind = max(due, key=lambda each: each[0])
    return LeaverLine(
        public_id=pupil.public_id,
        name=pupil.name,
        left_on=left_on,
        last_year=AcademicYear(pupil.last_year),  # type: ignore[attr-defined]
        rule=rules[kind],
        due_on=due_on,
        keep_until=hold.keep_until if hold else None,
        kept_because=hold.reason if hold else "",
    )


def due(lines: Iterable[LeaverLine], today: dt.date) -> list[LeaverLine]:
    """The review queue: those whom somebody has to decide about."""
    return [line for line in lines if line.is_due(today)]


def kept(lines: Iterable[LeaverLine], today: dt.date) -> list[LeaverLine]:
    """Those who would be due, and whom somebody kept."""
    return [line for line in lines if line.due_on <= today and not line.is_due(today)]
