"""The EYFS profile of the children of Reception: a line a child, the seventeen goals by the profile's own codes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from assessment.engine.eyfs import GoalOutcome
from assessment.engine.profile import NOT_ASSESSED
from assessment.engine.subjects import EYFS_AREAS, Subject
from reports.documents.dashboard import term_title
from reports.documents.links import cell_address
from reports.documents.marks import Mark
from reports.documents.profile_parts import GoalPart, Show, is_in_goal, is_shown
from reports.documents.tables import Table, Value
from reports.queries.figure_pupils import named
from reports.queries.profiles import ChildProfile, profiles
from reports.queries.scope import Scope
from schools.access import Access
from schools.calendar import EyfsFramework, TermName
from schools.models import PupilYear

OUTCOME_MARKS = {
    GoalOutcome.EMERGING: Mark("Emerging", "is-below"),
    GoalOutcome.EXPECTED: Mark("Expected", "is-at"),
    GoalOutcome.EXCEEDING: Mark("Exceeding", "is-above"),
}
NOT_YET = "not yet judged"


@dataclass(frozen=True)
class GoalCell:
    """One goal of one child: `code` is 1, 2, 3 or A, and empty where it is not yet judged. `why` is why it was not assessed.

    `address` leads to the cell of the marksheet where the goal is emerging or has no points, for those who enter judgements.
    """

    goal: Subject
    code: str
    points: int | None
    mark: Mark | None
    why: str
    address: str = ""

    @property
    def words(self) -> str:
        """`20 points`, `absent`, `not yet judged`."""
        return f"{self.points} points" if self.points is not None else self.why.lower() or NOT_YET


@dataclass(frozen=True)
class ProfileLine:
    """One child. `public_id` is None where the child has no record of the year any more: in a snapshot."""

    public_id: uuid.UUID | None
    name: str
    surname: str
    forename: str
    upn: str
    born: str
    class_name: str
    child: ChildProfile
    cells: tuple[GoalCell, ...]

    @property
    def good_level(self) -> str:
        """`Yes`, `No` or `Not included`."""
        return {True: "Yes", False: "No", None: "Not included"}[self.child.profile.good_level]

    @property
    def good_level_mark(self) -> Mark | None:
        """Its mark, of who is included."""
        reached = self.child.profile.good_level
        return None if reached is None else Mark(self.good_level, "is-at" if reached else "is-below")

    @property
    def total_points(self) -> int | None:
        """17 to 51; None where one of the seventeen is not judged, and under 2021."""
        return self.child.profile.total_points

    @property
    def missing(self) -> tuple[GoalCell, ...]:
        """The goals that keep the child from the Good Level."""
        return tuple(cell for cell in self.cells if cell.goal in self.child.profile.goals_missing)

    @property
    def is_all_blank(self) -> bool:
        """Whether nothing at all is entered in the twelve goals."""
        goals = [cell for cell in self.cells if cell.goal.counts_for_gld]
        return not any(cell.code for cell in goals)

    @property
    def unjudged(self) -> tuple[GoalCell, ...]:
        """Those of the twelve that leave the child out."""
        return tuple(cell for cell in self.cells if cell.goal in self.child.unjudged)


@dataclass(frozen=True)
class ProfilePage:
    """The page. `of` is what it is narrowed to in words, empty where it shows every child; `is_told` whether the term has profiles at all."""

    title: str
    framework: EyfsFramework
    is_told: bool
    lines: tuple[ProfileLine, ...]
    everybody: int
    of: str

    @property
    def goals(self) -> tuple[Subject, ...]:
        return EYFS_AREAS[self.framework]

    @property
    def has_total(self) -> bool:
        return has_total(self.framework)

    @property
    def areas_of_learning(self) -> list[tuple[str, int]]:
        """The headings over the goals, each with how many it is over."""
        return [
            (name, len(list(goals)))
            for name, goals in groupby(self.goals, lambda goal: goal.area_of_learning)
        ]


def has_total(framework: EyfsFramework) -> bool:
    """Whether the framework has total points: that of 2012 alone."""
    return framework is EyfsFramework.OF_2012


def is_told(scope: Scope) -> bool:
    """Whether there are profiles at the end of the scope's term: of Reception, and so of Summer alone."""
    return scope.term is TermName.SUMMER


