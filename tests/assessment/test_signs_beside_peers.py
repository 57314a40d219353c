"""A pupil's own page and the list of everybody tell the same signs, though the one reads its peers counted and the other one by one."""

from __future__ import annotations

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import MATHEMATICS, READING
from assessment.models import Decided
from assessment.queries.measuring import Measuring
from assessment.queries.progress_signs import signs_of_everybody
from assessment.queries.signs_beside_peers import signs_in_subjects
from assessment.services.progress_signs import decide
from schools.access import Access
from schools.calendar import TermName, YearGroup
from schools.models import PupilYear, School
from tests.assessment.progress_cohort import LAST_YEAR, YEAR, cohort, senco
from tests.factories import judged

__all__ = ["cohort", "senco"]


def test_one_pupil_is_told_what_the_list_tells(cohort: School, senco: Access) -> None:
    of_year = PupilYear.objects.in_school(cohort).filter(academic_year=YEAR).select_related("pupil")
    rows = {row.pupil.surname: row for row in of_year}
    for name in ("P04", "P05"):
        judged(rows[name].pupil, LAST_YEAR, AssessmentTerm.BASELINE, 29)
        judged(rows[name].pupil, LAST_YEAR, AssessmentTerm.SUMMER, 30, subject=READING)
    # The one who is judged in Reading, where most of the others are in nothing.
    judged(rows["P06"].pupil, YEAR, AssessmentTerm.SUMMER, 33, subject=READING)
    judged(rows["P01"].pupil, YEAR, AssessmentTerm.AUTUMN, 37)
    for reason in ("Missed a term.", "Back again."):
        decide(
            pupil_year=rows["P04"],
            term=TermName.SUMMER,
            subject=MATHEMATICS,
            decided=Decided.ADAPT,
            reason=reason,
            signs=(),
            by=senco.user,
        )
    subjects = {}
    for term in TermName:
        everybody = signs_of_everybody(senco, term)
        for name, row in rows.items():
            subjects[name] = signs_in_subjects(
                senco, term, row.pupil.public_id, YearGroup(row.year_group), Measuring(cohort)
            )
            assert subjects[name] == everybody.get(row.pupil.public_id, ()), (name, term)
    fourth = subjects["P04"]
    assert [each.subject for each in fourth] == [READING, MATHEMATICS]
    assert (len(fourth[1].shown), len(fourth[1].decisions)) == (3, 2)
    assert subjects["Gone"] == subjects["Ria"] == ()
