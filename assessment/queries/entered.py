"""Who entered what stands in a cell: for a person who was about to write over it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from assessment.engine.assessment_points import AssessmentPoint
from assessment.models import Judgement, Reason
from schools.models import School


def stands_in(
    school: School, pupil_ids: Sequence[int], subject: int, at: AssessmentPoint
) -> dict[int, tuple[str, str]]:
    """By pupil: what stands in the cell, as it is shown, and who put it there, when, in a sentence. Needs the school open."""
    if not pupil_ids:
        return {}
    rows = Judgement.objects.in_school(school).filter(
        pupil__in=pupil_ids, subject=subject, academic_year=at.academic_year, term=at.term
    )
    found = dict.fromkeys(pupil_ids, ("", "Somebody emptied this cell after you opened the sheet."))
    for row in rows.select_related("entered_by"):
        value = str(row.points) if row.points is not None else Reason(row.reason).label.split(",")[0].lower()
        who = row.entered_by.name if row.entered_by else "An import"
        when = timezone.localtime(row.entered_at)
        found[row.pupil_id] = (value, f"{who} entered {value} on {when.day} {when:%B} at {when:%H:%M}.")
    return found
