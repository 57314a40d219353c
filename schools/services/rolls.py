"""Taking in the roll of a year: many pupils as one act, all of them or none."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from schools.calendar import AcademicYear, YearGroup, age_in_months
from schools.identifiers import is_temporary_upn
from schools.models import ChangeKind, ClassGroup, Enrolment, Pupil, PupilYear, School, SchoolYear, User
from schools.services.changes import change_set
from schools.services.roll_leavers import NOBODY, Leavers, absent, end_stays, refuse_wrong
from schools.services.roll_matching import match
from schools.services.roll_periods import HeldPeriods, RollPeriods, take_row
from schools.services.roll_plan import Change, Held, Outcome, Plan, Update, plan_row
from schools.services.roll_rows import RollProblem, RollRefused, RollRow, problems_of
from schools.services.turns import take_turn_alone
from schools.services.yearly_values import work_out
from schools.services.years import open_year
from schools.signals import records_corrected

BATCH = 500
# Of fewer pupils nothing follows about the roll.
FEW_PUPILS = 5


@dataclass(frozen=True)
class PupilChange:
    """What a row changes of a known pupil."""

    row: int
    name: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class RollNote:
    """Something to look at that keeps no row out; `text` goes on after the name."""

    row: int
    name: str
    text: str


@dataclass(frozen=True)
class RollLine:
    """What one row is to the school."""

    row: int
    name: str
    outcome: Outcome
    where: str


@dataclass(frozen=True)
class RollQuestion:
    """A row that may be of this pupil."""

    row: RollRow
    pupil: Pupil


@dataclass(frozen=True, kw_only=True)
class RollChanges:
    """What a roll changed, or would change."""

    # Each row is one of these four.
    new: int
    placed: int
    changed: int
    unchanged: int
    # Of the pupils placed or changed, those of whom something else became different.
    details: tuple[PupilChange, ...]
    came_back: int
    left: int
    classes_made: tuple[str, ...]
    opens_year: bool
    # Pupils with a record of this year who do not stand in the roll; they stay as they are.
    not_in_roll: int
    temporary_upns: int
    # Of the year groups that the school does not have, how many pupils.
    foreign_year_groups: dict[YearGroup, int]
    # Of how many year groups most of the pupils are beyond their age; below 0 behind it, 0 where most are not.
    years_ahead: int
    # Of how many pupils free school meals or types of need begin, end or change, and of how many the kind of meals is not known and counts for nothing.
    over_time: int
    meals_of_unknown_kind: int
    # Only then is anything taken that is so from day to day.
    is_running_year: bool
    notes: tuple[RollNote, ...]
    # What each row is to the school, in the order of the rows.
    lines: tuple[RollLine, ...] = ()
    # Rows that may be of a pupil who is held, where somebody is asked; they are in none of the counts.
    questions: tuple[RollQuestion, ...] = ()
    # Of those not in the roll the pupils whose stay goes on, by their keys.
    absent: tuple[int, ...] = ()
    # Who was said to leave.
    leaving: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether everything was held already."""
        return not (
            self.new or self.placed or self.changed or self.opens_year or self.over_time or self.leaving
        )


def load_roll(
    *,
    school: School,
    academic_year: AcademicYear,
    rows: Iterable[RollRow],
    update: Update = "all",
    by: User | None,
    dry_run: bool = False,
    reason: str = "",
    progress: Callable[[int], object] | None = None,
    same: Mapping[int, int | None] | None = None,
    leavers: Leavers = NOBODY,
) -> RollChanges:
    """Take in the year's roll: all rows, or none. Needs the school open; opens the year where it is not.

    `update` "all" takes what the rows say, "missing" fills only what is empty. Pupils who are not in the rows stay as they
    are. What is held already is not written again: the same rows twice leave no event and no change-set. With `dry_run`
    nothing is written. `progress` is told how many rows more have been dealt with. The rows' numbers are all different.
    `same` is for who can be asked whose a row is (`roll_matching.match`); nothing is written while there are questions. `leavers` leave in the same act.
    Raises RollRefused, with every problem that was found.
    """
    rows = list(rows)
    with transaction.atomic():
        if not dry_run:
            # One roll at a time: matching pupils must not change under the plan.
            take_turn_alone(school)
        plans, classes, periods, questions = _plan(rows, school, academic_year, update, same)
        changes = _summary(plans, classes, periods, school, academic_year)
        changes = replace(changes, questions=questions, leaving=len(leavers.pupil_ids))
        refuse_wrong(leavers, school, changes.absent)
        if not dry_run and not changes.is_empty and not questions:
            reason = reason or f"Roll of {academic_year}"
            with change_set(school=school, kind=ChangeKind.IMPORT, by=by, reason=reason):
                _write(plans, classes, school, academic_year, by, progress or (lambda _: None))
                periods.write(timezone.localdate())
                known = {id(pupil) for pupil in periods.pupils}
                pupils = [
                    plan.pupil.pk
                    for plan in plans
                    if plan.outcome is not Outcome.UNCHANGED or id(plan.pupil) in known
                ]
                work_out(school=school, pupils=pupils, by=by)
                end_stays(leavers, school)
    return changes


