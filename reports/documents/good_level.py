"""The Good Level of Development of the children of Reception: who reached it, who is left out and why, goal by goal, who is near, and by group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from urllib.parse import urlencode

from assessment.engine.subjects import Subject
from assessment.models import Reason
from reports.documents.dashboard import term_title
from reports.documents.figure_pupils import Part
from reports.documents.group_report import GroupReport, Own, group_report
from reports.documents.profile import ProfileLine, has_total, is_told, profile_lines
from reports.documents.profile_parts import GoalPart, Show, count, is_in_goal, is_shown
from reports.documents.tables import Table, Value
from reports.documents.tiles import TilePart, signed
from reports.measures import average, gap, percentage, share
from reports.queries.figures import GOOD_LEVEL_OF_DEVELOPMENT
from reports.queries.profiles import ChildProfile, profiles
from reports.queries.scope import Scope
from schools.access import Access
from schools.calendar import AcademicYear, EyfsFramework, TermName


@dataclass(frozen=True)
class Level:
    """One year's children, counted. `query` leads to the list of them, completed by a part.

    Shares and averages are rounded, and None of nobody. `total_points` is of the children who are judged in all seventeen goals, and None under 2021.
    """

    academic_year: AcademicYear
    framework: EyfsFramework
    query: str
    children: tuple[ChildProfile, ...]

    @cached_property
    def counts(self) -> dict[str, int]:
        """Of every part, by its name in addresses."""
        return {show.value: count(self.children, show) for show in Show}

    @property
    def share(self) -> Decimal | None:
        """Per cent of those judged in all twelve goals that reached the Good Level."""
        return percentage(self.counts[Show.REACHED], self.counts[Show.JUDGED])

    @property
    def parts(self) -> tuple[TilePart, ...]:
        """Who did not reach it and who did, as the parts of a bar."""
        judged, missed = self.counts[Show.JUDGED], self.counts[Show.NOT_REACHED]
        share_missed = percentage(missed, judged, 2) or Decimal("0.00")
        return (
            TilePart(Part.BELOW, "is-below", "not reached", missed, Decimal("0.00"), share_missed),
            TilePart(Part.AT, "is-at", "reached", judged - missed, share_missed, 100 - share_missed),
        )

    @property
    def prime_share(self) -> Decimal | None:
        """Per cent of those judged in all prime areas that are at the expected level or above in all of them."""
        return percentage(self.counts[Show.PRIME], self.counts[Show.PRIME_JUDGED])

    @property
    def has_total(self) -> bool:
        return has_total(self.framework)

    @property
    def total_points(self) -> Decimal | None:
        """The average, to one decimal."""
        totals = [child.profile.total_points for child in self.children]
        held = [total for total in totals if total is not None]
        return average(sum(held), len(held), 1)


@dataclass(frozen=True)
class GoalLine:
    """One goal, counted."""

    goal: Subject
    counts: dict[str, int]
    share: Decimal | None


@dataclass(frozen=True)
class AreaOfLearning:
    """The goals under one heading."""

    name: str
    is_prime: bool
    counts_for_gld: bool
    lines: tuple[GoalLine, ...]


@dataclass(frozen=True)
class GoodLevel:
    """The whole page.

    `last_year` is None where nothing is held of it, or where it cannot stand beside; `change` is worked out from unrounded shares, in percentage points. `near` are one or two goals away, nearest
    first; `left_out` are those who are not included. `groups` is what the page of groups tells of the Good Level.
    """

    scope: Scope
    title: str
    framework: EyfsFramework
    is_told: bool
    level: Level
    last_year: Level | None
    change: Decimal | None
    areas: tuple[AreaOfLearning, ...]
    near: tuple[ProfileLine, ...]
    left_out: tuple[ProfileLine, ...]
    groups: GroupReport | None

    @property
    def change_words(self) -> str:
        """How far the share is from that of last year's children, who are others; empty where there is nothing to compare."""
        if self.change is None or self.last_year is None:
            return ""
        points = (
            f"{signed(self.change)} point{'' if abs(self.change) == 1 else 's'} on" if self.change else "as"
        )
        return f"{points} last year’s {self.last_year.share}%"

    @property
    def years(self) -> tuple[Level, ...]:
        """This year and, where it is beside, last year."""
        return (self.level, self.last_year) if self.last_year else (self.level,)

    @property
    def has_total(self) -> bool:
        return any(level.has_total for level in self.years)

    @property
    def reasons(self) -> tuple[tuple[str, int], ...]:
        """Of those left out because a goal is not assessed: how many children have which reason. A child may have several."""
        children = [child for child in self.level.children if is_shown(child, Show.NOT_ASSESSED)]
        held: Counter[Reason] = Counter()
        for child in children:
            held.update({reason for goal in child.unjudged if (reason := child.reason(goal))})
        return tuple(
            (str(reason.label).split(",")[0].lower(), held[reason]) for reason in Reason if held[reason]
        )


