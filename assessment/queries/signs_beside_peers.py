"""One pupil's signs in every subject: what its page needs, of a year group counted by where its pupils stand and not read pupil by pupil.

By the rules of progress_signs.py beside this, whose review list tells the same of everybody (tests/assessment/test_signs_beside_peers.py holds both together).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import connection

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.expectations import FIRST_YEAR_GROUP, LAST_YEAR_GROUP
from assessment.engine.progress_signs import DEFAULT, Peers, Stretch
from assessment.engine.subjects import BY_NUMBER, SUBJECTS
from assessment.queries.measuring import Measuring
from assessment.queries.progress_signs import SubjectSigns, decisions_by_subject
from assessment.queries.sign_cohorts import NOTHING, Held, held_of, points_looked_at, signs_beside
from schools.access import Access
from schools.calendar import TermName, YearGroup

# The points of the stretch before the start are the pupil's own business. The stays are read once, in a CASE (see schools.queries.rolls).
_STANDINGS = """
WITH peers AS (
    SELECT y.pupil_id, y.pupil_id = (SELECT id FROM schools_pupil WHERE school_id = %(school)s AND public_id = %(pupil)s) AS is_own
    FROM schools_pupilyear y
    WHERE y.school_id = %(school)s AND y.academic_year = %(year)s AND y.year_group = %(year_group)s
        AND CASE WHEN y.pupil_id IN (
            SELECT e.pupil_id FROM schools_enrolment e
            WHERE e.school_id = %(school)s AND e.starts_on <= %(day)s AND (e.ends_on IS NULL OR e.ends_on >= %(day)s)
        ) THEN true ELSE false END
), held AS (
    SELECT y.is_own, j.subject_id,
        max(j.points) FILTER (WHERE j.academic_year = %(year)s AND j.term = %(term)s) AS now,
        max(j.points) FILTER (WHERE j.academic_year = %(year)s AND j.term = 0) AS baseline,
        max(j.points) FILTER (WHERE j.academic_year = %(year)s - 1 AND j.term = 3) AS last_summer,
        max(j.points) FILTER (WHERE y.is_own AND j.academic_year = %(year)s - 1 AND j.term = 0) AS earlier,
        max(j.points) FILTER (WHERE y.is_own AND j.academic_year = %(year)s - 2) AS summer_before_last
    FROM peers y
    LEFT JOIN assessment_judgement j ON j.school_id = %(school)s AND j.pupil_id = y.pupil_id
        AND j.subject_id = ANY (%(subjects)s) AND j.points IS NOT NULL
        AND (j.academic_year, j.term) IN (
            (%(year)s, %(term)s), (%(year)s, 0), (%(year)s - 1, 3), (%(year)s - 1, 0), (%(year)s - 2, 3)
        )
    GROUP BY y.pupil_id, y.is_own, j.subject_id
)
SELECT is_own, subject_id, now, baseline, last_summer, earlier, summer_before_last, count(*)
FROM held
WHERE is_own OR now IS NOT NULL
GROUP BY is_own, subject_id, now, baseline, last_summer, earlier, summer_before_last
"""


class _Beside(NamedTuple):
    """Of a subject that somebody was judged in: what the pupil holds, and where the others stand who have points at both ends."""

    own: Held
    peers: list[Stretch]


def signs_in_subjects(
    access: Access,
    term: TermName,
    pupil_id: uuid.UUID,
    year_group: YearGroup,
    measuring: Measuring | None = None,
) -> tuple[SubjectSigns, ...]:
    """One pupil's in each subject that the year group was judged in; none where the pupil was not on roll that day.

    Whoever may see the pupil: beside the whole year group, though others of it may not be theirs to see. `measuring` is the school's, where it was read already.
    """
    if not FIRST_YEAR_GROUP <= year_group <= LAST_YEAR_GROUP:
        return ()
    measuring = measuring or Measuring(access.school)
    at = AssessmentPoint(access.academic_year, AssessmentTerm(term.value))
    last_day = measuring.measured_on(*at)
    asked: dict[str, Any] = {
        "school": access.school.pk,
        "pupil": pupil_id,
        "year": int(at.academic_year),
        "term": int(at.term),
        "year_group": int(year_group),
        "day": last_day,
        "subjects": [subject.number for subject in SUBJECTS],
    }
    with connection.cursor() as cursor:
        cursor.execute(_STANDINGS, asked)
        rows = cursor.fetchall()
    if not any(is_own for is_own, *_ in rows):
        return ()
    decisions = decisions_by_subject(access, term, pupil_id)
    expectations = measuring.version_on(last_day).expectations

    def of_subject(number: int, beside: _Beside) -> SubjectSigns:
        of = beside.own
        signs = signs_beside(of, Peers.of(beside.peers), at, expectations, DEFAULT)
        decided = tuple(decisions.get(number, ()))
        return SubjectSigns(
            BY_NUMBER[number], term, at.academic_year, of.earlier, of.start, of.now, signs, decided
        )

    return tuple(of_subject(number, beside) for number, beside in _by_subject(rows, at))


def _by_subject(rows: Iterable[tuple[Any, ...]], at: AssessmentPoint) -> list[tuple[int, _Beside]]:
    """By the subject's number, in its order."""
    points = points_looked_at(at)
    own: dict[int, Held] = {}
    peers: dict[int, list[Stretch]] = {}
    for is_own, subject, *reached, pupils in rows:
        # The row of a pupil who was never judged names no subject.
        if is_own and subject is not None:
            own[subject] = held_of(points, *reached)
        elif not is_own:
            now, baseline, last_summer, *_ = reached
            start = last_summer if baseline is None else baseline
            beside = peers.setdefault(subject, [])
            if start is not None:
                beside += [Stretch(start, now)] * pupils
    return [
        (subject, _Beside(of, peers.get(subject, [])))
        for subject in sorted({*own, *peers})
        if (of := own.get(subject, NOTHING)).now is not None or subject in peers
    ]
