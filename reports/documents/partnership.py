"""The schools of a partnership side by side, in what each has given out: no small number, and none that could be worked out.

Each school's figures are those that it gave out last, in its governors' pack or on a governor's page, held back by `told_figures` as there: the page and
the pack laid side by side tell no more than either, whatever was judged since. The
line of all schools is added up from what is shown of them, and so tells nothing that the reader could not add up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assessment.engine.assessment_points import Phase
from assessment.engine.subjects import BY_NUMBER
from reports.documents.governor_cells import HELD_BACK, hidden
from reports.documents.releases import OF_EVERYBODY, everybody_of
from reports.documents.tables import Table, Value
from reports.documents.told_figures import (
    attainment_in,
    judged_years,
    reception_lines,
    told_lines,
    told_roll,
)
from reports.measures import ShownLine, percentage
from reports.pack_hiding import ShownShares, show_shares
from reports.queries.figures import COMBINED, GOOD_LEVEL_OF_DEVELOPMENT, Figure
from reports.queries.partnership import given_out_last, granting_names
from reports.queries.scope import Scope
from schools.calendar import YearGroup
from schools.models import School


@dataclass(frozen=True)
class BarPart:
    """A count below, at or above with its place in a bar of 100; None is held back."""

    mark: str
    word: str
    count: int | None
    x: Decimal
    width: Decimal


@dataclass(frozen=True)
class SchoolLine:
    """One school in one subject. What is None is held back, or was not there to be told: `note` says the latter in words.

    `line` is of one year group, or of Years 1 to 9 together; the number on roll, progress and Combined are told of one year group alone.
    """

    name: str
    urn: str
    grants_names: bool
    line: ShownLine | None
    # None where nobody has a starting point, as against held back.
    progress: ShownShares | None
    # None where nobody was judged in all three.
    combined: ShownLine | None
    good_level: ShownLine | None
    note: str = ""
    # The day of the figures; None where the school has given out none of the term.
    given_out: dt.date | None = None
    on_roll: int | None = None

    @property
    def judged(self) -> int | None:
        return self.line.counted if self.line else None

    @property
    def share(self) -> Decimal | None:
        """Per cent at or above."""
        return self.line.percentage(self.line.at_or_above) if self.line else None

    @property
    def parts(self) -> tuple[BarPart, ...]:
        return bar_parts(self.line) if self.line and self.line.counted else ()

    @property
    def has_bar(self) -> bool:
        return bool(self.parts) and all(part.count is not None for part in self.parts)

    @property
    def combined_share(self) -> Decimal | None:
        return self.combined.percentage(self.combined.at_or_above) if self.combined else None

    @property
    def good_level_share(self) -> Decimal | None:
        return self.good_level.percentage(self.good_level.at_or_above) if self.good_level else None

    @property
    def progress_share(self) -> Decimal | None:
        """Per cent with expected progress or more."""
        return self.progress.expected_or_more if self.progress else None


def bar_parts(line: ShownLine) -> tuple[BarPart, ...]:
    """Below, at and above with their places in a bar."""
    found, before = [], 0
    for mark, count in (("is-below", line.below), ("is-at", line.at), ("is-above", line.above)):
        x, width = (percentage(each, line.counted or 0, 2) or Decimal(0) for each in (before, count or 0))
        found.append(BarPart(mark, mark.removeprefix("is-"), count, x, width))
        before += count or 0
    return tuple(found)


@dataclass(frozen=True)
class SideBySide:
    """The page. `year_group` None is those of the phase together, or without one Years 1 to 9; `total` adds up the schools of which all parts are shown, where they are several."""

    scope: Scope
    subject: int
    year_group: YearGroup | None
    lines: tuple[SchoolLine, ...]
    total: ShownLine | None
    schools_in_total: int
    phase: Phase | None = None

    @property
    def title(self) -> str:
        whole = f"{self.phase.label} together" if self.phase else "Years 1 to 9"
        whom = self.year_group.label if self.year_group else whole
        return f"{BY_NUMBER[self.subject].name}, {whom}, {self.scope.term.label} {self.scope.academic_year.label}"

    @property
    def total_parts(self) -> tuple[BarPart, ...]:
        return bar_parts(self.total) if self.total else ()

    @property
    def total_share(self) -> Decimal | None:
        return self.total.percentage(self.total.at_or_above) if self.total else None

    @property
    def has_good_level(self) -> bool:
        """Whether anything of it is told: in Summer, of schools with Reception, beside all year groups."""
        return any(line.good_level for line in self.lines)


def side_by_side(
    scope: Scope,
    subject: int,
    year_group: YearGroup | None,
    sort: str,
    limit: int,
    phase: Phase | None = None,
) -> SideBySide:
    """A line a school of the scope, in the order of `sort` (one of SORTS); two queries. `limit`: counts of 1 to this many are hidden, and of a school to its own. `phase`: its year groups
    together, where no year group is chosen.
    """
    found = given_out_last(scope.schools, scope.academic_year, scope.term, only=OF_EVERYBODY)
    granting = granting_names(scope.schools)
    lines = []
    for school in scope.schools:
        given = found.get(school.pk)
        line = school_line(
            school,
            everybody_of(given.kept) if given else [],
            subject,
            year_group,
            max(limit, school.small_count),
            grants_names=school.pk in granting,
            phase=phase,
        )
        lines.append(replace(line, given_out=given.day if given else None))
    whole = [line.line for line in lines if line.line and line.has_bar]
    total = added_up(whole) if len(whole) > 1 else None
    return SideBySide(scope, subject, year_group, _sorted(lines, sort), total, len(whole), phase)


def school_line(
    school: School,
    found: Sequence[Figure],
    subject: int,
    year_group: YearGroup | None,
    limit: int,
    *,
    grants_names: bool = False,
    phase: Phase | None = None,
) -> SchoolLine:
    """What may be told of one school; `found` are its figures of all year groups, which protect one another."""
    of_all = {(each.year_group, each.subject): each for each in found}
    years = judged_years(of_all)
    line = combined = progress = on_roll = good_level = None
    if year_group is None:
        # Of one subject alone: the others' lines are not told here.
        rows, whole = attainment_in(of_all, years, subject, limit)
        if phase:
            line = _of_phase([row for year, row in zip(years, rows, strict=True) if YearGroup(year) in phase])
        else:
            line = whole if years else None
            good_level = reception_lines(of_all, limit).get(GOOD_LEVEL_OF_DEVELOPMENT)
    elif year_group in years:
        told = told_lines(found, limit)
        figure, line = of_all[year_group, subject], told[year_group, subject]
        progress = _progress(figure, line, limit) if figure.measured else None
        on_roll = told_roll([each for each in found if each.year_group == year_group], limit)
        combined = told[year_group, COMBINED] if of_all[year_group, COMBINED].assessed else None
    if line is not None and line.counted == 0:
        line = None
    return SchoolLine(
        name=school.name,
        urn=school.urn,
        grants_names=grants_names,
        line=line,
        progress=progress,
        combined=combined,
        good_level=good_level,
        on_roll=on_roll,
        note="" if line else _why_nothing(school, year_group, phase, found),
    )


def _of_phase(lines: Sequence[ShownLine]) -> ShownLine | None:
    """Added up from what the page tells of each of its year groups: another sum would be one more to take them from. Where one is not told whole, it is not either."""
    if not lines:
        return None
    if any(None in (line.counted, line.below, line.at, line.above) for line in lines):
        return hidden(lines[0])
    return added_up(lines)


def _progress(figure: Figure, line: ShownLine, limit: int) -> ShownShares:
    """As the pack tells it: nothing where not even the number judged is told."""
    if line.counted is None:
        return ShownShares()
    parts = (figure.progress_below, figure.progress_expected, figure.progress_above)
    return show_shares(parts, figure.assessed, limit)


def _why_nothing(
    school: School, year_group: YearGroup | None, phase: Phase | None, found: Sequence[Figure]
) -> str:
    if year_group and not school.lowest_year_group <= year_group <= school.highest_year_group:
        return f"No {year_group.label}"
    if (
        phase
        and not year_group
        and (phase.last < school.lowest_year_group or phase.first > school.highest_year_group)
    ):
        return f"No {phase.label}"
    return "Nothing judged" if found else "Has given out nothing for this term yet"


def added_up(lines: Iterable[ShownLine]) -> ShownLine:
    """The sum of lines of which everything is shown."""
    below = at = above = 0
    for line in lines:
        below, at, above = below + (line.below or 0), at + (line.at or 0), above + (line.above or 0)
    return ShownLine(below, at, above, below + at + above, None, {}, None)


SORTS = {"": "name", "judged": "judged", "share": "share", "progress": "progress_share"}
"""How the lines can be ordered: by name, or by a figure with the largest first and what is not told last."""


def _sorted(lines: Sequence[SchoolLine], sort: str) -> tuple[SchoolLine, ...]:
    by_name = sorted(lines, key=lambda line: line.name)
    if sort not in SORTS or not sort:
        return tuple(by_name)
    name = SORTS[sort]
    told = sorted(
        (line for line in by_name if getattr(line, name) is not None),
        key=lambda line: getattr(line, name),
        reverse=True,
    )
    return (*told, *(line for line in by_name if getattr(line, name) is None))


_HEADINGS = ("School", "Given out on", "Judged", "Below", "At", "Above", "At or above (%)")
_OF_YEAR_GROUP = (
    "On roll",
    "Less than expected (%)",
    "Expected (%)",
    "More than expected (%)",
    "Expected or more (%)",
    "Combined (%)",
)


def side_by_side_table(shown: SideBySide) -> Table:
    """The page as a table: `c` where a figure is held back, as in the pack."""
    headings = (*_HEADINGS, *(_OF_YEAR_GROUP if shown.year_group else ()))
    headings += ("Good level of development (%)",) if shown.has_good_level else ()
    rows = [_row(shown, line) for line in shown.lines]
    if shown.total:
        total: list[Value] = [
            f"The {shown.schools_in_total} schools shown whole",
            None,
            *_counts(shown.total),
        ]
        rows.append(total + [None] * (len(headings) - len(total)))
    return Table(f"Schools side by side, {shown.title}", headings, rows)


def _counts(line: ShownLine) -> list[Value]:
    parts = (line.counted, line.below, line.at, line.above, line.percentage(line.at_or_above))
    return [HELD_BACK if each is None else each for each in parts]


def _row(shown: SideBySide, line: SchoolLine) -> list[Value]:
    row: list[Value] = [
        line.name,
        f"{line.given_out:%d/%m/%Y}" if line.given_out else None,
        *(_counts(line.line) if line.line else [line.note, None, None, None, None]),
    ]
    if shown.year_group:
        row.append(None if line.line is None else HELD_BACK if line.on_roll is None else line.on_roll)
        of_progress: list[Value] = [None] * 4
        if made := line.progress:
            told = (made.less, made.expected, made.more, made.expected_or_more)
            of_progress = [HELD_BACK if each is None else each for each in told]
        share = line.combined_share
        row += [*of_progress, None if line.combined is None else HELD_BACK if share is None else share]
    if shown.has_good_level:
        share = line.good_level_share
        row.append(None if line.good_level is None else HELD_BACK if share is None else share)
    return row
