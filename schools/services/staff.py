"""The people of a school: what they are there, and their going. Whatever a page offered is asked again here.

Nobody changes their own roles, and nobody gives or takes a role that is not theirs to give (schools/permissions.py). The operator may.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from schools.audit import record_of_account
from schools.models import ClassGroup, ClassTeacher, Happening, Membership, Role, School, SubjectLead, User
from schools.permissions import PERMISSIONS_BY_ROLE, Permission, permissions_of, roles_given_by
from schools.services import memberships
from schools.services.changes import acting
from schools.services.classes import assign_teacher
from schools.services.people import checked_name
from schools.services.second_step import remove_second_factor
from schools.services.sessions import end_sessions
from schools.services.turns import take_turn_with_people

_ALWAYS_HELD = (Permission.MANAGE_PEOPLE, Permission.MANAGE_MANAGERS)


class NotAllowedError(ValueError):
    """Who acts may not do this, or the school would be left without anybody who may; the message is for the page."""


def teaches(role: Role) -> bool:
    """Whether classes can be given to somebody by this role."""
    return Permission.SEE_OWN_CLASSES in PERMISSIONS_BY_ROLE[role]


def active_roles(school: School, user: User) -> tuple[Role, ...]:
    """What the person is at the school now. Needs the school open."""
    return _roles(Membership.objects.in_school(school).filter(user=user, is_active=True))


def _roles(rows: Iterable[Membership]) -> tuple[Role, ...]:
    held = {row.role for row in rows}
    return tuple(role for role in Role if role in held)


def _held(school: School, user: User) -> list[Membership]:
    """Every role that the person holds, those that are suspended too."""
    rows = Membership.objects.in_school(school).filter(user=user).order_by("pk")
    return [row for row in rows if row.is_active or row.is_suspended]


def refuse_roles(school: School, roles: Collection[Role], by: User | None) -> None:
    """NotAllowedError where `by` may not give or take each of these roles now. Needs the school open."""
    if by is None:
        return
    given = roles_given_by(active_roles(school, by)) if by.is_active else ()
    beyond = [str(role.label) for role in Role if role in roles and role not in given]
    if beyond or not given:
        raise NotAllowedError(f"{' and '.join(beyond) or 'Any role'}: that is for a head teacher to decide.")


def _begin(school: School, user: User, by: User | None) -> list[Membership]:
    """The turn, and what the person holds; refused for oneself, and for somebody whose roles are not one's to take."""
    take_turn_with_people(school)
    if by is not None and by.pk == user.pk:
        raise NotAllowedError("Nobody changes their own access. Another head teacher can.")
    held = _held(school, user)
    if not held:
        raise NotAllowedError("This person has no access to the school any more.")
    refuse_roles(school, _roles(held), by)
    return held


def _end_well(school: School, before: Collection[Permission]) -> None:
    """NotAllowedError where a permission that somebody must hold was held before and nobody holds it now."""
    active = Membership.objects.in_school(school).filter(is_active=True, user__is_active=True)
    left = permissions_of(_roles(active))
    if any(each in before and each not in left for each in _ALWAYS_HELD):
        raise NotAllowedError(
            "Then nobody could let people in any more. Give somebody else the role of head teacher first."
        )


def change_person(
    *,
    school: School,
    user: User,
    roles: Collection[Role],
    classes: Iterable[ClassGroup],
    subjects: Collection[str],
    academic_year: int,
    by: User | None,
) -> None:
    """Let the person hold these roles and no others, teach these classes of the year, and lead these subjects. Needs the school open.

    Classes of other years stay. Who is suspended stays so, in the new roles. Raises NotAllowedError, and ValueError for no role at all,
    for classes without a role that teaches, and for subjects without the role of subject leader.
    """
    wanted, groups = set(roles), list(classes)
    if not wanted:
        raise ValueError("Choose at least one role. To take the last one away, remove the person.")
    refuse_unfitting(wanted, has_classes=bool(groups), has_subjects=bool(subjects))
    with acting(by):
        held = _begin(school, user, by)
        refuse_roles(school, wanted, by)
        before = permissions_of(_roles(row for row in held if row.is_active))
        is_suspended = all(row.is_suspended for row in held)
        for row in held:
            if row.role not in wanted:
                memberships.end(membership=row, by=by)
        for role in wanted - {row.role for row in held}:
            memberships.grant(school=school, user=user, role=role, by=by)
        kept = {Role(row.role): row for row in _held(school, user)}
        _teach(kept, groups, school=school, academic_year=academic_year, by=by)
        _lead(kept, subjects, school=school, by=by)
        if is_suspended:
            _suspend(kept.values())
        _end_well(school, before)


def take_second_step_away(*, school: School, user: User, by: User | None) -> bool:
    """For somebody who lost phone and codes: the password alone lets in until they have set up a new one. Needs the school open.

    False where there was none. Raises NotAllowedError as changing the person's roles would.
    """
    with acting(by):
        _begin(school, user, by)
        return remove_second_factor(user, by=by)


