"""A partnership's own expectations."""

from __future__ import annotations

import datetime as dt

from assessment.engine.expectations import Expectations
from assessment.models import ExpectationVersion
from assessment.models.expectations import columns_of
from assessment.services.restating import restate_as_one
from schools.models import Partnership, User
from schools.row_security import visible_to
from schools.services.changes import acting


def add_version(
    *,
    partnership: Partnership,
    name: str,
    holds_from: dt.date,
    expectations: Expectations,
    by: User | None,
) -> ExpectationVersion:
    """Let a partnership expect otherwise from a day on; judgements of terms that end on it or later are measured again.

    What ended before keeps its colours. Opens each of the partnership's schools. Raises ValueError where a version holds from that day already.
    """
    if ExpectationVersion.objects.filter(partnership=partnership, holds_from=holds_from).exists():
        raise ValueError(f"{partnership.name} has expectations that hold from {holds_from:%d/%m/%Y} already.")
    with acting(by):
        version = ExpectationVersion.objects.create(
            partnership=partnership, name=name, holds_from=holds_from, **columns_of(expectations)
        )
        for school in partnership.schools.order_by("pk"):
            with visible_to(school):
                restate_as_one(school=school, by=by, reason=str(version))
    return version
