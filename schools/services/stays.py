"""What a year's roll says of a pupil's stays: plain values in, plain values out, no database.

The same stays come out in whatever order the rolls of several years are loaded, as long as the rolls do not
contradict one another. Where they do, the entry date of the latest year's roll stands.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from schools.calendar import AcademicYear

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Stay:
    """A stay on the roll; `ends_on` None goes on. `key` tells which stored stay it is; None for a new one."""

    starts_on: dt.date
    ends_on: dt.date | None = None
    is_start_assumed: bool = False
    key: int | None = None

    @property
    def last_day(self) -> dt.date:
        return self.ends_on or dt.date.max

    def touches(self, first: dt.date, last: dt.date) -> bool:
        return self.starts_on <= last and self.last_day >= first

    def touches_year(self, year: AcademicYear) -> bool:
        return self.touches(year.starts_on, year.ends_on)

    def __str__(self) -> str:
        if self.ends_on is None:
            return f"the stay from {self.starts_on:%d/%m/%Y}"
        return f"the stay from {self.starts_on:%d/%m/%Y} to {self.ends_on:%d/%m/%Y}"


class StaysRefused(ValueError):
    """The dates cannot be so. The text goes on after the date; `is_leaving` tells which of the two it is."""

    def __init__(self, what: str, *, is_leaving: bool) -> None:
        super().__init__(what)
        self.is_leaving = is_leaving


@dataclass(frozen=True)
class Settled:
    """All stays of the pupil, in order; `note` is a sentence where what the roll says was not taken."""

    stays: tuple[Stay, ...]
    note: str = ""


@dataclass(frozen=True)
class RollDates:
    """What one year's roll says: entry and leaving, either of which may be blank.

    `on_record` holds the other years on whose rolls the pupil stands. `only_missing` leaves dates alone that are known.
    """

    year: AcademicYear
    entry: dt.date | None
    leaving: dt.date | None
    on_record: Collection[AcademicYear] = ()
    only_missing: bool = False

    @property
    def upto(self) -> dt.date:
        """The last day of which this roll speaks."""
        return min(self.leaving or dt.date.max, self.year.ends_on)


def settle(stays: Iterable[Stay], said: RollDates) -> Settled:
    """The stays when this roll has been taken in.

    A blank entry date leaves a stay that touches the year as it is; an assumed start moves back to the
    year's first day, a known one does not; who had left before has come back, from an assumed start. A given one corrects the
    start of the stay that it belongs to, or begins a stay. A leaving date ends the stay; a record of a later
    year then begins another. The dates lie in their order: entry, leaving, and neither past the year on its side.
    Raises StaysRefused where they run into another stay.
    """
    before = sorted(stays, key=lambda stay: stay.starts_on)
    settling = _Settling(before, said)
    target = settling.enter() if said.entry else settling.stay_on()
    if target is not None and said.leaving is not None:
        settling.leave(target, said.leaving)
    after = sorted(settling.stays, key=lambda stay: stay.starts_on)
    _refuse_overlaps(after)
    return Settled(tuple(after), settling.note)


def _refuse_overlaps(stays: Sequence[Stay]) -> None:
    """Entry dates find their place between the stays; a leaving date alone can run into the next."""
    for stay, following in pairwise(stays):
        if stay.last_day >= following.starts_on:
            raise StaysRefused(f"runs into another stay of this pupil, {following}.", is_leaving=True)


class _Settling:
    """The stays while they change."""

    def __init__(self, stays: list[Stay], said: RollDates) -> None:
        self.stays, self.said, self.note = stays, said, ""

    def stay_on(self) -> Stay | None:
        """Without an entry date: the stay that this roll speaks of; None where a known start says otherwise."""
        said = self.said
        if touching := self._touching(said.year.starts_on, said.upto):
            return touching[-1]
        later = self._next_after(said.upto)
        if later is None or (said.leaving is not None and said.leaving < later.starts_on):
            return self._add(Stay(self._assumed_start(), said.leaving, is_start_assumed=True))
        if later.is_start_assumed:
            return self._change(later, starts_on=self._assumed_start())
        if said.leaving is None:
            self.note = f"stands on the roll of {said.year}, but came on {later.starts_on:%d/%m/%Y} by the entry date."
            return None
        return later

    def enter(self) -> Stay | None:
        """With an entry date: the stay that it belongs to, corrected; or a new one."""
        said, entry = self.said, self._entry
        ended = next((stay for stay in self.stays if entry <= stay.last_day < said.year.starts_on), None)
        if ended is not None:
            return self._come_back_after(ended)
        if touching := self._touching(max(entry, said.year.starts_on), said.upto):
            within = [stay for stay in touching if stay.starts_on <= entry]
            return self._correct_start((within or touching)[-1 if within else 0])
        later = self._next_after(said.upto)
        if later is None:
            return self._add(Stay(entry, said.leaving))
        if later.is_start_assumed and (said.leaving is None or said.leaving >= later.starts_on):
            return self._change(later, starts_on=entry, is_start_assumed=False)
        # Without a leaving date the stay can only have lasted until the next began.
        return self._add(Stay(entry, said.leaving or later.starts_on - _DAY))

    def leave(self, stay: Stay, on: dt.date) -> None:
        """End the stay; a later record that it covered gets a stay of its own."""
        if stay.ends_on == on or (self.said.only_missing and stay.ends_on is not None):
            return
        self._change(stay, ends_on=on)
        for year in sorted(self.said.on_record):
            if year.starts_on > on and stay.touches_year(year):
                if not any(other.touches_year(year) for other in self.stays):
                    self._add(Stay(year.starts_on, stay.ends_on, is_start_assumed=True))
                return

    @property
    def _entry(self) -> dt.date:
        assert self.said.entry is not None  # noqa: S101 - for the type; enter() is called with one
        return self.said.entry

    def _come_back_after(self, ended: Stay) -> Stay | None:
        """The entry date is that of a stay which had ended: the pupil has come back, on a day that nobody gave."""
        if ended.is_start_assumed:
            self._change(ended, starts_on=self._entry, is_start_assumed=False)
        elif ended.starts_on != self._entry and not self.said.only_missing:
            raise StaysRefused(
                f"lies before the end of another stay of this pupil, {ended}.", is_leaving=False
            )
        return self.stay_on()

    def _correct_start(self, stay: Stay) -> Stay:
        entry = self._entry
        if stay.is_start_assumed:
            return self._change(stay, starts_on=entry, is_start_assumed=False)
        if entry == stay.starts_on or self.said.only_missing:
            return stay
        # A later year's roll cannot have meant an earlier day than this one, so that the start it gave stays.
        if entry < stay.starts_on and any(self._goes_on_in(stay, year) for year in self.said.on_record):
            self.note = f"has the entry date {entry:%d/%m/%Y} here; {stay.starts_on:%d/%m/%Y} on a later year’s roll stays."
            return stay
        if any(year.ends_on < entry and stay.touches_year(year) for year in self.said.on_record):
            # On the roll of a whole year before: not a correction, the pupil had left and came back.
            self._change(stay, ends_on=entry - _DAY)
            return self._add(Stay(entry, stay.ends_on))
        return self._change(stay, starts_on=entry)

    def _goes_on_in(self, stay: Stay, year: AcademicYear) -> bool:
        """Whether a later year's roll spoke of this very stay: the last of its year, and not ended before by this roll."""
        if year <= self.said.year or (self.said.leaving or dt.date.max) < year.starts_on:
            return False
        return self._touching(year.starts_on, year.ends_on)[-1:] == [stay]

    def _touching(self, first: dt.date, last: dt.date) -> list[Stay]:
        return [stay for stay in self.stays if stay.touches(first, last)]

    def _next_after(self, day: dt.date) -> Stay | None:
        return next((stay for stay in self.stays if stay.starts_on > day), None)

    def _assumed_start(self) -> dt.date:
        """The first day of the first year on record, up to this one, that lies after every earlier stay."""
        year = self.said.year
        ended = max(
            (stay.last_day for stay in self.stays if stay.starts_on < year.starts_on), default=dt.date.min
        )
        years = [each for each in self.said.on_record if each < year and each.starts_on > ended]
        return min([*years, year]).starts_on

    def _add(self, stay: Stay) -> Stay:
        self.stays.append(stay)
        self.stays.sort(key=lambda each: each.starts_on)
        return stay

    def _change(self, stay: Stay, **values: object) -> Stay:
        changed = replace(stay, **values)  # type: ignore[arg-type]
        self.stays[self.stays.index(stay)] = changed
        return changed