def _plan(
    rows: list[RollRow],
    school: School,
    academic_year: AcademicYear,
    update: Update,
    same: Mapping[int, int | None] | None,
) -> tuple[list[Plan], list[ClassGroup], RollPeriods, tuple[RollQuestion, ...]]:
    """A plan for each row that is not in question, the classes to make, what is said from day to day; RollRefused with all that is wrong."""
    problems = list(problems_of(rows, academic_year=academic_year, today=timezone.localdate()))
    matches = match(rows, Pupil.objects.in_school(school), same)
    problems += matches.problems
    held = _Held(school, academic_year)
    classes = {
        group.name.lower(): group
        for group in ClassGroup.objects.in_school(school).filter(academic_year=academic_year)
    }
    plans = []
    refused = {problem.row for problem in problems}
    for row in rows:
        if row.number in refused or row.number in matches.questions:
            continue
        name = row.class_name
        group = None
        if isinstance(name, str) and name:
            new = ClassGroup(school=school, academic_year=academic_year, name=name)
            group = classes.setdefault(name.lower(), new)
        plan = plan_row(
            row,
            held.of(matches.pupils.get(row.number)),
            school=school,
            academic_year=academic_year,
            class_group=group,
            update=update,
        )
        plan.perhaps = matches.perhaps.get(row.number)
        plans.append(plan)
        problems += [plan.problem] if plan.problem else []
    if problems:
        raise RollRefused(sorted(problems, key=lambda problem: problem.row or 0))
    used = {id(plan.year.class_group) for plan in plans}
    periods = RollPeriods()
    for plan in plans:
        take_row(periods, held.periods, plan.row, plan.year, timezone.localdate(), fills=update == "missing")
    questions = tuple(
        RollQuestion(row, matches.questions[row.number]) for row in rows if row.number in matches.questions
    )
    to_make = [group for group in classes.values() if group.pk is None and id(group) in used]
    return plans, to_make, periods, questions


class _Held:
    """All that the school holds, read in six queries."""

    def __init__(self, school: School, academic_year: AcademicYear) -> None:
        self.periods = HeldPeriods(school, academic_year)
        self.years: dict[int, PupilYear] = {
            year.pupil_id: year
            for year in PupilYear.objects.in_school(school)
            .filter(academic_year=academic_year)
            .select_related("class_group")
        }
        self.stays: dict[int, list[Enrolment]] = defaultdict(list)
        for stay in Enrolment.objects.in_school(school).order_by("starts_on"):
            self.stays[stay.pupil_id].append(stay)
        self.on_record: dict[int, list[AcademicYear]] = defaultdict(list)
        # Years that the pupil spent elsewhere say nothing about this roll.
        others = (
            PupilYear.objects.in_school(school)
            .filter(origin_school=None)
            .exclude(academic_year=academic_year)
        )
        for pupil_id, year in others.values_list("pupil_id", "academic_year"):
            self.on_record[pupil_id].append(year)

    def of(self, pupil: Pupil | None) -> Held:
        if pupil is None:
            return Held()
        return Held(
            pupil,
            self.years.get(pupil.pk),
            self.stays.get(pupil.pk, ()),
            self.on_record.get(pupil.pk, ()),
            self.periods.set_by_hand(pupil),
        )


def _summary(
    plans: list[Plan],
    classes: list[ClassGroup],
    periods: RollPeriods,
    school: School,
    academic_year: AcademicYear,
) -> RollChanges:
    outcomes = Counter(plan.outcome for plan in plans)
    known = {plan.pupil.pk for plan in plans if plan.pupil.pk}
    on_record = PupilYear.objects.in_school(school).filter(academic_year=academic_year)
    lowest, highest = school.lowest_year_group, school.highest_year_group
    foreign = Counter(plan.row.year_group for plan in plans if not lowest <= plan.row.year_group <= highest)
    return RollChanges(
        new=outcomes[Outcome.NEW],
        placed=outcomes[Outcome.PLACED],
        changed=outcomes[Outcome.CHANGED],
        unchanged=outcomes[Outcome.UNCHANGED],
        details=tuple(
            PupilChange(plan.row.number, plan.row.name, tuple(plan.changes))
            for plan in plans
            if plan.changes and plan.outcome is not Outcome.NEW
        ),
        came_back=sum(plan.has_come_back for plan in plans),
        left=sum(plan.has_left for plan in plans),
        classes_made=tuple(sorted(group.name for group in classes)),
        opens_year=not SchoolYear.objects.in_school(school)
        .filter(academic_year=academic_year, is_for_copies=False)
        .exists(),
        not_in_roll=sum(pupil_id not in known for pupil_id in on_record.values_list("pupil_id", flat=True)),
        temporary_upns=sum(is_temporary_upn(plan.row.upn) for plan in plans),
        foreign_year_groups=dict(sorted(foreign.items())),
        years_ahead=_years_ahead(plans, academic_year),
        over_time=len(periods.pupils),
        meals_of_unknown_kind=periods.of_unknown_kind,
        is_running_year=academic_year.starts_on <= timezone.localdate() <= academic_year.ends_on,
        notes=tuple(note for plan in plans for note in _notes(plan, academic_year)),
        lines=tuple(_line(plan) for plan in plans),
        absent=absent(school, academic_year, known),
    )


