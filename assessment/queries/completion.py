"""How much of a term is entered: for each class, and each subject or all areas of learning together."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from django.apps import apps
from django.db.models import QuerySet

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import (
    EYFS_AREAS,
    Kind,
    Subject,
    is_early_years,
)
from assessment.models import CompletedSheet, Judgement, Reason
from assessment.queries.measuring import Measuring
from assessment.queries.provenance import in_a_word
from assessment.queries.school_subjects import judged_at, left_out, subjects_in_sight
from assessment.queries.subjects import framework_of
from schools.access import Access
from schools.calendar import TermName, YearGroup
from schools.models import ClassGroup, PupilYear
from schools.models.pupils import listed_name
from schools.queries.classes import ClassLine, class_lines, classes_for
from schools.queries.rolls import BY_NAME, Standing, pupils_for, standing_on

AREAS = "Areas of learning"
# In addresses, in the place of a subject's code: all areas together.
AREAS_CODE = "areas"


class State(StrEnum):
    """How far the judgements of a class in a subject are. `closed` and `not open yet` are of what is missing: nobody can enter it."""

    COMPLETE = "complete"
    ALL_IN = "all in"
    BEGUN = "begun"
    NOT_BEGUN = "not begun"
    CLOSED = "closed"
    NOT_OPEN = "not open yet"


@dataclass(frozen=True)
class Statement:
    """Somebody said that a class's judgements are complete; `is_changed_since`: a judgement has been entered, changed or emptied after it."""

    by: str
    at: dt.datetime
    is_changed_since: bool


@dataclass(frozen=True)
class Share:
    """Cells with points or a reason, of all cells of the pupils on roll on the last day of the term.

    `subject` is what the sheet is of; for the areas of learning, counted together, it is the first of them. `reasons`: how many of those
    entered have no points, by reason. `is_closed`, `is_to_open`: what is missing cannot be entered any more, or not yet.
    """

    subject: Subject
    label: str
    entered: int
    cells: int
    reasons: tuple[tuple[Reason, int], ...] = ()
    statement: Statement | None = None
    is_closed: bool = False
    is_to_open: bool = False

    @property
    def is_complete(self) -> bool:
        """Nothing is missing."""
        return self.entered >= self.cells

    @property
    def is_begun(self) -> bool:
        """Something is there."""
        return self.entered > 0

    @property
    def missing(self) -> int:
        """Neither points nor a reason."""
        return max(0, self.cells - self.entered)

    @property
    def told_reasons(self) -> str:
        """`2 absent, 1 new`: of those entered, who has a reason in the place of points; empty where nobody has."""
        return ", ".join(f"{count} {in_a_word(reason)}" for reason, count in self.reasons if count)

    @property
    def points(self) -> int:
        """Cells with points."""
        return self.entered - sum(count for _, count in self.reasons)

    @property
    def code(self) -> str:
        """In addresses: `reading`; of the areas `areas`."""
        return AREAS_CODE if self.subject.kind is Kind.EYFS_AREA else self.subject.code.lower()

    @property
    def state(self) -> State:
        """In a word. What somebody said is complete is that, whatever is missing."""
        if self.statement:
            return State.COMPLETE
        if self.is_complete:
            return State.ALL_IN
        if self.is_closed:
            return State.CLOSED
        if self.is_to_open:
            return State.NOT_OPEN
        return State.BEGUN if self.is_begun else State.NOT_BEGUN

    @property
    def is_awaited(self) -> bool:
        """Something is missing, and nobody said that it is complete all the same."""
        return bool(self.missing) and self.statement is None


@dataclass(frozen=True)
class ClassCompletion:
    """One class: a share for each subject in sight (None where nobody is judged in it), and one for the areas."""

    line: ClassLine
    subjects: tuple[Share | None, ...]
    areas: Share | None

    @property
    def shares(self) -> list[Share]:
        """Those that there are."""
        return [share for share in (*self.subjects, self.areas) if share]


class _Place(NamedTuple):
    """Where a pupil stands: the class, and the year group."""

    class_id: uuid.UUID
    year_group: YearGroup


class _Part(NamedTuple):
    """A class's cells of one subject, by its number; None of all areas together."""

    class_id: uuid.UUID
    subject: int | None


