"""Last year beside this year in the governors' pack: the same term and the same year groups, and so different children.

Either side is exactly what the pack of that year's term shows: whatever is held back there is held back here, so that the two beside one
another tell no more than the two packs do. No sum joins them, for no child is in the same year group twice (but for the rare one who repeats it).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assessment.engine.subjects import BY_NUMBER, SUBJECTS
from assessment.queries.school_subjects import numbers_left_out
from reports.documents.governor_cells import NOBODY, Cell, Share, listed, share_of
from reports.documents.subjects_shown import unasked
from reports.documents.told_figures import (
    BySubject,
    OfAll,
    attainment_by_subject,
    combined_line,
    judged_years,
    reception_lines,
)
from reports.measures import ShownLine, gap
from reports.queries.figures import GOOD_LEVEL_OF_DEVELOPMENT, Figure
from schools.calendar import YearGroup
from schools.models import School

ALL_THREE = "All three"


@dataclass(frozen=True)
class YearBeside:
    """A year group, or all of them: subject by subject this year's share and last year's, and the change in points of a per cent."""

    label: str
    now: tuple[Share, ...]
    before: tuple[Share, ...]
    changes: tuple[Cell, ...]


@dataclass(frozen=True)
class LastYear:
    """`whole` only where the same year groups were judged in both years, and nearly everybody in each: else the two sums are of other ages, or of other
    shares of them.
    """

    academic_year: str
    subjects: tuple[str, ...]
    whole: YearBeside | None
    years: tuple[YearBeside, ...]
    are_years_same: bool = True
    partly_judged: tuple[str, ...] = ()
    """Where fewer than nine in ten were judged last year, as its own pack says it."""
    as_of: dt.date | None = None
    """When last year's figures were given out, where these are not today's."""


@dataclass(frozen=True)
class ReceptionBefore:
    """Last year's Reception: by the name of what is judged, last year's share and the change; of what was not judged then (the framework was another) nothing."""

    academic_year: str
    areas: Mapping[str, tuple[Share, Cell]]
    good_level: Share | None
    good_level_change: Cell | None
    as_of: dt.date | None = None


def reception_before(
    now: Mapping[int, ShownLine], before: OfAll, *, academic_year: str, limit: int
) -> ReceptionBefore | None:
    """What last year's own pack shows of Reception, beside what this year's does; None where nobody of it was judged then."""
    lines = reception_lines(before, limit)
    if not any(figure.assessed for (year, _), figure in before.items() if year == YearGroup.R):
        return None
    both = {
        number: (share_of(_name_of(number), line), _change(now[number], line))
        for number, line in lines.items()
        if number in now
    }
    good_level = both.pop(GOOD_LEVEL_OF_DEVELOPMENT, (None, None))
    return ReceptionBefore(
        academic_year, {share.name: (share, change) for share, change in both.values()}, *good_level
    )


def _name_of(number: int) -> str:
    return "Good level of development" if number == GOOD_LEVEL_OF_DEVELOPMENT else BY_NUMBER[number].name


def last_year(
    now: OfAll, before: OfAll, *, academic_year: str, limit: int, school: School
) -> LastYear | None:
    """This year's figures of all pupils beside last year's; None where one of the two has none."""
    years, years_before = judged_years(now), judged_years(before)
    if not years or not years_before:
        return None
    gone, not_awaited = unasked([*now.values(), *before.values()], school), numbers_left_out(school)
    subjects = attainment_by_subject(now, years, limit, gone)
    subjects_before = attainment_by_subject(before, years_before, limit, gone)
    names = tuple(BY_NUMBER[number].name for number in subjects)
    whole = None
    partly = partly_judged(before, years_before, limit, not_awaited)
    if years == years_before and not partly and not partly_judged(now, years, limit, not_awaited):
        whole = _beside(
            "All year groups",
            names,
            [everybody for _, everybody in subjects.values()],
            [everybody for _, everybody in subjects_before.values()],
        )
    rows = tuple(
        _beside(
            YearGroup(year).label,
            (*names, ALL_THREE),
            _lines(now, subjects, years, year, limit),
            _lines(before, subjects_before, years_before, year, limit),
        )
        for year in years
    )
    return LastYear(academic_year, (*names, ALL_THREE), whole, rows, years == years_before, partly)


def partly_judged(
    of_all: OfAll, years: Iterable[int], limit: int, not_awaited: frozenset[int]
) -> tuple[str, ...]:
    """The year groups and subjects where fewer than nine in ten pupils were judged, and more than a few were not: `Year 4 reading and science`."""
    found = []
    for year in years:
        missing = [
            subject.name.lower()
            for subject in SUBJECTS
            if subject.number not in not_awaited and _is_partly_judged(of_all[year, subject.number], limit)
        ]
        if missing:
            found.append(f"{YearGroup(year).label} {listed(missing)}")
    return tuple(found)


def _is_partly_judged(figure: Figure, limit: int) -> bool:
    missing = figure.pupils - figure.assessed
    return missing > limit and 10 * figure.assessed < 9 * figure.pupils


_NOBODY = ShownLine(0, 0, 0, 0, 0, {}, None)


def _lines(
    of_all: OfAll, subjects: BySubject, years: Sequence[int], year: int, limit: int
) -> list[ShownLine]:
    """The year group's lines in each subject and in all three; nobody's where it was not judged."""
    if year not in years:
        return [_NOBODY] * (len(subjects) + 1)
    place = years.index(year)
    lines = [of_years[place] for of_years, _ in subjects.values()]
    return [*lines, combined_line(of_all, subjects, place, year, limit)]


def _beside(
    label: str, names: Sequence[str], now: Sequence[ShownLine], before: Sequence[ShownLine]
) -> YearBeside:
    def shares(lines: Sequence[ShownLine]) -> tuple[Share, ...]:
        return tuple(share_of(name, line) for name, line in zip(names, lines, strict=True))

    return YearBeside(
        label, shares(now), shares(before), tuple(_change(*pair) for pair in zip(now, before, strict=True))
    )


def _change(now: ShownLine, before: ShownLine) -> Cell:
    """From the unrounded shares, each of which follows from numbers that its own year's pack prints."""
    shares = [line.share(line.at_or_above) for line in (now, before)]
    sign = NOBODY if 0 in (now.counted, before.counted) else None
    value = gap(shares[0], shares[1])
    return Cell(value, sign=sign, is_difference=True) if sign else Cell(value, is_difference=True)
