"""Who starts the year without a judgement to start from."""

from __future__ import annotations

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.models import Judgement
from schools.access import Access
from schools.calendar import YearGroup
from schools.models import PupilYear


def without_start(access: Access) -> dict[int, str]:
    """Of the pupils of the year, by their keys, what is missing: of Year 1 the Baseline, above it any judgement of last Summer. Nothing is asked below Year 1.

    A reason for having no points is a judgement: somebody looked. Needs the school open; three queries.
    """
    school, year = access.school, access.academic_year
    baseline = AssessmentPoint(year, AssessmentTerm.BASELINE)
    judged = {
        YearGroup.Y1: _judged(access, baseline),
        YearGroup.Y2: _judged(access, baseline.summer_before),
    }
    rows = PupilYear.objects.in_school(school).filter(academic_year=year, year_group__gte=YearGroup.Y1)
    found = {}
    for pupil_id, year_group in rows.values_list("pupil_id", "year_group"):
        is_first = year_group == YearGroup.Y1
        if pupil_id not in judged[YearGroup.Y1 if is_first else YearGroup.Y2]:
            found[pupil_id] = "No Baseline" if is_first else "Nothing of last Summer"
    return found


def _judged(access: Access, at: AssessmentPoint) -> set[int]:
    rows = Judgement.objects.in_school(access.school).filter(academic_year=at.academic_year, term=at.term)
    return set(rows.values_list("pupil_id", flat=True).distinct())
