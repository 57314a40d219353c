"""What a year's flags are, worked out from what was true from day to day: docs/rules.md, Characteristics.

Plain values: no database, no clock. None is not known, and never becomes a no by itself. Sources: DfE, pupil premium conditions of grant, and its
guidance on free school meals from September 2026.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schools.calendar import AcademicYear

# The first day of the two kinds. Until the day before there was one.
TWO_KINDS_FROM = dt.date(2026, 9, 1)
# For so many years a day of free school meals, or a year as a service child, counts.
EVER = 6

_TARGETED, _EXPANDED, _LEGACY, _UNKNOWN = "targeted", "expanded", "legacy", "unknown"
_IN_CARE, _PREVIOUSLY = "in_care", "previously"
_ENGLAND = "ENG"


@dataclass(frozen=True, kw_only=True)
class Span:
    """From a day to a day, both counted; None is open."""

    starts_on: dt.date | None
    ends_on: dt.date | None = None

    def touches(self, first: dt.date, last: dt.date) -> bool:
        """Whether a day from first to last is one of these."""
        return (self.starts_on is None or self.starts_on <= last) and (
            self.ends_on is None or self.ends_on >= first
        )

    def holds_on(self, day: dt.date) -> bool:
        return self.touches(day, day)


@dataclass(frozen=True, kw_only=True)
class FsmSpan(Span):
    """`kind` is targeted, expanded, legacy or unknown; `country` a code of the census."""

    kind: str
    country: str = _ENGLAND


@dataclass(frozen=True, kw_only=True)
class SenSpan(Span):
    """`status` is N, K or E, or empty for a code that nobody knows."""

    status: str


@dataclass(frozen=True, kw_only=True)
class CareSpan(Span):
    """`kind` is in_care or previously."""

    kind: str


def year_as_of(year: AcademicYear, today: dt.date) -> dt.date:
    """The day a year's values are true of: today while the year runs, then its last day, and its first day before it begins."""
    return max(year.starts_on, min(today, year.ends_on))


def years_before(day: dt.date, years: int = EVER) -> dt.date:
    """The same day so many years earlier; 28 February where there is no 29th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _counts(span: FsmSpan, first: dt.date, last: dt.date) -> bool:
    """Whether a day of the span, from first to last, counts for FSM6: Targeted ever, and what there was before the two kinds."""
    if span.country != _ENGLAND or span.kind == _EXPANDED:
        return False
    if span.kind != _TARGETED:
        last = min(last, TWO_KINDS_FROM - dt.timedelta(days=1))
    return first <= last and span.touches(first, last)


def is_of_unknown_kind(span: FsmSpan) -> bool:
    """Whether days of the span count for nothing until somebody says which kind they are."""
    return (
        span.kind in {_UNKNOWN, _LEGACY}
        and span.country == _ENGLAND
        and (span.ends_on is None or span.ends_on >= TWO_KINDS_FROM)
    )


def fsm6(spans: Sequence[FsmSpan], as_of: dt.date) -> bool | None:
    """Whether a day of the six years up to this one counts.

    None where nothing was supplied, and where only days of a kind not known could make it a yes.
    """
    first = years_before(as_of)
    if any(_counts(each, first, as_of) for each in spans):
        return True
    may_count = any(
        is_of_unknown_kind(each) and each.touches(max(first, TWO_KINDS_FROM), as_of) for each in spans
    )
    return None if not spans or (may_count and as_of >= TWO_KINDS_FROM) else False


def looked_after(spans: Iterable[CareSpan], as_of: dt.date) -> bool | None:
    """Whether a local authority looked after the child on the day."""
    return _held([each for each in spans if each.kind == _IN_CARE], as_of)


def was_looked_after(spans: Iterable[CareSpan], year: AcademicYear, as_of: dt.date) -> bool | None:
    """Whether it did on at least one day of the year up to this one."""
    care = [each for each in spans if each.kind == _IN_CARE]
    return any(each.touches(year.starts_on, as_of) for each in care) if care else None


def previously_looked_after(spans: Iterable[CareSpan], as_of: dt.date) -> bool | None:
    """Whether the child had left care by then, by adoption or an order; from a day not told on is ever since."""
    return _held([each for each in spans if each.kind == _PREVIOUSLY], as_of)


def _held(spans: Sequence[Span], day: dt.date) -> bool | None:
    return any(each.holds_on(day) for each in spans) if spans else None


def sen_status(spans: Iterable[SenSpan], as_of: dt.date) -> str:
    """N, K or E on the day; empty where no period says, which is not “no SEN”."""
    return next((each.status for each in spans if each.holds_on(as_of)), "")


def either(*flags: bool | None) -> bool | None:
    """Yes if any is; no if all are no; otherwise not known."""
    if any(flags):
        return True
    return None if any(flag is None for flag in flags) else False


def disadvantaged(
    *, is_fsm6: bool | None, is_looked_after: bool | None, is_previously_looked_after: bool | None
) -> bool | None:
    """FSM6, looked after for a day at least, or previously looked after."""
    return either(is_fsm6, is_looked_after, is_previously_looked_after)


def ever_service_child(said: Iterable[tuple[AcademicYear, bool | None]], year: AcademicYear) -> bool | None:
    """Whether the record of the year, or of one of the six before it, says so; what this year does not say is not known."""
    by_year = dict(said)
    if any(is_one for each, is_one in by_year.items() if year - EVER <= each <= year):
        return True
    return by_year.get(year)


def pupil_premium(*, is_disadvantaged: bool | None, is_ever_service_child: bool | None) -> bool | None:
    """Disadvantaged, or a service child now or in the six years before."""
    return either(is_disadvantaged, is_ever_service_child)