def good_level(
    access: Access,
    scope: Scope,
    framework: EyfsFramework,
    own: Own,
    chosen: dict[str, str],
    *,
    beside_last_year: bool,
) -> GoodLevel:
    """`scope` is narrowed to Reception. A handful of queries, however many children, goals and groups; in another term than Summer none but the framework's."""
    told = is_told(scope)
    level = Level(scope.academic_year, framework, urlencode(chosen), _children(access, scope))
    last_year = _last_year(access, scope, chosen) if told and beside_last_year else None
    lines = profile_lines(access, scope, [child for child in level.children if _is_named(child)])
    return GoodLevel(
        scope=scope,
        title=term_title(scope),
        framework=framework,
        is_told=told,
        level=level,
        last_year=last_year,
        change=gap(_unrounded(level), _unrounded(last_year)) if last_year else None,
        areas=_areas(level) if told else (),
        near=tuple(
            sorted(
                (line for line in lines if line.missing),
                # By name within.
                key=lambda line: len(line.missing),
            )
        ),
        left_out=tuple(line for line in lines if line.unjudged),
        groups=group_report(access, scope, GOOD_LEVEL_OF_DEVELOPMENT, own, None, _of_groups(chosen))
        if told and level.children
        else None,
    )


def _of_groups(chosen: dict[str, str]) -> dict[str, str]:
    return {**chosen, "year_group": "R"}


def _children(access: Access, scope: Scope) -> tuple[ChildProfile, ...]:
    return tuple(profiles(scope, access.school)) if is_told(scope) else ()


def _is_named(child: ChildProfile) -> bool:
    return any(is_shown(child, show) for show in (Show.ONE_AWAY, Show.TWO_AWAY, Show.NOT_INCLUDED))


def _unrounded(level: Level) -> Fraction | None:
    return share(level.counts[Show.REACHED], level.counts[Show.JUDGED])


def _last_year(access: Access, scope: Scope, chosen: dict[str, str]) -> Level | None:
    """The children of Reception a year before, in the groups of that year's record; None where nobody is held of it."""
    year = AcademicYear(scope.academic_year - 1)
    if year not in access.opened_years:
        return None
    children = _children(access, replace(scope, academic_year=year))
    if not children:
        return None
    return Level(year, children[0].profile.framework, urlencode(chosen), children)


def _areas(level: Level) -> tuple[AreaOfLearning, ...]:
    found: dict[str, list[Subject]] = {}
    for goal in level.children[0].profile.goals if level.children else ():
        found.setdefault(goal.area_of_learning, []).append(goal)
    return tuple(
        AreaOfLearning(name, goals[0].is_prime, goals[0].counts_for_gld, _lines(level, goals))
        for name, goals in found.items()
    )


def _lines(level: Level, goals: Sequence[Subject]) -> tuple[GoalLine, ...]:
    return tuple(_line(level, goal) for goal in goals)


