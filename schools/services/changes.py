"""Change-sets: many rows written as one act."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction

from schools.history import recorded
from schools.models import ChangeKind, ChangeSet, School, User

# The act that services called within it belong to.
_whole: ContextVar[ChangeSet | None] = ContextVar("whole", default=None)


@contextmanager
def acting(by: User | None) -> Iterator[None]:
    """One atomic act of a person, or of the operator: its history says who."""
    with transaction.atomic(), recorded(user=by.pk if by else None):
        yield


@contextmanager
def change_set(*, school: School, kind: ChangeKind, by: User | None, reason: str = "") -> Iterator[ChangeSet]:
    """All writes in the block carry the change-set's id in their history; `by` None is the operator.

    Needs the school open. Atomic: an error leaves neither rows nor change-set. Within `whole_act` it is a part of that act.
    """
    whole = _whole.get()
    if whole is not None and whole.school_id == school.pk:
        with acting(by):
            yield whole
        return
    with acting(by):
        change = ChangeSet.objects.create(school=school, kind=kind, by=by, reason=reason)
        with recorded(change_set=str(change.public_id)):
            yield change


@contextmanager
def whole_act(*, school: School, kind: ChangeKind, by: User | None, reason: str = "") -> Iterator[ChangeSet]:
    """A change-set to which the change-sets of all services called in the block belong: one act, that can be looked at and taken back as one."""
    with change_set(school=school, kind=kind, by=by, reason=reason) as change:
        before = _whole.set(change)
        try:
            yield change
        finally:
            _whole.reset(before)
