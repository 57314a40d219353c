"""Transitions: the same children at the end of one school and at the start of the next, by pair of schools.

Numbers to the nearest ten, shares to the nearest tenth, averages to the nearest point; nothing of five pupils or fewer, and nothing before Autumn is over at the new
school. Why: reports/partnership_hiding.py, and docs/partnership.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

from assessment.engine.expectations import LAST_YEAR_GROUP
from assessment.engine.subjects import BY_NUMBER
from reports.documents.governor_cells import HELD_BACK
from reports.documents.releases import OF_EVERYBODY, everybody_of
from reports.documents.tables import Table, Value
from reports.documents.tiles import signed
from reports.measures import average, is_small
from reports.partnership_hiding import Parts, Told, told_together
from reports.queries.figures import Figure
from reports.queries.partnership import Held, Moved, figures_by_school, given_out_last, moves
from reports.queries.scope import Scope
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.models import School
from schools.queries.home import shown_count

Tenths = tuple[int, int, int]


@dataclass(frozen=True)
class Transition:
    """Who went from a year group of one school to a year group of another, in one subject.

    `moved`, `matched` and `baselines` (of the matched, whose first point is a Baseline) are told to the nearest ten or as `1 to 5`. `beside_expected` is the average
    of the points gained less the steps expected from the one point to the other; nothing is expected from Year 10. It and the shares
    (below, at, above, in per cent to the nearest ten) are None where they are held back. `is_small`: so few are matched that nothing is told.
    """

    old_school: str
    new_school: str
    year_group_then: YearGroup
    year_group_now: YearGroup
    moved: str
    matched: str
    is_small: bool
    points_then: Decimal | None
    points_now: Decimal | None
    beside_expected: Decimal | None
    baselines: str
    then: Tenths | None
    now: Tenths | None

    @property
    def label(self) -> str:
        return f"{self.year_group_then.label} to {self.year_group_now.label}"

    @property
    def told_beside_expected(self) -> str:
        """With its sign; empty where it is held back."""
        return "" if self.beside_expected is None else signed(self.beside_expected)


@dataclass(frozen=True)
class Elsewhere:
    """Pupils who came to a school or left it, and are known at no other school of the partnership."""

    school: str
    year_group: YearGroup
    pupils: str
    is_newcomer: bool

    @property
    def told(self) -> str:
        what = "came to" if self.is_newcomer else "left"
        return f"{self.pupils} {what} {self.year_group.label} of {self.school}"


@dataclass(frozen=True)
class Transitions:
    """All of them into one year; of one school's own where `of_school` names it. `not_compared` says in sentences of which schools something is missing, and why."""

    academic_year: AcademicYear
    subject: int
    pairs: tuple[Transition, ...]
    elsewhere: tuple[Elsewhere, ...]
    not_compared: tuple[str, ...] = ()
    of_school: str = ""

    @property
    def title(self) -> str:
        return (
            f"{BY_NUMBER[self.subject].name}, Summer {self.before.label} to Autumn {self.academic_year.label}"
        )

    @property
    def before(self) -> AcademicYear:
        return AcademicYear(self.academic_year - 1)

    @property
    def newcomers(self) -> tuple[Elsewhere, ...]:
        return tuple(each for each in self.elsewhere if each.is_newcomer)

    @property
    def leavers(self) -> tuple[Elsewhere, ...]:
        return tuple(each for each in self.elsewhere if not each.is_newcomer)


Cell = tuple[int, int, int]
"""A school's key, a year group and a subject."""
Everywhere = Sequence[Mapping[Cell, Parts]]
"""The year groups in each way in which they are told."""


def transitions(scope: Scope, subject: int, limit: int, *, of_school: School | None = None) -> Transitions:
    """Into the scope's year, whatever its term: between all of its schools, or only from and to one of them. Two queries a school, and five more."""
    found, not_found, held = moves(scope.schools, scope.academic_year)
    before = replace(scope, academic_year=AcademicYear(scope.academic_year - 1), term=TermName.SUMMER)
    scope = replace(scope, term=TermName.AUTUMN)
    told = _told_shares(found, [_told_of(before), _told_of(scope)], limit)
    names = {school.pk: school.name for school in scope.schools}
    shown = [
        _transition(each, told, names, limit)
        for each in found
        if each.subject == subject and _is_of(each, of_school)
    ]
    return Transitions(
        academic_year=scope.academic_year,
        subject=subject,
        pairs=tuple(shown),
        elsewhere=tuple(
            Elsewhere(
                names[each.school],
                YearGroup(each.year_group),
                shown_count(each.pupils, sees_names=False),
                each.is_newcomer,
            )
            for each in not_found
            if of_school is None or each.school == of_school.pk
        ),
        not_compared=tuple(
            f"{names[each.school]} {why}"
            for each in held
            if of_school is None or each.school == of_school.pk
            for why in _missing(each, scope.academic_year)
        ),
        of_school=of_school.name if of_school else "",
    )


def _missing(held: Held, year: AcademicYear) -> Iterator[str]:
    """Why a school's newcomers or leavers are not told, or not all of them; the school's name goes before."""
    before = AcademicYear(year - 1)
    if held.is_over is None:
        yield f"has not opened {year.label} here: it is not told who came to it or left it."
    elif not held.is_over:
        yield f"stands here when its Autumn {year.label} is over: until then it is not told who came to it or left it."
    elif not held.had_pupils:
        yield f"holds nobody of Summer {before.label} here: it is not told who came to it from elsewhere or left it for elsewhere."
    elif not held.has_pupils:
        yield f"holds nobody of Autumn {year.label} here: it is not told who came to it from elsewhere or left it for elsewhere."
    if held.is_over and held.on_two_rolls:
        told = shown_count(held.on_two_rolls, sees_names=False)
        yield f"shares pupils with another roll: {told} of those who came or left stand on two at once, and are not compared."


