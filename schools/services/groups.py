"""Groups of pupils that a school makes itself."""

from __future__ import annotations

from collections.abc import Collection

from schools.calendar import AcademicYear
from schools.models import ChangeKind, CustomGroup, CustomGroupPupil, PupilYear, School, User
from schools.services.changes import change_set
from schools.services.turns import take_turn_alone


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


def set_pupils(*, group: CustomGroup, pupil_ids: Collection[int], by: User | None) -> tuple[int, int]:
    """Let just these pupils be in the group; how many came and how many went. Needs the school open.

    Raises ValueError for a pupil without a record of the group's year.
    """
    school, wanted = group.school, set(pupil_ids)
    with change_set(school=school, kind=ChangeKind.GROUP, by=by):
        take_turn_alone(school)
        known = PupilYear.objects.in_school(school).filter(
            academic_year=group.academic_year, pupil__in=wanted
        )
        if known.count() != len(wanted):
            raise ValueError("A group has pupils of its own year.")
        held = set(group.pupils.in_school(school).values_list("pupil_id", flat=True))
        group.pupils.in_school(school).filter(pupil__in=held - wanted).delete()
        CustomGroupPupil.objects.bulk_create(
            CustomGroupPupil(school=school, group=group, pupil_id=pupil, academic_year=group.academic_year)
            for pupil in sorted(wanted - held)
        )
    return len(wanted - held), len(held - wanted)


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
