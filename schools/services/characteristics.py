"""Say from when to when something was true of a pupil, correct it, take it away; what follows for the years that are open is written with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, TypeAlias

from schools.models import (
    CareKind,
    CarePeriod,
    ChangeKind,
    FsmKind,
    FsmPeriod,
    Pupil,
    SenNeed,
    SenPeriod,
    User,
)
from schools.queries.yearly_values import Spans, ValueChange, changes_by, open_years, told_of, with_spans
from schools.queries.yearly_values import care_span as _care
from schools.queries.yearly_values import fsm_span as _fsm
from schools.queries.yearly_values import sen_span as _sen
from schools.sen_codes import SEN_STATUSES, counts_as
from schools.services.changes import change_set
from schools.services.turns import take_turn_alone
from schools.services.yearly_values import work_out
from schools.yearly_flags import TWO_KINDS_FROM

Period: TypeAlias = FsmPeriod | SenPeriod | SenNeed | CarePeriod


class PeriodRefusedError(Exception):
    """These days cannot be; the message is for whoever typed them."""


def _written(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


def check(period: Period) -> None:
    """PeriodRefusedError for what cannot be true; of a SEN status what it counts as is filled in."""
    born, starts_on, ends_on = period.pupil.date_of_birth, period.starts_on, period.ends_on
    if starts_on and ends_on and ends_on < starts_on:
        raise PeriodRefusedError("The last day lies before the first.")
    if starts_on and starts_on < born:
        raise PeriodRefusedError(f"The child was born on {_written(born)}.")
    if isinstance(period, FsmPeriod):
        _check_meals(period)
    if isinstance(period, SenPeriod):
        _check_status(period)
    if isinstance(period, CarePeriod) and period.kind == CareKind.IN_CARE and not starts_on:
        raise PeriodRefusedError("Give the first day in care.")
    if other := _overlapping(period):
        raise PeriodRefusedError(f"Another one holds on some of these days: {_days(other)}. End it first.")


def _check_meals(period: FsmPeriod) -> None:
    is_new_kind = period.kind in {FsmKind.TARGETED, FsmKind.EXPANDED}
    if is_new_kind and period.starts_on < TWO_KINDS_FROM:
        raise PeriodRefusedError(
            f"Targeted and Expanded began on {_written(TWO_KINDS_FROM)}. Before it say “{FsmKind.LEGACY.label}”."
        )
    last = TWO_KINDS_FROM - dt.timedelta(days=1)
    if period.kind == FsmKind.LEGACY and (period.ends_on is None or period.ends_on > last):
        raise PeriodRefusedError(
            f"End it on {_written(last)} at the latest, and add another that says which kind it is from then on."
        )


def _check_status(period: SenPeriod) -> None:
    known = SEN_STATUSES.get(period.code)
    if known and not known.holds_on(period.starts_on):
        raise PeriodRefusedError(f"{known.label} was not recorded on {_written(period.starts_on)}.")
    period.status = counts_as(period.code)


def _days(period: Period) -> str:
    first = _written(period.starts_on) if period.starts_on else "ever"
    return f"from {first}, going on" if period.ends_on is None else f"{first} to {_written(period.ends_on)}"


# What two rows may not both be at once.
_ALIKE: dict[type[Any], tuple[tuple[str, ...], ...]] = {
    FsmPeriod: ((),),
    SenPeriod: ((),),
    SenNeed: (("rank",), ("need",)),
    CarePeriod: (("kind",),),
}


def _overlapping(period: Period) -> Period | None:
    others: Iterable[Period] = (
        type(period)
        .objects.in_school(period.school)
        .filter(pupil=period.pupil)
        .exclude(pk=period.pk)
        .order_by("starts_on")
    )
    for other in others:
        is_alike = any(
            all(getattr(other, name) == getattr(period, name) for name in names)
            for names in _ALIKE[type(period)]
        )
        if is_alike and _share_a_day(period, other):
            return other
    return None


def _share_a_day(one: Period, other: Period) -> bool:
    earliest, latest = dt.date.min, dt.date.max
    return (one.starts_on or earliest) <= (other.ends_on or latest) and (other.starts_on or earliest) <= (
        one.ends_on or latest
    )


def effect_of(
    pupil: Pupil, *, with_period: Period | None = None, without: Period | None = None, today: dt.date
) -> list[ValueChange]:
    """What would stand otherwise in the years that are open, with this period as it is here, or without one. Writes nothing.

    A period in `with_period` that is saved stands for itself.
    """
    told = told_of(pupil.school, [pupil.pk]).get(pupil.pk)
    if told is None:
        return []
    spans = _spans(pupil, with_period, without)
    return changes_by(with_spans(told, spans), open_years(pupil.school, today), today)


def _spans(pupil: Pupil, added: Period | None, taken: Period | None) -> Spans:
    left_out = {(type(each), each.pk) for each in (added, taken) if each is not None}

    def rows(model: Any) -> list[Any]:
        held = model.objects.in_school(pupil.school).filter(pupil=pupil).order_by("pk")
        kept = [each for each in held if (model, each.pk) not in left_out]
        return [*kept, added] if isinstance(added, model) else kept

    return Spans(
        fsm=[_fsm(each) for each in rows(FsmPeriod)],
        sen=[_sen(each) for each in rows(SenPeriod)],
        care=[_care(each) for each in rows(CarePeriod)],
    )


def save_period(*, period: Period, reason: str = "", by: User | None, today: dt.date | None = None) -> int:
    """Save a new period, or one with other values, and what follows from it; how many yearly values became others.

    Raises PeriodRefusedError for what cannot be (`check`).
    """
    pupil = period.pupil
    is_new = period.pk is None
    what = reason or ("Period added" if is_new else "Period corrected")
    with change_set(school=pupil.school, kind=ChangeKind.CHARACTERISTICS, by=by, reason=what):
        take_turn_alone(pupil.school)
        check(period)
        period.save()
        return work_out(school=pupil.school, pupils=[pupil.pk], by=by, today=today)


def remove_period(*, period: Period, reason: str, by: User | None, today: dt.date | None = None) -> int:
    """Take away a period that was never so, and what followed from it; how many yearly values became others."""
    pupil = period.pupil
    with change_set(school=pupil.school, kind=ChangeKind.CHARACTERISTICS, by=by, reason=reason):
        take_turn_alone(pupil.school)
        period.delete()
        return work_out(school=pupil.school, pupils=[pupil.pk], by=by, today=today)
