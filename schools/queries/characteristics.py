"""What was true of one pupil from day to day, what the record of each year says, by whom, and what was changed: for one page."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils import timezone

from schools.calendar import AcademicYear
from schools.models import (
    CareArrangement,
    CareKind,
    CarePeriod,
    ClaimSource,
    FsmKind,
    FsmPeriod,
    PeriodSource,
    Pupil,
    School,
    SchoolAttended,
    SenNeed,
    SenPeriod,
    SenStatus,
    UkCountry,
    User,
    YearlyFlag,
)
from schools.queries.rolls import english
from schools.queries.yearly_values import Value, ValueChange, fsm_span, open_years, told_of, values_of
from schools.sen_codes import SEN_STATUSES, SEN_TYPES
from schools.yearly_flags import is_of_unknown_kind

NOT_KNOWN = "Not known"


@dataclass(frozen=True)
class PeriodLine:
    """One period in words."""

    public_id: uuid.UUID
    what: str
    days: str
    note: str
    is_now: bool


@dataclass(frozen=True)
class PeriodSection:
    """All of one kind, the latest first; `code` is what stands in addresses."""

    code: str
    title: str
    nothing: str
    lines: tuple[PeriodLine, ...]


@dataclass(frozen=True)
class ValueLine:
    """One flag of a year: what stands there, and who says so."""

    flag: YearlyFlag
    label: str
    value: str
    said_by: str
    reason: str
    is_by_hand: bool
    # What the periods say, where that is something else.
    otherwise: str

    @property
    def slug(self) -> str:
        """As it stands in addresses."""
        return self.flag.value.replace("_", "-")


@dataclass(frozen=True)
class YearValues:
    """The flags of one year. An open one is still worked out."""

    year: AcademicYear
    is_open: bool
    lines: tuple[ValueLine, ...]


@dataclass(frozen=True)
class Act:
    """Something that was changed."""

    at: dt.datetime
    by: str
    what: str


@dataclass(frozen=True)
class OverTime:
    """The whole page."""

    sections: tuple[PeriodSection, ...]
    years: tuple[YearValues, ...]
    schools: tuple[PeriodLine, ...]
    history: tuple[Act, ...]


def over_time(pupil: Pupil, today: dt.date) -> OverTime:
    """Everything on the page of one pupil. Needs the school open; a fixed number of queries."""
    told = told_of(pupil.school, [pupil.pk]).get(pupil.pk)
    is_open = open_years(pupil.school, today)
    names, stood_since = _names(pupil.school), _stood_since(pupil)
    years = sorted(told.years, reverse=True) if told else []
    return OverTime(
        sections=tuple(_section(code, pupil, today) for code in KINDS),
        years=tuple(
            YearValues(
                year,
                year in is_open,
                tuple(
                    value_line(value, names, stood_since.get((year, value.flag)))
                    for value in values_of(told, year, today, is_open=year in is_open).values()
                ),
            )
            for year in years
            if told
        ),
        schools=tuple(
            PeriodLine(row.public_id, _school(row), _days(row), row.leaving_reason, bool(row.is_last))
            for row in _of(SchoolAttended, pupil)
        ),
        history=_history(pupil, names),
    )


def _of(model: Any, pupil: Pupil) -> Sequence[Any]:
    rows = model.objects.in_school(pupil.school).filter(pupil=pupil)
    return sorted(rows, key=lambda row: (row.starts_on or dt.date.min, row.pk), reverse=True)


@dataclass(frozen=True)
class _Kind:
    model: type[Any]
    title: str
    nothing: str
    words: Callable[[Any], str]
    note: Callable[[Any], str] = lambda _: ""


def _meals(row: Any) -> str:
    kind = FsmKind(row.kind).label
    return kind if row.country == UkCountry.ENGLAND else f"{kind}, {UkCountry(row.country).label}"


def _meals_note(row: Any) -> str:
    if is_of_unknown_kind(fsm_span(row)):
        return "From September 2026 it counts for nothing until somebody says which kind it is."
    return ""


def _status(row: Any) -> str:
    known = SEN_STATUSES.get(row.code)
    return known.label if known else str(row.code)


def _need(row: Any) -> str:
    return f"{row.rank}. {SEN_TYPES.get(row.need, row.need)}"


def _care(row: Any) -> str:
    said = [CareKind(row.kind).label]
    if row.arrangement:
        said.append(CareArrangement(row.arrangement).label.lower())
    if row.authority:
        said.append(f"authority {row.authority}")
    return ", ".join(said)


def _school(row: Any) -> str:
    number = f"URN {row.urn}" if row.urn else row.dfe_number
    return f"{row.name}, {number}" if row.name and number else row.name or number


KINDS: Mapping[str, _Kind] = {
    "meals": _Kind(FsmPeriod, "Free school meals", "No free school meals are recorded.", _meals, _meals_note),
    "sen": _Kind(SenPeriod, "SEN status", "No status is recorded by days.", _status),
    "needs": _Kind(SenNeed, "Types of need", "No type of need is recorded.", _need),
    "care": _Kind(CarePeriod, "Looked after", "Nothing is recorded of care.", _care),
}


def _section(code: str, pupil: Pupil, today: dt.date) -> PeriodSection:
    kind = KINDS[code]
    lines = tuple(
        PeriodLine(
            row.public_id,
            kind.words(row),
            _days(row),
            kind.note(row) or ("" if row.source == PeriodSource.TYPED else PeriodSource(row.source).label),
            (row.starts_on is None or row.starts_on <= today)
            and (row.ends_on is None or row.ends_on >= today),
        )
        for row in _of(kind.model, pupil)
    )
    return PeriodSection(code, kind.title, kind.nothing, lines)


def _days(row: Any) -> str:
    if row.starts_on and row.ends_on:
        return f"{english(row.starts_on)} to {english(row.ends_on)}"
    if row.ends_on:
        return f"until {english(row.ends_on)}"
    return f"{english(row.starts_on)} until now" if row.starts_on else "Days not recorded"


def in_words(flag: YearlyFlag, value: str) -> str:
    """A claimed value as people say it."""
    if not value:
        return NOT_KNOWN
    return str(SenStatus(value).label) if flag is YearlyFlag.SEN else value.capitalize()


def change_in_words(change: ValueChange) -> tuple[str, str, str]:
    """Of which year what; how it stands; how it would."""
    flag = change.flag
    return (
        f"{flag.label}, {change.year.label}",
        in_words(flag, change.before),
        in_words(flag, change.after),
    )


def value_line(value: Value, names: Mapping[int, str], stood_since: dt.date | None) -> ValueLine:
    """A flag's line; `stood_since` is the day since which the record says so, told where no claim says of which day it is."""
    is_by_hand = value.source is ClaimSource.OVERRIDDEN
    return ValueLine(
        value.flag,
        value.flag.label,
        in_words(value.flag, value.value),
        _source(value, names, stood_since),
        value.claim.reason if value.claim and is_by_hand else "",
        is_by_hand,
        in_words(value.flag, value.worked_out) if value.worked_out not in {"", value.value} else "",
    )


