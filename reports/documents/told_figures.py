"""What may be told outside the school of a term's attainment, and to those who see no names inside it.

One answer for both: the governors' pack prints these lines, and a governor's dashboard and year groups show no others. Were each held back
by rules of its own, the two laid side by side would give away what either hides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assessment.engine.expectations import FIRST_YEAR_GROUP, LAST_YEAR_GROUP
from assessment.engine.subjects import BY_NUMBER, COMBINED_SUBJECTS, SUBJECTS
from reports.documents.governor_cells import hidden, two_parts
from reports.measures import Line, ShownLine, is_small, suppress_line
from reports.pack_hiding import hide_year_groups
from reports.queries.figures import COMBINED, GOOD_LEVEL_OF_DEVELOPMENT, Figure
from schools.calendar import YearGroup

# Everybody's figures, by year group and subject.
OfAll = Mapping[tuple[int, int], Figure]
# For each subject the year groups' lines, in their order, and that of all of them together.
BySubject = Mapping[int, tuple[Sequence[ShownLine], ShownLine]]


def judged_years(of_all: OfAll) -> list[int]:
    """The year groups with an expected range of which anybody was judged, in order."""
    judged = {year for (year, _), figure in of_all.items() if figure.assessed}
    return sorted(year for year in judged if FIRST_YEAR_GROUP <= year <= LAST_YEAR_GROUP)


def attainment_by_subject(
    of_all: OfAll, years: Sequence[int], limit: int, gone: frozenset[int] = frozenset()
) -> BySubject:
    """What may be shown of the year groups in each subject, and of all of them together; nothing of those that are `gone`, in which nobody is judged."""
    return {
        subject.number: attainment_in(of_all, years, subject.number, limit)
        for subject in SUBJECTS
        if subject.number not in gone
    }


def attainment_in(
    of_all: OfAll, years: Sequence[int], subject: int, limit: int
) -> tuple[Sequence[ShownLine], ShownLine]:
    """The same of one subject (its number): no subject's lines are held back for another's."""
    return hide_year_groups([_line(of_all[year, subject]) for year in years], limit)


def _line(figure: Figure) -> Line:
    return Line(figure.below, figure.at, figure.above)


def combined_line(of_all: OfAll, subjects: BySubject, place: int, year: int, limit: int) -> ShownLine:
    """All three subjects, below and not below: hidden where it would leave a few of one of them, or tell of what is hidden of one."""
    combined = suppress_line(two_parts(of_all[year, COMBINED]), limit)
    parts = [subjects[subject.number][0][place] for subject in COMBINED_SUBJECTS]
    if any(_tells_of_a_few(combined, part, limit) for part in parts) or _tells_of_hidden(combined, parts):
        return hidden(combined)
    return combined


def reception_lines(of_all: OfAll, limit: int) -> dict[int, ShownLine]:
    """The areas of Reception, below and not below, by number; the Good Level of Development among them where anybody was judged in all of it."""
    of_reception = {subject: figure for (year, subject), figure in of_all.items() if year == YearGroup.R}
    good = of_reception.pop(GOOD_LEVEL_OF_DEVELOPMENT, None)
    level = suppress_line(two_parts(good), limit) if good and good.assessed else None
    areas = {number: suppress_line(two_parts(of_reception[number]), limit) for number in sorted(of_reception)}
    goals = [line for number, line in areas.items() if BY_NUMBER[number].counts_for_gld]
    if level and _tells_of_hidden(level, goals):
        level = hidden(level)
    lines = {} if level is None else {GOOD_LEVEL_OF_DEVELOPMENT: level}
    for number, area in areas.items():
        line = area
        # Who has reached the good level has reached each of its goals.
        if level and BY_NUMBER[number].counts_for_gld and _tells_of_a_few(level, line, limit):
            line = hidden(line)
        lines[number] = line
    return lines


def _tells_of_a_few(whole: ShownLine, part: ShownLine, limit: int) -> bool:
    """Whether a measure over several subjects, taken from one of them, leaves a few: who is at or above in all is so in each."""
    pairs = ((part.counted, whole.counted), (part.at_or_above, whole.at_or_above))
    return any(None not in pair and is_small(abs((pair[0] or 0) - (pair[1] or 0)), limit) for pair in pairs)


def _tells_of_hidden(whole: ShownLine, parts: Sequence[ShownLine]) -> bool:
    """Whether somebody has to be below in what is hidden: who is below in the whole is so in one of its parts at least."""
    shown = [part.below for part in parts if part.below is not None]
    return whole.below is not None and len(shown) < len(parts) and whole.below > sum(shown)


def told_roll(of_year: Iterable[Figure], limit: int) -> int | None:
    """A year group's number on roll, where it tells of no subject that a few were not judged. `of_year` are its figures in everything."""
    counts = [(each.pupils, each.pupils - each.assessed) for each in of_year]
    if any(is_small(count, limit) for both in counts for count in both):
        return None
    return counts[0][0]


def told_lines(figures: Iterable[Figure], limit: int) -> dict[tuple[int, int], ShownLine]:
    """By year group and subject; what is not in it is not told at all. `figures` are everybody's, of every year group of the school."""
    of_all = {(each.year_group, each.subject): each for each in figures}
    years = judged_years(of_all)
    subjects = attainment_by_subject(of_all, years, limit)
    told = {
        (year, number): lines[place]
        for number, (lines, _) in subjects.items()
        for place, year in enumerate(years)
    }
    told |= {
        (year, COMBINED): combined_line(of_all, subjects, place, year, limit)
        for place, year in enumerate(years)
    }
    return told | {
        (YearGroup.R.value, number): line for number, line in reception_lines(of_all, limit).items()
    }