def profile_page(
    access: Access,
    scope: Scope,
    framework: EyfsFramework,
    show: Show = Show.EVERYBODY,
    goal: Subject | None = None,
    goal_part: GoalPart = GoalPart.JUDGED,
) -> ProfilePage:
    """`scope` is narrowed to Reception, and `framework` that of its year. Two queries and what names ask, however many children."""
    children = profiles(scope, access.school) if is_told(scope) else []
    wanted = [child for child in children if is_shown(child, show)]
    of = "" if show is Show.EVERYBODY else show.label
    if goal:
        wanted = [child for child in wanted if is_in_goal(child, goal, goal_part)]
        of = ", ".join(each for each in (of, f"{goal.name}: {goal_part.label}") if each)
    return ProfilePage(
        title=term_title(scope),
        framework=framework,
        is_told=is_told(scope),
        lines=profile_lines(access, scope, wanted),
        everybody=len(children),
        of=of,
    )


def profile_lines(access: Access, scope: Scope, children: Sequence[ChildProfile]) -> tuple[ProfileLine, ...]:
    """The children with their names, by name."""
    by_pupil = {child.pupil_id: child for child in children}
    return tuple(
        _line(access, scope, row, by_pupil[row.pupil_id])
        for row in named(access, list(by_pupil), scope.snapshot)
    )


def _line(access: Access, scope: Scope, row: PupilYear, child: ChildProfile) -> ProfileLine:
    pupil = row.pupil
    profile = child.profile
    return ProfileLine(
        public_id=pupil.public_id if row.pk else None,
        name=pupil.name,
        surname=pupil.surname,
        forename=pupil.forename,
        upn=pupil.upn,
        born=pupil.date_of_birth.isoformat(),
        class_name=row.class_group.name if row.class_group else "",
        child=child,
        cells=tuple(
            _cell(access, scope, row, child, goal, points, outcome)
            for goal, points, outcome in zip(profile.goals, profile.points, profile.outcomes, strict=True)
        ),
    )


def _cell(
    access: Access,
    scope: Scope,
    row: PupilYear,
    child: ChildProfile,
    goal: Subject,
    points: int | None,
    outcome: GoalOutcome | None,
) -> GoalCell:
    reason = child.reason(goal)
    class_id = row.class_group.public_id if row.class_group else None
    # To where something may be to do; from a snapshot nothing leads to the judgement as it is now.
    leads_on = outcome in (None, GoalOutcome.EMERGING) and scope.snapshot is None
    address = cell_address(access, row, class_id, goal.code.lower(), scope.term) if leads_on else ""
    code = str(outcome.value) if outcome else NOT_ASSESSED if reason else ""
    mark = OUTCOME_MARKS[outcome] if outcome else None
    return GoalCell(goal, code, points, mark, str(reason.label) if reason else "", address)


def profile_table(page: ProfilePage) -> Table:
    """The page as the profile's own codes say it, with what a school returns beside: UPN, names as registered, date of birth."""
    totals = ("Total points",) if page.has_total else ()
    headings = ("UPN", "Surname", "Forename", "Date of birth", "Class", *(goal.code for goal in page.goals))
    rows: list[list[Value]] = [
        [
            line.upn or None,
            line.surname,
            line.forename,
            line.born,
            line.class_name or None,
            *(int(cell.code) if cell.code.isdigit() else cell.code or None for cell in line.cells),
            line.good_level,
            *([line.total_points] if page.has_total else []),
        ]
        for line in page.lines
    ]
    title = f"EYFS profile, {page.title}" + (f", {page.of}" if page.of else "")
    return Table(title, (*headings, "Good Level of Development", *totals), rows, len(page.lines))
