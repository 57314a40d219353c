"""Subjects and areas as a school knows them: what an address names, and by which framework the school judges."""

from __future__ import annotations

from assessment.engine.subjects import SHIPPED, Kind, Subject
from schools.access import Access
from schools.calendar import EyfsFramework
from schools.models import SchoolYear

_BY_CODE = {subject.code.lower(): subject for subject in SHIPPED}


def framework_of(access: Access) -> EyfsFramework:
    """The framework of the early years that the school judges by in the year in view; in a year not opened the one it would."""
    of_year = SchoolYear.objects.in_school(access.school).filter(academic_year=access.academic_year)
    found = of_year.values_list("eyfs_framework", flat=True).first()
    return EyfsFramework(found) if found else access.school.eyfs_framework_in(access.academic_year)


def subject_in_address(access: Access, code: str) -> Subject | None:
    """The subject or area with this code in lower case; None for an unknown one, and for an area of another framework than the year's."""
    subject = _BY_CODE.get(code)
    if subject and subject.kind is Kind.EYFS_AREA and subject.framework != framework_of(access):
        return None
    return subject
