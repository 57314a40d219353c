"""What the figures of a year can be narrowed to: what the school has now, or what it had in a snapshot."""

from __future__ import annotations

from assessment.models import SnapshotClassGroup, SnapshotPupilYear, SnapshotSchoolYear
from assessment.queries.snapshots import TakenSnapshot
from schools.access import Access
from schools.calendar import EyfsFramework, YearGroup
from schools.models import PupilYear, SchoolYear
from schools.queries.classes import classes_for
from schools.queries.rolls import year_groups_for


def framework_to_choose_in(access: Access, snapshot: TakenSnapshot | None) -> EyfsFramework:
    """The early years framework of the year in view, whose areas are the subjects below Year 1."""
    years = (
        SnapshotSchoolYear.objects.in_school(access.school).filter(frozen_in=snapshot.pk)
        if snapshot
        else SchoolYear.objects.in_school(access.school)
    )
    return EyfsFramework(years.get(academic_year=access.academic_year).eyfs_framework)


def year_groups_to_choose(access: Access, snapshot: TakenSnapshot | None) -> list[YearGroup]:
    """Those of the pupils in sight, and for the whole school its own too, as `year_groups_for`."""
    if snapshot is None:
        return year_groups_for(access)
    frozen = SnapshotPupilYear.objects.in_school(access.school).filter(
        frozen_in=snapshot.pk, academic_year=access.academic_year
    )
    held = set(frozen.values_list("year_group", flat=True).distinct())
    own = range(access.school.lowest_year_group, access.school.highest_year_group + 1)
    return sorted(YearGroup(number) for number in held.union(own))


def classes_to_choose(
    access: Access, snapshot: TakenSnapshot | None, *, highest: YearGroup = YearGroup.Y13
) -> list[tuple[str, str]]:
    """Public id and name of the classes of the year whose pupils are in sight, by name; those with a pupil up to the `highest` year group alone, where one is
    said: of a snapshot all.
    """
    classes = (
        SnapshotClassGroup.objects.in_school(access.school).filter(
            frozen_in=snapshot.pk, academic_year=access.academic_year
        )
        if snapshot
        else classes_for(access)
    )
    if highest < YearGroup.Y13 and snapshot is None:
        young = PupilYear.objects.in_school(access.school).filter(
            academic_year=access.academic_year, year_group__lte=highest
        )
        classes = classes.filter(pk__in=young.values("class_group"))
    named = classes.order_by("name", "pk").values_list("public_id", "name")
    return [(str(public_id), name) for public_id, name in named]
