"""The schools of a partnership."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from schools.models import School, SchoolYear
from schools.row_security import visible_to


@dataclass(frozen=True)
class ListedSchool:
    """A school as its partnership lists it; `has_year`: it has opened the year in view."""

    name: str
    urn: str
    dfe_number: str
    year_groups: str
    has_year: bool


def schools_beside(school: School) -> tuple[School, ...]:
    """All schools of its partnership by name, itself among them."""
    return tuple(School.objects.filter(partnership=school.partnership_id).order_by("name", "pk"))


def listed(schools: Sequence[School], academic_year: int) -> list[ListedSchool]:
    """In the order of the schools; one query for all. Reads no more than the role that counts may."""
    with visible_to(*schools):
        of_year = SchoolYear.objects.filter(
            school__in=schools, is_for_copies=False, academic_year=academic_year
        )
        have_year = set(of_year.values_list("school", flat=True))
    return [
        ListedSchool(
            school.name,
            school.urn,
            school.formatted_dfe_number,
            school.year_groups_label,
            school.pk in have_year,
        )
        for school in schools
    ]
