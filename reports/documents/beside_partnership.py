"""A school beside its partnership: its own figure, and that of all other schools with the same year group together.

The others are added up from what each has given out, so that no small number is in it, and nobody judged since; and only of three schools or more that are shown whole, so that none of
them can be worked out, not even by one of the others who takes its own figures away. There is no sum over the year groups: other schools have other ones, and
sums of different schools could be taken from each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assessment.engine.expectations import FIRST_YEAR_GROUP, LAST_YEAR_GROUP
from assessment.engine.subjects import BY_NUMBER, SUBJECTS
from reports.documents.governor_cells import HELD_BACK
from reports.documents.partnership import BarPart, added_up, bar_parts
from reports.documents.releases import OF_EVERYBODY, Released, everybody_of, figures_for_viewer
from reports.documents.shown_figures import shown_figures
from reports.documents.tables import Table, Value
from reports.documents.tiles import signed
from reports.documents.told_figures import told_lines
from reports.measures import ShownLine, gap
from reports.queries.figures import Figure
from reports.queries.partnership import given_out_last
from reports.queries.scope import Scope
from schools.calendar import YearGroup
from schools.models import School

FEWEST_OTHER_SCHOOLS = 3


@dataclass(frozen=True)
class Beside:
    """One year group and subject: `own` as this viewer may see it, `others` together; None is held back, or there are too few of them."""

    year_group: YearGroup
    subject: int
    own: ShownLine
    others: ShownLine | None
    schools: int

    @property
    def subject_name(self) -> str:
        return BY_NUMBER[self.subject].name

    @property
    def own_share(self) -> Decimal | None:
        return self.own.percentage(self.own.at_or_above)

    @property
    def others_share(self) -> Decimal | None:
        return self.others.percentage(self.others.at_or_above) if self.others else None

    @property
    def difference(self) -> str:
        """Percentage points between them, from unrounded shares, rounded once; empty where one is not told."""
        if self.others is None:
            return ""
        found = gap(self.own.share(self.own.at_or_above), self.others.share(self.others.at_or_above))
        return "" if found is None else signed(found)

    @property
    def own_parts(self) -> tuple[BarPart, ...]:
        return _parts(self.own)

    @property
    def others_parts(self) -> tuple[BarPart, ...]:
        return _parts(self.others) if self.others else ()


def _parts(line: ShownLine) -> tuple[BarPart, ...]:
    is_whole = line.counted and None not in (line.below, line.at, line.above)
    return bar_parts(line) if is_whole else ()


def beside_partnership(
    scope: Scope, others: Sequence[School], limit: int, own_figures: Released | None = None
) -> tuple[Beside, ...]:
    """`scope` is the school's own, open and for this viewer; `others` the partnership's other schools. Two queries, however many schools. `own_figures` are the own
    as they are given to the viewer, where that was decided before.
    """
    theirs = given_out_last(others, scope.academic_year, scope.term, only=OF_EVERYBODY)
    together = others_together(
        {school: everybody_of(given.kept) for school, given in theirs.items()},
        limit,
        {school.pk: school.small_count for school in others},
    )
    given = own_figures or figures_for_viewer(scope, by_group=False)
    own = shown_figures(given.of_everybody, scope.small_count)
    found = []
    for year_group, of_year in own.items():
        if not FIRST_YEAR_GROUP <= year_group <= LAST_YEAR_GROUP:
            continue
        for subject in SUBJECTS:
            if (figure := of_year.get(subject.number)) and figure.attainment.counted != 0:
                line, schools = together.get((year_group, subject.number), (None, 0))
                found.append(Beside(year_group, subject.number, figure.attainment, line, schools))
    return tuple(found)


def others_together(
    theirs: Mapping[int, Sequence[Figure]], limit: int, own_limits: Mapping[int, int] | None = None
) -> dict[tuple[int, int], tuple[ShownLine | None, int]]:
    """By year group and subject the sum of the schools of which all is told, and how many they are; no sum of too few."""
    told: dict[tuple[int, int], list[ShownLine]] = {}
    for school, found in theirs.items():
        for key, line in told_lines(found, max(limit, (own_limits or {}).get(school, 0))).items():
            if line.counted and None not in (line.below, line.at, line.above):
                told.setdefault(key, []).append(line)
    return {
        key: (added_up(lines) if len(lines) >= FEWEST_OTHER_SCHOOLS else None, len(lines))
        for key, lines in told.items()
    }


_HEADINGS = (
    "Year group",
    "Subject",
    "Judged here",
    "At or above here (%)",
    "Other schools",
    "Judged there",
    "Below there",
    "At there",
    "Above there",
    "At or above there (%)",
    "Difference",
)


def beside_table(shown: Sequence[Beside], title: str) -> Table:
    """The page as a table."""
    rows: list[list[Value]] = []
    for each in shown:
        row: list[Value] = [each.year_group.label, each.subject_name]
        row += [HELD_BACK if value is None else value for value in (each.own.counted, each.own_share)]
        if each.others is None:
            row += [None, *([HELD_BACK] * 5), None]
        else:
            there = each.others
            row += [
                each.schools,
                there.counted,
                there.below,
                there.at,
                there.above,
                each.others_share,
                each.difference,
            ]
        rows.append(row)
    return Table(title, _HEADINGS, rows)
