"""The year that a school opens next, and what it begins with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from schools.access import Access
from schools.calendar import AcademicYear, EyfsFramework, default_term_dates
from schools.models import PupilYear


@dataclass(frozen=True)
class NextYear:
    """The year after the latest that is open, with the dates and the framework that it begins with; `pupils` are on the latest year's roll, and not taken over."""

    year: AcademicYear
    dates: tuple[tuple[str, dt.date, dt.date], ...]
    framework: EyfsFramework
    latest: AcademicYear
    pupils: int


def next_year_of(access: Access, today: dt.date) -> NextYear | None:
    """None where the next one would be further off than the year after the running one."""
    latest = max(access.opened_years)
    following = AcademicYear(latest + 1)
    if following > AcademicYear.containing(today) + 1:
        return None
    pupils = PupilYear.objects.in_school(access.school).filter(academic_year=latest).count()
    return NextYear(
        following,
        tuple((term.label, *days) for term, days in default_term_dates(following).items()),
        access.school.eyfs_framework_in(following),
        latest,
        pupils,
    )
