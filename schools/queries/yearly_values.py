"""What stands in a pupil's record of a year, who says so, and what it would be by the periods: docs/rules.md, Characteristics.

What was set by hand counts before what a file or the record said, and that before what is worked out. Only a year whose Summer is open for entry is
worked out anew; of another what was worked out while it was open stays.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from schools.calendar import AcademicYear, TermName
from schools.models import (
    CarePeriod,
    ClaimSource,
    FsmPeriod,
    PupilYear,
    School,
    SenPeriod,
    Term,
    YearlyClaim,
    YearlyFlag,
)
from schools.yearly_flags import (
    CareSpan,
    FsmSpan,
    SenSpan,
    disadvantaged,
    ever_service_child,
    fsm6,
    looked_after,
    previously_looked_after,
    pupil_premium,
    sen_status,
    was_looked_after,
    year_as_of,
)

# As a record holds it; None, or of SEN an empty text, is not known.
Recorded: TypeAlias = bool | str | None
# As a claim holds it: yes, no, or a status of SEN; empty is not known.
_SAID = {True: "yes", False: "no", None: ""}
_MEANT = {"yes": True, "no": False, "": None}


def as_claimed(value: Recorded) -> str:
    """A value of the record as a claim holds it."""
    return value if isinstance(value, str) else _SAID[value]


def as_recorded(flag: YearlyFlag, claimed: str) -> Recorded:
    """The same the other way."""
    return claimed if flag is YearlyFlag.SEN else _MEANT[claimed]


@dataclass(frozen=True)
class Claim:
    """What one source says."""

    value: str
    as_of: dt.date | None = None
    reason: str = ""
    said_by: int | None = None


Claims = Mapping[ClaimSource, Claim]


@dataclass(frozen=True)
class Spans:
    """What is held of a pupil from day to day."""

    fsm: Sequence[FsmSpan] = ()
    sen: Sequence[SenSpan] = ()
    care: Sequence[CareSpan] = ()


@dataclass(frozen=True)
class Told:
    """All that is told of one pupil: spans, the records of all years, and who claims what of them."""

    spans: Spans
    years: Mapping[AcademicYear, PupilYear]
    claims: Mapping[tuple[AcademicYear, YearlyFlag], Claims] = field(default_factory=dict)


@dataclass(frozen=True)
class Value:
    """What a year's flag is, and by whom: no source where it is not known. `worked_out` is what the periods say, empty where they say nothing."""

    flag: YearlyFlag
    value: str
    source: ClaimSource | None
    claim: Claim | None
    worked_out: str


def open_years(school: School, today: dt.date) -> frozenset[AcademicYear]:
    """The years of which values are still worked out: those whose Summer is open for entry."""
    summers = Term.objects.in_school(school).filter(term=TermName.SUMMER)
    return frozenset(term.academic_year for term in summers if term.is_open_for_entry(today))


def told_of(school: School, pupils: Iterable[int]) -> dict[int, Told]:
    """What is told of each of these pupils who has a record of any year. Five queries, however many they are."""
    keys = list(pupils)
    spans: dict[int, dict[str, list[Any]]] = defaultdict(lambda: {"fsm": [], "sen": [], "care": []})
    for fsm in _rows(FsmPeriod, school, keys):
        spans[fsm.pupil_id]["fsm"].append(fsm_span(fsm))
    for sen in _rows(SenPeriod, school, keys):
        spans[sen.pupil_id]["sen"].append(sen_span(sen))
    for care in _rows(CarePeriod, school, keys):
        spans[care.pupil_id]["care"].append(care_span(care))
    years: dict[int, dict[AcademicYear, PupilYear]] = defaultdict(dict)
    for row in _rows(PupilYear, school, keys):
        years[row.pupil_id][row.academic_year] = row
    claims: dict[int, dict[tuple[AcademicYear, YearlyFlag], dict[ClaimSource, Claim]]] = defaultdict(dict)
    for claim in _rows(YearlyClaim, school, keys):
        of = claims[claim.pupil_id].setdefault((claim.academic_year, YearlyFlag(claim.flag)), {})
        of[ClaimSource(claim.source)] = Claim(claim.value, claim.as_of, claim.reason, claim.said_by_id)
    return {key: Told(Spans(**spans[key]), rows, claims[key]) for key, rows in years.items()}


