"""Carrying a roll-over out: the new year with its classes, its pupils and who teaches them, as one act that can be taken back."""

from __future__ import annotations

from django.db import transaction
from django.db.models import CharField, QuerySet

from schools.models import (
    ChangeKind,
    ChangeSet,
    ClaimSource,
    ClassGroup,
    ClassTeacher,
    CustomGroup,
    CustomGroupPupil,
    Enrolment,
    Membership,
    PupilYear,
    User,
    YearlyClaim,
)
from schools.queries.roll_over import Plan
from schools.queries.roll_over_effect import Effect
from schools.queries.roll_over_undo import ticks_on
from schools.services.changes import acting, change_set
from schools.services.taking_back import NotTaken, Taken, take_back
from schools.services.turns import take_turn_alone
from schools.services.yearly_values import work_out
from schools.services.years import DatesRefusedError, open_year, refuse_dates

# What a record of the new year begins with: all that lasts, as it stands. Attendance is the year's own.
NOT_CARRIED = frozenset(
    {
        *("id", "school", "public_id", "origin_school", "origin_id", "pupil"),
        *("academic_year", "year_group", "class_group", "attendance"),
    }
)


class RollOverRefusedError(ValueError):
    """It cannot be done so; the message says why, in a school's words."""


def carried() -> tuple[str, ...]:
    """The columns of a pupil's year that go along into the next."""
    return tuple(field.name for field in PupilYear._meta.concrete_fields if field.name not in NOT_CARRIED)


def roll_over(*, plan: Plan, effect: Effect, by: User | None) -> ChangeSet:
    """Do what the effect says: all of it, as a change-set of kind ROLL_OVER. Needs the school open.

    The effect has to be of this moment: who reads it takes the turn first (`take_turn_alone`). Raises RollOverRefusedError where it has problems, or
    is empty. Of the year that ends only the stays of those who leave change: they get their last day.
    """
    if effect.problems or effect.is_empty:
        raise RollOverRefusedError(effect.problems[0] if effect.problems else "There is nothing to do.")
    reason = f"{effect.new_year}: {len(effect.placed)} placed, {len(effect.leavers)} leaving"
    with change_set(school=plan.school, kind=ChangeKind.ROLL_OVER, by=by, reason=reason) as change:
        take_turn_alone(plan.school)
        if effect.opens_year:
            _open(plan, effect, by)
        classes = _make_classes(plan, effect)
        _place(plan, effect, classes)
        work_out(
            school=plan.school,
            pupils=[step.pupil_id for step in effect.placed],
            by=by,
            years=[effect.new_year],
        )
        _let_leave(plan, effect)
        _take_groups_along(plan, effect)
    return change


def _open(plan: Plan, effect: Effect, by: User | None) -> None:
    school = plan.school
    try:
        refuse_dates(school, effect.new_year, effect.dates)
    except DatesRefusedError as refusal:
        raise RollOverRefusedError(str(refusal)) from refusal
    # It may be there already, with terms, for what a pupil brought along from a school that had opened it.
    open_year(school=school, academic_year=effect.new_year, by=by, dates=effect.dates)


def _make_classes(plan: Plan, effect: Effect) -> dict[int, ClassGroup]:
    """The classes of the new year by the keys of the plan's: those that there are, and those that are made."""
    school = plan.school
    new = [each.name for each in effect.classes if each.is_new]
    ClassGroup.objects.bulk_create(
        ClassGroup(school=school, academic_year=effect.new_year, name=name) for name in new
    )
    held = {
        group.name.lower(): group
        for group in ClassGroup.objects.in_school(school).filter(academic_year=effect.new_year)
    }
    by_key = {each.pk: held[each.name.lower()] for each in plan.classes if each.name.lower() in held}
    ClassTeacher.objects.bulk_create(
        ClassTeacher(
            school=school,
            class_group=by_key[each.key],
            membership=Membership.objects.in_school(school).get(pk=teacher.pk),
        )
        for each in effect.classes
        for teacher in each.teachers
    )
    return by_key


def _place(plan: Plan, effect: Effect, classes: dict[int, ClassGroup]) -> None:
    school, names = plan.school, carried()
    of_year = {
        "academic_year": plan.row.academic_year,
        "pupil__in": [step.pupil_id for step in effect.placed],
    }
    before = {row.pupil_id: row for row in PupilYear.objects.in_school(school).filter(**of_year)}
    for pupil_id, flag in _worked_out(YearlyClaim.objects.in_school(school).filter(**of_year)):
        field = PupilYear._meta.get_field(flag)
        # Of a year that is not saved again.
        setattr(before[pupil_id], flag, "" if isinstance(field, CharField) else None)
    PupilYear.objects.bulk_create(
        PupilYear(
            school=school,
            pupil_id=step.pupil_id,
            academic_year=effect.new_year,
            year_group=step.year_group,
            class_group=classes[step.to_class] if step.to_class else None,
            **{name: getattr(before[step.pupil_id], name) for name in names},
        )
        for step in effect.placed
    )


def _worked_out(claims: QuerySet[YearlyClaim]) -> set[tuple[int, str]]:
    """Pupils and flags whose value followed from periods alone: in the new year it follows from them anew, and is not carried over a period's end."""
    by_source = list(claims.values_list("pupil_id", "flag", "source"))
    told = {(pupil, flag) for pupil, flag, source in by_source if source != ClaimSource.DERIVED}
    return {(pupil, flag) for pupil, flag, source in by_source if source == ClaimSource.DERIVED} - told


def _let_leave(plan: Plan, effect: Effect) -> None:
    days = {step.stay: step.on for step in effect.leavers}
    stays = list(Enrolment.objects.in_school(plan.school).filter(pk__in=days))
    for stay in stays:
        stay.ends_on = days[stay.pk]
    Enrolment.objects.bulk_update(stays, ["ends_on"])


def _take_groups_along(plan: Plan, effect: Effect) -> None:
    of_year = {"school": plan.school, "academic_year": effect.new_year}
    for each in effect.groups:
        group, _ = CustomGroup.objects.get_or_create(
            name__iexact=each.name, **of_year, defaults={"name": each.name}
        )
        CustomGroupPupil.objects.bulk_create(
            CustomGroupPupil(group=group, pupil_id=pupil_id, **of_year) for pupil_id in each.pupils
        )


def take_roll_over_back(*, change: ChangeSet, by: User | None) -> Taken | NotTaken:
    """Take a roll-over back as a whole, or nothing of it (`take_back` says when it cannot be): until the first judgement of those pupils in the new year.

    What was ticked in September of its pupils goes with it. Needs the school open.
    """
    with acting(by), transaction.atomic():
        take_turn_alone(change.school)
        ticks_on(change).delete()
        done = take_back(change=change, by=by)
        if isinstance(done, NotTaken):
            # The ticks are there again.
            transaction.set_rollback(True)
    return done
