"""The last judgement before a cell: what a teacher compares with, and may type the next one by."""

from __future__ import annotations

from collections.abc import Iterable

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.models import Judgement
from assessment.queries.sheet_rows import Cell
from schools.calendar import AcademicYear
from schools.models import School


def earlier_points(
    school: School, academic_year: int, cells: Iterable[Cell]
) -> dict[Cell, dict[AssessmentPoint, int]]:
    """The points before each of these cells of the year, no earlier than the Summer before, by when they are of.

    Cells before which there are none are left out. One query; none for no cells. Needs the school open.
    """
    wanted = set(cells)
    if not wanted:
        return {}
    rows = (
        Judgement.objects.in_school(school)
        .filter(
            pupil__in={cell.pupil_id for cell in wanted},
            subject__in={cell.subject for cell in wanted},
            academic_year__in=(academic_year - 1, academic_year),
            points__isnull=False,
        )
        .values_list("pupil_id", "subject_id", "academic_year", "term", "points")
    )
    held: dict[tuple[int, int], list[tuple[AssessmentPoint, int]]] = {}
    for pupil, subject, year, term, points in rows:
        at = AssessmentPoint(AcademicYear(year), AssessmentTerm(term))
        held.setdefault((pupil, subject), []).append((at, points or 0))
    found = {}
    for cell in wanted:
        at = AssessmentPoint(academic_year, cell.term)
        earlier = {
            when: points
            for when, points in held.get((cell.pupil_id, cell.subject), ())
            if at.summer_before <= when < at
        }
        if earlier:
            found[cell] = earlier
    return found


def points_before(school: School, academic_year: int, cells: Iterable[Cell]) -> dict[Cell, int]:
    """The latest points before each of these cells of the year, no earlier than the Summer before, as `Row.before` says them.

    Cells before which there are none are left out. One query; none for no cells. Needs the school open.
    """
    found = earlier_points(school, academic_year, cells)
    return {cell: earlier[max(earlier)] for cell, earlier in found.items()}