def correct_name(*, school: School, user: User, name: str, by: User | None) -> bool:
    """Call the person so from now on, at every school and beside all that they entered. Needs the school open.

    False where that is the name already. It is recorded that the name was corrected, and by whom; neither name is. Raises NotAllowedError as changing the
    person's roles would, and ValueError for what is no name.
    """
    name = checked_name(name)
    with acting(by):
        _begin(school, user, by)
        if user.name == name:
            return False
        user.name = name
        user.save(update_fields=["name"])
        record_of_account(Happening.NAME_CORRECTED, user.pk, "", {"by": by.pk if by else None})
    return True


def refuse_unfitting(roles: Collection[Role], *, has_classes: bool, has_subjects: bool) -> None:
    """ValueError for classes without a role that teaches, and for subjects without the role of subject leader."""
    if has_classes and not any(teaches(role) for role in roles):
        raise ValueError("Classes are for teachers and leaders: choose such a role, or no class.")
    if has_subjects and Role.SUBJECT_LEADER not in roles:
        raise ValueError("Subjects are for subject leaders: choose that role too, or no subject.")


def join(
    *,
    school: School,
    user: User,
    roles: Collection[Role],
    classes: Iterable[ClassGroup],
    subjects: Collection[str],
    by: User | None,
) -> None:
    """Give a person roles, classes and subjects beside what they hold already. Needs the school open; whether it may be is the caller's to ask."""
    with acting(by):
        given = {
            role: memberships.grant(school=school, user=user, role=role, by=by)
            for role in Role
            if role in roles
        }
        for group in classes:
            _assign(given, group, by)
        if lead := given.get(Role.SUBJECT_LEADER):
            for subject in sorted(subjects):
                SubjectLead.objects.get_or_create(school=school, membership=lead, subject=subject)


def _assign(held: dict[Role, Membership], group: ClassGroup, by: User | None) -> None:
    """As a teacher where the person is one, else by the first role that may."""
    able = [role for role in Role if role in held and teaches(role)]
    if able:
        assign_teacher(class_group=group, membership=held[able[0]], by=by)


def _teach(
    held: dict[Role, Membership],
    groups: list[ClassGroup],
    *,
    school: School,
    academic_year: int,
    by: User | None,
) -> None:
    taught = ClassTeacher.objects.in_school(school).filter(membership__in=held.values())
    of_year = taught.filter(class_group__academic_year=academic_year)
    of_year.exclude(class_group__in=groups).delete()
    there = set(of_year.values_list("class_group", flat=True))
    # A suspended teacher's classes change too: they are given while the role is active, and _suspend follows.
    _wake(held.values())
    for group in groups:
        if group.pk not in there:
            _assign(held, group, by)


def _lead(
    held: dict[Role, Membership], subjects: Collection[str], *, school: School, by: User | None
) -> None:
    lead = held.get(Role.SUBJECT_LEADER)
    if lead is None:
        return
    led = SubjectLead.objects.in_school(school).filter(membership=lead)
    led.exclude(subject__in=subjects).delete()
    for subject in sorted(set(subjects) - set(led.values_list("subject", flat=True))):
        SubjectLead.objects.create(school=school, membership=lead, subject=subject)


def _suspend(rows: Iterable[Membership]) -> None:
    for row in rows:
        row.is_active, row.is_suspended = False, True
        row.save(update_fields=["is_active", "is_suspended"])


def _wake(rows: Iterable[Membership]) -> None:
    for row in rows:
        if row.is_suspended:
            row.is_active, row.is_suspended = True, False
            row.save(update_fields=["is_active", "is_suspended"])


def suspend_person(*, school: School, user: User, by: User | None) -> None:
    """Shut the school to the person, until they are taken back, and sign them out everywhere. Needs the school open. Raises NotAllowedError."""
    with acting(by):
        held = _begin(school, user, by)
        before = permissions_of(_roles(row for row in held if row.is_active))
        _suspend(held)
        _end_well(school, before)
        end_sessions(user)


def take_person_back(*, school: School, user: User, by: User | None) -> None:
    """Give a suspended person back all that they held. Needs the school open. Raises NotAllowedError."""
    with acting(by):
        _wake(_begin(school, user, by))


def remove_person(*, school: School, user: User, by: User | None) -> None:
    """End every role of the person at the school, with classes and subjects, and sign them out everywhere. Needs the school open.

    The account stays, with what it is at other schools; so does what the person entered, under their name. Raises NotAllowedError.
    """
    with acting(by):
        held = _begin(school, user, by)
        before = permissions_of(_roles(row for row in held if row.is_active))
        for row in held:
            memberships.end(membership=row, by=by)
        _end_well(school, before)
        end_sessions(user)