def _line(plan: Plan) -> RollLine:
    group = plan.year.class_group
    where = f"{plan.year.year_group.label}{f', {group.name}' if group else ''}"
    return RollLine(plan.row.number, plan.row.name, plan.outcome, where)


def _ahead(row: RollRow, academic_year: AcademicYear) -> int:
    """By how many year groups the pupil is beyond the one by age: Year 1 is that of those who were five before it began."""
    return row.year_group + 4 - age_in_months(row.date_of_birth, dt.date(academic_year, 8, 31)) // 12


def _years_ahead(plans: list[Plan], academic_year: AcademicYear) -> int:
    """What most of the pupils are out of step by: a roll of another year. Nurseries take children of several ages."""
    steps = [_ahead(plan.row, academic_year) for plan in plans if plan.row.year_group >= YearGroup.R]
    if len(steps) < FEW_PUPILS:
        return 0
    most, pupils = Counter(steps).most_common(1)[0]
    return most if pupils * 2 > len(steps) else 0


# Of the pupil itself: a row that changes them all is hardly of the same child.
_WHO = {"surname", "forename", "date_of_birth"}


def _notes(plan: Plan, academic_year: AcademicYear) -> list[RollNote]:
    row = plan.row
    texts = [plan.note] if plan.note else []
    before = {change.field: change.before for change in plan.changes if change.field in _WHO}
    if before.keys() == _WHO:
        texts.append(
            f"has the UPN of {before['surname']}, {before['forename']}, born on {before['date_of_birth']:%d/%m/%Y}, who"
            " would be no more. Is the UPN in the right row?"
        )
    if plan.perhaps:
        texts.append(
            f"is new, but may be {plan.perhaps.full_name}, born on the same day. If so, give the UPN, or the name as we hold it."
        )
    if abs(_ahead(row, academic_year)) > 1:
        texts.append(
            f"is more than a year out of step: in {row.year_group.label}, born on {row.date_of_birth:%d/%m/%Y}."
        )
    if row.upn and row.upn != plan.pupil.upn:
        texts.append(f"has the UPN {row.upn} here; the permanent one that we hold, {plan.pupil.upn}, stays.")
    return [RollNote(row.number, row.name, text) for text in texts]


def _write(
    plans: list[Plan],
    classes: list[ClassGroup],
    school: School,
    academic_year: AcademicYear,
    by: User | None,
    progress: Callable[[int], object],
) -> None:
    try:
        open_year(school=school, academic_year=academic_year, by=by)
        ClassGroup.objects.bulk_create(classes)
        for start in range(0, len(plans), BATCH):
            batch = plans[start : start + BATCH]
            _write_batch(batch)
            progress(len(batch))
    except IntegrityError as error:
        # Somebody changed a pupil on a page between the reading and the writing.
        what = "The school’s records changed while this was written. Nothing has been taken: import it again."
        raise RollRefused([RollProblem(row=None, field="", what=what)]) from error
    corrected = [plan.pupil.pk for plan in plans if _moves_expectations(plan)]
    if corrected:
        records_corrected.send(sender=None, school=school, pupil_ids=corrected, academic_year=None)


def _moves_expectations(plan: Plan) -> bool:
    return plan.outcome is not Outcome.NEW and any(
        change.field in {"date_of_birth", "year_group"} for change in plan.changes
    )


def _write_batch(plans: list[Plan]) -> None:
    """A fixed number of statements. Stays are changed before new ones are made, which may begin where they now end."""
    Pupil.objects.bulk_create([plan.pupil for plan in plans if plan.pupil.pk is None])
    _update(
        Pupil.objects, [(plan.pupil, plan.pupil_fields) for plan in plans if plan.outcome is not Outcome.NEW]
    )
    known = [(plan.year, plan.year_fields) for plan in plans if plan.year.pk is not None]
    PupilYear.objects.bulk_create([plan.year for plan in plans if plan.year.pk is None])
    _update(PupilYear.objects, known)
    dates = ["starts_on", "ends_on", "is_start_assumed"]
    _update(Enrolment.objects, [(stay, dates) for plan in plans for stay in plan.changed_stays])
    Enrolment.objects.bulk_create([stay for plan in plans for stay in plan.new_stays])


def _update(manager: Any, changed: Sequence[tuple[Any, Sequence[str]]]) -> None:
    """Write those rows that have changed fields, and of the fields only those that changed anywhere."""
    fields = sorted({name for _, names in changed for name in names})
    if fields:
        manager.bulk_update([row for row, names in changed if names], fields)
