"""Planning the roll-over into a new school year. Nothing of it happens before `schools.services.roll_over.roll_over`."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from schools.calendar import AcademicYear, TermName, YearGroup, default_term_dates
from schools.models import (
    ClassGroup,
    ClassTeacher,
    Goes,
    Pupil,
    RollOver,
    RollOverClass,
    RollOverMove,
    RollOverPupil,
    School,
    User,
)
from schools.queries.roll_over import Plan, new_year_of, plan_row, read_plan, teachers_of
from schools.queries.terms import Dates
from schools.services.changes import acting
from schools.services.class_names import ClassThere, propose
from schools.services.turns import take_turn_alone
from schools.services.years import refuse_dates


class PlanRefusedError(ValueError):
    """The plan cannot be so; the message says why, in a school's words."""


def begin_plan(*, school: School, academic_year: AcademicYear, by: User | None) -> RollOver:
    """Begin the plan for the year after this one, with a proposal of classes, moves and teachers; one that was begun stays as it is.

    Needs the school open, and the year opened.
    """
    with acting(by):
        take_turn_alone(school)
        if row := plan_row(school, academic_year):
            return row
        dates = default_term_dates(new_year_of(academic_year))
        row = RollOver.objects.create(
            school=school,
            academic_year=academic_year,
            dates=[day for term in TermName for day in dates[term]],
        )
        _propose(read_plan(row))
    return row


def begin_anew(*, row: RollOver, by: User | None) -> RollOver:
    """Throw away what was planned and propose again, by the classes as they are now; what was carried out stays. Needs the school open."""
    with acting(by):
        take_turn_alone(row.school)
        for model in (RollOverPupil, RollOverMove, RollOverClass):
            model.objects.in_school(row.school).filter(roll_over=row).delete()
        row.delete()
        return begin_plan(school=row.school, academic_year=AcademicYear(row.academic_year), by=by)


def _propose(plan: Plan) -> None:
    school, named = plan.school, {each.pk: each.name for each in plan.from_classes}
    year_groups: dict[int, set[YearGroup]] = {key: set() for key in named}
    for block in plan.blocks:
        if block.class_id is not None:
            year_groups[block.class_id].add(block.year_group)
    proposal = propose(
        [ClassThere(key, named[key], frozenset(groups)) for key, groups in year_groups.items()],
        lowest=YearGroup(school.lowest_year_group),
        highest=YearGroup(school.highest_year_group),
    )
    taught = _taught(plan)
    classes = RollOverClass.objects.bulk_create(
        RollOverClass(school=school, roll_over=plan.row, name=name, teachers=taught.get(name.lower(), []))
        for name in proposal.names
    )
    by_name = {each.name.lower(): each for each in classes}
    RollOverMove.objects.bulk_create(
        RollOverMove(
            school=school,
            roll_over=plan.row,
            from_class_id=class_id,
            year_group=year_group,
            goes=Goes.LEAVES if name is None else Goes.UP,
            to_class=by_name.get((name or "").lower()),
        )
        for (class_id, year_group), name in proposal.moves.items()
    )


def _taught(plan: Plan) -> dict[str, list[uuid.UUID]]:
    """Who teaches the class of each name in the year that ends, as they would teach it again."""
    offered = {teacher.user_id: teacher.public_id for teacher in teachers_of(plan.school)}
    rows = (
        ClassTeacher.objects.in_school(plan.school)
        .filter(class_group__in=plan.from_classes)
        .order_by("pk")
        .values_list("class_group__name", "membership__user_id")
    )
    found: dict[str, list[uuid.UUID]] = {}
    for name, user_id in rows:
        if user_id in offered:
            found.setdefault(name.lower(), []).append(offered[user_id])
    return found


def plan_dates(*, row: RollOver, dates: Dates, leaves_on: dt.date | None, by: User | None) -> None:
    """Plan the new year's terms, and the last day of those who leave; None is the last day of Summer. Needs the school open.

    Raises DatesRefusedError as `refuse_dates` does.
    """
    refuse_dates(row.school, new_year_of(AcademicYear(row.academic_year)), dates)
    with acting(by):
        row.dates = [day for term in TermName for day in dates[term]]
        row.leaves_on = leaves_on
        row.save(update_fields=["dates", "leaves_on"])


def plan_groups(*, row: RollOver, groups: Sequence[uuid.UUID], by: User | None) -> None:
    """Plan which of the school's own groups go along. Needs the school open."""
    with acting(by):
        row.groups = list(groups)
        row.save(update_fields=["groups"])


