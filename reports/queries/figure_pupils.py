"""The pupils that a figure counts, and those on roll that it leaves out: by the same rules as the figures themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.expected_range import Attainment
from assessment.engine.progress import Progress
from assessment.models import Reason, SnapshotClassGroup, SnapshotPupilYear
from assessment.queries.snapshots import TakenSnapshot
from reports.queries.counting import count_whole_schools
from reports.queries.outcomes import outcomes_in_sql
from reports.queries.own_steps import own_columns_in_sql, steps_expected
from reports.queries.scope import Scope
from schools.access import Access
from schools.calendar import YearGroup
from schools.models import ClassGroup, PupilYear, School
from schools.permissions import Permission
from schools.queries.rolls import BY_NAME, pupils_for


class Standing(NamedTuple):
    """How one pupil on roll stands in one subject at the scope's point.

    Everything is None that there is not: points, the reason for having none, attainment now, at the end of the term before and at that of last
    Summer, and where progress starts.
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
    expected: Fraction | None
    progress: Progress | None
    is_on_track: bool | None = None
    attainment_last_summer: Attainment | None = None
    is_individual: bool = False


_STANDINGS = """
SELECT roll.pupil_id, roll.year_group, s.id, o.points, j.reason, o.attainment, b.attainment,
    o.start, o.steps, o.expected, {own_columns}, o.progress, o.is_on_track, c.attainment
FROM roll
JOIN schools_schoolyear y ON y.school_id = %(school)s AND y.academic_year = %(year)s
JOIN assessment_subject s ON s.id = ANY (%(only_subjects)s) AND (s.kind = 'eyfs_area') = (roll.year_group <= 0)
    AND (s.framework IS NULL OR s.framework = y.eyfs_framework)
LEFT JOIN outcomes o ON o.pupil_id = roll.pupil_id AND o.subject_id = s.id
LEFT JOIN assessment_judgement j ON j.school_id = %(school)s AND j.pupil_id = roll.pupil_id AND j.subject_id = s.id
    AND j.academic_year = %(year)s AND j.term = %(term)s AND j.subject_id = ANY (%(only_subjects)s)
LEFT JOIN assessment_judgement b ON b.school_id = %(school)s AND b.pupil_id = roll.pupil_id AND b.subject_id = s.id
    AND b.academic_year = %(earlier_year)s AND b.term = %(earlier_term)s AND b.subject_id = ANY (%(only_subjects)s)
LEFT JOIN assessment_judgement c ON c.school_id = %(school)s AND c.pupil_id = roll.pupil_id AND c.subject_id = s.id
    AND c.academic_year = %(last_year)s AND c.term = 3 AND c.subject_id = ANY (%(only_subjects)s)
ORDER BY roll.pupil_id, s.id
"""


def standings(
    scope: Scope, school: School, subjects: Iterable[int], *, before: AssessmentPoint | None = None
) -> list[Standing]:
    """Everybody whom the scope counts at the school, in each of these subjects that their year group is judged in; the school has to be open.

    `before` is the point of `attainment_before`; None is the end of the term before.
    """
    tables, parameters = outcomes_in_sql(scope, school, by_group=False, subjects=list(subjects))
    earlier = before or scope.before
    asked = {
        "earlier_year": earlier.academic_year,
        "earlier_term": earlier.term.value,
        "last_year": scope.at.summer_before.academic_year,
    }
    counted = f"WITH {tables}{_STANDINGS.replace('{own_columns}', own_columns_in_sql(scope))}"
    rows = count_whole_schools(counted, {**parameters, **asked})
    return [
        Standing(
            pupil,
            _YEAR_GROUPS[year_group],
            subject,
            points,
            Reason(reason) if reason else None,
            _ATTAINMENTS[attainment],
            _ATTAINMENTS[attainment_before],
            _point(start),
            None if start is None else start & 127,
            steps,
            steps_expected(expected, of_year, more),
            _PROGRESSES[progress],
            is_on_track,
            _ATTAINMENTS[last_summer],
            more is not None,
        )
        for (
            pupil,
            year_group,
            subject,
            points,
            reason,
            attainment,
            attainment_before,
            start,
            steps,
            expected,
            of_year,
            more,
            progress,
            is_on_track,
            last_summer,
        ) in rows
    ]


# Looked up: asked for by its number, each member of an enumeration took as long as all else of a pupil.
_YEAR_GROUPS = {each.value: each for each in YearGroup}
_ATTAINMENTS: dict[int | None, Attainment | None] = {None: None} | {each.value: each for each in Attainment}
_PROGRESSES: dict[int | None, Progress | None] = {None: None} | {each.value: each for each in Progress}


@cache
def _point_at(place: int) -> AssessmentPoint:
    """Of a year and a term in one number."""
    return AssessmentPoint(place >> 2, AssessmentTerm(place & 3))


def _point(packed: int | None) -> AssessmentPoint | None:
    return None if packed is None else _point_at(packed >> 7)


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
