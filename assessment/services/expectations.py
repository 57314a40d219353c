"""A partnership's own expectations."""

from __future__ import annotations

import datetime as dt

from assessment.engine.expectations import Expectations
from assessment.models import ExpectationVersion
from assessment.models.expectations import columns_of
from assessment.services.restating import restate_as_one
from schools.calendar import TermName
from schools.models import Partnership, User
from schools.row_security import visible_to
from schools.services.changes import acting

# From one year group's first point to the next one's.
_A_YEAR = 7


def falls_somewhere(expectations: Expectations) -> tuple[TermName, str] | None:
    """At which term less would be expected of a pupil than at the end of the term before, and why that cannot be meant; None where ranges only rise.

    The operator's command may: a partnership may have its reasons, but not by a slip on a page.
    """
    for term in (TermName.SPRING, TermName.SUMMER):
        before = TermName(term - 1)
        if _is_less(expectations.ranges[term - 1], expectations.ranges[before - 1]):
            return term, f"Less would be expected at the end of {term.label} than of {before.label}."
    low, high = expectations.ranges[TermName.AUTUMN - 1]
    if _is_less((low + _A_YEAR, high + _A_YEAR), expectations.ranges[TermName.SUMMER - 1]):
        return (
            TermName.SUMMER,
            "More would be expected at the end of Summer than in the Autumn of the next year.",
        )
    return None


def _is_less(ends: tuple[int, int], than: tuple[int, int]) -> bool:
    return ends[0] < than[0] or ends[1] < than[1]


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
