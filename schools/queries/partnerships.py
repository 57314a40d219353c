"""The schools of a partnership."""

from __future__ import annotations

from schools.models import School


def schools_beside(school: School) -> tuple[School, ...]:
    """All schools of its partnership by name, itself among them."""
    return tuple(School.objects.filter(partnership=school.partnership_id).order_by("name", "pk"))
