"""Transitions: the same children at the end of one school and at the start of the next, by pair of schools.

Numbers to the nearest ten, shares to the nearest tenth, averages to the nearest point; nothing of five pupils or fewer, and nothing before Autumn is over at the new
school. Why: reports/partnership_hiding.py, and docs/partnership.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assessment.engine.expectations import LAST_YEAR_GROUP
from assessment.engine.subjects import BY_NUMBER
from reports.documents.governor_cells import HELD_BACK
from reports.documents.releases import everybody_of
from reports.documents.tables import Table, Value
from reports.documents.tiles import signed
from reports.measures import average, is_small
from reports.partnership_hiding import Parts, told_tenths
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


Cell = tuple[int, int]
"""A school's key and a year group."""


def transitions(scope: Scope, subject: int, limit: int, *, of_school: School | None = None) -> Transitions:
    """Into the scope's year, whatever its term: between all of its schools, or only from and to one of them. Two queries a school, and five more."""
    found, not_found, held = moves(scope.schools, scope.academic_year)
    of_subject = [each for each in found if each.subject == subject]
    before = replace(scope, academic_year=AcademicYear(scope.academic_year - 1), term=TermName.SUMMER)
    then = [attainment_now(before, subject), attainment_given_out(before, subject)]
    scope = replace(scope, term=TermName.AUTUMN)
    now = [attainment_now(scope, subject), attainment_given_out(scope, subject)]
    names = {school.pk: school.name for school in scope.schools}
    shown = [
        _transition(each, of_subject, then, now, names, limit)
        for each in of_subject
        if _is_of(each, of_school)
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


def attainment_now(scope: Scope, subject: int) -> Mapping[Cell, Parts]:
    """Everybody's of the year groups, as a school's own pages tell it: what a reader could take the movers from."""
    return _attainment(figures_by_school(scope), subject)


def attainment_given_out(scope: Scope, subject: int) -> Mapping[Cell, Parts]:
    """The same as it was given out last, which the partnership's pages and the packs tell."""
    given = given_out_last(scope.schools, scope.academic_year, scope.term)
    return _attainment({school: everybody_of(each.kept) for school, each in given.items()}, subject)


def _attainment(found: Mapping[int, Sequence[Figure]], subject: int) -> Mapping[Cell, Parts]:
    return {
        (school, each.year_group): (each.below, each.at, each.above)
        for school, figures in found.items()
        for each in figures
        if each.subject == subject
    }


def _transition(
    moved: Moved,
    of_subject: Sequence[Moved],
    then: Sequence[Mapping[Cell, Parts]],
    now: Sequence[Mapping[Cell, Parts]],
    names: Mapping[int, str],
    limit: int,
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
    old, new = (moved.old_school, moved.year_group_then), (moved.new_school, moved.year_group_now)
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
        then=None if few else _shares(_then(moved), then, _all_then(of_subject), old, limit),
        now=None if few else _shares(_now(moved), now, _all_now(of_subject), new, limit),
    )


def _shares(
    parts: Parts, told: Sequence[Mapping[Cell, Parts]], movers: Mapping[Cell, Parts], cell: Cell, limit: int
) -> Tenths | None:
    """Told only where they may be beside each of the ways in which the year group is told."""
    shares: Tenths | None = None
    for everybody in told:
        if cell in everybody:
            shares = told_tenths(parts, _others(everybody, movers, cell), limit)
            if shares is None:
                return None
    return shares


def _then(moved: Moved) -> Parts:
    return (moved.below_then, moved.at_then, moved.above_then)


def _now(moved: Moved) -> Parts:
    return (moved.below_now, moved.at_now, moved.above_now)


def _all_then(of_subject: Sequence[Moved]) -> Mapping[Cell, Parts]:
    return _sums(((each.old_school, each.year_group_then), _then(each)) for each in of_subject)


def _all_now(of_subject: Sequence[Moved]) -> Mapping[Cell, Parts]:
    return _sums(((each.new_school, each.year_group_now), _now(each)) for each in of_subject)


def _sums(parts: Iterable[tuple[Cell, Parts]]) -> Mapping[Cell, Parts]:
    found: dict[Cell, Parts] = defaultdict(lambda: (0, 0, 0))
    for cell, (below, at, above) in parts:
        so_far = found[cell]
        found[cell] = (so_far[0] + below, so_far[1] + at, so_far[2] + above)
    return found


def _others(everybody: Mapping[Cell, Parts], movers: Mapping[Cell, Parts], cell: Cell) -> Parts:
    """Who is of the year group and in no pair: they are what could be worked out. Never less than nobody."""
    below, at, above = (
        max(0, whole - part) for whole, part in zip(everybody.get(cell, (0, 0, 0)), movers[cell], strict=True)
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
