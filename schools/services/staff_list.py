"""Inviting everybody of a list of staff at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from schools.models import ChangeKind, ClassGroup, Invitation, Membership, Role, School, User
from schools.services.changes import change_set
from schools.services.invitations import Sent, invite, waiting
from schools.services.turns import take_turn_with_people


@dataclass(frozen=True)
class StaffRow:
    """A person of a list: checked by itself; `number` is the row's in the file."""

    number: int
    name: str
    email: str
    roles: frozenset[Role]
    class_names: tuple[str, ...] = ()
    subjects: frozenset[str] = frozenset()


@dataclass(frozen=True)
class StaffProblem:
    """What keeps a list out: of which row and field (`classes`), and what goes on after the value."""

    row: int
    field: str
    value: str
    what: str


class StaffRefused(ValueError):
    """The list does not fit the school; nothing was written."""

    def __init__(self, problems: Sequence[StaffProblem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)


@dataclass(frozen=True)
class StaffChanges:
    """What came of a list, or would come: whom it invites, and whom it leaves as they are."""

    invited: tuple[StaffRow, ...] = ()
    # People of the school already, with the roles that they hold.
    here: tuple[tuple[StaffRow, frozenset[Role]], ...] = ()
    waiting: tuple[StaffRow, ...] = ()
    # For the letters; empty after a dry run.
    sent: tuple[Sent, ...] = field(default=(), repr=False)


def invite_staff(
    *,
    school: School,
    academic_year: int,
    rows: Sequence[StaffRow],
    by: User | None,
    dry_run: bool = False,
    reason: str = "",
) -> StaffChanges:
    """Invite each person who neither has access nor waits for it; who does stays as they are. Needs the school open; sends no letter.

    Classes are those of the year, by name in any capitals. Raises StaffRefused with every class that the year does not have, NotAllowedError where
    roles are not `by`'s to give.
    """
    classes = {
        group.name.lower(): group
        for group in ClassGroup.objects.in_school(school).filter(academic_year=academic_year)
    }
    problems = [
        StaffProblem(row.number, "classes", name, "is not a class of the school in this year.")
        for row in rows
        for name in row.class_names
        if name.lower() not in classes
    ]
    if problems:
        raise StaffRefused(problems)
    if dry_run:
        return _plan(school, rows)
    with change_set(school=school, kind=ChangeKind.IMPORT, by=by, reason=reason):
        take_turn_with_people(school)
        plan = _plan(school, rows)
        sent = tuple(
            invite(
                school=school,
                email=row.email,
                name=row.name,
                roles=row.roles,
                classes=[classes[name.lower()] for name in row.class_names],
                subjects=row.subjects,
                by=by,
            )
            for row in plan.invited
        )
    return StaffChanges(plan.invited, plan.here, plan.waiting, sent)


def _plan(school: School, rows: Sequence[StaffRow]) -> StaffChanges:
    held: dict[str, set[Role]] = {}
    for membership in Membership.objects.in_school(school).select_related("user"):
        if membership.is_active or membership.is_suspended:
            held.setdefault(membership.user.email, set()).add(Role(membership.role))
    invited = _addresses(school)
    return StaffChanges(
        invited=tuple(row for row in rows if row.email not in held and row.email not in invited),
        here=tuple((row, frozenset(held[row.email])) for row in rows if row.email in held),
        waiting=tuple(row for row in rows if row.email in invited and row.email not in held),
    )


def _addresses(school: School) -> set[str]:
    rows: set[Invitation] = set(waiting(school))
    return {row.email for row in rows}
