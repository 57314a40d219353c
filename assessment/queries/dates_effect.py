"""What other dates of a year's terms would change: who is counted, how old children are, by what judgements are measured."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from assessment.engine.expected_range import Attainment, ExpectedRange
from assessment.engine.subjects import BY_NUMBER
from assessment.models import Judgement
from assessment.queries.consistency import Disagreement, check
from assessment.queries.measuring import Measured, Measuring
from schools.access import Access
from schools.calendar import TermName, YearGroup, age_in_months
from schools.models import PupilYear, Term
from schools.queries.rolls import Standing, standing_on
from schools.queries.terms import Dates


@dataclass(frozen=True)
class TermEffect:
    """One term whose days would be others. `counted_now` and `counted_then`: who is on roll on its last day; `other_ages`: of the children of nursery and
    Reception on the year's roll those who would be another number of months old on it. `is_closed` for entry.
    """

    term: TermName
    now: tuple[dt.date, dt.date]
    then: tuple[dt.date, dt.date]
    counted_now: int
    counted_then: int
    other_ages: int
    is_closed: bool

    @property
    def name(self) -> str:
        return self.term.label


@dataclass
class SubjectEffect:
    """A year group in a subject or area: how many judgements would have another range, how many of them another colour; below, at and above now and then,
    of those with another range.
    """

    year_group: YearGroup
    subject: int
    judgements: int = 0
    other_colours: int = 0
    now: Counter[Attainment] = field(default_factory=Counter)
    then: Counter[Attainment] = field(default_factory=Counter)

    @property
    def name(self) -> str:
        return BY_NUMBER[self.subject].name

    @property
    def counts(self) -> list[tuple[int, int]]:
        """Below, at and above: now, then."""
        return [(self.now[each], self.then[each]) for each in Attainment]


@dataclass(frozen=True)
class DatesEffect:
    """All of it; `subjects` by year group and subject."""

    terms: tuple[TermEffect, ...]
    subjects: tuple[SubjectEffect, ...]

    @property
    def needs_reason(self) -> bool:
        return any(term.is_closed for term in self.terms)

    @property
    def shown(self) -> tuple[object, ...]:
        """All that the page tells of it, in plain values."""
        rows = [(each.year_group, each.subject, each.judgements, *each.counts) for each in self.subjects]
        return self.terms, tuple(rows)

    @property
    def judgements(self) -> int:
        return sum(each.judgements for each in self.subjects)

    @property
    def other_colours(self) -> int:
        return sum(each.other_colours for each in self.subjects)


def terms_of(access: Access) -> dict[TermName, Term]:
    """The terms of the year in view."""
    rows = Term.objects.in_school(access.school).filter(academic_year=access.academic_year)
    return {TermName(row.term): row for row in rows.order_by("term")}


def dates_effect(access: Access, dates: Dates, today: dt.date) -> DatesEffect:
    """Of the year in view. Reads its judgements once, and counts the roll for each day that would be another."""
    held = terms_of(access)
    changed = {
        term: days for term, days in dates.items() if days != (held[term].starts_on, held[term].ends_on)
    }
    if not changed:
        return DatesEffect((), ())
    ages = _birthdays(access)
    terms = tuple(_of_term(access, held[term], days, ages, today) for term, days in changed.items())
    supposed = {(int(access.academic_year), int(term)): days for term, days in changed.items()}
    found = check(
        access.school,
        academic_year=access.academic_year,
        measuring=Measuring(access.school, dates=supposed),
    )
    return DatesEffect(terms, _by_subject(access, found.disagreements))


def _of_term(
    access: Access,
    row: Term,
    then: tuple[dt.date, dt.date],
    born: Sequence[dt.date],
    today: dt.date,
) -> TermEffect:
    return TermEffect(
        term=TermName(row.term),
        now=(row.starts_on, row.ends_on),
        then=then,
        counted_now=_counted(access, row.ends_on),
        counted_then=_counted(access, then[1]),
        other_ages=sum(age_in_months(day, row.ends_on) != age_in_months(day, then[1]) for day in born),
        is_closed=not row.is_open_for_entry(today),
    )


def _counted(access: Access, day: dt.date) -> int:
    of_year = PupilYear.objects.in_school(access.school).filter(academic_year=access.academic_year)
    return standing_on(of_year, access.school, day, Standing.ON_ROLL).count()


def _birthdays(access: Access) -> list[dt.date]:
    young = PupilYear.objects.in_school(access.school).filter(
        academic_year=access.academic_year, year_group__lte=YearGroup.R
    )
    return list(young.values_list("pupil__date_of_birth", flat=True))


def _by_subject(access: Access, others: Sequence[Disagreement]) -> tuple[SubjectEffect, ...]:
    by_id = {each.judgement_id: each for each in others if each.held[:2] != each.right[:2]}
    rows = Judgement.objects.in_school(access.school).filter(
        pk__in=list(by_id), pupil__years__academic_year=access.academic_year
    )
    found: dict[tuple[int, int], SubjectEffect] = {}
    for key, year_group, subject, points in rows.values_list(
        "pk", "pupil__years__year_group", "subject_id", "points"
    ):
        effect = found.setdefault((year_group, subject), SubjectEffect(YearGroup(year_group), subject))
        _add(effect, points, by_id[key])
    return tuple(found[key] for key in sorted(found))


def _add(effect: SubjectEffect, points: int | None, other: Disagreement) -> None:
    effect.judgements += 1
    now, then = _judged(points, other.held), _judged(points, other.right)
    effect.other_colours += now is not then
    if now is not None:
        effect.now[now] += 1
    if then is not None:
        effect.then[then] += 1


def _judged(points: int | None, by: Measured) -> Attainment | None:
    if points is None or by.low is None or by.high is None:
        return None
    return ExpectedRange(by.low, by.high).judge(points)
