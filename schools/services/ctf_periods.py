"""What was true of a pupil from day to day, as a common transfer file tells it, beside what is held: added, completed, never taken away.

A period that the school holds otherwise stays, and is told of. Plain rows in, rows out: nothing is written here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from schools.ctf_values import CtfMeals, CtfNeed, CtfPupil, CtfStay
from schools.models import (
    FsmKind,
    FsmPeriod,
    PeriodSource,
    School,
    SchoolAttended,
    SenNeed,
    SenPeriod,
    UkCountry,
)
from schools.sen_codes import counts_as
from schools.yearly_flags import TWO_KINDS_FROM

_DAY = dt.timedelta(days=1)
HIGHEST_RANK = 9


@dataclass
class Changed:
    """Rows to add, rows that change with the names of their fields, and what of the file was not taken, in words."""

    new: list[Any] = field(default_factory=list)
    changed: list[tuple[Any, tuple[str, ...]]] = field(default_factory=list)
    not_taken: list[str] = field(default_factory=list)


def periods_of(
    pupil: CtfPupil,
    held: list[Any],
    *,
    school: School,
    is_made_since_two_kinds: bool,
    only_missing: bool,
) -> Changed:
    """What the file changes of one pupil's rows: those of `held`, of any of the four tables. New rows do not say yet whose they are."""
    changed = Changed()
    of_pupil: dict[str, Any] = {"school": school, "source": PeriodSource.IMPORTED}

    def rows(model: type[Any]) -> list[Any]:
        return [row for row in held if isinstance(row, model)]

    meals = [
        FsmPeriod(
            **of_pupil, kind=kind, country=each.country or UkCountry.ENGLAND, starts_on=first, ends_on=last
        )
        for each in pupil.meals
        for kind, first, last in _kinds(each, is_made_since_two_kinds=is_made_since_two_kinds)
    ]
    _beside(changed, meals, rows(FsmPeriod), "free school meals", _same_meals, only_missing=only_missing)
    statuses = [
        SenPeriod(**of_pupil, code=code, status=counts_as(code), starts_on=first, ends_on=last)
        for code, first, last in _sen(pupil)
    ]
    _beside(changed, statuses, rows(SenPeriod), "SEN", _same_status, only_missing=only_missing)
    _needs(changed, pupil.needs, rows(SenNeed), of_pupil)
    _schools(changed, pupil.stays, rows(SchoolAttended), of_pupil)
    return changed


def _kinds(
    meals: CtfMeals, *, is_made_since_two_kinds: bool
) -> Iterable[tuple[FsmKind, dt.date, dt.date | None]]:
    """Until August 2026 there was one kind of free school meals; since then there are two, and the file does not say which."""
    first, last = meals.starts_on, meals.ends_on
    if first >= TWO_KINDS_FROM:
        yield FsmKind.UNKNOWN, first, last
    elif last is None and not is_made_since_two_kinds:
        # It went on when the file was made, and what came after nobody has told.
        yield FsmKind.LEGACY, first, None
    elif last is None or last >= TWO_KINDS_FROM:
        yield FsmKind.LEGACY, first, TWO_KINDS_FROM - _DAY
        yield FsmKind.UNKNOWN, TWO_KINDS_FROM, last
    else:
        yield FsmKind.LEGACY, first, last


def _sen(pupil: CtfPupil) -> Iterable[tuple[str, dt.date, dt.date | None]]:
    """Each provision lasts until the next begins; of two that begin on one day the later in the file counts."""
    by_day = {each.starts_on: each.code for each in pupil.sen}
    days = sorted(by_day)
    for first, following in pairwise([*days, None]):
        if first is not None:
            yield by_day[first], first, following - _DAY if following else None


def _same_meals(said: Any, held: Any) -> bool:
    """A kind that somebody has told is more than the file knows."""
    return bool(said.country == held.country)


def _same_status(said: Any, held: Any) -> bool:
    return bool(said.code == held.code)


def _beside(
    changed: Changed,
    said: Iterable[Any],
    held: list[Any],
    what: str,
    is_same: Callable[[Any, Any], bool],
    *,
    only_missing: bool,
) -> None:
    """Periods of which only one holds at a time, beside those held. One that began on the same day and says the same is the same one."""
    # Those whose end becomes known make room for the next.
    periods = sorted(said, key=lambda each: each.starts_on)
    for period in periods:
        known = next(
            (each for each in held if each.starts_on == period.starts_on and is_same(period, each)), None
        )
        if known is not None:
            _take_end(changed, known, period.ends_on, held, what, only_missing=only_missing)
        elif _is_within(period, held, is_same):
            continue
        elif any(_share_a_day(period, each) for each in held):
            changed.not_taken.append(f"{what} {_days(period)}: the school holds something else of these days")
        else:
            held.append(period)
            changed.new.append(period)