def _source(value: Value, names: Mapping[int, str], stood_since: dt.date | None) -> str:
    claim = value.claim
    day = claim.as_of if claim else stood_since
    as_of = f", as of {english(day)}" if day else ""
    if value.source is ClaimSource.OVERRIDDEN:
        who = names.get(claim.said_by or 0, "the operator") if claim else ""
        return f"Set by hand by {who}{as_of}"
    if value.source is ClaimSource.IMPORTED:
        return f"From a file or the record{as_of}"
    return f"Worked out{as_of}" if value.source else ""


def _stood_since(pupil: Pupil) -> dict[tuple[AcademicYear, YearlyFlag], dt.date]:
    """By the history of the records: since when each flag of each year is what it is."""
    events: Any = apps.get_model("schools", "PupilYearEvent")
    since: dict[tuple[AcademicYear, YearlyFlag], dt.date] = {}
    said: dict[tuple[AcademicYear, YearlyFlag], object] = {}
    for event in events.objects.filter(school=pupil.school, pupil=pupil).order_by("pgh_id"):
        for flag in YearlyFlag:
            of = AcademicYear(event.academic_year), flag
            if of not in said or said[of] != getattr(event, flag):
                said[of] = getattr(event, flag)
                since[of] = timezone.localdate(event.pgh_created_at)
    return since


def _names(school: School) -> dict[int, str]:
    """Who works or worked at the school."""
    found = User.objects.filter(memberships__school=school).values_list("pk", "name", "email")
    return {key: name or email for key, name, email in found}


_DONE = {"insert": "Added", "update": "Corrected", "delete": "Removed"}


def _history(pupil: Pupil, names: Mapping[int, str]) -> tuple[Act, ...]:
    """What people did with periods and by hand, the latest first."""
    acts = [act for kind in KINDS.values() for act in _acts(kind, pupil, names)]
    events: Any = apps.get_model("schools", "YearlyClaimEvent")
    for event in events.objects.filter(school=pupil.school, pupil=pupil, source=ClaimSource.OVERRIDDEN):
        flag = YearlyFlag(event.flag)
        of = f"{flag.label}, {AcademicYear(event.academic_year).label}"
        what = (
            f"{of}: no longer set by hand"
            if event.pgh_label == "delete"
            else f"{of}: set by hand to {in_words(flag, event.value)}. {event.reason}"
        )
        acts.append(Act(event.pgh_created_at, _who(event, names), what))
    return tuple(sorted(acts, key=lambda act: act.at, reverse=True))


def _acts(kind: _Kind, pupil: Pupil, names: Mapping[int, str]) -> list[Act]:
    events: Any = apps.get_model("schools", f"{kind.model.__name__}Event")
    return [
        Act(
            event.pgh_created_at,
            _who(event, names),
            f"{kind.title}: {_DONE.get(event.pgh_label, event.pgh_label).lower()} {kind.words(event)}, {_days(event)}",
        )
        for event in events.objects.filter(school=pupil.school, pupil=pupil)
    ]


def _who(event: Any, names: Mapping[int, str]) -> str:
    user = (event.pgh_context or {}).get("user")
    return names.get(user, "Somebody who is not of the school") if user else "The operator"
