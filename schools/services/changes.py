"""Change-sets: many rows written as one act."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from schools.history import recorded
from schools.models import ChangeKind, ChangeSet, School, User


@contextmanager
def acting(by: User | None) -> Iterator[None]:
    """One atomic act of a person, or of the operator: its history says who."""
    with transaction.atomic(), recorded(user=by.pk if by else None):
        yield


@contextmanager
def change_set(*, school: School, kind: ChangeKind, by: User | None, reason: str = "") -> Iterator[ChangeSet]:
    """All writes in the block carry the change-set's id in their history; `by` None is the operator.

    Needs the school open. Atomic: an error leaves neither rows nor change-set.
    """
    with acting(by):
        change = ChangeSet.objects.create(school=school, kind=kind, by=by, reason=reason)
        with recorded(change_set=str(change.public_id)):
            yield change
