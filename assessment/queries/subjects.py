"""What an address names: subjects and areas as a school judges by them, and the marksheets of them."""

from __future__ import annotations

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.subjects import SHIPPED, Kind, Subject
from assessment.queries.layouts import (
    ALL_AREAS,
    ALL_SUBJECTS,
    LAID_OUT,
    Layout,
    all_in_one_term,
    subject_over_the_year,
)
from assessment.queries.school_subjects import subjects_in_sight, subjects_out_of_sight
from assessment.queries.templates import laid_out
from schools.access import Access
from schools.calendar import EyfsFramework, TermName
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


def layout_in_address(access: Access, code: str, term: TermName, *, earlier_years: int = 0) -> Layout | None:
    """The sheet with this code, seen from the end of the term: of a subject or an area, of all in one term, or as somebody laid it out; None for an unknown one.

    None too for one of a subject that the school leaves out, in a year without judgements of it.
    """
    at = AssessmentPoint(access.academic_year, AssessmentTerm(term.value))
    if code.startswith(LAID_OUT):
        return laid_out(access.school, code.removeprefix(LAID_OUT), at, framework_of(access))
    if code in {ALL_SUBJECTS, ALL_AREAS}:
        return all_in_one_term(
            code, at, framework_of(access), subjects_in_sight(access.school, access.academic_year)
        )
    subject = subject_in_address(access, code)
    if subject is None or code in subjects_out_of_sight(access.school, access.academic_year):
        return None
    return subject_over_the_year(subject, at, earlier_years=earlier_years)
