"""A cohort over time: the same children at the end of each year, beside everybody who was in the year group then.

*Matched* are those of today's cohort who were judged then and now, wherever that was: what they were judged elsewhere came with them.
Progress in a year is of those of them who were on roll here at its end, by the rule of *this year*. Each count is of a set of pupils,
and the list behind it is that set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.expected_range import Attainment
from assessment.engine.progress import Progress
from assessment.engine.subjects import is_early_years
from reports.documents.figure_pupils import (
    Stand,
    point_label,
    stands,
    subjects_of,
)
from reports.documents.tiles import signed, subject_name
from reports.measures import average, gap, percentage, share
from reports.queries.cohorts import Histories, JudgedThen, histories
from reports.queries.prime_areas import frameworks_apart
from reports.queries.scope import EVERYBODY, Filters, Measure, Scope
from schools.access import Access
from schools.calendar import AcademicYear, TermName, YearGroup


class CohortPart(StrEnum):
    """Which of the pupils of a point, as it stands in an address."""

    MATCHED = "matched"
    BELOW = "below"
    AT = "at"
    ABOVE = "above"
    AT_OR_ABOVE = "at_or_above"
    NOW_AT_OR_ABOVE = "now_at_or_above"
    MEASURED = "measured"
    LESS = "progress_below"
    EXPECTED = "progress_expected"
    MORE = "progress_above"
    EXPECTED_OR_MORE = "progress_expected_or_above"
    OTHER_GROUP = "other_group"
    FOLLOWED = "followed"
    FOLLOWED_AT_OR_ABOVE = "followed_at_or_above"
    CAME = "came"
    LEFT = "left"

    @property
    def label(self) -> str:
        """As the heading of a list has it."""
        return _LABELS[self]


_LABELS = {
    CohortPart.MATCHED: "judged then and now",
    CohortPart.BELOW: "below then, and judged now",
    CohortPart.AT: "at then, and judged now",
    CohortPart.ABOVE: "above then, and judged now",
    CohortPart.AT_OR_ABOVE: "at or above then, and judged now",
    CohortPart.NOW_AT_OR_ABOVE: "at or above now, and judged then",
    CohortPart.MEASURED: "with progress measured in that year",
    CohortPart.LESS: "with less than expected progress in that year",
    CohortPart.EXPECTED: "with expected progress in that year",
    CohortPart.MORE: "with more than expected progress in that year",
    CohortPart.EXPECTED_OR_MORE: "with expected progress or more in that year",
    CohortPart.OTHER_GROUP: "judged then and now, in another year group then",
    CohortPart.FOLLOWED: "judged at every point of the line",
    CohortPart.FOLLOWED_AT_OR_ABOVE: "at or above then, and judged at every point of the line",
    CohortPart.CAME: "here now, not in the year group then",
    CohortPart.LEFT: "in the year group then, not now",
}
Pupils = frozenset[int]


@dataclass(frozen=True)
class EverybodyThen:
    """All who were on roll in the year group then, wherever they are now; counts by the parts of the dashboard's figures."""

    pupils: int
    judged: int
    below: int
    at: int
    above: int

    @property
    def percentage(self) -> Decimal | None:
        return percentage(self.at + self.above, self.judged)


@dataclass(frozen=True)
class CohortPoint:
    """The cohort at the end of one term. `everybody`, and who came and left, are told of a whole year group at its own school alone."""

    at: AssessmentPoint
    year_group: YearGroup
    is_now: bool
    parts: Mapping[CohortPart, Pupils]
    then: Mapping[int, JudgedThen]
    points: Decimal | None
    steps: Decimal | None
    everybody: EverybodyThen | None

    @property
    def label(self) -> str:
        return point_label(self.at)

    @property
    def academic_year(self) -> AcademicYear:
        return AcademicYear(self.at.academic_year)

    @property
    def code(self) -> str:
        """As it stands in addresses: `2024-summer`."""
        return f"{int(self.at.academic_year)}-{self.at.term.label.lower()}"

    @property
    def term_key(self) -> str:
        return self.at.term.label.lower()

    @property
    def counts(self) -> dict[str, int]:
        """Each part's count, by its name in addresses."""
        return {part.value: len(pupils) for part, pupils in self.parts.items()}

    def percentage(self, part: CohortPart, of: CohortPart) -> Decimal | None:
        return percentage(len(self.parts[part]), len(self.parts[of]))

    @property
    def share(self) -> Decimal | None:
        """Of those judged then and now, at or above then, in per cent."""
        return self.percentage(CohortPart.AT_OR_ABOVE, CohortPart.MATCHED)

    @property
    def share_now(self) -> Decimal | None:
        """Of the same children, at or above now."""
        return self.percentage(CohortPart.NOW_AT_OR_ABOVE, CohortPart.MATCHED)

    @property
    def moved(self) -> Decimal | None:
        """Between the two, in percentage points, from unrounded shares; None of now and of nobody."""
        matched = len(self.parts[CohortPart.MATCHED])
        then, now = (len(self.parts[each]) for each in (CohortPart.AT_OR_ABOVE, CohortPart.NOW_AT_OR_ABOVE))
        return None if self.is_now else gap(share(now, matched), share(then, matched))

    @property
    def change(self) -> str:
        """The same as it is shown: `+8`; empty where there is none."""
        return "" if self.moved is None else signed(self.moved)

    @property
    def is_followed(self) -> bool:
        """Whether it is a point of the line."""
        return bool(self.parts[CohortPart.FOLLOWED])

    @property
    def followed_share(self) -> Decimal | None:
        """At or above then, in per cent of those judged at every point of the line."""
        return self.percentage(CohortPart.FOLLOWED_AT_OR_ABOVE, CohortPart.FOLLOWED)

    @property
    def progress_share(self) -> Decimal | None:
        return self.percentage(CohortPart.EXPECTED_OR_MORE, CohortPart.MEASURED)


