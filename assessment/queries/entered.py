"""Who entered what stands in a cell: for a person who was about to write over it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from assessment.engine.assessment_points import AssessmentTerm
from assessment.models import Judgement, Reason
from assessment.queries.sheet_rows import Cell
from schools.models import School


def stands_in(school: School, academic_year: int, cells: Iterable[Cell]) -> dict[Cell, tuple[str, str]]:
    """What stands in each of the cells, as it is shown, and who put it there, when, in a sentence. Needs the school open."""
    found = dict.fromkeys(cells, ("", "Somebody emptied this cell after you opened the sheet."))
    if not found:
        return {}
    rows = Judgement.objects.in_school(school).filter(
        pupil__in={cell.pupil_id for cell in found},
        subject__in={cell.subject for cell in found},
        academic_year=academic_year,
        term__in={cell.term for cell in found},
    )
    for row in rows.select_related("entered_by"):
        cell = Cell(row.pupil_id, row.subject_id, AssessmentTerm(row.term))
        if cell not in found:
            continue
        value = str(row.points) if row.points is not None else Reason(row.reason).label.split(",")[0].lower()
        who = row.entered_by.name if row.entered_by else "An import"
        when = timezone.localtime(row.entered_at)
        found[cell] = (value, f"{who} entered {value} on {when.day} {when:%B} at {when:%H:%M}.")
    return found
