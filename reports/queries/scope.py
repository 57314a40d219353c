"""The scope of a figure: which schools, when, of what, for whom. Every figure of the site is asked for by one."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm, Phase
from assessment.queries.snapshots import TakenSnapshot
from schools.access import Access
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.models import School
from schools.permissions import Permission
from schools.row_security import visible_to


class Measure(StrEnum):
    """From where to now progress is measured."""

    YEAR = "year"
    TERM = "term"
    PHASE = "phase"
    KEY_STAGE = "key-stage"
    # From the Baseline of Year 1, which the early years end with.
    AFTER_EYFS = "after-eyfs"
    # From an assessment point that was chosen: the scope's `since`.
    FROM_TO = "from-to"


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What narrows the pupils that figures are about; None narrows nothing.

    `phase` goes by the year group of the year in question. `class_id` is the class's public id; `group` the key of a group of `reports.queries.groups`, and
    `crossed_with` that of another: those who are in both.
    """

    year_group: YearGroup | None = None
    class_id: uuid.UUID | None = None
    group: int | None = None
    crossed_with: int | None = None
    phase: Phase | None = None


EVERYBODY = Filters()


class SnapshotEndsBeforeError(ValueError):
    """A term was asked of a snapshot that was taken of an earlier one."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Figures at the end of a term of an academic year, at these schools, which have to be open.

    `viewer` None is the operator, or a file for the school's own use. It alone decides which pupils are counted and whether small
    numbers are held back: somebody who sees no more than the own classes gets figures of these; somebody who sees no names gets everybody's, and
    `small_count` says up to which count they are hidden.
    """

    schools: tuple[School, ...]
    academic_year: AcademicYear
    term: TermName
    measure: Measure = Measure.YEAR
    filters: Filters = EVERYBODY
    viewer: Access | None = None
    # Where `from-to` starts; of no other measure. Not before the term: nobody is measured.
    since: AssessmentPoint | None = None

    # What is counted instead of the rows as they are now.
    snapshot: TakenSnapshot | None = None

    def __post_init__(self) -> None:
        if self.snapshot and not self.snapshot.holds(self.academic_year, self.term):
            raise SnapshotEndsBeforeError(
                f"Snapshot {self.snapshot.number} ends with {self.snapshot.of}:"
                f" {self.term.label} {self.academic_year.label} is not in it."
            )
        if (self.measure is Measure.FROM_TO) != (self.since is not None):
            raise ValueError("Progress from a chosen point needs that point, and no other measure has one.")

    @property
    def at(self) -> AssessmentPoint:
        """The assessment point that figures are of."""
        return AssessmentPoint(self.academic_year, AssessmentTerm(self.term.value))

    @property
    def before(self) -> AssessmentPoint:
        """The end of the term before: of Autumn the Summer of the year before."""
        if self.at.term is AssessmentTerm.AUTUMN:
            return self.at.summer_before
        return AssessmentPoint(self.academic_year, AssessmentTerm(self.at.term - 1))

    @property
    def own_classes_of(self) -> int | None:
        """The account whose classes alone are counted; None counts everybody."""
        if self.viewer is None or self.viewer.may(Permission.SEE_ALL_PUPILS):
            return None
        return self.viewer.user.pk if self.viewer.may(Permission.SEE_OWN_CLASSES) else None

    @property
    def small_count(self) -> int:
        """Counts of 1 to this many are hidden from this viewer, and whatever they follow from; 0 hides nothing."""
        sees_names = self.viewer is None or self.viewer.may(Permission.SEE_OWN_CLASSES)
        return 0 if sees_names else max(school.small_count for school in self.schools)


def school_by_school(scope: Scope) -> Iterator[Scope]:
    """The scope of each of its schools alone, which is open while that scope is in hand: for commands, and whatever reads widely.

    Quicker than all at once: with 400 schools open the wall compares each row with 400 numbers.
    """
    for school in scope.schools:
        with visible_to(school):
            yield replace(scope, schools=(school,))
