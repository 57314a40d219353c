"""What a roll says from day to day, of the running year: free school meals, types of need; and what it says against flags that are claimed.

A roll tells how things are on the day it is made. So the roll of another year than the running one tells nothing here, and what somebody typed is
left as it is: a file ends or corrects what came from a file. SEN status and care stay with the year's record: a file that says them counts before
periods (schools/queries/yearly_values.py).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from schools.calendar import AcademicYear
from schools.models import (
    ClaimSource,
    FsmKind,
    FsmPeriod,
    PeriodSource,
    Pupil,
    PupilYear,
    School,
    SenNeed,
    YearlyClaim,
    YearlyFlag,
)
from schools.queries.yearly_values import Claim, as_claimed, fsm_span
from schools.services.enrolments import UNCHANGED
from schools.services.roll_rows import RollRow
from schools.services.yearly_values import claim_row, write_claims
from schools.yearly_flags import TWO_KINDS_FROM, is_of_unknown_kind

_DAY = dt.timedelta(days=1)
_LAST_OF_ONE_KIND = TWO_KINDS_FROM - _DAY

# What a roll may change of a period that came from a file.
_COLUMNS: Mapping[type[Any], list[str]] = {FsmPeriod: ["kind", "ends_on"], SenNeed: ["need"]}


@dataclass
class RollPeriods:
    """What is to be written of all pupils together, beside their records."""

    new: list[FsmPeriod | SenNeed] = field(default_factory=list)
    changed: list[FsmPeriod | SenNeed] = field(default_factory=list)
    claims: list[tuple[PupilYear, YearlyFlag, str]] = field(default_factory=list)
    # Pupils of whom something of this is written.
    pupils: list[Pupil] = field(default_factory=list)
    # Of how many the kind of free school meals is not known and would have to be.
    of_unknown_kind: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.new or self.changed or self.claims)

    def write(self, today: dt.date) -> None:
        """A fixed number of statements. Periods are ended before new ones begin."""
        for model, columns in _COLUMNS.items():
            model.objects.bulk_update([each for each in self.changed if isinstance(each, model)], columns)
            model.objects.bulk_create([each for each in self.new if isinstance(each, model)])
        write_claims(
            [
                claim_row(row, flag, ClaimSource.IMPORTED, Claim(value, today))
                for row, flag, value in self.claims
            ]
        )


class HeldPeriods:
    """What the school holds that a roll may end, correct or be overruled by: three queries."""

    def __init__(self, school: School, academic_year: AcademicYear) -> None:
        self.meals: dict[int, list[FsmPeriod]] = defaultdict(list)
        for meals in FsmPeriod.objects.in_school(school).order_by("starts_on"):
            self.meals[meals.pupil_id].append(meals)
        self.needs: dict[int, list[SenNeed]] = defaultdict(list)
        for need in SenNeed.objects.in_school(school).filter(ends_on=None):
            self.needs[need.pupil_id].append(need)
        self.claims: dict[int, dict[str, dict[str, str]]] = defaultdict(dict)
        for claim in YearlyClaim.objects.in_school(school).filter(academic_year=academic_year):
            self.claims[claim.pupil_id].setdefault(claim.flag, {})[claim.source] = claim.value

    def set_by_hand(self, pupil: Pupil | None) -> frozenset[str]:
        """Columns of the year's record that no file changes."""
        held = self.claims.get(pupil.pk, {}) if pupil else {}
        return frozenset(flag for flag, claims in held.items() if ClaimSource.OVERRIDDEN in claims)


def take_row(
    periods: RollPeriods, held: HeldPeriods, row: RollRow, year: PupilYear, today: dt.date, *, fills: bool
) -> None:
    """Add what a row says to what is to be written; `fills`: only what is missing."""
    before = len(periods.new) + len(periods.changed) + len(periods.claims)
    if not fills:
        _take_claims(periods, held.claims.get(year.pupil_id or 0, {}), row, year)
    if year.academic_year.starts_on <= today <= year.academic_year.ends_on:
        _take_meals(periods, held.meals.get(year.pupil_id or 0, ()), row, year.pupil, today, fills=fills)
        _take_needs(periods, held.needs.get(year.pupil_id or 0, ()), row, year.pupil, fills=fills)
    if len(periods.new) + len(periods.changed) + len(periods.claims) > before:
        periods.pupils.append(year.pupil)


def _take_claims(
    periods: RollPeriods, claims: Mapping[str, Mapping[str, str]], row: RollRow, year: PupilYear
) -> None:
    """What the file says of a flag of which somebody claims something; of others the record alone is enough."""
    for flag in YearlyFlag:
        said = getattr(row, flag)
        held = claims.get(flag)
        if said is UNCHANGED or not held:
            continue
        value = as_claimed(said)
        if value and held.get(ClaimSource.IMPORTED) != value:
            periods.claims.append((year, flag, value))