def _line(level: Level, goal: Subject) -> GoalLine:
    counts = {part.value: sum(is_in_goal(child, goal, part) for child in level.children) for part in GoalPart}
    return GoalLine(
        goal=goal,
        counts=counts,
        share=percentage(counts[GoalPart.EXPECTED_OR_ABOVE], counts[GoalPart.JUDGED]),
    )


def level_table(page: GoodLevel) -> Table:
    """The figures of the top of the page: a line a year."""
    headings = [
        "Reception of",
        "Framework",
        "On roll",
        "Judged in all twelve goals",
        "Reached the Good Level of Development",
        "Reached (%)",
        "Not reached",
        "One goal away",
        "Two goals away",
        "Three goals away or more",
        "Not included: a goal not assessed (A)",
        "Not included: a goal not yet judged",
        "Judged in all prime areas",
        "Expected or above in all prime areas",
        "All prime areas (%)",
    ]
    if page.has_total:
        headings += ["Judged in all seventeen goals", "Average total points"]
    rows = [_level_values(level, with_total=page.has_total) for level in page.years]
    return Table(f"Good Level of Development, {page.title}", headings, rows)


def _level_values(level: Level, *, with_total: bool) -> list[Value]:
    counts = level.counts
    total: list[Value] = [counts[Show.TOTALLED], level.total_points] if level.has_total else [None, None]
    return [
        level.academic_year.label,
        str(level.framework.value),
        counts[Show.EVERYBODY],
        counts[Show.JUDGED],
        counts[Show.REACHED],
        level.share,
        *(counts[show] for show in (Show.NOT_REACHED, Show.ONE_AWAY, Show.TWO_AWAY, Show.FURTHER)),
        *(counts[show] for show in (Show.NOT_ASSESSED, Show.NOT_YET, Show.PRIME_JUDGED, Show.PRIME)),
        level.prime_share,
        *(total if with_total else []),
    ]


def goals_table(page: GoodLevel) -> Table:
    """Goal by goal, a line each."""
    has_exceeding = has_total(page.framework)
    headings = [
        "Area of learning",
        "Code",
        "Goal",
        "Counts for the Good Level",
        "Judged",
        "Expected or above",
        "Expected or above (%)",
        "Emerging (1)",
        "Expected (2)",
        *(["Exceeding (3)"] if has_exceeding else []),
        "Not assessed (A)",
        "Not yet judged",
    ]
    parts = [GoalPart.EMERGING, GoalPart.EXPECTED, *([GoalPart.EXCEEDING] if has_exceeding else [])]
    parts += [GoalPart.NOT_ASSESSED, GoalPart.NOT_YET]
    rows: list[list[Value]] = [
        [
            area.name,
            line.goal.code,
            line.goal.name,
            "Yes" if line.goal.counts_for_gld else "No",
            line.counts[GoalPart.JUDGED],
            line.counts[GoalPart.EXPECTED_OR_ABOVE],
            line.share,
            *(line.counts[part] for part in parts),
        ]
        for area in page.areas
        for line in area.lines
    ]
    return Table(f"Early learning goals, {page.title}", headings, rows)


def children_table(page: GoodLevel) -> Table:
    """The children who are one or two goals away, and those who are not included: a line a child and goal."""
    headings = ("Child", "Class", "What", "Goals away", "Code", "Goal", "Points", "Why not judged")
    rows: list[list[Value]] = [
        [
            line.name,
            line.class_name or None,
            "Near the Good Level" if line.missing else "Not included",
            len(line.missing) or None,
            cell.goal.code,
            cell.goal.name,
            cell.points,
            None if cell.points is not None else cell.words,
        ]
        for line in (*page.near, *page.left_out)
        for cell in (line.missing or line.unjudged)
    ]
    children = len(page.near) + len(page.left_out)
    return Table(f"Near the Good Level of Development, {page.title}", headings, rows, children)


def earlier_summer(access: Access, scope: Scope) -> AcademicYear | None:
    """The year whose Summer is the last that is over, where the scope's own is still to come; None where none is held."""
    year = AcademicYear(scope.academic_year - 1)
    return year if scope.term is not TermName.SUMMER and year in access.opened_years else None