def _is_within(period: Any, held: Iterable[Any], is_same: Callable[[Any, Any], bool]) -> bool:
    """Whether what is held says the same of all these days already, in a longer period."""
    return any(
        is_same(period, each)
        and each.starts_on <= period.starts_on
        and (each.ends_on or dt.date.max) >= (period.ends_on or dt.date.max)
        for each in held
    )


def _take_end(
    changed: Changed,
    known: Any,
    ends_on: dt.date | None,
    held: Iterable[Any],
    what: str,
    *,
    only_missing: bool,
) -> None:
    """The last day of a period that is held: one that is told for the first time, or corrected by a file where a file told it."""
    if ends_on is None or ends_on == known.ends_on or known.pk is None:
        return
    was = known.ends_on
    if was is not None and (only_missing or known.source != PeriodSource.IMPORTED):
        changed.not_taken.append(f"{what} to {ends_on:%d/%m/%Y}: the school holds {was:%d/%m/%Y}")
        return
    known.ends_on = ends_on
    if any(each is not known and _share_a_day(known, each) for each in held):
        known.ends_on = was
        changed.not_taken.append(
            f"{what} to {ends_on:%d/%m/%Y}: the school holds something else of these days"
        )
        return
    changed.changed.append((known, ("ends_on",)))


def _share_a_day(one: Any, other: Any) -> bool:
    earliest, latest = dt.date.min, dt.date.max
    return bool(
        (one.starts_on or earliest) <= (other.ends_on or latest)
        and (other.starts_on or earliest) <= (one.ends_on or latest)
    )


def _days(period: Any) -> str:
    first = f"from {period.starts_on:%d/%m/%Y}" if period.starts_on else "of days not told"
    return f"{first} to {period.ends_on:%d/%m/%Y}" if period.ends_on else first


def _needs(changed: Changed, said: Sequence[CtfNeed], held: list[Any], of_pupil: dict[str, Any]) -> None:
    """Types of need: held once each at a time, and one of each rank. Days that were not told are filled in."""
    for need in said:
        known = next((each for each in held if each.need == need.code and _may_be_one(each, need)), None)
        if known is not None:
            _fill(changed, known, starts_on=need.starts_on, ends_on=need.ends_on)
            continue
        row = SenNeed(**of_pupil, need=need.code, rank=0, starts_on=need.starts_on, ends_on=need.ends_on)
        beside = [each for each in held if _share_a_day(row, each)]
        taken = {each.rank for each in beside}
        free = next((rank for rank in range(1, HIGHEST_RANK + 1) if rank not in taken), None)
        row.rank = need.rank if need.rank and need.rank not in taken else free or 0
        if any(each.need == need.code for each in beside) or not row.rank:
            changed.not_taken.append(f"type of need {need.code}: the school holds it of other days")
            continue
        if need.rank and row.rank != need.rank:
            changed.not_taken.append(
                f"rank {need.rank} of the need {need.code}: another need has it; it was ranked {row.rank}"
            )
        held.append(row)
        changed.new.append(row)


def _may_be_one(held: Any, said: CtfNeed) -> bool:
    return held.starts_on == said.starts_on or held.starts_on is None or said.starts_on is None


def _fill(changed: Changed, row: Any, **said: Any) -> None:
    """Take what the row does not say yet."""
    names = tuple(
        name for name, value in said.items() if value not in {None, ""} and getattr(row, name) in {None, ""}
    )
    for name in names:
        setattr(row, name, said[name])
    first, last = row.starts_on, row.ends_on
    if first and last and last < first:
        for name in names:
            setattr(row, name, None if name in {"starts_on", "ends_on", "is_last"} else "")
        return
    if names and row.pk is not None:
        changed.changed.append((row, names))


def _schools(changed: Changed, said: Sequence[CtfStay], held: list[Any], of_pupil: dict[str, Any]) -> None:
    """Schools attended: the same school from the same day on is one stay, and what was not told of it is filled in."""
    for stay in said:
        number, urn = stay.school.dfe_number, _urn(stay)
        name = stay.school.name or ("" if number or urn else stay.school.words)
        known = next(
            (
                each
                for each in held
                if _is_one_school(each, number, urn, name) and each.starts_on in {None, stay.starts_on}
            ),
            None,
        )
        facts = {
            "dfe_number": number,
            "urn": urn,
            "name": name,
            "starts_on": stay.starts_on,
            "ends_on": stay.ends_on,
            "leaving_reason": stay.leaving_reason,
            "is_last": stay.is_last,
        }
        if known is not None:
            _fill(changed, known, **facts)
            continue
        row = SchoolAttended(**of_pupil, **facts)
        held.append(row)
        changed.new.append(row)


def _urn(stay: CtfStay) -> str:
    return stay.school.urn if len(stay.school.urn) <= 6 else ""


def _is_one_school(row: Any, number: str, urn: str, name: str) -> bool:
    if number and row.dfe_number:
        return bool(number == row.dfe_number)
    if urn and row.urn:
        return bool(urn == row.urn)
    return bool(name and name.casefold() == row.name.casefold())
