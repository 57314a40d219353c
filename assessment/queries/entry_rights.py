"""Whose judgements a person may enter, change, note and put back; whether the term is open is another question."""

from __future__ import annotations

import uuid

from schools.access import Access
from schools.models import PupilYear
from schools.permissions import Permission, may_for_everybody
from schools.queries.rolls import taught_by


def enters_for_everybody(access: Access) -> bool:
    """Whether this person enters judgements for every pupil of the school."""
    return may_for_everybody(access.roles, Permission.RECORD_JUDGEMENTS)


def enters_for_all_in_sight(access: Access) -> bool:
    """Whether for every pupil whom this person sees. Who sees everybody by another role enters for the classes taught alone."""
    return enters_for_everybody(access) or (
        access.may(Permission.RECORD_JUDGEMENTS) and not access.may(Permission.SEE_ALL_PUPILS)
    )


def may_enter_for_class(access: Access, class_id: uuid.UUID) -> bool:
    """Whether for the pupils of the class whom this person sees. At most one query."""
    return enters_for_all_in_sight(access) or (
        access.may(Permission.RECORD_JUDGEMENTS) and taught_by(access).filter(public_id=class_id).exists()
    )


def may_enter_for(access: Access, pupil: PupilYear) -> bool:
    """Whether for this pupil, who is one of `pupils_for(access)`. At most one query."""
    return enters_for_all_in_sight(access) or (
        access.may(Permission.RECORD_JUDGEMENTS)
        and pupil.class_group_id is not None
        and taught_by(access).filter(pk=pupil.class_group_id).exists()
    )