def _is_of(each: Moved, school: School | None) -> bool:
    return school is None or school.pk in (each.old_school, each.new_school)


def _told_of(scope: Scope) -> Everywhere:
    """Everybody's of the year groups, what a reader could take the movers from: as a school's own pages tell it, and as it was given out last, which the partnership's pages and the packs tell."""
    given = given_out_last(scope.schools, scope.academic_year, scope.term, only=OF_EVERYBODY)
    return (
        _attainment(figures_by_school(scope)),
        _attainment({school: everybody_of(each.kept) for school, each in given.items()}),
    )


def _attainment(found: Mapping[int, Sequence[Figure]]) -> Mapping[Cell, Parts]:
    return {
        (school, each.year_group, each.subject): (each.below, each.at, each.above)
        for school, figures in found.items()
        for each in figures
    }


def _told_shares(
    found: Sequence[Moved], everywhere: Sequence[Everywhere], limit: int
) -> Mapping[tuple[Moved, int], Tenths]:
    """The shares that may be told, by the pair in a subject and its end (0 then, 1 now): those of one pair are of the same children, and are tried together in every
    subject, whichever a page shows. Beside each of the ways in which the year group is told.
    """
    movers = [_sums((_cell(each, end), _parts(each, end)) for each in found) for end in (0, 1)]
    tables: dict[tuple[int, ...], dict[tuple[Moved, int], Told]] = defaultdict(dict)
    for end, each in product((0, 1), found):
        cell = _cell(each, end)
        beside = [_others(told, movers[end], cell) for told in everywhere[end] if cell in told]
        if not is_small(each.matched, limit) and beside:
            pair = (each.old_school, each.new_school, each.year_group_then, each.year_group_now)
            tables[pair][each, end] = (_parts(each, end), beside)
    return {
        key: shares for of_pair in tables.values() for key, shares in told_together(of_pair, limit).items()
    }


def _cell(moved: Moved, end: int) -> Cell:
    if end:
        return moved.new_school, moved.year_group_now, moved.subject
    return moved.old_school, moved.year_group_then, moved.subject


def _parts(moved: Moved, end: int) -> Parts:
    if end:
        return moved.below_now, moved.at_now, moved.above_now
    return moved.below_then, moved.at_then, moved.above_then


def _transition(
    moved: Moved, told: Mapping[tuple[Moved, int], Tenths], names: Mapping[int, str], limit: int
) -> Transition:
    few = is_small(moved.matched, limit) or not moved.matched
    means = (
        (None, None, None)
        if few
        else tuple(
            average(total, moved.matched, 0)
            for total in (
                moved.points_then,
                moved.points_now,
                moved.points_now - moved.points_then - moved.expected,
            )
        )
    )
    return Transition(
        old_school=names[moved.old_school],
        new_school=names[moved.new_school],
        year_group_then=YearGroup(moved.year_group_then),
        year_group_now=YearGroup(moved.year_group_now),
        moved=shown_count(moved.moved, sees_names=False),
        matched=shown_count(moved.matched, sees_names=False),
        is_small=few,
        points_then=means[0],
        points_now=means[1],
        beside_expected=means[2] if moved.year_group_now <= LAST_YEAR_GROUP else None,
        baselines=shown_count(moved.baselines, sees_names=False),
        then=None if few else told.get((moved, 0)),
        now=None if few else told.get((moved, 1)),
    )


def _sums(parts: Iterable[tuple[Cell, Parts]]) -> Mapping[Cell, Parts]:
    found: dict[Cell, Parts] = defaultdict(lambda: (0, 0, 0))
    for cell, (below, at, above) in parts:
        so_far = found[cell]
        found[cell] = (so_far[0] + below, so_far[1] + at, so_far[2] + above)
    return found


def _others(everybody: Mapping[Cell, Parts], movers: Mapping[Cell, Parts], cell: Cell) -> Parts:
    """Who is of the year group and in no pair: they are what could be worked out. Never less than nobody."""
    below, at, above = (
        max(0, whole - part) for whole, part in zip(everybody[cell], movers[cell], strict=True)
    )
    return below, at, above


_HEADINGS = (
    "From",
    "To",
    "Year groups",
    "Moved",
    "Matched",
    "Average points then",
    "Average points now",
    "Beside expected",
    "By a Baseline",
    "Below then (about %)",
    "At then (about %)",
    "Above then (about %)",
    "Below now (about %)",
    "At now (about %)",
    "Above now (about %)",
)


def transitions_table(shown: Transitions) -> Table:
    """The page as a table, with whom it could not match at its end, and which schools are not compared."""
    rows: list[list[Value]] = [
        [
            each.old_school,
            each.new_school,
            each.label,
            each.moved,
            each.matched,
            *(
                HELD_BACK if value is None else value
                for value in (each.points_then, each.points_now, each.beside_expected)
            ),
            HELD_BACK if each.is_small else each.baselines,
            *(each.then or [HELD_BACK] * 3),
            *(each.now or [HELD_BACK] * 3),
        ]
        for each in shown.pairs
    ]
    for each in shown.elsewhere:
        ends: list[Value] = ["Elsewhere or not known", each.school]
        ends = ends if each.is_newcomer else ends[::-1]
        rows.append([*ends, each.year_group.label, each.pupils, *([None] * (len(_HEADINGS) - 4))])
    rows += [[each, *([None] * (len(_HEADINGS) - 1))] for each in shown.not_compared]
    return Table(f"Transitions, {shown.title}", _HEADINGS, rows)
