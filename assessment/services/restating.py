"""Measuring judgements again, when what they are measured by has changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from assessment.queries.consistency import Disagreement, check
from schools.models import ChangeKind, School, User
from schools.services.changes import change_set
from schools.services.turns import take_turn_alone

_UPDATE = """
UPDATE assessment_judgement AS held
SET expected_low = measured.low, expected_high = measured.high, expectation_version_id = measured.version
FROM unnest(%s::bigint[], %s::smallint[], %s::smallint[], %s::bigint[]) AS measured (id, low, high, version)
WHERE held.id = measured.id AND held.school_id = %s
"""


def restate(
    *, school: School, pupil_ids: Sequence[int] | None = None, academic_year: int | None = None
) -> int:
    """Give each judgement (of these pupils, of this year) the range it is to be measured by; how many had another.

    Part of the act, and the transaction, that made it necessary; needs the school open. What was judged does not change, nor
    does the judgement's version number.
    """
    take_turn_alone(school)
    stale = check(school, pupil_ids=pupil_ids, academic_year=academic_year).disagreements
    if stale:
        _write(school, stale)
    return len(stale)


def restate_as_one(*, school: School, by: User | None, reason: str = "") -> int:
    """The same for all of a school as a change-set of its own; none is made where nothing changes."""
    take_turn_alone(school)
    if not check(school).disagreements:
        return 0
    with change_set(school=school, kind=ChangeKind.RESTATE, by=by, reason=reason):
        return restate(school=school)


def _write(school: School, stale: Sequence[Disagreement]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _UPDATE,
            [
                [each.judgement_id for each in stale],
                [each.right.low for each in stale],
                [each.right.high for each in stale],
                [each.right.version for each in stale],
                school.pk,
            ],
        )


def follow_corrections(
    *, school: School, pupil_ids: Sequence[int] | None, academic_year: int | None, **_: Any
) -> None:
    """Records were corrected (schools/signals.py): their judgements follow in the same transaction."""
    restate(school=school, pupil_ids=pupil_ids, academic_year=academic_year)
