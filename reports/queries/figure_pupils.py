"""The pupils that a figure counts, and those on roll that it leaves out: by the same rules as the figures themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.expected_range import Attainment
from assessment.engine.progress import Progress
from assessment.models import Reason, SnapshotClassGroup, SnapshotPupilYear
from assessment.queries.snapshots import TakenSnapshot
from reports.queries.counting import count_whole_schools
from reports.queries.outcomes import outcomes_in_sql
from reports.queries.scope import Scope
from schools.access import Access
from schools.calendar import YearGroup
from schools.models import ClassGroup, PupilYear, School
from schools.permissions import Permission
from schools.queries.rolls import BY_NAME, pupils_for


@dataclass(frozen=True)
class Standing:
    """How one pupil on roll stands in one subject at the scope's point.

    Everything is None that there is not: points, the reason for having none, attainment now and at the end of the term before, and where
    progress starts.
    """

    pupil_id: int
    year_group: YearGroup
    subject: int
    points: int | None
    reason: Reason | None
    attainment: Attainment | None
    attainment_before: Attainment | None
    start: AssessmentPoint | None
    start_points: int | None
    steps: int | None
    expected: int | None
    progress: Progress | None
    is_on_track: bool | None = None


_STANDINGS = """
SELECT roll.pupil_id, roll.year_group, s.id, o.points, j.reason, o.attainment, b.attainment,
    o.start, o.steps, o.expected, o.progress, o.is_on_track
FROM roll
JOIN schools_schoolyear y ON y.school_id = %(school)s AND y.academic_year = %(year)s
JOIN assessment_subject s ON s.id = ANY (%(subjects)s) AND (s.kind = 'eyfs_area') = (roll.year_group <= 0)
    AND (s.framework IS NULL OR s.framework = y.eyfs_framework)
LEFT JOIN outcomes o ON o.pupil_id = roll.pupil_id AND o.subject_id = s.id
LEFT JOIN assessment_judgement j ON j.school_id = %(school)s AND j.pupil_id = roll.pupil_id AND j.subject_id = s.id
    AND j.academic_year = %(year)s AND j.term = %(term)s
LEFT JOIN assessment_judgement b ON b.school_id = %(school)s AND b.pupil_id = roll.pupil_id AND b.subject_id = s.id
    AND b.academic_year = %(earlier_year)s AND b.term = %(earlier_term)s
ORDER BY roll.pupil_id, s.id
"""


def standings(
    scope: Scope, school: School, subjects: Iterable[int], *, before: AssessmentPoint | None = None
) -> list[Standing]:
    """Everybody whom the scope counts at the school, in each of these subjects that their year group is judged in; the school has to be open.

    `before` is the point of `attainment_before`; None is the end of the term before.
    """
    tables, parameters = outcomes_in_sql(scope, school, by_group=False)
    earlier = before or scope.before
    asked = {
        "subjects": list(subjects),
        "earlier_year": earlier.academic_year,
        "earlier_term": earlier.term.value,
    }
    return [
        Standing(
            pupil_id=pupil,
            year_group=YearGroup(year_group),
            subject=subject,
            points=points,
            reason=Reason(reason) if reason else None,
            attainment=Attainment(attainment) if attainment else None,
            attainment_before=Attainment(before) if before else None,
            start=None if start is None else AssessmentPoint(start >> 9, AssessmentTerm(start >> 7 & 3)),
            start_points=None if start is None else start & 127,
            steps=steps,
            expected=expected,
            progress=Progress(progress) if progress else None,
            is_on_track=is_on_track,
        )
        for (
            pupil,
            year_group,
            subject,
            points,
            reason,
            attainment,
            before,
            start,
            steps,
            expected,
            progress,
            is_on_track,
        ) in count_whole_schools(f"WITH {tables}{_STANDINGS}", {**parameters, **asked})
    ]


def named(access: Access, pupil_ids: Sequence[int], snapshot: TakenSnapshot | None = None) -> list[PupilYear]:
    """Those of the pupils whose names this person may see, with pupil and class, by name.

    Of a snapshot with the year group and the class they had in it, and also who has no record of the year any more: that row has no key, and
    nothing of the year leads to the pupil. Only for those who see everybody.
    """
    if snapshot:
        return _named_in(snapshot, access, pupil_ids)
    return list(
        pupils_for(access)
        .filter(pupil__in=set(pupil_ids))
        .select_related("pupil", "class_group")
        .order_by(*BY_NAME)
    )


def _named_in(snapshot: TakenSnapshot, access: Access, pupil_ids: Sequence[int]) -> list[PupilYear]:
    if not access.may(Permission.SEE_ALL_PUPILS):
        return []
    living = dict(pupils_for(access).filter(pupil__in=set(pupil_ids)).values_list("pupil", "pk"))
    rows = SnapshotPupilYear.objects.in_school(access.school).filter(
        frozen_in=snapshot.pk, academic_year=access.academic_year, pupil__in=set(pupil_ids)
    )
    classes = {
        each.row_id: ClassGroup(
            pk=each.row_id, public_id=each.public_id, name=each.name, school=access.school
        )
        for each in SnapshotClassGroup.objects.in_school(access.school).filter(frozen_in=snapshot.pk)
    }
    return [
        PupilYear(
            pk=living.get(row.pupil_id),
            school=access.school,
            pupil=row.pupil,
            academic_year=row.academic_year,
            year_group=row.year_group,
            class_group=classes.get(row.class_group_id or 0),
        )
        for row in rows.select_related("pupil").order_by(*BY_NAME)
    ]
