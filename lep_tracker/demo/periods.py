"""What was true of the demo's children from day to day: of those who are in the running year, so that it agrees with the records of its years."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from lep_tracker.demo.lives import Child, Record
from schools.calendar import AcademicYear
from schools.models import (
    CareKind,
    CarePeriod,
    FsmKind,
    FsmPeriod,
    PeriodSource,
    Pupil,
    SenNeed,
    SenPeriod,
    SenStatus,
)
from schools.sen_codes import SEN_TYPES
from schools.yearly_flags import TWO_KINDS_FROM

_DAY = dt.timedelta(days=1)
# The commoner ones.
_NEEDS = [code for code in SEN_TYPES if code in {"SPLD", "MLD", "SEMH", "SLCN", "ASD"}]


def write_periods(children: Iterable[tuple[Child, Pupil]], running: AcademicYear) -> None:
    """The periods of these children, each with the pupil that the child is at the school. Needs the school open."""
    told = list(children)
    FsmPeriod.objects.bulk_create(each for child, pupil in told for each in _meals(child, pupil, running))
    CarePeriod.objects.bulk_create(each for child, pupil in told for each in _care(child, pupil, running))
    SenPeriod.objects.bulk_create(each for child, pupil in told for each in _statuses(child, pupil, running))
    SenNeed.objects.bulk_create(each for child, pupil in told for each in _need(child, pupil))


def _september(running: AcademicYear, year: int) -> dt.date:
    return AcademicYear(running + year).starts_on


def _since(child: Child, running: AcademicYear, flag: str) -> dt.date | None:
    """The September in which the record began to say so."""
    years = [record.year for record in child.records if getattr(record.characteristics, flag)]
    return _september(running, min(years)) if years else None


def _meals(child: Child, pupil: Pupil, running: AcademicYear) -> Iterator[FsmPeriod]:
    """Free meals since the record began to say so; from September 2026 they are Targeted."""
    begins = _since(child, running, "is_fsm6")
    if begins is None:
        return
    of = {"school_id": pupil.school_id, "pupil": pupil, "source": PeriodSource.IMPORTED}
    if begins < TWO_KINDS_FROM:
        goes_on = running.starts_on < TWO_KINDS_FROM
        ends_on = None if goes_on else TWO_KINDS_FROM - _DAY
        yield FsmPeriod(kind=FsmKind.LEGACY, starts_on=begins, ends_on=ends_on, **of)
    if running.starts_on >= TWO_KINDS_FROM:
        yield FsmPeriod(kind=FsmKind.TARGETED, starts_on=max(begins, TWO_KINDS_FROM), **of)


def _care(child: Child, pupil: Pupil, running: AcademicYear) -> Iterator[CarePeriod]:
    begins = _since(child, running, "is_looked_after")
    if begins is not None:
        yield CarePeriod(
            school_id=pupil.school_id,
            pupil=pupil,
            kind=CareKind.IN_CARE,
            authority=pupil.school.dfe_number[:3],
            starts_on=begins,
            source=PeriodSource.TYPED,
        )


def _statuses(child: Child, pupil: Pupil, running: AcademicYear) -> Iterator[SenPeriod]:
    """One for each stretch of years of which the records say the same; of who never had a need none."""
    records = sorted(child.records, key=lambda record: record.year)
    if not any(_has_need(record) for record in records):
        return
    for number, record in enumerate(records):
        earlier, later = records[:number], records[number + 1 :]
        status = record.characteristics.sen_status
        if earlier and earlier[-1].characteristics.sen_status == status:
            continue
        change = next((each for each in later if each.characteristics.sen_status != status), None)
        yield SenPeriod(
            school_id=pupil.school_id,
            pupil=pupil,
            code=status,
            status=status,
            starts_on=_september(running, record.year),
            ends_on=_september(running, change.year) - _DAY if change else None,
            source=PeriodSource.TYPED,
        )


def _has_need(record: Record) -> bool:
    return record.characteristics.sen_status in {SenStatus.SUPPORT, SenStatus.PLAN}


def _need(child: Child, pupil: Pupil) -> Iterator[SenNeed]:
    if any(_has_need(record) for record in child.records):
        # Any that is the same at each load.
        need = _NEEDS[child.person.key.int % len(_NEEDS)]
        yield SenNeed(school_id=pupil.school_id, pupil=pupil, rank=1, need=need, source=PeriodSource.IMPORTED)
