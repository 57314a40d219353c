"""What a person says of two records that may be one child's: that they are two children's, or that somebody is to look again."""

from __future__ import annotations

import uuid

from schools.models import Pupil, ToldApart, User
from schools.queries.duplicates import told_apart_between
from schools.services.changes import acting
from schools.services.turns import take_turn_alone


def tell_apart(*, one: Pupil, other: Pupil, reason: str, by: User | None) -> ToldApart:
    """Say that the two are two children: nobody is asked about them again. Where somebody said so already, that stands."""
    with acting(by):
        take_turn_alone(one.school)
        said = told_apart_between(one.school, one, other)
        if said is not None:
            return said
        pair = uuid.uuid4()
        rows: list[ToldApart] = [
            ToldApart.objects.create(
                school_id=one.school_id, pupil=pupil, pair=pair, reason=reason, decided_by=by
            )
            for pupil in (one, other)
        ]
        return rows[0]


def look_again(*, one: Pupil, other: Pupil, by: User | None) -> None:
    """Take back that the two are two children; the history keeps that it was said, by whom and why."""
    with acting(by):
        take_turn_alone(one.school)
        said = told_apart_between(one.school, one, other)
        if said is not None:
            ToldApart.objects.in_school(one.school).filter(pair=said.pair).delete()
