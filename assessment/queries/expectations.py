"""What a partnership expects, since when; and what it would change to expect otherwise from a day on, counted, for who may see no name."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, F, Q

from assessment.engine.expectations import FIRST_YEAR_GROUP, LAST_YEAR_GROUP, Expectations
from assessment.engine.expected_range import Attainment
from assessment.engine.point_scale import code_of
from assessment.engine.subjects import SUBJECTS
from assessment.models import ExpectationVersion, Judgement
from schools.calendar import TermName, YearGroup, default_term_dates
from schools.models import Partnership, School, Term
from schools.row_security import visible_to


def versions_of(partnership: Partnership) -> list[ExpectationVersion]:
    """The partnership's own and the shipped ones, the one that counts first."""
    found = ExpectationVersion.objects.filter(Q(partnership=None) | Q(partnership=partnership))
    return sorted(found, key=lambda one: (one.partnership_id is not None, one.holds_from), reverse=True)


def holding_on(versions: Sequence[ExpectationVersion], day: dt.date) -> ExpectationVersion:
    """The version that holds on the day; `versions` as `versions_of` gives them."""
    return next(version for version in versions if version.holds_from <= day)


@dataclass(frozen=True)
class RangeLine:
    """A year group's ranges at the end of the three terms, each as points and as codes."""

    year_group: YearGroup
    ranges: tuple[tuple[str, str], ...]


def range_lines(expectations: Expectations) -> list[RangeLine]:
    """Of Years 1 to 9, of which something is expected by points."""
    return [
        RangeLine(year_group, tuple(_told(expectations, year_group, term) for term in TermName))
        for year_group in YearGroup
        if FIRST_YEAR_GROUP <= year_group <= LAST_YEAR_GROUP
    ]


def _told(expectations: Expectations, year_group: YearGroup, term: TermName) -> tuple[str, str]:
    found = expectations.subject_range(year_group, term)
    return found.label, f"{code_of(found.low, year_group)} to {code_of(found.high, year_group)}"


@dataclass
class Moves:
    """Judgements of one school and year group that would be measured anew; `moved` from one attainment to another, where it is another."""

    school: str
    year_group: YearGroup
    judgements: int = 0
    moved: Counter[tuple[Attainment, Attainment]] = field(default_factory=Counter)

    @property
    def other_colours(self) -> int:
        return sum(self.moved.values())


def expectations_effect(
    schools: Sequence[School], versions: Sequence[ExpectationVersion], holds_from: dt.date, then: Expectations
) -> list[Moves]:
    """By school and year group, those of which there is a judgement with points that would be measured by a version from this day on, until the next one holds.

    Opens each school in its turn; two queries a school. Reads no more than the role that counts may.
    """
    until = min(
        (one.holds_from for one in versions if one.partnership_id and one.holds_from > holds_from),
        default=dt.date.max,
    )
    found = []
    for school in schools:
        with visible_to(school):
            by_year_group: dict[YearGroup, Moves] = {}
            for year_group, term, points, attainment, count in _judged(school, holds_from, until):
                moves = by_year_group.setdefault(year_group, Moves(school.name, year_group))
                moves.judgements += count
                after = then.subject_range(year_group, term).judge(points)
                if after is not attainment:
                    moves.moved[attainment, after] += count
            found += [by_year_group[year_group] for year_group in sorted(by_year_group)]
    return found


def _judged(
    school: School, first: dt.date, until: dt.date
) -> Iterator[tuple[YearGroup, TermName, int, Attainment, int]]:
    own = {
        (year, term): day
        for year, term, day in Term.objects.in_school(school).values_list("academic_year", "term", "ends_on")
    }
    rows = (
        Judgement.objects.in_school(school)
        .filter(
            pupil__years__academic_year=F("academic_year"),
            pupil__years__year_group__range=(FIRST_YEAR_GROUP, LAST_YEAR_GROUP),
            subject__in=[subject.number for subject in SUBJECTS],
            term__in=list(TermName),
            attainment__isnull=False,
        )
        .values_list("academic_year", "term", "pupil__years__year_group", "points", "attainment")
        .annotate(Count("pk"))
        .order_by()
    )
    for year, term, year_group, points, attainment, count in rows:
        ends_on = own.get((year, term)) or default_term_dates(year)[TermName(term)][1]
        if first <= ends_on < until:
            yield YearGroup(year_group), TermName(term), points, Attainment(attainment), count
