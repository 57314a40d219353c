"""Classes of a year, and who teaches them."""

from __future__ import annotations

from schools.calendar import AcademicYear
from schools.models import ClassGroup, ClassTeacher, Membership, Role, School, User
from schools.permissions import PERMISSIONS_BY_ROLE, Permission
from schools.services.changes import acting


def create_class(*, school: School, academic_year: AcademicYear, name: str, by: User | None) -> ClassGroup:
    """Make a class in a year that the school has opened. Needs the school open.

    Raises IntegrityError where the year has a class of that name, in any case.
    """
    with acting(by):
        return ClassGroup.objects.create(school=school, academic_year=academic_year, name=name)


def assign_teacher(*, class_group: ClassGroup, membership: Membership, by: User | None) -> ClassTeacher:
    """Let the person teach the class; a class may have several teachers.

    Raises ValueError for a role that does not see pupils, or one that has ended.
    """
    if (
        not membership.is_active
        or Permission.SEE_OWN_CLASSES not in PERMISSIONS_BY_ROLE[Role(membership.role)]
    ):
        raise ValueError(f"Nobody teaches a class as {membership}.")
    with acting(by):
        teacher, _ = ClassTeacher.objects.get_or_create(
            school_id=class_group.school_id, class_group=class_group, membership=membership
        )
    return teacher
