"""The assessment points of which a school holds judgements: what progress can be measured from."""

from __future__ import annotations

from django.db import connection

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.models import SnapshotJudgement
from assessment.queries.snapshots import TakenSnapshot
from schools.access import Access

# A look into the index for each point: asked with EXISTS, every judgement of the school was read.
_HELD = """
SELECT at_year, at_term
FROM unnest(%(years)s::smallint[]) AS at_year
CROSS JOIN unnest(%(terms)s::smallint[]) AS at_term
CROSS JOIN LATERAL (
    SELECT FROM assessment_judgement j
    WHERE j.school_id = %(school)s AND j.academic_year = at_year AND j.term = at_term AND j.points IS NOT NULL
    LIMIT 1
) AS any_of_it
ORDER BY at_year DESC, at_term DESC
"""


def held_points(access: Access, snapshot: TakenSnapshot | None = None) -> list[AssessmentPoint]:
    """Of the opened years up to the one in view, the latest first: those at which anybody was judged. Of a snapshot those that it holds."""
    if snapshot:
        frozen = SnapshotJudgement.objects.in_school(access.school).filter(
            frozen_in=snapshot.pk, academic_year__lte=access.academic_year, points__isnull=False
        )
        held = frozen.values_list("academic_year", "term").distinct().order_by("-academic_year", "-term")
        return [AssessmentPoint(year, AssessmentTerm(term)) for year, term in held]
    years = [year for year in access.opened_years if year <= access.academic_year]
    with connection.cursor() as cursor:
        terms = [term.value for term in AssessmentTerm]
        cursor.execute(_HELD, {"years": years, "terms": terms, "school": access.school.pk})
        return [AssessmentPoint(year, AssessmentTerm(term)) for year, term in cursor.fetchall()]
