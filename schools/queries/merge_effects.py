"""What figures and records of years say otherwise once two records are one: told before it is done."""

from __future__ import annotations

import copy
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from schools.calendar import AcademicYear
from schools.models import (
    CarePeriod,
    ClaimSource,
    Enrolment,
    FsmPeriod,
    PupilYear,
    School,
    SenPeriod,
    Term,
    YearlyClaim,
    YearlyFlag,
)
from schools.queries.merge_rows import TableActs, have_a_day_in_common
from schools.queries.yearly_values import (
    Claim,
    Spans,
    Told,
    ValueChange,
    care_span,
    changes_by,
    fsm_span,
    open_years,
    sen_span,
)


class TermEffect(NamedTuple):
    """A term in which a figure may change: how often the child is counted on its last day, and how many judgements there are, now and then."""

    name: str
    is_closed: bool
    counted: tuple[int, int]
    judgements: tuple[int, int]


def effects_of(
    school: School,
    tables: Sequence[TableActs],
    stays: Sequence[tuple[dt.date, dt.date | None]],
    today: dt.date,
) -> Iterator[TermEffect]:
    """The terms of the years of either record in which the child is counted otherwise, or judgements go."""
    years = next(each for each in tables if each.key.model is PupilYear)
    held = [{int(row.academic_year) for row in rows} for rows in years.rows]
    before = [
        [(row.starts_on, row.ends_on) for row in rows]
        for rows in next(each for each in tables if each.key.model is Enrolment).rows
    ]
    now, then = _judgements(tables)
    terms = Term.objects.in_school(school).filter(academic_year__in=held[0] | held[1])
    for term in terms.order_by("academic_year", "term"):
        year = int(term.academic_year)
        counted_now = sum(year in held[place] and _is_here(before[place], term.ends_on) for place in (0, 1))
        counted_then = int(_is_here(stays, term.ends_on))
        judged = now[year, term.term], then[year, term.term]
        if counted_now != counted_then or judged[0] != judged[1]:
            yield TermEffect(
                f"{term.get_term_display()} {term.academic_year.label}",
                not term.is_open_for_entry(today),
                (counted_now, counted_then),
                judged,
            )


def _is_here(stays: Iterable[tuple[dt.date, dt.date | None]], day: dt.date) -> bool:
    return any(have_a_day_in_common(stay, (day, day)) for stay in stays)


def _judgements(tables: Sequence[TableActs]) -> tuple[Counter[tuple[int, int]], Counter[tuple[int, int]]]:
    """Rows that are measured, by year and term: now, and when it is done."""
    now: Counter[tuple[int, int]] = Counter()
    then: Counter[tuple[int, int]] = Counter()
    for each in tables:
        if not each.key.model.measured_columns:
            continue
        for rows in each.rows:
            for row in rows:
                at = int(row.academic_year), int(row.term)
                now[at] += 1
                then[at] += row.pk not in each.removed
    return now, then


def values_then(school: School, tables: Sequence[TableActs], today: dt.date) -> list[ValueChange]:
    """Which values of open years follow anew from the periods of both records. One query."""
    claims: dict[tuple[AcademicYear, YearlyFlag], dict[ClaimSource, Claim]] = defaultdict(dict)
    for row in _then(tables, YearlyClaim):
        of = claims[row.academic_year, YearlyFlag(row.flag)]
        of[ClaimSource(row.source)] = Claim(row.value, row.as_of, row.reason, row.said_by_id)
    spans = Spans(
        fsm=[fsm_span(row) for row in _then(tables, FsmPeriod)],
        sen=[sen_span(row) for row in _then(tables, SenPeriod)],
        care=[care_span(row) for row in _then(tables, CarePeriod)],
    )
    years = {row.academic_year: row for row in _then(tables, PupilYear)}
    return changes_by(Told(spans, years, claims), open_years(school, today), today)


def _then(tables: Sequence[TableActs], model: type[Any]) -> list[Any]:
    """The rows of a table as they will be."""
    table = next(each for each in tables if each.key.model is model)
    rows = []
    for row in sorted((row for of in table.rows for row in of), key=lambda row: row.pk):
        if row.pk not in table.removed:
            then = copy.copy(row)
            for name, value in table.changed.get(row.pk, {}).items():
                setattr(then, name, value)
            rows.append(then)
    return rows