@dataclass(frozen=True)
class PlannedClass:
    """A class of the new year as somebody wrote it; `key` None is one more. A name of nothing takes it away."""

    key: int | None
    name: str
    teachers: tuple[uuid.UUID, ...]


def plan_classes(*, row: RollOver, classes: Iterable[PlannedClass], by: User | None) -> None:
    """Plan the classes of the new year and who teaches them. Who was to go into a class that is taken away has none yet.

    Needs the school open. Raises PlanRefusedError for a name given twice, in any case of letters.
    """
    wanted = [each for each in classes if each.name.strip() or each.key is not None]
    names = [each.name.strip().lower() for each in wanted if each.name.strip()]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise PlanRefusedError(f"Two classes are called {twice.upper()}. Give one of them another name.")
    with acting(by):
        take_turn_alone(row.school)
        held = {each.pk: each for each in RollOverClass.objects.in_school(row.school).filter(roll_over=row)}
        for each in wanted:
            if not each.name.strip():
                _take_away(held.pop(each.key or 0, None))
        kept = {each.name.lower() for key, each in held.items() if key not in {one.key for one in wanted}}
        if taken := next((each.name for each in wanted if each.name.strip().lower() in kept), None):
            raise PlanRefusedError(f"There is a class called {taken.upper()} already.")
        _write_classes(row, held, [each for each in wanted if each.name.strip()])


def _take_away(planned: RollOverClass | None) -> None:
    if planned is None:
        return
    for model in (RollOverMove, RollOverPupil):
        model.objects.in_school(planned.school).filter(to_class=planned).update(to_class=None)
    planned.delete()


def _write_classes(row: RollOver, held: Mapping[int, RollOverClass], wanted: Iterable[PlannedClass]) -> None:
    changed = []
    for each in wanted:
        if each.key is None:
            RollOverClass.objects.create(
                school=row.school, roll_over=row, name=each.name.strip(), teachers=list(each.teachers)
            )
        elif planned := held.get(each.key):
            is_other = (planned.name, planned.teachers) != (each.name.strip(), list(each.teachers))
            planned.name, planned.teachers = each.name.strip(), list(each.teachers)
            changed += [planned] if is_other else []
    # Names may change places: by themselves, one after the other, two classes would be called the same for a moment.
    for planned in changed:
        RollOverClass.objects.filter(pk=planned.pk).update(name=f"\u2026{planned.pk}")
    RollOverClass.objects.bulk_update(changed, ["name", "teachers"])


@dataclass(frozen=True)
class PlannedMove:
    """Where the pupils of a class and year group go; no class is none yet."""

    class_group: ClassGroup | None
    year_group: YearGroup
    goes: Goes
    to_class: RollOverClass | None


def plan_moves(*, row: RollOver, moves: Iterable[PlannedMove], by: User | None) -> None:
    """Plan where classes go. Needs the school open."""
    with acting(by):
        take_turn_alone(row.school)
        for each in moves:
            RollOverMove.objects.update_or_create(
                school=row.school,
                roll_over=row,
                from_class=each.class_group,
                year_group=each.year_group,
                defaults={
                    "goes": each.goes,
                    "to_class": each.to_class if each.goes is not Goes.LEAVES else None,
                },
            )


@dataclass(frozen=True)
class PlannedPupil:
    """What is to become of one pupil; as the class goes where neither `goes` nor `to_class` is said."""

    pupil_id: int
    goes: Goes | None
    to_class: RollOverClass | None
    leaves_on: dt.date | None


def plan_pupils(*, row: RollOver, pupils: Iterable[PlannedPupil], by: User | None) -> None:
    """Plan who does not go where the class goes: of each pupil named this is all that holds. Needs the school open."""
    with acting(by):
        take_turn_alone(row.school)
        held = {
            each.pupil_id: each for each in RollOverPupil.objects.in_school(row.school).filter(roll_over=row)
        }
        for each in pupils:
            _plan_pupil(row, held.get(each.pupil_id), each)


def _plan_pupil(row: RollOver, held: RollOverPupil | None, said: PlannedPupil) -> None:
    values = {
        "goes": said.goes or "",
        "to_class": said.to_class if said.goes is not Goes.LEAVES else None,
        "leaves_on": said.leaves_on if said.goes is Goes.LEAVES else None,
    }
    if not any(values.values()):
        if held:
            held.delete()
        return
    before = held or RollOverPupil(
        school=row.school, roll_over=row, pupil=Pupil.objects.in_school(row.school).get(pk=said.pupil_id)
    )
    if held and all(getattr(held, name) == value for name, value in values.items()):
        return
    for name, value in values.items():
        setattr(before, name, value)
    before.save()
