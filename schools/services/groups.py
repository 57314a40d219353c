"""Groups of pupils that a school makes itself."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from schools.calendar import AcademicYear
from schools.models import ChangeKind, CustomGroup, CustomGroupPupil, PupilYear, School, User
from schools.services.changes import change_set
from schools.services.turns import take_turn_alone


@dataclass(frozen=True)
class Chosen:
    """What a choice of pupils did, by their ids: who came and went by it, and how many are in the group now.

    `meanwhile_in` and `meanwhile_out` had come and gone since the choice was begun: that stays.
    """

    came: frozenset[int]
    went: frozenset[int]
    pupils: int
    meanwhile_in: frozenset[int]
    meanwhile_out: frozenset[int]


class GroupNameTakenError(ValueError):
    """The year has a group of that name already, in any case of letters."""


def make_group(*, school: School, academic_year: AcademicYear, name: str, by: User | None) -> CustomGroup:
    """Make an empty group in a year that the school has opened. Needs the school open. Raises GroupNameTakenError."""
    with change_set(school=school, kind=ChangeKind.GROUP, by=by):
        take_turn_alone(school)
        _refuse_taken(school, academic_year, name)
        return CustomGroup.objects.create(school=school, academic_year=academic_year, name=name)


def rename_group(*, group: CustomGroup, name: str, by: User | None) -> None:
    """Give the group another name. Needs the school open. Raises GroupNameTakenError."""
    with change_set(school=group.school, kind=ChangeKind.GROUP, by=by):
        take_turn_alone(group.school)
        _refuse_taken(group.school, AcademicYear(group.academic_year), name, but=group)
        group.name = name
        group.save(update_fields=["name"])


def set_pupils(
    *, group: CustomGroup, pupil_ids: Collection[int], saw: Collection[int] = (), by: User | None
) -> Chosen:
    """Let these pupils be in the group, where somebody saw those of `saw` in it. Needs the school open.

    Only what differs between the two is done: whoever a colleague put in or took out meanwhile stays so. Raises ValueError for a
    pupil to come without a record of the group's year.
    """
    school, wanted, seen = group.school, frozenset(pupil_ids), frozenset(saw)
    to_come, to_go = wanted - seen, seen - wanted
    with change_set(school=school, kind=ChangeKind.GROUP, by=by):
        take_turn_alone(school)
        known = PupilYear.objects.in_school(school).filter(
            academic_year=group.academic_year, pupil__in=to_come
        )
        if known.count() != len(to_come):
            raise ValueError("A group has pupils of its own year.")
        held = frozenset(group.pupils.in_school(school).values_list("pupil_id", flat=True))
        group.pupils.in_school(school).filter(pupil__in=to_go & held).delete()
        CustomGroupPupil.objects.bulk_create(
            CustomGroupPupil(school=school, group=group, pupil_id=pupil, academic_year=group.academic_year)
            for pupil in sorted(to_come - held)
        )
    return Chosen(
        came=to_come - held,
        went=to_go & held,
        pupils=len((held | to_come) - to_go),
        meanwhile_in=held - seen - wanted,
        meanwhile_out=(seen & wanted) - held,
    )


def delete_group(*, group: CustomGroup, by: User | None) -> None:
    """Take the group away; its pupils and their judgements stay, and its history too. Needs the school open."""
    with change_set(school=group.school, kind=ChangeKind.GROUP, by=by):
        take_turn_alone(group.school)
        group.pupils.in_school(group.school).delete()
        group.delete()


def _refuse_taken(
    school: School, academic_year: AcademicYear, name: str, *, but: CustomGroup | None = None
) -> None:
    same = CustomGroup.objects.in_school(school).filter(academic_year=academic_year, name__iexact=name)
    if (same.exclude(pk=but.pk) if but else same).exists():
        raise GroupNameTakenError(f"There is a group called {name} this year already.")