def _rows(model: Any, school: School, pupils: list[int]) -> Iterable[Any]:
    return model.objects.in_school(school).filter(pupil__in=pupils).order_by("pk")  # type: ignore[no-any-return]


def fsm_span(row: FsmPeriod) -> FsmSpan:
    """A period as the rules read it; the row need not be saved."""
    return FsmSpan(kind=row.kind, country=row.country, starts_on=row.starts_on, ends_on=row.ends_on)


def sen_span(row: SenPeriod) -> SenSpan:
    return SenSpan(status=row.status, starts_on=row.starts_on, ends_on=row.ends_on)


def care_span(row: CarePeriod) -> CareSpan:
    return CareSpan(kind=row.kind, starts_on=row.starts_on, ends_on=row.ends_on)


def values_of(told: Told, year: AcademicYear, today: dt.date, *, is_open: bool) -> dict[YearlyFlag, Value]:
    """What each flag of a year on record is, by whom."""
    as_of = year_as_of(year, today)
    found: dict[YearlyFlag, Value] = {}

    def decide(flag: YearlyFlag, worked_out: Recorded) -> Recorded:
        found[flag] = _decided(told, year, flag, as_claimed(worked_out), is_open=is_open)
        return as_recorded(flag, found[flag].value)

    care = told.spans.care
    decide(YearlyFlag.SEN, sen_status(told.spans.sen, as_of))
    is_fsm6 = decide(YearlyFlag.FSM6, fsm6(told.spans.fsm, as_of))
    in_care = decide(YearlyFlag.LOOKED_AFTER, looked_after(care, as_of))
    left_care = decide(YearlyFlag.PREVIOUSLY_LOOKED_AFTER, previously_looked_after(care, as_of))
    # One day of the year is enough, unless somebody else than the periods says what the year was.
    if found[YearlyFlag.LOOKED_AFTER].source is ClaimSource.DERIVED:
        in_care = in_care or was_looked_after(care, year, as_of)
    is_disadvantaged = decide(
        YearlyFlag.DISADVANTAGED,
        disadvantaged(
            is_fsm6=_flag(is_fsm6),
            is_looked_after=_flag(in_care),
            is_previously_looked_after=_flag(left_care),
        ),
    )
    service = [(each, row.is_service_child) for each, row in told.years.items()]
    decide(
        YearlyFlag.PUPIL_PREMIUM,
        pupil_premium(
            is_disadvantaged=_flag(is_disadvantaged), is_ever_service_child=ever_service_child(service, year)
        ),
    )
    return found


def _flag(value: Recorded) -> bool | None:
    return None if isinstance(value, str) else value


def _decided(told: Told, year: AcademicYear, flag: YearlyFlag, worked_out: str, *, is_open: bool) -> Value:
    claims = told.claims.get((year, flag), {})
    for source in (ClaimSource.OVERRIDDEN, ClaimSource.IMPORTED):
        if claim := claims.get(source):
            return Value(flag, claim.value, source, claim, worked_out)
    recorded = as_claimed(getattr(told.years[year], flag))
    held = claims.get(ClaimSource.DERIVED)
    if recorded and not held:
        return Value(flag, recorded, ClaimSource.IMPORTED, None, worked_out)
    if not is_open:
        return Value(
            flag, held.value if held else "", ClaimSource.DERIVED if held else None, held, worked_out
        )
    return Value(flag, worked_out, ClaimSource.DERIVED if worked_out else None, held, worked_out)


@dataclass(frozen=True)
class ValueChange:
    """A flag of a year that becomes another; empty is not known."""

    year: AcademicYear
    flag: YearlyFlag
    before: str
    after: str


def changes_by(told: Told, years: Iterable[AcademicYear], today: dt.date) -> list[ValueChange]:
    """What would stand otherwise in the records of these open years, were it all worked out now."""
    return [
        ValueChange(year, flag, before, value.value)
        for year in sorted(set(years) & told.years.keys())
        for flag, value in values_of(told, year, today, is_open=True).items()
        if (before := as_claimed(getattr(told.years[year], flag))) != value.value
    ]


def with_spans(told: Told, spans: Spans) -> Told:
    """The same pupil, had these been the periods."""
    return replace(told, spans=spans)
