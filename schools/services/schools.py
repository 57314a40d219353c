"""Founding schools."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from schools.calendar import AcademicYear, EyfsFramework, YearGroup
from schools.identifiers import read_dfe_number, read_urn
from schools.models import ChangeKind, Partnership, School, User
from schools.row_security import visible_to
from schools.services.changes import change_set
from schools.services.named_only import is_named_only
from schools.services.years import open_year


class SchoolRefused(ValueError):
    """The school cannot be made; the message says why, in a school's words."""


@dataclass(frozen=True, kw_only=True)
class NewSchool:
    """What makes a school; `eyfs_framework` None follows the law year by year."""

    name: str
    urn: str
    dfe_number: str
    lowest_year_group: YearGroup
    highest_year_group: YearGroup
    partnership: str
    eyfs_framework: EyfsFramework | None = None


def create_school(*, new: NewSchool, academic_year: AcademicYear, by: User | None) -> School:
    """Make the school, its partnership where there is none of that name, and open the year.

    Raises SchoolRefused when a number is malformed or taken, or the year groups run backwards.
    """
    try:
        urn, dfe_number = read_urn(new.urn), read_dfe_number(new.dfe_number)
    except ValueError as error:
        raise SchoolRefused(str(error)) from error
    if not new.name.strip() or not new.partnership.strip():
        raise SchoolRefused("A school needs a name, and the name of its partnership.")
    if new.lowest_year_group > new.highest_year_group:
        raise SchoolRefused(
            f"The lowest year group, {new.lowest_year_group.label}, comes after the highest, {new.highest_year_group.label}."
        )
    taken = School.objects.filter(urn=urn).first()
    if taken and not is_named_only(taken):
        raise SchoolRefused(f"The URN {urn} belongs to {taken.name} already.")
    if other := School.objects.filter(dfe_number=dfe_number).exclude(urn=urn).first():
        raise SchoolRefused(f"The DfE number {other.formatted_dfe_number} belongs to {other.name} already.")
    with transaction.atomic():
        partnership, _ = Partnership.objects.get_or_create(name=new.partnership.strip())
        # A row that only named it becomes the school.
        school, _ = School.objects.update_or_create(
            urn=urn,
            defaults={
                "partnership": partnership,
                "name": new.name.strip(),
                "dfe_number": dfe_number,
                "lowest_year_group": new.lowest_year_group,
                "highest_year_group": new.highest_year_group,
                "fixed_eyfs_framework": new.eyfs_framework,
            },
        )
        with visible_to(school), change_set(school=school, kind=ChangeKind.SET_UP, by=by):
            open_year(school=school, academic_year=academic_year, by=by)
    return school