def completion(
    access: Access, term: TermName, *, today: dt.date, own_first: bool = True
) -> list[ClassCompletion]:
    """The classes whose pupils this person may see, own ones first unless told otherwise. The number of queries does not depend on theirs."""
    measuring = Measuring(access.school)
    on_roll = counted_pupils(access, term, measuring).exclude(class_group=None)
    # Counted here and not by joins: behind the wall PostgreSQL expects one row of each table, and took a hundred times as long.
    public_ids = dict(classes_for(access).values_list("pk", "public_id"))
    places: dict[int, _Place] = {
        pupil: _Place(public_ids[class_group], YearGroup(year_group))
        for pupil, class_group, year_group in on_roll.values_list("pupil_id", "class_group", "year_group")
    }
    areas = EYFS_AREAS[framework_of(access)]
    in_sight = subjects_in_sight(access.school, access.academic_year)
    counting = _Counting(places, areas, in_sight, left_out(access.school))
    judgements = Judgement.objects.in_school(access.school).filter(
        academic_year=access.academic_year, term=term, pupil__in=list(places)
    )
    for pupil, subject, reason, entered_at in judgements.values_list(
        "pupil", "subject", "reason", "entered_at"
    ):
        counting.add(pupil, subject, reason, entered_at)
    statements = _statements(access, term, {key: of for of, key in public_ids.items()}, counting)
    point = AssessmentTerm(term.value)
    found = []
    for line in class_lines(access, today=today):

        def share(
            of: Subject, key: int | None, label: str, part_of: uuid.UUID = line.public_id
        ) -> Share | None:
            part = _Part(part_of, key)
            if not counting.cells[part]:
                return None
            states = [
                measuring.entry_state(access.academic_year, point, year_group, today)
                for year_group in counting.missing_year_groups(part)
            ]
            is_shut = bool(states) and not any(state.is_open for state in states)
            return Share(
                subject=of,
                label=label,
                entered=counting.entered[part],
                cells=counting.cells[part],
                reasons=tuple(
                    (reason, counting.reasons[part, reason])
                    for reason in Reason
                    if counting.reasons[part, reason]
                ),
                statement=statements.get(part),
                is_closed=is_shut and any(state.has_ended for state in states),
                is_to_open=is_shut and not any(state.has_ended for state in states),
            )

        found.append(
            ClassCompletion(
                line=line,
                subjects=tuple(share(subject, subject.number, subject.name) for subject in in_sight),
                areas=share(areas[0], None, AREAS),
            )
        )
    return sorted(found, key=lambda each: own_first and not each.line.is_own)


def counted_pupils(access: Access, term: TermName, measuring: Measuring) -> QuerySet[PupilYear]:
    """Those in sight who are on roll on the last day of the term."""
    ends_on = measuring.measured_on(access.academic_year, AssessmentTerm(term.value))
    return standing_on(pupils_for(access), access.school, ends_on, Standing.ON_ROLL)


class _Counting:
    """Cells by class and subject, and what stands in them."""

    def __init__(
        self,
        places: Mapping[int, _Place],
        areas: Collection[Subject],
        in_sight: Collection[Subject],
        not_awaited: Collection[Subject],
    ) -> None:
        self.places = places
        # What the school leaves out has the cells that were entered, and no empty one.
        self._not_awaited = frozenset(subject.number for subject in not_awaited)
        awaited = [subject.number for subject in in_sight if subject not in not_awaited]
        # In what who is judged, by number: the early years in the areas of the year's framework, and in no others.
        self._judged_in = {
            True: frozenset(area.number for area in areas),
            False: frozenset(subject.number for subject in in_sight),
        }
        self.cells: Counter[_Part] = Counter()
        self.entered: Counter[_Part] = Counter()
        self.reasons: Counter[tuple[_Part, str]] = Counter()
        self.changed_at: dict[_Part, dt.datetime] = {}
        self._missing: Counter[tuple[_Part, YearGroup]] = Counter()
        for class_id, year_group in places.values():
            for key in [None] if is_early_years(year_group) else awaited:
                cells = len(areas) if key is None else 1
                self.cells[_Part(class_id, key)] += cells
                self._missing[_Part(class_id, key), year_group] += cells

    def part(self, pupil: int, subject: int) -> _Part | None:
        """To which cells a judgement belongs; None for one in something else than the pupil is judged in."""
        class_id, year_group = self.places[pupil]
        is_early = is_early_years(year_group)
        if subject not in self._judged_in[is_early]:
            return None
        return _Part(class_id, None if is_early else subject)

    def add(self, pupil: int, subject: int, reason: str, entered_at: dt.datetime) -> None:
        part = self.part(pupil, subject)
        if part is None:
            return
        self.entered[part] += 1
        if subject in self._not_awaited:
            self.cells[part] += 1
            self._missing[part, self.places[pupil].year_group] += 1
        self._missing[part, self.places[pupil].year_group] -= 1
        if reason:
            self.reasons[part, reason] += 1
        self.changed_at[part] = max(entered_at, self.changed_at.get(part, entered_at))

    def missing_year_groups(self, part: _Part) -> list[YearGroup]:
        """Those with an empty cell."""
        return [
            year_group for (of, year_group), missing in self._missing.items() if of == part and missing > 0
        ]