@dataclass(frozen=True)
class CohortOverTime:
    """The whole page. `pupils` are on roll now, `judged` of them have an attainment now; the latest point comes last."""

    scope: Scope
    year_group: YearGroup
    subject: int
    members: Pupils
    points: tuple[CohortPoint, ...]
    is_whole: bool

    @property
    def subject_name(self) -> str:
        return subject_name(self.subject)

    @property
    def title(self) -> str:
        return f"{self.year_group.label} {self.subject_name}: the same children over time"

    @property
    def pupils(self) -> int:
        return len(self.members)

    @property
    def judged(self) -> int:
        return len(self.points[-1].parts[CohortPart.MATCHED])

    @property
    def line(self) -> tuple[CohortPoint, ...]:
        """The points that are joined: of the same children at each, so that the line moves where they do. None where there is one point alone."""
        found = tuple(point for point in self.points if point.is_followed)
        return found if len(found) > 1 else ()

    @property
    def followed(self) -> int:
        """How many children the line is of."""
        return len(self.points[-1].parts[CohortPart.FOLLOWED])

    @property
    def has_progress(self) -> bool:
        """Progress is of single subjects, and has a colour from Year 1."""
        return any(point.parts[CohortPart.MEASURED] for point in self.points)

    def point_at(self, code: str) -> CohortPoint | None:
        """The point of this name in addresses."""
        return next((point for point in self.points if point.code == code), None)


_SUMMER = AssessmentTerm.SUMMER
_FIRST = {False: YearGroup.Y1, True: YearGroup.N1}


def cohort_over_time(access: Access, scope: Scope, year_group: YearGroup, subject: int) -> CohortOverTime:
    """Of the scope's pupils in the year group, in a subject, in COMBINED, or in an area or prime areas of nursery and Reception.

    A query for the cohort, and one for each earlier year that is held and each term of this year, however many pupils. Points at which
    nobody of the cohort was judged, and of which the school holds nothing, are left out.
    """
    is_whole = scope.filters == EVERYBODY and scope.own_classes_of is None
    scope = replace(
        scope,
        measure=Measure.YEAR,
        since=None,
        snapshot=None,
        filters=replace(scope.filters, year_group=year_group, phase=None),
    )
    asked = _points(scope, year_group)
    held: Histories = {}
    for numbers in frameworks_apart(subjects_of(subject)):
        for pupil, then in histories(scope, access.school, numbers, asked).items():
            held.setdefault(pupil, {}).update(then)
    now = {pupil for pupil, history in held.items() if scope.at in history}
    found = []
    for at in asked:
        group = YearGroup(year_group - (scope.academic_year - at.academic_year))
        point = _Point(access, scope, subject, at, group, held, now, is_whole=is_whole)
        if at == scope.at or point.matched or point.everybody:
            found.append(point.told())
    return CohortOverTime(scope, year_group, subject, frozenset(held), _followed(found), is_whole)


def _followed(points: Sequence[CohortPoint]) -> tuple[CohortPoint, ...]:
    """The points, with who is followed along them: whoever was judged at each point at which at least half of those judged now were.

    A point with fewer would leave the line to a few children (derived); it stands in the table alone.
    """
    judged = len(points[-1].parts[CohortPart.MATCHED])
    joined = [point for point in points if judged and 2 * len(point.parts[CohortPart.MATCHED]) >= judged]
    followed: Pupils = (
        frozenset.intersection(*(point.parts[CohortPart.MATCHED] for point in joined))
        if joined
        else frozenset()
    )

    def told(point: CohortPoint) -> CohortPoint:
        pupils = followed if point in joined else frozenset()
        at_or_above = pupils & point.parts[CohortPart.AT_OR_ABOVE]
        more = {CohortPart.FOLLOWED: pupils, CohortPart.FOLLOWED_AT_OR_ABOVE: at_or_above}
        return replace(point, parts={**point.parts, **more})

    return tuple(told(point) for point in points)