def _kind(row: RollRow, day: dt.date) -> FsmKind | None:
    """Of the meals on a day; None for none."""
    if row.has_targeted_meals is True and day >= TWO_KINDS_FROM:
        return FsmKind.TARGETED
    if row.has_expanded_meals is True and day >= TWO_KINDS_FROM:
        return FsmKind.EXPANDED
    if row.has_meals is True or row.has_targeted_meals is True:
        return FsmKind.LEGACY if day < TWO_KINDS_FROM else FsmKind.UNKNOWN
    return None


def _says_meals(row: RollRow) -> bool:
    said = (row.has_meals, row.has_targeted_meals, row.has_expanded_meals)
    return any(each is not UNCHANGED for each in said)


def _take_meals(
    periods: RollPeriods,
    held: Sequence[FsmPeriod],
    row: RollRow,
    pupil: Pupil,
    today: dt.date,
    *,
    fills: bool,
) -> None:
    if not _says_meals(row) or (fills and held):
        return
    day = min(row.meals_until, today) if row.meals_until else today
    kind = _kind(row, day)
    now = next((each for each in held if fsm_span(each).holds_on(today)), None)
    if kind is None or (row.meals_until is not None and row.meals_until < today):
        _end(periods, now, row.meals_until or today - _DAY)
        return
    if kind is FsmKind.UNKNOWN:
        periods.of_unknown_kind += now is None or is_of_unknown_kind(fsm_span(now))
    if now is None:
        periods.new += _begun(pupil, kind, row, today, held)
    elif kind is not FsmKind.UNKNOWN and now.kind != kind and now.source == PeriodSource.IMPORTED:
        _become(periods, now, kind, pupil, today)


def _end(periods: RollPeriods, now: FsmPeriod | None, on: dt.date) -> None:
    """A period that came from a file ends; one of a single day that was wrong ends on that day."""
    if now is not None and now.source == PeriodSource.IMPORTED and now.ends_on != max(on, now.starts_on):
        now.ends_on = max(on, now.starts_on)
        periods.changed.append(now)


def _begun(
    pupil: Pupil, kind: FsmKind, row: RollRow, today: dt.date, held: Sequence[FsmPeriod]
) -> Iterable[FsmPeriod]:
    """From the day that the file gives, or from today; in two, where that lies before there were two kinds."""
    said = row.meals_since or today
    starts_on = said if pupil.date_of_birth <= said <= today else today
    taken = [each.ends_on for each in held if each.ends_on and each.ends_on >= starts_on]
    if taken:
        starts_on = max(taken) + _DAY
    if any(each.starts_on >= starts_on for each in held):
        return
    if kind is not FsmKind.LEGACY and starts_on < TWO_KINDS_FROM:
        yield _meals(pupil, FsmKind.LEGACY, starts_on, _LAST_OF_ONE_KIND)
        starts_on = TWO_KINDS_FROM
    yield _meals(pupil, kind, starts_on, row.meals_until)


def _become(periods: RollPeriods, now: FsmPeriod, kind: FsmKind, pupil: Pupil, today: dt.date) -> None:
    """Meals of another kind from today; what was not known is the kind that the file says, from the beginning of the two."""
    if is_of_unknown_kind(fsm_span(now)) and now.starts_on >= TWO_KINDS_FROM:
        now.kind = kind
        periods.changed.append(now)
        return
    begins = TWO_KINDS_FROM if is_of_unknown_kind(fsm_span(now)) else today
    if begins > now.starts_on:
        last, now.ends_on = now.ends_on, begins - _DAY
        periods.changed.append(now)
        periods.new.append(_meals(pupil, kind, begins, last))


def _meals(pupil: Pupil, kind: FsmKind, starts_on: dt.date, ends_on: dt.date | None) -> FsmPeriod:
    return FsmPeriod(
        school_id=pupil.school_id,
        pupil=pupil,
        kind=kind,
        starts_on=starts_on,
        ends_on=ends_on,
        source=PeriodSource.IMPORTED,
    )


def _take_needs(
    periods: RollPeriods, held: Sequence[SenNeed], row: RollRow, pupil: Pupil, *, fills: bool
) -> None:
    said: dict[int, Any] = {1: row.primary_need, 2: row.secondary_need}
    by_rank = {need.rank: need for need in held}
    for rank, need in said.items():
        if need is UNCHANGED or not need or any(each.need == need for each in held):
            continue
        now = by_rank.get(rank)
        if now is None:
            source = PeriodSource.IMPORTED
            periods.new.append(
                SenNeed(school_id=pupil.school_id, pupil=pupil, rank=rank, need=need, source=source)
            )
        elif now.source == PeriodSource.IMPORTED and not fills:
            now.need = need
            periods.changed.append(now)
