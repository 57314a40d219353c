"""Letting people in, and out."""

from __future__ import annotations

from schools.models import (
    ClassTeacher,
    Membership,
    Partnership,
    PartnershipMembership,
    Role,
    School,
    SubjectLead,
    User,
)
from schools.services.changes import acting


def grant(*, school: School, user: User, role: Role, by: User | None) -> Membership:
    """Give the person the role at the school, again if it had been ended or was suspended. Needs the school open."""
    with acting(by):
        membership, _ = Membership.objects.update_or_create(
            school=school, user=user, role=role, defaults={"is_active": True, "is_suspended": False}
        )
    return membership


def end(*, membership: Membership, by: User | None) -> None:
    """Take the role away, and the classes taught and subjects led by it; the person's next request finds the door shut."""
    with acting(by):
        ClassTeacher.objects.filter(school_id=membership.school_id, membership=membership).delete()
        SubjectLead.objects.filter(school_id=membership.school_id, membership=membership).delete()
        membership.is_active = membership.is_suspended = False
        membership.save(update_fields=["is_active", "is_suspended"])


def lead_partnership(*, partnership: Partnership, user: User, by: User | None) -> PartnershipMembership:
    """Let the person see the partnership's schools side by side."""
    with acting(by):
        membership, _ = PartnershipMembership.objects.update_or_create(
            partnership=partnership, user=user, defaults={"is_active": True}
        )
    return membership