def _points(scope: Scope, year_group: YearGroup) -> list[AssessmentPoint]:
    """The Summers since the cohort's first year of the kind, then this year's terms up to the scope's; in the order of time.

    In nursery and Reception every term since nursery entry: three years are short, and a child may come into them in any term.
    """
    is_early = is_early_years(year_group)
    years_ago = range(year_group - _FIRST[is_early], 0, -1)
    of_year = [AssessmentTerm(term.value) for term in TermName] if is_early else [_SUMMER]
    summers = [AssessmentPoint(scope.academic_year - ago, term) for ago in years_ago for term in of_year]
    terms = [AssessmentTerm(term.value) for term in TermName if term <= scope.term]
    return summers + [AssessmentPoint(scope.academic_year, term) for term in terms]


class _Point:
    """One point of a cohort in the making."""

    def __init__(
        self,
        access: Access,
        scope: Scope,
        subject: int,
        at: AssessmentPoint,
        year_group: YearGroup,
        held: Mapping[int, Mapping[AssessmentPoint, JudgedThen]],
        now: set[int],
        *,
        is_whole: bool,
    ) -> None:
        self.scope, self.subject, self.at, self.year_group, self.held = scope, subject, at, year_group, held
        self.then = {pupil: history[at] for pupil, history in held.items() if at in history}
        self.matched = frozenset(now & set(self.then))
        # Everybody on roll here then, in whatever year group: of these the cohort's own are told by the history.
        self.here = self._here(access)
        self.same_group = {
            pupil: stand for pupil, stand in self.here.items() if stand.standings[0].year_group == year_group
        }
        self.everybody = self._everybody() if is_whole and self.same_group else None

    def _here(self, access: Access) -> dict[int, Stand]:
        if self.at.academic_year not in access.opened_years:
            return {}
        then = replace(
            self.scope,
            academic_year=AcademicYear(self.at.academic_year),
            term=TermName(self.at.term.value),
            filters=Filters(),
            viewer=None,
        )
        return stands(access, then, self.subject)

    def _everybody(self) -> EverybodyThen:
        judged = [stand.attainment for stand in self.same_group.values() if stand.attainment is not None]
        counts = [judged.count(each) for each in Attainment]
        return EverybodyThen(len(self.same_group), len(judged), *counts)

    def _of_matched(self, *attainments: Attainment, at: AssessmentPoint) -> Pupils:
        return frozenset(pupil for pupil in self.matched if self.held[pupil][at].attainment in attainments)

    def told(self) -> CohortPoint:
        then, now = self.at, self.scope.at
        at_or_above = (Attainment.AT, Attainment.ABOVE)
        own = {pupil: self.here[pupil] for pupil in self.held if pupil in self.here}
        measured = {pupil: each.only for pupil, each in own.items() if each.is_measured and each.only}
        progress = {
            part: frozenset(pupil for pupil, each in measured.items() if each.progress in wanted)
            for part, wanted in _PROGRESSES.items()
        }
        members, same = frozenset(self.held), frozenset(self.same_group)
        # Who repeated or skipped a year; of who was at another school then it is not known.
        other_group = self.matched & self.here.keys() - same
        points = [self.then[pupil].points for pupil in self.matched]
        judged = [each for each in points if each is not None]
        steps = [each.steps for each in measured.values() if each.steps is not None]
        return CohortPoint(
            at=then,
            year_group=self.year_group,
            is_now=then == now,
            parts={
                CohortPart.MATCHED: self.matched,
                CohortPart.BELOW: self._of_matched(Attainment.BELOW, at=then),
                CohortPart.AT: self._of_matched(Attainment.AT, at=then),
                CohortPart.ABOVE: self._of_matched(Attainment.ABOVE, at=then),
                CohortPart.AT_OR_ABOVE: self._of_matched(*at_or_above, at=then),
                CohortPart.NOW_AT_OR_ABOVE: self._of_matched(*at_or_above, at=now),
                CohortPart.MEASURED: frozenset(measured),
                **progress,
                CohortPart.OTHER_GROUP: frozenset(other_group),
                CohortPart.CAME: members - same if self.everybody else frozenset(),
                CohortPart.LEFT: same - members if self.everybody else frozenset(),
            },
            then=self.then,
            points=average(sum(judged), len(judged), 1),
            steps=average(sum(steps), len(steps), 1),
            everybody=self.everybody,
        )


_PROGRESSES = {
    CohortPart.LESS: {Progress.LESS},
    CohortPart.EXPECTED: {Progress.EXPECTED},
    CohortPart.MORE: {Progress.MORE},
    CohortPart.EXPECTED_OR_MORE: {Progress.EXPECTED, Progress.MORE},
}