def _statements(
    access: Access, term: TermName, classes: Mapping[uuid.UUID, int], counting: _Counting
) -> dict[_Part, Statement]:
    """Who said of which sheet that it is complete, of the classes in sight."""
    by_key = {key: public_id for public_id, key in classes.items()}
    rows = [
        (_Part(by_key[row.class_group_id], row.subject_id), row)
        for row in CompletedSheet.objects.in_school(access.school)
        .filter(academic_year=access.academic_year, term=term)
        .select_related("completed_by")
        if row.class_group_id in by_key
    ]
    if not rows:
        return {}
    changed_at = dict(counting.changed_at)
    first = min(row.completed_at for _, row in rows)
    for pupil, subject, emptied_at in _emptied(access, term, list(counting.places), first):
        part = counting.part(pupil, subject)
        if part is not None:
            changed_at[part] = max(emptied_at, changed_at.get(part, emptied_at))
    return {
        part: Statement(
            row.completed_by.name,
            row.completed_at,
            is_changed_since=part in changed_at and changed_at[part] > row.completed_at,
        )
        for part, row in rows
    }


def _emptied(
    access: Access, term: TermName, pupils: list[int], since: dt.datetime
) -> Iterable[tuple[int, int, dt.datetime]]:
    """Cells of the term that somebody has emptied since: the pupil, the subject, when."""
    events = apps.get_model("assessment", "JudgementEvent").objects.filter(
        school=access.school,
        academic_year=access.academic_year,
        pupil__in=pupils,
        term=term,
        pgh_label="delete",
        pgh_created_at__gt=since,
    )
    found: Iterable[tuple[int, int, dt.datetime]] = events.values_list(
        "pupil_id", "subject_id", "pgh_created_at"
    )
    return found


@dataclass(frozen=True)
class EmptyCells:
    """A pupil of a class, and in what the pupil has neither points nor a reason."""

    public_id: uuid.UUID
    name: str
    year_group: YearGroup
    subjects: tuple[Subject, ...]


def empty_cells(
    access: Access, class_group: ClassGroup, term: TermName, subjects: Collection[Subject]
) -> list[EmptyCells]:
    """The class's pupils on roll on the last day of the term with an empty cell of the subjects or areas, by name; of each what they are judged in.

    Only those whose names this person may see. Four queries, however many pupils.
    """
    framework = framework_of(access)
    pupils = counted_pupils(access, term, Measuring(access.school)).filter(class_group=class_group)
    rows = list(
        pupils.order_by(*BY_NAME).values_list(
            "pupil_id",
            "pupil__public_id",
            "year_group",
            "pupil__surname",
            "pupil__forename",
            "pupil__preferred_surname",
            "pupil__preferred_forename",
        )
    )
    held = set(
        Judgement.objects.in_school(access.school)
        .filter(academic_year=access.academic_year, term=term, pupil__in=[row[0] for row in rows])
        .values_list("pupil", "subject")
    )
    found = [
        EmptyCells(
            public_id=public_id,
            name=listed_name(*names),
            year_group=YearGroup(year_group),
            subjects=tuple(
                subject
                for subject in judged_at(access.school, YearGroup(year_group), framework)
                if subject in subjects and (pupil, subject.number) not in held
            ),
        )
        for pupil, public_id, year_group, *names in rows
    ]
    return [each for each in found if each.subjects]
